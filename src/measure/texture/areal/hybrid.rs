//! Hybrid parameters: how steep a surface is (Sdq) and how much larger than its ground it is (Sdr).
//!
//! Sdq depends on the stencil of the derivative by up to 20 % on rough surfaces, and the standard leaves it open: here it
//! is the difference of two neighbors along each axis, the mean square of each axis over its own pairs, both added.
//! Sdr is the area of triangles over the cells of four neighbors, the mean of both ways to cut a cell into two, so that
//! the number does not depend on the diagonal.

use super::{Sample, Window};
use crate::base::{Mask, Plane};

/// Rms gradient of `plane` per sample: differences of neighbors that both lie in the mask; `None` for an empty mask.
#[must_use]
pub fn sdq<S: Sample>(plane: &Plane<S>, mask: &Mask) -> Option<f64> {
    Some(rms_gradient(&Window::of(plane, mask)?))
}

/// The same over a window; 0 where no two neighbors lie in the mask.
pub(super) fn rms_gradient<S: Sample>(window: &Window<'_, S>) -> f64 {
    let mut sums = [0.0; 2];
    let mut pairs = [0.0; 2];
    for band in window.bands(|rows| {
        let mut band = [(0.0, 0.0); 2];
        for y in rows {
            let (row, inside) = window.row(y);
            add_squares(&row[1..], &row[..row.len() - 1], &inside[1..], &inside[..row.len() - 1], &mut band[0]);
            if y > 0 {
                let (above, inside_above) = window.row(y - 1);
                add_squares(row, above, inside, inside_above, &mut band[1]);
            }
        }
        band
    }) {
        for axis in 0..2 {
            sums[axis] += band[axis].0;
            pairs[axis] += band[axis].1;
        }
    }
    (sums[0] / f64::max(pairs[0], 1.0) + sums[1] / f64::max(pairs[1], 1.0)).sqrt()
}

/// Adds the squared differences of two rows, and their number, where both lie in the mask.
fn add_squares<S: Sample>(a: &[S], b: &[S], in_a: &[u8], in_b: &[u8], (sum, pairs): &mut (f64, f64)) {
    for i in 0..a.len() {
        if in_a[i] & in_b[i] != 0 {
            let difference = a[i].into() - b[i].into();
            *sum += difference * difference;
            *pairs += 1.0;
        }
    }
}

/// Developed interfacial area ratio A / A0 - 1 of `plane` over the cells whose four corners lie in the mask. `step` is the
/// distance of two samples in the unit of the heights. `None` where no cell lies in the mask.
#[must_use]
pub fn sdr<S: Sample>(plane: &Plane<S>, mask: &Mask, step: f64) -> Option<f64> {
    let window = Window::of(plane, mask)?;
    let scale = (1.0 / step) * (1.0 / step);
    let (mut excess, mut cells) = (0.0, 0.0);
    for (sum, n) in window.bands(|rows| {
        let (mut sum, mut n) = (0.0, 0.0);
        for y in rows.filter(|&y| y > 0) {
            let ((above, in_above), (row, inside)) = (window.row(y - 1), window.row(y));
            for x in 1..row.len() {
                if in_above[x - 1] & in_above[x] & inside[x - 1] & inside[x] != 0 {
                    let corners = [above[x - 1], above[x], row[x - 1], row[x]].map(Into::into);
                    sum += cell_excess(corners, scale);
                    n += 1.0;
                }
            }
        }
        (sum, n)
    }) {
        excess += sum;
        cells += n;
    }
    (cells > 0.0).then(|| excess / cells)
}

/// Area of a cell over that of its ground, less one: four right triangles, each of a horizontal and a vertical edge.
///
/// sqrt(1 + s) - 1 is written as s / (sqrt(1 + s) + 1), which keeps its digits on a nearly flat surface.
fn cell_excess([top_left, top_right, bottom_left, bottom_right]: [f64; 4], scale: f64) -> f64 {
    let square = |a: f64, b: f64| (a - b) * (a - b) * scale;
    let horizontal = [square(top_right, top_left), square(bottom_right, bottom_left)];
    let vertical = [square(bottom_left, top_left), square(bottom_right, top_right)];
    let excess = |h: f64, v: f64| (h + v) / ((1.0 + h + v).sqrt() + 1.0);
    let one_way = excess(horizontal[0], vertical[1]) + excess(horizontal[1], vertical[0]);
    let other_way = excess(horizontal[0], vertical[0]) + excess(horizontal[1], vertical[1]);
    0.25 * (one_way + other_way)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilted_plane_has_the_area_of_its_slope() {
        let plane = Plane::from_fn(20, 15, |x, y| 0.75 * x as f64 - 0.5 * y as f64);
        let mask = Mask::full(20, 15);
        for step in [1.0, 0.25] {
            let truth = (1.0 + (0.75_f64.powi(2) + 0.25) / (step * step)).sqrt() - 1.0;
            assert!((sdr(&plane, &mask, step).unwrap() / truth - 1.0).abs() < 1e-14);
        }
        assert!((sdq(&plane, &mask).unwrap() - (0.75_f64.powi(2) + 0.25).sqrt()).abs() < 1e-14);
    }

    #[test]
    fn a_mask_without_a_cell_has_no_area() {
        let plane = Plane::filled(9, 9, 1.0_f32);
        assert_eq!(sdr(&plane, &Mask::from_fn(9, 9, |x, y| x == 4 || y == 20), 1.0), None);
        assert_eq!(sdr(&plane, &Mask::empty(9, 9), 1.0), None);
        assert_eq!(sdr(&plane, &Mask::full(9, 9), 1.0), Some(0.0));
    }
}
