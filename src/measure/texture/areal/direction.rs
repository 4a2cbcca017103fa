//! The direction of the lay, Std, from the angular power spectrum.
//!
//! The power of all waves of one direction, from two waves across the region up to two samples a wave, each weighted by its
//! frequency (the area element of ISO 25178-2), is summed for 360 directions; the lay runs across the strongest.
//!
//! A bare cut-out draws a cross into its spectrum that outweighs a smooth surface and would make 0 or 90 degrees of every
//! direction. So the values fade out towards the edges of the region: with the square of 2 (G * m) - 1, where G * m is the
//! mask, smoothed, which is one half on an edge. Small holes, as of hairs, hardly lower it.

use rustfft::num_complex::Complex;

use super::correlation::{Tile, Transform2, padded};
use super::{Sample, Window};
use crate::base::{Mask, Plane, parallel};
use crate::filter::gaussian;

/// Directions over a half turn.
const DIRECTIONS: usize = 360;
/// Standard deviation of the fading over the shorter side of a tile.
const FADE: f64 = 0.125;
/// Waves that fit across the shorter side of a tile at least.
const LEAST_WAVES: f64 = 2.0;

/// Direction in which ridges run, in degrees: 0 to the right, 90 up, below 180; `None` where no wave fits.
pub(super) fn lay_deg<S: Sample>(window: &Window<'_, S>, tiles: &[Tile], mean: f64) -> Option<f64> {
    let longest = |side: fn(&Tile) -> usize| tiles.iter().map(side).max().unwrap_or(1);
    let shorter = longest(|t| t.2).min(longest(|t| t.3));
    // Some padding, so that peaks are wide enough to be read between frequencies.
    let padding = |side: usize| padded(side + side / 2);
    let transform = Transform2::new(padding(longest(|t| t.2)), padding(longest(|t| t.3)));
    let (columns, rows) = (transform.width, transform.height);
    let mut power = vec![0.0; columns * rows];
    // Two tiles in one transform: the sum of both powers is the even part of the power of their complex sum.
    for pair in tiles.chunks(2) {
        let mut field = vec![Complex::new(0.0, 0.0); columns * rows];
        faded(window, pair[0], mean, |x, y, v| field[y * columns + x].re = v);
        if let Some(&second) = pair.get(1) {
            faded(window, second, mean, |x, y, v| field[y * columns + x].im = v);
        }
        let spectrum = transform.forward(field);
        for (sum, value) in power.iter_mut().zip(&spectrum) {
            *sum += value.norm_sqr();
        }
    }
    let at = |x: isize, y: isize| {
        let line = |x: isize, y: isize| {
            power[x.rem_euclid(columns as isize) as usize * rows + y.rem_euclid(rows as isize) as usize]
        };
        line(x, y) + line(-x, -y)
    };
    let between = |x: f64, y: f64| {
        let (x0, y0) = (x.floor(), y.floor());
        let (fx, fy) = (x - x0, y - y0);
        let (i, j) = (x0 as isize, y0 as isize);
        let line = |j: isize| at(i, j) * (1.0 - fx) + at(i + 1, j) * fx;
        line(j) * (1.0 - fy) + line(j + 1) * fy
    };
    let step = 1.0 / columns.max(rows) as f64;
    let (first, last) = ((LEAST_WAVES / shorter as f64 / step).ceil() as usize, (0.5 / step) as usize);
    if first >= last {
        return None;
    }
    let angular = parallel::map_indices(DIRECTIONS, |i| {
        let (sin, cos) = (std::f64::consts::PI * i as f64 / DIRECTIONS as f64).sin_cos();
        let wave = |r: f64| r * between(r * cos * columns as f64, r * sin * rows as f64);
        (first..last).map(|k| wave(step * k as f64)).sum::<f64>()
    });
    let top = (0..DIRECTIONS).reduce(|best, i| if angular[i] > angular[best] { i } else { best })?;
    let (left, right) = (angular[(top + DIRECTIONS - 1) % DIRECTIONS], angular[(top + 1) % DIRECTIONS]);
    let bend = left - 2.0 * angular[top] + right;
    let shift = if bend < 0.0 { 0.5 * (left - right) / bend } else { 0.0 };
    // Rows count downwards, angles upwards.
    let waves = 180.0 * (top as f64 + shift) / DIRECTIONS as f64;
    Some((90.0 - waves).rem_euclid(180.0))
}

/// Calls `put` with the values of a tile about their mean, faded towards the edges of the region.
fn faded<S: Sample>(
    window: &Window<'_, S>,
    (left, top, width, height): Tile,
    mean: f64,
    mut put: impl FnMut(usize, usize, f64),
) {
    let sigma = (FADE * width.min(height) as f64).max(1.0);
    let margin = (2.0 * sigma) as usize + 1;
    let (wide, high) = (width + 2 * margin, height + 2 * margin);
    let inside = |x: usize, y: usize| {
        let (x, y) = (x.wrapping_sub(margin), y.wrapping_sub(margin));
        if x < width && y < height { f32::from(window.row(top + y).1[left + x]) } else { 0.0 }
    };
    let mask = Plane::from_fn(wide, high, inside);
    let smooth = gaussian::smooth(&mask, &Mask::full(wide, high), sigma);
    let mut line = vec![0.0; wide];
    let mut rows = Vec::with_capacity(height);
    let (mut total, mut weights) = (0.0, 0.0);
    for y in 0..height {
        smooth.row(margin + y, &mut line);
        let (row, inside) = window.row(top + y);
        let values: Vec<(f64, f64)> = (0..width)
            .map(|x| {
                let fade = (2.0 * f64::from(line[margin + x]) - 1.0).max(0.0) * f64::from(inside[left + x]);
                (fade * fade, row[left + x].into() - mean)
            })
            .collect();
        for (weight, value) in &values {
            if *weight > 0.0 {
                total += weight * value;
                weights += weight;
            }
        }
        rows.push(values);
    }
    let rest = if weights > 0.0 { total / weights } else { 0.0 };
    for (y, values) in rows.into_iter().enumerate() {
        for (x, (weight, value)) in values.into_iter().enumerate() {
            if weight > 0.0 {
                put(x, y, weight * (value - rest));
            }
        }
    }
}
