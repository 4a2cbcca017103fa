//! Laplacian of Gaussian (IBSI-2 filter 2): positive on dark blobs of radius sigma sqrt 2, negative on bright ones.
//!
//! g(x, y) = -1 / sigma^2 (1 / (sqrt(2 pi) sigma))^2 (2 - r^2 / sigma^2) exp(-r^2 / (2 sigma^2)). Its bracket is a sum of one term
//! in x and one in y, so it is two separable kernels, on the square of half side floor(truncate sigma + 1/2).

use super::convolve::{Boundary, separable};
use crate::base::Plane;

/// The Laplacian of the Gaussian of `sigma` pixels, cut off at `truncate` standard deviations (IBSI-2 uses 4).
#[must_use]
pub fn laplacian_of_gaussian(src: &Plane, sigma: f64, truncate: f64, boundary: Boundary) -> Plane {
    let radius = (truncate * sigma + 0.5).floor() as i64;
    let norm = 1.0 / ((2.0 * std::f64::consts::PI).sqrt() * sigma);
    let square = |k: i64| (k as f64 / sigma) * (k as f64 / sigma);
    let gaussian: Vec<f64> = (-radius..=radius).map(|k| norm * (-0.5 * square(k)).exp()).collect();
    let second: Vec<f64> =
        (-radius..=radius).zip(&gaussian).map(|(k, g)| -(1.0 - square(k)) * g / (sigma * sigma)).collect();
    let mut out = separable(src, &second, &gaussian, boundary);
    let across = separable(src, &gaussian, &second, boundary);
    out.data_mut().iter_mut().zip(across.data()).for_each(|(a, b)| *a += b);
    out
}
