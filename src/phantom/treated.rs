//! A treated part of the skin: its relief and its spots are stronger or weaker there, everything else stays.

use serde::{Deserialize, Serialize};

use crate::base::Plane;

use super::place::smooth_step;

/// A rectangle of skin that was treated.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Treated {
    /// Its left border in mm from that of the frame (default 0).
    pub x_mm: f64,
    /// Its upper border in mm from that of the frame (default 0).
    pub y_mm: f64,
    /// Its width in mm (default 0: nothing is treated).
    pub width_mm: f64,
    /// Its height in mm (default 0).
    pub height_mm: f64,
    /// Over how many mm the effect fades, half of them inside the border (default 1).
    pub edge_mm: f64,
    /// Factor on the height map there, scars included (default 1).
    pub relief_gain: f64,
    /// Factor on what spots add there (default 1).
    pub spots_gain: f64,
}

impl Default for Treated {
    fn default() -> Self {
        Self { x_mm: 0.0, y_mm: 0.0, width_mm: 0.0, height_mm: 0.0, edge_mm: 1.0, relief_gain: 1.0, spots_gain: 1.0 }
    }
}

impl Treated {
    /// Does it change anything?
    #[must_use]
    pub fn has_effect(&self) -> bool {
        self.width_mm > 0.0 && self.height_mm > 0.0 && (self.relief_gain != 1.0 || self.spots_gain != 1.0)
    }

    /// Its keys with their values and limits.
    pub(super) fn numbers(&self) -> [(&'static str, f64, f64, f64); 7] {
        [
            ("treated.x_mm", self.x_mm, -1e4, 1e4),
            ("treated.y_mm", self.y_mm, -1e4, 1e4),
            ("treated.width_mm", self.width_mm, 0.0, 1e4),
            ("treated.height_mm", self.height_mm, 0.0, 1e4),
            ("treated.edge_mm", self.edge_mm, 0.0, 100.0),
            ("treated.relief_gain", self.relief_gain, 0.0, 100.0),
            ("treated.spots_gain", self.spots_gain, 0.0, 100.0),
        ]
    }

    /// How much of the effect there is at each pixel, 0 to 1, of a plane with `margin` pixels around the frame.
    pub(super) fn share(&self, (width, height): (usize, usize), margin: usize, mm_per_px: f64) -> Plane {
        let half = 0.5 * self.edge_mm.max(1e-6);
        let along = |mm: f64, start: f64, length: f64| {
            smooth_step(start - half, start + half, mm) * smooth_step(start + length + half, start + length - half, mm)
        };
        let mm = |pixel: usize| (pixel as f64 - margin as f64 + 0.5) * mm_per_px;
        Plane::from_fn(width, height, |x, y| {
            (along(mm(x), self.x_mm, self.width_mm) * along(mm(y), self.y_mm, self.height_mm)) as f32
        })
    }
}
