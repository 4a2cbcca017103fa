//! Plane projective maps, and how a small step of one changes a point.
//!
//! Photos of a flat patch of skin from two places differ by a homography, photos from one place and direction by a
//! similarity. Both are fitted by the same Gauss-Newton step: [`Model::columns`] is the derivative of a point by the
//! parameters at the identity, and a step is composed with what was found before (Baker and Matthews 2004).

/// A map of the plane, a 3 x 3 matrix by rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transform(pub [[f64; 3]; 3]);

impl Transform {
    /// Every point stays.
    pub const IDENTITY: Self = Self([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);

    /// x' = a x - b y + tx, y' = b x + a y + ty.
    #[must_use]
    pub fn similarity(a: f64, b: f64, [tx, ty]: [f64; 2]) -> Self {
        Self([[a, -b, tx], [b, a, ty], [0.0, 0.0, 1.0]])
    }

    /// x' = factor x + shift, for both coordinates.
    #[must_use]
    pub fn zoom(factor: f64, shift: [f64; 2]) -> Self {
        Self::similarity(factor, 0.0, shift)
    }

    /// Where a point goes.
    #[must_use]
    pub fn apply(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let row = |r: [f64; 3]| r[0] * x + r[1] * y + r[2];
        let w = row(self.0[2]);
        [row(self.0[0]) / w, row(self.0[1]) / w]
    }

    /// This map after `first`.
    #[must_use]
    pub fn after(&self, first: &Self) -> Self {
        let mut out = [[0.0; 3]; 3];
        for (i, row) in out.iter_mut().enumerate() {
            for (j, v) in row.iter_mut().enumerate() {
                *v = (0..3).map(|k| self.0[i][k] * first.0[k][j]).sum();
            }
        }
        Self(out).scaled()
    }

    /// The map back; `None` where there is none.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        let m = &self.0;
        let cofactor = |r: usize, c: usize| {
            let [a, b] = [(r + 1) % 3, (r + 2) % 3];
            let [d, e] = [(c + 1) % 3, (c + 2) % 3];
            m[a][d] * m[b][e] - m[a][e] * m[b][d]
        };
        let determinant = (0..3).map(|c| m[0][c] * cofactor(0, c)).sum::<f64>();
        if !determinant.is_finite() || determinant.abs() < 1e-12 {
            return None;
        }
        let mut out = [[0.0; 3]; 3];
        for (i, row) in out.iter_mut().enumerate() {
            for (j, v) in row.iter_mut().enumerate() {
                *v = cofactor(j, i) / determinant;
            }
        }
        Some(Self(out).scaled())
    }

    /// The same map with 1 in its last corner, where that is possible.
    fn scaled(self) -> Self {
        let w = self.0[2][2];
        if w.abs() < 1e-12 { self } else { Self(self.0.map(|row| row.map(|v| v / w))) }
    }

    /// The derivative at a point: [[dx'/dx, dx'/dy], [dy'/dx, dy'/dy]].
    #[must_use]
    pub fn jacobian(&self, [x, y]: [f64; 2]) -> [[f64; 2]; 2] {
        let m = &self.0;
        let w = m[2][0] * x + m[2][1] * y + m[2][2];
        let [u, v] = self.apply([x, y]);
        let row = |r: [f64; 3], at: f64| [(r[0] - at * m[2][0]) / w, (r[1] - at * m[2][1]) / w];
        [row(m[0], u), row(m[1], v)]
    }

    /// Magnification at a point; negative where the map mirrors.
    #[must_use]
    pub fn scale_at(&self, point: [f64; 2]) -> f64 {
        let [[a, b], [c, d]] = self.jacobian(point);
        let area = a * d - b * c;
        area.abs().sqrt().copysign(area)
    }

    /// Turn of the content at a point in degrees, counterclockwise as seen (y runs down).
    #[must_use]
    pub fn rotation_deg_at(&self, point: [f64; 2]) -> f64 {
        let [[a, b], [c, d]] = self.jacobian(point);
        (b - c).atan2(a + d).to_degrees()
    }

    /// The middle and the four corners of a picture.
    #[must_use]
    pub fn landmarks((width, height): (usize, usize)) -> [[f64; 2]; 5] {
        let (right, low) = (width as f64 - 1.0, height as f64 - 1.0);
        [[0.5 * right, 0.5 * low], [0.0, 0.0], [right, 0.0], [0.0, low], [right, low]]
    }
}

/// How much a fit may vary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// Turn, magnification, shift.
    Similarity,
    /// These, and the slant of the camera.
    Homography,
}

impl Model {
    /// Number of parameters.
    #[must_use]
    pub fn parameters(self) -> usize {
        match self {
            Self::Similarity => 4,
            Self::Homography => 8,
        }
    }

    /// d x' / d p and d y' / d p at the identity; what is beyond the parameters is 0.
    #[inline(always)]
    #[must_use]
    pub fn columns(self, [x, y]: [f64; 2]) -> [[f64; 8]; 2] {
        match self {
            Self::Similarity => [[x, -y, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0], [y, x, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]],
            Self::Homography => {
                [[x, y, 1.0, 0.0, 0.0, 0.0, -x * x, -x * y], [0.0, 0.0, 0.0, x, y, 1.0, -x * y, -y * y]]
            }
        }
    }

    /// The map of a small step.
    #[must_use]
    pub fn step(self, p: &[f64; 8]) -> Transform {
        match self {
            Self::Similarity => Transform::similarity(1.0 + p[0], p[1], [p[2], p[3]]),
            Self::Homography => Transform([[1.0 + p[0], p[1], p[2]], [p[3], 1.0 + p[4], p[5]], [p[6], p[7], 1.0]]),
        }
    }
}

/// Coordinates from -1 to 1, in which the parameters have one size.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    middle: [f64; 2],
    half: f64,
}

impl Unit {
    /// Those of a picture.
    #[must_use]
    pub fn of((width, height): (usize, usize)) -> Self {
        let half = 0.5 * width.max(height).max(2) as f64;
        Self { middle: [0.5 * (width as f64 - 1.0), 0.5 * (height as f64 - 1.0)], half }
    }

    /// Pixels in one unit.
    #[must_use]
    pub fn pixels(&self) -> f64 {
        self.half
    }

    /// A point of the picture in these coordinates.
    #[must_use]
    pub fn to(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [(x - self.middle[0]) / self.half, (y - self.middle[1]) / self.half]
    }

    /// A map of these coordinates as a map of the picture.
    #[must_use]
    pub fn of_picture(&self, map: &Transform) -> Transform {
        let out = Transform::zoom(self.half, self.middle);
        let into = Transform::zoom(1.0 / self.half, self.middle.map(|m| -m / self.half));
        out.after(&map.after(&into))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: [f64; 2], b: [f64; 2], within: f64) -> bool {
        (a[0] - b[0]).abs() < within && (a[1] - b[1]).abs() < within
    }

    #[test]
    fn there_and_back() {
        let map = Transform([[1.1, -0.2, 5.0], [0.15, 0.95, -3.0], [1e-4, -2e-4, 1.0]]);
        let back = map.inverse().unwrap_or(Transform::IDENTITY);
        for point in Transform::landmarks((200, 150)) {
            assert!(near(back.apply(map.apply(point)), point, 1e-9));
            assert!(near(back.after(&map).apply(point), point, 1e-9));
        }
        assert_eq!(Transform([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 1.0]]).inverse(), None);
    }

    #[test]
    fn turn_and_magnification_are_read_off() {
        // Counterclockwise as seen: what lies to the right moves up.
        let (sin, cos) = 20.0_f64.to_radians().sin_cos();
        let map = Transform::similarity(1.2 * cos, -1.2 * sin, [7.0, 2.0]);
        assert!(map.apply([10.0, 0.0])[1] < 2.0);
        assert!((map.rotation_deg_at([3.0, 4.0]) - 20.0).abs() < 1e-9);
        assert!((map.scale_at([3.0, 4.0]) - 1.2).abs() < 1e-12);
        let mirrored = Transform([[-1.0, 0.0, 9.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
        assert!(mirrored.scale_at([0.0, 0.0]) < 0.0);
    }

    #[test]
    fn columns_are_the_derivatives_of_steps() {
        for model in [Model::Similarity, Model::Homography] {
            for i in 0..model.parameters() {
                let mut p = [0.0; 8];
                p[i] = 1e-6;
                let (point, [dx, dy]) = ([0.3, -0.7], model.columns([0.3, -0.7]));
                let there = model.step(&p).apply(point);
                let expected = [point[0] + 1e-6 * dx[i], point[1] + 1e-6 * dy[i]];
                assert!(near(there, expected, 1e-11), "{model:?} {i}: {there:?} and {expected:?}");
            }
        }
    }
}
