//! Inputs of the benches: synthetic skin from a seed, never zeros.

#![allow(dead_code, missing_docs, clippy::unwrap_used)]

use cicatrix::base::Plane;
use cicatrix::filter::gaussian;
use cicatrix::photo::{Info, Photo};

/// Columns and rows of the benched photos: 0.5, 3 and 12 megapixels.
pub const SIZES: [(usize, usize); 3] = [(816, 612), (2000, 1500), (4000, 3000)];

/// Gaussian-like noise, standard deviation 1.
pub fn noise(width: usize, height: usize, seed: u64) -> Plane {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    Plane::from_fn(width, height, |_, _| {
        let mut sum = 0.0;
        for _ in 0..4 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            sum += (state >> 40) as f32 / (1 << 24) as f32 - 0.5;
        }
        sum * 3.0_f32.sqrt()
    })
}

/// Smooth noise of a correlation length in pixels, scaled to `sd`.
fn mottle(width: usize, height: usize, seed: u64, sigma: f64, sd: f32) -> Plane {
    let mut plane = gaussian::blur(&noise(width, height, seed), sigma);
    let scale = sd * (2.0 * std::f32::consts::PI.sqrt() * sigma as f32);
    plane.data_mut().iter_mut().for_each(|v| *v *= scale);
    plane
}

/// A photo of skin: mottle of melanin and blood, shaded micro-relief, slow light, noise.
pub fn skin(width: usize, height: usize) -> Photo {
    let melanin = mottle(width, height, 1, 12.0, 0.08);
    let blood = mottle(width, height, 2, 8.0, 0.06);
    let fine = mottle(width, height, 3, 2.0, 0.04);
    let coarse = mottle(width, height, 4, 14.0, 0.05);
    let channel = |base: f32, m: f32, h: f32, seed: u64| {
        let noise = noise(width, height, seed);
        Plane::from_fn(width, height, |x, y| {
            let light = 0.3 * (x as f32 / width as f32 - 0.5);
            let density = m * melanin.at(x, y) + h * blood.at(x, y);
            let ln = base.ln() - density + fine.at(x, y) + coarse.at(x, y) + light + 0.01 * noise.at(x, y);
            // As an 8-bit camera would store it.
            cicatrix::color::srgb::linear_of_codes8()[usize::from(cicatrix::color::srgb::code8_of_linear(ln.exp()))]
        })
    };
    let rgb = [channel(0.42, 0.24, 0.25, 5), channel(0.23, 0.46, 0.68, 6), channel(0.15, 0.85, 0.68, 7)];
    Photo { rgb, opaque: None, info: Info { bits: 8, ..Info::default() } }
}

/// Runs `work` on one thread: the benches compare kernels, not pools.
pub fn one_thread<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    cicatrix::base::parallel::Threads::new(1).unwrap().install(work)
}
