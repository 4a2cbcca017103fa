//! The relief of healthy skin as a height map in mm.
//!
//! Fine furrows part the surface into polygons (0.3 to 1 mm wide, 0.02 to 0.08 mm deep; Hashimoto 1974 and after):
//! two crossing families of long wavy lines make the rhombs, a mosaic inside them the smaller plateaus. Both fade in
//! and out over some millimeters. Pores are round pits; a soft undulation is the "orange peel" of cheeks.

use serde::{Deserialize, Serialize};

use crate::base::Plane;

use super::super::random::Random;
use super::cells::Cells;
use super::field::{band, from_pixels, map2};

/// The relief of healthy skin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Relief {
    /// Mean distance of the long furrows in mm (default 0.9).
    pub line_spacing_mm: f64,
    /// Depth of the long furrows in mm (default 0.035).
    pub line_depth_mm: f64,
    /// Direction of the skin's tension lines in degrees, 0 right, 90 up (default 25). The families cross around it.
    pub tension_deg: f64,
    /// Half the angle between the two families in degrees (default 38).
    pub crossing_deg: f64,
    /// Mean width of the small plateaus in mm (default 0.48).
    pub cell_mm: f64,
    /// Depth of the borders of the small plateaus in mm (default 0.022).
    pub cell_depth_mm: f64,
    /// Pores per square centimeter (default 60).
    pub pores_per_cm2: f64,
    /// Depth of a mean pore in mm (default 0.07).
    pub pore_depth_mm: f64,
    /// Diameter of a mean pore in mm (default 0.22).
    pub pore_diameter_mm: f64,
    /// Rms of the undulation between 0.8 and 2.5 mm, in mm (default 0.010).
    pub undulation_mm: f64,
    /// Rms of the undulation between 2.5 and 8 mm, in mm (default 0.020).
    pub waviness_mm: f64,
    /// Rms of the grain below 0.3 mm, in mm (default 0.0015).
    pub grain_mm: f64,
}

impl Default for Relief {
    fn default() -> Self {
        Self {
            line_spacing_mm: 0.9,
            line_depth_mm: 0.035,
            tension_deg: 25.0,
            crossing_deg: 38.0,
            cell_mm: 0.48,
            cell_depth_mm: 0.022,
            pores_per_cm2: 60.0,
            pore_depth_mm: 0.07,
            pore_diameter_mm: 0.22,
            undulation_mm: 0.010,
            waviness_mm: 0.020,
            grain_mm: 0.0015,
        }
    }
}

/// The height map of healthy skin and the depth of the pores in it, both in mm.
#[derive(Clone, Debug)]
pub struct Surface {
    /// Height in mm, up.
    pub height: Plane,
    /// How deep in a pore a pixel lies, 0 to 1.
    pub pores: Plane,
}

/// Streams of random numbers of this file.
const STREAM: u32 = 0x10;

/// One family of long furrows: distance to the nearest line in mm and the strength of that line.
struct Family {
    direction: [f32; 2],
    spacing: f32,
    offset: f32,
}

impl Family {
    fn valley(&self, x: f32, y: f32, bend: f32, width: f32) -> f32 {
        let phase = (x * self.direction[0] + y * self.direction[1]) / self.spacing + bend + self.offset;
        let line = phase.round();
        // Every line has a place and a depth of its own, and some are missing.
        let hash = (line * 78.233).sin() * 43_758.547;
        let own = hash - hash.floor();
        let distance = (phase - line - 0.5 * (own - 0.5)).abs() * self.spacing;
        let depth = ((own * 7.31).fract() * 1.5 - 0.25).clamp(0.0, 1.0);
        depth * (-(distance / width).powi(2)).exp()
    }
}

impl Relief {
    /// The relief of a frame.
    #[must_use]
    pub fn surface(&self, seed: u64, (width, height): (usize, usize), mm_per_px: f64) -> Surface {
        let size = (width, height);
        let field = |purpose: u32, mm: [f64; 2]| band(seed, STREAM + purpose, size, mm_per_px, mm);
        let (warp_x, warp_y) = (field(0, [1.2, 5.0]), field(1, [1.2, 5.0]));
        let (fade_lines, fade_cells) = (field(2, [2.0, 9.0]), field(3, [1.5, 6.0]));
        let wobble = field(4, [0.35, 1.1]);
        let families = [1.0, -1.0].map(|side: f64| {
            let angle = (self.tension_deg + side * self.crossing_deg + 90.0).to_radians();
            Family {
                direction: [angle.cos() as f32, -angle.sin() as f32],
                spacing: (self.line_spacing_mm * (1.0 + 0.15 * side)) as f32,
                offset: (side * 17.3) as f32,
            }
        });
        let step = mm_per_px as f32;
        let cell = self.cell_mm as f32;
        let (width_mm, height_mm) = (width as f64 * mm_per_px, height as f64 * mm_per_px);
        let (line_depth, cell_depth) = (self.line_depth_mm as f32, self.cell_depth_mm as f32);
        let mosaic = Cells::new(seed, u64::from(STREAM + 5) << 32, width_mm / self.cell_mm, height_mm / self.cell_mm, 0.85);
        let furrows = from_pixels(width, height, |x, y| {
            let (u, v) = (warp_x.at(x, y), warp_y.at(x, y));
            let shake = 0.03 * wobble.at(x, y);
            let (px, py) = (x as f32 * step + 0.16 * u + shake, y as f32 * step + 0.16 * v - shake);
            let bend = [0.35 * u - 0.2 * v, 0.35 * v + 0.2 * u];
            let line_gain = (0.75 + 0.35 * fade_lines.at(x, y)).clamp(0.15, 1.4);
            let cell_gain = (0.8 + 0.35 * fade_cells.at(x, y)).clamp(0.15, 1.5);
            let lines = families[0].valley(px, py, bend[0], 0.085).max(families[1].valley(px, py, bend[1], 0.085));
            let (border, label) = mosaic.border(px / cell, py / cell);
            let border = border * cell;
            // Plateaus are domed: steep at the border, flat on top, and not all of one height.
            let plateau = 1.0 - (-(border / 0.055)).exp();
            line_depth * line_gain * (-lines) + cell_depth * cell_gain * (plateau - 1.0 + 0.35 * (label - 0.5) * plateau)
        });
        let pores = self.pores(seed, size, mm_per_px);
        let (undulation, waviness, grain) = (field(6, [0.8, 2.5]), field(7, [2.5, 8.0]), field(8, [0.1, 0.3]));
        let (under, wave, fine) = (self.undulation_mm as f32, self.waviness_mm as f32, self.grain_mm as f32);
        let soft = map2(&undulation, &waviness, |a, b| under * a + wave * b);
        let pit = self.pore_depth_mm as f32;
        let rough = map2(&furrows, &map2(&grain, &pores, |g, p| fine * g - pit * p), |a, b| a + b);
        Surface { height: map2(&soft, &rough, |a, b| a + b), pores }
    }

    fn pores(&self, seed: u64, (width, height): (usize, usize), mm_per_px: f64) -> Plane {
        let mut plane = Plane::new(width, height);
        if self.pores_per_cm2 <= 0.0 {
            return plane;
        }
        // A jittered grid keeps pores apart, as hair follicles are.
        let pitch = 10.0 / self.pores_per_cm2.sqrt() / mm_per_px;
        let mut random = Random::new(seed, u64::from(STREAM + 9) << 32);
        for j in 0..(height as f64 / pitch).ceil() as usize {
            for i in 0..(width as f64 / pitch).ceil() as usize {
                let (x, y) = ((i as f64 + random.uniform()) * pitch, (j as f64 + random.uniform()) * pitch);
                let (strength, size) = (random.uniform(), random.normal());
                let radius = 0.5 * self.pore_diameter_mm * (1.0 + 0.3 * size).clamp(0.4, 2.0) / mm_per_px;
                let (aspect, angle) = (random.between(0.65, 1.0), random.between(0.0, std::f64::consts::PI));
                let (sin, cos) = angle.sin_cos();
                let reach = (2.0 * radius).ceil() as i64;
                for dy in -reach..=reach {
                    for dx in -reach..=reach {
                        let (qx, qy) = (x as i64 + dx, y as i64 + dy);
                        if qx < 0 || qy < 0 || qx >= width as i64 || qy >= height as i64 {
                            continue;
                        }
                        let (ox, oy) = (qx as f64 - x, qy as f64 - y);
                        let (along, across) = (ox * cos + oy * sin, (oy * cos - ox * sin) / aspect);
                        let r2 = (along * along + across * across) / (radius * radius);
                        let depth = (0.25 + 0.75 * strength) * (-r2 * 1.6).exp();
                        let (qx, qy) = (qx as usize, qy as usize);
                        plane.put(qx, qy, plane.at(qx, qy).max(depth as f32));
                    }
                }
            }
        }
        plane
    }
}

#[cfg(test)]
mod tests {
    use super::super::field::{mean, rms};
    use super::*;

    #[test]
    fn furrows_are_valleys() {
        let relief = Relief { pores_per_cm2: 0.0, undulation_mm: 0.0, waviness_mm: 0.0, grain_mm: 0.0, ..Relief::default() };
        let height = relief.surface(1, (200, 160), 0.05).height;
        let (mean, rms) = (mean(&height), rms(&height));
        let third = height.data().iter().map(|&v| ((f64::from(v) - mean) / rms).powi(3)).sum::<f64>();
        assert!(third < 0.0, "the distribution of heights leans to the valleys");
        assert!((0.004..0.03).contains(&rms), "rms {rms} mm");
    }

    #[test]
    fn pores_come_as_dense_as_asked() {
        let pores = Relief { pores_per_cm2: 100.0, ..Relief::default() }.surface(1, (400, 400), 0.05).pores;
        let deep = pores.data().iter().filter(|&&v| v > 0.2).count();
        assert!(deep > 1000 && deep < 30_000, "{deep}");
    }
}
