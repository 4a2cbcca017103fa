//! Light on the height map: one lamp, ambient light, shadows, and what skin scatters below its surface.

use serde::{Deserialize, Serialize};

use crate::base::Plane;
use crate::filter::gaussian::blur;

use super::place::smooth_step;
use super::texture::field::from_pixels;

/// The light of a photograph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Light {
    /// Where the lamp stands: 0 right, 90 up, 180 left (default 125).
    pub azimuth_deg: f64,
    /// Height of the lamp above the skin's plane in degrees (default 40).
    pub elevation_deg: f64,
    /// Share of the light that comes from everywhere (default 0.35).
    pub ambient: f64,
    /// Relative fall of the light across the frame, away from the lamp (default 0.12).
    pub gradient: f64,
    /// Curvature of the body part in 1/mm (default 0.004: a radius of 250 mm).
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
            ambient: 0.35,
            gradient: 0.12,
            curvature_per_mm: 0.004,
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
    /// Irradiance below the surface, R, G, B; mean 1 before scattering.
    pub rgb: [Plane; 3],
    /// Specular highlights, to be added to all channels.
    pub glare: Plane,
}

impl Light {
    /// The direction to the lamp: right, up, out of the skin.
    fn lamp(&self) -> [f64; 3] {
        let (sin_a, cos_a) = self.azimuth_deg.to_radians().sin_cos();
        let (sin_e, cos_e) = self.elevation_deg.to_radians().sin_cos();
        [cos_a * cos_e, sin_a * cos_e, sin_e]
    }

    /// Irradiance and highlights on a height map in mm.
    #[must_use]
    pub fn irradiance(&self, height: &Plane, mm_per_px: f64) -> Irradiance {
        let (w, h) = (height.width(), height.height());
        let lamp = self.lamp();
        let flat = lamp[2].max(1e-6);
        let slope = |x: usize, y: usize| -> [f64; 2] {
            let (left, right) = (x.saturating_sub(1), (x + 1).min(w - 1));
            let (up, down) = (y.saturating_sub(1), (y + 1).min(h - 1));
            let rise = |a: f32, b: f32, px: usize| f64::from(a - b) / (px.max(1) as f64 * mm_per_px);
            let form = |i: usize, n: usize| self.curvature_per_mm * (i as f64 - 0.5 * n as f64) * mm_per_px;
            [
                rise(height.at(right, y), height.at(left, y), right - left) - form(x, w),
                rise(height.at(x, up), height.at(x, down), down - up) + form(y, h),
            ]
        };
        let around = blur(height, 0.25 / mm_per_px);
        let top = height.data().iter().copied().fold(f32::MIN, f32::max);
        let reach = 0.5 * (w as f64).hypot(h as f64);
        let mut shade = from_pixels(w, h, |x, y| {
            let [zx, zy] = slope(x, y);
            let length = (zx * zx + zy * zy + 1.0).sqrt();
            let lambert = ((lamp[2] - zx * lamp[0] - zy * lamp[1]) / length).max(0.0) / flat;
            let direct = lambert * self.lit(height, top, mm_per_px, (x, y), lamp);
            let hollow = f64::from(height.at(x, y) - around.at(x, y)) / 0.05;
            let ambient = (1.0 + self.cavity * hollow).clamp(0.3, 1.25);
            let (dx, dy) = ((x as f64 - 0.5 * w as f64) / reach, (0.5 * h as f64 - y as f64) / reach);
            let toward = dx * lamp[0] + dy * lamp[1];
            let fall = 1.0 + self.gradient * 0.5 * toward / lamp[0].hypot(lamp[1]).max(1e-6);
            ((self.ambient * ambient + (1.0 - self.ambient) * direct) * fall) as f32
        });
        let mean = super::texture::field::mean(&shade).max(1e-6) as f32;
        shade.data_mut().iter_mut().for_each(|v| *v /= mean);
        let half = {
            let sum = [lamp[0], lamp[1], lamp[2] + 1.0];
            let length = sum.iter().map(|v| v * v).sum::<f64>().sqrt();
            sum.map(|v| v / length)
        };
        let glare = if self.glare > 0.0 {
            let sharp = from_pixels(w, h, |x, y| {
                let [zx, zy] = slope(x, y);
                let length = (zx * zx + zy * zy + 1.0).sqrt();
                let toward = ((half[2] - zx * half[0] - zy * half[1]) / length).max(0.0);
                (self.glare * toward.powf(self.gloss)) as f32
            });
            blur(&sharp, 0.6)
        } else {
            Plane::new(w, h)
        };
        Irradiance { rgb: self.scatter_mm.map(|mm| blur(&shade, mm / mm_per_px)), glare }
    }

    /// How much of the lamp a pixel sees, 0 to 1: less behind higher skin.
    fn lit(&self, height: &Plane, top: f32, mm_per_px: f64, (x, y): (usize, usize), lamp: [f64; 3]) -> f64 {
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
        while t <= end {
            let (px, py) = (x as f64 + t * dx + 0.5, y as f64 + t * dy + 0.5);
            if px < 0.0 || py < 0.0 || px >= height.width() as f64 || py >= height.height() as f64 {
                break;
            }
            let rise = f64::from(height.at(px as usize, py as usize) - here);
            excess = excess.max(rise / (t * mm_per_px) - tan);
            t += 1.0;
        }
        1.0 - smooth_step(0.0, 0.3, excess)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Light {
        Light { gradient: 0.0, curvature_per_mm: 0.0, cavity: 0.0, ..Light::default() }
    }

    #[test]
    fn a_lamp_at_the_right_brightens_slopes_that_face_right() {
        // A ridge along the middle column: its right flank falls to the right and faces right.
        let ridge = Plane::from_fn(80, 40, |x, _| -0.01 * (x as f32 - 40.0).abs());
        let light = Light { azimuth_deg: 0.0, ..plain() };
        let green = light.irradiance(&ridge, 0.05).rgb[1].clone();
        assert!(green.at(60, 20) > green.at(20, 20) * 1.2, "{} and {}", green.at(60, 20), green.at(20, 20));
        let up = Plane::from_fn(40, 80, |_, y| -0.01 * (y as f32 - 40.0).abs());
        let green = Light { azimuth_deg: 90.0, ..plain() }.irradiance(&up, 0.05).rgb[1].clone();
        assert!(green.at(20, 20) > green.at(20, 60) * 1.2, "a lamp above lights slopes that face up");
    }

    #[test]
    fn flat_skin_is_evenly_lit() {
        let light = plain().irradiance(&Plane::new(40, 30), 0.05);
        assert!(light.rgb.iter().all(|p| p.data().iter().all(|v| (v - 1.0).abs() < 1e-5)));
    }

    #[test]
    fn a_step_throws_a_shadow_away_from_the_lamp() {
        let step = Plane::from_fn(80, 20, |x, _| if x < 40 { 0.5 } else { 0.0 });
        let light = Light { azimuth_deg: 180.0, scatter_mm: [0.01; 3], ..plain() };
        let green = light.irradiance(&step, 0.05).rgb[1].clone();
        assert!(green.at(46, 10) < 0.7 * green.at(75, 10));
    }
}
