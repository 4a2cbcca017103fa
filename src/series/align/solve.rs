//! Small normal equations, and the fit of a map to pairs of points.

use super::transform::{Model, Transform, Unit};

/// Sums of a weighted linear least-squares problem of up to eight unknowns.
#[derive(Clone, Copy, Debug, Default)]
pub struct Normal {
    a: [[f64; 8]; 8],
    b: [f64; 8],
}

impl Normal {
    /// Adds the equation `row . p = value`.
    #[inline(always)]
    pub fn add(&mut self, row: &[f64; 8], value: f64, weight: f64) {
        for i in 0..8 {
            let wi = weight * row[i];
            for (sum, other) in self.a[i].iter_mut().zip(&row[..=i]) {
                *sum += wi * other;
            }
            self.b[i] += wi * value;
        }
    }

    /// Adds the sums of another.
    pub fn merge(&mut self, other: &Self) {
        for i in 0..8 {
            for j in 0..8 {
                self.a[i][j] += other.a[i][j];
            }
            self.b[i] += other.b[i];
        }
    }

    /// The first `n` unknowns by Cholesky's factors; `None` where they are not determined.
    #[must_use]
    pub fn solve(&self, n: usize) -> Option<[f64; 8]> {
        let mut l = [[0.0_f64; 8]; 8];
        for i in 0..n {
            for j in 0..=i {
                let sum = self.a[i][j] - (0..j).map(|k| l[i][k] * l[j][k]).sum::<f64>();
                if i == j {
                    if !sum.is_finite() || sum <= 1e-10 * self.a[i][i] || self.a[i][i] <= 0.0 {
                        return None;
                    }
                    l[i][i] = sum.sqrt();
                } else {
                    l[i][j] = sum / l[j][j];
                }
            }
        }
        let mut p = [0.0; 8];
        for i in 0..n {
            p[i] = (self.b[i] - (0..i).map(|k| l[i][k] * p[k]).sum::<f64>()) / l[i][i];
        }
        for i in (0..n).rev() {
            p[i] = (p[i] - (i + 1..n).map(|k| l[k][i] * p[k]).sum::<f64>()) / l[i][i];
        }
        Some(p)
    }
}

/// Pairs of a point of the baseline and its point of the follow-up.
pub type Pair = ([f64; 2], [f64; 2]);

/// Distance in the baseline between a pair's first point and its second point brought back; infinite where `back` fails.
#[must_use]
pub fn distance(back: &Transform, (a, b): &Pair) -> f64 {
    let there = back.apply(*b);
    let d = (there[0] - a[0]).hypot(there[1] - a[1]);
    if d.is_finite() { d } else { f64::INFINITY }
}

/// The map that brings the first points of the pairs to the second, from a start, by Gauss-Newton steps with the weights
/// of Geman and McClure, so that pairs far beyond `tolerance` pixels of the baseline take no part. `size` is the
/// baseline's.
#[must_use]
pub fn fit(model: Model, pairs: &[Pair], start: Transform, size: (usize, usize), tolerance: f64) -> Option<Transform> {
    let unit = Unit::of(size);
    let mut map = start;
    for _ in 0..20 {
        let back = map.inverse()?;
        let mut normal = Normal::default();
        for pair in pairs {
            let (at, there) = (unit.to(pair.0), unit.to(back.apply(pair.1)));
            let error = [there[0] - at[0], there[1] - at[1]];
            let r = error[0].hypot(error[1]) * unit.pixels() / tolerance;
            let weight = (1.0 + r * r).powi(-2);
            if weight.is_finite() {
                let [dx, dy] = model.columns(at);
                normal.add(&dx, error[0], weight);
                normal.add(&dy, error[1], weight);
            }
        }
        let p = normal.solve(model.parameters())?;
        map = map.after(&unit.of_picture(&model.step(&p)));
        if p.iter().all(|v| v.abs() * unit.pixels() < 1e-4) {
            break;
        }
    }
    Some(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fit_finds_the_map_and_lets_strays_be() {
        let size = (400, 300);
        let truth = Transform([[1.05, -0.1, 12.0], [0.12, 0.98, -7.0], [5e-5, -8e-5, 1.0]]);
        let mut pairs: Vec<Pair> =
            (0..60).map(|i| [f64::from(i * 67 % 400), f64::from(i * 131 % 300)]).map(|a| (a, truth.apply(a))).collect();
        for pair in pairs.iter_mut().step_by(10) {
            pair.1[0] += 40.0;
        }
        let start = Transform::similarity(1.02, 0.11, [12.0, -7.0]);
        let found = fit(Model::Homography, &pairs, start, size, 4.0).unwrap_or(Transform::IDENTITY);
        for point in Transform::landmarks(size) {
            let (a, b) = (found.apply(point), truth.apply(point));
            assert!((a[0] - b[0]).hypot(a[1] - b[1]) < 0.1, "{a:?} for {b:?}");
        }
    }

    #[test]
    fn what_is_not_determined_is_not_solved() {
        let mut normal = Normal::default();
        normal.add(&[1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], 3.0, 1.0);
        assert_eq!(normal.solve(2), None);
        normal.add(&[1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], 0.0, 1.0);
        let p = normal.solve(2).unwrap_or_default();
        assert!((p[0] - 1.0).abs() < 1e-12 && (p[1] - 1.0).abs() < 1e-12, "{p:?}");
    }
}
