//! Laws' texture filters (IBSI-2 filter 3): products of two short kernels of unit norm, one along each axis; pooled over rotations
//! by right angles, and as energy, the mean absolute response in a window.

use super::convolve::{Boundary, separable};
use super::mean::mean;
use crate::base::Plane;

/// A kernel of Laws: level, edge, spot, wave, ripple; of three or five taps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Level, 3 taps.
    L3,
    /// Edge, 3 taps.
    E3,
    /// Spot, 3 taps.
    S3,
    /// Level, 5 taps.
    L5,
    /// Edge, 5 taps.
    E5,
    /// Spot, 5 taps.
    S5,
    /// Wave, 5 taps.
    W5,
    /// Ripple, 5 taps.
    R5,
}

impl Kernel {
    /// The taps, of unit norm.
    #[must_use]
    pub fn taps(self) -> Vec<f64> {
        let taps: &[f64] = match self {
            Self::L3 => &[1.0, 2.0, 1.0],
            Self::E3 => &[-1.0, 0.0, 1.0],
            Self::S3 => &[-1.0, 2.0, -1.0],
            Self::L5 => &[1.0, 4.0, 6.0, 4.0, 1.0],
            Self::E5 => &[-1.0, -2.0, 0.0, 2.0, 1.0],
            Self::S5 => &[-1.0, 0.0, 2.0, 0.0, -1.0],
            Self::W5 => &[-1.0, 2.0, 0.0, -2.0, 1.0],
            Self::R5 => &[1.0, -4.0, 6.0, -4.0, 1.0],
        };
        let norm = taps.iter().map(|t| t * t).sum::<f64>().sqrt();
        taps.iter().map(|t| t / norm).collect()
    }
}

/// How the responses of the rotated filters come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// The greatest.
    Max,
    /// The mean.
    Mean,
    /// The least.
    Min,
}

/// The response to `along_x` along the rows and `along_y` along the columns.
#[must_use]
pub fn laws(src: &Plane, along_x: Kernel, along_y: Kernel, boundary: Boundary) -> Plane {
    separable(src, &along_x.taps(), &along_y.taps(), boundary)
}

/// The responses to the filter in its four rotations by right angles, pooled.
#[must_use]
pub fn laws_pooled(src: &Plane, along_x: Kernel, along_y: Kernel, pooling: Pooling, boundary: Boundary) -> Plane {
    let (x, y) = (along_x.taps(), along_y.taps());
    let reversed = |taps: &[f64]| taps.iter().rev().copied().collect::<Vec<_>>();
    let (x_reversed, y_reversed) = (reversed(&x), reversed(&y));
    // A quarter turn takes f(x) g(y) to g(-x) f(y), and so on.
    let mut out = separable(src, &x, &y, boundary);
    for (along_x, along_y) in [(&y_reversed, &x), (&x_reversed, &y_reversed), (&y, &x_reversed)] {
        let turned = separable(src, along_x, along_y, boundary);
        for (a, &b) in out.data_mut().iter_mut().zip(turned.data()) {
            *a = match pooling {
                Pooling::Max => a.max(b),
                Pooling::Mean => *a + b,
                Pooling::Min => a.min(b),
            };
        }
    }
    if pooling == Pooling::Mean { out.map(|v| 0.25 * v) } else { out }
}

/// Energy of a response: the mean absolute value of the (2 `radius` + 1)^2 samples around each sample.
#[must_use]
pub fn energy(response: &Plane, radius: usize, boundary: Boundary) -> Plane {
    mean(&response.map(f32::abs), radius, boundary)
}
