//! Coarser and finer grids.

use crate::base::{Mask, Plane, parallel};

/// Means over blocks of `factor` x `factor` samples; what is missing at the right and lower edge counts as zero.
///
/// The center of coarse sample i lies at fine coordinate (i + 0.5) factor - 0.5.
#[must_use]
pub fn block_mean(src: &Plane, factor: usize) -> Plane {
    blocks(src.width(), src.height(), factor, |y, sums| add_blocks(src.row(y), factor, sums))
}

/// The same of a mask: the share of each block that belongs to it.
#[must_use]
pub fn block_mean_mask(mask: &Mask, factor: usize) -> Plane {
    blocks(mask.width(), mask.height(), factor, |y, sums| {
        for (sum, block) in sums.iter_mut().zip(mask.row(y).chunks(factor)) {
            *sum += block.iter().map(|&m| u32::from(m)).sum::<u32>() as f32;
        }
    })
}

fn add_blocks(row: &[f32], factor: usize, sums: &mut [f32]) {
    for (sum, block) in sums.iter_mut().zip(row.chunks(factor)) {
        *sum += block.iter().sum::<f32>();
    }
}

fn blocks(width: usize, height: usize, factor: usize, add_row: impl Fn(usize, &mut [f32]) + Sync + Send) -> Plane {
    let mut out = Plane::new(width.div_ceil(factor), height.div_ceil(factor));
    let coarse_width = out.width();
    let scale = 1.0 / (factor * factor) as f32;
    parallel::for_bands(out.data_mut(), coarse_width, 16, |first, band| {
        for (i, sums) in band.chunks_exact_mut(coarse_width).enumerate() {
            let top = (first + i) * factor;
            for y in top..(top + factor).min(height) {
                add_row(y, sums);
            }
            for sum in sums {
                *sum *= scale;
            }
        }
    });
    out
}

/// Row `y` at fine resolution of a plane of block centers, by linear interpolation; constant beyond the outer centers.
pub fn interpolate_row(coarse: &Plane, factor: usize, y: usize, out: &mut [f32]) {
    let (upper, lower, t) = between(y, factor, coarse.height());
    let (a, b) = (coarse.row(upper), coarse.row(lower));
    let mixed: Vec<f32> = a.iter().zip(b).map(|(a, b)| a + t * (b - a)).collect();
    let f = factor as f32;
    let half = factor / 2;
    let head = half.min(out.len());
    out[..head].fill(mixed[0]);
    // Between two centers the weight runs through (j + 0.5) / factor for an even factor.
    let offset = if factor.is_multiple_of(2) { 0.5 } else { 0.0 };
    let mut x = head;
    let mut i = 0;
    while x < out.len() {
        let (a, b) = (mixed[i], mixed[(i + 1).min(mixed.len() - 1)]);
        let n = factor.min(out.len() - x);
        for (j, out) in out[x..x + n].iter_mut().enumerate() {
            *out = a + (j as f32 + offset) / f * (b - a);
        }
        x += n;
        i = (i + 1).min(mixed.len() - 1);
    }
}

/// The coarse samples around fine coordinate `y` and the weight of the second.
fn between(y: usize, factor: usize, count: usize) -> (usize, usize, f32) {
    let position = ((y as f32 + 0.5) / factor as f32 - 0.5).clamp(0.0, (count - 1) as f32);
    let first = position as usize;
    (first, (first + 1).min(count - 1), position - first as f32)
}

/// The plane of block centers at the fine resolution.
#[must_use]
pub fn interpolate(coarse: &Plane, factor: usize, width: usize, height: usize) -> Plane {
    let mut out = Plane::new(width, height);
    parallel::for_bands(out.data_mut(), width, parallel::BAND_ROWS, |first, band| {
        for (i, row) in band.chunks_exact_mut(width).enumerate() {
            interpolate_row(coarse, factor, first + i, row);
        }
    });
    out
}

/// The mask at the fine resolution: every pixel takes the value of its block.
#[must_use]
pub fn enlarge_mask(coarse: &Mask, factor: usize, width: usize, height: usize) -> Mask {
    Mask::from_fn(width, height, |x, y| coarse.contains(x / factor, y / factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_survives_down_and_up() {
        for factor in [2, 3, 4, 8] {
            let ramp = Plane::from_fn(48, 48, |x, y| 0.5 * x as f32 - 0.25 * y as f32);
            let back = interpolate(&block_mean(&ramp, factor), factor, 48, 48);
            for (x, y) in [(10, 10), (24, 31), (factor, 40 - factor)] {
                assert!((back.at(x, y) - ramp.at(x, y)).abs() < 1e-4, "factor {factor} at {x}, {y}");
            }
        }
    }

    #[test]
    fn blocks_at_the_edge_count_what_is_missing_as_zero() {
        let plane = Plane::filled(5, 3, 1.0);
        assert_eq!(block_mean(&plane, 2).data(), [1.0, 1.0, 0.5, 0.5, 0.5, 0.25]);
        assert_eq!(block_mean_mask(&Mask::full(5, 3), 2).data(), [1.0, 1.0, 0.5, 0.5, 0.5, 0.25]);
    }
}
