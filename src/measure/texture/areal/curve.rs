//! The areal material ratio curve: the height that a share p of the surface lies above, from the highest to the lowest.
//!
//! Up to [`EXACT_SORT`] samples the curve is the sorted heights; sample i of n stands at p = (i + 1/2) / n. Sorting the 12
//! million pixels of a photo takes longer than all other parameters together, so beyond that the heights are counted in
//! [`BINS`] bins from the lowest to the highest, spread evenly inside their bin, and read back as [`READ_BACK`] heights:
//! no height is off by more than a bin, Sz / 65536.

use super::{Sample, Window};
use crate::base::{Mask, Plane};

/// Most samples that are sorted.
pub const EXACT_SORT: usize = 1 << 20;
/// Bins of the histogram that stands for a sort.
const BINS: usize = 1 << 16;
/// Heights read back from the histogram.
const READ_BACK: usize = 1 << 18;

/// The curve of a surface, as heights from the highest to the lowest at equal steps of the material ratio.
#[derive(Clone, Debug, PartialEq)]
pub struct MaterialRatio {
    heights: Vec<f64>,
}

impl MaterialRatio {
    /// The curve of `plane` over `mask`; `None` for an empty mask.
    #[must_use]
    pub fn of<S: Sample>(plane: &Plane<S>, mask: &Mask) -> Option<Self> {
        let window = Window::of(plane, mask)?;
        let heights = if mask.count() <= EXACT_SORT { sorted(&window) } else { counted(&window) };
        Some(Self { heights })
    }

    /// The heights, falling; the i-th of n stands at the material ratio (i + 1/2) / n.
    #[must_use]
    pub fn heights(&self) -> &[f64] {
        &self.heights
    }

    /// The material ratio of the i-th height.
    pub(super) fn ratio(&self, i: usize) -> f64 {
        (i as f64 + 0.5) / self.heights.len() as f64
    }

    /// The height at a material ratio from 0 to 1, linear between two heights.
    #[must_use]
    pub fn height_at(&self, ratio: f64) -> f64 {
        let last = self.heights.len() - 1;
        let place = (ratio * self.heights.len() as f64 - 0.5).clamp(0.0, last as f64);
        let i = (place as usize).min(last.saturating_sub(1));
        let (a, b) = (self.heights[i], self.heights[(i + 1).min(last)]);
        a + (b - a) * (place - i as f64)
    }

    /// The material ratio at which the curve crosses `height`, 0 to 1.
    #[must_use]
    pub fn ratio_at(&self, height: f64) -> f64 {
        let below = self.heights.partition_point(|&h| h > height);
        if below == 0 {
            return self.ratio(0);
        }
        let Some(&lower) = self.heights.get(below) else { return self.ratio(below - 1) };
        let upper = self.heights[below - 1];
        self.ratio(below - 1) + (upper - height) / (upper - lower) / self.heights.len() as f64
    }

    /// Volume of the material above `height`, per area.
    #[must_use]
    pub fn material_above(&self, height: f64) -> f64 {
        let end = self.heights.partition_point(|&h| h > height);
        self.heights[..end].iter().map(|h| h - height).sum::<f64>() / self.heights.len() as f64
    }

    /// Volume of the void below `height`, per area.
    #[must_use]
    pub fn void_below(&self, height: f64) -> f64 {
        let start = self.heights.partition_point(|&h| h >= height);
        self.heights[start..].iter().map(|h| height - h).sum::<f64>() / self.heights.len() as f64
    }
}

fn sorted<S: Sample>(window: &Window<'_, S>) -> Vec<f64> {
    let mut heights: Vec<f64> = (0..window.height).flat_map(|y| window.values(y)).collect();
    heights.sort_unstable_by(|a, b| b.total_cmp(a));
    heights
}

fn counted<S: Sample>(window: &Window<'_, S>) -> Vec<f64> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for (band_low, band_high) in window.bands(|rows| {
        let ends = (f64::INFINITY, f64::NEG_INFINITY);
        rows.flat_map(|y| window.values(y)).fold(ends, |(low, high), v| (low.min(v), high.max(v)))
    }) {
        low = low.min(band_low);
        high = high.max(band_high);
    }
    if low == high {
        return vec![low; READ_BACK];
    }
    let scale = BINS as f64 / (high - low);
    let mut counts = vec![0_u32; BINS];
    // Few bands, since each holds all bins; the sums are whole numbers, so their order does not matter.
    const ROWS: usize = 512;
    for band in crate::base::parallel::map_bands(window.height, ROWS, |rows| {
        let mut counts = vec![0_u32; BINS];
        for v in rows.flat_map(|y| window.values(y)) {
            counts[(((v - low) * scale) as usize).min(BINS - 1)] += 1;
        }
        counts
    }) {
        for (sum, n) in counts.iter_mut().zip(band) {
            *sum += n;
        }
    }
    read_back(&counts, high, 1.0 / scale)
}

/// Heights at equal steps of the material ratio, the samples of a bin spread evenly over its width.
fn read_back(counts: &[u32], high: f64, width: f64) -> Vec<f64> {
    let total: f64 = counts.iter().map(|&n| f64::from(n)).sum();
    let mut heights = Vec::with_capacity(READ_BACK);
    let mut bins = counts.iter().rev().enumerate();
    let (mut bin, mut held, mut before) = (0, 0.0, 0.0);
    for i in 0..READ_BACK {
        let rank = (i as f64 + 0.5) / READ_BACK as f64 * total;
        while before + held < rank {
            let Some((next, &n)) = bins.next() else { break };
            before += held;
            (bin, held) = (next, f64::from(n));
        }
        heights.push(high - width * (bin as f64 + (rank - before) / f64::max(held, 1.0)));
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize) -> Vec<f64> {
        let mut state = 11_u64;
        let mut uniform = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..n).map(|_| (0..4).map(|_| uniform()).sum::<f64>()).collect()
    }

    #[test]
    fn a_ramp_is_a_straight_curve() {
        let plane = Plane::from_fn(100, 1, |x, _| x as f64 + 0.5);
        let curve = MaterialRatio::of(&plane, &Mask::full(100, 1)).unwrap();
        assert!((curve.height_at(0.25) - 75.0).abs() < 1e-12);
        assert!((curve.ratio_at(75.0) - 0.25).abs() < 1e-12);
        assert!((curve.material_above(90.0) - 0.5).abs() < 1e-12);
        assert!((curve.void_below(20.0) - 2.0).abs() < 1e-12);
        assert_eq!((curve.ratio_at(200.0), curve.ratio_at(-200.0)), (0.005, 0.995));
    }

    #[test]
    fn a_single_height_is_a_curve() {
        let curve = MaterialRatio::of(&Plane::filled(1, 1, 3.0_f32), &Mask::full(1, 1)).unwrap();
        assert_eq!((curve.height_at(0.0), curve.height_at(0.7), curve.ratio_at(3.0)), (3.0, 3.0, 0.5));
    }

    #[test]
    fn counted_heights_are_off_by_less_than_a_bin() {
        let plane = Plane::from_vec(512, 256, noise(512 * 256));
        let mask = Mask::full(512, 256);
        let window = Window::of(&plane, &mask).unwrap();
        let exact = MaterialRatio { heights: sorted(&window) };
        let counted = MaterialRatio { heights: counted(&window) };
        let bin = (exact.heights[0] - exact.heights[exact.heights.len() - 1]) / BINS as f64;
        // A step of one sample to either side: between two samples the curve is a matter of convention.
        let one = 1.0 / exact.heights.len() as f64;
        for i in 0..=5000 {
            let ratio = f64::from(i) / 5000.0;
            let allowed = exact.height_at(ratio + one) - bin..=exact.height_at(ratio - one) + bin;
            let found = counted.height_at(ratio);
            assert!(allowed.contains(&found), "at {ratio}: {found} is not in {allowed:?}");
        }
        for level in [0.5, 1.2, 2.0, 3.3] {
            assert!((exact.material_above(level) - counted.material_above(level)).abs() < bin);
            assert!((exact.void_below(level) - counted.void_below(level)).abs() < bin);
        }
    }
}
