//! How much of the relief each color shows at each wavelength.
//!
//! Light that enters skin comes out a little farther on, red light farthest. The shading that relief makes is blurred by
//! that, each channel by its own Gaussian; the lens blurs all alike and needs no mention here. A band is not one
//! wavelength, so what shading adds to the covariance of the channels is a full matrix, not the square of a vector.

use super::sub_bands::{COUNT, Matrix, SPLIT, parts};

/// Standard deviation of the scattering in R, G, B in mm, as docs/METHODS.md explains it.
pub const SCATTER_MM: [f64; 3] = [0.22, 0.11, 0.07];
/// Exponent of the power of shading against frequency, before scattering, that weighs the wavelengths within a band.
const SLOPE: f64 = -1.0;
/// Frequencies of the integrals, evenly spaced in the logarithm.
const STEPS: usize = 600;

/// The covariance that shading of unit variance in green adds to each narrow band.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// At the scattering of [`SCATTER_MM`].
    pub at: [Matrix; COUNT],
    /// Its derivative by the logarithm of the scattering.
    pub slope: [Matrix; COUNT],
    /// Power of green in fine, mid and coarse per summed power in their narrow bands.
    pub whole: [f64; 3],
}

impl Transfer {
    /// The transfer between edges in mm.
    #[must_use]
    pub fn of(edges_mm: &[f64; COUNT + 1]) -> Self {
        const DELTA: f64 = 0.05;
        let scaled = |ln: f64| matrices(edges_mm, SCATTER_MM.map(|s| s * f64::exp(ln)));
        let (low, high) = (scaled(-DELTA), scaled(DELTA));
        let slope = std::array::from_fn(|k| {
            std::array::from_fn(|i| std::array::from_fn(|j| (high[k][i][j] - low[k][i][j]) / (2.0 * DELTA)))
        });
        Self { at: scaled(0.0), slope, whole: whole(edges_mm) }
    }
}

/// Power per step of ln frequency behind the difference of two Gaussians, and the frequency.
fn integrand(narrow_mm: f64, wide_mm: f64) -> impl Iterator<Item = (f64, f64)> {
    let (low, high) = (0.02 / wide_mm, 6.0 / narrow_mm);
    let sigma = crate::measure::texture::relief::sigma_of_cutoff;
    (0..STEPS).map(move |i| {
        let f = low * (high / low).powf(i as f64 / (STEPS - 1) as f64);
        let pass = gauss(sigma(narrow_mm), f) - gauss(sigma(wide_mm), f);
        // Area of a ring in the plane of frequencies: f df = f^2 dlnf. The step is constant between rings.
        (f, pass * pass * f.powf(SLOPE) * f * f * (high / low).ln())
    })
}

/// Transfer of a Gaussian of standard deviation `sigma` at frequency `f`.
fn gauss(sigma: f64, f: f64) -> f64 {
    (-2.0 * (std::f64::consts::PI * sigma * f).powi(2)).exp()
}

fn matrices(edges_mm: &[f64; COUNT + 1], scatter_mm: [f64; 3]) -> [Matrix; COUNT] {
    std::array::from_fn(|k| {
        let mut sums = [[0.0; 3]; 3];
        for (f, power) in integrand(edges_mm[k], edges_mm[k + 1]) {
            let left = scatter_mm.map(|s| gauss(s, f));
            for (row, a) in sums.iter_mut().zip(left) {
                for (sum, b) in row.iter_mut().zip(left) {
                    *sum += power * a * b;
                }
            }
        }
        let green = sums[1][1];
        sums.map(|row| row.map(|v| v / green))
    })
}

fn whole(edges_mm: &[f64; COUNT + 1]) -> [f64; 3] {
    let green = |narrow: f64, wide: f64| {
        integrand(narrow, wide).map(|(f, power)| power * gauss(SCATTER_MM[1], f).powi(2)).sum::<f64>()
    };
    std::array::from_fn(|band| {
        let parts = parts(band);
        let (first, last) = (parts.start, parts.start + SPLIT[band]);
        let pieces: f64 = parts.map(|k| green(edges_mm[k], edges_mm[k + 1])).sum();
        green(edges_mm[first], edges_mm[last]) / pieces
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::pigment::sub_bands::edges;

    #[test]
    fn red_loses_fine_relief_and_keeps_coarse() {
        let transfer = Transfer::of(&edges([0.3, 0.8, 2.5, 8.0]));
        assert!(transfer.at[0][0][1] < 0.3 && transfer.at[9][0][1] > 0.9, "{transfer:?}");
        assert!(transfer.at.iter().all(|m| m[1][1] == 1.0 && m[2][1] > 1.0));
        assert!(transfer.slope.iter().all(|m| m[0][1] < 0.0), "more scattering leaves less in red");
        assert!(transfer.whole.iter().all(|&w| w > 1.5), "neighbors overlap: {:?}", transfer.whole);
    }
}
