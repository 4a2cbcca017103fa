//! Noise of the camera, from the finest diagonal detail.

use crate::base::{Mask, Plane, parallel};

/// Width of a histogram bin, ln units.
const BIN: f32 = 5e-5;
/// Bins: up to 0.5.
const BINS: usize = 10_000;

/// Standard deviation of the pixel noise: the median absolute diagonal Haar coefficient over 0.6745
/// (Donoho and Johnstone 1994). `None` where fewer than 64 blocks of 2 x 2 pixels lie in the mask.
#[must_use]
pub fn noise_sd(plane: &Plane, mask: &Mask) -> Option<f64> {
    let bands = parallel::map_bands(plane.height() / 2, parallel::BAND_ROWS, |pairs| {
        let mut histogram = vec![0_u32; BINS];
        for y in pairs.map(|p| 2 * p) {
            let (a, b) = (plane.row(y), plane.row(y + 1));
            let (ma, mb) = (mask.row(y), mask.row(y + 1));
            for x in (0..plane.width() - plane.width() % 2).step_by(2) {
                if ma[x] & ma[x + 1] & mb[x] & mb[x + 1] != 0 {
                    let diagonal = 0.5 * (a[x] - a[x + 1] - b[x] + b[x + 1]);
                    histogram[((diagonal.abs() / BIN) as usize).min(BINS - 1)] += 1;
                }
            }
        }
        histogram
    });
    let mut histogram = vec![0_u64; BINS];
    for band in bands {
        for (sum, n) in histogram.iter_mut().zip(band) {
            *sum += u64::from(n);
        }
    }
    let count: u64 = histogram.iter().sum();
    if count < 64 {
        return None;
    }
    // Linear inside the bin of the median; a plane without any detail has no noise.
    let mut below = 0;
    for (i, &n) in histogram.iter().enumerate() {
        if (below + n) * 2 >= count {
            let inside = (count as f64 / 2.0 - below as f64) / n as f64;
            let median = if i == 0 && n == count { 0.0 } else { (i as f64 + inside) * f64::from(BIN) };
            return Some(median / 0.6745);
        }
        below += n;
    }
    None
}
