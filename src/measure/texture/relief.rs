//! The relief of the shading in three bands.
//!
//! Four areal Gaussian filters (ISO 16610-61) of rising cut-off; a band is the difference of two neighbors, the
//! band-limited relief the difference of the first and the last. All are normalized convolutions over the mask.

use crate::base::{Mask, Plane, parallel};
use crate::filter::gaussian::{self, Smooth};

/// Standard deviation of the ISO 16610-61 Gaussian of a cut-off wavelength: sqrt(ln 2 / 2) / pi of it.
#[must_use]
pub fn sigma_of_cutoff(cutoff: f64) -> f64 {
    (std::f64::consts::LN_2 / 2.0).sqrt() / std::f64::consts::PI * cutoff
}

/// Share of white pixel noise's variance that passes the difference of two Gaussians (narrow < wide, in pixels).
#[must_use]
pub fn band_noise_gain(narrow: f64, wide: f64) -> f64 {
    let gain = |s2: f64| 1.0 / (2.0 * std::f64::consts::PI * s2.max(1.0 / (2.0 * std::f64::consts::PI)));
    let (a, b) = (narrow * narrow, wide * wide);
    gain(2.0 * a) + gain(2.0 * b) - 2.0 * gain(a + b)
}

/// The relief of a photo.
#[derive(Debug)]
pub struct Relief {
    /// The band-limited relief: fine, mid and coarse together.
    pub relief: Plane,
    filters: [Smooth; 4],
    sigmas: [f64; 4],
}

/// One of the three bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// Micro-relief and pores.
    Fine = 0,
    /// Ice pick and shallow boxcar scars.
    Mid = 1,
    /// Boxcar and rolling scars.
    Coarse = 2,
}

impl Relief {
    /// Filters `shading` (zero outside `mask`) at four cut-off wavelengths in pixels.
    #[must_use]
    pub fn of(shading: &Plane, mask: &Mask, cutoffs_px: [f64; 4]) -> Self {
        let sigmas = cutoffs_px.map(sigma_of_cutoff);
        let filters = sigmas.map(|sigma| gaussian::smooth(shading, mask, sigma));
        let relief = difference(&filters[0], &filters[3], mask);
        Self { relief, filters, sigmas }
    }

    /// What lies below the coarse band: slow light and curvature.
    #[must_use]
    pub fn slow(&self) -> &Smooth {
        &self.filters[3]
    }

    /// One band as a plane, zero outside the mask.
    #[must_use]
    pub fn band(&self, band: Band, mask: &Mask) -> Plane {
        difference(&self.filters[band as usize], &self.filters[band as usize + 1], mask)
    }

    /// Variances of the three bands over a region, about zero.
    #[must_use]
    pub fn variances(&self, region: &Mask) -> [f64; 3] {
        let width = region.width();
        let bands = parallel::map_bands(region.height(), parallel::BAND_ROWS, |rows| {
            let mut filtered = [vec![0.0; width], vec![0.0; width], vec![0.0; width], vec![0.0; width]];
            let (mut n, mut sums) = (0.0_f64, [0.0_f64; 3]);
            for y in rows {
                for (row, filter) in filtered.iter_mut().zip(&self.filters) {
                    filter.row(y, row);
                }
                for x in (0..width).filter(|&x| region.row(y)[x] != 0) {
                    n += 1.0;
                    for (band, sum) in sums.iter_mut().enumerate() {
                        let d = f64::from(filtered[band][x] - filtered[band + 1][x]);
                        *sum += d * d;
                    }
                }
            }
            (n, sums)
        });
        let (mut n, mut total) = (0.0, [0.0; 3]);
        for (band_n, sums) in bands {
            n += band_n;
            for (t, s) in total.iter_mut().zip(sums) {
                *t += s;
            }
        }
        total.map(|t| t / f64::max(n, 1.0))
    }

    /// Variance that white pixel noise of `sd` leaves in a band.
    #[must_use]
    pub fn noise_variance(&self, band: Band, sd: f64) -> f64 {
        sd * sd * band_noise_gain(self.sigmas[band as usize], self.sigmas[band as usize + 1])
    }
}

/// a - b inside the mask, zero outside.
fn difference(a: &Smooth, b: &Smooth, mask: &Mask) -> Plane {
    let width = mask.width();
    let mut out = Plane::new(width, mask.height());
    parallel::for_bands(out.data_mut(), width, parallel::BAND_ROWS, |first, band| {
        let mut subtrahend = vec![0.0; width];
        for (i, row) in band.chunks_exact_mut(width).enumerate() {
            a.row(first + i, row);
            b.row(first + i, &mut subtrahend);
            for ((v, s), &m) in row.iter_mut().zip(&subtrahend).zip(mask.row(first + i)) {
                *v = (*v - s) * f32::from(m);
            }
        }
    });
    out
}

/// Local rms of a plane: normalized Gaussian mean of its square, root taken.
#[must_use]
pub fn local_rms(plane: &Plane, mask: &Mask, sigma: f64) -> Plane {
    let squared = plane.map(|v| v * v);
    gaussian::smooth(&squared, mask, sigma).to_plane(plane.height()).map(|v| v.max(0.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_sine_at_the_cutoff_passes() {
        // ISO 16610-61: 50 % transmission at the cut-off wavelength.
        let cutoff = 40.0;
        let sine = Plane::from_fn(400, 8, |x, _| (std::f32::consts::TAU * x as f32 / cutoff as f32).sin());
        let tall = Plane::from_fn(400, 400, |x, _| sine.at(x, 0));
        let passed = gaussian::blur(&tall, sigma_of_cutoff(cutoff));
        assert!((passed.at(210, 200) / sine.at(210, 0) - 0.5).abs() < 2e-3);
    }

    #[test]
    fn noise_gain_is_that_of_the_filter() {
        let mut state = 3_u64;
        let mut noise = || {
            (0..12)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 40) as f32 / (1 << 24) as f32
                })
                .sum::<f32>()
                - 6.0
        };
        let plane = Plane::from_fn(512, 512, |_, _| noise());
        let mask = Mask::full(512, 512);
        let relief = Relief::of(&plane, &mask, [6.0, 16.0, 50.0, 160.0]);
        let measured = relief.variances(&mask);
        for (band, truth) in [(Band::Fine, measured[0]), (Band::Mid, measured[1])] {
            let predicted = relief.noise_variance(band, 1.0);
            assert!((predicted / truth - 1.0).abs() < 0.1, "{band:?}: {predicted} for {truth}");
        }
    }
}
