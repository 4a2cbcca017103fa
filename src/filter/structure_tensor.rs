//! The structure tensor: which way a plane varies, and how much of it runs one way.
//!
//! J = mean of (gx^2, gx gy; gx gy, gy^2) over a region, or under a Gaussian around each pixel (Bigun and Granlund 1987; Forstner and
//! Gulch 1987). With its eigenvalues l1 >= l2, the anisotropy (coherence) is (l1 - l2) / (l1 + l2): 0 when no direction is
//! preferred, 1 when all varies along one. Lines run across the direction of variation. Gradients are central differences
//! whose four neighbors and center lie in the mask.

use super::gaussian;
use crate::base::{Mask, Plane, parallel};

/// A structure tensor: means of gx^2, gx gy and gy^2, x to the right and y down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tensor {
    /// Mean of gx^2.
    pub xx: f64,
    /// Mean of gx gy.
    pub xy: f64,
    /// Mean of gy^2.
    pub yy: f64,
}

impl Tensor {
    /// (l1 - l2) / (l1 + l2), 0 to 1; `None` where nothing varies.
    #[must_use]
    pub fn anisotropy(&self) -> Option<f64> {
        let trace = self.xx + self.yy;
        let difference = ((self.xx - self.yy) * (self.xx - self.yy) + 4.0 * self.xy * self.xy).sqrt();
        (trace > 0.0).then(|| (difference / trace).min(1.0))
    }

    /// Direction in which the lines run, across the strongest variation, in degrees: 0 to the right, 90 up, below 180.
    /// `None` where no direction is preferred.
    #[must_use]
    pub fn line_deg(&self) -> Option<f64> {
        let (cos, sin) = (self.xx - self.yy, 2.0 * self.xy);
        if cos == 0.0 && sin == 0.0 {
            return None;
        }
        // Half the angle of the variation, y down; up is minus; the lines are a right angle on.
        let degrees = (90.0 - 0.5 * sin.atan2(cos).to_degrees()).rem_euclid(180.0);
        Some(if degrees >= 180.0 { 0.0 } else { degrees })
    }
}

/// The tensor of `plane` over `mask`; `None` where no pixel has its four neighbors in the mask.
///
/// # Panics
/// When the sizes differ.
#[must_use]
pub fn regional(plane: &Plane, mask: &Mask) -> Option<Tensor> {
    assert_eq!((plane.width(), plane.height()), (mask.width(), mask.height()), "a plane and a mask of two sizes");
    let bands = parallel::map_bands(plane.height(), parallel::BAND_ROWS, |rows| {
        let (mut sums, mut n) = ([0.0_f64; 3], 0_u64);
        for y in rows {
            for_gradients(plane, mask, y, |_, gx, gy| {
                let (gx, gy) = (f64::from(gx), f64::from(gy));
                sums[0] += gx * gx;
                sums[1] += gx * gy;
                sums[2] += gy * gy;
                n += 1;
            });
        }
        (sums, n)
    });
    let mut sums = [0.0; 3];
    let mut n = 0;
    for (more, count) in bands {
        sums.iter_mut().zip(more).for_each(|(sum, v)| *sum += v);
        n += count;
    }
    let [xx, xy, yy] = sums.map(|sum| sum / n as f64);
    (n > 0).then_some(Tensor { xx, xy, yy })
}

/// The tensor around every pixel, under a Gaussian of `sigma` pixels over the mask: the planes of xx, xy and yy.
///
/// # Panics
/// When the sizes differ.
#[must_use]
pub fn local(plane: &Plane, mask: &Mask, sigma: f64) -> [Plane; 3] {
    assert_eq!((plane.width(), plane.height()), (mask.width(), mask.height()), "a plane and a mask of two sizes");
    let (width, height) = (plane.width(), plane.height());
    let mut planes = [Plane::new(width, height), Plane::new(width, height), Plane::new(width, height)];
    let mut known = Mask::empty(width, height);
    for y in 0..height {
        for_gradients(plane, mask, y, |x, gx, gy| {
            known.set(x, y, true);
            planes[0].put(x, y, gx * gx);
            planes[1].put(x, y, gx * gy);
            planes[2].put(x, y, gy * gy);
        });
    }
    planes.map(|products| gaussian::smooth(&products, &known, sigma).to_plane(height))
}

/// Calls `with(x, gx, gy)` for the pixels of row `y` whose four neighbors lie in the mask with them.
fn for_gradients(plane: &Plane, mask: &Mask, y: usize, mut with: impl FnMut(usize, f32, f32)) {
    if y == 0 || y + 1 >= plane.height() {
        return;
    }
    let (row, above, below) = (plane.row(y), plane.row(y - 1), plane.row(y + 1));
    let (inside, inside_above, inside_below) = (mask.row(y), mask.row(y - 1), mask.row(y + 1));
    for x in 1..plane.width().saturating_sub(1) {
        if inside[x - 1] & inside[x] & inside[x + 1] & inside_above[x] & inside_below[x] != 0 {
            with(x, 0.5 * (row[x + 1] - row[x - 1]), 0.5 * (below[x] - above[x]));
        }
    }
}
