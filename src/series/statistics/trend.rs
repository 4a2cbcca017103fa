//! The trend over visits: Theil and Sen's slope, the median of the slopes between all pairs of points at different days
//! (Sen 1968).
//!
//! One bad photo among several does not move it. Its interval is Sen's: of the sorted slopes those that Kendall's S
//! leaves. The distribution of S without a trend is exact up to [`EXACT_UP_TO`] points, repeat shots on one day
//! included: points of one day form a group, S is then the statistic of Jonckheere and Terpstra, and that is the sum of
//! independent Mann-Whitney statistics of each day against all earlier ones. Beyond, S is taken as normal with the
//! variance that ties of days leave.
//!
//! Four single visits have no interval of 95 %: of the 24 orders of four values one rises throughout, so even the
//! widest interval holds 92 %. The normal formula would print one all the same; here it stays empty. Shots of one visit
//! may be given one by one only where visits have no error of their own; else give the means.

use super::distribution::{normal_probability, normal_quantile};
use super::sample::median_in_place;
use super::{CONFIDENCE, Interval};

/// Points up to which the distribution of S is exact.
pub const EXACT_UP_TO: usize = 60;

/// A trend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// Points.
    pub n: usize,
    /// Change of the value per unit of time.
    pub slope: f64,
    /// The line's value at time 0: median value less slope times median time.
    pub intercept: f64,
    /// The slope's interval; `None` where the points are too few for one.
    pub interval: Option<Interval>,
    /// Two-sided probability of such an S without a trend (Mann and Kendall).
    pub p: f64,
}

impl Trend {
    /// Of values over time; of what is compared by logarithms or roots give these. `None` with fewer than 2 different
    /// times or a value that is not finite.
    #[must_use]
    pub fn of(time: &[f64], values: &[f64]) -> Option<Self> {
        let n = time.len();
        if n != values.len() || time.iter().chain(values).any(|v| !v.is_finite()) {
            return None;
        }
        let (mut slopes, mut s) = (Vec::with_capacity(n * n / 2), 0_i64);
        for i in 0..n {
            for j in 0..i {
                let run = time[i] - time[j];
                if run != 0.0 {
                    let slope = (values[i] - values[j]) / run;
                    s += i64::from(slope > 0.0) - i64::from(slope < 0.0);
                    slopes.push(slope);
                }
            }
        }
        if slopes.is_empty() {
            return None;
        }
        slopes.sort_by(f64::total_cmp);
        let null = Null::of(time);
        let interval = null.critical((1.0 - CONFIDENCE) / 2.0).and_then(|c| ends(&slopes, c));
        let slope = median_in_place(&mut slopes);
        let intercept = median_in_place(&mut values.to_vec()) - slope * median_in_place(&mut time.to_vec());
        Some(Self { n, slope, intercept, interval, p: (2.0 * null.reached(s.unsigned_abs())).min(1.0) })
    }

    /// The line's value at a time.
    #[must_use]
    pub fn at(self, time: f64) -> f64 {
        self.intercept + self.slope * time
    }
}

/// The slopes that S leaves: with S below `c` in 97.5 % of cases, those from rank (N - c + 2) / 2 to rank (N + c) / 2.
fn ends(slopes: &[f64], c: f64) -> Option<Interval> {
    let n = slopes.len() as f64;
    let lower = ((n - c + 2.0) / 2.0).floor();
    let upper = ((n + c) / 2.0).ceil();
    (lower >= 1.0 && upper <= n).then(|| Interval { low: slopes[lower as usize - 1], high: slopes[upper as usize - 1] })
}

/// The distribution of S without a trend.
enum Null {
    /// Probability of each number of rising pairs, from 0 on: S = 2 number - pairs.
    Exact(Vec<f64>),
    /// The standard deviation of a normal S.
    Normal(f64),
}

impl Null {
    fn of(time: &[f64]) -> Self {
        let mut sorted = time.to_vec();
        sorted.sort_by(f64::total_cmp);
        let days: Vec<usize> = sorted.chunk_by(|a, b| a == b).map(<[f64]>::len).collect();
        if time.len() > EXACT_UP_TO {
            let term = |n: usize| (n * (n - 1) * (2 * n + 5)) as f64;
            let variance = (term(time.len()) - days.iter().map(|&d| term(d)).sum::<f64>()) / 18.0;
            return Self::Normal(variance.sqrt());
        }
        let (mut all, mut earlier) = (vec![1.0], 0);
        for day in days {
            all = convolved(&all, &mann_whitney(day, earlier));
            earlier += day;
        }
        Self::Exact(all)
    }

    /// P(S >= s) for s >= 0.
    fn reached(&self, s: u64) -> f64 {
        match self {
            Self::Exact(probability) => {
                let pairs = probability.len() as u64 - 1;
                // S and the number of pairs are both even or both odd, but where values are equal: then the careful
                // side.
                let least = ((pairs + s) / 2) as usize;
                probability.iter().skip(least).rev().sum()
            }
            // S moves in steps of 2.
            Self::Normal(sd) => normal_probability(-(s.saturating_sub(1) as f64) / sd),
        }
    }

    /// The smallest s that S reaches with at most `tail`.
    fn critical(&self, tail: f64) -> Option<f64> {
        match self {
            Self::Exact(probability) => {
                let pairs = probability.len() - 1;
                let mut sum = 0.0;
                let mut found = None;
                for (rising, p) in probability.iter().enumerate().rev() {
                    sum += p;
                    // Sums of probabilities are off by rounding.
                    if sum > tail * (1.0 + 1e-9) {
                        break;
                    }
                    found = Some((2 * rising) as f64 - pairs as f64);
                }
                found
            }
            Self::Normal(sd) => Some(2.0 + sd * normal_quantile(1.0 - tail)),
        }
    }
}

/// The probability of each value of Mann and Whitney's U of `m` against `n` values, by the recursion on whose is the
/// largest.
fn mann_whitney(m: usize, n: usize) -> Vec<f64> {
    // Row by row: with i of the m values, for every j of the n.
    let mut row: Vec<Vec<f64>> = vec![vec![1.0]; n + 1];
    for i in 1..=m {
        let mut next: Vec<Vec<f64>> = Vec::with_capacity(n + 1);
        next.push(vec![1.0]);
        for j in 1..=n {
            let mut u = vec![0.0; i * j + 1];
            let (own, other) = (i as f64 / (i + j) as f64, j as f64 / (i + j) as f64);
            // The largest is one of the m: it exceeds all j.
            for (k, p) in row[j].iter().enumerate() {
                u[k + j] += own * p;
            }
            for (k, p) in next[j - 1].iter().enumerate() {
                u[k] += other * p;
            }
            next.push(u);
        }
        row = next;
    }
    row.swap_remove(n)
}

/// The distribution of a sum.
fn convolved(a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; a.len() + b.len() - 1];
    for (i, p) in a.iter().enumerate() {
        for (j, q) in b.iter().enumerate() {
            sum[i + j] += p * q;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::random::Random;
    use crate::series::statistics::truth::{all, close, numbers};

    #[test]
    fn exact_as_by_counting_all_orders() {
        for case in all()["trend_exact"].as_array().unwrap() {
            let trend = Trend::of(&numbers(&case["x"]), &numbers(&case["y"])).unwrap();
            assert!(close(trend.slope, &case["slope"], 1e-12) && close(trend.p, &case["p"], 1e-12), "{trend:?} {case}");
            match trend.interval {
                Some(i) => {
                    assert!(close(i.low, &case["low"], 1e-12) && close(i.high, &case["high"], 1e-12), "{trend:?}")
                }
                None => assert!(case.get("low").is_none(), "{case}"),
            }
        }
    }

    #[test]
    fn twenty_visits_as_by_scipy() {
        let truth = &all()["trend_normal"];
        let (x, y) = (numbers(&truth["x"]), numbers(&truth["y"]));
        let trend = Trend::of(&x, &y).unwrap();
        assert!(close(trend.slope, &truth["slope"], 1e-12) && close(trend.intercept, &truth["intercept"], 1e-12));
        assert!(close(trend.p, &truth["tau_p_exact"], 1e-9), "{trend:?}");
        // scipy takes S as normal; the exact interval is as wide to a rank of the 190 slopes.
        let interval = trend.interval.unwrap();
        assert!(
            close(interval.low, &truth["low"], 0.01) && close(interval.high, &truth["high"], 0.01),
            "{interval:?} {truth}"
        );
    }

    #[test]
    fn normal_meets_exact() {
        let time: Vec<f64> = (0..EXACT_UP_TO).map(|i| (i / 2) as f64).collect();
        let Null::Exact(_) = Null::of(&time) else { panic!("exact up to {EXACT_UP_TO}") };
        let exact = Null::of(&time);
        let days = vec![2; EXACT_UP_TO / 2];
        let term = |n: usize| (n * (n - 1) * (2 * n + 5)) as f64;
        let normal = Null::Normal(((term(EXACT_UP_TO) - days.iter().map(|&d| term(d)).sum::<f64>()) / 18.0).sqrt());
        let [a, b] = [&exact, &normal].map(|null| null.critical(0.025).unwrap());
        assert!((a - b).abs() <= 4.0, "{a} {b}");
        assert!((exact.reached(200) / normal.reached(200) - 1.0).abs() < 0.05);
    }

    #[test]
    fn long_series_are_normal() {
        let time: Vec<f64> = (0..100).map(f64::from).collect();
        let mut random = Random::new(3, 0);
        let values: Vec<f64> = time.iter().map(|t| 5.0 - 0.02 * t + random.normal()).collect();
        let trend = Trend::of(&time, &values).unwrap();
        let interval = trend.interval.unwrap();
        assert!(interval.contains(-0.02) && !interval.contains(0.0) && trend.p < 0.01, "{trend:?}");
        assert!((trend.at(50.0) - 4.0).abs() < 0.4);
    }

    #[test]
    fn the_interval_holds_the_truth_as_often_as_it_says() {
        let days: Vec<f64> = [0.0, 30.0, 60.0, 90.0].iter().flat_map(|d| [*d; 2]).collect();
        let mut random = Random::new(11, 0);
        let held = (0..4000)
            .filter(|_| {
                let values: Vec<f64> = days.iter().map(|d| 1.0 - 0.001 * d + 0.04 * random.normal()).collect();
                Trend::of(&days, &values).unwrap().interval.unwrap().contains(-0.001)
            })
            .count();
        // 95 % or a little more, S being a whole number.
        assert!((0.945..0.985).contains(&(held as f64 / 4000.0)), "{held}");
    }

    #[test]
    fn too_little_for_a_trend() {
        assert_eq!(Trend::of(&[1.0], &[1.0]), None);
        assert_eq!(Trend::of(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(Trend::of(&[1.0, 2.0], &[1.0, f64::NAN]), None);
        let two = Trend::of(&[0.0, 2.0], &[1.0, 2.0]).unwrap();
        assert_eq!((two.slope, two.interval, two.p), (0.5, None, 1.0));
    }
}
