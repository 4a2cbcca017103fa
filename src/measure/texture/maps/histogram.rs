//! Energy, joint entropy and gray-level entropy: sums over a histogram of the window that gains one column and loses
//! one at every step (Huang, Yang and Tang 1979, for the median).
//!
//! With counts u the sums are of u (u - 1) / 2 and of u log2 u. Both run in whole numbers, the second in units of 2^-32 from
//! a table, so what a code adds when it enters is taken off exactly when it leaves: no drift, and the entropy is within
//! 2^-32 bit of the formula. Pairs with a pixel outside have a code of their own, whose share is taken off at the end;
//! the loop over codes has no branch. The window's own number of pairs follows from it too.

use super::Window;
use super::columns::{self, Codes};
use super::tile::Tile;

/// Fixed point of u log2 u.
const ONE: f64 = (1_u64 << 32) as f64;

/// u log2 u for counts u, and its steps.
pub(super) struct Logs {
    values: Vec<i64>,
    steps: Vec<i64>,
}

impl Logs {
    /// The table for counts up to `most`.
    pub fn up_to(most: usize) -> Self {
        let value = |u: usize| if u == 0 { 0 } else { (u as f64 * (u as f64).log2() * ONE).round() as i64 };
        let values: Vec<_> = (0..=most).map(value).collect();
        let steps = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
        Self { values, steps }
    }
}

/// Counts of codes and their sums. Every code has a cell, so no index is out of range.
struct Histogram<'a> {
    cells: &'a mut [u32; 1 << 16],
    /// Sum of u (u - 1) / 2.
    twins: u64,
    /// Sum of u log2 u.
    logs: i64,
}

impl Histogram<'_> {
    #[inline(always)]
    fn enter(&mut self, codes: &[u16], steps: &[i64]) {
        for &code in codes {
            let count = &mut self.cells[usize::from(code)];
            self.twins += u64::from(*count);
            self.logs += steps[*count as usize];
            *count += 1;
        }
    }

    #[inline(always)]
    fn leave(&mut self, codes: &[u16], steps: &[i64]) {
        for &code in codes {
            let count = &mut self.cells[usize::from(code)];
            *count -= 1;
            self.twins -= u64::from(*count);
            self.logs -= steps[*count as usize];
        }
    }
}

/// The first and the last column whose pixel is inside.
fn extent(centers: &[u8]) -> Option<(usize, usize)> {
    let first = centers.iter().position(|&level| level != 0)?;
    Some((first, centers.iter().rposition(|&level| level != 0)?))
}

fn cells() -> Box<[u32; 1 << 16]> {
    // Made on the heap: the array is too large for a thread's stack to be risked.
    let cells = vec![0; 1 << 16].into_boxed_slice();
    cells.try_into().unwrap_or_else(|_| unreachable!("the slice has the length of the array"))
}

/// Energy and joint entropy of every pixel of the tile.
pub(super) fn joint(tile: &Tile, window: Window, logs: &Logs) -> [Vec<f32>; 2] {
    let [wide, tall] = columns::pairs(tile, window.distance());
    let mut cells = cells();
    let mut maps = [(); 2].map(|()| vec![f32::NAN; tile.columns * tile.rows]);
    for y in 0..tile.rows {
        if let Some((first, last)) = extent(tile.centers(y)) {
            cells[..=tile.bins * tile.bins].fill(0);
            let row = y * tile.columns + first..=y * tile.columns + last;
            let [energy, entropy] = &mut maps;
            let (energy, entropy) = (&mut energy[row.clone()], &mut entropy[row]);
            joint_row(&wide, &tall, [first, y], window, tile.bins, logs, &mut cells, energy, entropy);
        }
        outside(tile.centers(y), maps.iter_mut().map(|map| &mut map[y * tile.columns..]));
    }
    maps
}

/// Entropy of the levels of every pixel of the tile.
pub(super) fn entropy(tile: &Tile, window: Window, logs: &Logs) -> Vec<f32> {
    let codes = columns::levels(tile);
    let mut cells = cells();
    let mut map = vec![f32::NAN; tile.columns * tile.rows];
    for y in 0..tile.rows {
        if let Some((first, last)) = extent(tile.centers(y)) {
            cells[..=tile.bins].fill(0);
            let row = y * tile.columns + first..=y * tile.columns + last;
            entropy_row(&codes, [first, y], window.side(), logs, &mut cells, &mut map[row]);
        }
        outside(tile.centers(y), std::iter::once(&mut map[y * tile.columns..]));
    }
    map
}

/// No number where the pixel itself is outside.
fn outside<'a>(centers: &[u8], rows: impl Iterator<Item = &'a mut [f32]>) {
    for row in rows {
        for (v, _) in row.iter_mut().zip(centers).filter(|(_, level)| **level == 0) {
            *v = f32::NAN;
        }
    }
}

#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "one row of two maps")]
fn joint_row_body(
    wide: &Codes,
    tall: &Codes,
    [left, top]: [usize; 2],
    window: Window,
    bins: usize,
    logs: &Logs,
    cells: &mut [u32; 1 << 16],
    energy: &mut [f32],
    entropy: &mut [f32],
) {
    let (side, inner) = (window.side(), window.side() - window.distance());
    let (middle, bottom) = (top + inner, top + side);
    let steps = logs.steps.as_slice();
    let mut histogram = Histogram { cells, twins: 0, logs: 0 };
    for x in left..left + side {
        histogram.enter(tall.column(x, top, middle), steps);
    }
    for x in left..left + inner {
        histogram.enter(wide.column(x, top, middle), steps);
        // Below the last diagonal pair only the pairs along the row.
        for row in wide.column(x, middle, bottom).chunks_exact(3) {
            histogram.enter(&row[..1], steps);
        }
    }
    let width = energy.len();
    for (i, (energy, entropy)) in energy.iter_mut().zip(entropy).enumerate() {
        [*energy, *entropy] = joint_features(&histogram, window.pairs(), bins, logs);
        if i + 1 < width {
            let (out, tall_in, wide_in) = (left + i, left + i + side, left + i + inner);
            // First out, then in: no count exceeds the pairs of a window, for which the table is made.
            histogram.leave(tall.column(out, top, middle), steps);
            histogram.enter(tall.column(tall_in, top, middle), steps);
            histogram.leave(wide.column(out, top, middle), steps);
            histogram.enter(wide.column(wide_in, top, middle), steps);
            let below = |x| wide.column(x, middle, bottom).chunks_exact(3);
            for (row_out, row_in) in below(out).zip(below(wide_in)) {
                histogram.leave(&row_out[..1], steps);
                histogram.enter(&row_in[..1], steps);
            }
        }
    }
}

/// A pair apart stands for two cells of the symmetric matrix with u each, a pair on the diagonal for one with 2 u.
#[inline(always)]
fn joint_features(histogram: &Histogram, all: usize, bins: usize, logs: &Logs) -> [f32; 2] {
    let gaps = histogram.cells[0] as usize;
    let n = all - gaps;
    if n == 0 {
        return [f32::NAN; 2];
    }
    let (mut equal, mut equal_squares) = (0_u32, 0_u64);
    for &count in &histogram.cells[1..=bins] {
        equal += count;
        equal_squares += u64::from(count) * u64::from(count);
    }
    let twins = histogram.twins - (gaps as u64 * (gaps as u64).saturating_sub(1)) / 2;
    let apart = logs.values[n] - (histogram.logs - logs.values[gaps]);
    let pairs = n as f64;
    let energy = (2 * twins + n as u64 + equal_squares) as f64 / (2.0 * pairs * pairs);
    let entropy = 1.0 + (apart as f64 / ONE - f64::from(equal)) / pairs;
    [energy as f32, entropy as f32]
}

dispatch! {
    fn joint_row(wide: &Codes, tall: &Codes, corner: [usize; 2], window: Window, bins: usize, logs: &Logs,
        cells: &mut [u32; 1 << 16], energy: &mut [f32], entropy: &mut [f32]) = joint_row_body
}

#[inline(always)]
fn entropy_row_body(
    codes: &Codes,
    [left, top]: [usize; 2],
    side: usize,
    logs: &Logs,
    cells: &mut [u32; 1 << 16],
    out: &mut [f32],
) {
    let bottom = top + side;
    let steps = logs.steps.as_slice();
    let mut histogram = Histogram { cells, twins: 0, logs: 0 };
    for x in left..left + side {
        histogram.enter(codes.column(x, top, bottom), steps);
    }
    let width = out.len();
    for (i, out) in out.iter_mut().enumerate() {
        let gaps = histogram.cells[0] as usize;
        let n = side * side - gaps;
        // Not empty where the value is kept: the pixel itself is in the window.
        let apart = logs.values[n] - (histogram.logs - logs.values[gaps]);
        *out = (apart as f64 / ONE / n.max(1) as f64) as f32;
        if i + 1 < width {
            histogram.leave(codes.column(left + i, top, bottom), steps);
            histogram.enter(codes.column(left + i + side, top, bottom), steps);
        }
    }
}

dispatch! {
    fn entropy_row(codes: &Codes, corner: [usize; 2], side: usize, logs: &Logs, cells: &mut [u32; 1 << 16],
        out: &mut [f32]) = entropy_row_body
}
