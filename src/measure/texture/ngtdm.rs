//! Neighborhood gray-tone differences, IBSI definitions (Amadasun and King 1989): how far a pixel is from the mean of its eight
//! neighbors in the region, summed per gray level.
//!
//! Kept as whole numbers: for a pixel with c neighbors, |c level - sum of neighbors| is summed under (level, c), and divided by c
//! at the end. So the sums are exact and do not depend on the order of the bands. A pixel without a neighbor does not count.

use super::feature::{Feature, feature};
use super::neighbors;
use crate::base::{Plane, parallel};

/// The five IBSI features, in the order in which they are computed. With n(i) pixels of level i that have neighbors, n of all
/// levels, p(i) = n(i) / n, s(i) the summed differences of level i, and Ngp the number of levels that occur.
pub const FEATURES: [Feature; 5] = [
    feature("coarseness", "", "coarseness: 1 / sum p(i) s(i); 10^6 for a constant region; shrinks with the region"),
    feature(
        "contrast",
        "",
        "contrast: sum p(i) p(j) (i-j)^2 / (Ngp (Ngp - 1)) times sum s(i) / n; 0 for a constant region",
    ),
    feature("busyness", "", "busyness: sum p(i) s(i) / sum |i p(i) - j p(j)|; 0 for a constant region"),
    feature(
        "complexity",
        "",
        "complexity: sum |i-j| (p(i) s(i) + p(j) s(j)) / (p(i) + p(j)) / n over the levels that occur",
    ),
    feature("strength", "", "strength: sum (p(i) + p(j)) (i-j)^2 / sum s(i); 0 for a constant region"),
];

/// Numbers of neighbors that a pixel may have, 0 to 8.
const COUNTS: usize = 9;

/// Per gray level and number of neighbors: pixels, and their differences times the number of neighbors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ngtdm {
    pixels: Vec<u64>,
    differences: Vec<u64>,
}

/// Sums the differences of `levels` (1 to `bins`, 0 outside).
#[must_use]
pub fn count(levels: &Plane<u8>, bins: usize) -> Ngtdm {
    let width = levels.width();
    let cells = (bins + 1) * COUNTS;
    let bands = parallel::map_bands(levels.height(), neighbors::BAND_ROWS, |rows| {
        let mut band = vec![(0_u32, 0_u64); cells];
        let (mut cell, mut difference) = (vec![0_u16; width], vec![0_u16; width]);
        neighbors::for_rows(levels, rows, |above, here, below| {
            row_differences(above, here, below, &mut cell, &mut difference);
            for (&cell, &difference) in cell.iter().zip(&difference) {
                let (n, sum) = &mut band[usize::from(cell)];
                *n += 1;
                *sum += u64::from(difference);
            }
        });
        band
    });
    let mut total = Ngtdm { pixels: vec![0; cells], differences: vec![0; cells] };
    for band in bands {
        for (at, (n, sum)) in band.into_iter().enumerate() {
            total.pixels[at] += u64::from(n);
            total.differences[at] += sum;
        }
    }
    total
}

/// Where each pixel counts (level x 9 + number of neighbors) and what.
#[inline(always)]
fn row_differences_body(above: &[u8], here: &[u8], below: &[u8], cell: &mut [u16], difference: &mut [u16]) {
    let n = cell.len();
    let (above, here, below) = (&above[..n + 2], &here[..n + 2], &below[..n + 2]);
    let difference = &mut difference[..n];
    for x in 0..n {
        let center = i16::from(here[x + 1]);
        let around = [above[x], above[x + 1], above[x + 2], here[x], here[x + 2], below[x], below[x + 1], below[x + 2]];
        let (mut sum, mut count) = (0_i16, 0_i16);
        for v in around {
            sum += i16::from(v);
            count += i16::from(v != 0);
        }
        cell[x] = (center * 9 + count) as u16;
        difference[x] = (count * center - sum).unsigned_abs();
    }
}

dispatch! {
    fn row_differences(above: &[u8], here: &[u8], below: &[u8], cell: &mut [u16], difference: &mut [u16]) = row_differences_body
}

impl Ngtdm {
    /// Adds the sums of another region of the same number of levels.
    ///
    /// # Panics
    /// When the numbers of levels differ.
    pub fn add(&mut self, other: &Self) {
        assert_eq!(self.pixels.len(), other.pixels.len(), "matrices of different numbers of levels");
        self.pixels.iter_mut().zip(&other.pixels).for_each(|(a, b)| *a += b);
        self.differences.iter_mut().zip(&other.differences).for_each(|(a, b)| *a += b);
    }

    /// Pixels n(i) and differences s(i) of each level from 1.
    #[must_use]
    pub fn sums(&self) -> Vec<(u64, f64)> {
        let each = self.pixels.chunks_exact(COUNTS).zip(self.differences.chunks_exact(COUNTS)).skip(1);
        each.map(|(n, s)| (n[1..].iter().sum(), (1..COUNTS).map(|c| s[c] as f64 / c as f64).sum())).collect()
    }

    /// The features in the order of [`FEATURES`]; `None` where no pixel has a neighbor.
    #[must_use]
    pub fn features(&self) -> Option<[f64; 5]> {
        // Level, probability and sum of differences of the levels that occur.
        let sums = self.sums();
        let n: u64 = sums.iter().map(|s| s.0).sum();
        if n == 0 {
            return None;
        }
        let occurring = sums.iter().enumerate().filter(|(_, s)| s.0 > 0);
        let levels: Vec<(f64, f64, f64)> =
            occurring.map(|(i, &(count, s))| ((i + 1) as f64, count as f64 / n as f64, s)).collect();
        let n = n as f64;
        let weighted: f64 = levels.iter().map(|&(_, p, s)| p * s).sum();
        let total: f64 = levels.iter().map(|l| l.2).sum();
        let (mut spread, mut steps, mut complexity, mut strength) = (0.0, 0.0, 0.0, 0.0);
        for &(i, pi, si) in &levels {
            for &(j, pj, sj) in &levels {
                let square = (i - j) * (i - j);
                spread += pi * pj * square;
                steps += (i * pi - j * pj).abs();
                complexity += (i - j).abs() * (pi * si + pj * sj) / (pi + pj);
                strength += (pi + pj) * square;
            }
        }
        let occurring = levels.len() as f64;
        let contrast = if levels.len() > 1 { spread / (occurring * (occurring - 1.0)) * (total / n) } else { 0.0 };
        let over = |a: f64, b: f64| if b > 0.0 { a / b } else { 0.0 };
        Some([
            if weighted > 0.0 { 1.0 / weighted } else { 1e6 },
            contrast,
            over(weighted, steps),
            complexity / n,
            over(strength, total),
        ])
    }
}
