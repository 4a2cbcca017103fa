//! In which mixture of the log planes a pigment shows best against the skin's own mottle and relief.
//!
//! A spot adds to (u, v, g) = (ln R/G, ln G/B, ln G) a multiple of its pigment's signature s. Mottle of both pigments,
//! relief and noise have a covariance C there. The mixture C^-1 s has the largest response to s against them (the matched
//! filter; North 1943). On light skin that is mostly u and v; near the fold, where melanin hardly changes color, it is g.

use nalgebra::{Matrix3, Vector3};

use crate::base::{Mask, Plane};
use crate::filter::gaussian;

/// Rounds of leaving out what stands out.
const ROUNDS: usize = 4;
/// What lies farther out than this squared distance in the last round's covariance is no ordinary skin; of normal
/// values it leaves out 1 %.
const OUTLYING: f64 = 11.3;
/// Least pixels that tell a covariance.
const LEAST: usize = 64;
/// Scars shade more than the relief that C knows: so many times its variance is what g is doubted by.
const SHADE_DOUBT: f64 = 2.0;

/// The mixture of the planes for every signature; `None` where the skin does not vary. The surround of a pixel is a
/// Gaussian of `sigma` pixels. A mixture has variance 1 on the skin, or less where g is doubted.
#[must_use]
pub fn mixtures(planes: [&Plane; 3], mask: &Mask, sigma: f64, signatures: [[f64; 3]; 2]) -> Option<[[f64; 3]; 2]> {
    let weights = mask.plane().map(f32::from);
    let excess = planes.map(|plane| {
        let surround = gaussian::smooth_weighted(&mask.apply(plane), &weights, sigma);
        let differences = plane.data().iter().zip(surround.data()).zip(mask.plane().data());
        differences.filter(|&(_, &m)| m != 0).map(|((a, b), _)| f64::from(a - b)).collect::<Vec<_>>()
    });
    let [u, v, g] = &excess;
    let mut covariance = covariance([u, v, g])?;
    covariance[(2, 2)] *= 1.0 + SHADE_DOUBT;
    let inverse = covariance.try_inverse()?;
    let out = signatures.map(|s| {
        let s = Vector3::from(s);
        let w = inverse * s;
        (w / s.dot(&w).sqrt()).into()
    });
    out.iter().flatten().all(|w: &f64| w.is_finite()).then_some(out)
}

/// The covariance of ordinary skin.
fn covariance([u, v, g]: [&[f64]; 3]) -> Option<Matrix3<f64>> {
    let mut found = None;
    for _ in 0..ROUNDS {
        let inverse = match found {
            None => Matrix3::zeros(),
            Some(c) => Matrix3::try_inverse(c)?,
        };
        let (mut n, mut sum, mut squares) = (0_usize, Vector3::zeros(), Matrix3::zeros());
        for ((&u, &v), &g) in u.iter().zip(v).zip(g) {
            let x = Vector3::new(u, v, g);
            if x.dot(&(inverse * x)) <= OUTLYING {
                n += 1;
                sum += x;
                squares += x * x.transpose();
            }
        }
        let mean = sum / n.max(1) as f64;
        let c: Matrix3<f64> = squares / n.max(1) as f64 - mean * mean.transpose();
        let size = c[(0, 0)] * c[(1, 1)] * c[(2, 2)];
        if n < LEAST || size <= 0.0 || c.determinant() <= 1e-9 * size {
            return None;
        }
        found = Some(c);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::random::white_noise;

    /// Mottle along (1, 0.4, -2) with noise, relief in g, and a few strong spots along (0.2, 1, -1).
    fn skin() -> [Plane; 3] {
        let [a, b, c, d] = [1, 2, 3, 4].map(|i| white_noise(5, i, 200, 200));
        let spot = |x: usize, y: usize| if x % 50 < 8 && y % 50 < 8 { 1.0 } else { 0.0 };
        let u = Plane::from_fn(200, 200, |x, y| 0.05 * a.at(x, y) + 0.01 * b.at(x, y) + 0.2 * spot(x, y));
        let v = Plane::from_fn(200, 200, |x, y| 0.02 * a.at(x, y) + 0.01 * c.at(x, y) + spot(x, y));
        let g = Plane::from_fn(200, 200, |x, y| -0.1 * a.at(x, y) + 0.05 * d.at(x, y) - spot(x, y));
        [u, v, g]
    }

    #[test]
    fn a_mixture_answers_its_own_signature_most_and_has_the_unit_of_the_skin() {
        let [u, v, g] = skin();
        let signatures = [[1.0, 0.4, -2.0], [0.2, 1.0, -1.0]];
        let mixtures = mixtures([&u, &v, &g], &Mask::full(200, 200), 25.0, signatures).unwrap();
        for (i, s) in signatures.iter().enumerate() {
            let answer = |w: [f64; 3]| w.iter().zip(s).map(|(w, s)| w * s).sum::<f64>();
            assert!(answer(mixtures[i]) > answer(mixtures[1 - i]));
        }
        // Between the spots.
        let [a, b, c] = mixtures[1];
        let values: Vec<f64> = (0..200 * 200)
            .map(|i| (i % 200, i / 200))
            .filter(|(x, y)| x % 50 >= 8 && y % 50 >= 8)
            .map(|(x, y)| a * f64::from(u.at(x, y)) + b * f64::from(v.at(x, y)) + c * f64::from(g.at(x, y)))
            .collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        assert!((0.5..1.1).contains(&sd), "{sd}");
    }

    #[test]
    fn flat_skin_has_no_mixture() {
        let flat = Plane::filled(40, 40, 0.3);
        let signatures = [[1.0, 0.0, -1.0], [0.0, 1.0, -1.0]];
        assert_eq!(mixtures([&flat, &flat, &flat], &Mask::full(40, 40), 5.0, signatures), None);
    }
}
