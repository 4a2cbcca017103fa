//! Where the lamp stands, told by the scars and pores themselves.
//!
//! A hollow is dark from all sides and has its bright flank away from the lamp; a dome is bright and has its bright
//! flank toward it. So the dipole of a blob, times the sign of its middle, points the same way for both: from every
//! blob that stands out one vote is taken, weighted by the energy of its dipole, and the votes must agree. Spots of
//! pigment have no dipole and vote for nothing.

use super::detect::Whitened;
use super::profile::{Form, Template};
use crate::base::parallel;

/// The blobs that vote.
const VOTERS: [Template; 4] = [
    Template { form: Form::Pit, radius_mm: 0.36 },
    Template { form: Form::Pit, radius_mm: 0.64 },
    Template { form: Form::Box, radius_mm: 1.05 },
    Template { form: Form::Bowl, radius_mm: 2.60 },
];
/// Energy of dipole and middle together from which a blob has a vote, in variances of the whitened skin.
const LEAST_ENERGY: f32 = 200.0;
/// Share of the middle in that energy below which its sign is chance.
const LEAST_MIDDLE: f32 = 0.05;
/// Votes that are needed.
const LEAST_VOTES: usize = 6;
/// Length of the mean vote, 0 (they cancel) to 1 (they agree), that is needed.
const LEAST_AGREEMENT: f64 = 0.45;

/// Azimuth of the lamp in degrees, 0 right, 90 up; `None` where the blobs are too few or do not agree.
#[must_use]
pub fn azimuth_deg(whitened: &Whitened) -> Option<f64> {
    let across = VOTERS.map(|template| whitened.matched(template, 0.0));
    let upward = VOTERS.map(|template| whitened.matched(template, std::f64::consts::FRAC_PI_2));
    let per_tile = parallel::map_indices(whitened.tiles(), |tile| {
        let mut votes = Vec::new();
        for (x, y) in across.iter().zip(&upward) {
            let (Some(x), Some(y)) = (x, y) else { continue };
            let right = whitened.correlations(tile, x);
            let up = whitened.correlations(tile, y);
            let parts = |at: usize| (x.split(right[at]), y.split(up[at])[0]);
            let energy: Vec<f32> = (0..right.len())
                .map(|at| {
                    let ([dx, middle], dy) = parts(at);
                    (dx * dx + dy * dy + middle * middle) / whitened.variance()
                })
                .collect();
            for (at, _) in whitened.own(tile) {
                if energy[at] < LEAST_ENERGY || !whitened.is_peak(&energy, at) {
                    continue;
                }
                let ([dx, middle], dy) = parts(at);
                let (middle_share, dipole) = (middle * middle / whitened.variance() / energy[at], dx.hypot(dy));
                if middle_share >= LEAST_MIDDLE && dipole > 0.0 {
                    let weight = middle.signum() * dipole / whitened.variance().sqrt();
                    votes.push([f64::from(weight * dx / dipole), f64::from(weight * dy / dipole)]);
                }
            }
        }
        votes
    });
    agreed(&per_tile.into_iter().flatten().collect::<Vec<_>>())
}

fn agreed(votes: &[[f64; 2]]) -> Option<f64> {
    let (mut sum, mut total) = ([0.0; 2], 0.0);
    for vote in votes {
        sum[0] += vote[0];
        sum[1] += vote[1];
        total += vote[0].hypot(vote[1]);
    }
    let agreement = sum[0].hypot(sum[1]) / total;
    let clear = votes.len() >= LEAST_VOTES && agreement >= LEAST_AGREEMENT;
    clear.then(|| sum[1].atan2(sum[0]).to_degrees().rem_euclid(360.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn votes_that_cancel_or_are_few_tell_nothing() {
        let to = |deg: f64| [deg.to_radians().cos(), deg.to_radians().sin()];
        let agree: Vec<_> = (0..10).map(|i| to(100.0 + 2.0 * f64::from(i))).collect();
        assert!((agreed(&agree).unwrap() - 109.0).abs() < 1e-9);
        assert_eq!(agreed(&agree[..3]), None);
        let around: Vec<_> = (0..12).map(|i| to(30.0 * f64::from(i))).collect();
        assert_eq!(agreed(&around), None);
    }
}
