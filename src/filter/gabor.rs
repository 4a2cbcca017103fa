//! Gabor filter (IBSI-2 filter 4): the modulus of the response to a wave under a Gaussian, free of the wave's phase.
//!
//! g(x, y) = exp(-(x1^2 + gamma^2 x2^2) / (2 sigma^2) + 2 pi i x1 / lambda) with x1 = x cos t + y sin t, x2 = -x sin t + y cos t, x to
//! the right and y *down* the rows; the reference maps of IBSI-2 decide this sign. The kernel is not scaled, and not free of
//! the mean: where sigma is below lambda it answers to the level of the plane too, so take the mean off first. It is cut off at
//! five standard deviations of its Gaussian. The rotated Gaussian is no product of two kernels along the axes, so the time
//! grows with the area of the kernel.

use super::convolve::{Boundary, dense};
use crate::base::Plane;

/// Standard deviations at which the kernel ends: 4e-6 of its height.
const TRUNCATE: f64 = 5.0;

/// A Gabor filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gabor {
    /// Standard deviation of the Gaussian along the wave, in pixels.
    pub sigma: f64,
    /// Wavelength in pixels.
    pub lambda: f64,
    /// Aspect: the standard deviation along the wave over that across it.
    pub gamma: f64,
    /// Direction of the wave in radians, from the rows' direction towards the columns', that is clockwise on the screen.
    pub theta: f64,
}

impl Gabor {
    /// The modulus of the response.
    #[must_use]
    pub fn modulus(&self, src: &Plane, boundary: Boundary) -> Plane {
        let [mut re, im] = self.kernel().map(|kernel| dense(src, &kernel, boundary));
        // sqrt, not hypot: exact rounding is the same everywhere, and pixels do not overflow.
        re.data_mut().iter_mut().zip(im.data()).for_each(|(a, b)| *a = (*a * *a + b * b).sqrt());
        re
    }

    /// Real and imaginary part, rows of taps.
    fn kernel(&self) -> [Vec<Vec<f32>>; 2] {
        let (sin, cos) = self.theta.sin_cos();
        let across = self.sigma / self.gamma;
        // The box around the ellipse of five standard deviations.
        let reach = |a: f64, b: f64| (TRUNCATE * (a * self.sigma).hypot(b * across)).ceil() as i64;
        let (rx, ry) = (reach(cos, sin), reach(sin, cos));
        let part = |wave: fn(f64) -> f64| {
            let tap = |x: i64, y: i64| {
                let (x, y) = (x as f64, y as f64);
                let (x1, x2) = (x * cos + y * sin, y * cos - x * sin);
                let envelope = (-(x1 * x1 + (self.gamma * x2).powi(2)) / (2.0 * self.sigma * self.sigma)).exp();
                (envelope * wave(std::f64::consts::TAU * x1 / self.lambda)) as f32
            };
            // A convolution as a correlation: the modulus would not notice, the kernel's part does.
            (-ry..=ry).map(|y| (-rx..=rx).map(|x| tap(-x, -y)).collect()).collect()
        };
        [part(f64::cos), part(f64::sin)]
    }
}
