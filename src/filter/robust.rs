//! The robust areal Gaussian filter: a mean line that scratches and pits do not bend.
//!
//! Gaussian regression filter of order 0 of ISO 16610-71: the normalized Gaussian mean is repeated with weights that fall
//! with the residual r, (1 - (r / c)^2)^2 below c and 0 above (Tukey's biweight), where c = 4.4478 median |r|, three
//! standard deviations of a Gaussian. It ends when c changes by less than a ten-thousandth.
//!
//! Where every sample in reach is an outlier, a filter of weight 0 would have no value; a least weight of 1e-4 gives such a
//! place its plain Gaussian mean and changes no other by more than that share of an outlier.

use super::gaussian;
use crate::base::{Mask, Plane, parallel};

/// The cut-off of the weights over the median absolute residual: 3 / 0.6745.
const CUTOFF: f64 = 4.4478;
/// Relative change of the cut-off at which the iteration ends.
const SETTLED: f64 = 1e-4;
/// Most iterations; ten are usual.
const MOST: usize = 60;
/// Least weight of a sample in the mask.
const LEAST: f32 = 1e-4;

/// The robust mean surface of `values` over `mask` for a Gaussian of `sigma` samples; `values` are zero outside the mask.
///
/// # Panics
/// When the sizes differ.
#[must_use]
pub fn smooth(values: &Plane, mask: &Mask, sigma: f64) -> Plane {
    let height = values.height();
    let mut mean = gaussian::smooth(values, mask, sigma).to_plane(height);
    let mut cutoff = f64::INFINITY;
    for _ in 0..MOST {
        let next = CUTOFF * median_residual(values, &mean, mask);
        // Residuals of zero have no scale: the mean surface passes through most samples already.
        if next <= f64::from(f32::MIN_POSITIVE) || (cutoff - next).abs() <= SETTLED * next {
            break;
        }
        cutoff = next;
        let mut weights = Plane::new(values.width(), height);
        let mut weighted = Plane::new(values.width(), height);
        weigh(values, &mean, mask, cutoff as f32, &mut weights, |w, _| w);
        weigh(values, &mean, mask, cutoff as f32, &mut weighted, |w, v| w * v);
        mean = gaussian::smooth_weighted(&weighted, &weights, sigma);
    }
    mean
}

/// Fills `out` from the weight and the value of every sample.
fn weigh(
    values: &Plane,
    mean: &Plane,
    mask: &Mask,
    cutoff: f32,
    out: &mut Plane,
    fill: impl Fn(f32, f32) -> f32 + Send + Sync,
) {
    let width = values.width();
    parallel::for_bands(out.data_mut(), width, parallel::BAND_ROWS, |first, band| {
        for (i, line) in band.chunks_exact_mut(width).enumerate() {
            let y = first + i;
            let (row, mean, inside) = (values.row(y), mean.row(y), mask.row(y));
            for x in 0..width {
                let r = (row[x] - mean[x]) / cutoff;
                let rest = (1.0 - r * r).max(0.0);
                line[x] = fill((rest * rest).max(LEAST) * f32::from(inside[x]), row[x]);
            }
        }
    });
}

/// Median of |value - mean| over the mask; 0 for an empty one.
fn median_residual(values: &Plane, mean: &Plane, mask: &Mask) -> f64 {
    let mut residuals: Vec<f32> = (values.data().iter().zip(mean.data()))
        .zip(mask.plane().data())
        .filter(|&(_, &m)| m != 0)
        .map(|((v, s), _)| (v - s).abs())
        .collect();
    if residuals.is_empty() {
        return 0.0;
    }
    let middle = residuals.len() / 2;
    let (_, median, _) = residuals.select_nth_unstable_by(middle, f32::total_cmp);
    f64::from(*median)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A waviness, fine roughness, and a deep scratch along the middle column.
    fn scratched(depth: f32) -> (Plane, Plane) {
        let wave = |x: usize, y: usize| 3.0 * ((x as f32) * 0.015).sin() + 2.0 * ((y as f32) * 0.02).cos();
        let rough = |x: usize, y: usize| 0.2 * (((x * 31 + y * 17) % 13) as f32 - 6.0) / 6.0;
        let scratch = |x: usize| if (118..126).contains(&x) { -depth } else { 0.0 };
        let clean = Plane::from_fn(240, 160, |x, y| wave(x, y) + rough(x, y));
        (Plane::from_fn(240, 160, |x, y| clean.at(x, y) + scratch(x)), clean)
    }

    #[test]
    fn a_scratch_does_not_bend_it() {
        let (deep, clean) = scratched(20.0);
        let mask = Mask::full(240, 160);
        for sigma in [5.0, 11.0] {
            let truth = gaussian::smooth(&clean, &mask, sigma).to_plane(160);
            let plain = gaussian::smooth(&deep, &mask, sigma).to_plane(160);
            let robust = smooth(&deep, &mask, sigma);
            let off = |plane: &Plane| (plane.at(122, 80) - truth.at(122, 80)).abs();
            assert!(off(&plain) > 4.0, "sigma {sigma}: the plain filter bends by {}", off(&plain));
            assert!(off(&robust) < 0.15, "sigma {sigma}: the robust filter bends by {}", off(&robust));
        }
    }

    #[test]
    fn without_outliers_it_is_nearly_the_gaussian() {
        let (_, clean) = scratched(0.0);
        let mask = Mask::from_fn(240, 160, |x, y| !(x / 30 + y / 30).is_multiple_of(4));
        let values = mask.apply(&clean);
        let plain = gaussian::smooth(&values, &mask, 6.0).to_plane(160);
        let robust = smooth(&values, &mask, 6.0);
        for (x, y) in [(45, 20), (200, 150), (100, 70)].into_iter().filter(|&(x, y)| mask.contains(x, y)) {
            assert!((plain.at(x, y) - robust.at(x, y)).abs() < 0.05, "{x}, {y}");
        }
    }

    #[test]
    fn a_constant_and_an_empty_mask_are_no_trouble() {
        let flat = Plane::filled(40, 30, 1.5);
        assert!(smooth(&flat, &Mask::full(40, 30), 3.0).data().iter().all(|v| (v - 1.5).abs() < 1e-5));
        assert!(smooth(&Plane::new(40, 30), &Mask::empty(40, 30), 3.0).data().iter().all(|v| *v == 0.0));
    }
}
