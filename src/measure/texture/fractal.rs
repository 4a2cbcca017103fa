//! Box-counting dimension of a shape and of a surface.
//!
//! A shape is covered by boxes of s pixels; N(s) boxes hold a part of it, and the dimension is the slope of ln N against ln 1/s.
//!
//! A surface z(x, y) is covered by columns of boxes: over a cell of s x s pixels it needs (max z - min z) / s boxes of side s. The
//! unit of z only multiplies N and does not touch the slope, so no scale between height and width has to be made up (the
//! differential count of Sarkar and Chaudhuri 1994 needs one; here boxes are not rounded up, as in the variation method of
//! Dubuc 1989). Cells share their border pixels, so that a cell spans s steps, and the cell of 2 s is made of four cells of s:
//! all sizes in linear time. Only cells inside the mask count.

use crate::base::{Mask, Plane, parallel};

/// Sides of the cells of a surface that enter the fit, in pixels, as powers of two: 4 to 32.
const SURFACE_POWERS: std::ops::RangeInclusive<u32> = 2..=5;
/// A size needs this many cells.
const LEAST_CELLS: u64 = 4;

/// The box-counting dimension of the pixels of `mask`, 0 to 2, over boxes of 1, 2, 4, ... pixels up to an eighth of its longer
/// side; for each size the grid is the one of the least count among up to 16 shifts. `None` for a shape less than 16 pixels long.
#[must_use]
pub fn shape_dimension(mask: &Mask) -> Option<f64> {
    let (left, top, width, height) = mask.bounds()?;
    let longer = width.max(height);
    if longer < 16 {
        return None;
    }
    let sizes = (0..).map(|k| 1_usize << k).take_while(|s| s * 8 <= longer);
    let points: Vec<(f64, f64)> = sizes
        .map(|size| {
            let boxes = |shift_x: usize, shift_y: usize| {
                let columns = (width + shift_x).div_ceil(size);
                let mut held = vec![false; columns * (height + shift_y).div_ceil(size)];
                for y in 0..height {
                    let row = &mask.row(top + y)[left..left + width];
                    for x in (0..width).filter(|&x| row[x] != 0) {
                        held[(y + shift_y) / size * columns + (x + shift_x) / size] = true;
                    }
                }
                held.iter().filter(|&&h| h).count()
            };
            let shifts = || (0..size).step_by((size / 4).max(1));
            let least = shifts().flat_map(|y| shifts().map(move |x| (x, y))).map(|(x, y)| boxes(x, y)).min();
            ((size as f64).ln(), (least.unwrap_or(1) as f64).ln())
        })
        .collect();
    slope(&points).map(|s| -s)
}

/// The box-counting dimension of `plane` over `mask` as a surface, 2 (smooth) to 3, over cells of 4 to 32 pixels; `None` where
/// fewer than three sizes have four cells inside the mask, or the plane is constant.
///
/// # Panics
/// When the sizes differ.
#[must_use]
pub fn surface_dimension(plane: &Plane, mask: &Mask) -> Option<f64> {
    assert_eq!((plane.width(), plane.height()), (mask.width(), mask.height()), "a plane and a mask of two sizes");
    let mut cells = Cells::smallest(plane, mask);
    let mut points = Vec::new();
    for power in 1..=*SURFACE_POWERS.end() {
        cells = cells.doubled();
        let (n, spread) = cells.spread();
        if SURFACE_POWERS.contains(&power) && n >= LEAST_CELLS && spread > 0.0 {
            let size = f64::from(1_u32 << power);
            // Boxes per pixel of area: mean spread / s over cells of s^2.
            points.push((size.ln(), (spread / n as f64 / size.powi(3)).ln()));
        }
    }
    (points.len() >= 3).then(|| slope(&points).map(|s| -s)).flatten()
}

/// Least and greatest value of each cell; the least is above the greatest where the cell leaves the mask.
struct Cells {
    columns: usize,
    bounds: Vec<(f32, f32)>,
}

const OUTSIDE: (f32, f32) = (f32::INFINITY, f32::NEG_INFINITY);

impl Cells {
    /// Cells of one step: 2 x 2 pixels.
    fn smallest(plane: &Plane, mask: &Mask) -> Self {
        let (columns, rows) = (plane.width().saturating_sub(1), plane.height().saturating_sub(1));
        let mut bounds = vec![OUTSIDE; columns * rows];
        parallel::for_bands(&mut bounds, columns, parallel::BAND_ROWS, |first, band| {
            for (i, out) in band.chunks_exact_mut(columns).enumerate() {
                let y = first + i;
                corners(plane.row(y), plane.row(y + 1), mask.row(y), mask.row(y + 1), out);
            }
        });
        Self { columns, bounds }
    }

    /// Cells of twice the side, on the grid that starts at the first pixel.
    fn doubled(&self) -> Self {
        let rows = self.bounds.len() / self.columns.max(1);
        let (columns, height) = (self.columns / 2, rows / 2);
        let mut bounds = vec![OUTSIDE; columns * height];
        parallel::for_bands(&mut bounds, columns, parallel::BAND_ROWS, |first, band| {
            for (i, out) in band.chunks_exact_mut(columns).enumerate() {
                let row = |y: usize| &self.bounds[y * self.columns..(y + 1) * self.columns];
                let (upper, lower) = (row(2 * (first + i)), row(2 * (first + i) + 1));
                for (out, (a, b)) in out.iter_mut().zip(upper.chunks_exact(2).zip(lower.chunks_exact(2))) {
                    let four = [a[0], a[1], b[0], b[1]];
                    if four.iter().all(|cell| cell.0 <= cell.1) {
                        *out = four.into_iter().fold(OUTSIDE, |c, d| (c.0.min(d.0), c.1.max(d.1)));
                    }
                }
            }
        });
        Self { columns, bounds }
    }

    /// How many cells lie in the mask, and the sum of their spreads.
    fn spread(&self) -> (u64, f64) {
        let inside = self.bounds.iter().filter(|cell| cell.0 <= cell.1);
        inside.fold((0, 0.0), |(n, sum), cell| (n + 1, sum + f64::from(cell.1 - cell.0)))
    }
}

#[inline(always)]
fn corners_body(upper: &[f32], lower: &[f32], inside: &[u8], inside_lower: &[u8], out: &mut [(f32, f32)]) {
    let n = out.len();
    let (upper, lower) = (&upper[..n + 1], &lower[..n + 1]);
    let (inside, inside_lower) = (&inside[..n + 1], &inside_lower[..n + 1]);
    for x in 0..n {
        let [a, b, c, d] = [upper[x], upper[x + 1], lower[x], lower[x + 1]];
        let all = inside[x] & inside[x + 1] & inside_lower[x] & inside_lower[x + 1] != 0;
        let (least, greatest) = (a.min(b).min(c.min(d)), a.max(b).max(c.max(d)));
        out[x] = if all { (least, greatest) } else { OUTSIDE };
    }
}

dispatch! {
    fn corners(upper: &[f32], lower: &[f32], inside: &[u8], inside_lower: &[u8], out: &mut [(f32, f32)]) = corners_body
}

/// The slope of least squares.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let n = points.len() as f64;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let (sxx, sxy) =
        points.iter().fold((0.0, 0.0), |(xx, xy), (x, y)| (xx + (x - mx) * (x - mx), xy + (x - mx) * (y - my)));
    (points.len() >= 2 && sxx > 0.0).then(|| sxy / sxx)
}
