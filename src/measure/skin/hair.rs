//! Hair: thin lines, darker or lighter than the skin, long and nearly straight.
//!
//! A closing (or opening) finds detail thinner than the element. Averaged along short lines of twelve directions, a hair
//! stays as strong as it is along its own direction and fades in the others, while furrows, pores and noise fade in all.

use crate::base::{Mask, Plane, parallel};
use crate::filter::morphology;
use crate::measure::pigment::spots::components;

/// Half width of the thickest hair, half-resolution pixels.
const RADIUS: usize = 4;
/// Half length of the lines, half-resolution pixels.
const REACH: isize = 10;
/// Directions over half a turn.
const DIRECTIONS: usize = 12;
/// How far a hair's own direction exceeds the mean direction, ln units.
const STANDS_OUT: f32 = 0.06;
/// The same in units of what is usual in the photo.
const OVER_USUAL: f32 = 5.0;
/// Area over length of a hair at most.
const WIDEST: f64 = 9.0;

/// The hairs on `ln_g` (half resolution).
#[must_use]
pub fn hair(ln_g: &Plane) -> Mask {
    let depth = |sign: f32| {
        let signed = ln_g.map(|v| sign * v);
        let mut closed = morphology::close(&signed, RADIUS);
        for (d, &g) in closed.data_mut().iter_mut().zip(signed.data()) {
            *d -= g;
        }
        closed
    };
    let dark = lines(&depth(1.0));
    let light = lines(&depth(-1.0));
    morphology::dilate_mask(&dark.or(&light), 1)
}

/// The long components of what stands out along one direction.
fn lines(depth: &Plane) -> Mask {
    let (width, height) = (depth.width(), depth.height());
    let response = directional(depth);
    let mut sample: Vec<f32> = response.data().iter().copied().step_by((response.len() / 200_000).max(1)).collect();
    let middle = sample.len() / 2;
    let usual = *sample.select_nth_unstable_by(middle, f32::total_cmp).1;
    let threshold = STANDS_OUT.max(OVER_USUAL * usual);
    let on_line = Mask::from_fn(width, height, |x, y| response.at(x, y) > threshold);
    // Longer than the rim of a scar, which is a thin line too.
    let least = (width.min(height) as f64 / 4.0).clamp(56.0, 200.0);
    let mut hairs = Mask::empty(width, height);
    for component in components(&on_line) {
        let extent = |f: fn(&(u32, u32)) -> u32| {
            let (low, high) = component.iter().map(f).fold((u32::MAX, 0), |(a, b), v| (a.min(v), b.max(v)));
            f64::from(high - low + 1)
        };
        let length = extent(|p| p.0).hypot(extent(|p| p.1));
        if length >= least && component.len() as f64 / length < WIDEST {
            for (x, y) in component {
                hairs.set(x as usize, y as usize, true);
            }
        }
    }
    hairs
}

/// The strongest mean along a line through each pixel, less the mean over all directions.
fn directional(depth: &Plane) -> Plane {
    let (width, height) = (depth.width(), depth.height());
    let mut out = Plane::new(width, height);
    let steps: Vec<Vec<(isize, isize)>> = (0..DIRECTIONS)
        .map(|k| {
            let (sin, cos) = (std::f64::consts::PI * k as f64 / DIRECTIONS as f64).sin_cos();
            (-REACH..=REACH).map(|t| ((t as f64 * cos).round() as isize, (t as f64 * sin).round() as isize)).collect()
        })
        .collect();
    let margin = REACH as usize;
    let scale = 1.0 / (2 * REACH + 1) as f32;
    parallel::for_bands(out.data_mut(), width, parallel::BAND_ROWS, |first, band| {
        let (mut line, mut sum) = (vec![0.0_f32; width], vec![0.0_f32; width]);
        for (i, row) in band.chunks_exact_mut(width).enumerate() {
            let y = first + i;
            sum.fill(0.0);
            for direction in &steps {
                line.fill(0.0);
                for &(dx, dy) in direction {
                    let from = depth.row((y as isize + dy).clamp(0, height as isize - 1) as usize);
                    add_shifted(&mut line, from, dx, margin);
                }
                strongest(row, &mut sum, &line, scale);
            }
            for (v, s) in row.iter_mut().zip(&sum) {
                *v -= s / DIRECTIONS as f32;
            }
        }
    });
    out
}

/// Adds `from`, moved by `dx`, to the columns at least `margin` from both ends.
fn add_shifted(line: &mut [f32], from: &[f32], dx: isize, margin: usize) {
    if line.len() > 2 * margin {
        let end = line.len() - margin;
        let start = (margin as isize + dx) as usize;
        add(&mut line[margin..end], &from[start..]);
    }
}

#[inline(always)]
fn add_body(to: &mut [f32], from: &[f32]) {
    for (a, b) in to.iter_mut().zip(from) {
        *a += b;
    }
}

#[inline(always)]
fn strongest_body(row: &mut [f32], sum: &mut [f32], line: &[f32], scale: f32) {
    for ((top, sum), &line) in row.iter_mut().zip(sum).zip(line) {
        let mean = line * scale;
        *top = if mean > *top { mean } else { *top };
        *sum += mean;
    }
}

dispatch! {
    fn add(to: &mut [f32], from: &[f32]) = add_body
}

dispatch! {
    fn strongest(row: &mut [f32], sum: &mut [f32], line: &[f32], scale: f32) = strongest_body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hair_is_found_and_furrows_are_not() {
        // Furrows: short strokes of the depth of a hair; a hair: one long stroke.
        let furrow = |x: usize, y: usize| (x / 9 + y / 7).is_multiple_of(3) && x.is_multiple_of(9);
        let hair = |x: usize, y: usize| (40..160).contains(&x) && y == 50 + x / 4;
        let plane = Plane::from_fn(200, 140, |x, y| {
            if hair(x, y) {
                -0.3
            } else if furrow(x, y) {
                -0.1
            } else {
                0.0
            }
        });
        let found = super::hair(&plane);
        let along = (50..150).filter(|&x| found.contains(x, 50 + x / 4)).count();
        assert!(along > 90, "{along} of 100 pixels of the hair");
        assert!(found.fraction() < 0.06, "{} of the photo", found.fraction());
    }
}
