//! Slope of the power spectrum of a plane over a mask.
//!
//! Welch's method in two dimensions: square tiles inside the mask, mean removed, Hann window, periodograms averaged. The
//! slope is that of ln power against ln frequency, by least squares over rings of equal frequency.

use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

use crate::base::{Mask, Plane, parallel};

/// Sides of a tile: the larger where it fits, else the smaller.
const TILES: [usize; 2] = [128, 64];
/// As many tiles as are worth their time, spread evenly.
const MOST_TILES: usize = 256;
/// Shortest and longest wavelength of the fit, in samples.
const WAVELENGTHS: [f64; 2] = [6.0, 32.0];

/// The slope between wavelengths of 6 and 32 samples; `None` where no tile of 64 samples fits into the mask, or where
/// the plane is constant.
#[must_use]
pub fn psd_slope(plane: &Plane, mask: &Mask) -> Option<f64> {
    let (side, tiles) = TILES.into_iter().map(|side| (side, tiles(mask, side))).find(|(_, tiles)| !tiles.is_empty())?;
    let power = parallel::map_indices(tiles.len(), |i| periodogram(plane, tiles[i], side));
    let mut total = vec![0.0; power[0].len()];
    for tile in &power {
        for (sum, p) in total.iter_mut().zip(tile) {
            *sum += p;
        }
    }
    slope(&total, side)
}

/// Top left corners of tiles that lie in the mask, half overlapping.
fn tiles(mask: &Mask, side: usize) -> Vec<(usize, usize)> {
    let fits = |x: usize, y: usize| (y..y + side).all(|y| mask.row(y)[x..x + side].iter().all(|&m| m != 0));
    let starts = |length: usize| (0..(length + 1).saturating_sub(side)).step_by(side / 2);
    let all: Vec<_> = starts(mask.height())
        .flat_map(|y| starts(mask.width()).map(move |x| (x, y)))
        .filter(|&(x, y)| fits(x, y))
        .collect();
    let step = all.len().div_ceil(MOST_TILES).max(1);
    all.into_iter().step_by(step).collect()
}

/// Power of one tile, `side` rows of `side / 2 + 1` frequencies.
fn periodogram(plane: &Plane, (left, top): (usize, usize), side: usize) -> Vec<f64> {
    let window: Vec<f64> =
        (0..side).map(|i| 0.5 - 0.5 * (std::f64::consts::TAU * (i as f64 + 0.5) / side as f64).cos()).collect();
    let value = |x: usize, y: usize| f64::from(plane.at(left + x, top + y));
    let mean = (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).map(|(x, y)| value(x, y)).sum::<f64>()
        / (side * side) as f64;

    let mut planner = RealFftPlanner::<f64>::new();
    let along_rows = planner.plan_fft_forward(side);
    let half = side / 2 + 1;
    let mut spectrum = vec![Complex::default(); half * side];
    let mut row = vec![0.0; side];
    for y in 0..side {
        for x in 0..side {
            row[x] = (value(x, y) - mean) * window[x] * window[y];
        }
        let out = &mut spectrum[y * half..(y + 1) * half];
        // The lengths are those of the plan, so it cannot fail.
        let _ = along_rows.process(&mut row, out);
    }
    let along_columns = rustfft_planner(side);
    let mut column = vec![Complex::default(); side];
    let mut power = vec![0.0; half * side];
    for x in 0..half {
        for y in 0..side {
            column[y] = spectrum[y * half + x];
        }
        along_columns.process(&mut column);
        for y in 0..side {
            power[y * half + x] = column[y].norm_sqr();
        }
    }
    power
}

fn rustfft_planner(side: usize) -> std::sync::Arc<dyn rustfft::Fft<f64>> {
    rustfft::FftPlanner::new().plan_fft_forward(side)
}

fn slope(power: &[f64], side: usize) -> Option<f64> {
    let half = side / 2 + 1;
    let mut rings = vec![(0.0_f64, 0.0_f64); half];
    for y in 0..side {
        let fy = y.min(side - y) as f64;
        for x in 0..half {
            let ring = (fy * fy + (x * x) as f64).sqrt().round() as usize;
            if let Some((n, sum)) = rings.get_mut(ring) {
                // Columns between the first and the last stand for their mirror images too.
                let weight = if x == 0 || x == half - 1 { 1.0 } else { 2.0 };
                *n += weight;
                *sum += weight * power[y * half + x];
            }
        }
    }
    let frequency = |wavelength: f64| side as f64 / wavelength;
    let (low, high) = (frequency(WAVELENGTHS[1]).ceil() as usize, frequency(WAVELENGTHS[0]).floor() as usize);
    let points: Vec<(f64, f64)> = (low..=high)
        .map(|k| (k as f64, rings[k].1 / rings[k].0))
        .filter(|&(_, p)| p > 0.0)
        .map(|(k, p)| (k.ln(), p.ln()))
        .collect();
    let n = points.len() as f64;
    let (mx, my) = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let (sxx, sxy) =
        points.iter().fold((0.0, 0.0), |(xx, xy), (x, y)| (xx + (x - mx).powi(2), xy + (x - mx) * (y - my)));
    (points.len() >= 3 && sxx > 0.0).then(|| sxy / sxx)
}
