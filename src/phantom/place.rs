//! Where scars and spots lie, and the shape of their rims.

use crate::base::Plane;

use super::random::Random;

/// Hermite step: 0 at `from`, 1 at `to`, flat at both ends; `from` may lie above `to`.
pub(super) fn smooth_step(from: f64, to: f64, x: f64) -> f64 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A place on the frame: an ellipse whose rim goes in and out.
#[derive(Clone, Debug)]
pub(super) struct Blob {
    /// Center in pixels of the plane it is drawn on.
    pub x: f64,
    /// Center in pixels of the plane it is drawn on.
    pub y: f64,
    /// Mean radius in pixels.
    pub radius: f64,
    aspect: f64,
    angle: f64,
    /// Amplitude and phase of two, three and five waves around the rim.
    waves: [(f64, f64); 3],
}

impl Blob {
    /// The same place on a plane with `margin` more pixels on every side.
    pub fn moved(mut self, margin: usize) -> Self {
        self.x += margin as f64;
        self.y += margin as f64;
        self
    }

    /// Calls `f(x, y, r)` on the pixels up to `reach` radii, `r` in radii of the rim. `rough` shakes the rim.
    pub fn for_pixels(&self, rough: &Plane, reach: f64, shake: f64, mut f: impl FnMut(usize, usize, f64)) {
        let span = self.radius * reach * 1.5;
        let range = |center: f64, size: usize| {
            let low = (center - span).floor().max(0.0) as usize;
            low..((center + span).ceil().max(0.0) as usize).min(size)
        };
        let (sin, cos) = self.angle.sin_cos();
        for y in range(self.y, rough.height()) {
            for x in range(self.x, rough.width()) {
                let (dx, dy) = (x as f64 - self.x, y as f64 - self.y);
                let (along, across) = ((dx * cos + dy * sin) * self.aspect, (dy * cos - dx * sin) / self.aspect);
                let theta = across.atan2(along);
                let mut rim = 1.0;
                for (waves, (amplitude, phase)) in [2.0, 3.0, 5.0].into_iter().zip(self.waves) {
                    rim += amplitude * (waves * theta + phase).sin();
                }
                let r = along.hypot(across) / (self.radius * rim) + shake * f64::from(rough.at(x, y));
                if r < reach {
                    f(x, y, r.max(0.0));
                }
            }
        }
    }
}

/// Finds places that do not overlap.
#[derive(Debug)]
pub(super) struct Place {
    size: [f64; 2],
    mm_per_px: f64,
    taken: Vec<[f64; 3]>,
}

impl Place {
    /// An empty frame.
    pub fn new(width: usize, height: usize, mm_per_px: f64) -> Self {
        Self { size: [width as f64, height as f64], mm_per_px, taken: Vec::new() }
    }

    /// A free place inside the frame, or `None` after many tries; `rough` is how irregular its rim is.
    pub fn blob(&mut self, random: &mut Random, diameter_mm: f64, rough: f64) -> Option<Blob> {
        let radius = 0.5 * diameter_mm / self.mm_per_px;
        let margin = 1.2 * radius + 2.0;
        for _ in 0..200 {
            let [x, y] = self.size.map(|s| random.between(margin.min(0.5 * s), (s - margin).max(0.5 * s)));
            if self.taken.iter().all(|t| (t[0] - x).hypot(t[1] - y) > 1.35 * (t[2] + radius)) {
                return Some(self.put(random, [x, y], radius, rough));
            }
        }
        None
    }

    /// The place that was asked for, in mm from the upper left corner of the frame, free or not.
    pub fn given(&mut self, random: &mut Random, mm: [f64; 2], diameter_mm: f64, rough: f64) -> Blob {
        // The corner of the frame is the corner of its first pixel, half a pixel before its center.
        let [x, y] = mm.map(|v| v / self.mm_per_px - 0.5);
        self.put(random, [x, y], 0.5 * diameter_mm / self.mm_per_px, rough)
    }

    fn put(&mut self, random: &mut Random, [x, y]: [f64; 2], radius: f64, rough: f64) -> Blob {
        self.taken.push([x, y, radius]);
        let mut wave = |share: f64| (rough * share * random.between(0.4, 1.0), random.between(0.0, 6.3));
        let waves = [wave(0.9), wave(0.8), wave(0.5)];
        // A place without irregularity is a disc; the numbers are drawn all the same.
        let (aspect, angle) = (random.between(0.78, 1.0), random.between(0.0, 3.1));
        Blob { x, y, radius, aspect: if rough > 0.0 { aspect } else { 1.0 }, angle, waves }
    }
}
