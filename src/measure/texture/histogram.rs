//! The histogram of gray levels, IBSI definitions (family `ih`). All features follow from the counts of the levels; percentiles
//! are those of the sorted pixels, interpolated linearly, as in [`super::statistics`].

use super::feature::{Feature, feature, xlog2x};
use crate::base::{Plane, parallel};

/// The 23 IBSI features, in the order in which they are computed. H(i) is the number of pixels of level i from 1 to Ng.
pub const FEATURES: [Feature; 23] = [
    feature("mean", "", "mean gray level"),
    feature("var", "", "variance of the gray levels"),
    feature("skew", "", "skewness of the gray levels; 0 for a constant region"),
    feature("kurt", "", "excess kurtosis of the gray levels; 0 for a constant region"),
    feature("median", "", "median gray level"),
    feature("min", "", "least gray level"),
    feature("p10", "", "10th percentile of the gray levels"),
    feature("p90", "", "90th percentile of the gray levels"),
    feature("max", "", "greatest gray level"),
    feature("mode", "", "most frequent gray level; of several the one nearest to the mean, then the lower"),
    feature("iqr", "", "interquartile range of the gray levels"),
    feature("range", "", "greatest - least gray level"),
    feature("mad", "", "mean absolute deviation of the gray levels from their mean"),
    feature("rmad", "", "the same of the levels from P10 to P90, from their own mean"),
    feature("medad", "", "mean absolute deviation of the gray levels from their median"),
    feature("cov", "", "standard deviation over mean of the gray levels"),
    feature("qcod", "", "quartile coefficient of dispersion (P75 - P25) / (P75 + P25) of the gray levels"),
    feature("entropy", "bit", "entropy: -sum p log2 p, p(i) = H(i) / n"),
    feature("uniformity", "", "uniformity: sum p^2"),
    feature(
        "max_grad",
        "",
        "greatest gradient of H (central differences, one-sided at both ends); grows with the region",
    ),
    feature("max_grad_g", "", "the gray level of the greatest gradient, the lowest of several"),
    feature("min_grad", "", "least gradient of H; grows in size with the region"),
    feature("min_grad_g", "", "the gray level of the least gradient, the lowest of several"),
];

/// Pixels of each level 1 to `bins` of `levels` (0 outside).
#[must_use]
pub fn count(levels: &Plane<u8>, bins: usize) -> Vec<u64> {
    let bands = parallel::map_bands(levels.height(), 256, |rows| {
        // Neighbors are often equal: four tables spare the wait for the count just written.
        let mut tables = [[0_u32; 256]; 4];
        for y in rows {
            for (x, &level) in levels.row(y).iter().enumerate() {
                tables[x % 4][usize::from(level)] += 1;
            }
        }
        tables
    });
    (1..=bins).map(|i| bands.iter().flatten().map(|table| u64::from(table[i])).sum()).collect()
}

/// The features of the counts of levels 1, 2, ..., in the order of [`FEATURES`]; `None` where all are zero.
#[must_use]
pub fn features(counts: &[u64]) -> Option<[f64; 23]> {
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return None;
    }
    let n = total as f64;
    let levels = || counts.iter().enumerate().filter(|(_, h)| **h > 0).map(|(i, &h)| ((i + 1) as f64, h as f64));
    let expect = |f: &dyn Fn(f64) -> f64| levels().map(|(i, h)| f(i) * h).sum::<f64>() / n;
    let mean = expect(&|i| i);
    let central = |power: i32| expect(&|i| (i - mean).powi(power));
    let variance = central(2);
    let scaled = |moment: f64, power: f64| if variance > 0.0 { moment / variance.powf(power) } else { 0.0 };
    let kurtosis = if variance > 0.0 { scaled(central(4), 2.0) - 3.0 } else { 0.0 };

    let ranked = |rank: u64| {
        let mut left = rank;
        let at = counts.iter().position(|&h| {
            let here = left < h;
            left = left.saturating_sub(h);
            here
        });
        (at.unwrap_or(0) + 1) as f64
    };
    let percentile = |percent: f64| {
        let place = percent / 100.0 * (total - 1) as f64;
        let (a, b) = (ranked(place.floor() as u64), ranked(place.ceil() as u64));
        a + (b - a) * place.fract()
    };
    let [least, p10, p25, median, p75, p90, greatest] = [0.0, 10.0, 25.0, 50.0, 75.0, 90.0, 100.0].map(percentile);

    let kept = |i: f64| i >= p10 && i <= p90;
    let (kept_n, kept_sum) = levels().filter(|l| kept(l.0)).fold((0.0, 0.0), |(n, s), (i, h)| (n + h, s + i * h));
    let kept_mean = kept_sum / kept_n;
    let rmad = levels().filter(|l| kept(l.0)).map(|(i, h)| (i - kept_mean).abs() * h).sum::<f64>() / kept_n;

    let most = counts.iter().copied().max().unwrap_or(0);
    let modes = counts.iter().enumerate().filter(|(_, h)| **h == most).map(|(i, _)| (i + 1) as f64);
    let mode = modes.min_by(|a, b| (a - mean).abs().total_cmp(&(b - mean).abs())).unwrap_or(mean);

    let gradient = |i: usize| {
        let (left, right) = (i.saturating_sub(1), (i + 1).min(counts.len() - 1));
        if left == right { 0.0 } else { (counts[right] as f64 - counts[left] as f64) / (right - left) as f64 }
    };
    let (mut steepest, mut falling) = ((f64::NEG_INFINITY, 0), (f64::INFINITY, 0));
    for i in 0..counts.len() {
        let g = gradient(i);
        if g > steepest.0 {
            steepest = (g, i + 1);
        }
        if g < falling.0 {
            falling = (g, i + 1);
        }
    }
    Some([
        mean,
        variance,
        scaled(central(3), 1.5),
        kurtosis,
        median,
        least,
        p10,
        p90,
        greatest,
        mode,
        p75 - p25,
        greatest - least,
        expect(&|i| (i - mean).abs()),
        rmad,
        expect(&|i| (i - median).abs()),
        variance.sqrt() / mean,
        (p75 - p25) / (p75 + p25),
        -levels().map(|(_, h)| xlog2x(h / n)).sum::<f64>(),
        levels().map(|(_, h)| (h / n) * (h / n)).sum(),
        steepest.0,
        steepest.1 as f64,
        falling.0,
        falling.1 as f64,
    ])
}
