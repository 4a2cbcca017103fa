//! The same skin, photographed again: turned, nearer or farther, shifted.
//!
//! A recapture is a similarity about the middle of the frame, applied to the linear light of the scene before the lens,
//! interpolated by quintic splines: the scene is band-limited by scattering below the surface, and they return it
//! unchanged at any phase. What comes into view at the borders is skin of the scene's margin; a margin that is too small
//! is an error, never an invented border.

use serde::{Deserialize, Serialize};

use crate::base::Plane;
use crate::error::{Error, Result};

use super::Camera;
use super::random::Random;
use super::spline::{self, Spline};
use super::texture::field::from_pixels;

/// How a recapture differs from the first photograph.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Recapture {
    /// Turn of the picture's content about the middle of the frame in degrees, counterclockwise (default 0; -45 to 45).
    pub rotation_deg: f64,
    /// Magnification of the content (default 1; 0.7 to 1.5). The photograph has `mm_per_px / scale`.
    pub scale: f64,
    /// Shift of the content in pixels, right and down (default 0, 0).
    pub shift_px: [f64; 2],
    /// Whether the lamp is fixed to the camera; otherwise it stays with the skin (default false).
    pub light_follows_camera: bool,
}

impl Default for Recapture {
    fn default() -> Self {
        Self { rotation_deg: 0.0, scale: 1.0, shift_px: [0.0; 2], light_follows_camera: false }
    }
}

/// Stream of random numbers of this file.
const STREAM: u64 = 0x33 << 32;

impl Recapture {
    /// True when the photograph is the first one again.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.rotation_deg == 0.0 && self.scale == 1.0 && self.shift_px == [0.0; 2]
    }

    /// Where a point of the first photograph lies in this one; `size` is that of both.
    #[must_use]
    pub fn to_photo(&self, size: (usize, usize), [x, y]: [f64; 2]) -> [f64; 2] {
        let [cx, cy] = middle(size);
        let (sin, cos) = self.rotation_deg.to_radians().sin_cos();
        let (dx, dy) = (x - cx, y - cy);
        [
            cx + self.scale * (dx * cos + dy * sin) + self.shift_px[0],
            cy + self.scale * (dy * cos - dx * sin) + self.shift_px[1],
        ]
    }

    /// Where a point of this photograph lies in the first one.
    #[must_use]
    pub fn to_first(&self, size: (usize, usize), [x, y]: [f64; 2]) -> [f64; 2] {
        let [cx, cy] = middle(size);
        let (sin, cos) = self.rotation_deg.to_radians().sin_cos();
        let (dx, dy) = ((x - cx - self.shift_px[0]) / self.scale, (y - cy - self.shift_px[1]) / self.scale);
        [cx + dx * cos - dy * sin, cy + dy * cos + dx * sin]
    }

    /// Pixels of skin that must surround a frame of `size` for this recapture, through a lens that reaches `pad` pixels.
    #[must_use]
    pub fn margin_px(&self, size: (usize, usize), pad: usize) -> usize {
        if self.is_identity() {
            return 0;
        }
        let (w, h, pad) = (size.0 as f64 - 1.0, size.1 as f64 - 1.0, pad as f64);
        let beyond = |corner: [f64; 2]| {
            let [x, y] = self.to_first(size, corner);
            [-x, x - w, -y, y - h].into_iter().fold(0.0, f64::max)
        };
        let corners = [[-pad, -pad], [w + pad, -pad], [-pad, h + pad], [w + pad, h + pad]];
        corners.into_iter().map(beyond).fold(0.0, f64::max).ceil() as usize + spline::REACH + 1
    }

    /// Refuses what is no photograph of the same skin.
    pub(super) fn check(&self) -> Result<()> {
        let [x, y] = self.shift_px;
        let numbers = [
            ("rotation_deg", self.rotation_deg, -45.0, 45.0),
            ("scale", self.scale, 0.7, 1.5),
            ("shift_px", x, -1e4, 1e4),
            ("shift_px", y, -1e4, 1e4),
        ];
        match numbers.into_iter().find(|(_, value, low, high)| !(low..=high).contains(&value)) {
            Some((name, value, low, high)) => {
                Err(Error::config(format!("phantom: recapture.{name} is {value}, allowed {low} to {high}")))
            }
            None => Ok(()),
        }
    }

    /// What this recapture sees of the spline through a plane of the scene, which has `margin` pixels around a frame of
    /// `size`, with `pad` pixels around the frame.
    pub(super) fn view(&self, spline: &Spline, size: (usize, usize), margin: usize, pad: usize) -> Plane {
        let (width, height) = (size.0 + 2 * pad, size.1 + 2 * pad);
        // A similarity is one step per column and one per row.
        let corner = self.to_first(size, [-(pad as f64); 2]);
        let [right, down] = [[1.0, 0.0], [0.0, 1.0]].map(|step: [f64; 2]| {
            let there = self.to_first(size, [step[0] - pad as f64, step[1] - pad as f64]);
            [there[0] - corner[0], there[1] - corner[1]]
        });
        from_pixels(width, height, |x, y| {
            let at = |k: usize| corner[k] + margin as f64 + x as f64 * right[k] + y as f64 * down[k];
            spline.at([at(0), at(1)])
        })
    }
}

fn middle((width, height): (usize, usize)) -> [f64; 2] {
    [width, height].map(|n| (n as f64 - 1.0) / 2.0)
}

/// Spread of a series of recaptures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Most rotation to either side in degrees.
    pub rotation_deg: f64,
    /// Most relative change of scale.
    pub scale: f64,
    /// Most shift in pixels.
    pub shift_px: f64,
    /// Most change of exposure in EV.
    pub exposure_ev: f64,
}

impl Default for Spread {
    /// What an operator who tries to repeat a photograph reaches: 3 degrees, 3 %, 10 pixels, 0.2 EV.
    fn default() -> Self {
        Self { rotation_deg: 3.0, scale: 0.03, shift_px: 10.0, exposure_ev: 0.2 }
    }
}

impl Spread {
    /// Pixels of skin that must surround a frame of `size` for any recapture of this spread, so that the skin of a series
    /// does not depend on how many there are.
    #[must_use]
    pub fn margin_px(&self, size: (usize, usize), pad: usize) -> usize {
        let extreme = |i: u32| {
            let side = |bit: u32| if i >> bit & 1 == 0 { -1.0 } else { 1.0 };
            Recapture {
                rotation_deg: side(0) * self.rotation_deg,
                scale: 1.0 - self.scale,
                shift_px: [side(1) * self.shift_px, side(2) * self.shift_px],
                light_follows_camera: false,
            }
        };
        (0..8).map(|i| extreme(i).margin_px(size, pad)).max().unwrap_or(0)
    }
}

/// Recaptures drawn evenly within a spread, each with its camera: other exposure, other noise. The first is the identity
/// with `camera` itself.
#[must_use]
pub fn series(seed: u64, count: usize, spread: Spread, camera: &Camera) -> Vec<(Recapture, Camera)> {
    let mut random = Random::new(seed, STREAM);
    let mut one = |i: usize| {
        let mut within = |most: f64| random.between(-most, most);
        let recapture = Recapture {
            rotation_deg: within(spread.rotation_deg),
            scale: 1.0 + within(spread.scale),
            shift_px: [within(spread.shift_px), within(spread.shift_px)],
            light_follows_camera: false,
        };
        let exposure = camera.exposure * within(spread.exposure_ev).exp2();
        if i == 0 {
            return (Recapture::default(), camera.clone());
        }
        (recapture, Camera { exposure, noise_seed: camera.noise_seed + i as u64, ..camera.clone() })
    };
    (0..count).map(&mut one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned() -> Recapture {
        Recapture { rotation_deg: 3.0, scale: 1.03, shift_px: [4.3, -2.6], ..Recapture::default() }
    }

    #[test]
    fn there_and_back_is_the_same_place() {
        let (size, r) = ((64, 48), turned());
        let there = r.to_photo(size, [10.0, 7.0]);
        let back = r.to_first(size, there);
        assert!((back[0] - 10.0).abs() < 1e-12 && (back[1] - 7.0).abs() < 1e-12, "{back:?}");
        // Counterclockwise: what lies right of the middle moves up.
        let up = Recapture { rotation_deg: 30.0, ..Recapture::default() }.to_photo(size, [60.0, 23.5]);
        assert!(up[1] < 12.0, "{up:?}");
    }

    #[test]
    fn a_band_limited_scene_is_sampled_where_it_should_be() {
        let (size, margin) = ((64, 48), 16);
        let scene = |x: f64, y: f64| 1.0 + 0.3 * (0.9 * x + 0.2).sin() * (0.8 * y - 0.4).cos();
        let plane = Plane::from_fn(size.0 + 2 * margin, size.1 + 2 * margin, |x, y| {
            scene(x as f64 - margin as f64, y as f64 - margin as f64) as f32
        });
        let r = turned();
        assert!(r.margin_px(size, 3) <= margin);
        let view = r.view(&Spline::new(&plane), size, margin, 3);
        let mut worst = 0.0_f64;
        for y in 0..size.1 {
            for x in 0..size.0 {
                let [u, v] = r.to_first(size, [x as f64, y as f64]);
                worst = worst.max((f64::from(view.at(x + 3, y + 3)) - scene(u, v)).abs());
            }
        }
        // Wavelengths of 7 and 8 pixels; a bilinear kernel errs by 0.03 here, a sinc windowed to six samples by 0.005.
        assert!(worst < 1e-4, "{worst}");
    }

    #[test]
    fn series_begin_with_the_first_photograph_and_stay_in_their_spread() {
        let camera = Camera::default();
        let all = series(3, 20, Spread::default(), &camera);
        assert_eq!(all[0], (Recapture::default(), camera.clone()));
        let margin = Spread::default().margin_px((640, 480), 4);
        assert!(margin < 60, "{margin}");
        for (r, c) in &all[1..] {
            assert!(r.margin_px((640, 480), 4) <= margin);
            assert!(r.rotation_deg.abs() <= 3.0 && (r.scale - 1.0).abs() <= 0.03 && r.check().is_ok());
            assert!(c.exposure.log2().abs() <= 0.2 && c.noise_seed > 1);
        }
        assert_eq!(series(3, 5, Spread::default(), &camera)[..], all[..5]);
    }
}
