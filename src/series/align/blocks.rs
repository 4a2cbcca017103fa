//! Does the picture itself agree, everywhere: block by block, against chance.
//!
//! The aligned follow-up is cut into blocks, and each block's best place is searched in a window around where the map
//! puts it. Under a right map nearly every block is best where it is; under a wrong one the best place is anywhere, and the share
//! that is best in the middle is a few percent whatever the contrast. A fit cannot buy that share, since a map has eight numbers and there are
//! about a hundred blocks. How far the best places lie off is what is left of skin that moved.

use super::normalize::Level;
use super::sample;
use super::transform::Transform;
use crate::base::{Mask, Plane, parallel};

/// How far the search goes to each side.
const WINDOW: isize = 6;
/// A block within this many pixels of the middle agrees.
const AGREES_PX: f64 = 1.5;
/// Correlation below which a best place means nothing.
const LEAST_NCC: f64 = 0.25;
/// About how many blocks.
const BLOCKS: f64 = 120.0;
/// Sides of a block in pixels.
const SIDE: [f64; 2] = [16.0, 48.0];
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
    let shared = both.count();
    let side = (shared as f64 / BLOCKS).sqrt().clamp(SIDE[0], SIDE[1]).round() as usize;
    let (across, down) = (size.0 / side, size.1 / side);
    let of_block = |i: usize| {
        let (x, y) = (i % across.max(1) * side, i / across.max(1) * side);
        let skin = (y..y + side).map(|y| both.row(y)[x..x + side].iter().filter(|&&m| m != 0).count()).sum::<usize>();
        (skin as f64 >= SKIN * (side * side) as f64).then(|| best_place(&baseline.plane, &warped, &both, [x, y], side))
    };
    let blocks: Vec<Option<f64>> = parallel::map_indices(across * down, of_block).into_iter().flatten().collect();
    let mut shifts: Vec<f64> = blocks.iter().flatten().copied().collect();
    shifts.sort_by(f64::total_cmp);
    let agree = shifts.iter().filter(|&&s| s <= AGREES_PX).count();
    Agreement {
        blocks: blocks.len(),
        share: agree as f64 / blocks.len().max(1) as f64,
        shift_px: shifts.get(shifts.len() / 2).copied().unwrap_or(WINDOW as f64),
        ncc: correlation(&baseline.plane, &warped, &both),
        overlap: shared as f64 / baseline.mask.count().max(1) as f64,
    }
}

/// Distance of the best place of a block from the middle; `None` where there is no clear one inside the window.
fn best_place(baseline: &Plane, warped: &Plane, both: &Mask, [x0, y0]: [usize; 2], side: usize) -> Option<f64> {
    const N: usize = 2 * WINDOW as usize + 1;
    let (width, height) = (warped.width() as isize, warped.height() as isize);
    let mut ncc = [[f64::NEG_INFINITY; N]; N];
    for (j, row) in ncc.iter_mut().enumerate() {
        for (i, v) in row.iter_mut().enumerate() {
            let (dx, dy) = (i as isize - WINDOW, j as isize - WINDOW);
            let (left, top) = (x0 as isize + dx, y0 as isize + dy);
            if left < 0 || top < 0 || left + side as isize > width || top + side as isize > height {
                continue;
            }
            let (mut bf, mut bb, mut ff) = (0.0_f32, 0.0_f32, 0.0_f32);
            for y in 0..side {
                let b = &baseline.row(y0 + y)[x0..x0 + side];
                let m = &both.row(y0 + y)[x0..x0 + side];
                let f = &warped.row((top as usize) + y)[left as usize..left as usize + side];
                for ((b, f), &m) in b.iter().zip(f).zip(m) {
                    let (b, f) = (b * f32::from(m), f * f32::from(m));
                    bf += b * f;
                    bb += b * b;
                    ff += f * f;
                }
            }
            *v = f64::from(bf) / (f64::from(bb) * f64::from(ff)).sqrt().max(1e-9);
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
    Some(dx.hypot(dy))
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
        let right = agreement(&picture, &picture, &Transform::zoom(1.0, [3.0, 0.0]));
        // Off by three pixels, every block says so.
        assert!((right.shift_px - 3.0).abs() < 0.2 && right.share < 0.1, "{right:?}");
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
