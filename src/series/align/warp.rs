//! The follow-up as the baseline's camera would have seen it.
//!
//! Cubic interpolation; where the follow-up is nearer than the baseline it is first smoothed to the baseline's resolution, so that fine
//! detail does not turn into a coarse pattern. Polygons and points need no pixels: [`super::Alignment::to_follow_up`] maps them.

use super::Alignment;
use super::sample;
use super::transform::Transform;
use crate::base::{Mask, Plane, parallel};
use crate::filter::gaussian;
use crate::photo::Photo;

/// The planes of a follow-up on the baseline's pixels, and the pixels that it shows; 0 where it shows none.
#[must_use]
pub fn onto_baseline(alignment: &Alignment, follow_up: &Photo) -> ([Plane; 3], Mask) {
    let size = alignment.baseline_size;
    let planes = follow_up.rgb.each_ref().map(|plane| onto(plane, &alignment.map, size));
    (planes, visible(&alignment.map, (follow_up.width(), follow_up.height()), size))
}

/// One plane seen through a map from pixels of a picture of `size` to pixels of the plane.
#[must_use]
pub fn onto(plane: &Plane, map: &Transform, size: (usize, usize)) -> Plane {
    let scale = map.scale_at(Transform::landmarks(size)[0]).abs();
    let smooth = (scale > 1.1).then(|| gaussian::blur(plane, 0.5 * (scale * scale - 1.0).sqrt()));
    let plane = smooth.as_ref().unwrap_or(plane);
    let from = (plane.width(), plane.height());
    let mut out = Plane::new(size.0, size.1);
    parallel::for_bands(out.data_mut(), size.0, 16, |first, band| {
        for (i, row) in band.chunks_exact_mut(size.0).enumerate() {
            for (x, v) in row.iter_mut().enumerate() {
                let there = map.apply([x as f64, (first + i) as f64]);
                if sample::reaches(from, there) {
                    *v = sample::cubic(plane, there).max(0.0);
                }
            }
        }
    });
    out
}

/// The pixels of a picture of `size` that a map brings into a picture of the size `from`.
#[must_use]
pub fn visible(map: &Transform, from: (usize, usize), size: (usize, usize)) -> Mask {
    Mask::from_fn(size.0, size.1, |x, y| sample::reaches(from, map.apply([x as f64, y as f64])))
}

/// A mask of the baseline as a mask of the follow-up of the size `size`: a pixel belongs where its middle falls on one that does.
#[must_use]
pub fn mask_onto_follow_up(alignment: &Alignment, mask: &Mask, size: (usize, usize)) -> Mask {
    mask_through(&alignment.back, mask, size)
}

/// A mask of the follow-up as a mask of the baseline.
#[must_use]
pub fn mask_onto_baseline(alignment: &Alignment, mask: &Mask) -> Mask {
    mask_through(&alignment.map, mask, alignment.baseline_size)
}

fn mask_through(map: &Transform, mask: &Mask, size: (usize, usize)) -> Mask {
    Mask::from_fn(size.0, size.1, |x, y| {
        let there = map.apply([x as f64, y as f64]).map(|v| v + 0.5);
        there.iter().all(|&v| v >= 0.0)
            && there[0] < mask.width() as f64
            && there[1] < mask.height() as f64
            && mask.contains(there[0] as usize, there[1] as usize)
    })
}
