//! Gray-level run lengths, IBSI definitions: stretches of pixels of one level along four directions.
//!
//! A pixel that ends a stretch of at least j pixels of its level, seen from the left or from above, is counted under j. Of
//! these counts C(i, j) the runs are the differences: r(i, j) = C(i, j) - C(i, j + 1), because every run of length k
//! holds one such pixel for each j up to k. So no run has to be followed to its end, and the loop has no branch.

use super::feature::{Aggregation, DIRECTIONS, Feature, mean};
use super::size_matrix::{SizeMatrix, size_features};
use crate::base::{Plane, parallel};

/// The 16 IBSI features, in the order in which they are computed.
pub const FEATURES: [Feature; 16] = size_features!(
    ["sre" "lre" "lgre" "hgre" "srlge" "srhge" "lrlge" "lrhge" "glnu" "glnu_norm" "rlnu" "rlnu_norm" "r_perc" "gl_var" "rl_var" "rl_entr"],
    "run", "short run", "long run", "run length"
);

/// Runs by gray level and length, along four directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glrlm([SizeMatrix; 4]);

/// Counts the runs of `levels` (1 to `bins`, 0 outside).
#[must_use]
pub fn count(levels: &Plane<u8>, bins: usize) -> Glrlm {
    let matrices = parallel::map_indices(4, |i| along(levels, bins, DIRECTIONS[i]));
    Glrlm(matrices.try_into().unwrap_or_else(|_| unreachable!("four directions")))
}

impl Glrlm {
    /// The matrix of one direction.
    #[must_use]
    pub fn direction(&self, direction: usize) -> &SizeMatrix {
        &self.0[direction]
    }

    /// Adds the runs of another region.
    pub fn add(&mut self, other: &Self) {
        for (matrix, more) in self.0.iter_mut().zip(&other.0) {
            matrix.add(more);
        }
    }

    /// The features in the order of [`FEATURES`]; `None` for an empty region.
    #[must_use]
    pub fn features(&self, aggregation: Aggregation) -> Option<[f64; 16]> {
        match aggregation {
            Aggregation::Average => mean(self.0.iter().map(SizeMatrix::features16)),
            Aggregation::Merged => {
                let mut merged = SizeMatrix::default();
                self.0.iter().for_each(|matrix| merged.add(matrix));
                merged.features16()
            }
        }
    }
}

/// The runs along one direction.
fn along(levels: &Plane<u8>, bins: usize, (dx, dy): (isize, isize)) -> SizeMatrix {
    let (width, height) = (levels.width(), levels.height());
    let longest = if dy == 0 { width } else { height };
    let mut reached = vec![0_u32; (bins + 1) * (longest + 1)];
    // Lengths with a cell more on both sides, so that a diagonal step out of the plane finds no stretch there.
    let (mut lengths, mut before) = (vec![0_u32; width + 2], vec![0_u32; width + 2]);
    let mut above = vec![0_u8; width + 2];
    let from = (1 - dx) as usize;
    for y in 0..height {
        let row = levels.row(y);
        if dy == 0 {
            let (mut length, mut last) = (0, 0);
            for (&level, out) in row.iter().zip(&mut lengths[1..]) {
                length = if level == last { length + 1 } else { 1 };
                last = level;
                *out = length;
            }
        } else {
            std::mem::swap(&mut lengths, &mut before);
            extend(row, &above[from..from + width], &before[from..from + width], &mut lengths[1..=width]);
            above[1..=width].copy_from_slice(row);
        }
        for (&level, &length) in row.iter().zip(&lengths[1..]) {
            reached[usize::from(level) * (longest + 1) + length as usize] += 1;
        }
    }
    let runs = (1..=bins).flat_map(|level| {
        let c = &reached[level * (longest + 1)..(level + 1) * (longest + 1)];
        let next = |j: usize| c.get(j + 1).copied().unwrap_or(0);
        (1..=longest).map(move |j| (level as u8, j as u32, u64::from(c[j] - next(j)))).collect::<Vec<_>>()
    });
    let pixels = levels.data().iter().filter(|&&level| level != 0).count() as u64;
    SizeMatrix::new(runs, pixels)
}

#[inline(always)]
fn extend_body(row: &[u8], above: &[u8], before: &[u32], out: &mut [u32]) {
    let n = out.len();
    let (row, above, before) = (&row[..n], &above[..n], &before[..n]);
    for x in 0..n {
        out[x] = if row[x] == above[x] { before[x] + 1 } else { 1 };
    }
}

dispatch! {
    /// Lengths of the stretches that end in a row, from those that end one step before.
    fn extend(row: &[u8], above: &[u8], before: &[u32], out: &mut [u32]) = extend_body
}
