//! In which mixture of the two log ratios a pigment shows best against the skin's own mottle.
//!
//! A spot adds to (u, v) = (ln R/G, ln G/B) a multiple of its pigment's signature s. The skin's mottle of both pigments and
//! the camera's noise have a covariance C there. The mixture C^-1 s / sqrt(s' C^-1 s) has variance 1 on the skin and the
//! largest response to s that such a mixture can have (the matched filter; North 1943). Light is in neither ratio, so a shadow
//! or a scar's shade is no spot; ln G as a third plane found nothing more on phantoms down to ITA -5.

use crate::base::{Mask, Plane};
use crate::filter::gaussian;

/// Rounds of leaving out what stands out.
const ROUNDS: usize = 4;
/// What lies farther out than this squared distance in the last round's covariance is no ordinary skin; of normal
/// values it leaves out 1 %.
const OUTLYING: f64 = 9.2;
/// Least pixels that tell a covariance.
const LEAST: usize = 64;

/// The mixture of `u` and `v` for every signature; `None` where the skin does not vary. The surround of a pixel is a
/// Gaussian of `sigma` pixels.
#[must_use]
pub fn mixtures(uv: [&Plane; 2], mask: &Mask, sigma: f64, signatures: [[f64; 2]; 2]) -> Option<[[f64; 2]; 2]> {
    let weights = mask.plane().map(f32::from);
    let [u, v] = uv.map(|plane| {
        let surround = gaussian::smooth_weighted(&mask.apply(plane), &weights, sigma);
        let differences = plane.data().iter().zip(surround.data()).zip(mask.plane().data());
        differences.filter(|&(_, &m)| m != 0).map(|((a, b), _)| f64::from(a - b)).collect::<Vec<_>>()
    });
    let pairs: Vec<[f64; 2]> = u.into_iter().zip(v).map(|(u, v)| [u, v]).collect();
    let inverse = inverse_covariance(&pairs)?;
    let mixture = |s: [f64; 2]| {
        let w = product(inverse, s);
        let gain = (s[0] * w[0] + s[1] * w[1]).sqrt();
        w.map(|w| w / gain)
    };
    let out = signatures.map(mixture);
    out.iter().flatten().all(|w| w.is_finite()).then_some(out)
}

/// A symmetric matrix as (xx, xy, yy), times a vector.
fn product([xx, xy, yy]: [f64; 3], [x, y]: [f64; 2]) -> [f64; 2] {
    [xx * x + xy * y, xy * x + yy * y]
}

/// The inverse covariance of ordinary skin as (xx, xy, yy).
fn inverse_covariance(pairs: &[[f64; 2]]) -> Option<[f64; 3]> {
    let mut inverse = [0.0; 3];
    for _ in 0..ROUNDS {
        let (mut n, mut sums) = (0.0, [0.0; 5]);
        for &[x, y] in pairs {
            let [a, b] = product(inverse, [x, y]);
            if x * a + y * b > OUTLYING {
                continue;
            }
            n += 1.0;
            for (sum, value) in sums.iter_mut().zip([x, y, x * x, x * y, y * y]) {
                *sum += value;
            }
        }
        if n < LEAST as f64 {
            return None;
        }
        let [x, y, xx, xy, yy] = sums.map(|s| s / n);
        let (xx, xy, yy) = (xx - x * x, xy - x * y, yy - y * y);
        let det = xx * yy - xy * xy;
        if det <= 1e-9 * xx * yy || det <= 0.0 {
            return None;
        }
        inverse = [yy / det, -xy / det, xx / det];
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::random::white_noise;

    /// Mottle along (1, 0.4) with a little noise, and a few strong spots along (0.2, 1).
    fn skin() -> [Plane; 2] {
        let [a, b, c] = [1, 2, 3].map(|i| white_noise(5, i, 200, 200));
        let spot = |x: usize, y: usize| if x % 50 < 8 && y % 50 < 8 { 1.0 } else { 0.0 };
        let u = Plane::from_fn(200, 200, |x, y| 0.05 * a.at(x, y) + 0.01 * b.at(x, y) + 0.2 * spot(x, y));
        let v = Plane::from_fn(200, 200, |x, y| 0.02 * a.at(x, y) + 0.01 * c.at(x, y) + spot(x, y));
        [u, v]
    }

    #[test]
    fn a_mixture_has_the_skin_s_unit_and_answers_its_own_signature_most() {
        let [u, v] = skin();
        let signatures = [[1.0, 0.4], [0.2, 1.0]];
        let mixtures = mixtures([&u, &v], &Mask::full(200, 200), 25.0, signatures).unwrap();
        for (i, s) in signatures.iter().enumerate() {
            let answer = |w: [f64; 2]| w[0] * s[0] + w[1] * s[1];
            assert!(answer(mixtures[i]) > answer(mixtures[1 - i]));
        }
        // Between the spots.
        let values: Vec<f64> = (0..200 * 200)
            .map(|i| (i % 200, i / 200))
            .filter(|(x, y)| x % 50 >= 8 && y % 50 >= 8)
            .map(|(x, y)| mixtures[1][0] * f64::from(u.at(x, y)) + mixtures[1][1] * f64::from(v.at(x, y)))
            .collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        assert!((sd - 1.0).abs() < 0.1, "{sd}");
    }

    #[test]
    fn flat_skin_has_no_mixture() {
        let flat = Plane::filled(40, 40, 0.3);
        assert_eq!(mixtures([&flat, &flat], &Mask::full(40, 40), 5.0, [[1.0, 0.0], [0.0, 1.0]]), None);
    }
}
