//! The pigment vectors of the forward model: straight lines through it in log space.

use nalgebra::{DMatrix, Matrix3xX};

use super::skin::SkinModel;

/// A straight-line fit `-ln(RGB) = melanin * sm + blood * sh + c`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PigmentVectors {
    /// Density per unit of melanosome fraction, R, G, B.
    pub melanin: [f64; 3],
    /// Density per unit of blood fraction, R, G, B.
    pub blood: [f64; 3],
    /// Density without pigment, R, G, B.
    pub constant: [f64; 3],
    /// Root mean square of what the line leaves, over all points and channels.
    pub residual: f64,
}

impl PigmentVectors {
    /// The least-squares fit over an even grid, melanosome fraction 0.01 to 0.15 and blood fraction 0.01 to 0.06.
    #[must_use]
    pub fn fit(model: &SkinModel) -> Self {
        const STEPS: usize = 29;
        let points: Vec<(f64, f64)> = (0..STEPS * STEPS)
            .map(|i| {
                let at = |k: usize| k as f64 / (STEPS - 1) as f64;
                (0.01 + 0.14 * at(i / STEPS), 0.01 + 0.05 * at(i % STEPS))
            })
            .collect();
        let design = DMatrix::from_fn(points.len(), 3, |i, j| [points[i].0, points[i].1, 1.0][j]);
        let densities: Vec<[f64; 3]> = points.iter().map(|&(m, b)| model.ln_linear(m, b).map(|v| -v)).collect();
        let target = DMatrix::from_fn(points.len(), 3, |i, j| densities[i][j]);
        let normal = (design.transpose() * &design).cholesky();
        let solution = normal.map_or_else(|| DMatrix::zeros(3, 3), |c| c.solve(&(design.transpose() * &target)));
        let rest = Matrix3xX::from_iterator(points.len(), (&target - &design * &solution).transpose().iter().copied());
        let row = |i: usize| std::array::from_fn(|j| solution[(i, j)]);
        Self {
            melanin: row(0),
            blood: row(1),
            constant: row(2),
            residual: (rest.norm_squared() / (3 * points.len()) as f64).sqrt(),
        }
    }
}

/// A vector scaled to unit length.
#[must_use]
pub fn unit(v: [f64; 3]) -> [f64; 3] {
    let length = (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]).sqrt();
    v.map(|x| x / length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::skin::SURFACE_DEFAULT;

    fn close(got: [f64; 3], want: [f64; 3], tolerance: f64) {
        assert!((0..3).all(|i| (got[i] - want[i]).abs() < tolerance), "{got:?} against {want:?}");
    }

    #[test]
    fn unpolarized_skin() {
        let v = PigmentVectors::fit(&SkinModel::new(SURFACE_DEFAULT));
        close(v.melanin, [3.1176, 5.4537, 8.6583], 1e-4);
        close(v.blood, [5.4328, 12.3122, 9.9447], 1e-4);
        close(v.constant, [0.6385, 0.9465, 1.1607], 1e-4);
        close(unit(v.melanin), [0.291_441, 0.509_829, 0.809_405], 1e-6);
        close(unit(v.blood), [0.324_670, 0.735_789, 0.594_309], 1e-6);
        assert!(v.residual < 0.03, "{}", v.residual);
    }

    #[test]
    fn cross_polarized_skin() {
        let v = PigmentVectors::fit(&SkinModel::new(0.0));
        close(unit(v.melanin), [0.242_960, 0.474_206, 0.846_227], 1e-6);
        close(unit(v.blood), [0.281_944, 0.710_462, 0.644_788], 1e-6);
    }
}
