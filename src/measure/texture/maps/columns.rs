//! Codes of pairs and of pixels, column by column, as a sliding histogram reads them.
//!
//! A pair of levels i < j and its mirror j, i are one code; the symmetric matrix follows from their counts. Code 0 is a pair
//! with a pixel outside, codes 1 to `bins` are the diagonal of the matrix.

use super::tile::Tile;

/// Codes of a tile, one column after the other.
pub(super) struct Codes {
    /// Codes of a column's row.
    pub per_row: usize,
    rows: usize,
    codes: Vec<u16>,
}

impl Codes {
    /// The codes of rows `from` to `to` of column `x`.
    #[inline(always)]
    pub fn column(&self, x: usize, from: usize, to: usize) -> &[u16] {
        let start = x * self.rows;
        &self.codes[(start + from) * self.per_row..(start + to) * self.per_row]
    }
}

/// The code of a pair.
fn code(a: u8, b: u8, bins: u16) -> u16 {
    let (low, high) = (u16::from(a.min(b)), u16::from(a.max(b)));
    let apart = low * bins + high;
    let counts = u16::from(low != 0);
    counts * if low == high { low } else { apart }
}

/// Pairs that span `distance` columns, filed under their left column: along the row, along both diagonals below it; and
/// pairs down the column.
pub(super) fn pairs(tile: &Tile, distance: usize) -> [Codes; 2] {
    let bins = tile.bins as u16;
    let levels = transposed(tile);
    let column = |x: usize| &levels[x * tile.height..(x + 1) * tile.height];
    let nothing = vec![0; tile.height];
    let mut wide = Vec::with_capacity(3 * levels.len());
    let mut tall = Vec::with_capacity(levels.len());
    let whole = tile.height - distance;
    for x in 0..tile.width {
        let left = column(x);
        let right = if x + distance < tile.width { column(x + distance) } else { &nothing };
        for y in 0..whole {
            wide.extend([
                code(left[y], right[y], bins),
                code(left[y], right[y + distance], bins),
                code(right[y], left[y + distance], bins),
            ]);
            tall.push(code(left[y], left[y + distance], bins));
        }
        for y in whole..tile.height {
            wide.extend([code(left[y], right[y], bins), 0, 0]);
            tall.push(0);
        }
    }
    [Codes { per_row: 3, rows: tile.height, codes: wide }, Codes { per_row: 1, rows: tile.height, codes: tall }]
}

/// The levels themselves.
pub(super) fn levels(tile: &Tile) -> Codes {
    Codes { per_row: 1, rows: tile.height, codes: transposed(tile).into_iter().map(u16::from).collect() }
}

fn transposed(tile: &Tile) -> Vec<u8> {
    let mut out = vec![0; tile.levels.len()];
    for y in 0..tile.height {
        for (x, &level) in tile.row(&tile.levels, y).iter().enumerate() {
            out[x * tile.height + y] = level;
        }
    }
    out
}
