//! Light on the height map: one lamp, ambient light, shadows, and what skin scatters below its surface.
//!
//! Direct light is Lambert's cosine times what cast shadows leave of it; a lamp of finite size is the mean over directions
//! spread evenly over its disc, so both the cosine and the penumbra soften as they do under a softbox. Ambient light is
//! weaker in hollows. Light that has entered the skin comes out beside where it went in: a Gaussian per channel.

use serde::{Deserialize, Serialize};

use crate::base::Plane;
use crate::filter::gaussian::blur;

use super::frame::Frame;
use super::place::smooth_step;
use super::texture::field::{from_pixels, map2};

/// The light of a photograph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Light {
    /// Where the lamp stands: 0 right, 90 up, 180 left (default 125).
    pub azimuth_deg: f64,
    /// Height of the lamp above the skin's plane in degrees (default 40).
    pub elevation_deg: f64,
    /// Apparent diameter of the lamp in degrees (default 0: a point; a ring flash about 10, a softbox 40 and more).
    pub softness_deg: f64,
    /// Share of the light that comes from everywhere (default 0.35).
    pub ambient: f64,
    /// Relative difference of the light between two opposite corners of the frame, brighter toward the lamp (default
    /// 0.2; 0.6 is 30 % more in one corner and 30 % less in the other, along the frame's diagonal).
    pub gradient: f64,
    /// Direction of the gradient in degrees, like `azimuth_deg` (default none: that of the lamp).
    pub gradient_deg: Option<f64>,
    /// Curvature of the body part in 1/mm (default 0.006: a radius of about 170 mm).
    pub curvature_per_mm: f64,
    /// How much less ambient light reaches a furrow 0.05 mm deep (default 0.35).
    pub cavity: f64,
    /// Strength of the specular highlights, as reflectance at their peak (default 0: none).
    pub glare: f64,
    /// Sharpness of the highlights, the exponent of Blinn (default 22).
    pub gloss: f64,
    /// Standard deviation of scattering below the surface in mm, R, G, B (default 0.22, 0.11, 0.07).
    pub scatter_mm: [f64; 3],
}

impl Default for Light {
    fn default() -> Self {
        Self {
            azimuth_deg: 125.0,
            elevation_deg: 40.0,
            softness_deg: 0.0,
            ambient: 0.35,
            gradient: 0.2,
            gradient_deg: None,
            curvature_per_mm: 0.006,
            cavity: 0.35,
            glare: 0.0,
            gloss: 22.0,
            scatter_mm: [0.22, 0.11, 0.07],
        }
    }
}

/// Irradiance on a height map.
#[derive(Clone, Debug)]
pub struct Irradiance {
    /// Irradiance below the surface, R, G, B; mean 1 over the frame before scattering.
    pub rgb: [Plane; 3],
    /// Specular highlights, to be added to all channels.
    pub glare: Plane,
}

/// Directions over the lamp's disc: the middle, 6 and 12 around it, each for the same area.
const DISC: [(usize, f64); 3] = [(1, 0.0), (6, 0.458_831), (12, 0.827_170)];

impl Light {
    /// The direction to the middle of the lamp: right, up, out of the skin.
    fn lamp(&self) -> [f64; 3] {
        let (sin_a, cos_a) = self.azimuth_deg.to_radians().sin_cos();
        let (sin_e, cos_e) = self.elevation_deg.to_radians().sin_cos();
        [cos_a * cos_e, sin_a * cos_e, sin_e]
    }

    /// Directions to the parts of the lamp that stand above the horizon.
    fn lamps(&self) -> Vec<[f64; 3]> {
        let lamp = self.lamp();
        if self.softness_deg <= 0.0 {
            return vec![lamp];
        }
        // Two directions across the beam: along the horizon, and up along the meridian.
        let (sin_a, cos_a) = self.azimuth_deg.to_radians().sin_cos();
        let side = [-sin_a, cos_a, 0.0];
        let up = [-cos_a * lamp[2], -sin_a * lamp[2], lamp[0].hypot(lamp[1])];
        let radius = 0.5 * self.softness_deg.to_radians();
        let part = |(count, share): (usize, f64), i: usize| {
            let (sin, cos) = (radius * share).sin_cos();
            let (s, c) = (std::f64::consts::TAU * (i as f64 + 0.25) / count as f64).sin_cos();
            [0, 1, 2].map(|k| cos * lamp[k] + sin * (c * side[k] + s * up[k]))
        };
        let all = DISC.into_iter().flat_map(|ring| (0..ring.0).map(move |i| part(ring, i)));
        all.filter(|direction| direction[2] > 0.02).collect()
    }

    /// Irradiance before scattering, in units of that on flat skin.
    fn shade(&self, height: &Plane, frame: Frame) -> Plane {
        let lamps = self.lamps();
        let lamp = self.lamp();
        let flat = lamps.iter().map(|l| l[2]).sum::<f64>().max(1e-6);
        let around = [0.25, 0.8].map(|mm| blur(height, mm / frame.mm_per_px));
        let top = height.data().iter().copied().fold(f32::MIN, f32::max);
        let reach = 0.5 * (frame.size.0 as f64).hypot(frame.size.1 as f64);
        let across = lamp[0].hypot(lamp[1]);
        let (beam, length_of_beam) = match self.gradient_deg {
            None if across > 1e-6 => ([lamp[0], lamp[1]], across),
            other => {
                let (sin, cos) = other.unwrap_or(self.azimuth_deg).to_radians().sin_cos();
                ([cos, sin], 1.0)
            }
        };
        from_pixels(height.width(), height.height(), |x, y| {
            let [zx, zy] = frame.slope(height, self.curvature_per_mm, (x, y));
            let length = (zx * zx + zy * zy + 1.0).sqrt();
            let mut direct = 0.0;
            for lamp in &lamps {
                let lambert = ((lamp[2] - zx * lamp[0] - zy * lamp[1]) / length).max(0.0) / flat;
                if lambert > 0.0 {
                    direct += lambert * lit(height, top, frame.mm_per_px, (x, y), *lamp);
                }
            }
            let hollow = |i: usize| f64::from(height.at(x, y) - around[i].at(x, y));
            let ambient = (1.0 + self.cavity * (hollow(0) / 0.05 + hollow(1) / 0.2)).clamp(0.3, 1.25);
            let (dx, dy) = ((x as f64 - frame.beam[0]) / reach, (frame.beam[1] - y as f64) / reach);
            let toward = dx * beam[0] + dy * beam[1];
            let fall = (1.0 + self.gradient * 0.5 * toward / length_of_beam).max(0.0);
            ((self.ambient * ambient + (1.0 - self.ambient) * direct) * fall) as f32
        })
    }

    /// Irradiance and highlights on a height map in mm.
    #[must_use]
    pub fn irradiance(&self, height: &Plane, frame: Frame) -> Irradiance {
        let mut shade = self.shade(height, frame);
        let mean = super::texture::field::mean(&frame.of(&shade)).max(1e-6) as f32;
        shade.data_mut().iter_mut().for_each(|v| *v /= mean);
        let glare =
            if self.glare > 0.0 { self.highlights(height, frame) } else { Plane::new(shade.width(), shade.height()) };
        Irradiance { rgb: self.scatter_mm.map(|mm| blur(&shade, mm / frame.mm_per_px)), glare }
    }

    /// Natural logarithm of the green irradiance that a change of the height map adds, pixel by pixel.
    #[must_use]
    pub fn ln_difference(&self, with: &Plane, without: &Plane, frame: Frame) -> [Plane; 2] {
        let green = |height: &Plane| {
            let scattered = blur(&self.shade(height, frame), self.scatter_mm[1] / frame.mm_per_px);
            scattered.map(|v| f64::from(v.max(1e-4)).ln() as f32)
        };
        let (with, without) = (green(with), green(without));
        [map2(&with, &without, |a, b| a - b), without]
    }

    /// Blinn's highlights of every part of the lamp, seen from above.
    fn highlights(&self, height: &Plane, frame: Frame) -> Plane {
        let lamps = self.lamps();
        let halves: Vec<[f64; 3]> = lamps
            .iter()
            .map(|lamp| {
                let sum = [lamp[0], lamp[1], lamp[2] + 1.0];
                let length = sum.iter().map(|v| v * v).sum::<f64>().sqrt();
                sum.map(|v| v / length)
            })
            .collect();
        let share = self.glare / lamps.len() as f64;
        let sharp = from_pixels(height.width(), height.height(), |x, y| {
            let [zx, zy] = frame.slope(height, self.curvature_per_mm, (x, y));
            let length = (zx * zx + zy * zy + 1.0).sqrt();
            let toward = |half: &[f64; 3]| ((half[2] - zx * half[0] - zy * half[1]) / length).max(0.0);
            halves.iter().map(|half| share * toward(half).powf(self.gloss)).sum::<f64>() as f32
        });
        blur(&sharp, 0.4)
    }
}

/// How much of a lamp a pixel sees, 0 to 1: less behind higher skin.
fn lit(height: &Plane, top: f32, mm_per_px: f64, (x, y): (usize, usize), lamp: [f64; 3]) -> f64 {
    let across = lamp[0].hypot(lamp[1]);
    if across < 1e-6 {
        return 1.0;
    }
    let (dx, dy, tan) = (lamp[0] / across, -lamp[1] / across, lamp[2] / across);
    let here = height.at(x, y);
    let mut excess = 0.0_f64;
    let mut t = 2.0;
    // Beyond this distance not even the highest point of the frame rises above the ray.
    let end = f64::from(top - here) / (tan.max(0.05) * mm_per_px);
    // Full shadow is full shadow: the rest of the ray adds nothing.
    while t <= end && excess < FULL_SHADOW {
        let (px, py) = (x as f64 + t * dx + 0.5, y as f64 + t * dy + 0.5);
        if px < 0.0 || py < 0.0 || px >= height.width() as f64 || py >= height.height() as f64 {
            break;
        }
        let rise = f64::from(height.at(px as usize, py as usize) - here);
        excess = excess.max(rise / (t * mm_per_px) - tan);
        t += 1.0;
    }
    1.0 - smooth_step(0.0, FULL_SHADOW, excess)
}

/// How much steeper than the ray skin must rise before it hides the lamp fully.
const FULL_SHADOW: f64 = 0.3;

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(height: &Plane) -> Frame {
        Frame::new((height.width(), height.height()), 0, 0.05)
    }

    fn plain() -> Light {
        Light { gradient: 0.0, curvature_per_mm: 0.0, cavity: 0.0, ..Light::default() }
    }

    #[test]
    fn a_lamp_at_the_right_brightens_slopes_that_face_right() {
        // A ridge along the middle column: its right flank falls to the right and faces right.
        let ridge = Plane::from_fn(80, 40, |x, _| -0.01 * (x as f32 - 40.0).abs());
        let light = Light { azimuth_deg: 0.0, ..plain() };
        let green = light.irradiance(&ridge, frame(&ridge)).rgb[1].clone();
        assert!(green.at(60, 20) > green.at(20, 20) * 1.2, "{} and {}", green.at(60, 20), green.at(20, 20));
        let up = Plane::from_fn(40, 80, |_, y| -0.01 * (y as f32 - 40.0).abs());
        let green = Light { azimuth_deg: 90.0, ..plain() }.irradiance(&up, frame(&up)).rgb[1].clone();
        assert!(green.at(20, 20) > green.at(20, 60) * 1.2, "a lamp above lights slopes that face up");
    }

    #[test]
    fn flat_skin_is_evenly_lit() {
        let light = plain().irradiance(&Plane::new(40, 30), Frame::new((40, 30), 0, 0.05));
        assert!(light.rgb.iter().all(|p| p.data().iter().all(|v| (v - 1.0).abs() < 1e-5)));
    }

    #[test]
    fn a_step_throws_a_shadow_away_from_the_lamp() {
        let step = Plane::from_fn(80, 20, |x, _| if x < 40 { 0.5 } else { 0.0 });
        let light = Light { azimuth_deg: 180.0, scatter_mm: [0.01; 3], ..plain() };
        let green = light.irradiance(&step, frame(&step)).rgb[1].clone();
        assert!(green.at(46, 10) < 0.7 * green.at(75, 10));
    }

    #[test]
    fn a_softer_lamp_softens_slopes_and_shadows() {
        let step = Plane::from_fn(120, 20, |x, _| if x < 40 { 0.5 } else { 0.0 });
        let edge = |softness_deg: f64| {
            let light = Light { azimuth_deg: 180.0, scatter_mm: [0.01; 3], softness_deg, ..plain() };
            let green = light.irradiance(&step, frame(&step)).rgb[1].clone();
            // Columns of penumbra: neither dark nor bright.
            let (dark, bright) = (green.at(45, 10), green.at(110, 10));
            (44..110).filter(|&x| (0.15..0.85).contains(&((green.at(x, 10) - dark) / (bright - dark)))).count()
        };
        assert!(edge(40.0) > edge(0.0) + 4, "{} and {}", edge(40.0), edge(0.0));
        // The whole sky lights slopes alike: a hemisphere of light has no direction.
        let ridge = Plane::from_fn(80, 40, |x, _| -0.01 * (x as f32 - 40.0).abs());
        let contrast = |softness_deg: f64| {
            let light = Light { azimuth_deg: 0.0, softness_deg, ..plain() };
            let green = light.irradiance(&ridge, frame(&ridge)).rgb[1].clone();
            (green.at(60, 20) / green.at(20, 20)).ln()
        };
        assert!(contrast(150.0) < 0.9 * contrast(0.0) && contrast(2.0) > 0.99 * contrast(0.0));
    }

    #[test]
    fn a_gradient_of_0_6_is_30_percent_either_way() {
        for (azimuth_deg, gradient_deg, elevation_deg) in
            [(36.87, None, 40.0), (120.0, Some(36.87), 40.0), (36.87, None, 90.0)]
        {
            // The diagonal of a frame of 4 to 3 lies at 36.87 degrees.
            let light = Light { azimuth_deg, gradient_deg, elevation_deg, gradient: 0.6, ..plain() };
            let green = light.irradiance(&Plane::new(160, 120), Frame::new((160, 120), 0, 0.05)).rgb[1].clone();
            let (bright, dark) = (green.at(159, 0), green.at(0, 119));
            assert!((bright - 1.3).abs() < 0.02 && (dark - 0.7).abs() < 0.02, "{bright} and {dark}");
        }
    }
}
