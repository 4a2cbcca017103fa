//! Sums over the rows and over the columns of a window, each window anew.
//!
//! No running sum: in floats it would drift, and a value would depend on where its row began. In lanes of columns the
//! additions of a window of usual size cost less than a nanosecond per pixel.

/// Columns that one step sums in registers.
const BLOCK: usize = 16;

#[inline(always)]
fn down(rows: &[&[f32]], out: &mut [f64], value: impl Fn(f32) -> f64) {
    let n = out.len();
    let mut x = 0;
    while x + BLOCK <= n {
        let mut sum = [0.0; BLOCK];
        for row in rows {
            let row = &row[x..x + BLOCK];
            for j in 0..BLOCK {
                sum[j] += value(row[j]);
            }
        }
        out[x..x + BLOCK].copy_from_slice(&sum);
        x += BLOCK;
    }
    for x in x..n {
        out[x] = rows.iter().fold(0.0, |sum, row| sum + value(row[x]));
    }
}

#[inline(always)]
fn down_values_body(rows: &[&[f32]], out: &mut [f64]) {
    down(rows, out, f64::from);
}

#[inline(always)]
fn down_squares_body(rows: &[&[f32]], out: &mut [f64]) {
    // The square of a 24-bit number is exact in f64.
    down(rows, out, |v| f64::from(v) * f64::from(v));
}

#[inline(always)]
fn along_body(columns: &[f64], side: usize, out: &mut [f64]) {
    let n = out.len();
    let columns = &columns[..n + side - 1];
    let mut x = 0;
    while x + BLOCK <= n {
        let mut sum = [0.0; BLOCK];
        for k in 0..side {
            let part = &columns[x + k..x + k + BLOCK];
            for j in 0..BLOCK {
                sum[j] += part[j];
            }
        }
        out[x..x + BLOCK].copy_from_slice(&sum);
        x += BLOCK;
    }
    for x in x..n {
        out[x] = columns[x..x + side].iter().fold(0.0, |sum, v| sum + v);
    }
}

dispatch! {
    /// Sums of the columns of `rows`.
    pub(super) fn down_values(rows: &[&[f32]], out: &mut [f64]) = down_values_body
}

dispatch! {
    /// Sums of the squares of the columns of `rows`.
    pub(super) fn down_squares(rows: &[&[f32]], out: &mut [f64]) = down_squares_body
}

dispatch! {
    /// `out[x]` = the sum of `side` columns from x on.
    pub(super) fn along(columns: &[f64], side: usize, out: &mut [f64]) = along_body
}
