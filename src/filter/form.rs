//! Form removal: a plane or a quadratic surface, fitted to a masked surface by least squares and subtracted (the F-operator
//! of ISO 25178-2).
//!
//! Coordinates are scaled to -1..1 over the mask's bounds, so the normal equations stay well conditioned, and are solved
//! in 64 bits by Cholesky. A mask that does not determine the form, such as a single line of pixels, has none.

use nalgebra::{DMatrix, DVector};

use crate::base::{Mask, Plane, parallel};

/// The form to remove.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The mean only.
    None,
    /// A plane: tilt.
    #[default]
    Plane,
    /// A quadratic surface: tilt, curvature, twist.
    Quadratic,
}

impl Form {
    /// Number of coefficients: 1, x, y, x^2, x y, y^2 as far as the form goes.
    fn terms(self) -> usize {
        match self {
            Self::None => 1,
            Self::Plane => 3,
            Self::Quadratic => 6,
        }
    }
}

/// A fitted form.
#[derive(Clone, Debug)]
pub struct Fitted {
    coefficients: [f64; 6],
    center: [f64; 2],
    scale: [f64; 2],
}

impl Fitted {
    /// Fits `form` to `plane` over `mask`; `None` where the mask does not determine it.
    ///
    /// # Panics
    /// When the sizes differ.
    #[must_use]
    pub fn to<S: Copy + Into<f64> + Send + Sync>(plane: &Plane<S>, mask: &Mask, form: Form) -> Option<Self> {
        assert_eq!((plane.width(), plane.height()), (mask.width(), mask.height()), "a plane and a mask of two sizes");
        let (left, top, width, height) = mask.bounds()?;
        let middle = |first: usize, length: usize| first as f64 + 0.5 * (length - 1) as f64;
        let half = |length: usize| f64::max(0.5 * (length - 1) as f64, 0.5);
        let mut fitted = Self {
            coefficients: [0.0; 6],
            center: [middle(left, width), middle(top, height)],
            scale: [1.0 / half(width), 1.0 / half(height)],
        };
        let terms = form.terms();
        let mut normal = [[0.0; 6]; 6];
        let mut right = [0.0; 6];
        let bands = parallel::map_bands(height, parallel::BAND_ROWS, |rows| {
            let (mut normal, mut right) = ([[0.0; 6]; 6], [0.0; 6]);
            for y in rows.map(|y| top + y) {
                let (row, inside) = (plane.row(y), mask.row(y));
                for x in (left..left + width).filter(|&x| inside[x] != 0) {
                    let basis = fitted.basis(x, y);
                    let value: f64 = row[x].into();
                    for i in 0..terms {
                        right[i] += basis[i] * value;
                        for j in 0..=i {
                            normal[i][j] += basis[i] * basis[j];
                        }
                    }
                }
            }
            (normal, right)
        });
        for (band_normal, band_right) in bands {
            for i in 0..terms {
                right[i] += band_right[i];
                for j in 0..=i {
                    normal[i][j] += band_normal[i][j];
                }
            }
        }
        let matrix = DMatrix::from_fn(terms, terms, |i, j| normal[i.max(j)][i.min(j)]);
        let cholesky = matrix.cholesky()?;
        let pivots = cholesky.l_dirty().diagonal();
        if pivots.min() < 1e-6 * pivots.max() {
            return None;
        }
        let solution = cholesky.solve(&DVector::from_column_slice(&right[..terms]));
        fitted.coefficients[..terms].copy_from_slice(solution.as_slice());
        Some(fitted)
    }

    fn basis(&self, x: usize, y: usize) -> [f64; 6] {
        let u = (x as f64 - self.center[0]) * self.scale[0];
        let v = (y as f64 - self.center[1]) * self.scale[1];
        [1.0, u, v, u * u, u * v, v * v]
    }

    /// The form at a pixel.
    #[must_use]
    pub fn at(&self, x: usize, y: usize) -> f64 {
        self.basis(x, y).iter().zip(self.coefficients).map(|(b, c)| b * c).sum()
    }

    /// `plane` without the form, zero outside `mask`.
    #[must_use]
    pub fn removed_from<S: Copy + Into<f64> + Send + Sync>(&self, plane: &Plane<S>, mask: &Mask) -> Plane<f64> {
        let width = plane.width();
        let mut out = Plane::new(width, plane.height());
        parallel::for_bands(out.data_mut(), width, parallel::BAND_ROWS, |first, band| {
            for (i, line) in band.chunks_exact_mut(width).enumerate() {
                let y = first + i;
                let (row, inside) = (plane.row(y), mask.row(y));
                for x in (0..width).filter(|&x| inside[x] != 0) {
                    line[x] = row[x].into() - self.at(x, y);
                }
            }
        });
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quadric_is_removed_exactly() {
        let form = |x: usize, y: usize| {
            let (x, y) = (x as f64, y as f64);
            12.0 - 0.3 * x + 0.02 * y + 0.004 * x * x - 0.001 * x * y + 0.006 * y * y
        };
        let plane = Plane::from_fn(180, 140, form);
        for mask in [Mask::full(180, 140), Mask::from_fn(180, 140, |x, y| (x * y) % 5 == 1 && x > 60)] {
            let left = Fitted::to(&plane, &mask, Form::Quadratic).unwrap().removed_from(&plane, &mask);
            assert!(left.data().iter().all(|v| v.abs() < 1e-10));
            let tilted = Fitted::to(&plane, &mask, Form::Plane).unwrap().removed_from(&plane, &mask);
            assert!(tilted.data().iter().any(|v| v.abs() > 5.0), "a plane does not remove curvature");
        }
    }

    #[test]
    fn what_is_left_is_orthogonal_to_the_form() {
        let plane = Plane::from_fn(60, 50, |x, y| ((x * 13 + y * y * 7) % 29) as f32);
        let mask = Mask::from_fn(60, 50, |x, y| !(x + y).is_multiple_of(3));
        let left = Fitted::to(&plane, &mask, Form::Plane).unwrap().removed_from(&plane, &mask);
        let moment = |f: fn(f64, f64) -> f64| -> f64 {
            (0..50).flat_map(|y| (0..60).map(move |x| (x, y))).map(|(x, y)| left.at(x, y) * f(x as f64, y as f64)).sum()
        };
        for sum in [moment(|_, _| 1.0), moment(|x, _| x), moment(|_, y| y)] {
            assert!(sum.abs() < 1e-6, "{sum}");
        }
    }

    #[test]
    fn a_line_of_pixels_has_no_plane() {
        let plane = Plane::filled(30, 30, 1.0_f32);
        let line = Mask::from_fn(30, 30, |x, y| x == y);
        assert!(Fitted::to(&plane, &line, Form::Plane).is_none());
        assert!(Fitted::to(&plane, &line, Form::None).is_some());
        assert!(Fitted::to(&plane, &Mask::empty(30, 30), Form::None).is_none());
    }
}
