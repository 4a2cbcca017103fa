//! Agreement of repeat shots: the intraclass correlation and the limits of agreement.
//!
//! ICC(2,1) of Shrout and Fleiss 1979, ICC(A,1) of McGraw and Wong 1996: the share of the variance of single shots that
//! is between places, shots being drawn at random and their order having an effect of its own (the skin reddens, the
//! lamp warms). Its interval is that of McGraw and Wong, table 7. ICC(1,1), which knows no order, stands beside it. An
//! ICC depends on how different the subjects are; the SEM does not, so verdicts never use an ICC.
//!
//! Limits of agreement after Bland and Altman 1999: the mean difference of pairs, plus and minus 1.96 standard
//! deviations of the differences, each with an interval from Var(d + 1.96 s) = s^2 (1/n + 1.96^2 / (2 (n - 1))) and t
//! with n - 1 degrees of freedom.

use super::distribution::{f_quantile, normal_quantile, t_quantile};
use super::sample::{mean, squares, variance};
use super::{CONFIDENCE, Interval};

/// The intraclass correlations of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Icc {
    /// Places.
    pub places: usize,
    /// Shots of each.
    pub shots: usize,
    /// ICC(2,1), which is ICC(A,1).
    pub icc: f64,
    /// Its interval; it may reach below 0. `None` where the approximation fails, as it does where shots differ more than places.
    pub interval: Option<Interval>,
    /// ICC(1,1).
    pub one_way: f64,
}

impl Icc {
    /// Of a complete table, one row per place with its shots in order; `None` with fewer than 2 of either, with rows of
    /// unequal length or where nothing differs.
    #[must_use]
    pub fn of(table: &[Vec<f64>]) -> Option<Self> {
        let (rows, shots) = (table.len(), table.first()?.len());
        if rows < 2 || shots < 2 || table.iter().any(|row| row.len() != shots) {
            return None;
        }
        let (n, k) = (rows as f64, shots as f64);
        let row_means: Vec<f64> = table.iter().map(|row| mean(row)).collect();
        let column_means: Vec<f64> = (0..shots).map(|j| table.iter().map(|row| row[j]).sum::<f64>() / n).collect();
        let within: f64 = table.iter().map(|row| squares(row)).sum();
        let between_shots = n * squares(&column_means);
        let msr = k * squares(&row_means) / (n - 1.0);
        let msc = between_shots / (k - 1.0);
        let mse = ((within - between_shots) / ((n - 1.0) * (k - 1.0))).max(0.0);
        let msw = within / (n * (k - 1.0));
        let icc = (msr - mse) / (msr + (k - 1.0) * mse + k * (msc - mse) / n);
        let one_way = (msr - msw) / (msr + (k - 1.0) * msw);
        if !icc.is_finite() {
            return None;
        }
        let interval = Some(interval(n, k, icc, msr, msc, mse)).filter(|interval| interval.contains(icc));
        Some(Self { places: rows, shots, icc, interval, one_way })
    }
}

/// The interval of ICC(A,1), McGraw and Wong 1996, table 7.
fn interval(n: f64, k: f64, icc: f64, msr: f64, msc: f64, mse: f64) -> Interval {
    if icc >= 1.0 {
        return Interval { low: 1.0, high: 1.0 };
    }
    let a = k * icc / (n * (1.0 - icc));
    let b = 1.0 + k * icc * (n - 1.0) / (n * (1.0 - icc));
    let df =
        (a * msc + b * mse).powi(2) / ((a * msc).powi(2) / (k - 1.0) + (b * mse).powi(2) / ((n - 1.0) * (k - 1.0)));
    let p = f64::midpoint(1.0, CONFIDENCE);
    let (lower, upper) = (f_quantile(p, n - 1.0, df), f_quantile(p, df, n - 1.0));
    let rest = k * msc + (k * n - k - n) * mse;
    Interval {
        low: n * (msr - lower * mse) / (lower * rest + n * msr),
        high: n * (upper * msr - mse) / (rest + n * upper * msr),
    }
}

/// The complete table with the most shots in it: of every group with at least `k` shots the first `k`, for the best
/// `k`.
#[must_use]
pub fn complete_table(groups: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let most = groups.iter().map(Vec::len).max().unwrap_or(0);
    let size = |k: usize| k * groups.iter().filter(|g| g.len() >= k).count();
    // Of two tables of one size that with more places: they are what an ICC is about.
    let best = (2..=most).rev().max_by_key(|&k| size(k)).unwrap_or(2);
    groups.iter().filter(|g| g.len() >= best).map(|g| g[..best].to_vec()).collect()
}

/// Limits of agreement of pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Mean and difference (second less first) of every pair, in the order given.
    pub pairs: Vec<(f64, f64)>,
    /// The mean difference.
    pub bias: f64,
    /// Its interval.
    pub bias_interval: Interval,
    /// The limits themselves.
    pub limits: Interval,
    /// The interval of the lower limit.
    pub low_interval: Interval,
    /// The interval of the upper limit.
    pub high_interval: Interval,
}

impl Limits {
    /// Of pairs; `None` with fewer than 3.
    #[must_use]
    pub fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        if pairs.len() < 3 {
            return None;
        }
        let n = pairs.len() as f64;
        let pairs: Vec<(f64, f64)> = pairs.iter().map(|(a, b)| (f64::midpoint(*a, *b), b - a)).collect();
        let differences: Vec<f64> = pairs.iter().map(|p| p.1).collect();
        let (bias, sd) = (mean(&differences), variance(&differences).sqrt());
        let p = f64::midpoint(1.0, CONFIDENCE);
        let (z, t) = (normal_quantile(p), t_quantile(p, n - 1.0));
        let limits = Interval::around(bias, z * sd);
        let half = t * sd * (1.0 / n + z * z / (2.0 * (n - 1.0))).sqrt();
        Some(Self {
            bias_interval: Interval::around(bias, t * sd / n.sqrt()),
            low_interval: Interval::around(limits.low, half),
            high_interval: Interval::around(limits.high, half),
            pairs,
            bias,
            limits,
        })
    }

    /// Of the first two shots of every group that has two.
    #[must_use]
    pub fn of_groups(groups: &[Vec<f64>]) -> Option<Self> {
        let pairs: Vec<(f64, f64)> = groups.iter().filter(|g| g.len() > 1).map(|g| (g[0], g[1])).collect();
        Self::of(&pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::statistics::truth::{all, close, numbers, table};

    #[test]
    fn the_table_of_shrout_and_fleiss() {
        let truth = all();
        for case in truth["icc"].as_array().unwrap() {
            let icc = Icc::of(&table(&case["table"])).unwrap();
            let interval = icc.interval.unwrap();
            assert!(close(icc.icc, &case["icc"], 1e-11) && close(icc.one_way, &case["icc1"], 1e-11), "{icc:?}");
            assert!(close(interval.low, &case["low"], 1e-8) && close(interval.high, &case["high"], 1e-8), "{icc:?}");
        }
        // Repeat shots that differ far more than the places.
        let hopeless = Icc::of(&[vec![0.0, 9.0], vec![9.0, 0.1], vec![4.4, 4.6]]).unwrap();
        assert!(hopeless.interval.is_none_or(|interval| interval.contains(hopeless.icc)), "{hopeless:?}");
        // Published: 0.29 and 0.17.
        let published = Icc::of(&table(&truth["icc"][0]["table"])).unwrap();
        assert_eq!(
            (format!("{:.2}", published.icc), format!("{:.2}", published.one_way)),
            ("0.29".into(), "0.17".into())
        );
    }

    #[test]
    fn tables_without_an_icc() {
        assert_eq!(Icc::of(&[]), None);
        assert_eq!(Icc::of(&[vec![1.0, 2.0]]), None);
        assert_eq!(Icc::of(&[vec![1.0, 2.0], vec![1.0]]), None);
        assert_eq!(Icc::of(&[vec![1.0, 1.0], vec![1.0, 1.0]]), None);
        let same = Icc::of(&[vec![1.0, 1.0], vec![2.0, 2.0], vec![5.0, 5.0]]).unwrap();
        assert_eq!((same.icc, same.interval), (1.0, Some(Interval { low: 1.0, high: 1.0 })));
    }

    #[test]
    fn the_largest_complete_table() {
        let groups = [vec![1.0, 2.0], vec![3.0, 4.0, 5.0], vec![6.0], vec![7.0, 8.0, 9.0]];
        assert_eq!(complete_table(&groups), [[1.0, 2.0], [3.0, 4.0], [7.0, 8.0]]);
        assert!(complete_table(&[vec![1.0]]).is_empty() && complete_table(&[]).is_empty());
    }

    #[test]
    fn peak_flow_of_bland_and_altman() {
        let truth = &all()["pefr"];
        let [wright, mini] = ["wright", "mini"].map(|meter| numbers(&truth[meter][0]));
        let pairs: Vec<(f64, f64)> = mini.into_iter().zip(wright).collect();
        let found = Limits::of(&pairs).unwrap();
        let ends = [
            (found.bias, "bias"),
            (found.bias_interval.low, "bias_low"),
            (found.bias_interval.high, "bias_high"),
            (found.limits.low, "low"),
            (found.limits.high, "high"),
            (found.low_interval.low, "low_low"),
            (found.low_interval.high, "low_high"),
            (found.high_interval.low, "high_low"),
            (found.high_interval.high, "high_high"),
        ];
        for (value, key) in ends {
            assert!(close(value, &truth[key], 1e-9), "{key}: {value}");
        }
        // Published 1986, with 2 for 1.96: mean difference -2.1, limits -79.7 and 75.5.
        assert!((found.bias + 2.1).abs() < 0.05 && (found.limits.low + 79.7).abs() < 2.0);
        assert_eq!(Limits::of(&pairs[..2]), None);
    }
}
