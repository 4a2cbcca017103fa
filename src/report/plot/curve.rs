//! A metric over the visits of a subject: values with their error, what unchanged skin shows, sessions.

use std::fmt::Write as _;

use super::{Axis, escaped, head, horizontal_lines, mark, number, values_below};
use crate::series::statistics::Interval;
use crate::series::statistics::verdict::Verdict;

const WIDTH: f64 = 480.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 466.0;
const TOP: f64 = 46.0;
const BASE: f64 = 214.0;

/// A visit on the curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its day.
    pub day: f64,
    /// The value.
    pub value: f64,
    /// The interval of the value.
    pub error: Option<Interval>,
    /// What is said of its change; `None` for the baseline.
    pub verdict: Option<Verdict>,
}

/// A curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve<'a> {
    /// What it is of.
    pub title: &'a str,
    /// The metric's unit.
    pub unit: &'a str,
    /// The visits, in any order.
    pub points: Vec<Point>,
    /// What this skin would be if it had changed as untreated skin did: day and value.
    pub control: Vec<(f64, f64)>,
    /// The values that unchanged skin shows beside this baseline.
    pub noise: Option<Interval>,
    /// Days of sessions.
    pub sessions: Vec<f64>,
    /// The trend's value at the first and at the last day.
    pub trend: Option<(f64, f64)>,
    /// What the points follow each other by, where it is not days.
    pub order: &'a str,
}

/// The curve as an `<svg>` element; a line of text where there is nothing to draw.
#[must_use]
pub fn svg(curve: &Curve<'_>) -> String {
    let mut points: Vec<&Point> = curve.points.iter().filter(|p| p.day.is_finite() && p.value.is_finite()).collect();
    points.sort_by(|a, b| a.day.total_cmp(&b.day));
    let (legend, height) = legend(curve, &points);
    let mut out = head(WIDTH, height, &told(curve, &points));
    let _ = write!(out, "<text class=\"title\" x=\"10\" y=\"18\">{}</text>", escaped(curve.title));
    let control = || curve.control.iter().filter(|(day, value)| day.is_finite() && value.is_finite());
    let days = points.iter().map(|p| p.day).chain(curve.sessions.iter().copied()).chain(control().map(|c| c.0));
    let ends = |i: &Interval| [i.low, i.high];
    let values = points
        .iter()
        .flat_map(|p| std::iter::once(p.value).chain(p.error.iter().flat_map(ends)))
        .chain(curve.noise.iter().flat_map(ends))
        .chain(control().map(|c| c.1));
    let (Some(x), Some(y), false) = (Axis::over(days, LEFT, RIGHT), Axis::over(values, BASE, TOP), points.is_empty())
    else {
        out.push_str("<text class=\"quiet\" x=\"10\" y=\"60\">No value to draw</text></svg>");
        return out;
    };
    if !curve.unit.is_empty() {
        let _ = write!(out, "<text class=\"quiet\" x=\"10\" y=\"36\">{}</text>", escaped(curve.unit));
    }
    horizontal_lines(&mut out, y, LEFT, RIGHT);
    if let Some(noise) = curve.noise {
        let (low, high) = (y.at(noise.low), y.at(noise.high));
        let _ = write!(
            out,
            "<rect class=\"noise\" x=\"{LEFT}\" y=\"{high:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>\
             <path class=\"noise-edge\" d=\"M{LEFT} {high:.1}H{RIGHT}M{LEFT} {low:.1}H{RIGHT}\"/>",
            RIGHT - LEFT,
            (low - high).max(0.5)
        );
    }
    values_below(&mut out, x, BASE, 8);
    let time = if curve.order.is_empty() { "days" } else { curve.order };
    let _ = write!(
        out,
        "<text class=\"quiet\" x=\"{RIGHT}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
        BASE + 34.0,
        escaped(time)
    );
    for day in curve.sessions.iter().filter(|d| d.is_finite()) {
        let _ = write!(
            out,
            "<path class=\"session\" d=\"M{0:.1} {BASE}l-4 -8h8Z\"/><path class=\"grid\" d=\"M{0:.1} {1:.1}V{TOP}\"/>",
            x.at(*day),
            BASE - 8.0
        );
    }
    if let (Some((first, last)), true) = (curve.trend, points.len() > 1) {
        let (from, to) = (points[0].day, points[points.len() - 1].day);
        let _ = write!(
            out,
            "<path class=\"trend\" d=\"M{:.1} {:.1}L{:.1} {:.1}\"/>",
            x.at(from),
            y.at(first),
            x.at(to),
            y.at(last)
        );
    }
    let mut sorted: Vec<(f64, f64)> = control().copied().collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    line(&mut out, "control", sorted.iter().map(|c| (x.at(c.0), y.at(c.1))));
    // What is withheld is shown, and the line does not lead through it.
    let open = points.iter().filter(|p| !matches!(p.verdict, Some(Verdict::Withheld { .. })));
    line(&mut out, "course", open.map(|p| (x.at(p.day), y.at(p.value))));
    for p in &points {
        let (px, py) = (x.at(p.day), y.at(p.value));
        if let Some(error) = p.error {
            let (low, high) = (y.at(error.low), y.at(error.high));
            let _ = write!(
                out,
                "<path class=\"error\" d=\"M{px:.1} {low:.1}V{high:.1}M{0:.1} {low:.1}h8M{0:.1} {high:.1}h8\"/>",
                px - 4.0
            );
        }
        match &p.verdict {
            Some(verdict) => mark(&mut out, verdict, px, py, p.value > points[0].value),
            None => {
                let _ = write!(
                    out,
                    "<rect class=\"other\" x=\"{:.1}\" y=\"{:.1}\" width=\"10\" height=\"10\"/>",
                    px - 5.0,
                    py - 5.0
                );
            }
        }
    }
    out.push_str(&legend);
    out.push_str("</svg>");
    out
}

fn line(out: &mut String, class: &str, places: impl Iterator<Item = (f64, f64)>) {
    let mut path = String::new();
    for (i, (x, y)) in places.enumerate() {
        let _ = write!(path, "{}{x:.1} {y:.1}", if i == 0 { 'M' } else { 'L' });
    }
    if path.contains('L') {
        let _ = write!(out, "<path class=\"{class}\" d=\"{path}\"/>");
    }
}

/// What the marks mean, only those that are there, and how high the drawing is with it.
fn legend(curve: &Curve<'_>, points: &[&Point]) -> (String, f64) {
    let mut entries: Vec<(String, &str)> = Vec::new();
    let mut add = |drawing: String, words: &'static str| entries.push((drawing, words));
    if points.iter().any(|p| p.verdict.is_none()) {
        add("<rect class=\"other\" x=\"-5\" y=\"-5\" width=\"10\" height=\"10\"/>".to_owned(), "baseline");
    }
    let kinds = [
        Verdict::Improved,
        Verdict::Worsened,
        Verdict::Changed,
        Verdict::WithinError,
        Verdict::Withheld { reasons: Vec::new() },
    ];
    for (kind, words) in kinds.iter().zip(["improved", "worsened", "changed", "within error", "withheld"]) {
        let same = |v: &Verdict| v.name() == kind.name();
        if let Some(point) = points.iter().find(|p| p.verdict.as_ref().is_some_and(same)) {
            let mut drawing = String::new();
            mark(&mut drawing, kind, 0.0, 0.0, point.value > points[0].value);
            add(drawing, words);
        }
    }
    if !curve.sessions.is_empty() {
        add("<path class=\"session\" d=\"M0 4l-4 -8h8Z\"/>".to_owned(), "session");
    }
    if curve.noise.is_some() {
        add("<rect class=\"noise\" x=\"-8\" y=\"-6\" width=\"16\" height=\"12\"/>".to_owned(), "unchanged skin");
    }
    if !curve.control.is_empty() {
        add("<path class=\"control\" d=\"M-9 0h18\"/>".to_owned(), "change of control");
    }
    if curve.trend.is_some() {
        add("<path class=\"trend\" d=\"M-9 0h18\"/>".to_owned(), "trend");
    }
    let mut out = String::new();
    let (mut x, mut y) = (20.0, BASE + 56.0);
    for (drawing, words) in entries {
        let width = 34.0 + 7.2 * words.len() as f64;
        if x + width > WIDTH {
            (x, y) = (20.0, y + 20.0);
        }
        let _ =
            write!(out, "<g transform=\"translate({x:.1} {y:.1})\">{drawing}<text x=\"14\" y=\"4\">{words}</text></g>");
        x += width;
    }
    (out, y + 14.0)
}

/// The curve in words.
fn told(curve: &Curve<'_>, points: &[&Point]) -> String {
    let mut told = format!("{} over {} visits", escaped(curve.title), points.len());
    let unit = if curve.order.is_empty() { "day".to_owned() } else { escaped(curve.order) };
    for p in points {
        let verdict = p.verdict.as_ref().map_or_else(|| "baseline".to_owned(), ToString::to_string);
        let _ = write!(told, "; {unit} {}: {} ({})", number(p.day), number(p.value), escaped(&verdict));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::testing::check;
    use crate::series::statistics::verdict::Reason;

    fn point(day: f64, value: f64, verdict: Option<Verdict>) -> Point {
        Point { day, value, error: Some(Interval::around(value, 0.01)), verdict }
    }

    #[test]
    fn every_verdict_has_its_mark() {
        let withheld = Verdict::Withheld { reasons: vec![Reason::LightSoftness] };
        let curve = Curve {
            title: "relief <mid> & \"cheek\"",
            unit: "ln",
            points: vec![
                point(84.0, 0.17, Some(Verdict::Improved)),
                point(0.0, 0.20, None),
                point(28.0, 0.199, Some(Verdict::WithinError)),
                point(56.0, 0.13, Some(withheld)),
                point(100.0, 0.24, Some(Verdict::Worsened)),
            ],
            control: vec![(0.0, 0.21), (84.0, 0.211)],
            noise: Some(Interval::around(0.2, 0.011)),
            sessions: vec![0.0, 21.0, 42.0],
            trend: Some((0.2, 0.18)),
            order: "",
        };
        let svg = svg(&curve);
        check(&svg);
        for class in ["better", "worse", "within", "cross", "noise", "session", "control", "trend"] {
            assert!(svg.contains(&format!("class=\"{class}\"")), "{class}");
        }
        assert!(svg.contains("relief &lt;mid&gt; &amp; &quot;cheek&quot;"));
        assert!(svg.contains("day 56: 0.130 (withheld, because the light is softer or harder)"));
        // The line leads from day 28 to day 84, past what is withheld: four places.
        let course = svg.split("class=\"course\" d=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(course.matches(['M', 'L']).count(), 4, "{course}");
    }

    #[test]
    fn odd_curves_draw() {
        check(&svg(&Curve::default()));
        check(&svg(&Curve { points: vec![point(0.0, 0.0, None)], ..Curve::default() }));
        check(&svg(&Curve {
            points: vec![point(0.0, f64::NAN, None)],
            sessions: vec![f64::NAN, 3.0],
            ..Curve::default()
        }));
        let huge = vec![point(0.0, 1e300, None), point(1.0, -1e300, Some(Verdict::Changed))];
        check(&svg(&Curve { points: huge, ..Curve::default() }));
    }
}
