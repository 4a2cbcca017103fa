//! Files of `fixtures/truth`, and surfaces of known roughness.

use std::path::PathBuf;

use cicatrix::base::Plane;
use rustfft::num_complex::Complex;

/// The test images, 128 x 128 pixels of 16 bits.
pub const IMAGES: [&str; 3] = ["fractal", "skin", "stripes"];

pub fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/truth").join(file)
}

pub fn json(file: &str) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path(file)).unwrap()).unwrap()
}

pub fn image(name: &str) -> Plane {
    let image = image::open(path(&format!("{name}.png"))).unwrap().into_luma16();
    let (width, height) = (image.width() as usize, image.height() as usize);
    Plane::from_vec(width, height, image.into_raw().into_iter().map(f32::from).collect())
}

/// A surface of spectrum k^-(2 + 2 `hurst`): a quarter of a periodic one of twice the side, so that its edges do not match.
pub fn fractal_surface(side: usize, hurst: f64, seed: u64) -> Plane {
    let whole = 2 * side;
    let mut state = seed;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    };
    let mut field: Vec<Complex<f64>> = (0..whole * whole)
        .map(|_| Complex::new((-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos(), 0.0))
        .collect();
    let mut planner = rustfft::FftPlannerScalar::new();
    let transpose = |field: &[Complex<f64>]| -> Vec<_> {
        (0..whole * whole).map(|i| field[i % whole * whole + i / whole]).collect()
    };
    for inverse in [false, true] {
        let fft = if inverse { planner.plan_fft_inverse(whole) } else { planner.plan_fft_forward(whole) };
        fft.process(&mut field);
        field = transpose(&field);
        fft.process(&mut field);
        field = transpose(&field);
        if !inverse {
            for (i, v) in field.iter_mut().enumerate() {
                let signed = |i: usize| i.min(whole - i) as f64;
                let k = signed(i / whole).hypot(signed(i % whole));
                *v *= if k > 0.0 { k.powf(-1.0 - hurst) } else { 0.0 };
            }
        }
    }
    Plane::from_fn(side, side, |x, y| field[y * whole + x].re as f32)
}
