//! Intensity without light: minus its surround, over its surround's spread.
//!
//! A gradient of light, another exposure and the camera's contrast are smooth or constant in ln intensity, so that
//! what is left after subtracting a Gaussian mean and dividing by a Gaussian standard deviation is the skin's own pattern. Registration on plain
//! intensity is biased by pixels under a gradient of 20 %, on this it is not.

use crate::base::{Mask, Plane, parallel};
use crate::filter::{distance, gaussian, log, resample};

/// Spread in ln units below which a surround counts as flat: half a code of an 8-bit photo.
const FLAT: f32 = 0.005;
/// A surround flatter than this share of the photo's usual spread is not stretched to the full: it is mostly noise.
const SHARE: f32 = 0.3;
/// Where glints, hairs and pen marks end.
const MOST: f32 = 3.0;

/// One resolution of a photo.
#[derive(Clone, Debug)]
pub struct Level {
    /// Locally normalized ln intensity, 0 outside the mask.
    pub plane: Plane,
    /// The skin.
    pub mask: Mask,
    /// The skin, less a border: around each of its pixels there is skin to interpolate in.
    pub inner: Mask,
}

impl Level {
    /// A level of a normalized plane.
    #[must_use]
    pub fn new(plane: Plane, mask: Mask) -> Self {
        let edge = distance::city_block(mask.plane());
        let inner = Mask::from_plane(edge.map(|d| u8::from(d > 3)));
        Self { plane, mask, inner }
    }
}

/// ln of a linear plane reduced by `factor`.
#[must_use]
pub fn ln_reduced(linear: &Plane, factor: usize) -> Plane {
    let mut plane = if factor == 1 { linear.clone() } else { resample::block_mean(linear, factor) };
    let width = plane.width();
    parallel::for_bands(plane.data_mut(), width, parallel::BAND_ROWS, |_, band| {
        for v in band {
            *v = log::ln(v.max(log::FLOOR));
        }
    });
    plane
}

/// The plane normalized over the mask with a Gaussian of `sigma` pixels.
#[must_use]
pub fn normalized(ln: &Plane, mask: &Mask, sigma: f64) -> Plane {
    let mut out = mask.apply(ln);
    let mean = gaussian::smooth(&out, mask, sigma);
    let width = out.width();
    parallel::for_bands(out.data_mut(), width, parallel::BAND_ROWS, |first, band| {
        let mut row_mean = vec![0.0; width];
        for (i, row) in band.chunks_exact_mut(width).enumerate() {
            mean.row(first + i, &mut row_mean);
            for ((v, m), &inside) in row.iter_mut().zip(&row_mean).zip(mask.row(first + i)) {
                *v = (*v - m) * f32::from(inside);
            }
        }
    });
    let square = gaussian::smooth(&out.map(|v| v * v), mask, sigma).to_plane(out.height());
    let floor = (SHARE * usual(&square, mask).sqrt()).max(FLAT);
    parallel::for_bands(out.data_mut(), width, parallel::BAND_ROWS, |first, band| {
        for (i, row) in band.chunks_exact_mut(width).enumerate() {
            for (v, square) in row.iter_mut().zip(square.row(first + i)) {
                *v = (*v / (square + floor * floor).sqrt()).clamp(-MOST, MOST);
            }
        }
    });
    out
}

/// The median over the mask, of a sample of it.
fn usual(plane: &Plane, mask: &Mask) -> f32 {
    let step = (plane.len() / 50_000).max(1);
    let inside = plane.data().iter().zip(mask.plane().data()).step_by(step).filter(|&(_, &m)| m != 0);
    let mut values: Vec<f32> = inside.map(|(&v, _)| v).collect();
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// The level and its halves, down to a shorter side of `least` pixels.
#[must_use]
pub fn pyramid(finest: Level, least: usize) -> Vec<Level> {
    let mut levels = vec![finest];
    while let Some(last) = levels.last() {
        let (width, height) = (last.plane.width() / 2, last.plane.height() / 2);
        if width.min(height) < least {
            break;
        }
        let even = |n: usize| 0..2 * n;
        let half = resample::block_mean(&last.plane.crop(even(width), even(height)), 2);
        let share = resample::block_mean_mask(&last.mask, 2);
        let mask = Mask::from_fn(width, height, |x, y| share.at(x, y) > 0.99);
        levels.push(Level::new(mask.apply(&half), mask));
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_and_exposure_cancel() {
        let skin = |x: usize, y: usize| (1.0 + 0.1 * (0.5 * x as f32).sin() * (0.4 * y as f32).cos()) * 0.3;
        let plain = Plane::from_fn(160, 120, skin);
        let lit = Plane::from_fn(160, 120, |x, y| skin(x, y) * 0.8 * (1.0 + 0.3 * (x as f32 / 80.0 - 1.0)));
        let mask = Mask::full(160, 120);
        let [a, b] = [plain, lit].map(|p| normalized(&ln_reduced(&p, 1), &mask, 12.0));
        let most = a.data().iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        // The borders see a one-sided surround; inside, a gradient is gone.
        let inside = |p: &Plane| p.crop(30..130, 30..90);
        let (a, b) = (inside(&a), inside(&b));
        let worst = a.data().iter().zip(b.data()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(most > 1.0 && worst < 0.05, "{worst} of {most}");
    }

    #[test]
    fn a_flat_photo_stays_flat() {
        let ln = Plane::from_fn(64, 64, |x, y| 0.0005 * ((x * 7 + y * 13) % 5) as f32);
        let out = normalized(&ln, &Mask::full(64, 64), 8.0);
        assert!(out.data().iter().all(|v| v.abs() < 0.5));
    }
}
