//! Hairs: thin curved strokes over the skin.

use serde::{Deserialize, Serialize};

use crate::base::Plane;

use super::random::Random;

/// The hairs of a frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Hair {
    /// Hairs per square centimeter (default 0: none).
    pub per_cm2: f64,
    /// Smallest and largest length in mm (default 3 and 8).
    pub length_mm: [f64; 2],
    /// Width at the root in mm (default 0.06).
    pub width_mm: f64,
    /// Direction in which they lie, degrees, 0 right, 90 up (default -65), within about 20 degrees.
    pub direction_deg: f64,
    /// Color, linear sRGB (default a dark brown).
    pub color: [f64; 3],
    /// Opacity at the root (default 0.85).
    pub opacity: f64,
}

impl Default for Hair {
    fn default() -> Self {
        Self {
            per_cm2: 0.0,
            length_mm: [3.0, 8.0],
            width_mm: 0.06,
            direction_deg: -65.0,
            color: [0.045, 0.026, 0.016],
            opacity: 0.85,
        }
    }
}

/// Stream of random numbers of this file.
const STREAM: u64 = 0x32 << 32;

impl Hair {
    /// The share of every pixel that hair covers.
    #[must_use]
    pub fn coverage(&self, seed: u64, (width, height): (usize, usize), mm_per_px: f64) -> Plane {
        let mut plane = Plane::new(width, height);
        let area_cm2 = width as f64 * height as f64 * mm_per_px * mm_per_px / 100.0;
        let mut random = Random::new(seed, STREAM);
        for _ in 0..(self.per_cm2 * area_cm2).round().max(0.0) as usize {
            let root = [random.uniform() * width as f64, random.uniform() * height as f64];
            let length = random.between(self.length_mm[0], self.length_mm[1]) / mm_per_px;
            let angle = (self.direction_deg + 20.0 * random.normal()).to_radians();
            let bend = 0.25 * random.normal();
            let radius = 0.5 * self.width_mm * random.between(0.6, 1.2) / mm_per_px;
            let (sin, cos) = angle.sin_cos();
            let steps = (length / 0.35).ceil() as usize;
            for i in 0..=steps {
                let t = i as f64 / steps.max(1) as f64;
                let (along, across) = (t * length, bend * length * t * t);
                let center = [root[0] + along * cos - across * sin, root[1] - along * sin - across * cos];
                let fade = self.opacity * (1.0 - 0.5 * t);
                stamp(&mut plane, center, radius * (1.0 - 0.7 * t), fade);
            }
        }
        plane
    }
}

/// A disc with a soft edge of one pixel.
fn stamp(plane: &mut Plane, [cx, cy]: [f64; 2], radius: f64, opacity: f64) {
    // A disc thinner than a pixel is one pixel wide and paler.
    let (radius, opacity) = if radius < 0.5 { (0.5, opacity * radius / 0.5) } else { (radius, opacity) };
    let reach = (radius + 1.0).ceil() as i64;
    for y in cy.floor() as i64 - reach..=cy.floor() as i64 + reach {
        for x in cx.floor() as i64 - reach..=cx.floor() as i64 + reach {
            if x < 0 || y < 0 || x >= plane.width() as i64 || y >= plane.height() as i64 {
                continue;
            }
            let distance = (x as f64 - cx).hypot(y as f64 - cy);
            let cover = (opacity * (radius + 0.5 - distance).clamp(0.0, 1.0)) as f32;
            let (x, y) = (x as usize, y as usize);
            plane.put(x, y, plane.at(x, y).max(cover));
        }
    }
}
