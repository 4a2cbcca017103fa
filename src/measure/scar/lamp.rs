//! Where the lamp stands, told by the scars themselves.
//!
//! Under the right direction of light a hollow is dark toward the lamp and bright across, a dome the reverse, both are
//! explained at once; under a wrong one neither is. So scars are searched under twelve directions, and what they explain
//! is a curve over the circle; its first harmonic tells the direction. Only boxcar, rolling and raised scars vote: a
//! narrow pit lies in its own shadow and looks much the same from everywhere, and pigment has no flanks at all.

use std::f64::consts::TAU;

use super::detect::{self, Layer, Matched, Whitened};
use super::profile::{BANK, Form, Template};
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
    let votes = |t: &Template| matches!(t.form, Form::Box | Form::Bowl | Form::Dome);
    let bank = |azimuth: f64| -> Vec<Option<Matched>> {
        parallel::map_indices(BANK.len(), |i| votes(&BANK[i]).then(|| whitened.matched(BANK[i], azimuth)).flatten())
    };
    let (across, upward) = (bank(0.0), bank(TAU / 4.0));
    let stride = whitened.tiles().div_ceil(MOST_TILES).max(1);
    let tiles: Vec<usize> = (0..whitened.tiles()).step_by(stride).collect();
    let per_tile = parallel::map_indices(tiles.len(), |i| {
        let correlate = |bank: &[Option<Matched>]| -> Vec<_> {
            bank.iter().map(|m| m.as_ref().map(|m| whitened.correlations(tiles[i], m))).collect()
        };
        let (right, up) = (correlate(&across), correlate(&upward));
        let search = |direction: usize| {
            let (sin, cos) = angle(direction).sin_cos();
            let layer = |k: usize| {
                let (right, up) = (right[k].as_ref()?, up[k].as_ref()?);
                // A dipole along any direction is a mixture of two; the hollow is the same under all.
                let turned = right.iter().zip(up).map(|(r, u)| {
                    let mut c = *r;
                    c.re = cos as f32 * r.re + sin as f32 * u.re;
                    c
                });
                across[k].as_ref().map(|m| Layer::of(m, turned.collect(), whitened.variance()))
            };
            let layers: Vec<Option<Layer>> = (0..BANK.len()).map(layer).collect();
            detect::peaks(whitened, tiles[i], &across, &layers)
        };
        (0..DIRECTIONS).map(search).collect::<Vec<_>>()
    });
    let mut curve = [0.0; DIRECTIONS];
    let mut scars = 0;
    for (direction, sum) in curve.iter_mut().enumerate() {
        let found = whitened.kept(per_tile.iter().flat_map(|tile| tile[direction].clone()).collect());
        scars += found.len();
        *sum = found.iter().map(detect::Found::energy).sum();
    }
    (scars as f64 >= LEAST_SCARS * DIRECTIONS as f64).then(|| first_harmonic(&curve)).flatten()
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
