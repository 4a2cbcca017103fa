//! Gaussian filters: exact taps up to a few pixels, decimated beyond.
//!
//! Two forms. [`blur`] mirrors the plane at its edges. [`smooth`] is a *normalized convolution* over a mask,
//! G*(v m) / G*m (Knutsson and Westin 1993): a pixel outside the mask, or outside the photo, has no weight, so the edge
//! of a mask is no structure.
//!
//! The row kernels add symmetric taps in a fixed order, in blocks of 32 columns that stay in registers. Wide Gaussians
//! average blocks of f x f pixels, filter there, and interpolate; the variance of the block and of the interpolation
//! is taken off the Gaussian's, which leaves an error of fourth order (a test holds it below 0.2 % of the field's range).

use crate::base::{Mask, Plane, parallel};

/// Half width of the kernel in standard deviations.
const TRUNCATE: f64 = 4.0;
/// A decimated Gaussian keeps at least this many coarse pixels of standard deviation.
const COARSE_SIGMA: f64 = 3.0;
/// Columns that one step of a row kernel accumulates in registers.
const BLOCK: usize = 32;
/// Rows of one task: the halo of a narrow kernel stays cheap.
const ROWS: usize = parallel::BAND_ROWS;

/// Half of a normalized Gaussian kernel: `w[0]` in the middle, `w[k]` at distance k on both sides.
fn taps(sigma: f64) -> Vec<f32> {
    let radius = (TRUNCATE * sigma + 0.5).floor() as usize;
    let weight = |k: usize| (-0.5 * (k as f64 / sigma.max(1e-9)).powi(2)).exp();
    let sum = 1.0 + 2.0 * (1..=radius).map(weight).sum::<f64>();
    (0..=radius).map(|k| (weight(k) / sum) as f32).collect()
}

#[inline(always)]
fn vertical_body(rows: &[&[f32]], taps: &[f32], out: &mut [f32]) {
    let radius = taps.len() - 1;
    let n = out.len();
    let mut x = 0;
    while x + BLOCK <= n {
        let mut sum = [0.0_f32; BLOCK];
        let mid = &rows[radius][x..x + BLOCK];
        for j in 0..BLOCK {
            sum[j] = taps[0] * mid[j];
        }
        for k in 1..=radius {
            let (above, below) = (&rows[radius - k][x..x + BLOCK], &rows[radius + k][x..x + BLOCK]);
            for j in 0..BLOCK {
                sum[j] += taps[k] * (above[j] + below[j]);
            }
        }
        out[x..x + BLOCK].copy_from_slice(&sum);
        x += BLOCK;
    }
    for x in x..n {
        let mut sum = taps[0] * rows[radius][x];
        for k in 1..=radius {
            sum += taps[k] * (rows[radius - k][x] + rows[radius + k][x]);
        }
        out[x] = sum;
    }
}

#[inline(always)]
fn horizontal_body(padded: &[f32], taps: &[f32], out: &mut [f32]) {
    let radius = taps.len() - 1;
    let n = out.len();
    let mut x = 0;
    while x + BLOCK <= n {
        let mut sum = [0.0_f32; BLOCK];
        let mid = &padded[x + radius..x + radius + BLOCK];
        for j in 0..BLOCK {
            sum[j] = taps[0] * mid[j];
        }
        for k in 1..=radius {
            let left = &padded[x + radius - k..x + radius - k + BLOCK];
            let right = &padded[x + radius + k..x + radius + k + BLOCK];
            for j in 0..BLOCK {
                sum[j] += taps[k] * (left[j] + right[j]);
            }
        }
        out[x..x + BLOCK].copy_from_slice(&sum);
        x += BLOCK;
    }
    for x in x..n {
        let mut sum = taps[0] * padded[x + radius];
        for k in 1..=radius {
            sum += taps[k] * (padded[x + radius - k] + padded[x + radius + k]);
        }
        out[x] = sum;
    }
}

dispatch! {
    /// One output row of the vertical pass; `rows` are the 2 r + 1 input rows around it.
    fn vertical(rows: &[&[f32]], taps: &[f32], out: &mut [f32]) = vertical_body
}

dispatch! {
    /// One output row of the horizontal pass over a row padded by r on both sides.
    fn horizontal(padded: &[f32], taps: &[f32], out: &mut [f32]) = horizontal_body
}

/// What lies beyond the edges of a plane.
#[derive(Clone, Copy, PartialEq)]
enum Edge {
    Mirror,
    Zero,
}

/// The index that stands for `i` beyond an edge of `n` samples, mirrored with the edge sample repeated (d c b a | a b c d).
pub(super) fn mirrored(i: isize, n: usize) -> usize {
    let n = n as isize;
    let i = i.rem_euclid(2 * n);
    (if i < n { i } else { 2 * n - 1 - i }) as usize
}

/// The taps applied along both axes.
fn separable(src: &Plane, taps: &[f32], edge: Edge) -> Plane {
    let (width, height) = (src.width(), src.height());
    let mut out = Plane::new(width, height);
    if src.is_empty() {
        return out;
    }
    let radius = taps.len() - 1;
    let zeros = vec![0.0; width];
    parallel::for_bands(out.data_mut(), width, ROWS, |first, band| {
        let mut padded = vec![0.0; width + 2 * radius];
        let mut rows: Vec<&[f32]> = Vec::with_capacity(2 * radius + 1);
        for (i, out) in band.chunks_exact_mut(width).enumerate() {
            rows.clear();
            let y = (first + i) as isize;
            rows.extend((y - radius as isize..=y + radius as isize).map(|y| match edge {
                _ if (0..height as isize).contains(&y) => src.row(y as usize),
                Edge::Mirror => src.row(mirrored(y, height)),
                Edge::Zero => zeros.as_slice(),
            }));
            vertical(&rows, taps, &mut padded[radius..radius + width]);
            if edge == Edge::Mirror {
                for k in 0..radius {
                    padded[k] = padded[radius + mirrored(k as isize - radius as isize, width)];
                    padded[radius + width + k] = padded[radius + mirrored((width + k) as isize, width)];
                }
            }
            horizontal(&padded, taps, out);
        }
    });
    out
}

/// The plane filtered by a Gaussian of `sigma` pixels, mirrored at its edges.
///
/// ```
/// use cicatrix::{base::Plane, filter::gaussian};
/// let flat = Plane::filled(9, 7, 0.25);
/// assert!(gaussian::blur(&flat, 2.0).data().iter().all(|v| (v - 0.25).abs() < 1e-6));
/// ```
#[must_use]
pub fn blur(src: &Plane, sigma: f64) -> Plane {
    if sigma <= 0.0 { src.clone() } else { separable(src, &taps(sigma), Edge::Mirror) }
}

/// A smooth plane, kept at a coarser resolution where that loses nothing.
#[derive(Clone, Debug)]
pub struct Smooth {
    plane: Plane,
    factor: usize,
    width: usize,
}

impl Smooth {
    /// Writes row `y` at full resolution.
    pub fn row(&self, y: usize, out: &mut [f32]) {
        debug_assert_eq!(out.len(), self.width, "a row of the smooth plane");
        if self.factor == 1 {
            out.copy_from_slice(self.plane.row(y));
        } else {
            crate::filter::resample::interpolate_row(&self.plane, self.factor, y, out);
        }
    }

    /// The plane at full resolution.
    #[must_use]
    pub fn to_plane(&self, height: usize) -> Plane {
        if self.factor == 1 {
            return self.plane.clone();
        }
        let mut out = Plane::new(self.width, height);
        parallel::for_bands(out.data_mut(), self.width, ROWS, |first, band| {
            for (i, row) in band.chunks_exact_mut(self.width).enumerate() {
                self.row(first + i, row);
            }
        });
        out
    }
}

/// Normalized convolution of `values` with a Gaussian of `sigma` pixels over `mask`.
///
/// `values` must be zero outside the mask (the kernel does not multiply by it again). The result is zero where no pixel
/// of the mask is within reach.
///
/// # Panics
/// When the sizes differ.
#[must_use]
pub fn smooth(values: &Plane, mask: &Mask, sigma: f64) -> Smooth {
    assert_eq!((values.width(), values.height()), (mask.width(), mask.height()), "values and mask of two sizes");
    let width = values.width();
    let factor = decimation(sigma);
    if factor == 1 {
        return Smooth { plane: normalized(values, mask, sigma), factor, width };
    }
    let numerator = crate::filter::resample::block_mean(values, factor);
    let denominator = crate::filter::resample::block_mean_mask(mask, factor);
    Smooth { plane: ratio(&numerator, &denominator, coarse_sigma(sigma, factor)), factor, width }
}

/// The same over fractional weights: `weighted` holds v w, `weights` holds w.
#[must_use]
pub fn smooth_weighted(weighted: &Plane, weights: &Plane, sigma: f64) -> Plane {
    let factor = decimation(sigma);
    if factor == 1 {
        return ratio(weighted, weights, sigma);
    }
    let numerator = crate::filter::resample::block_mean(weighted, factor);
    let denominator = crate::filter::resample::block_mean(weights, factor);
    let plane = ratio(&numerator, &denominator, coarse_sigma(sigma, factor));
    Smooth { plane, factor, width: weighted.width() }.to_plane(weighted.height())
}

/// The largest power of two by which a Gaussian can be decimated.
fn decimation(sigma: f64) -> usize {
    let mut factor = 1;
    while sigma / (2 * factor) as f64 >= COARSE_SIGMA {
        factor *= 2;
    }
    factor
}

/// What is left of the Gaussian, in coarse pixels, after the variances of the block mean and of the interpolation.
fn coarse_sigma(sigma: f64, factor: usize) -> f64 {
    let f2 = (factor * factor) as f64;
    ((sigma * sigma - (f2 - 1.0) / 12.0 - f2 / 6.0) / f2).max(0.0).sqrt()
}

fn ratio(numerator: &Plane, denominator: &Plane, sigma: f64) -> Plane {
    let taps = taps(sigma);
    let (mut n, d) = (separable(numerator, &taps, Edge::Zero), separable(denominator, &taps, Edge::Zero));
    let width = n.width();
    parallel::for_bands(n.data_mut(), width, ROWS, |first, band| {
        let start = first * width;
        divide(band, &d.data()[start..start + band.len()]);
    });
    n
}

/// The narrow form: numerator and denominator row by row, no plane for the denominator.
fn normalized(values: &Plane, mask: &Mask, sigma: f64) -> Plane {
    let taps = taps(sigma);
    let radius = taps.len() - 1;
    let (width, height) = (values.width(), values.height());
    let mut out = Plane::new(width, height);
    if out.is_empty() {
        return out;
    }
    let zeros = vec![0.0_f32; width];
    let full: Vec<bool> = (0..height).map(|y| mask.row(y).iter().all(|&m| m != 0)).collect();
    // The horizontal weight of a row that is all mask: one, but less near the edges of the photo.
    let mut inside = vec![0.0; width];
    let mut padded_ones = vec![0.0; width + 2 * radius];
    padded_ones[radius..radius + width].fill(1.0);
    horizontal(&padded_ones, &taps, &mut inside);

    parallel::for_bands(out.data_mut(), width, ROWS, |first, band| {
        let rows_in_band = band.len() / width;
        let from = first.saturating_sub(radius);
        let to = (first + rows_in_band + radius).min(height);
        let all_full = full[from..to].iter().all(|&f| f);
        let weights: Vec<f32> = if all_full {
            Vec::new()
        } else {
            mask.plane().data()[from * width..to * width].iter().map(|&m| f32::from(m)).collect()
        };
        let mut padded = vec![0.0; width + 2 * radius];
        let mut denominator = vec![0.0; width];
        let mut rows: Vec<&[f32]> = Vec::with_capacity(2 * radius + 1);
        for (i, out) in band.chunks_exact_mut(width).enumerate() {
            let y = (first + i) as isize;
            let window = y - radius as isize..=y + radius as isize;
            let exists = |y: &isize| (0..height as isize).contains(y);
            if all_full {
                let vertical_weight: f32 =
                    window.clone().filter(exists).map(|row| taps[(row - y).unsigned_abs()]).sum();
                for (d, w) in denominator.iter_mut().zip(&inside) {
                    *d = w * vertical_weight;
                }
            } else {
                rows.clear();
                rows.extend(window.clone().map(|y| {
                    if exists(&y) { &weights[(y as usize - from) * width..][..width] } else { zeros.as_slice() }
                }));
                vertical(&rows, &taps, &mut padded[radius..radius + width]);
                horizontal(&padded, &taps, &mut denominator);
            }
            rows.clear();
            rows.extend(window.map(|y| if exists(&y) { values.row(y as usize) } else { zeros.as_slice() }));
            vertical(&rows, &taps, &mut padded[radius..radius + width]);
            horizontal(&padded, &taps, out);
            divide(out, &denominator);
        }
    });
    out
}

#[inline(always)]
fn divide_body(numerator: &mut [f32], denominator: &[f32]) {
    for (n, &d) in numerator.iter_mut().zip(denominator) {
        *n = if d > 1e-6 { *n / d } else { 0.0 };
    }
}

dispatch! {
    fn divide(numerator: &mut [f32], denominator: &[f32]) = divide_body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(width: usize, height: usize) -> Plane {
        let mut state = 7_u64;
        Plane::from_fn(width, height, |_, _| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1 << 24) as f32 - 0.5
        })
    }

    /// Direct normalized convolution in f64, not separable.
    fn oracle(values: &Plane, mask: &Mask, sigma: f64, x: usize, y: usize) -> f64 {
        let (mut n, mut d) = (0.0, 0.0);
        for j in 0..values.height() {
            for i in 0..values.width() {
                let r2 = (i as f64 - x as f64).powi(2) + (j as f64 - y as f64).powi(2);
                let w = (-r2 / (2.0 * sigma * sigma)).exp() * f64::from(u8::from(mask.contains(i, j)));
                n += w * f64::from(values.at(i, j));
                d += w;
            }
        }
        n / d
    }

    fn masked(values: &mut Plane, mask: &Mask) {
        for (v, &m) in values.data_mut().iter_mut().zip(mask.plane().data()) {
            *v *= f32::from(m);
        }
    }

    #[test]
    fn masked_filter_equals_the_direct_sum() {
        for mask in [Mask::full(70, 61), Mask::from_fn(70, 61, |x, y| (x * 7 + y * 3) % 11 > 2 && x > 4)] {
            let mut values = noise(70, 61);
            masked(&mut values, &mask);
            for sigma in [0.8, 2.3, 5.0] {
                let plane = smooth(&values, &mask, sigma).to_plane(61);
                for (x, y) in
                    [(0, 0), (69, 60), (33, 20), (5, 58), (64, 2)].into_iter().filter(|&(x, y)| mask.contains(x, y))
                {
                    let truth = oracle(&values, &mask, sigma, x, y);
                    assert!((f64::from(plane.at(x, y)) - truth).abs() < 3e-4, "sigma {sigma} at {x}, {y}");
                }
            }
        }
    }

    #[test]
    fn decimated_filter_is_the_same_filter() {
        // A smooth field over a ragged mask: what remains after the Gaussian, not the noise under it.
        let field = |x: usize, y: usize| ((x as f32) * 0.03).sin() + ((y as f32) * 0.02).cos() * 0.5;
        let mask = Mask::from_fn(400, 300, |x, y| (x / 40 + y / 40) % 3 != 0 || x % 5 == 0);
        let mut values = Plane::from_fn(400, 300, field);
        masked(&mut values, &mask);
        let sigma = 13.0;
        assert!(decimation(sigma) == 4);
        let wide = smooth(&values, &mask, sigma).to_plane(300);
        for (x, y) in [(200, 150), (60, 70), (390, 290), (7, 160), (333, 41)] {
            let truth = oracle(&values, &mask, sigma, x, y);
            assert!((f64::from(wide.at(x, y)) - truth).abs() < 3e-3, "at {x}, {y}: {} for {truth}", wide.at(x, y));
        }
    }

    #[test]
    fn constant_stays_constant_over_any_mask() {
        let mask = Mask::from_fn(90, 50, |x, y| (x + y) % 7 != 0);
        let mut values = Plane::filled(90, 50, 0.37);
        masked(&mut values, &mask);
        for sigma in [1.0, 4.0, 9.0, 30.0] {
            let plane = smooth(&values, &mask, sigma).to_plane(50);
            assert!(plane.data().iter().all(|v| (v - 0.37).abs() < 1e-5), "sigma {sigma}");
        }
    }

    #[test]
    fn every_level_gives_the_same_bits() {
        let values = noise(133, 77);
        let mask = Mask::from_fn(133, 77, |x, y| x * y % 13 != 1);
        let run = || {
            (blur(&values, 1.7), smooth(&values, &mask, 2.2).to_plane(77), smooth(&values, &mask, 21.0).to_plane(77))
        };
        let before = crate::base::cpu::Level::current();
        let mut results = Vec::new();
        for level in crate::base::cpu::Level::available() {
            assert!(crate::base::cpu::Level::force(level));
            results.push(run());
        }
        crate::base::cpu::Level::force(before);
        assert!(results.windows(2).all(|w| w[0] == w[1]));
    }
}
