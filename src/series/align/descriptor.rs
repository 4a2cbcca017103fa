//! What surrounds a blob: gradients of a turned and scaled patch in 4 x 4 cells of 8 directions (Lowe 2004).
//!
//! The patch is turned by the direction in which most of the blob's surround gets lighter, so that it reads the same in a
//! turned photo; a surround with several such directions is described once for each. Square roots of the shares (Arandjelovic and
//! Zisserman 2012) keep a single strong hair or pen mark from ruling the distance.

use std::f64::consts::TAU;

use super::keypoint::{Keypoint, Octave};
use crate::base::{Plane, parallel};

/// Numbers of a descriptor.
pub const LENGTH: usize = 128;
/// Samples along a side of the patch.
const SIDE: usize = 16;
/// Distance of the samples in sigmas: four cells of four samples reach over 12 sigmas.
const SPACING: f64 = 0.75;
/// Directions of the histogram that finds the turn.
const TURNS: usize = 36;

/// A described blob.
#[derive(Clone, Debug)]
pub struct Feature {
    /// Its place in the picture.
    pub at: [f64; 2],
    /// Its size in pixels.
    pub sigma: f64,
    /// Its direction in radians, from x to y.
    pub turn: f64,
    /// Its surround; of length 1.
    pub descriptor: [f32; LENGTH],
}

/// Describes the blobs, in their order.
#[must_use]
pub fn describe(octaves: &[Octave], keypoints: &[Keypoint]) -> Vec<Feature> {
    let described = parallel::map_bands(keypoints.len(), 64, |range| {
        let mut features = Vec::new();
        for k in &keypoints[range] {
            let plane = &octaves[k.octave].smooth[k.step];
            let scale = (1_usize << k.octave) as f64;
            let (at, sigma) = (k.at.map(|v| v / scale), k.sigma / scale);
            features.extend(turns(plane, at, sigma).into_iter().map(|turn| Feature {
                at: k.at,
                sigma: k.sigma,
                turn,
                descriptor: surround(plane, at, sigma, turn),
            }));
        }
        features
    });
    described.into_iter().flatten().collect()
}

/// The plane between samples; constant beyond its edges.
fn bilinear(plane: &Plane, [x, y]: [f64; 2]) -> f32 {
    let clamp = |v: f64, n: usize| v.clamp(0.0, (n - 1) as f64);
    let (x, y) = (clamp(x, plane.width()), clamp(y, plane.height()));
    let (i, j) =
        ((x as usize).min(plane.width().saturating_sub(2)), (y as usize).min(plane.height().saturating_sub(2)));
    let (fx, fy) = ((x - i as f64) as f32, (y - j as f64) as f32);
    let (upper, lower) = (&plane.row(j)[i..i + 2], &plane.row(j + 1)[i..i + 2]);
    let top = upper[0] + fx * (upper[1] - upper[0]);
    let bottom = lower[0] + fx * (lower[1] - lower[0]);
    top + fy * (bottom - top)
}

/// The directions of the strongest gradients: the strongest, and those that reach four fifths of it, at most two.
fn turns(plane: &Plane, at: [f64; 2], sigma: f64) -> Vec<f64> {
    const REACH: isize = 6;
    const STEP: f64 = 0.75;
    let step = STEP * sigma;
    let mut bins = [0.0_f64; TURNS];
    for j in -REACH..=REACH {
        for i in -REACH..=REACH {
            let place = [at[0] + i as f64 * step, at[1] + j as f64 * step];
            let d = |dx: f64, dy: f64| {
                let to = bilinear(plane, [place[0] + dx * step, place[1] + dy * step]);
                f64::from(to - bilinear(plane, [place[0] - dx * step, place[1] - dy * step]))
            };
            let (gx, gy) = (d(1.0, 0.0), d(0.0, 1.0));
            // A Gaussian of one and a half sizes.
            let weight = (-0.5 * ((i * i + j * j) as f64) * (STEP / 1.5).powi(2)).exp();
            let place = gy.atan2(gx).rem_euclid(TAU) / TAU * TURNS as f64;
            let (low, t) = (place.floor(), place.fract());
            let magnitude = weight * gx.hypot(gy);
            bins[low as usize % TURNS] += (1.0 - t) * magnitude;
            bins[(low as usize + 1) % TURNS] += t * magnitude;
        }
    }
    for _ in 0..3 {
        let before = bins;
        for (i, v) in bins.iter_mut().enumerate() {
            *v = (before[(i + TURNS - 1) % TURNS] + before[i] + before[(i + 1) % TURNS]) / 3.0;
        }
    }
    let most = bins.iter().copied().fold(0.0, f64::max);
    let mut peaks: Vec<(f64, f64)> = (0..TURNS)
        .filter_map(|i| {
            let (a, b, c) = (bins[(i + TURNS - 1) % TURNS], bins[i], bins[(i + 1) % TURNS]);
            let peak = b > a && b >= c && b >= 0.8 * most;
            peak.then(|| (b, (i as f64 + 0.5 * (a - c) / (a - 2.0 * b + c)) * TAU / TURNS as f64))
        })
        .collect();
    peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
    peaks.into_iter().take(2).map(|(_, turn)| turn.rem_euclid(TAU)).collect()
}

fn surround(plane: &Plane, at: [f64; 2], sigma: f64, turn: f64) -> [f32; LENGTH] {
    const WITH_BORDER: usize = SIDE + 2;
    let (sin, cos) = turn.sin_cos();
    let step = SPACING * sigma;
    let mut patch = [[0.0_f32; WITH_BORDER]; WITH_BORDER];
    let middle = 0.5 * (WITH_BORDER as f64 - 1.0);
    for (j, row) in patch.iter_mut().enumerate() {
        for (i, v) in row.iter_mut().enumerate() {
            let (u, w) = (step * (i as f64 - middle), step * (j as f64 - middle));
            *v = bilinear(plane, [at[0] + u * cos - w * sin, at[1] + u * sin + w * cos]);
        }
    }
    let mut cells = [0.0_f32; LENGTH];
    for j in 0..SIDE {
        for i in 0..SIDE {
            let gx = patch[j + 1][i + 2] - patch[j + 1][i];
            let gy = patch[j + 2][i + 1] - patch[j][i + 1];
            // From the middle, in halves of the patch.
            let off = |k: usize| (k as f32 - 7.5) / 8.0;
            let weight = (-0.5 * (off(i).powi(2) + off(j).powi(2)) * 2.0).exp();
            let magnitude = weight * (gx * gx + gy * gy).sqrt();
            let angle = gy.atan2(gx).rem_euclid(std::f32::consts::TAU) / std::f32::consts::TAU * 8.0;
            share(&mut cells, [i, j].map(|k| (k as f32 + 0.5) / 4.0 - 0.5), angle, magnitude);
        }
    }
    normalize(&mut cells);
    cells
}

/// Shares a gradient among its neighboring cells and directions.
fn share(cells: &mut [f32; LENGTH], [x, y]: [f32; 2], angle: f32, magnitude: f32) {
    let (x0, y0, a0) = (x.floor(), y.floor(), angle.floor());
    for (dy, wy) in [(0, 1.0 - (y - y0)), (1, y - y0)] {
        let row = y0 as isize + dy;
        for (dx, wx) in [(0, 1.0 - (x - x0)), (1, x - x0)] {
            let column = x0 as isize + dx;
            if !(0..4).contains(&row) || !(0..4).contains(&column) {
                continue;
            }
            let cell = 8 * (4 * row as usize + column as usize);
            let (first, t) = (a0 as usize % 8, angle - a0);
            cells[cell + first] += magnitude * wx * wy * (1.0 - t);
            cells[cell + (first + 1) % 8] += magnitude * wx * wy * t;
        }
    }
}

/// Square roots of the shares: of length 1, whatever the contrast.
fn normalize(cells: &mut [f32; LENGTH]) {
    let sum: f32 = cells.iter().sum();
    for v in cells {
        *v = if sum > 0.0 { (*v / sum).sqrt() } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::align::keypoint;

    fn pattern([x, y]: [f64; 2]) -> f32 {
        let wave = |kx: f64, ky: f64, p: f64| (kx * x + ky * y + p).sin();
        (wave(0.21, 0.05, 0.3) + wave(-0.08, 0.26, 1.9) + wave(0.17, -0.19, 4.0) + wave(0.05, 0.11, 2.2)) as f32
    }

    #[test]
    fn a_turned_blob_reads_the_same() {
        let (sin, cos) = 0.4_f64.sin_cos();
        let [plain, turned] = [false, true].map(|turned| {
            Plane::from_fn(200, 200, |x, y| {
                let (u, v) = (x as f64 - 100.0, y as f64 - 100.0);
                pattern(if turned { [u * cos + v * sin, v * cos - u * sin] } else { [u, v] })
            })
        });
        let [a, b] = [plain, turned].map(|plane| {
            let octaves = keypoint::octaves(&plane);
            let keypoints = keypoint::find(&octaves, &crate::base::Mask::full(200, 200), 100);
            describe(&octaves, &keypoints)
        });
        let mut pairs = 0;
        for f in a.iter().filter(|f| (f.at[0] - 100.0).hypot(f.at[1] - 100.0) < 60.0) {
            let (u, v) = (f.at[0] - 100.0, f.at[1] - 100.0);
            let there = [100.0 + u * cos - v * sin, 100.0 + u * sin + v * cos];
            let off = |turn: f64| (turn + std::f64::consts::PI).rem_euclid(TAU) - std::f64::consts::PI;
            let same = |g: &&Feature| {
                (g.at[0] - there[0]).hypot(g.at[1] - there[1]) < 0.5 && off(g.turn - f.turn - 0.4).abs() < 0.1
            };
            if let Some(g) = b.iter().find(same) {
                let product: f32 = f.descriptor.iter().zip(&g.descriptor).map(|(a, b)| a * b).sum();
                assert!(product > 0.97, "{product} at {:?}", f.at);
                pairs += 1;
            }
        }
        assert!(pairs >= 5, "{pairs} of {} and {}", a.len(), b.len());
    }
}
