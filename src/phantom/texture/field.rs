//! Band-limited random fields.

use crate::base::{Plane, parallel};
use crate::filter::gaussian::blur;

use super::super::random::white_noise;

/// Standard deviation of the Gaussian whose transmission is one half at a wavelength (ISO 16610-61), per wavelength.
pub const SIGMA_PER_CUTOFF: f64 = 0.187_39;

/// A normal field of mean 0 and rms 1 with structure from `fine_mm` to `coarse_mm`.
#[must_use]
pub fn band(seed: u64, purpose: u32, (width, height): (usize, usize), mm_per_px: f64, mm: [f64; 2]) -> Plane {
    let noise = white_noise(seed, purpose, width, height);
    let [fine, coarse] = mm.map(|mm| blur(&noise, SIGMA_PER_CUTOFF * mm / mm_per_px));
    normalized(&map2(&fine, &coarse, |f, c| f - c))
}

/// The part of `plane` between two wavelengths in mm, by the Gaussian filters of ISO 16610-61.
#[must_use]
pub fn band_of(plane: &Plane, mm_per_px: f64, mm: [f64; 2]) -> Plane {
    let [fine, coarse] = mm.map(|mm| blur(plane, SIGMA_PER_CUTOFF * mm / mm_per_px));
    map2(&fine, &coarse, |f, c| f - c)
}

/// Shifts and scales to mean 0 and rms 1; a constant becomes 0.
#[must_use]
pub fn normalized(plane: &Plane) -> Plane {
    let mean = mean(plane);
    let scale = rms(plane).recip();
    let scale = if scale.is_finite() { scale } else { 0.0 };
    plane.map(|v| ((f64::from(v) - mean) * scale) as f32)
}

/// The mean of a plane.
#[must_use]
pub fn mean(plane: &Plane) -> f64 {
    plane.data().iter().map(|&v| f64::from(v)).sum::<f64>() / plane.len().max(1) as f64
}

/// The standard deviation of a plane.
#[must_use]
pub fn rms(plane: &Plane) -> f64 {
    let mean = mean(plane);
    let sum = plane.data().iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>();
    (sum / plane.len().max(1) as f64).sqrt()
}

/// Two planes, sample by sample.
#[must_use]
pub fn map2(a: &Plane, b: &Plane, f: impl Fn(f32, f32) -> f32) -> Plane {
    let data = a.data().iter().zip(b.data()).map(|(&a, &b)| f(a, b)).collect();
    Plane::from_vec(a.width(), a.height(), data)
}

/// A plane computed pixel by pixel on all threads.
#[must_use]
pub fn from_pixels(width: usize, height: usize, f: impl Fn(usize, usize) -> f32 + Sync + Send) -> Plane {
    let mut plane = Plane::new(width, height);
    parallel::for_bands(plane.data_mut(), width, 16, |first, rows| {
        for (i, row) in rows.chunks_exact_mut(width).enumerate() {
            for (x, v) in row.iter_mut().enumerate() {
                *v = f(x, first + i);
            }
        }
    });
    plane
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_unit_rms_and_keeps_to_its_band() {
        let field = band(3, 1, (256, 200), 0.05, [1.5, 8.0]);
        assert!((rms(&field) - 1.0).abs() < 1e-3 && mean(&field).abs() < 1e-3);
        assert!(rms(&band_of(&field, 0.05, [0.2, 0.6])) < 0.1);
    }
}
