//! Figures of a claim, one per scenario, and the statistics that they are made of.
//!
//! A claim is judged on the median over its scenarios, and the worst is shown beside it. A figure that could not be
//! measured is NaN: the claim is then not met, and its text says so.

use super::Claim;
pub use crate::series::statistics::rank::{correlation, spearman};
pub use crate::series::statistics::sample::median;

/// Coefficient of variation in percent, with the standard deviation of a sample (n - 1).
#[must_use]
pub fn cv(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    100.0 * (squares / (n - 1.0)).sqrt() / mean.abs()
}

/// Change of `after` against `before` in percent.
#[must_use]
pub fn change(before: f64, after: f64) -> f64 {
    100.0 * (after / before - 1.0)
}

/// The value farthest from zero; NaN wins.
#[must_use]
pub fn farthest(values: &[f64]) -> f64 {
    values.iter().map(|v| v.abs()).fold(0.0, |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) })
}

/// A number with its unit, to `digits` places; a missing one says so.
fn text(value: f64, digits: usize, unit: &str) -> String {
    if value.is_finite() { format!("{value:.digits$}{unit}") } else { "not measured".to_owned() }
}

/// A claim that the size of a figure in percent stays at or below `limit`.
#[must_use]
pub fn at_most(
    claim: &'static str,
    measure: impl Into<String>,
    target: &'static str,
    limit: f64,
    figures: &[f64],
) -> Claim {
    let sizes: Vec<f64> = figures.iter().map(|v| v.abs()).collect();
    let middle = median(&sizes);
    let found = format!("{} (worst {})", text(middle, 2, " %"), text(farthest(&sizes), 2, " %"));
    Claim { claim, measure: measure.into(), target, found, met: middle <= limit }
}

/// A claim that a figure reaches `limit`.
#[must_use]
pub fn at_least(
    claim: &'static str,
    measure: impl Into<String>,
    target: &'static str,
    limit: f64,
    figures: &[f64],
) -> Claim {
    let middle = median(figures);
    let worst = figures.iter().copied().fold(f64::INFINITY, |a, b| if b.is_nan() { b } else { a.min(b) });
    let found = format!("{} (worst {})", text(middle, 4, ""), text(worst, 4, ""));
    Claim { claim, measure: measure.into(), target, found, met: middle >= limit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics() {
        assert_eq!(median(&[3.0, 1.0, 2.0, 10.0]), 2.5);
        assert!(median(&[1.0, f64::NAN]).is_nan() && median(&[]).is_nan());
        assert!((cv(&[9.0, 11.0]) - 100.0 * 2.0_f64.sqrt() / 10.0).abs() < 1e-12);
        assert!((correlation(&[1.0, 2.0, 3.0], &[5.0, 3.0, 1.0]) + 1.0).abs() < 1e-12);
        assert!((spearman(&[1.0, 2.0, 3.0, 4.0], &[1.0, 10.0, 100.0, 1e3]) - 1.0).abs() < 1e-12);
        // By hand: ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3 give 4.5 / sqrt(4.5 * 5).
        assert!((spearman(&[1.0, 2.0, 2.0, 3.0], &[1.0, 2.0, 3.0, 4.0]) - 4.5 / 22.5_f64.sqrt()).abs() < 1e-12);
        assert_eq!(farthest(&[1.0, -4.0, 2.0]), 4.0);
        assert!((change(2.0, 1.8) + 10.0).abs() < 1e-12);
    }

    #[test]
    fn what_was_not_measured_meets_no_claim() {
        let claim = at_most("c", "m", "t", 5.0, &[1.0, f64::NAN]);
        assert!(!claim.met && claim.found.contains("not measured"), "{claim:?}");
        assert!(!at_least("c", "m", "t", 0.5, &[f64::NAN]).met);
        assert!(at_most("c", "m", "t", 5.0, &[-4.0, 1.0, 9.0]).met, "the median of the sizes is 4");
        assert!(!at_least("c", "m", "t", 0.99, &[0.98, 0.98, 1.0]).met);
    }
}
