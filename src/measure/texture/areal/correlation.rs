//! The normalized autocorrelation of a surface over a mask.
//!
//! R(t) = mean of z(x) z(x + t) over the pairs of samples that both lie in the mask, over the mean of z^2: the sums of
//! products and the numbers of pairs are both correlations, so two Fourier transforms give them for every lag at once
//! (Padfield 2012, masked registration). Zeros around the window keep its far ends from meeting. So the edge of a mask is
//! no structure, and a masked rectangle gives what the cropped rectangle gives.
//!
//! A window of more than [`WHOLE`] samples along a side would take seconds: the pairs inside up to [`MOST_TILES`] tiles of
//! [`TILE`] samples, spread evenly over the mask, are added instead. Lags reach half of the window or tile, and as far as a
//! tenth of the pairs is left.
//!
//! The transforms are the scalar ones of `rustfft`: its vector code is chosen by the processor and rounds otherwise.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftDirection, FftPlannerScalar};

use super::{Sample, Window};
use crate::base::{Plane, parallel};

/// Longest side of a window that is transformed as a whole.
const WHOLE: usize = 1024;
/// Side of a tile of a larger window.
const TILE: usize = 512;
/// As many tiles as are worth their time.
const MOST_TILES: usize = 16;
/// Share of the pairs at lag 0 that a lag needs.
const LEAST_PAIRS: f64 = 0.1;

/// The autocorrelation for lags up to `reach` along each axis.
#[derive(Debug)]
pub(super) struct Autocorrelation {
    /// Lags -reach to reach along both axes, lag 0 in the middle; NaN where too few pairs are left.
    values: Plane<f64>,
    /// Largest lag along x and y.
    pub(super) reach: [usize; 2],
}

/// A rectangle of the window: left, top, width, height.
pub(super) type Tile = (usize, usize, usize, usize);

impl Autocorrelation {
    /// The autocorrelation of the values about `mean`; `None` for a constant surface.
    pub(super) fn of<S: Sample>(window: &Window<'_, S>, tiles: &[Tile], mean: f64, sq: f64) -> Option<Self> {
        // Nothing but rounding is left of a constant.
        if sq <= 1e-12 * mean.abs().max(1.0) {
            return None;
        }
        let longest = |side: fn(&Tile) -> usize| tiles.iter().map(side).max().unwrap_or(1);
        let (width, height) = (longest(|t| t.2), longest(|t| t.3));
        let reach = [width / 2, height / 2];
        let transform = Transform2::new(padded(width + reach[0]), padded(height + reach[1]));
        let (columns, rows) = (transform.width, transform.height);

        // The sums of products in the real part, the numbers of pairs in the imaginary part: both spectra are even, so
        // one inverse transform gives both.
        let mut power = vec![Complex::new(0.0, 0.0); columns * rows];
        for &tile in tiles {
            let spectrum = transform.forward(values_and_mask(window, tile, mean, sq, columns, rows));
            // Transposed: `rows` values for every column frequency.
            parallel::for_bands(&mut power, rows, parallel::BAND_ROWS, |first, band| {
                for (i, line) in band.chunks_exact_mut(rows).enumerate() {
                    let x = first + i;
                    let own = &spectrum[x * rows..][..rows];
                    let mirror = &spectrum[(columns - x) % columns * rows..][..rows];
                    for (y, sum) in line.iter_mut().enumerate() {
                        let (a, b) = (own[y], mirror[(rows - y) % rows].conj());
                        *sum += Complex::new(0.25 * (a + b).norm_sqr(), 0.25 * (a - b).norm_sqr());
                    }
                }
            });
        }
        let sums = transform.inverse(power);
        let scale = 1.0 / (columns * rows) as f64;
        let at = |x: isize, y: isize| {
            let (x, y) = (x.rem_euclid(columns as isize) as usize, y.rem_euclid(rows as isize) as usize);
            let sum = sums[y * columns + x] * scale;
            // Pairs are counted: what is not whole is rounding.
            (sum.re, sum.im.round())
        };
        let (energy, samples) = at(0, 0);
        let (rx, ry) = (reach[0] as isize, reach[1] as isize);
        let values = Plane::from_fn(2 * reach[0] + 1, 2 * reach[1] + 1, |x, y| {
            let (sum, pairs) = at(x as isize - rx, y as isize - ry);
            if pairs >= LEAST_PAIRS * samples { sum / pairs / (energy / samples) } else { f64::NAN }
        });
        Some(Self { values, reach })
    }

    /// The value at a whole lag; NaN beyond the reach and where too few pairs are left.
    pub(super) fn at(&self, x: isize, y: isize) -> f64 {
        let (column, row) = (x + self.reach[0] as isize, y + self.reach[1] as isize);
        let inside =
            (0..self.values.width() as isize).contains(&column) && (0..self.values.height() as isize).contains(&row);
        if inside { self.values.at(column as usize, row as usize) } else { f64::NAN }
    }

    /// The value at any lag, by cubic convolution (Keys 1981); NaN where a neighbor is missing.
    pub(super) fn between(&self, x: f64, y: f64) -> f64 {
        let (x0, y0) = (x.floor(), y.floor());
        let (wx, wy) = (cubic(x - x0), cubic(y - y0));
        let mut sum = 0.0;
        for (j, wy) in wy.into_iter().enumerate() {
            for (i, wx) in wx.into_iter().enumerate() {
                // A weight of zero needs no neighbor: whole lags reach to the rim.
                if wx * wy != 0.0 {
                    sum += wx * wy * self.at(x0 as isize + i as isize - 1, y0 as isize + j as isize - 1);
                }
            }
        }
        sum
    }
}

/// Weights of four neighbors at the offset `t` behind the second.
fn cubic(t: f64) -> [f64; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [0.5 * (2.0 * t2 - t - t3), 0.5 * (3.0 * t3 - 5.0 * t2 + 2.0), 0.5 * (4.0 * t2 + t - 3.0 * t3), 0.5 * (t3 - t2)]
}

/// The smallest length of the form 2^k or 3 * 2^k that holds `length`.
pub(super) fn padded(length: usize) -> usize {
    let power = length.next_power_of_two();
    if 3 * power / 4 >= length && power >= 4 { 3 * power / 4 } else { power }
}

/// The window as a whole, or tiles that hold at least half as many samples as the fullest one.
pub(super) fn tiles<S: Sample>(window: &Window<'_, S>) -> Vec<Tile> {
    let (width, height) = (window.width, window.height);
    if width.max(height) <= WHOLE {
        return vec![(0, 0, width, height)];
    }
    let starts = |length: usize| (0..length).step_by(TILE);
    let mut all: Vec<(Tile, usize)> = Vec::new();
    for y in starts(height) {
        for x in starts(width) {
            let tile = (x, y, TILE.min(width - x), TILE.min(height - y));
            let inside = |row: usize| window.row(row).1[x..x + tile.2].iter().map(|&m| usize::from(m)).sum::<usize>();
            all.push((tile, (y..y + tile.3).map(inside).sum()));
        }
    }
    let fullest = all.iter().map(|t| t.1).max().unwrap_or(0);
    let full: Vec<Tile> = all.into_iter().filter(|t| 2 * t.1 >= fullest).map(|t| t.0).collect();
    let step = full.len().div_ceil(MOST_TILES).max(1);
    full.into_iter().step_by(step).collect()
}

/// The values about their mean in units of Sq as the real part, the mask as the imaginary part, zeros around.
fn values_and_mask<S: Sample>(
    window: &Window<'_, S>,
    (left, top, width, height): Tile,
    mean: f64,
    sq: f64,
    columns: usize,
    rows: usize,
) -> Vec<Complex<f64>> {
    let mut field = vec![Complex::new(0.0, 0.0); columns * rows];
    for y in 0..height {
        let (row, inside) = window.row(top + y);
        for x in (0..width).filter(|&x| inside[left + x] != 0) {
            field[y * columns + x] = Complex::new((row[left + x].into() - mean) / sq, 1.0);
        }
    }
    field
}

/// Two-dimensional transforms of one size.
pub(super) struct Transform2 {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Along rows and along columns, forward and inverse.
    plans: [Arc<dyn Fft<f64>>; 4],
}

impl Transform2 {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let mut planner = FftPlannerScalar::new();
        let mut plan = |length, direction| planner.plan_fft(length, direction);
        let plans = [
            plan(width, FftDirection::Forward),
            plan(height, FftDirection::Forward),
            plan(width, FftDirection::Inverse),
            plan(height, FftDirection::Inverse),
        ];
        Self { width, height, plans }
    }

    /// The spectrum of a field of rows, transposed: one line per column frequency.
    pub(super) fn forward(&self, mut field: Vec<Complex<f64>>) -> Vec<Complex<f64>> {
        lines(&mut field, self.width, &*self.plans[0]);
        let mut turned = transposed(&field, self.width, self.height);
        lines(&mut turned, self.height, &*self.plans[1]);
        turned
    }

    /// The field of a transposed spectrum, times the number of its samples.
    pub(super) fn inverse(&self, mut spectrum: Vec<Complex<f64>>) -> Vec<Complex<f64>> {
        lines(&mut spectrum, self.height, &*self.plans[3]);
        let mut field = transposed(&spectrum, self.height, self.width);
        lines(&mut field, self.width, &*self.plans[2]);
        field
    }
}

/// Transforms every line of `length` values; a line of zeros is its own transform.
fn lines(data: &mut [Complex<f64>], length: usize, plan: &dyn Fft<f64>) {
    const LINES: usize = 32;
    parallel::for_bands(data, length, LINES, |_, band| {
        let mut scratch = vec![Complex::new(0.0, 0.0); plan.get_inplace_scratch_len()];
        for line in band.chunks_exact_mut(length).filter(|line| line.iter().any(|v| v.re != 0.0 || v.im != 0.0)) {
            plan.process_with_scratch(line, &mut scratch);
        }
    });
}

/// Columns become lines, in squares that stay in the cache.
fn transposed(data: &[Complex<f64>], width: usize, height: usize) -> Vec<Complex<f64>> {
    const SQUARE: usize = 16;
    let mut out = vec![Complex::new(0.0, 0.0); data.len()];
    parallel::for_bands(&mut out, height, SQUARE, |first, band| {
        let columns = band.len() / height;
        for top in (0..height).step_by(SQUARE) {
            for y in top..(top + SQUARE).min(height) {
                for x in 0..columns {
                    band[x * height + y] = data[y * width + first + x];
                }
            }
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Mask;

    #[test]
    fn equals_the_direct_sum_over_pairs() {
        let plane = Plane::from_fn(23, 17, |x, y| ((x * 7 + y * y * 3) % 11) as f64);
        let mask = Mask::from_fn(23, 17, |x, y| (x * 5 + y * 3) % 7 > 1 && x > 2);
        let window = Window::of(&plane, &mask).unwrap();
        let found = Autocorrelation::of(&window, &tiles(&window), 5.0, 3.0).unwrap();
        let pair = |x: usize, y: usize, dx: isize, dy: isize| {
            let (i, j) = (x as isize + dx, y as isize + dy);
            let there = i >= 0 && j >= 0 && i < 23 && j < 17 && mask.contains(i as usize, j as usize);
            (mask.contains(x, y) && there).then(|| (plane.at(x, y) - 5.0) * (plane.at(i as usize, j as usize) - 5.0))
        };
        let direct = |dx: isize, dy: isize| {
            let (mut sum, mut pairs) = (0.0, 0.0);
            for product in (0..17).flat_map(|y| (0..23).map(move |x| (x, y))).filter_map(|(x, y)| pair(x, y, dx, dy)) {
                sum += product;
                pairs += 1.0;
            }
            sum / pairs
        };
        for (dx, dy) in [(0, 0), (1, 0), (-3, 2), (5, -7), (10, 8), (0, -8)] {
            let truth = direct(dx, dy) / direct(0, 0);
            assert!((found.at(dx, dy) - truth).abs() < 1e-12, "{dx}, {dy}: {} for {truth}", found.at(dx, dy));
        }
        assert!(found.at(11, 0).is_nan() && found.at(0, 9).is_nan());
    }

    #[test]
    fn lengths_are_padded_little() {
        assert_eq!([1, 2, 3, 5, 7, 100, 768, 769, 1536].map(padded), [1, 2, 3, 6, 8, 128, 768, 1024, 1536]);
    }

    #[test]
    fn a_wide_region_is_read_in_tiles_that_lie_in_it() {
        let plane = Plane::filled(2600, 1100, 0.0_f32);
        let mask = Mask::from_fn(2600, 1100, |x, _| x < 1100);
        let found = tiles(&Window::of(&plane, &mask).unwrap());
        assert_eq!(found, [(0, 0, 512, 512), (512, 0, 512, 512), (0, 512, 512, 512), (512, 512, 512, 512)]);
    }
}
