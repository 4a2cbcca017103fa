//! Interpolation by quintic B-splines (Unser, Aldroubi and Eden, IEEE Trans. Signal Process. 41:821, 1993).
//!
//! A recursive filter turns samples into coefficients, six of which per axis give any point between. At wavelengths of
//! seven pixels it errs by 1e-4, where a sinc windowed to the same six samples errs by 2 % and would make every recapture
//! another relief.

use std::sync::LazyLock;

use crate::base::{Plane, parallel};

/// Samples per axis that make a point.
pub(super) const TAPS: usize = 6;
/// Samples beyond the first of them: how far the kernel reaches.
pub(super) const REACH: usize = 3;
/// Phases that are tabulated: a position is right to 1/8192 of a pixel.
const PHASES: usize = 4096;
/// Poles of the recursive filter.
const POLES: [f32; 2] = [-0.430_575_35, -0.043_096_29];
/// Samples after which the first pole has forgotten (0.43^24 is 2e-9).
const MEMORY: usize = 24;

static KERNEL: LazyLock<Vec<[f32; TAPS]>> = LazyLock::new(|| {
    let at_phase = |phase: usize| {
        let t = phase as f64 / PHASES as f64;
        std::array::from_fn(|k| quintic(k as f64 - (REACH - 1) as f64 - t) as f32)
    };
    (0..=PHASES).map(at_phase).collect()
});

/// The quintic B-spline.
fn quintic(x: f64) -> f64 {
    let x = x.abs();
    let polynomial = |c: [f64; 6]| c.into_iter().rev().fold(0.0, |sum, c| sum * x + c);
    match x {
        _ if x < 1.0 => polynomial([11.0 / 20.0, 0.0, -0.5, 0.0, 0.25, -1.0 / 12.0]),
        _ if x < 2.0 => polynomial([17.0 / 40.0, 5.0 / 8.0, -7.0 / 4.0, 5.0 / 4.0, -3.0 / 8.0, 1.0 / 24.0]),
        _ => (3.0 - x).max(0.0).powi(5) / 120.0,
    }
}

/// The coefficients of a plane, mirrored at its edges.
#[derive(Clone, Debug)]
pub(super) struct Spline(Plane);

impl Spline {
    /// The spline through the samples of a plane.
    pub fn new(plane: &Plane) -> Self {
        let gain = POLES.iter().map(|z| (1.0 - z) * (1.0 - 1.0 / z)).product::<f32>();
        let mut plane = plane.map(|v| v * gain * gain);
        let (width, height) = (plane.width(), plane.height());
        parallel::for_bands(plane.data_mut(), width, 16, |_, rows| {
            for row in rows.chunks_exact_mut(width) {
                for z in POLES {
                    filter_row(row, z);
                }
            }
        });
        for z in POLES {
            filter_columns(plane.data_mut(), width, height, z);
        }
        Self(plane)
    }

    /// The value at column `u`, row `v`; at least [`REACH`] samples must lie around it.
    pub fn at(&self, [u, v]: [f64; 2]) -> f32 {
        let (left, across) = split(u);
        let (top, down) = split(v);
        let mut sum = 0.0_f32;
        for (k, weight) in down.iter().enumerate() {
            let samples = &self.0.row(top + k)[left..left + TAPS];
            let mut line = 0.0_f32;
            for (sample, w) in samples.iter().zip(across) {
                line += sample * w;
            }
            sum += weight * line;
        }
        sum
    }
}

/// First sample and weights around a position.
fn split(position: f64) -> (usize, &'static [f32; TAPS]) {
    let floor = position.floor();
    let phase = ((position - floor) * PHASES as f64 + 0.5) as usize;
    (floor as usize + 1 - REACH, &KERNEL[phase])
}

fn filter_row(row: &mut [f32], z: f32) {
    let n = row.len();
    let mut power = 1.0;
    let mut first = 0.0;
    for &v in row.iter().take(MEMORY) {
        first += power * v;
        power *= z;
    }
    row[0] = first;
    for i in 1..n {
        row[i] += z * row[i - 1];
    }
    row[n - 1] = z / (z * z - 1.0) * (row[n - 1] + z * row[n - 2]);
    for i in (0..n - 1).rev() {
        row[i] = z * (row[i + 1] - row[i]);
    }
}

/// The same down the columns, a whole row at a time.
fn filter_columns(data: &mut [f32], width: usize, height: usize, z: f32) {
    let mut first = vec![0.0; width];
    let mut power = 1.0;
    for row in data.chunks_exact(width).take(MEMORY) {
        first.iter_mut().zip(row).for_each(|(sum, v)| *sum += power * v);
        power *= z;
    }
    data[..width].copy_from_slice(&first);
    for y in 1..height {
        let (above, here) = data[(y - 1) * width..(y + 1) * width].split_at_mut(width);
        here.iter_mut().zip(above).for_each(|(v, a)| *v += z * *a);
    }
    let (above, last) = data[(height - 2) * width..].split_at_mut(width);
    last.iter_mut().zip(above).for_each(|(v, a)| *v = z / (z * z - 1.0) * (*v + z * *a));
    for y in (0..height - 1).rev() {
        let (here, below) = data[y * width..(y + 2) * width].split_at_mut(width);
        here.iter_mut().zip(below).for_each(|(v, b)| *v = z * (*b - *v));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_is_a_partition_of_one_and_samples_come_back() {
        for weights in KERNEL.iter() {
            assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        }
        let plane = Plane::from_fn(40, 30, |x, y| ((x * 7 + y * 13) % 11) as f32);
        let spline = Spline::new(&plane);
        for y in 3..26 {
            for x in 3..36 {
                let back = spline.at([x as f64, y as f64]);
                assert!((back - plane.at(x, y)).abs() < 1e-4, "{back} for {} at {x}, {y}", plane.at(x, y));
            }
        }
    }
}
