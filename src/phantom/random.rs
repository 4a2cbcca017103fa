//! Seeded random numbers.
//!
//! ChaCha8 is specified to the bit, uniforms take its upper 53 bits and normals come from Box and Muller, so a seed
//! gives the same numbers on every machine (up to the last bit of the mathematical library's logarithm and cosine).
//! Every use draws from a stream of its own: adding a draw in one place changes nothing in another.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::base::{Plane, parallel};

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Random {
    rng: ChaCha8Rng,
    spare: Option<f64>,
}

impl Random {
    /// The stream `stream` of `seed`; streams of one seed are independent.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self { rng, spare: None }
    }

    /// Uniform in [0, 1).
    pub fn uniform(&mut self) -> f64 {
        (self.rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// Normal with mean 0 and standard deviation 1.
    pub fn normal(&mut self) -> f64 {
        if let Some(value) = self.spare.take() {
            return value;
        }
        // 1 - u lies in (0, 1], where the logarithm is finite.
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * self.uniform()).sin_cos();
        self.spare = Some(radius * sin);
        radius * cos
    }
}

/// A plane of independent normals. Every row is a stream of its own, so rows fill on any number of threads.
#[must_use]
pub fn white_noise(seed: u64, purpose: u32, width: usize, height: usize) -> Plane {
    let mut plane = Plane::new(width, height);
    parallel::for_bands(plane.data_mut(), width, 16, |first, rows| {
        for (i, row) in rows.chunks_exact_mut(width).enumerate() {
            let mut random = Random::new(seed, u64::from(purpose) << 32 | (first + i) as u64);
            for v in row {
                *v = random.normal() as f32;
            }
        }
    });
    plane
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normals_have_their_moments() {
        let plane = white_noise(7, 1, 300, 200);
        let n = plane.len() as f64;
        let mean = plane.data().iter().map(|&v| f64::from(v)).sum::<f64>() / n;
        let var = plane.data().iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / n;
        assert!(mean.abs() < 0.02 && (var - 1.0).abs() < 0.02, "mean {mean}, variance {var}");
    }

    #[test]
    fn the_first_numbers_of_a_seed_never_change() {
        let mut random = Random::new(42, 3);
        let got = [random.uniform(), random.uniform()];
        assert_eq!(got, Random::new(42, 3).pair());
        assert_ne!(got, Random::new(42, 4).pair());
        assert_ne!(got, Random::new(43, 3).pair());
    }

    impl Random {
        fn pair(&mut self) -> [f64; 2] {
            [self.uniform(), self.uniform()]
        }
    }
}
