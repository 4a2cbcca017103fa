//! The mean over a square window (IBSI-2 filter 1), by running sums in f64: its time does not depend on the window.

use super::convolve::{Boundary, padded};
use crate::base::{Plane, parallel};

/// Rows of one task; the window's rows above it are summed anew.
const ROWS: usize = parallel::BAND_ROWS;

/// The mean of the (2 `radius` + 1)^2 samples around each sample.
#[must_use]
pub fn mean(src: &Plane, radius: usize, boundary: Boundary) -> Plane {
    let wide = padded(src, radius, radius, boundary);
    let side = 2 * radius + 1;
    let area = (side * side) as f64;
    let mut out = Plane::new(src.width(), src.height());
    let width = out.width();
    parallel::for_bands(out.data_mut(), width, ROWS, |first, band| {
        let mut columns = vec![0.0_f64; wide.width()];
        let add = |columns: &mut [f64], y: usize, sign: f64| {
            for (sum, &v) in columns.iter_mut().zip(wide.row(y)) {
                *sum += sign * f64::from(v);
            }
        };
        for y in first..first + side - 1 {
            add(&mut columns, y, 1.0);
        }
        for (i, row) in band.chunks_exact_mut(width).enumerate() {
            add(&mut columns, first + i + side - 1, 1.0);
            let mut sum: f64 = columns[..side - 1].iter().sum();
            for (x, out) in row.iter_mut().enumerate() {
                sum += columns[x + side - 1];
                *out = (sum / area) as f32;
                sum -= columns[x];
            }
            add(&mut columns, first + i, -1.0);
        }
    });
    out
}
