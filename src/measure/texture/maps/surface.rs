//! Sa and Sq of the window, about the window's own mean.
//!
//! The formulas are those of ISO 25178-2 on whatever the plane holds, without a form removed beyond the mean. Sq comes from
//! box sums of z and z^2 in f64. Sa has no such shortcut, since every window has another mean: every window is summed, in
//! lanes of neighboring windows, which is still only a few nanoseconds per pixel at usual sides. Its sums are f32, row by
//! row, so an error of a row's and a column's worth of roundings: below 1e-5 relative at 15 pixels, 1e-4 at 255.

use super::Window;
use super::sums;
use super::tile::Tile;

/// Windows that one step sums in registers.
const BLOCK: usize = 32;

/// Sq of every pixel of the tile, and Sa if asked for.
pub(super) fn deviations(tile: &Tile, window: Window, absolute: bool) -> Vec<Vec<f32>> {
    let (side, columns) = (window.side(), tile.columns);
    let mut sq = vec![f32::NAN; columns * tile.rows];
    let mut sa = vec![f32::NAN; if absolute { columns * tile.rows } else { 0 }];
    let mut column_sums = vec![0.0; tile.width];
    let [mut counts, mut totals, mut squares] = [(); 3].map(|()| vec![0.0; columns]);
    let (mut means, mut inside) = (vec![0.0; columns], vec![0.0; columns]);
    for y in 0..tile.rows {
        let rows = |plane| (y..y + side).map(|y| tile.row(plane, y)).collect::<Vec<_>>();
        let (values, weights) = (rows(&tile.values), rows(&tile.weights));
        sums::down_values(&weights, &mut column_sums);
        sums::along(&column_sums, side, &mut counts);
        sums::down_values(&values, &mut column_sums);
        sums::along(&column_sums, side, &mut totals);
        sums::down_squares(&values, &mut column_sums);
        sums::along(&column_sums, side, &mut squares);
        let row = y * columns..(y + 1) * columns;
        root_mean_squares(tile.center_weights(y), &counts, &totals, &squares, &mut sq[row.clone()]);
        if absolute {
            for x in 0..columns {
                means[x] = (totals[x] / counts[x].max(1.0)) as f32;
                inside[x] = counts[x] as f32;
            }
            mean_absolutes(tile.center_weights(y), &values, &weights, &inside, &means, &mut sa[row]);
        }
    }
    if absolute { vec![sq, sa] } else { vec![sq] }
}

#[inline(always)]
fn root_mean_squares_body(centers: &[f32], counts: &[f64], totals: &[f64], squares: &[f64], out: &mut [f32]) {
    let n = out.len();
    let (centers, counts, totals, squares) = (&centers[..n], &counts[..n], &totals[..n], &squares[..n]);
    for x in 0..n {
        let count = counts[x].max(1.0);
        let mean = totals[x] / count;
        // A constant window leaves roundings of either sign.
        let variance = (squares[x] / count - mean * mean).max(0.0);
        out[x] = if centers[x] == 0.0 { f32::NAN } else { variance.sqrt() as f32 };
    }
}

dispatch! {
    fn root_mean_squares(centers: &[f32], counts: &[f64], totals: &[f64], squares: &[f64], out: &mut [f32]) =
        root_mean_squares_body
}

#[inline(always)]
fn mean_absolutes_body(
    centers: &[f32],
    values: &[&[f32]],
    weights: &[&[f32]],
    counts: &[f32],
    means: &[f32],
    out: &mut [f32],
) {
    let (n, side) = (out.len(), values.len());
    let full = (side * side) as f32;
    let mut x = 0;
    while x + BLOCK <= n {
        let mut mean = [0.0; BLOCK];
        mean.copy_from_slice(&means[x..x + BLOCK]);
        let mut sum = [0.0_f32; BLOCK];
        if counts[x..x + BLOCK].iter().all(|&count| count == full) {
            for row in values {
                let mut part = [0.0_f32; BLOCK];
                for k in 0..side {
                    let value = &row[x + k..x + k + BLOCK];
                    for j in 0..BLOCK {
                        part[j] += (value[j] - mean[j]).abs();
                    }
                }
                for j in 0..BLOCK {
                    sum[j] += part[j];
                }
            }
        } else {
            for (row, weight) in values.iter().zip(weights) {
                let mut part = [0.0_f32; BLOCK];
                for k in 0..side {
                    let (value, weight) = (&row[x + k..x + k + BLOCK], &weight[x + k..x + k + BLOCK]);
                    for j in 0..BLOCK {
                        part[j] += (value[j] - mean[j]).abs() * weight[j];
                    }
                }
                for j in 0..BLOCK {
                    sum[j] += part[j];
                }
            }
        }
        for j in 0..BLOCK {
            out[x + j] = if centers[x + j] == 0.0 { f32::NAN } else { sum[j] / counts[x + j] };
        }
        x += BLOCK;
    }
    for x in x..n {
        let mut sum = 0.0_f32;
        for (row, weight) in values.iter().zip(weights) {
            let mut part = 0.0_f32;
            for (value, weight) in row[x..x + side].iter().zip(&weight[x..x + side]) {
                part += (value - means[x]).abs() * weight;
            }
            sum += part;
        }
        out[x] = if centers[x] == 0.0 { f32::NAN } else { sum / counts[x] };
    }
}

dispatch! {
    fn mean_absolutes(centers: &[f32], values: &[&[f32]], weights: &[&[f32]], counts: &[f32], means: &[f32],
        out: &mut [f32]) = mean_absolutes_body
}
