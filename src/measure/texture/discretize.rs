//! Gray levels of a plane: a fixed range in a fixed number of bins, so that two visits are comparable.

use crate::base::{Mask, Plane, parallel};

/// Levels 1 to `bins` of the values from `range[0]` to `range[1]`; beyond the range the outer levels; 0 outside the mask.
#[must_use]
pub fn discretize(plane: &Plane, mask: &Mask, range: [f64; 2], bins: usize) -> Plane<u8> {
    let width = plane.width();
    let mut out = Plane::new(width, plane.height());
    let scale = (bins as f64 / (range[1] - range[0])) as f32;
    let (low, top) = (range[0] as f32, bins as f32 - 1.0);
    parallel::for_bands(out.data_mut(), width, parallel::BAND_ROWS, |first, band| {
        for (i, row) in band.chunks_exact_mut(width).enumerate() {
            levels(plane.row(first + i), mask.row(first + i), low, scale, top, row);
        }
    });
    out
}

#[inline(always)]
fn levels_body(values: &[f32], mask: &[u8], low: f32, scale: f32, top: f32, out: &mut [u8]) {
    let n = out.len();
    let (values, mask) = (&values[..n], &mask[..n]);
    for i in 0..n {
        let level = ((values[i] - low) * scale).clamp(0.0, top) as i32 + 1;
        out[i] = level as u8 * mask[i];
    }
}

dispatch! {
    fn levels(values: &[f32], mask: &[u8], low: f32, scale: f32, top: f32, out: &mut [u8]) = levels_body
}
