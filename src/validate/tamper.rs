//! What is done to a decoded photo before it is shown to the alignment: other light, treated skin, and what no alignment is right for.

use crate::base::Plane;
use crate::filter::gaussian;
use crate::phantom::random::white_noise;
use crate::photo::Photo;

/// Light that is `share` brighter at one border than in the middle, and as much darker at the other.
pub(super) fn light(photo: &mut Photo, share: f64, direction_deg: f64) {
    let (sin, cos) = direction_deg.to_radians().sin_cos();
    let (w, h) = (photo.width() as f64, photo.height() as f64);
    let reach = 0.5 * (w * cos.abs() + h * sin.abs());
    for plane in &mut photo.rgb {
        *plane = Plane::from_fn(plane.width(), plane.height(), |x, y| {
            let along = ((x as f64 - 0.5 * w) * cos + (y as f64 - 0.5 * h) * sin) / reach;
            plane.at(x, y) * (1.0 + share * along) as f32
        });
    }
}

/// A disc of a third of the frame, smoothed and redder.
pub(super) fn treat(photo: &mut Photo) {
    let (w, h) = (photo.width() as f64, photo.height() as f64);
    let radius = (w * h / 3.0 / std::f64::consts::PI).sqrt();
    for (c, plane) in photo.rgb.iter_mut().enumerate() {
        let smooth = gaussian::blur(plane, 6.0);
        let tint = [1.08, 0.88, 0.9][c];
        *plane = Plane::from_fn(plane.width(), plane.height(), |x, y| {
            let inside = (x as f64 - 0.5 * w).hypot(y as f64 - 0.5 * h) < radius;
            if inside { tint * smooth.at(x, y) } else { plane.at(x, y) }
        });
    }
}

pub(super) fn mirrored(photo: &Photo) -> Photo {
    let mut out = photo.clone();
    for plane in &mut out.rgb {
        let width = plane.width();
        *plane = Plane::from_fn(width, plane.height(), |x, y| plane.at(width - 1 - x, y));
    }
    out
}

/// A label of dark blots as a sticker or a stamp has them, a quarter by a sixth of the frame; the same for the same seed.
pub(super) fn label(photo: &mut Photo, [left, top]: [f64; 2], seed: u64) {
    let (w, h) = (photo.width(), photo.height());
    let (x0, y0) = ((left * w as f64) as usize, (top * h as f64) as usize);
    let (columns, rows) = (w / 4, h / 6);
    let noise = gaussian::blur(&white_noise(seed, 8, columns, rows), 2.0);
    for plane in &mut photo.rgb {
        for y in 0..rows {
            for x in 0..columns {
                if noise.at(x, y) > 0.0 {
                    plane.put(x0 + x, y0 + y, 0.6 * plane.at(x0 + x, y0 + y));
                }
            }
        }
    }
}

/// The photo with its quarters swapped across the middle: every part is there, none where it was.
pub(super) fn swapped(photo: &Photo) -> Photo {
    let mut out = photo.clone();
    for plane in &mut out.rgb {
        let (w, h) = (plane.width(), plane.height());
        *plane = Plane::from_fn(w, h, |x, y| plane.at((x + w / 2) % w, (y + h / 2) % h));
    }
    out
}

/// The part of the photo from a column on.
pub(super) fn from_column(photo: &Photo, first: usize) -> Photo {
    let mut out = photo.clone();
    for plane in &mut out.rgb {
        *plane = plane.crop(first..plane.width(), 0..plane.height());
    }
    out
}

/// A photo out of focus by a Gaussian of `sigma` pixels.
pub(super) fn blurred(photo: &Photo, sigma: f64) -> Photo {
    let mut out = photo.clone();
    out.rgb = out.rgb.map(|plane| gaussian::blur(&plane, sigma));
    out
}

/// The photo's mean color, with noise of 1 %.
pub(super) fn flat(photo: &Photo, seed: u64) -> Photo {
    let mut out = photo.clone();
    let noise = white_noise(seed, 7, out.width(), out.height());
    for plane in &mut out.rgb {
        let mean = plane.data().iter().sum::<f32>() / plane.len() as f32;
        *plane = noise.map(|v| mean * (1.0 + 0.01 * v));
    }
    out
}
