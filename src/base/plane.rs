//! A row-major image of one quantity.

use std::ops::Range;

/// A row-major plane of samples, `width` by `height`, without padding.
///
/// ```
/// use cicatrix::base::Plane;
/// let plane = Plane::from_vec(3, 2, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// assert_eq!(plane.row(1), [4.0, 5.0, 6.0]);
/// assert_eq!(plane.at(2, 0), 3.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plane<T = f32> {
    width: usize,
    height: usize,
    data: Vec<T>,
}

impl<T: Copy + Default> Plane<T> {
    /// A plane of default values (zeros).
    #[must_use]
    pub fn new(width: usize, height: usize) -> Self {
        Self::filled(width, height, T::default())
    }
}

impl<T: Copy> Plane<T> {
    /// A plane of one value.
    #[must_use]
    pub fn filled(width: usize, height: usize, value: T) -> Self {
        Self { width, height, data: vec![value; width * height] }
    }

    /// A plane computed sample by sample from its coordinates `(x, y)`.
    #[must_use]
    pub fn from_fn(width: usize, height: usize, mut value: impl FnMut(usize, usize) -> T) -> Self {
        let mut data = Vec::with_capacity(width * height);
        for y in 0..height {
            data.extend((0..width).map(|x| value(x, y)));
        }
        Self { width, height, data }
    }

    /// The sample at column `x`, row `y`.
    ///
    /// # Panics
    /// Outside the plane.
    #[must_use]
    pub fn at(&self, x: usize, y: usize) -> T {
        assert!(x < self.width, "column {x} of a plane {} wide", self.width);
        self.data[y * self.width + x]
    }

    /// Sets the sample at column `x`, row `y`.
    ///
    /// # Panics
    /// Outside the plane.
    pub fn put(&mut self, x: usize, y: usize, value: T) {
        assert!(x < self.width, "column {x} of a plane {} wide", self.width);
        self.data[y * self.width + x] = value;
    }

    /// A plane of the same size, each sample mapped.
    #[must_use]
    pub fn map<U: Copy>(&self, f: impl FnMut(T) -> U) -> Plane<U> {
        Plane { width: self.width, height: self.height, data: self.data.iter().copied().map(f).collect() }
    }

    /// The rectangle of the given columns and rows.
    ///
    /// # Panics
    /// When it reaches outside the plane.
    #[must_use]
    pub fn crop(&self, columns: Range<usize>, rows: Range<usize>) -> Self {
        let mut data = Vec::with_capacity(columns.len() * rows.len());
        for y in rows.clone() {
            data.extend_from_slice(&self.row(y)[columns.clone()]);
        }
        Self { width: columns.len(), height: rows.len(), data }
    }
}

impl<T> Plane<T> {
    /// A plane over samples already in row-major order.
    ///
    /// # Panics
    /// When `data` does not hold `width * height` samples.
    #[must_use]
    pub fn from_vec(width: usize, height: usize, data: Vec<T>) -> Self {
        assert_eq!(data.len(), width * height, "a {width} x {height} plane");
        Self { width, height, data }
    }

    /// Columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// True when the plane holds no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// All samples in row-major order.
    #[must_use]
    pub fn data(&self) -> &[T] {
        &self.data
    }

    /// All samples in row-major order, writable.
    pub fn data_mut(&mut self) -> &mut [T] {
        &mut self.data
    }

    /// The samples, given away.
    #[must_use]
    pub fn into_data(self) -> Vec<T> {
        self.data
    }

    /// Row `y`.
    #[must_use]
    pub fn row(&self, y: usize) -> &[T] {
        &self.data[y * self.width..(y + 1) * self.width]
    }

    /// Row `y`, writable.
    pub fn row_mut(&mut self, y: usize) -> &mut [T] {
        &mut self.data[y * self.width..(y + 1) * self.width]
    }

    /// The rows from top to bottom.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &[T]> {
        self.data.chunks_exact(self.width.max(1))
    }
}

impl<T: Clone> From<&Plane<T>> for ndarray::Array2<T> {
    /// Rows and columns as an array, for whoever computes with `ndarray`.
    fn from(plane: &Plane<T>) -> Self {
        Self::from_shape_fn((plane.height, plane.width), |(y, x)| plane.data[y * plane.width + x].clone())
    }
}

impl<T: Clone> From<&ndarray::Array2<T>> for Plane<T> {
    /// An array of rows and columns, in whatever memory order.
    fn from(array: &ndarray::Array2<T>) -> Self {
        let (height, width) = array.dim();
        Self { width, height, data: array.iter().cloned().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_is_the_plane_there_and_back() {
        let plane = Plane::from_vec(3, 2, vec![1, 2, 3, 4, 5, 6]);
        let array = ndarray::Array2::from(&plane);
        assert_eq!(array[[1, 0]], 4);
        assert_eq!(Plane::from(&array), plane);
        assert_eq!(Plane::from(&array.reversed_axes()).row(0), [1, 4]);
    }
}
