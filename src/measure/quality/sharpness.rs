//! How much fine detail a photo has for its coarser detail.

use crate::base::{Mask, Plane, parallel};
use crate::filter::gaussian::{self, Smooth};
use crate::measure::texture::relief::band_noise_gain;

/// Side of the largest window that is looked at.
const MOST_SIDE: usize = 1500;

/// Rms of the octave of sigma 1 to 2 px over that of 2 to 4 px, the pixel noise taken off both in quadrature.
///
/// Blur lowers it whatever the skin. Of a large photo the middle of the mask is taken, at most 1500 px wide and high. `None` where the coarser octave is no more than noise.
#[must_use]
pub fn sharpness(plane: &Plane, mask: &Mask, noise_sd: f64) -> Option<f64> {
    let (left, top, width, height) = mask.bounds()?;
    let middle = |start: usize, length: usize| {
        let taken = length.min(MOST_SIDE);
        start + (length - taken) / 2..start + (length - taken) / 2 + taken
    };
    let (columns, rows) = (middle(left, width), middle(top, height));
    let mask = &Mask::from_plane(mask.plane().crop(columns.clone(), rows.clone()));
    let plane = &plane.crop(columns, rows);
    let smooth = [1.0, 2.0, 4.0].map(|sigma| gaussian::smooth(plane, mask, sigma));
    let [fine, coarse] = [(1.0, 2.0, &smooth[0], &smooth[1]), (2.0, 4.0, &smooth[1], &smooth[2])]
        .map(|(narrow, wide, a, b)| variance(a, b, mask) - noise_sd * noise_sd * band_noise_gain(narrow, wide));
    (coarse > 1e-12).then(|| (fine.max(0.0) / coarse).sqrt())
}

fn variance(a: &Smooth, b: &Smooth, mask: &Mask) -> f64 {
    let width = mask.width();
    let bands = parallel::map_bands(mask.height(), parallel::BAND_ROWS, |rows| {
        let (mut row_a, mut row_b) = (vec![0.0; width], vec![0.0; width]);
        let (mut n, mut sum) = (0.0_f64, 0.0_f64);
        for y in rows {
            a.row(y, &mut row_a);
            b.row(y, &mut row_b);
            for x in 0..width {
                if mask.row(y)[x] != 0 {
                    let d = f64::from(row_a[x] - row_b[x]);
                    n += 1.0;
                    sum += d * d;
                }
            }
        }
        (n, sum)
    });
    let (n, sum) = bands.into_iter().fold((0.0, 0.0), |(n, s), (bn, bs)| (n + bn, s + bs));
    sum / n.max(1.0)
}
