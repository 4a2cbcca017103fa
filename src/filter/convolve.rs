//! Convolution with small kernels, for the texture filters of IBSI-2. Sums run over the taps in one fixed order, without fused
//! operations, so the bits are the same at every CPU level.

use super::gaussian::mirrored;
use crate::base::{Plane, parallel};

/// What lies beyond the edges of a plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// Zeros (IBSI-2 "zero padding").
    Zero,
    /// The plane mirrored, the edge samples repeated: d c b a | a b c d (IBSI-2 "mirror", scipy "reflect").
    Mirror,
}

/// Columns that one step of a row kernel accumulates in registers.
const BLOCK: usize = 32;
/// Rows of one task.
const ROWS: usize = 16;

/// The plane with `rx` columns and `ry` rows more on each side.
pub(super) fn padded(src: &Plane, rx: usize, ry: usize, boundary: Boundary) -> Plane {
    let (width, height) = (src.width(), src.height());
    let mut out = Plane::new(width + 2 * rx, height + 2 * ry);
    if src.is_empty() {
        return out;
    }
    let side = out.width();
    parallel::for_bands(out.data_mut(), side, ROWS, |first, band| {
        for (i, row) in band.chunks_exact_mut(side).enumerate() {
            let y = (first + i) as isize - ry as isize;
            let inside = (0..height as isize).contains(&y);
            if boundary == Boundary::Zero && !inside {
                continue;
            }
            let from = src.row(mirrored(y, height));
            row[rx..rx + width].copy_from_slice(from);
            if boundary == Boundary::Mirror {
                for k in 0..rx {
                    row[k] = from[mirrored(k as isize - rx as isize, width)];
                    row[rx + width + k] = from[mirrored((width + k) as isize, width)];
                }
            }
        }
    });
    out
}

/// `out[x]` += sum of `taps[k] * row[x + k]`.
#[inline(always)]
fn accumulate_body(row: &[f32], taps: &[f32], out: &mut [f32]) {
    let n = out.len();
    let row = &row[..n + taps.len() - 1];
    let mut x = 0;
    while x + BLOCK <= n {
        let mut sum = [0.0_f32; BLOCK];
        sum.copy_from_slice(&out[x..x + BLOCK]);
        for (k, &tap) in taps.iter().enumerate() {
            let samples = &row[x + k..x + k + BLOCK];
            for j in 0..BLOCK {
                sum[j] += tap * samples[j];
            }
        }
        out[x..x + BLOCK].copy_from_slice(&sum);
        x += BLOCK;
    }
    for x in x..n {
        let mut sum = out[x];
        for (k, &tap) in taps.iter().enumerate() {
            sum += tap * row[x + k];
        }
        out[x] = sum;
    }
}

dispatch! {
    fn accumulate(row: &[f32], taps: &[f32], out: &mut [f32]) = accumulate_body
}

/// The convolution of `src` with the product of two kernels of odd length, `along_x` and `along_y`, each centered on its middle tap.
///
/// # Panics
/// When a kernel has an even number of taps.
#[must_use]
pub fn separable(src: &Plane, along_x: &[f64], along_y: &[f64], boundary: Boundary) -> Plane {
    let horizontal = dense(src, &[flipped(along_x)], boundary);
    let vertical: Vec<Vec<f32>> = flipped(along_y).into_iter().map(|tap| vec![tap]).collect();
    dense(&horizontal, &vertical, boundary)
}

/// The taps as a correlation applies them.
fn flipped(taps: &[f64]) -> Vec<f32> {
    taps.iter().rev().map(|&t| t as f32).collect()
}

/// The correlation of `src` with a kernel given as rows of equal length; both numbers are odd.
///
/// # Panics
/// When a number is even.
pub(super) fn dense(src: &Plane, kernel: &[Vec<f32>], boundary: Boundary) -> Plane {
    let (columns, rows) = (kernel.first().map_or(0, Vec::len), kernel.len());
    assert!(columns % 2 == 1 && rows % 2 == 1, "a kernel of {columns} x {rows} taps has no middle");
    let wide = padded(src, columns / 2, rows / 2, boundary);
    let mut out = Plane::new(src.width(), src.height());
    let width = out.width();
    parallel::for_bands(out.data_mut(), width, ROWS, |first, band| {
        for (i, out) in band.chunks_exact_mut(width).enumerate() {
            for (k, taps) in kernel.iter().enumerate() {
                accumulate(wide.row(first + i + k), taps, out);
            }
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::cpu::Level;
    use crate::base::parallel::Threads;
    use crate::filter::{gabor::Gabor, laplacian, laws, mean};

    fn noise(width: usize, height: usize) -> Plane {
        let mut state = 5_u64;
        Plane::from_fn(width, height, |_, _| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1 << 24) as f32 - 0.5
        })
    }

    #[test]
    fn equals_the_direct_sum() {
        let src = noise(37, 11);
        let (along_x, along_y) = ([0.5, -1.0, 2.0, 3.0, 0.25], [1.0, 4.0, -2.0]);
        for boundary in [Boundary::Zero, Boundary::Mirror] {
            let found = separable(&src, &along_x, &along_y, boundary);
            let at = |x: isize, y: isize| {
                let inside = (0..37).contains(&x) && (0..11).contains(&y);
                let v = f64::from(src.at(mirrored(x, 37), mirrored(y, 11)));
                if inside || boundary == Boundary::Mirror { v } else { 0.0 }
            };
            for (x, y) in [(0, 0), (36, 10), (1, 5), (33, 2), (20, 7)] {
                let mut sum = 0.0;
                for (i, a) in along_x.iter().enumerate() {
                    for (j, b) in along_y.iter().enumerate() {
                        // A convolution: the kernel's tap at +1 meets the sample at -1.
                        sum += a * b * at(x - (i as isize - 2), y - (j as isize - 1));
                    }
                }
                let found = f64::from(found.at(x as usize, y as usize));
                assert!((found - sum).abs() < 1e-5, "{boundary:?} {x} {y}: {found} for {sum}");
            }
        }
    }

    #[test]
    fn every_level_and_any_number_of_threads_give_the_same_bits() {
        let src = noise(143, 87);
        let gabor = Gabor { sigma: 3.0, lambda: 6.0, gamma: 0.7, theta: 0.4 };
        let run = || {
            let laws =
                laws::laws_pooled(&src, laws::Kernel::E5, laws::Kernel::W5, laws::Pooling::Mean, Boundary::Mirror);
            let log = laplacian::laplacian_of_gaussian(&src, 2.0, 4.0, Boundary::Mirror);
            (
                mean::mean(&src, 4, Boundary::Zero),
                gabor.modulus(&src, Boundary::Zero),
                laws::energy(&laws, 3, Boundary::Mirror),
                log,
            )
        };
        let before = Level::current();
        let mut results = Vec::new();
        for level in Level::available() {
            assert!(Level::force(level));
            results.extend([1, 2, 7].map(|n| Threads::new(n).unwrap().install(run)));
        }
        Level::force(before);
        assert!(results.windows(2).all(|w| w[0] == w[1]));
    }
}
