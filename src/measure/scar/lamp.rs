//! Where the lamp stands, told by the scars themselves.
//!
//! Under the right direction of light a hollow is dark toward the lamp and bright across, a dome the reverse, both are
//! explained at once; under a wrong one neither is. So scars are searched under twelve directions, and what they explain
//! is a curve over the circle; its first harmonic tells the direction. Only boxcar, rolling and raised scars vote: a
//! narrow pit lies in its own shadow and looks much the same from everywhere, and pigment has no flanks at all.

use std::f64::consts::TAU;

use rustfft::num_complex::Complex;

use super::detect;
use super::profile::{BANK, Form};
use super::whiten::Whitened;
use crate::base::parallel;

/// Directions that are tried.
const DIRECTIONS: usize = 12;
/// Tiles that are searched, spread evenly over a large photo.
const MOST_TILES: usize = 4;
/// Scars that must be found per direction, on average.
const LEAST_SCARS: f64 = 2.0;
/// Length of the first harmonic, as a share of all, below which the directions say the same. On phantoms (the tuning set)
/// all above it lie within 30 degrees of the truth, half of them within 7.
const LEAST_HARMONIC: f64 = 0.025;

/// Azimuth of the lamp in degrees, 0 right, 90 up; `None` where the scars are too few or do not tell.
#[must_use]
pub fn azimuth_deg(whitened: &Whitened) -> Option<f64> {
    let stride = whitened.tiles().div_ceil(MOST_TILES).max(1);
    let tiles: Vec<usize> = (0..whitened.tiles()).step_by(stride).collect();
    let votes: Vec<usize> = (0..BANK.len()).filter(|&k| may_vote(BANK[k].form)).collect();
    let per_template = parallel::map_indices(votes.len(), |i| {
        let template = BANK[votes[i]];
        let mut found = vec![Vec::new(); DIRECTIONS];
        let (across, upward) = (whitened.matched(template, 0.0), whitened.matched(template, TAU / 4.0));
        let (Some(across), Some(upward)) = (across, upward) else { return found };
        for &tile in &tiles {
            let (right, up) = (whitened.correlations(tile, &across), whitened.correlations(tile, &upward));
            for (direction, found) in found.iter_mut().enumerate() {
                let (sin, cos) = angle(direction).sin_cos();
                // A dipole along any direction is a mixture of two; the hollow is the same under all.
                let turn =
                    |(r, u): (&Complex<f32>, &Complex<f32>)| Complex::new(cos as f32 * r.re + sin as f32 * u.re, r.im);
                let turned = right.iter().zip(&up).map(turn).collect();
                found.extend(detect::peaks(whitened, tile, votes[i], &across, &turned).into_iter().map(|(_, f)| f));
            }
        }
        found
    });
    let mut curve = [0.0; DIRECTIONS];
    let mut scars = 0;
    for (direction, sum) in curve.iter_mut().enumerate() {
        let candidates = per_template.iter().flat_map(|found| found[direction].clone()).collect();
        let found = detect::kept(whitened, candidates);
        scars += found.len();
        *sum = found.iter().map(|f| f.energy).sum();
    }
    (scars as f64 >= LEAST_SCARS * DIRECTIONS as f64).then(|| first_harmonic(&curve)).flatten()
}

fn may_vote(form: Form) -> bool {
    matches!(form, Form::Box | Form::Bowl | Form::Dome)
}

fn angle(direction: usize) -> f64 {
    TAU * direction as f64 / DIRECTIONS as f64
}

/// The direction of the first harmonic in degrees, where it is long enough.
fn first_harmonic(curve: &[f64; DIRECTIONS]) -> Option<f64> {
    let (mut x, mut y, mut total) = (0.0, 0.0, 0.0);
    for (direction, value) in curve.iter().enumerate() {
        let (sin, cos) = angle(direction).sin_cos();
        x += value * cos;
        y += value * sin;
        total += value;
    }
    (x.hypot(y) >= LEAST_HARMONIC * total).then(|| y.atan2(x).to_degrees().rem_euclid(360.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_that_rises_toward_a_direction_tells_it_and_a_flat_one_nothing() {
        let toward = |deg: f64| std::array::from_fn(|i| 5.0 + (angle(i) - deg.to_radians()).cos());
        assert!((first_harmonic(&toward(125.0)).unwrap() - 125.0).abs() < 1e-9);
        assert_eq!(first_harmonic(&[3.0; DIRECTIONS]), None);
    }
}
