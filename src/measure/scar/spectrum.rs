//! Filters in the frequency domain on square tiles.
//!
//! A matched filter needs its noise white. The relief of healthy skin is not: its power falls with frequency, so slow
//! undulation would drown the flanks of a scar. Multiplying amplitudes by the square root of the frequency evens it
//! out; below the slow light and above what skin and camera resolve nothing is kept.
//!
//! The transforms are the scalar ones on every processor, because those for wide lanes fuse multiplications and
//! additions and would give other bits.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};

/// Below this frequency (1 / mm) amplitudes are damped: slow light, form.
const SLOW: f64 = 1.0 / 8.0;
/// Above this frequency (1 / mm) amplitudes are damped: noise, pores.
const FAST: f64 = 2.5;

/// A spectrum, or a complex picture, of a tile.
pub type Spectrum = Vec<Complex<f32>>;

/// Transforms of tiles of one size.
pub struct Tiles {
    side: usize,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    weight: Vec<f32>,
}

impl std::fmt::Debug for Tiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tiles").field("side", &self.side).finish_non_exhaustive()
    }
}

impl Tiles {
    /// Tiles of `side` samples of `step_mm`.
    #[must_use]
    pub fn new(side: usize, step_mm: f64) -> Self {
        let mut planner = FftPlannerScalar::new();
        let frequency = |i: usize| i.min(side - i) as f64 / (side as f64 * step_mm);
        let weight = (0..side * side)
            .map(|i| {
                let k = frequency(i / side).hypot(frequency(i % side));
                if k <= 0.0 {
                    return 0.0;
                }
                (k.sqrt() / (1.0 + (SLOW / k).powi(2)) / (1.0 + (k / FAST).powi(2))) as f32
            })
            .collect();
        Self { side, forward: planner.plan_fft_forward(side), inverse: planner.plan_fft_inverse(side), weight }
    }

    /// Samples along a side.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    /// The whitened spectrum of a picture (transposed, as [`Tiles::picture`] takes it).
    #[must_use]
    pub fn whitened(&self, mut picture: Spectrum) -> Spectrum {
        self.forward.process(&mut picture);
        let mut spectrum = transposed(&picture, self.side);
        self.forward.process(&mut spectrum);
        for (v, &w) in spectrum.iter_mut().zip(&self.weight) {
            *v *= w;
        }
        spectrum
    }

    /// The picture of a spectrum.
    #[must_use]
    pub fn picture(&self, mut spectrum: Spectrum) -> Spectrum {
        self.inverse.process(&mut spectrum);
        let mut picture = transposed(&spectrum, self.side);
        self.inverse.process(&mut picture);
        let scale = 1.0 / (self.side * self.side) as f32;
        for v in &mut picture {
            *v *= scale;
        }
        picture
    }
}

fn transposed(from: &[Complex<f32>], side: usize) -> Spectrum {
    // Squares that fit the cache.
    const BLOCK: usize = 16;
    let mut to = vec![Complex::default(); from.len()];
    for top in (0..side).step_by(BLOCK) {
        for left in (0..side).step_by(BLOCK) {
            for y in top..(top + BLOCK).min(side) {
                for x in left..(left + BLOCK).min(side) {
                    to[x * side + y] = from[y * side + x];
                }
            }
        }
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_keeps_its_place_and_gets_its_weight() {
        let (side, step) = (64, 0.1);
        let tiles = Tiles::new(side, step);
        // Eight waves along x in 6.4 mm: 1.25 per mm.
        let wave = |x: usize| (std::f32::consts::TAU * 8.0 * x as f32 / side as f32).sin();
        let picture = (0..side * side).map(|i| Complex::new(wave(i % side), 0.0)).collect();
        let back = tiles.picture(tiles.whitened(picture));
        let weight = 1.25_f32.sqrt() / (1.0 + 0.01) / (1.0 + 0.25);
        for i in [0, 2, 65, 64 * 33 + 18, 64 * 63 + 63] {
            assert!((back[i].re - weight * wave(i % side)).abs() < 1e-4, "{i}: {}", back[i].re);
        }
    }
}
