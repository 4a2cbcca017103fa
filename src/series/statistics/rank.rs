//! Rank correlation, with which a measured change is held against a clinician's scale.
//!
//! Spearman's coefficient; equal values share their mean rank. Its two-sided probability is that of t with n - 2
//! degrees of freedom, its interval Fisher's with the variance (1 + rho^2 / 2) / (n - 3) of Bonett and Wright 2000.
//! Give one pair per subject: visits of one subject are no independent pairs. A scale is shown beside the measurement
//! and never blended into it.

use super::distribution::{normal_quantile, t_two_sided};
use super::sample::mean;
use super::{CONFIDENCE, Interval};

/// Pearson's correlation.
#[must_use]
pub fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let (mx, my) = (mean(x), mean(y));
    let sum = |f: fn(f64, f64) -> f64| x.iter().zip(y).map(|(a, b)| f(a - mx, b - my)).sum::<f64>();
    sum(|a, b| a * b) / (sum(|a, _| a * a) * sum(|_, b| b * b)).sqrt()
}

/// Spearman's rank correlation. NaN when a value is missing, or all of one side are equal.
#[must_use]
pub fn spearman(x: &[f64], y: &[f64]) -> f64 {
    if x.iter().chain(y).any(|v| v.is_nan()) {
        return f64::NAN;
    }
    correlation(&ranks(x), &ranks(y))
}

/// The ranks from 0, equal values sharing their mean.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for run in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let shared = first as f64 + 0.5 * (run.len() - 1) as f64;
        run.iter().for_each(|&i| ranks[i] = shared);
        first += run.len();
    }
    ranks
}

/// A rank correlation and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    /// Pairs.
    pub n: usize,
    /// Spearman's coefficient.
    pub rho: f64,
    /// Two-sided probability of such a coefficient without any relation.
    pub p: f64,
    /// Its interval; `None` with fewer than 4 pairs.
    pub interval: Option<Interval>,
}

impl Rank {
    /// Of pairs; `None` with fewer than 3, or where one side is all equal or not a number.
    #[must_use]
    pub fn of(x: &[f64], y: &[f64]) -> Option<Self> {
        let n = x.len().min(y.len());
        if n < 3 {
            return None;
        }
        let rho = spearman(&x[..n], &y[..n]);
        if !rho.is_finite() {
            return None;
        }
        let rho = rho.clamp(-1.0, 1.0);
        let df = n as f64 - 2.0;
        let p = if rho.abs() == 1.0 { 0.0 } else { t_two_sided(rho * (df / (1.0 - rho * rho)).sqrt(), df) };
        let interval = (n > 3).then(|| {
            let half =
                normal_quantile(f64::midpoint(1.0, CONFIDENCE)) * ((1.0 + rho * rho / 2.0) / (n as f64 - 3.0)).sqrt();
            let z = Interval::around(rho.atanh(), half);
            Interval { low: z.low.tanh(), high: z.high.tanh() }
        });
        Some(Self { n, rho, p, interval })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::statistics::truth::{all, close, numbers};

    #[test]
    fn ties_are_those_of_scipy() {
        let truth = &all()["spearman"];
        let found = Rank::of(&numbers(&truth["x"]), &numbers(&truth["y"])).unwrap();
        assert!(close(found.rho, &truth["rho"], 1e-12) && close(found.p, &truth["p"], 1e-9), "{found:?}");
        assert!(found.interval.unwrap().contains(found.rho));
    }

    #[test]
    fn ranks_share() {
        assert_eq!(ranks(&[5.0, 1.0, 5.0, 9.0]), [1.5, 0.0, 1.5, 3.0]);
        assert!((spearman(&[1.0, 2.0, 2.0, 3.0], &[1.0, 2.0, 3.0, 4.0]) - 4.5 / 22.5_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn nothing_to_rank() {
        assert_eq!(Rank::of(&[1.0, 2.0], &[1.0, 2.0]), None);
        assert_eq!(Rank::of(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(Rank::of(&[1.0, f64::NAN, 3.0], &[1.0, 2.0, 3.0]), None);
        let exact = Rank::of(&[1.0, 2.0, 3.0, 4.0], &[1.0, 4.0, 9.0, 16.0]).unwrap();
        assert_eq!((exact.rho, exact.p), (1.0, 0.0));
    }
}
