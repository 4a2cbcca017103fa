//! Noise of the camera, from the finest diagonal detail.

use crate::base::{Mask, Plane, parallel};

/// Width of a histogram bin, ln units.
const BIN: f32 = 5e-5;
/// Bins: up to 0.5.
const BINS: usize = 10_000;

/// Share of the absolute coefficients that is averaged, from the least.
const LOWER: f64 = 0.75;
/// That mean for a standard normal variable: 2 (phi(0) - phi(z)) / 0.75 with z = 1.1503, the 0.75 quantile of its size.
const LOWER_MEAN: f64 = 0.514_903;

/// Standard deviation of the pixel noise: the mean of the lower three quarters of the absolute diagonal Haar coefficients
/// over 0.5149, what it is for a normal variable of unit variance.
///
/// The coefficient is that of Donoho and Johnstone (1994); their median of it moves in steps where codes are 8 bits. `None` where fewer than 64 blocks of 2 x 2 pixels lie in the mask.
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
    Some(trimmed_mean(&histogram, LOWER * count as f64) / LOWER_MEAN)
}

/// Mean of the lowest `n` of the values in a histogram; a plane without any detail has none.
fn trimmed_mean(histogram: &[u64], n: f64) -> f64 {
    let (mut left, mut sum) = (n, 0.0);
    for (i, &here) in histogram.iter().enumerate() {
        let taken = left.min(here as f64);
        let middle = if i == 0 { 0.0 } else { i as f64 + 0.5 };
        sum += taken * middle * f64::from(BIN);
        left -= taken;
    }
    sum / n
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::random::white_noise;

    fn found(sd: f32, code: f32) -> f64 {
        let plane =
            white_noise(7, 1, 200, 160).map(|v| if code > 0.0 { (v * sd / code).round() * code } else { v * sd });
        noise_sd(&plane, &Mask::full(200, 160)).expect("enough blocks")
    }

    #[test]
    fn white_noise_has_its_own_deviation() {
        for sd in [0.002, 0.01, 0.05] {
            let ratio = found(sd, 0.0) / f64::from(sd);
            assert!((ratio - 1.0).abs() < 0.03, "{sd}: {ratio}");
        }
        assert_eq!(found(0.0, 0.0), 0.0, "a flat plane has no noise");
    }

    #[test]
    fn whole_codes_make_no_steps() {
        // Codes of 0.01, as 8 bits have them in the middle of the range: a little more noise is a little more.
        let series: Vec<f64> = (0..9).map(|i| found(0.008 + 0.001 * i as f32, 0.01)).collect();
        assert!(series.windows(2).all(|w| w[1] > 1.02 * w[0] && w[1] < 1.25 * w[0]), "{series:?}");
    }
}
