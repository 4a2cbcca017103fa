//! Slope of the power spectrum of a plane over a mask.
//!
//! Welch's method in two dimensions: square tiles inside the mask, mean removed, Hann window, periodograms averaged. Without a
//! window the edges of a tile leak into all frequencies: a slope of -3.4 then reads -3.0.
//!
//! The slope b of S(k) = A k^b is that of greatest likelihood for powers that are exponentially distributed about S (Whittle
//! 1953): the one that least ln(mean of P k^-b) + b mean(ln k) belongs to. Every frequency enters by itself, so there is no ring
//! whose mean a steep spectrum would pull to its inner edge, and the many frequencies of the short waves weigh as much as they
//! say; a straight line through the logarithms of rings weighs a ring of 12 frequencies like one of 130.
//! A single tile of 128 samples cannot say more than +- 0.17 (standard deviation over fractal surfaces, whatever the fit).
//!
//! The transform is the planner without processor features: the same bits everywhere. Two tiles go into one complex transform,
//! as its real and its imaginary part; the powers of opposite frequencies together are those of both tiles.

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};
use std::sync::Arc;

use crate::base::{Mask, Plane, parallel};

/// Sides of a tile: the larger where it fits, else the smaller.
const TILES: [usize; 2] = [128, 64];
/// As many tiles as are worth their time, spread evenly.
const MOST_TILES: usize = 256;
/// Shortest and longest wavelength of the fit, in samples.
const WAVELENGTHS: [f64; 2] = [6.0, 32.0];

/// The slope between wavelengths of 6 and 32 samples; `None` where no tile of 64 samples fits into the mask, or where
/// the plane is constant.
#[must_use]
pub fn psd_slope(plane: &Plane, mask: &Mask) -> Option<f64> {
    let (side, tiles) = TILES.into_iter().map(|side| (side, tiles(mask, side))).find(|(_, tiles)| !tiles.is_empty())?;
    let transform = FftPlannerScalar::new().plan_fft_forward(side);
    let pairs: Vec<&[(usize, usize)]> = tiles.chunks(2).collect();
    let power = parallel::map_indices(pairs.len(), |i| periodogram(plane, pairs[i], side, &transform));
    let mut total = vec![0.0; side * side];
    for tile in &power {
        for (sum, p) in total.iter_mut().zip(tile) {
            *sum += p;
        }
    }
    slope(&total, side)
}

/// Top left corners of tiles that lie in the mask, half overlapping.
fn tiles(mask: &Mask, side: usize) -> Vec<(usize, usize)> {
    let fits = |x: usize, y: usize| (y..y + side).all(|y| mask.row(y)[x..x + side].iter().all(|&m| m != 0));
    let starts = |length: usize| (0..(length + 1).saturating_sub(side)).step_by(side / 2);
    let all: Vec<_> = starts(mask.height())
        .flat_map(|y| starts(mask.width()).map(move |x| (x, y)))
        .filter(|&(x, y)| fits(x, y))
        .collect();
    let step = all.len().div_ceil(MOST_TILES).max(1);
    all.into_iter().step_by(step).collect()
}

/// Power of one or two tiles, `side` x `side` frequencies.
fn periodogram(plane: &Plane, corners: &[(usize, usize)], side: usize, transform: &Arc<dyn Fft<f64>>) -> Vec<f64> {
    let window: Vec<f64> =
        (0..side).map(|i| 0.5 - 0.5 * (std::f64::consts::TAU * (i as f64 + 0.5) / side as f64).cos()).collect();
    let mut tile = vec![Complex::default(); side * side];
    for (part, &(left, top)) in corners.iter().enumerate() {
        let value = |x: usize, y: usize| f64::from(plane.at(left + x, top + y));
        let mean = (0..side).map(|y| (0..side).map(|x| value(x, y)).sum::<f64>()).sum::<f64>() / (side * side) as f64;
        for y in 0..side {
            for x in 0..side {
                let v = (value(x, y) - mean) * window[x] * window[y];
                let cell: &mut Complex<f64> = &mut tile[y * side + x];
                if part == 0 { cell.re = v } else { cell.im = v }
            }
        }
    }
    let mut scratch = vec![Complex::default(); transform.get_inplace_scratch_len()];
    transform.process_with_scratch(&mut tile, &mut scratch);
    // Rows to columns, and again: the frequencies end up transposed, which their distances do not notice.
    let mut turned: Vec<Complex<f64>> = (0..side * side).map(|i| tile[i % side * side + i / side]).collect();
    transform.process_with_scratch(&mut turned, &mut scratch);
    turned.iter().map(Complex::norm_sqr).collect()
}

fn slope(power: &[f64], side: usize) -> Option<f64> {
    let frequency = |wavelength: f64| side as f64 / wavelength;
    let fitted = frequency(WAVELENGTHS[1])..=frequency(WAVELENGTHS[0]);
    let signed = |i: usize| i.min(side - i) as f64;
    let points: Vec<(f64, f64)> = (0..side * side)
        .map(|i| (signed(i / side).hypot(signed(i % side)), power[i]))
        .filter(|(k, _)| fitted.contains(k))
        .map(|(k, p)| (k.ln(), p))
        .collect();
    if points.iter().all(|p| p.1 <= 0.0) {
        return None;
    }
    let mean = points.iter().map(|p| p.0).sum::<f64>() / points.len() as f64;
    // The likelihood is convex in b: Newton from a slope that any surface is near to.
    let mut b = -3.0;
    for _ in 0..50 {
        let (mut weight, mut first, mut second) = (0.0, 0.0, 0.0);
        for &(ln_k, p) in &points {
            let d = ln_k - mean;
            let w = p * (-b * d).exp();
            weight += w;
            first += w * d;
            second += w * d * d;
        }
        let center = first / weight;
        let step = center / (second / weight - center * center);
        b += step.clamp(-2.0, 2.0);
        if step.abs() < 1e-10 {
            break;
        }
    }
    b.is_finite().then_some(b)
}
