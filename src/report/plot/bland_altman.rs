//! Agreement of repeat shots: their difference against their mean, with bias and limits (Bland and Altman 1999).
//!
//! On the log scale the axis is in percent: a difference of logarithms is a ratio.

use std::fmt::Write as _;

use super::{Axis, escaped, head, horizontal_lines, number, values_below};
use crate::series::statistics::Interval;
use crate::series::statistics::agreement::Limits;
use crate::series::statistics::scale::Scale;

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 372.0;
const TOP: f64 = 46.0;
const BASE: f64 = 270.0;

/// The plot of a metric's limits of agreement, which are on `scale`, as an `<svg>` element.
#[must_use]
pub fn svg(title: &str, unit: &str, limits: &Limits, scale: Scale) -> String {
    // To the metric's unit across; down to its unit, or to percent.
    let difference = |d: f64| if scale == Scale::Log { 100.0 * d.exp_m1() } else { d };
    let interval = |i: Interval| Interval { low: difference(i.low), high: difference(i.high) };
    // Differences of roots are in no unit of the metric.
    let shown_unit = match scale {
        Scale::Log => "%",
        Scale::Root => "as roots",
        Scale::Ratio | Scale::Interval => unit,
    };
    let (bias, bounds) = (difference(limits.bias), interval(limits.limits));
    let told = format!(
        "{}: second shot less first, {} pairs; mean {}, limits of agreement {} to {} {}",
        escaped(title),
        limits.pairs.len(),
        number(bias),
        number(bounds.low),
        number(bounds.high),
        escaped(shown_unit)
    );
    let mut out = head(WIDTH, HEIGHT, &told);
    let _ = write!(
        out,
        "<text class=\"title\" x=\"10\" y=\"18\">{}</text><text class=\"quiet\" x=\"10\" y=\"36\">second shot less first{}</text>",
        escaped(title),
        if shown_unit.is_empty() { String::new() } else { format!(", {}", escaped(shown_unit)) }
    );
    let pairs: Vec<(f64, f64)> = limits.pairs.iter().map(|(m, d)| (scale.back(*m), difference(*d))).collect();
    let bands = [limits.low_interval, limits.bias_interval, limits.high_interval].map(interval);
    let down = pairs.iter().map(|p| p.1).chain(bands.iter().flat_map(|b| [b.low, b.high]));
    let axes = Axis::over(pairs.iter().map(|p| p.0), LEFT, RIGHT).zip(Axis::over(down, BASE, TOP));
    let Some((x, y)) = axes else {
        out.push_str("<text class=\"quiet\" x=\"10\" y=\"60\">No pair to draw</text></svg>");
        return out;
    };
    horizontal_lines(&mut out, y, LEFT, RIGHT);
    let lines = [("doubt", "limit", bounds.low), ("bias-doubt", "bias", bias), ("doubt", "limit", bounds.high)];
    for (band, (area, class, value)) in bands.iter().zip(lines) {
        let (low, high, at) = (y.at(band.low), y.at(band.high), y.at(value));
        let _ = write!(
            out,
            "<rect class=\"{area}\" x=\"{LEFT}\" y=\"{high:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>\
             <path class=\"{class}\" d=\"M{LEFT} {at:.1}H{RIGHT}\"/>",
            RIGHT - LEFT,
            (low - high).max(0.5)
        );
    }
    for (px, py) in &pairs {
        let _ = write!(out, "<circle class=\"dot\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\"/>", x.at(*px), y.at(*py));
    }
    let words = [("lower limit", bounds.low), ("mean", bias), ("upper limit", bounds.high)];
    // Labels keep 28 apart, from the middle one outwards.
    let middle = y.at(bias);
    let places = [y.at(bounds.low).max(middle + 28.0), middle, y.at(bounds.high).min(middle - 28.0)];
    for ((word, value), at) in words.into_iter().zip(places) {
        let _ = write!(
            out,
            "<text class=\"quiet\" x=\"{0}\" y=\"{1:.1}\">{word}</text><text class=\"strong\" x=\"{0}\" y=\"{2:.1}\">{3}{4}</text>",
            RIGHT + 8.0,
            at - 2.0,
            at + 12.0,
            number(value),
            if shown_unit.is_empty() || scale == Scale::Root {
                String::new()
            } else {
                format!(" {}", escaped(shown_unit))
            }
        );
    }
    values_below(&mut out, x, BASE, 5);
    let _ = write!(
        out,
        "<text class=\"quiet\" x=\"{RIGHT}\" y=\"{:.1}\" text-anchor=\"end\">mean of the two{}</text></svg>",
        BASE + 36.0,
        if unit.is_empty() { String::new() } else { format!(", {}", escaped(unit)) }
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::testing::check;

    #[test]
    fn pairs_and_limits_are_drawn() {
        let pairs: Vec<(f64, f64)> =
            (1..20).map(|i| (f64::from(i), f64::from(i) * (1.0 + 0.02 * f64::from(i * 7 % 5 - 2)))).collect();
        let raw = Limits::of(&pairs).unwrap();
        let drawn = svg("relief <a>", "ln", &raw, Scale::Ratio);
        check(&drawn);
        assert_eq!(drawn.matches("class=\"dot\"").count(), 19);
        assert!(drawn.contains("relief &lt;a&gt;: second shot less first, 19 pairs"));
        let logs: Vec<(f64, f64)> = pairs.iter().map(|(a, b)| (a.ln(), b.ln())).collect();
        let drawn = svg("relief", "ln", &Limits::of(&logs).unwrap(), Scale::Log);
        check(&drawn);
        assert!(drawn.contains("less first, %</text>"), "{drawn}");
    }

    #[test]
    fn equal_shots_draw() {
        check(&svg("same", "", &Limits::of(&[(1.0, 1.0); 3]).unwrap(), Scale::Ratio));
    }
}
