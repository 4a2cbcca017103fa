//! A plane between its samples, by Catmull and Rom's cubics.

use crate::base::Plane;

/// Samples that must surround a place.
pub const REACH: usize = 2;

#[inline(always)]
fn weights(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [0.5 * (2.0 * t2 - t - t3), 0.5 * (2.0 - 5.0 * t2 + 3.0 * t3), 0.5 * (t + 4.0 * t2 - 3.0 * t3), 0.5 * (t3 - t2)]
}

/// Whether the 16 samples around a place are in a plane of this size.
#[inline(always)]
#[must_use]
pub fn reaches((width, height): (usize, usize), [x, y]: [f64; 2]) -> bool {
    let within = |v: f64, n: usize| v >= 1.0 && v < n as f64 - REACH as f64;
    within(x, width) && within(y, height)
}

/// The plane at a place that [`reaches`].
#[inline(always)]
#[must_use]
pub fn cubic(plane: &Plane, [x, y]: [f64; 2]) -> f32 {
    let (i, j) = (x as usize, y as usize);
    let (wx, wy) = (weights((x - i as f64) as f32), weights((y - j as f64) as f32));
    let mut sum = 0.0;
    for (k, wy) in wy.iter().enumerate() {
        let row = &plane.row(j + k - 1)[i - 1..i + 3];
        sum += wy * (wx[0] * row[0] + wx[1] * row[1] + wx[2] * row[2] + wx[3] * row[3]);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cubics_return_samples_and_quadratics() {
        let plane = Plane::from_fn(12, 10, |x, y| (x as f32 - 5.0).powi(2) + 0.5 * x as f32 * y as f32);
        assert_eq!(cubic(&plane, [4.0, 3.0]), plane.at(4, 3));
        let at = |x: f64, y: f64| (x - 5.0).powi(2) + 0.5 * x * y;
        for place in [[1.0, 1.0], [4.3, 5.9], [9.99, 7.5]] {
            assert!(reaches((12, 10), place));
            assert!((f64::from(cubic(&plane, place)) - at(place[0], place[1])).abs() < 1e-4);
        }
        for place in [[0.9, 5.0], [10.0, 5.0], [5.0, 8.0], [f64::NAN, 5.0]] {
            assert!(!reaches((12, 10), place));
        }
    }
}
