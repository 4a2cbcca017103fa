//! Where a photograph's frame lies on a height map.

use crate::base::Plane;

/// Where the frame lies on a height map: a frame inside a margin, and where the lamp's beam is centered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Columns and rows of the frame.
    pub size: (usize, usize),
    /// Pixels of skin around it.
    pub margin: usize,
    /// Scale in mm per pixel.
    pub mm_per_px: f64,
    /// Middle of the light's gradient, in pixels of the height map.
    pub beam: [f64; 2],
}

impl Frame {
    /// A frame whose light is centered on it.
    #[must_use]
    pub fn new(size: (usize, usize), margin: usize, mm_per_px: f64) -> Self {
        let middle = |n: usize| margin as f64 + 0.5 * n as f64;
        Self { size, margin, mm_per_px, beam: [middle(size.0), middle(size.1)] }
    }

    /// The frame's part of a plane over the whole height map.
    #[must_use]
    pub fn of(&self, plane: &Plane) -> Plane {
        let m = self.margin;
        if m == 0 { plane.clone() } else { plane.crop(m..m + self.size.0, m..m + self.size.1) }
    }

    /// Slope of a height map to the right and upward at a pixel, the body's curvature included.
    pub(super) fn slope(&self, height: &Plane, curvature_per_mm: f64, (x, y): (usize, usize)) -> [f64; 2] {
        let (w, h) = (height.width(), height.height());
        let (left, right) = (x.saturating_sub(1), (x + 1).min(w - 1));
        let (up, down) = (y.saturating_sub(1), (y + 1).min(h - 1));
        let rise = |a: f32, b: f32, px: usize| f64::from(a - b) / (px.max(1) as f64 * self.mm_per_px);
        let form = |i: usize, n: usize| curvature_per_mm * (i as f64 - 0.5 * n as f64) * self.mm_per_px;
        [
            rise(height.at(right, y), height.at(left, y), right - left) - form(x, w),
            rise(height.at(x, up), height.at(x, down), down - up) + form(y, h),
        ]
    }
}
