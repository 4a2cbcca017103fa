//! The three log channels in narrow bands of wavelength, and how they vary together in each.
//!
//! The three bands of the relief are cut into ten, because skin scatters red light farther than green and blue: within
//! the mid band the share of the relief that is left in red runs from a third to nine tenths.

use super::chromaticity::{Chromaticity, FACTOR};
use crate::base::{Mask, Plane, parallel};
use crate::filter::gaussian::{self, Smooth};

/// Into how many narrow bands fine, mid and coarse are cut.
pub const SPLIT: [usize; 3] = [3, 4, 3];
/// Narrow bands in all.
pub const COUNT: usize = 10;
/// Samples that say as much as all pixels.
const SAMPLES: f64 = 400_000.0;

/// A symmetric 3 x 3 matrix over ln R, ln G, ln B.
pub type Matrix = [[f64; 3]; 3];

/// The edges of the narrow bands between the four cut-offs of the relief, evenly spaced in the logarithm.
#[must_use]
pub fn edges(cutoffs: [f64; 4]) -> [f64; COUNT + 1] {
    let mut edges = [cutoffs[3]; COUNT + 1];
    let mut at = 0;
    for (band, &parts) in SPLIT.iter().enumerate() {
        for part in 0..parts {
            edges[at] = cutoffs[band] * (cutoffs[band + 1] / cutoffs[band]).powf(part as f64 / parts as f64);
            at += 1;
        }
    }
    edges
}

/// The narrow bands of one of the three bands of the relief.
#[must_use]
pub fn parts(band: usize) -> std::ops::Range<usize> {
    let start = SPLIT[..band].iter().sum();
    start..start + SPLIT[band]
}

/// The log channels of a photo at half resolution behind Gaussians of rising width.
#[derive(Debug)]
pub struct SubBands {
    /// Per edge, ln R, ln G, ln B.
    filters: Vec<[Smooth; 3]>,
    /// Standard deviations of the Gaussians, pixels of half resolution.
    sigmas: Vec<f64>,
    size: (usize, usize),
}

/// How the channels vary together in a region.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossSpectrum {
    /// Covariance of ln R, ln G, ln B in each narrow band, about zero.
    pub covariance: [Matrix; COUNT],
    /// Mean ln R/G and ln G/B.
    pub ratios: [f64; 2],
    /// Pixels of the region at half resolution.
    pub pixels: usize,
}

impl SubBands {
    /// Filters the pixels of `mask` (half resolution); the edges are in photo pixels.
    #[must_use]
    pub fn of(photo: &Chromaticity, mask: &Mask, edges_px: &[f64; COUNT + 1]) -> Self {
        let channel = |ratio: Option<(&Plane, f32)>| {
            let mut plane = match ratio {
                None => photo.g.clone(),
                Some((ratio, sign)) => {
                    let data = photo.g.data().iter().zip(ratio.data()).map(|(g, r)| g + sign * r).collect();
                    Plane::from_vec(photo.g.width(), photo.g.height(), data)
                }
            };
            // About zero, so that sums of f32 keep their digits.
            let mean = super::separation::mean(&plane, mask);
            for (v, &m) in plane.data_mut().iter_mut().zip(mask.plane().data()) {
                *v = (*v - mean) * f32::from(m);
            }
            plane
        };
        let channels = [channel(Some((&photo.u, 1.0))), channel(None), channel(Some((&photo.v, -1.0)))];
        // A block of F x F pixels has a variance of its own, which the Gaussian does without.
        let factor = FACTOR as f64;
        let block = (factor * factor - 1.0) / 12.0;
        let sigmas: Vec<f64> = edges_px
            .iter()
            .map(|&edge| {
                let sigma = crate::measure::texture::relief::sigma_of_cutoff(edge);
                (sigma * sigma - block).max(0.0).sqrt() / factor
            })
            .collect();
        let filters = sigmas
            .iter()
            .map(|&sigma| channels.each_ref().map(|plane| gaussian::smooth(plane, mask, sigma.max(0.05))))
            .collect();
        Self { filters, sigmas, size: (mask.width(), mask.height()) }
    }

    /// The cross-spectrum of a region (half resolution); `None` where it is empty.
    #[must_use]
    pub fn cross_spectrum(&self, photo: &Chromaticity, region: &Mask) -> Option<CrossSpectrum> {
        let pixels = region.count();
        if pixels == 0 {
            return None;
        }
        let enough = (pixels as f64 / SAMPLES).sqrt();
        let covariance = std::array::from_fn(|k| {
            // What a Gaussian has smoothed need not be looked at pixel by pixel; of a small region every pixel is.
            let smooth = if enough > 1.0 { self.sigmas[k] / 1.5 } else { 1.0 };
            let step = smooth.max(enough).floor() as usize;
            self.covariance(k, region, step)
        });
        let mean = |plane: &Plane| f64::from(super::separation::mean(plane, region));
        Some(CrossSpectrum { covariance, ratios: [mean(&photo.u), mean(&photo.v)], pixels })
    }

    fn covariance(&self, k: usize, region: &Mask, step: usize) -> Matrix {
        let (width, height) = self.size;
        let rows = height.div_ceil(step);
        let bands = parallel::map_bands(rows, parallel::BAND_ROWS, |rows| {
            let mut narrow = [vec![0.0_f32; width], vec![0.0; width], vec![0.0; width]];
            let mut wide = narrow.clone();
            let (mut n, mut sums) = (0.0_f64, [0.0_f64; 6]);
            for y in rows.map(|r| r * step) {
                for c in 0..3 {
                    self.filters[k][c].row(y, &mut narrow[c]);
                    self.filters[k + 1][c].row(y, &mut wide[c]);
                }
                for x in (0..width).step_by(step).filter(|&x| region.row(y)[x] != 0) {
                    let [r, g, b] = [0, 1, 2].map(|c| f64::from(narrow[c][x] - wide[c][x]));
                    n += 1.0;
                    for (sum, product) in sums.iter_mut().zip([r * r, r * g, r * b, g * g, g * b, b * b]) {
                        *sum += product;
                    }
                }
            }
            (n, sums)
        });
        let (mut n, mut total) = (0.0, [0.0; 6]);
        for (band_n, sums) in bands {
            n += band_n;
            for (t, s) in total.iter_mut().zip(sums) {
                *t += s;
            }
        }
        let [rr, rg, rb, gg, gb, bb] = total.map(|t| t / f64::max(n, 1.0));
        [[rr, rg, rb], [rg, gg, gb], [rb, gb, bb]]
    }

    /// The weighted sum of the channels of every narrow band and of what is slower than all of them.
    #[must_use]
    pub fn combine(&self, weights: &[[f64; 3]; COUNT], slow: [f64; 3]) -> Plane {
        let (width, height) = self.size;
        // Band k is filter k less filter k + 1, so a filter's weight is that of its band less that of the band before.
        let gains: Vec<[f32; 3]> = (0..=COUNT)
            .map(|k| {
                std::array::from_fn(|c| {
                    let own = if k < COUNT { weights[k][c] } else { slow[c] };
                    (own - if k > 0 { weights[k - 1][c] } else { 0.0 }) as f32
                })
            })
            .collect();
        let mut out = Plane::new(width, height);
        parallel::for_bands(out.data_mut(), width, parallel::BAND_ROWS, |first, band| {
            let mut row = vec![0.0; width];
            for (i, sum) in band.chunks_exact_mut(width).enumerate() {
                for (filters, gains) in self.filters.iter().zip(&gains) {
                    for (filter, &gain) in filters.iter().zip(gains) {
                        filter.row(first + i, &mut row);
                        for (s, v) in sum.iter_mut().zip(&row) {
                            *s += gain * v;
                        }
                    }
                }
            }
        });
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_hold_the_cutoffs() {
        let edges = edges([0.3, 0.8, 2.5, 8.0]);
        assert_eq!([edges[0], edges[3], edges[7], edges[10]], [0.3, 0.8, 2.5, 8.0]);
        assert!(edges.windows(2).all(|w| w[0] < w[1]));
        assert_eq!([parts(0), parts(1), parts(2)], [0..3, 3..7, 7..10]);
    }
}
