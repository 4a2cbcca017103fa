//! Polygons: the distance of every pixel to the nearest border of a Voronoi mosaic on a jittered grid.

use super::super::random::Random;

/// A mosaic of cells about one unit wide.
#[derive(Clone, Debug)]
pub struct Cells {
    columns: i64,
    rows: i64,
    points: Vec<[f32; 2]>,
}

impl Cells {
    /// A mosaic over `0..width` by `0..height` units; `jitter` 0 is a square grid, 1 a fully random one.
    #[must_use]
    pub fn new(seed: u64, stream: u64, width: f64, height: f64, jitter: f64) -> Self {
        let (columns, rows) = (width.ceil() as i64 + 6, height.ceil() as i64 + 6);
        let mut random = Random::new(seed, stream);
        let mut jittered = |i: i64| (i as f64 - 3.0 + 0.5 + jitter * (random.uniform() - 0.5)) as f32;
        let mut points = Vec::with_capacity((columns * rows) as usize);
        for j in 0..rows {
            for i in 0..columns {
                // Every other row is shifted by half a cell, or the borders would line up.
                let shift = if j % 2 == 0 { 0.25 } else { -0.25 };
                points.push([jittered(i) + shift, jittered(j)]);
            }
        }
        Self { columns, rows, points }
    }

    fn point(&self, i: i64, j: i64) -> [f32; 2] {
        let (i, j) = (i.clamp(0, self.columns - 1), j.clamp(0, self.rows - 1));
        self.points[(j * self.columns + i) as usize]
    }

    /// Distance in units from `(x, y)` to the nearest border, and a number 0 to 1 that belongs to the cell.
    #[must_use]
    pub fn border(&self, x: f32, y: f32) -> (f32, f32) {
        let (ci, cj) = (x.floor() as i64 + 3, y.floor() as i64 + 3);
        let mut best = (f32::INFINITY, [0.0; 2], 0, 0);
        for j in cj - 2..=cj + 2 {
            for i in ci - 2..=ci + 2 {
                let p = self.point(i, j);
                let d = (p[0] - x).powi(2) + (p[1] - y).powi(2);
                if d < best.0 {
                    best = (d, p, i, j);
                }
            }
        }
        let (_, home, hi, hj) = best;
        let mut nearest = f32::INFINITY;
        for j in hj - 2..=hj + 2 {
            for i in hi - 2..=hi + 2 {
                let p = self.point(i, j);
                let (dx, dy) = (p[0] - home[0], p[1] - home[1]);
                let length = dx.hypot(dy);
                if length > 1e-6 {
                    // Distance to the bisector of the two points.
                    let middle = [f32::midpoint(p[0], home[0]), f32::midpoint(p[1], home[1])];
                    nearest = nearest.min(((middle[0] - x) * dx + (middle[1] - y) * dy) / length);
                }
            }
        }
        let label = (home[0] * 12.9898 + home[1] * 78.233).sin() * 43_758.547;
        (nearest.max(0.0), label - label.floor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_lie_halfway_between_points() {
        let cells = Cells::new(1, 1, 20.0, 20.0, 0.8);
        let mut widest = 0.0_f32;
        for y in 0..100 {
            for x in 0..100 {
                let (d, label) = cells.border(x as f32 * 0.2, y as f32 * 0.2);
                assert!(d >= 0.0 && (0.0..=1.0).contains(&label));
                widest = widest.max(d);
            }
        }
        assert!((0.4..0.9).contains(&widest), "{widest}");
    }
}
