//! Contrast, dissimilarity, homogeneity and correlation: averages over pairs, so box sums of per-pair planes.
//!
//! A pair is filed under its left column. Then the pairs along rows and along both diagonals span the same columns,
//! `side - distance` of them, and only the pairs along columns span `side`: two sets of column sums, called `wide` and
//! `tall` here, are enough for four directions. Column sums gain the pairs of the row that enters and lose those of the row
//! that leaves; the sum along the row runs likewise. All sums are of whole numbers and so exact, whatever the order
//! (homogeneity: 1 / (1 + (i - j)^2) in units of 2^-30).

use super::Window;
use super::pair::{POINT, changed, changed_near, pair};
use super::tile::Tile;

/// Sums per column: what averages of the pairs need. Differences of sums wrap and still come out right, since every
/// window's sum fits ([`Window::MOST_BINS`]).
struct Sums {
    /// Pairs.
    count: Vec<u32>,
    /// |i - j|.
    step: Vec<u32>,
    /// (i - j)^2.
    square: Vec<u32>,
    /// i + j, the middle level taken as zero.
    level: Vec<u32>,
    /// i^2 + j^2, the middle level taken as zero.
    power: Vec<u32>,
    /// 1 / (1 + (i - j)^2), fixed point.
    near: Vec<u64>,
}

impl Sums {
    fn new(width: usize) -> Self {
        let zeros = || vec![0; width];
        Self { count: zeros(), step: zeros(), square: zeros(), level: zeros(), power: zeros(), near: vec![0; width] }
    }
}

/// Contrast, dissimilarity, homogeneity, correlation of every pixel of the tile.
pub(super) fn moments(tile: &Tile, window: Window) -> [Vec<f32>; 4] {
    let (side, distance) = (window.side(), window.distance());
    let middle = tile.bins.div_ceil(2) as i32;
    let (mut wide, mut tall) = (Sums::new(tile.width), Sums::new(tile.width));
    let mut totals = Sums::new(tile.columns);
    let mut maps: [Vec<f32>; 4] = std::array::from_fn(|_| vec![f32::NAN; tile.columns * tile.rows]);
    let nothing = vec![0; tile.width];
    let change = |sign: Sign, row: usize, upper: Option<usize>, wide: &mut Sums, tall: &mut Sums| {
        let levels = |y: usize| tile.row(&tile.levels, y);
        let (upper, lower) = upper.map_or((&nothing[..], &nothing[..]), |y| (levels(y), levels(y + distance)));
        file_wide(levels(row), upper, lower, distance, middle, sign, wide);
        file_tall(upper, lower, middle, sign, tall);
    };
    for y in 0..side - 1 {
        change(Sign::Enters, y, y.checked_sub(distance), &mut wide, &mut tall);
    }
    for y in 0..tile.rows {
        let entering = y + side - 1;
        change(Sign::Enters, entering, Some(entering - distance), &mut wide, &mut tall);
        box_sums(&wide, &tall, side, distance, &mut totals);
        let row = y * tile.columns..(y + 1) * tile.columns;
        let [contrast, dissimilarity, homogeneity, correlation] = &mut maps;
        features(
            tile.centers(y),
            &totals.count,
            &totals.step,
            &totals.square,
            &totals.level,
            &totals.power,
            &totals.near,
            &mut contrast[row.clone()],
            &mut dissimilarity[row.clone()],
            &mut homogeneity[row.clone()],
            &mut correlation[row],
        );
        change(Sign::Leaves, y, Some(y), &mut wide, &mut tall);
    }
    maps
}

/// Whether pairs are added or taken off.
#[derive(Clone, Copy)]
enum Sign {
    Enters,
    Leaves,
}

fn flip(sign: Sign) -> u32 {
    match sign {
        Sign::Enters => 0,
        Sign::Leaves => u32::MAX,
    }
}

/// Files the pairs along `row` and along both diagonals between `upper` and `lower`.
fn file_wide(row: &[u8], upper: &[u8], lower: &[u8], distance: usize, middle: i32, sign: Sign, sums: &mut Sums) {
    let n = row.len() - distance;
    let Sums { count, step, square, level, power, near } = sums;
    let (left, right) = (&row[..n], &row[distance..]);
    let (upper_left, upper_right) = (&upper[..n], &upper[distance..]);
    let (lower_left, lower_right) = (&lower[..n], &lower[distance..]);
    wide_pairs(
        left,
        right,
        upper_left,
        upper_right,
        lower_left,
        lower_right,
        middle,
        flip(sign),
        count,
        step,
        square,
        level,
        power,
        near,
    );
}

/// Files the pairs down the columns.
fn file_tall(upper: &[u8], lower: &[u8], middle: i32, sign: Sign, sums: &mut Sums) {
    let Sums { count, step, square, level, power, near } = sums;
    tall_pairs(upper, lower, middle, flip(sign), count, step, square, level, power, near);
}

#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "slices of their own do not overlap, so the loop runs in lanes")]
fn wide_pairs_body(
    left: &[u8],
    right: &[u8],
    upper_left: &[u8],
    upper_right: &[u8],
    lower_left: &[u8],
    lower_right: &[u8],
    middle: i32,
    flip: u32,
    count: &mut [u32],
    step: &mut [u32],
    square: &mut [u32],
    level: &mut [u32],
    power: &mut [u32],
    near: &mut [u64],
) {
    let n = left.len();
    let (left, right) = (&left[..n], &right[..n]);
    let (upper_left, upper_right) = (&upper_left[..n], &upper_right[..n]);
    let (lower_left, lower_right) = (&lower_left[..n], &lower_right[..n]);
    let (count, step, square) = (&mut count[..n], &mut step[..n], &mut square[..n]);
    let (level, power, near) = (&mut level[..n], &mut power[..n], &mut near[..n]);
    for x in 0..n {
        let along = pair(left[x], right[x], middle);
        let down = pair(upper_left[x], lower_right[x], middle);
        let up = pair(upper_right[x], lower_left[x], middle);
        let pairs = along.and(down).and(up);
        count[x] = changed(count[x], pairs.count, flip);
        step[x] = changed(step[x], pairs.step, flip);
        square[x] = changed(square[x], pairs.square, flip);
        level[x] = changed(level[x], pairs.level, flip);
        power[x] = changed(power[x], pairs.power, flip);
        near[x] = changed_near(near[x], pairs.near, flip);
    }
}

#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "as above")]
fn tall_pairs_body(
    upper: &[u8],
    lower: &[u8],
    middle: i32,
    flip: u32,
    count: &mut [u32],
    step: &mut [u32],
    square: &mut [u32],
    level: &mut [u32],
    power: &mut [u32],
    near: &mut [u64],
) {
    let n = upper.len();
    let lower = &lower[..n];
    let (count, step, square) = (&mut count[..n], &mut step[..n], &mut square[..n]);
    let (level, power, near) = (&mut level[..n], &mut power[..n], &mut near[..n]);
    for x in 0..n {
        let pairs = pair(upper[x], lower[x], middle);
        count[x] = changed(count[x], pairs.count, flip);
        step[x] = changed(step[x], pairs.step, flip);
        square[x] = changed(square[x], pairs.square, flip);
        level[x] = changed(level[x], pairs.level, flip);
        power[x] = changed(power[x], pairs.power, flip);
        near[x] = changed_near(near[x], pairs.near, flip);
    }
}

dispatch! {
    fn wide_pairs(left: &[u8], right: &[u8], upper_left: &[u8], upper_right: &[u8], lower_left: &[u8],
        lower_right: &[u8], middle: i32, flip: u32, count: &mut [u32], step: &mut [u32], square: &mut [u32],
        level: &mut [u32], power: &mut [u32], near: &mut [u64]) = wide_pairs_body
}

dispatch! {
    fn tall_pairs(upper: &[u8], lower: &[u8], middle: i32, flip: u32, count: &mut [u32], step: &mut [u32],
        square: &mut [u32], level: &mut [u32], power: &mut [u32], near: &mut [u64]) = tall_pairs_body
}

/// Sums of the windows from the sums of the columns.
fn box_sums(wide: &Sums, tall: &Sums, side: usize, distance: usize, totals: &mut Sums) {
    let inner = side - distance;
    box_row(&wide.count, &tall.count, inner, side, &mut totals.count);
    box_row(&wide.step, &tall.step, inner, side, &mut totals.step);
    box_row(&wide.square, &tall.square, inner, side, &mut totals.square);
    box_row(&wide.level, &tall.level, inner, side, &mut totals.level);
    box_row(&wide.power, &tall.power, inner, side, &mut totals.power);
    box_row_near(&wide.near, &tall.near, inner, side, &mut totals.near);
}

/// `out[x]` = `inner` columns of `wide` and `side` columns of `tall` from x on.
macro_rules! box_row_body {
    ($name:ident, $t:ty) => {
        #[inline(always)]
        fn $name(wide: &[$t], tall: &[$t], inner: usize, side: usize, out: &mut [$t]) {
            let n = out.len() - 1;
            let first = |row: &[$t], columns: usize| row[..columns].iter().fold(0, |s: $t, &v| s.wrapping_add(v));
            out[0] = first(wide, inner).wrapping_add(first(tall, side));
            let (wide_out, wide_in) = (&wide[..n], &wide[inner..inner + n]);
            let (tall_out, tall_in) = (&tall[..n], &tall[side..side + n]);
            // The changes in lanes, then one addition per pixel.
            let changes = &mut out[1..];
            for x in 0..n {
                let gain = wide_in[x].wrapping_add(tall_in[x]);
                changes[x] = gain.wrapping_sub(wide_out[x]).wrapping_sub(tall_out[x]);
            }
            let mut sum = out[0];
            for v in &mut out[1..] {
                sum = sum.wrapping_add(*v);
                *v = sum;
            }
        }
    };
}

box_row_body!(box_row_body_32, u32);
box_row_body!(box_row_body_64, u64);

dispatch! {
    fn box_row(wide: &[u32], tall: &[u32], inner: usize, side: usize, out: &mut [u32]) = box_row_body_32
}

dispatch! {
    fn box_row_near(wide: &[u64], tall: &[u64], inner: usize, side: usize, out: &mut [u64]) = box_row_body_64
}

/// The features from the sums. With S1 = sum i + j, S2 = sum i^2 + j^2 and D = sum (i - j)^2 over n pairs, the variance of
/// the symmetric matrix is (2 n S2 - S1^2) / 4 n^2 and its correlation 1 - 2 n D / (2 n S2 - S1^2); all of these whole
/// numbers are below 2^53.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "as above")]
fn features_body(
    centers: &[u8],
    count: &[u32],
    step: &[u32],
    square: &[u32],
    level: &[u32],
    power: &[u32],
    near: &[u64],
    contrast: &mut [f32],
    dissimilarity: &mut [f32],
    homogeneity: &mut [f32],
    correlation: &mut [f32],
) {
    let len = centers.len();
    let (count, step, square) = (&count[..len], &step[..len], &square[..len]);
    let (level, power, near) = (&level[..len], &power[..len], &near[..len]);
    let (contrast, dissimilarity) = (&mut contrast[..len], &mut dissimilarity[..len]);
    let (homogeneity, correlation) = (&mut homogeneity[..len], &mut correlation[..len]);
    for x in 0..len {
        let n = f64::from(count[x]);
        // Outside the mask, and without a pair: 0 / 0.
        let n = if centers[x] == 0 { 0.0 } else { n };
        let empty = if n == 0.0 { f64::NAN } else { 0.0 };
        let (d, s1, s2) = (f64::from(square[x]), f64::from(level[x] as i32), f64::from(power[x]));
        let spread = 2.0 * n * s2 - s1 * s1;
        let share = if spread == 0.0 { 0.0 } else { 2.0 * n * d / spread };
        contrast[x] = (d / n + empty) as f32;
        dissimilarity[x] = (f64::from(step[x]) / n + empty) as f32;
        homogeneity[x] = (near[x] as f64 / n / (1_u64 << POINT) as f64 + empty) as f32;
        correlation[x] = (1.0 - share + empty) as f32;
    }
}

dispatch! {
    fn features(centers: &[u8], count: &[u32], step: &[u32], square: &[u32], level: &[u32], power: &[u32],
        near: &[u64], contrast: &mut [f32], dissimilarity: &mut [f32], homogeneity: &mut [f32],
        correlation: &mut [f32]) = features_body
}
