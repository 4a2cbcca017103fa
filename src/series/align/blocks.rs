//! Does the picture itself agree, everywhere: block by block, against chance.
//!
//! The aligned follow-up is cut into blocks, and each block's best place is searched in a window around where the map
//! puts it. Under a right map a block's best place is clear and is that of its neighbors, since skin moves smoothly; under a wrong one
//! it is anywhere, and a block sits with its neighbors in a few percent of all cases whatever the contrast. A fit cannot buy
//! that share, since a map has eight numbers and there are about a hundred blocks. How far the best places lie off is what
//! the map leaves of skin that moved.

use super::normalize::Level;
use super::sample;
use super::transform::Transform;
use crate::base::{Mask, Plane, parallel};

/// How far the search goes to each side.
const WINDOW: isize = 6;
/// A block within this many pixels of the median of its neighbors agrees with them.
const AGREES_PX: f64 = 1.5;
/// Correlation below which a best place means nothing.
const LEAST_NCC: f64 = 0.25;
/// About how many blocks.
const BLOCKS: f64 = 120.0;
/// Sides of a block in pixels.
const SIDE: [f64; 2] = [12.0, 64.0];
/// Partial sums of a correlation.
const LANES: usize = 8;
/// Fewest neighbors with a best place.
const NEIGHBORS: usize = 3;
/// Share of a block that must be skin in both photos.
const SKIN: f64 = 0.6;

/// What the blocks say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Blocks with enough skin in both photos.
    pub blocks: usize,
    /// Share of them that agree.
    pub share: f64,
    /// Median distance of the best place from the middle in pixels of the level, of the blocks with a best place.
    pub shift_px: f64,
    /// Correlation of the two photos over the skin they share.
    pub ncc: f64,
    /// Share of the baseline's skin that the follow-up shows.
    pub overlap: f64,
}

/// The follow-up's plane where the baseline's pixels lie in it, and where it shows skin.
#[must_use]
pub fn aligned(size: (usize, usize), follow_up: &Level, map: &Transform) -> (Plane, Mask) {
    let (width, height) = size;
    let from = (follow_up.plane.width(), follow_up.plane.height());
    let mut plane = Plane::filled(width, height, f32::NAN);
    parallel::for_bands(plane.data_mut(), width, 16, |first, band| {
        for (i, row) in band.chunks_exact_mut(width).enumerate() {
            for (x, v) in row.iter_mut().enumerate() {
                let there = map.apply([x as f64, (first + i) as f64]);
                if sample::reaches(from, there)
                    && follow_up.mask.contains((there[0] + 0.5) as usize, (there[1] + 0.5) as usize)
                {
                    *v = sample::cubic(&follow_up.plane, there);
                }
            }
        }
    });
    let mask = Mask::from_plane(plane.map(|v| u8::from(!v.is_nan())));
    (plane.map(|v| if v.is_nan() { 0.0 } else { v }), mask)
}

/// The agreement under a map from the baseline's level to the follow-up's.
#[must_use]
pub fn agreement(baseline: &Level, follow_up: &Level, map: &Transform) -> Agreement {
    let size = (baseline.plane.width(), baseline.plane.height());
    let (warped, visible) = aligned(size, follow_up, map);
    let both = baseline.mask.and(&visible);
    let shown = both.apply(&baseline.plane);
    let shared = both.count();
    let side = (shared as f64 / BLOCKS).sqrt().clamp(SIDE[0], SIDE[1]).round() as usize;
    let (across, down) = (size.0 / side, size.1 / side);
    let of_block = |i: usize| {
        let (x, y) = (i % across.max(1) * side, i / across.max(1) * side);
        let skin = (y..y + side).map(|y| both.row(y)[x..x + side].iter().filter(|&&m| m != 0).count()).sum::<usize>();
        (skin as f64 >= SKIN * (side * side) as f64).then(|| best_place(&shown, &warped, [x, y], side))
    };
    let grid: Vec<Option<Option<[f64; 2]>>> = parallel::map_indices(across * down, of_block);
    let blocks = grid.iter().flatten().count();
    let places: Vec<Option<[f64; 2]>> = grid.into_iter().map(Option::flatten).collect();
    let agree = (0..places.len()).filter(|&i| sits_with_neighbors(&places, across, i)).count();
    let shifts: Vec<f64> = places.iter().flatten().map(|[dx, dy]| dx.hypot(*dy)).collect();
    Agreement {
        blocks,
        share: agree as f64 / blocks.max(1) as f64,
        shift_px: middle(shifts).unwrap_or(WINDOW as f64),
        ncc: correlation(&baseline.plane, &warped, &both),
        overlap: shared as f64 / baseline.mask.count().max(1) as f64,
    }
}

#[inline(always)]
fn add_products_body(b: &[f32], f: &[f32], sums: &mut [f32; 2 * LANES]) {
    let (bs, fs) = (b.chunks_exact(LANES), f.chunks_exact(LANES));
    for (k, (b, f)) in bs.remainder().iter().zip(fs.remainder()).enumerate() {
        sums[k] += b * f;
        sums[LANES + k] += f * f;
    }
    for (b, f) in bs.zip(fs) {
        for k in 0..LANES {
            sums[k] += b[k] * f[k];
            sums[LANES + k] += f[k] * f[k];
        }
    }
}

dispatch! {
    /// Adds the products of two rows, and the squares of the second, in lanes.
    fn add_products(b: &[f32], f: &[f32], sums: &mut [f32; 2 * LANES]) = add_products_body
}

/// Whether block `i` has a best place, and its neighbors on the grid have about the same.
fn sits_with_neighbors(places: &[Option<[f64; 2]>], across: usize, i: usize) -> bool {
    let Some([dx, dy]) = places[i] else { return false };
    let (x, y) = (i % across, i / across);
    let down = places.len() / across;
    let around = |n: usize, most: usize| n.saturating_sub(1)..=(n + 1).min(most - 1);
    let near: Vec<[f64; 2]> = around(y, down)
        .flat_map(|y| around(x, across).map(move |x| y * across + x))
        .filter(|&k| k != i)
        .filter_map(|k| places[k])
        .collect();
    if near.len() < NEIGHBORS {
        return false;
    }
    let median = |axis: usize| middle(near.iter().map(|p| p[axis]).collect());
    median(0).zip(median(1)).is_some_and(|(mx, my)| (dx - mx).hypot(dy - my) <= AGREES_PX)
}

/// The upper median.
fn middle(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Where a block fits best, from where the map puts it; `None` where no place inside the window is clear.
/// Both planes are 0 where either shows no skin.
fn best_place(baseline: &Plane, warped: &Plane, [x0, y0]: [usize; 2], side: usize) -> Option<[f64; 2]> {
    const N: usize = 2 * WINDOW as usize + 1;
    let (width, height) = (warped.width() as isize, warped.height() as isize);
    let block = (y0..y0 + side).flat_map(|y| &baseline.row(y)[x0..x0 + side]);
    let bb = f64::from(block.map(|b| b * b).sum::<f32>());
    let mut ncc = [[f64::NEG_INFINITY; N]; N];
    for (j, row) in ncc.iter_mut().enumerate() {
        for (i, v) in row.iter_mut().enumerate() {
            let (dx, dy) = (i as isize - WINDOW, j as isize - WINDOW);
            let (left, top) = (x0 as isize + dx, y0 as isize + dy);
            if left < 0 || top < 0 || left + side as isize > width || top + side as isize > height {
                continue;
            }
            let mut sums = [0.0_f32; 2 * LANES];
            for y in 0..side {
                let b = &baseline.row(y0 + y)[x0..x0 + side];
                let f = &warped.row(top as usize + y)[left as usize..left as usize + side];
                add_products(b, f, &mut sums);
            }
            let (bf, ff): (f32, f32) = (sums[..LANES].iter().sum(), sums[LANES..].iter().sum());
            *v = f64::from(bf) / (bb * f64::from(ff)).sqrt().max(1e-9);
        }
    }
    let best = (0..N * N).fold(0, |at, k| if ncc[k / N][k % N] > ncc[at / N][at % N] { k } else { at });
    let (j, i) = (best / N, best % N);
    if ncc[j][i] < LEAST_NCC || i == 0 || j == 0 || i == N - 1 || j == N - 1 {
        return None;
    }
    let vertex = |a: f64, b: f64, c: f64| {
        let bend = a - 2.0 * b + c;
        if a.is_finite() && c.is_finite() && bend < 0.0 { 0.5 * (a - c) / bend } else { 0.0 }
    };
    let dx = i as f64 + vertex(ncc[j][i - 1], ncc[j][i], ncc[j][i + 1]) - WINDOW as f64;
    let dy = j as f64 + vertex(ncc[j - 1][i], ncc[j][i], ncc[j + 1][i]) - WINDOW as f64;
    Some([dx, dy])
}

/// The correlation of the two photos under a map, over the skin they share.
#[must_use]
pub fn likeness(baseline: &Level, follow_up: &Level, map: &Transform) -> f64 {
    let size = (baseline.plane.width(), baseline.plane.height());
    let (warped, visible) = aligned(size, follow_up, map);
    correlation(&baseline.plane, &warped, &baseline.mask.and(&visible))
}

/// Pearson's correlation over a mask; 0 where one of the planes is flat.
fn correlation(a: &Plane, b: &Plane, mask: &Mask) -> f64 {
    let bands = parallel::map_bands(a.height(), parallel::BAND_ROWS, |rows| {
        let mut sums = [0.0_f64; 6];
        for y in rows {
            for ((&a, &b), &m) in a.row(y).iter().zip(b.row(y)).zip(mask.row(y)) {
                if m != 0 {
                    let (a, b) = (f64::from(a), f64::from(b));
                    for (sum, v) in sums.iter_mut().zip([1.0, a, b, a * a, b * b, a * b]) {
                        *sum += v;
                    }
                }
            }
        }
        sums
    });
    let mut sums = [0.0; 6];
    for band in bands {
        for (sum, v) in sums.iter_mut().zip(band) {
            *sum += v;
        }
    }
    let [n, a, b, aa, bb, ab] = sums;
    let spread = ((aa - a * a / n) * (bb - b * b / n)).sqrt();
    if n > 0.0 && spread > 1e-9 { (ab - a * b / n) / spread } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::gaussian;
    use crate::phantom::random::white_noise;

    fn level(seed: u64) -> Level {
        Level::new(gaussian::blur(&white_noise(seed, 1, 400, 300), 2.0).map(|v| 7.0 * v), Mask::full(400, 300))
    }

    #[test]
    fn the_same_picture_agrees_where_it_is_and_nowhere_else() {
        let picture = level(1);
        let off = agreement(&picture, &picture, &Transform::zoom(1.0, [3.0, 0.0]));
        // Off by three pixels, every block says so, and all say the same; at the border some look for theirs outside.
        assert!((off.shift_px - 3.0).abs() < 0.2 && off.share > 0.85, "{off:?}");
        let right = agreement(&picture, &picture, &Transform::IDENTITY);
        assert!(right.share > 0.99 && right.shift_px < 0.05 && right.ncc > 0.999, "{right:?}");
        assert!(right.overlap > 0.97 && right.blocks > 80, "{right:?}");
        let half = agreement(&picture, &picture, &Transform::zoom(1.0, [200.0, 0.0]));
        assert!((half.overlap - 0.5).abs() < 0.02, "{half:?}");
    }

    #[test]
    fn another_picture_does_not_agree() {
        let other = agreement(&level(1), &level(2), &Transform::IDENTITY);
        assert!(other.share < 0.15 && other.ncc.abs() < 0.1, "{other:?}");
        let flat = Level::new(Plane::new(400, 300), Mask::full(400, 300));
        assert_eq!(agreement(&level(1), &flat, &Transform::IDENTITY).share, 0.0);
    }
}
