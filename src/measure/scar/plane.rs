//! The picture in which scars are looked for: the shading, with the flanks of small hollows put back.
//!
//! Red light travels farther below the surface than green, so the shade of a narrow pit is less deep in red than in
//! green: its color looks like pigment, and a separation by color takes the pit out of the shading, on dark skin whole.
//! So below about 0.3 mm pigment is not taken out: the picture is the shading plus what of the pigment's share of ln G
//! is finer than that. Mottle and spots are coarser.

use crate::base::{Mask, Plane};
use crate::filter::{gaussian, resample};
use crate::measure::pigment::chromaticity::FACTOR;

/// Pigment finer than this Gaussian (mm) stays in the picture.
const CROSSING_MM: f64 = 0.3;
/// Samples of the picture are about this far apart (mm).
const STEP_MM: f64 = 0.1;
/// Gaussian (mm) of the surround that is taken off: slow light and form.
const SLOW_MM: f64 = 2.25;

/// The picture and its grid.
#[derive(Debug)]
pub struct Picture {
    /// ln shading about its surround, zero outside the mask.
    pub plane: Plane,
    /// Where it holds skin.
    pub mask: Mask,
    /// Photo pixels per sample along each axis.
    pub factor: usize,
    /// Millimeters per sample.
    pub step_mm: f64,
}

impl Picture {
    /// From the shading at full resolution, and ln G at half resolution where the photo has color.
    #[must_use]
    pub fn of(shading: &Plane, ln_g: Option<&Plane>, mask: &Mask, mm_per_px: f64) -> Self {
        // An even factor, so that the grid joins that of the colors; or every pixel.
        let pairs = (STEP_MM / mm_per_px / FACTOR as f64).round() as usize;
        let factor = if pairs == 0 { 1 } else { pairs * FACTOR };
        let step_mm = factor as f64 * mm_per_px;
        let share = resample::block_mean_mask(mask, factor);
        let inside = Mask::from_fn(share.width(), share.height(), |x, y| share.at(x, y) >= 0.5);
        let sums = resample::block_mean(shading, factor);
        let mut plane = Plane::from_fn(sums.width(), sums.height(), |x, y| {
            if inside.contains(x, y) { sums.at(x, y) / share.at(x, y) } else { 0.0 }
        });
        if let Some(fine) = ln_g.map(|g| fine_pigment(shading, g, mask, mm_per_px)) {
            let fine = if factor == 1 {
                resample::interpolate(&fine, FACTOR, plane.width(), plane.height())
            } else {
                resample::block_mean(&fine, factor / FACTOR)
            };
            for y in 0..plane.height() {
                for (v, f) in plane.row_mut(y).iter_mut().zip(fine.row(y)) {
                    *v += f;
                }
            }
            plane = inside.apply(&plane);
        }
        let slow = gaussian::smooth(&plane, &inside, SLOW_MM / step_mm).to_plane(plane.height());
        for (v, s) in plane.data_mut().iter_mut().zip(slow.data()) {
            *v -= s;
        }
        Self { plane: inside.apply(&plane), mask: inside, factor, step_mm }
    }
}

/// The pigment's share of ln G at half resolution, without what is coarser than the crossing.
fn fine_pigment(shading: &Plane, ln_g: &Plane, mask: &Mask, mm_per_px: f64) -> Plane {
    let share = resample::block_mean_mask(mask, FACTOR);
    let half = Mask::from_fn(share.width(), share.height(), |x, y| share.at(x, y) > 0.99);
    let shading = resample::block_mean(shading, FACTOR);
    let offset = crate::measure::pigment::separation::mean(ln_g, &half);
    let mut pigment = Plane::from_fn(half.width(), half.height(), |x, y| {
        if half.contains(x, y) { ln_g.at(x, y) - offset - shading.at(x, y) } else { 0.0 }
    });
    let coarse = gaussian::smooth(&pigment, &half, CROSSING_MM / mm_per_px / FACTOR as f64).to_plane(half.height());
    for (v, c) in pigment.data_mut().iter_mut().zip(coarse.data()) {
        *v -= c;
    }
    half.apply(&pigment)
}
