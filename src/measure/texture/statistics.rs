//! First-order statistics of a plane over a mask, IBSI definitions (family `stat`).
//!
//! Percentiles are exact and linear in time: the 32 bits of a sample, made to sort as whole numbers, are counted by their upper
//! half, and by their lower half where a wanted order statistic lies. A percentile between two order statistics is interpolated
//! linearly. Sums are of f64, row by row and band by band, so they do not depend on the threads.

use super::feature::{Feature, feature};
use crate::base::{Mask, Plane, parallel};

/// The 18 IBSI features, in the order in which they are computed.
pub const FEATURES: [Feature; 18] = [
    feature("mean", "", "mean"),
    feature("var", "", "variance (over n)"),
    feature("skew", "", "skewness; 0 for a constant region"),
    feature("kurt", "", "excess kurtosis, 0 for a Gaussian; 0 for a constant region"),
    feature("median", "", "median"),
    feature("min", "", "minimum"),
    feature("p10", "", "10th percentile"),
    feature("p90", "", "90th percentile"),
    feature("max", "", "maximum"),
    feature("iqr", "", "interquartile range P75 - P25"),
    feature("range", "", "maximum - minimum"),
    feature("mad", "", "mean absolute deviation from the mean"),
    feature("rmad", "", "robust mean absolute deviation: that of the values from P10 to P90, from their own mean"),
    feature("medad", "", "mean absolute deviation from the median"),
    feature(
        "cov",
        "",
        "coefficient of variation: standard deviation over mean; empty on the relief, which varies about 0",
    ),
    feature(
        "qcod",
        "",
        "quartile coefficient of dispersion (P75 - P25) / (P75 + P25); empty on the relief, which varies about 0",
    ),
    feature("energy", "", "sum of the squared values; grows with the region"),
    feature("rms", "", "root mean square"),
];

/// The percentiles that the features need.
const PERCENTS: [f64; 5] = [10.0, 25.0, 50.0, 75.0, 90.0];
/// Rows of one task.
const BAND_ROWS: usize = 128;

/// The features in the order of [`FEATURES`]; `None` for an empty mask.
///
/// # Panics
/// When the sizes differ.
#[must_use]
pub fn features(plane: &Plane, mask: &Mask) -> Option<[f64; 18]> {
    assert_eq!((plane.width(), plane.height()), (mask.width(), mask.height()), "a plane and a mask of two sizes");
    let sampled = Samples { plane, mask };
    let [n, total, square] = sampled.sums(|v| [1.0, v, v * v]);
    if n == 0.0 {
        return None;
    }
    let mean = total / n;
    let order = sampled.order_statistics(n as u64);
    let [p10, p25, median, p75, p90] = order.percentiles;
    let [m2, m3, m4, mad, medad, kept, kept_sum] = sampled.sums(|v| {
        let d = v - mean;
        let d2 = d * d;
        let keep = f64::from(u8::from(v >= p10 && v <= p90));
        [d2, d2 * d, d2 * d2, d.abs(), (v - median).abs(), keep, keep * v]
    });
    let kept_mean = kept_sum / kept;
    let [rmad] = sampled.sums(|v| [if v >= p10 && v <= p90 { (v - kept_mean).abs() } else { 0.0 }]);
    let variance = m2 / n;
    let scaled = |moment: f64, power: f64| if variance > 0.0 { moment / n / variance.powf(power) } else { 0.0 };
    let kurtosis = if variance > 0.0 { scaled(m4, 2.0) - 3.0 } else { 0.0 };
    Some([
        mean,
        variance,
        scaled(m3, 1.5),
        kurtosis,
        median,
        order.least,
        p10,
        p90,
        order.greatest,
        p75 - p25,
        order.greatest - order.least,
        mad / n,
        rmad / kept,
        medad / n,
        variance.sqrt() / mean,
        (p75 - p25) / (p75 + p25),
        square,
        (square / n).sqrt(),
    ])
}

/// The samples of a plane in a mask.
struct Samples<'a> {
    plane: &'a Plane,
    mask: &'a Mask,
}

struct Order {
    least: f64,
    greatest: f64,
    percentiles: [f64; 5],
}

/// The bits of a number such that a greater number has greater bits.
fn sortable(v: f32) -> u32 {
    let bits = v.to_bits();
    if bits >> 31 == 0 { bits | 1 << 31 } else { !bits }
}

/// The number of [`sortable`] bits.
fn number(bits: u32) -> f64 {
    f64::from(f32::from_bits(if bits >> 31 == 1 { bits & !(1 << 31) } else { !bits }))
}

impl Samples<'_> {
    fn row(&self, y: usize) -> impl Iterator<Item = f32> + '_ {
        self.plane.row(y).iter().zip(self.mask.row(y)).filter(|&(_, &m)| m != 0).map(|(&v, _)| v)
    }

    /// Sums of `terms` over the samples.
    fn sums<const N: usize>(&self, terms: impl Fn(f64) -> [f64; N] + Sync + Send) -> [f64; N] {
        let add = |mut sums: [f64; N], more: [f64; N]| {
            sums.iter_mut().zip(more).for_each(|(sum, v)| *sum += v);
            sums
        };
        let row = |y: usize| self.row(y).fold([0.0; N], |sums, v| add(sums, terms(f64::from(v))));
        let bands = parallel::map_bands(self.plane.height(), BAND_ROWS, |rows| rows.map(row).fold([0.0; N], add));
        bands.into_iter().fold([0.0; N], add)
    }

    /// Counts of `cell` over the samples that have one.
    fn counts(&self, cells: usize, cell: impl Fn(u32) -> Option<usize> + Sync + Send) -> Vec<u64> {
        // Bands of an eighth: a table is as long as many rows.
        let bands = parallel::map_bands(self.plane.height(), self.plane.height().div_ceil(8).max(1), |rows| {
            let mut counts = vec![0_u32; cells];
            for v in rows.flat_map(|y| self.row(y)) {
                if let Some(cell) = cell(sortable(v)) {
                    counts[cell] += 1;
                }
            }
            counts
        });
        let mut total = vec![0_u64; cells];
        for band in bands {
            total.iter_mut().zip(band).for_each(|(sum, n)| *sum += u64::from(n));
        }
        total
    }

    fn order_statistics(&self, n: u64) -> Order {
        const HALF: usize = 1 << 16;
        let places = PERCENTS.map(|percent| percent / 100.0 * (n - 1) as f64);
        let mut ranks: Vec<u64> = places.iter().flat_map(|p| [p.floor() as u64, p.ceil() as u64]).collect();
        ranks.extend([0, n - 1]);

        let upper = self.counts(HALF, |bits| Some((bits >> 16) as usize));
        // For each wanted rank its upper half, and its rank among the samples of that upper half.
        let located: Vec<(usize, u64)> = ranks.iter().map(|&rank| locate(&upper, rank)).collect();
        let mut tables: Vec<usize> = located.iter().map(|l| l.0).collect();
        tables.sort_unstable();
        tables.dedup();
        let mut table_of = vec![u8::MAX; HALF];
        tables.iter().enumerate().for_each(|(i, &half)| table_of[half] = i as u8);
        let lower = self.counts(tables.len() * HALF, |bits| {
            let table = table_of[(bits >> 16) as usize];
            (table != u8::MAX).then(|| usize::from(table) * HALF + (bits & 0xffff) as usize)
        });
        let value = |&(half, rank): &(usize, u64)| {
            let table = usize::from(table_of[half]);
            let (low, _) = locate(&lower[table * HALF..(table + 1) * HALF], rank);
            number((half as u32) << 16 | low as u32)
        };
        let values: Vec<f64> = located.iter().map(value).collect();
        let percentiles = std::array::from_fn(|i| {
            let (a, b) = (values[2 * i], values[2 * i + 1]);
            a + (b - a) * places[i].fract()
        });
        Order { least: values[10], greatest: values[11], percentiles }
    }
}

/// The cell that holds the sample of `rank`, and its rank within the cell.
fn locate(counts: &[u64], rank: u64) -> (usize, u64) {
    let mut left = rank;
    for (cell, &n) in counts.iter().enumerate() {
        if left < n {
            return (cell, left);
        }
        left -= n;
    }
    (counts.len().saturating_sub(1), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_equal_those_of_the_sorted_samples() {
        let mut state = 3_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.4
        };
        let plane = Plane::from_fn(37, 29, |_, _| if random() > 0.3 { 0.0 } else { random() * random() * 100.0 });
        let mask = Mask::from_fn(37, 29, |x, y| (x * 5 + y) % 7 != 0);
        let mut sorted: Vec<f32> =
            plane.data().iter().zip(mask.plane().data()).filter(|v| *v.1 != 0).map(|v| *v.0).collect();
        sorted.sort_by(f32::total_cmp);
        let percentile = |percent: f64| {
            let place = percent / 100.0 * (sorted.len() - 1) as f64;
            let (a, b) = (f64::from(sorted[place.floor() as usize]), f64::from(sorted[place.ceil() as usize]));
            a + (b - a) * place.fract()
        };
        let found = features(&plane, &mask).unwrap();
        let named = |name: &str| found[FEATURES.iter().position(|f| f.name == name).unwrap()];
        assert_eq!(named("p10"), percentile(10.0));
        assert_eq!(named("median"), percentile(50.0));
        assert_eq!(named("p90"), percentile(90.0));
        assert_eq!(named("iqr"), percentile(75.0) - percentile(25.0));
        assert_eq!((named("min"), named("max")), (percentile(0.0), percentile(100.0)));
        assert!(features(&plane, &Mask::empty(37, 29)).is_none());
    }
}
