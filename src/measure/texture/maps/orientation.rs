//! Anisotropy of the window: how much one direction prevails.
//!
//! Structure tensor (Bigun and Granlund 1987): sums over the window of the products of the gradient's components. With its
//! eigenvalues a >= b the anisotropy (also called coherence) is (a - b) / (a + b). The gradient is Scharr's 3 x 3 operator,
//! which keeps directions to a fraction of a degree where central differences do not. A gradient counts when its 3 x 3
//! pixels lie in the window and in the mask, so the sums run over the inner side - 2 pixels.

use super::Window;
use super::sums;
use super::tile::Tile;

/// Anisotropy of every pixel of the tile.
pub(super) fn anisotropy(tile: &Tile, window: Window) -> Vec<f32> {
    let inner = window.side() - 2;
    let (width, columns) = (tile.width - 2, tile.columns);
    let mut products = [(); 3].map(|()| vec![0.0; width * (tile.height - 2)]);
    for y in 0..tile.height - 2 {
        let three = |plane| [0, 1, 2].map(|k| tile.row(plane, y + k));
        let row = y * width..(y + 1) * width;
        let [xx, xy, yy] = &mut products;
        gradient_products(
            three(&tile.values),
            three(&tile.weights),
            &mut xx[row.clone()],
            &mut xy[row.clone()],
            &mut yy[row],
        );
    }
    let mut out = vec![f32::NAN; columns * tile.rows];
    let mut column_sums = vec![0.0; width];
    let mut totals = [(); 3].map(|()| vec![0.0; columns]);
    for y in 0..tile.rows {
        for (plane, total) in products.iter().zip(&mut totals) {
            let rows: Vec<_> = (y..y + inner).map(|y| &plane[y * width..(y + 1) * width]).collect();
            sums::down_values(&rows, &mut column_sums);
            sums::along(&column_sums, inner, total);
        }
        let [xx, xy, yy] = &totals;
        coherence(tile.center_weights(y), xx, xy, yy, &mut out[y * columns..(y + 1) * columns]);
    }
    out
}

#[inline(always)]
fn gradient_products_body(values: [&[f32]; 3], weights: [&[f32]; 3], xx: &mut [f32], xy: &mut [f32], yy: &mut [f32]) {
    let n = xx.len();
    let (xy, yy) = (&mut xy[..n], &mut yy[..n]);
    let [above, here, below] = values.map(|row| &row[..n + 2]);
    let [weight_above, weight_here, weight_below] = weights.map(|row| &row[..n + 2]);
    for x in 0..n {
        let inside = |row: &[f32]| row[x] * row[x + 1] * row[x + 2];
        let weight = inside(weight_above) * inside(weight_here) * inside(weight_below);
        let column = |x: usize| 3.0 * (above[x] + below[x]) + 10.0 * here[x];
        let row = |row: &[f32]| 3.0 * (row[x] + row[x + 2]) + 10.0 * row[x + 1];
        let gx = (column(x + 2) - column(x)) * weight / 32.0;
        let gy = (row(below) - row(above)) * weight / 32.0;
        (xx[x], xy[x], yy[x]) = (gx * gx, gx * gy, gy * gy);
    }
}

dispatch! {
    fn gradient_products(values: [&[f32]; 3], weights: [&[f32]; 3], xx: &mut [f32], xy: &mut [f32], yy: &mut [f32]) =
        gradient_products_body
}

#[inline(always)]
fn coherence_body(centers: &[f32], xx: &[f64], xy: &[f64], yy: &[f64], out: &mut [f32]) {
    let n = out.len();
    let (centers, xx, xy, yy) = (&centers[..n], &xx[..n], &xy[..n], &yy[..n]);
    for x in 0..n {
        let (difference, trace) = (xx[x] - yy[x], xx[x] + yy[x]);
        let spread = (difference * difference + 4.0 * xy[x] * xy[x]).sqrt();
        let known = centers[x] != 0.0 && trace > 0.0;
        out[x] = if known { (spread / trace).min(1.0) as f32 } else { f32::NAN };
    }
}

dispatch! {
    fn coherence(centers: &[f32], xx: &[f64], xy: &[f64], yy: &[f64], out: &mut [f32]) = coherence_body
}
