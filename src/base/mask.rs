//! Which pixels count.

use super::Plane;

/// A mask: 1 where a pixel belongs, 0 where it does not.
///
/// Bytes, not bits: kernels multiply by them and read them in the same lanes as the samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Mask(Plane<u8>);

impl Mask {
    /// A mask that holds every pixel.
    #[must_use]
    pub fn full(width: usize, height: usize) -> Self {
        Self(Plane::filled(width, height, 1))
    }

    /// A mask that holds no pixel.
    #[must_use]
    pub fn empty(width: usize, height: usize) -> Self {
        Self(Plane::filled(width, height, 0))
    }

    /// A mask from a predicate on the coordinates `(x, y)`.
    #[must_use]
    pub fn from_fn(width: usize, height: usize, mut inside: impl FnMut(usize, usize) -> bool) -> Self {
        Self(Plane::from_fn(width, height, |x, y| u8::from(inside(x, y))))
    }

    /// A mask from a plane of bytes; every value but 0 belongs.
    #[must_use]
    pub fn from_plane(mut plane: Plane<u8>) -> Self {
        for v in plane.data_mut() {
            *v = u8::from(*v != 0);
        }
        Self(plane)
    }

    /// The plane of zeros and ones.
    #[must_use]
    pub fn plane(&self) -> &Plane<u8> {
        &self.0
    }

    /// Row `y` as zeros and ones.
    #[must_use]
    pub fn row(&self, y: usize) -> &[u8] {
        self.0.row(y)
    }

    /// Columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.0.width()
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.0.height()
    }

    /// True when `(x, y)` belongs.
    #[must_use]
    pub fn contains(&self, x: usize, y: usize) -> bool {
        self.0.at(x, y) != 0
    }

    /// Adds or removes `(x, y)`.
    pub fn set(&mut self, x: usize, y: usize, inside: bool) {
        self.0.put(x, y, u8::from(inside));
    }

    /// Number of pixels that belong.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.data().iter().map(|&v| usize::from(v)).sum()
    }

    /// Share of the pixels that belong, 0 to 1; 0 for a mask without pixels.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        self.count() as f64 / self.0.len().max(1) as f64
    }

    /// True when every pixel belongs.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.0.data().iter().all(|&v| v != 0)
    }

    /// The pixels in both masks.
    ///
    /// # Panics
    /// When the sizes differ.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    /// The pixels in either mask.
    ///
    /// # Panics
    /// When the sizes differ.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    /// The pixels of this mask that are not in `other`.
    ///
    /// # Panics
    /// When the sizes differ.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & (1 - b))
    }

    /// `plane` with zeros outside the mask, as normalized convolution wants it.
    ///
    /// # Panics
    /// When the sizes differ.
    #[must_use]
    pub fn apply(&self, plane: &Plane) -> Plane {
        assert_eq!((self.width(), self.height()), (plane.width(), plane.height()), "a plane and a mask of two sizes");
        let data = plane.data().iter().zip(self.0.data()).map(|(&v, &m)| v * f32::from(m)).collect();
        Plane::from_vec(plane.width(), plane.height(), data)
    }

    fn zip(&self, other: &Self, f: impl Fn(u8, u8) -> u8) -> Self {
        assert_eq!((self.width(), self.height()), (other.width(), other.height()), "masks of two sizes");
        let data = self.0.data().iter().zip(other.0.data()).map(|(&a, &b)| f(a, b)).collect();
        Self(Plane::from_vec(self.width(), self.height(), data))
    }

    /// The smallest rectangle `(x, y, width, height)` that holds the mask; `None` for an empty mask.
    #[must_use]
    pub fn bounds(&self) -> Option<(usize, usize, usize, usize)> {
        let first = |y: usize| self.row(y).iter().position(|&v| v != 0);
        let last = |y: usize| self.row(y).iter().rposition(|&v| v != 0);
        let rows = 0..self.height();
        let top = rows.clone().find(|&y| first(y).is_some())?;
        let bottom = rows.clone().rev().find(|&y| first(y).is_some())?;
        let left = rows.clone().filter_map(first).min()?;
        let right = rows.filter_map(last).max()?;
        Some((left, top, right - left + 1, bottom - top + 1))
    }
}
