//! The interval of a median, and of a difference of medians, by resampling (Efron and Tibshirani 1993).
//!
//! The percentile interval of 4999 resamples: their 125th from either end, so that no interpolation decides.
//! Corrections of bias and acceleration are left out: the acceleration comes from the jackknife, which fails for
//! medians. With fewer than 6 subjects even the range of the sample holds the median in less than 95 of 100 samples, so
//! there is no interval.
//!
//! Seeded: the seed and the name of what is resampled give the stream of ChaCha8, so one more arm or metric changes no
//! other interval.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::sample::median_in_place;
use super::{CONFIDENCE, Interval};

/// Resamples.
const RESAMPLES: usize = 4999;
/// The fewest subjects an interval is told of.
pub const FEWEST: usize = 6;

/// A seed and the name of what is resampled.
#[derive(Clone, Copy, Debug)]
pub struct Stream<'a> {
    /// The seed of the run.
    pub seed: u64,
    /// What is resampled: metric, visit and arm.
    pub name: &'a str,
}

impl Stream<'_> {
    fn draws(self) -> Draws {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        // FNV-1a over the name.
        let stream = self
            .name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
        rng.set_stream(stream);
        Draws(rng)
    }
}

struct Draws(ChaCha8Rng);

impl Draws {
    /// A resample of `values` into `into`.
    fn resample(&mut self, values: &[f64], into: &mut Vec<f64>) {
        into.clear();
        let n = values.len() as u64;
        // The high half of the product; uneven by n / 2^32 at most.
        into.extend(values.iter().map(|_| values[((u64::from(self.0.next_u32()) * n) >> 32) as usize]));
    }
}

/// The interval of the median; `None` with fewer than [`FEWEST`] values or one that is not a number.
#[must_use]
pub fn of_median(values: &[f64], stream: Stream<'_>) -> Option<Interval> {
    if values.len() < FEWEST {
        return None;
    }
    let mut draws = stream.draws();
    let mut sample = Vec::with_capacity(values.len());
    percentiles(|| {
        draws.resample(values, &mut sample);
        median_in_place(&mut sample)
    })
}

/// The interval of the median of `a` less that of `b`, which are of different subjects; `None` with fewer than
/// [`FEWEST`] on either side.
#[must_use]
pub fn of_difference(a: &[f64], b: &[f64], stream: Stream<'_>) -> Option<Interval> {
    if a.len().min(b.len()) < FEWEST {
        return None;
    }
    let mut draws = stream.draws();
    let mut sample = Vec::with_capacity(a.len().max(b.len()));
    percentiles(|| {
        draws.resample(a, &mut sample);
        let first = median_in_place(&mut sample);
        draws.resample(b, &mut sample);
        first - median_in_place(&mut sample)
    })
}

fn percentiles(mut statistic: impl FnMut() -> f64) -> Option<Interval> {
    let mut found: Vec<f64> = (0..RESAMPLES).map(|_| statistic()).collect();
    if found.iter().any(|v| v.is_nan()) {
        return None;
    }
    found.sort_by(f64::total_cmp);
    let tail = ((1.0 - CONFIDENCE) / 2.0 * (RESAMPLES + 1) as f64).round() as usize;
    Some(Interval { low: found[tail - 1], high: found[RESAMPLES - tail] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::random::Random;

    fn stream(name: &str) -> Stream<'_> {
        Stream { seed: 7, name }
    }

    /// The chance that the median of a resample of `n` (odd) is its `i`-th value or a lower one: at least half of the
    /// draws are.
    fn reaches(n: u32, i: u32) -> f64 {
        let share = f64::from(i) / f64::from(n);
        let choose = |k: u32| (0..k).fold(1.0, |c, j| c * f64::from(n - j) / f64::from(j + 1));
        (n / 2 + 1..=n).map(|k| choose(k) * share.powi(k as i32) * (1.0 - share).powi((n - k) as i32)).sum()
    }

    #[test]
    fn the_percentiles_are_those_of_all_resamples() {
        // For an odd number of values the chance of each median is known in closed form (Efron 1979).
        for n in [7_u32, 11, 13] {
            let values: Vec<f64> = (1..=n).map(f64::from).collect();
            let found = of_median(&values, stream("closed")).unwrap();
            let low = (1..=n).find(|&i| reaches(n, i) >= 0.025).unwrap();
            let high = (1..=n).find(|&i| reaches(n, i) >= 0.975).unwrap();
            // None of these chances lies within the noise of 4999 resamples.
            for i in [low - 1, low, high - 1, high] {
                assert!((reaches(n, i) - 0.025).abs() > 0.007 && (reaches(n, i) - 0.975).abs() > 0.007, "{n} {i}");
            }
            assert_eq!((found.low, found.high), (f64::from(low), f64::from(high)), "{n}");
        }
    }

    #[test]
    fn the_interval_holds_the_median_as_often_as_it_says() {
        let mut random = Random::new(5, 0);
        let held = (0..300)
            .filter(|_| {
                let values: Vec<f64> = (0..15).map(|_| random.normal()).collect();
                of_median(&values, stream("coverage")).unwrap().contains(0.0)
            })
            .count();
        // Known to hold a little less than 95 % in small samples.
        assert!((270..=297).contains(&held), "{held} of 300");
    }

    #[test]
    fn a_difference_between_arms() {
        let mut random = Random::new(9, 0);
        let a: Vec<f64> = (0..30).map(|_| -15.0 + 5.0 * random.normal()).collect();
        let b: Vec<f64> = (0..25).map(|_| 5.0 * random.normal()).collect();
        let found = of_difference(&a, &b, stream("arms")).unwrap();
        assert!(found.contains(-15.0) && found.high < -8.0 && found.low > -22.0, "{found:?}");
        assert_eq!(of_difference(&a, &b[..5], stream("arms")), None);
    }

    #[test]
    fn the_seed_and_the_name_decide() {
        let mut random = Random::new(1, 0);
        let values: Vec<f64> = (0..40).map(|_| random.normal()).collect();
        let first = of_median(&values, stream("a"));
        assert_eq!(first, of_median(&values, stream("a")));
        let others = [of_median(&values, stream("b")), of_median(&values, Stream { seed: 8, name: "a" })];
        assert!(others.iter().any(|o| *o != first), "{first:?} {others:?}");
        assert_eq!(of_median(&values[..5], stream("a")), None);
        assert_eq!(of_median(&[1.0, 2.0, 3.0, 4.0, 5.0, f64::NAN], stream("a")), None);
    }
}
