//! A forest: median changes of arms or regions with their intervals, one row each.

use std::fmt::Write as _;

use super::{Axis, escaped, head, values_below};
use crate::measure::dictionary::Direction;
use crate::series::statistics::Interval;

const WIDTH: f64 = 700.0;
const LEFT: f64 = 232.0;
const RIGHT: f64 = 470.0;
const TOP: f64 = 70.0;
const ROW: f64 = 26.0;

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<'a> {
    /// What it is of.
    pub label: &'a str,
    /// Subjects.
    pub n: usize,
    /// The median change; `None` where all are withheld.
    pub median: Option<f64>,
    /// Its interval.
    pub interval: Option<Interval>,
}

/// The forest of one metric as an `<svg>` element.
#[must_use]
pub fn svg(title: &str, unit: &str, direction: Direction, rows: &[Row<'_>]) -> String {
    let base = TOP + ROW * rows.len() as f64 + 6.0;
    let decimals = decimals(rows);
    let mut told = format!("{}: median change", escaped(title));
    for row in rows {
        let _ = write!(told, "; {}, {} subjects: {}", escaped(row.label), row.n, change(row, unit, decimals));
    }
    let mut out = head(WIDTH, base + 44.0, &told);
    let _ = write!(out, "<text class=\"title\" x=\"10\" y=\"18\">{}</text>", escaped(title));
    let values = rows
        .iter()
        .flat_map(|r| r.median.into_iter().chain(r.interval.iter().flat_map(|i| [i.low, i.high]).collect::<Vec<_>>()));
    // No change is always on the axis.
    let Some(axis) = Axis::over(values.chain([0.0]), LEFT, RIGHT) else {
        out.push_str("</svg>");
        return out;
    };
    let zero = axis.at(0.0);
    let (left, right) = match direction {
        Direction::Lower => ("\u{2190} improved", "worsened \u{2192}"),
        Direction::Higher => ("\u{2190} worsened", "improved \u{2192}"),
        Direction::Neutral => ("\u{2190} lower", "higher \u{2192}"),
    };
    let _ = write!(
        out,
        "<text class=\"quiet\" x=\"{LEFT}\" y=\"44\">{left}</text><text class=\"quiet\" x=\"{RIGHT}\" y=\"44\" \
         text-anchor=\"end\">{right}</text><text class=\"quiet\" x=\"{}\" y=\"44\" text-anchor=\"end\">n</text>\
         <text class=\"quiet\" x=\"{}\" y=\"44\">median (95 % interval)</text>\
         <path class=\"axis\" d=\"M{zero:.1} {:.1}V{base:.1}\"/>",
        LEFT - 14.0,
        RIGHT + 12.0,
        TOP - 14.0
    );
    for (i, row) in rows.iter().enumerate() {
        let y = TOP + ROW * i as f64;
        let _ = write!(
            out,
            "{1}<text x=\"{2}\" y=\"{0:.1}\" text-anchor=\"end\">{3}</text>\
             <text class=\"strong\" x=\"{4}\" y=\"{0:.1}\">{5}</text>",
            y + 4.0,
            label(row.label, y),
            LEFT - 14.0,
            row.n,
            RIGHT + 12.0,
            change(row, unit, decimals)
        );
        if let Some(interval) = row.interval {
            let (low, high) = (axis.at(interval.low), axis.at(interval.high));
            let _ = write!(
                out,
                "<path class=\"error\" d=\"M{low:.1} {y:.1}H{high:.1}M{low:.1} {0:.1}v8M{high:.1} {0:.1}v8\"/>",
                y - 4.0
            );
        }
        if let Some(median) = row.median {
            // Beyond no change only where the interval says so.
            let side = |good: bool| if good { "better" } else { "worse" };
            let class = match (row.interval, direction) {
                (Some(i), Direction::Lower) if !i.contains(0.0) => side(median < 0.0),
                (Some(i), Direction::Higher) if !i.contains(0.0) => side(median > 0.0),
                (Some(i), Direction::Neutral) if !i.contains(0.0) => "other",
                _ => "within",
            };
            let x = axis.at(median);
            let _ = match class {
                "worse" => {
                    write!(out, "<path class=\"worse\" d=\"M{x:.1} {:.1}l6.5 6.5l-6.5 6.5l-6.5 -6.5Z\"/>", y - 6.5)
                }
                "within" => write!(out, "<circle class=\"within\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\"/>"),
                _ => write!(
                    out,
                    "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"10\" height=\"10\"/>",
                    x - 5.0,
                    y - 5.0
                ),
            };
        }
    }
    values_below(&mut out, axis, base, 5);
    if !unit.is_empty() {
        let _ = write!(
            out,
            "<text class=\"quiet\" x=\"{RIGHT}\" y=\"{:.1}\" text-anchor=\"end\">median change, {}</text>",
            base + 36.0,
            escaped(unit)
        );
    }
    out.push_str("</svg>");
    out
}

/// The label of a row: on one line where it fits, else on two of smaller letters. What fits on neither is cut.
fn label(label: &str, y: f64) -> String {
    const ONE: usize = 28;
    const SMALL: usize = 33;
    let line = |text: &str, y: f64, class: &str| format!("<text{class} x=\"10\" y=\"{y:.1}\">{}</text>", escaped(text));
    if label.chars().count() <= ONE {
        return line(label, y + 4.0, "");
    }
    // The last gap before which the first line fits; without one it breaks inside a word.
    let end = label.char_indices().nth(SMALL).map_or(label.len(), |(at, _)| at);
    let gap = label[..end].rfind(' ').map_or(end, |at| at + 1);
    let (first, rest) = label.split_at(gap);
    let second: String = match rest.chars().count() {
        n if n <= SMALL => rest.to_owned(),
        _ => rest.chars().take(SMALL - 1).chain(['…']).collect(),
    };
    let small = " class=\"small\"";
    line(first.trim_end(), y - 1.5, small) + &line(&second, y + 10.5, small)
}

/// As many decimals as three digits of the largest figure of all rows, so that they stand under one another.
fn decimals(rows: &[Row<'_>]) -> usize {
    let ends = rows.iter().flat_map(|r| r.interval.into_iter().flat_map(|i| [i.low, i.high]).chain(r.median));
    let largest = ends.map(f64::abs).fold(0.0, f64::max);
    if largest > 0.0 { (2.0 - largest.log10().floor()).clamp(0.0, 9.0) as usize } else { 0 }
}

fn change(row: &Row<'_>, unit: &str, decimals: usize) -> String {
    let unit = if unit.is_empty() { String::new() } else { format!(" {}", escaped(unit)) };
    let told = |v: f64| {
        let text = format!("{v:.decimals$}");
        // Nothing reads "-0".
        if text.trim_start_matches(['-', '0', '.']).is_empty() {
            text.replace('-', "")
        } else {
            text.replace('-', "\u{2212}")
        }
    };
    match (row.median, row.interval) {
        (None, _) => "withheld".to_owned(),
        (Some(m), None) => format!("{}{unit}, no interval", told(m)),
        (Some(m), Some(i)) => format!("{}{unit} ({} to {})", told(m), told(i.low), told(i.high)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::testing::check;

    #[test]
    fn rows_are_drawn() {
        let rows = [
            Row {
                label: "needling & <peel>",
                n: 30,
                median: Some(-14.2),
                interval: Some(Interval { low: -18.0, high: -10.1 }),
            },
            Row { label: "control", n: 28, median: Some(0.4), interval: Some(Interval { low: -2.0, high: 3.1 }) },
            Row { label: "laser", n: 3, median: Some(12.0), interval: None },
            Row { label: "worse", n: 9, median: Some(12.0), interval: Some(Interval { low: 8.0, high: 14.0 }) },
            Row {
                label: "a label that is much longer than what fits beside the plot",
                n: 0,
                median: None,
                interval: None,
            },
        ];
        let drawn = svg("relief", "%", Direction::Lower, &rows);
        check(&drawn);
        assert_eq!(drawn.matches("class=\"within\"").count(), 2, "the control and the arm without an interval");
        assert!(
            drawn.contains("class=\"better\"") && drawn.contains("class=\"worse\"") && drawn.contains("no interval")
        );
        assert!(
            drawn.contains(">\u{2212}14.2 % (\u{2212}18.0 to \u{2212}10.1)<")
                && drawn.contains("needling &amp; &lt;peel&gt;")
        );
        assert!(drawn.contains(">withheld<") && drawn.contains(">0.4 % (\u{2212}2.0 to 3.1)<"));
        check(&svg("empty", "", Direction::Neutral, &[]));
    }
}
