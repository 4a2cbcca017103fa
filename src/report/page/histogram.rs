//! Distributions as inline SVG.

use std::fmt::Write as _;

use super::sampling::Summary;
use super::text;
use crate::measure::dictionary::{Kind, Metric};
use crate::report::ticks::{Ticks, round_step};

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 132.0;
/// The plot's edges within the drawing.
const LEFT: f64 = 16.0;
const RIGHT: f64 = 304.0;
const TOP: f64 = 16.0;
const BASE: f64 = 104.0;

/// Bins of equal width over the axis, and the values beyond it.
struct Bins {
    low: f64,
    width: f64,
    counts: Vec<usize>,
    below: usize,
    above: usize,
}

/// Values more than this many interquartile ranges beyond the quartiles lie off the axis, and their number is told.
const FENCE: f64 = 4.5;

impl Bins {
    /// Bins of a round width after Freedman and Diaconis, whole numbers wide for counts.
    fn of(sorted: &[f64], summary: Summary, kind: Kind) -> Self {
        let spread = summary.q3 - summary.q1;
        let (mut low, mut high) = (summary.min, summary.max);
        if spread > 0.0 {
            // The axis ends at values, not at fences.
            let (first, last) = (summary.q1 - FENCE * spread, summary.q3 + FENCE * spread);
            low = sorted[sorted.partition_point(|v| *v < first).min(sorted.len() - 1)];
            high = sorted[sorted.partition_point(|v| *v <= last).saturating_sub(1)];
        }
        let ideal = 2.0 * spread / (sorted.len() as f64).cbrt();
        let span = high - low;
        let wanted = if ideal > 0.0 { (span / ideal).clamp(6.0, 40.0) } else { 12.0 };
        let mut width = if span > 0.0 { round_step(span / wanted) } else { 1.0 };
        let offset = if kind == Kind::Integer {
            width = width.max(1.0);
            // A count stands in the middle of its bar.
            0.5
        } else if span > 0.0 {
            0.0
        } else {
            width = round_step((0.2 * low.abs()).max(1e-6));
            0.5 * width
        };
        let first = ((low + offset) / width).floor() * width - offset;
        let bins = (((high - first) / width + 1e-9).floor() as usize + 1).min(200);
        let mut all = Self { low: first, width, counts: vec![0; bins], below: 0, above: 0 };
        let end = first + bins as f64 * width;
        for &v in sorted {
            if v < first {
                all.below += 1;
            } else if v >= end {
                all.above += 1;
            } else {
                all.counts[(((v - first) / width) as usize).min(bins - 1)] += 1;
            }
        }
        all
    }

    fn high(&self) -> f64 {
        self.low + self.width * self.counts.len() as f64
    }

    /// How many values lie off the axis, in words; empty when none does.
    fn off_axis(&self) -> String {
        match (self.below, self.above) {
            (0, 0) => String::new(),
            (below, 0) => format!("{} below the axis", text::count(below as u64)),
            (0, above) => format!("{} above the axis", text::count(above as u64)),
            (below, above) => {
                format!("{} below and {} above the axis", text::count(below as u64), text::count(above as u64))
            }
        }
    }
}

/// The histogram of rising `sorted` values as an `<svg>` element, and how many values lie off its axis.
pub(super) fn svg(metric: &Metric, sorted: &[f64], summary: Summary) -> (String, String) {
    let bins = Bins::of(sorted, summary, metric.kind);
    let tallest = bins.counts.iter().copied().max().unwrap_or(1).max(1);
    let x = |v: f64| LEFT + (RIGHT - LEFT) * ((v - bins.low) / (bins.high() - bins.low)).clamp(0.0, 1.0);
    let y = |count: usize| BASE - (BASE - TOP) * count as f64 / tallest as f64;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Histogram of {}: median {}, interquartile range \
         {} to {}\">",
        metric.name,
        text::short(summary.median),
        text::short(summary.q1),
        text::short(summary.q3)
    );
    for (i, &count) in bins.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let (from, to) = (bins.low + i as f64 * bins.width, bins.low + (i + 1) as f64 * bins.width);
        let gap = if bins.counts.len() > 60 { 0.0 } else { 0.8 };
        let _ = write!(
            svg,
            "<rect class=\"bar\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
            x(from) + gap / 2.0,
            y(count),
            (x(to) - x(from) - gap).max(0.5),
            BASE - y(count)
        );
    }
    let _ = write!(
        svg,
        "<path class=\"axis\" d=\"M{LEFT} {BASE}H{RIGHT}\"/>\
         <rect class=\"iqr\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"4\"/>\
         <path class=\"median\" d=\"M{:.1} {TOP}V{:.1}\"/>",
        x(summary.q1),
        BASE + 1.0,
        (x(summary.q3) - x(summary.q1)).max(1.0),
        x(summary.median),
        BASE + 5.0
    );
    let ticks = Ticks::within(bins.low, bins.high(), 7);
    for &value in ticks.values.iter().filter(|v| metric.kind != Kind::Integer || v.fract() == 0.0) {
        let _ = write!(
            svg,
            "<path class=\"axis\" d=\"M{0:.1} {1}v5\"/><text x=\"{0:.1}\" y=\"{2}\" text-anchor=\"middle\">{3}</text>",
            x(value),
            BASE,
            BASE + 20.0,
            ticks.label(value)
        );
    }
    let _ = write!(
        svg,
        "<text class=\"top\" x=\"{LEFT}\" y=\"{}\">tallest bar {}</text></svg>",
        TOP - 5.0,
        text::count(tallest as u64)
    );
    (svg, bins.off_axis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Column;

    fn bins(mut values: Vec<f64>, column: Column) -> Bins {
        values.sort_by(f64::total_cmp);
        Bins::of(&values, Summary::of(&values).unwrap(), column.metric().kind)
    }

    #[test]
    fn every_value_is_counted_once() {
        let values: Vec<f64> = (0..500).map(|i| f64::from(i * i % 97) * 0.013 - 0.4).collect();
        for column in [Column::ITA_DEG, Column::DARK_SPOT_COUNT] {
            let bins = bins(values.clone(), column);
            assert_eq!(bins.counts.iter().sum::<usize>() + bins.below + bins.above, 500);
            assert!(bins.counts.len() <= 60);
        }
    }

    #[test]
    fn an_outlier_does_not_flatten_the_rest() {
        let mut values: Vec<f64> = (0..100).map(f64::from).collect();
        values.push(1e9);
        let bins = bins(values, Column::ITA_DEG);
        assert_eq!(bins.above, 1);
        assert!(bins.counts.iter().filter(|c| **c > 0).count() > 4);
    }

    #[test]
    fn odd_distributions_draw() {
        let all = [vec![3.0], vec![0.0; 9], vec![-1e-12, 1e-12], vec![0.0, 0.0, 0.0, 0.0, 40.0], vec![1e300, -1e300]];
        for mut values in all {
            values.sort_by(f64::total_cmp);
            for column in [Column::ITA_DEG, Column::DARK_SPOT_COUNT] {
                let summary = Summary::of(&values).unwrap();
                let (svg, _) = svg(column.metric(), &values, summary);
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{values:?}: {svg}");
            }
        }
    }
}
