//! Local binary patterns, riu2 with eight neighbors on a circle of radius 1.
//!
//! Diagonal neighbors are interpolated bilinearly. On whole gray levels the sign of (neighbor - center) is exact: with a and b the
//! two axial neighbors beside a diagonal one d, and c the center, it is that of (a + b - 2 c) + (1 + sqrt 2) (d - c). The factor is
//! irrational, so there is a tie only where d = c and a + b = 2 c. The tie rule: a tie counts as "not lower", for axial and
//! for diagonal neighbors alike. scikit-image computes the interpolated value in floating point and compares it with the center:
//! there an exact tie falls to either side by rounding. Away from such ties the patterns are the same.

use super::feature::{Feature, feature};
use crate::base::{Plane, parallel};

/// Classes of riu2 with eight neighbors: 0 to 8 ones in a uniform pattern, and all others.
pub const CLASSES: usize = 10;

/// The shares of the classes, in the order of [`histogram`].
pub const FEATURES: [Feature; CLASSES] = [
    feature(
        "riu2_0",
        "",
        "share of pixels with a uniform circle of eight neighbors of which 0 are not lower than the pixel",
    ),
    feature(
        "riu2_1",
        "",
        "share of pixels with a uniform circle of eight neighbors of which 1 are not lower than the pixel",
    ),
    feature(
        "riu2_2",
        "",
        "share of pixels with a uniform circle of eight neighbors of which 2 are not lower than the pixel",
    ),
    feature(
        "riu2_3",
        "",
        "share of pixels with a uniform circle of eight neighbors of which 3 are not lower than the pixel",
    ),
    feature(
        "riu2_4",
        "",
        "share of pixels with a uniform circle of eight neighbors of which 4 are not lower than the pixel",
    ),
    feature(
        "riu2_5",
        "",
        "share of pixels with a uniform circle of eight neighbors of which 5 are not lower than the pixel",
    ),
    feature(
        "riu2_6",
        "",
        "share of pixels with a uniform circle of eight neighbors of which 6 are not lower than the pixel",
    ),
    feature(
        "riu2_7",
        "",
        "share of pixels with a uniform circle of eight neighbors of which 7 are not lower than the pixel",
    ),
    feature(
        "riu2_8",
        "",
        "share of pixels with a uniform circle of eight neighbors of which 8 are not lower than the pixel",
    ),
    feature(
        "riu2_9",
        "",
        "share of pixels whose circle of eight neighbors is not uniform (more than two changes between lower and not lower)",
    ),
];

/// Weight of the diagonal sample for that of an axial one: t^2 / (t (1 - t)) with t = sqrt(1/2).
const DIAGONAL: f32 = 1.0 + std::f32::consts::SQRT_2;

/// Class of each 8-bit pattern: number of ones when at most two bits change around the circle, else 9.
const CLASS_OF_PATTERN: [u8; 256] = {
    let mut table = [0; 256];
    let mut pattern = 0_usize;
    while pattern < 256 {
        let bits = pattern as u8;
        let changes = (bits ^ bits.rotate_left(1)).count_ones();
        table[pattern] = if changes <= 2 { bits.count_ones() as u8 } else { 9 };
        pattern += 1;
    }
    table
};

/// Number of pixels in each class. `levels` are 1 to 255, 0 outside; a pixel counts when its 3 x 3 neighborhood is inside.
#[must_use]
pub fn histogram(levels: &Plane<u8>) -> [u64; CLASSES] {
    let (width, height) = (levels.width(), levels.height());
    if width < 3 || height < 3 {
        return [0; CLASSES];
    }
    let bands = parallel::map_bands(height - 2, 256, |rows| {
        let mut patterns = [0_u32; 512];
        let mut row = vec![0_u16; width - 2];
        for y in rows {
            row_patterns(levels.row(y), levels.row(y + 1), levels.row(y + 2), &mut row);
            for &pattern in &row {
                patterns[usize::from(pattern)] += 1;
            }
        }
        patterns
    });
    let mut classes = [0; CLASSES];
    for patterns in bands {
        for (pattern, n) in patterns[..256].iter().enumerate() {
            classes[usize::from(CLASS_OF_PATTERN[pattern])] += u64::from(*n);
        }
    }
    classes
}

/// The class of every pixel: 0 to 9, or 255 where the 3 x 3 neighborhood is not all inside.
#[must_use]
pub fn classes(levels: &Plane<u8>) -> Plane<u8> {
    let (width, height) = (levels.width(), levels.height());
    let mut out = Plane::filled(width, height, u8::MAX);
    if width < 3 || height < 3 {
        return out;
    }
    let mut row = vec![0_u16; width - 2];
    for y in 1..height - 1 {
        row_patterns(levels.row(y - 1), levels.row(y), levels.row(y + 1), &mut row);
        for (class, &pattern) in out.row_mut(y)[1..].iter_mut().zip(&row) {
            *class = CLASS_OF_PATTERN.get(usize::from(pattern)).copied().unwrap_or(u8::MAX);
        }
    }
    out
}

/// The pattern of each pixel but the first and last; 256 and above where the neighborhood is not all inside.
#[inline(always)]
fn row_patterns_body(above: &[u8], here: &[u8], below: &[u8], out: &mut [u16]) {
    let n = out.len();
    let (above, here, below) = (&above[..n + 2], &here[..n + 2], &below[..n + 2]);
    for x in 0..n {
        let sample = |row: &[u8], i: usize| i32::from(row[x + i]);
        let center = sample(here, 1);
        let [nw, north, ne] = [sample(above, 0), sample(above, 1), sample(above, 2)];
        let [west, east] = [sample(here, 0), sample(here, 2)];
        let [sw, south, se] = [sample(below, 0), sample(below, 1), sample(below, 2)];
        let axial = |v: i32| u16::from(v >= center);
        let diagonal =
            |a: i32, b: i32, d: i32| u16::from((a + b - 2 * center) as f32 + DIAGONAL * (d - center) as f32 >= 0.0);
        let pattern = axial(east)
            | diagonal(north, east, ne) << 1
            | axial(north) << 2
            | diagonal(north, west, nw) << 3
            | axial(west) << 4
            | diagonal(south, west, sw) << 5
            | axial(south) << 6
            | diagonal(south, east, se) << 7;
        let smallest = nw.min(north).min(ne).min(west).min(center).min(east).min(sw).min(south).min(se);
        out[x] = pattern | u16::from(smallest == 0) << 8;
    }
}

dispatch! {
    fn row_patterns(above: &[u8], here: &[u8], below: &[u8], out: &mut [u16]) = row_patterns_body
}
