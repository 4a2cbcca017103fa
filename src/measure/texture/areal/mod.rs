//! Areal parameters: the formulas of ISO 25178-2 on any plane and mask.
//!
//! On a photo the values are shading, not heights: the formulas are the standard's, the numbers are relief indices.
//! Only on a height map are they surface parameters.
//!
//! Here stand the height parameters; beside them the hybrid, spatial and functional ones. All take 32- or 64-bit samples
//! and compute in 64 bits. All start at the bounds of the mask, so that a masked rectangle gives the same bits as the
//! cropped rectangle: no sum depends on what lies around the region.

mod correlation;
mod curve;
mod direction;
mod functional;
mod hybrid;
mod spatial;

pub use curve::{EXACT_SORT, MaterialRatio};
pub use functional::Functional;
pub use hybrid::{sdq, sdr};
pub use spatial::{Spatial, spatial};

use crate::base::{Mask, Plane, parallel};

/// A sample of a plane.
pub trait Sample: Copy + Into<f64> + Send + Sync {}

impl<T: Copy + Into<f64> + Send + Sync> Sample for T {}

/// The smallest rectangle around a mask, with the samples and the mask in it.
#[derive(Debug)]
struct Window<'a, S> {
    plane: &'a Plane<S>,
    mask: &'a Mask,
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl<'a, S: Sample> Window<'a, S> {
    /// `None` for an empty mask.
    fn of(plane: &'a Plane<S>, mask: &'a Mask) -> Option<Self> {
        assert_eq!((plane.width(), plane.height()), (mask.width(), mask.height()), "a plane and a mask of two sizes");
        let (left, top, width, height) = mask.bounds()?;
        Some(Self { plane, mask, left, top, width, height })
    }

    /// Row `y` of the window: its samples and its mask.
    fn row(&self, y: usize) -> (&'a [S], &'a [u8]) {
        let columns = self.left..self.left + self.width;
        (&self.plane.row(self.top + y)[columns.clone()], &self.mask.row(self.top + y)[columns])
    }

    /// The values of row `y` that lie in the mask.
    fn values(&self, y: usize) -> impl Iterator<Item = f64> {
        let (row, inside) = self.row(y);
        row.iter().zip(inside).filter(|&(_, &m)| m != 0).map(|(&v, _)| v.into())
    }

    /// Calls `work` on bands of rows; the results come in band order.
    fn bands<R: Send>(&self, work: impl Fn(std::ops::Range<usize>) -> R + Sync + Send) -> Vec<R> {
        parallel::map_bands(self.height, parallel::BAND_ROWS, work)
    }
}

/// Height parameters and the rms gradient, in the units of the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Areal {
    /// Mean of the plane, which all others are taken about.
    pub mean: f64,
    /// Arithmetic mean of the absolute values.
    pub sa: f64,
    /// Root mean square.
    pub sq: f64,
    /// Skewness; `None` for a constant plane.
    pub ssk: Option<f64>,
    /// Kurtosis, 3 for a Gaussian; `None` for a constant plane.
    pub sku: Option<f64>,
    /// Highest peak.
    pub sp: f64,
    /// Deepest valley, positive.
    pub sv: f64,
    /// Rms gradient per sample, as [`sdq`].
    pub sdq: f64,
}

impl Areal {
    /// Peak to valley.
    #[must_use]
    pub fn sz(&self) -> f64 {
        self.sp + self.sv
    }
}

/// The parameters of `plane` over `mask`; `None` for an empty mask.
#[must_use]
pub fn areal<S: Sample>(plane: &Plane<S>, mask: &Mask) -> Option<Areal> {
    let window = Window::of(plane, mask)?;
    let (mut n, mut total) = (0.0, 0.0);
    for (count, sum) in
        window.bands(|rows| rows.flat_map(|y| window.values(y)).fold((0.0, 0.0), |(n, s), v| (n + 1.0, s + v)))
    {
        n += count;
        total += sum;
    }
    let mean = total / n;

    let mut m = Moments::default();
    for band in window.bands(|rows| {
        let mut m = Moments::default();
        for v in rows.flat_map(|y| window.values(y)) {
            m.take(v - mean);
        }
        m
    }) {
        m.add(&band);
    }
    let variance = m.powers[0] / n;
    let sq = variance.sqrt();
    let shape = |power: f64, scale: f64| (sq > 1e-12).then(|| power / n / scale);
    Some(Areal {
        mean,
        sa: m.absolute / n,
        sq,
        ssk: shape(m.powers[1], sq * variance),
        sku: shape(m.powers[2], variance * variance),
        sp: m.high,
        sv: -m.low,
        sdq: hybrid::rms_gradient(&window),
    })
}

/// Sums of powers of the values about their mean.
#[derive(Clone, Copy)]
struct Moments {
    absolute: f64,
    powers: [f64; 3],
    low: f64,
    high: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self { absolute: 0.0, powers: [0.0; 3], low: f64::INFINITY, high: f64::NEG_INFINITY }
    }
}

impl Moments {
    fn take(&mut self, v: f64) {
        let square = v * v;
        self.absolute += v.abs();
        self.powers[0] += square;
        self.powers[1] += square * v;
        self.powers[2] += square * square;
        self.low = self.low.min(v);
        self.high = self.high.max(v);
    }

    fn add(&mut self, other: &Self) {
        self.absolute += other.absolute;
        for i in 0..3 {
            self.powers[i] += other.powers[i];
        }
        self.low = self.low.min(other.low);
        self.high = self.high.max(other.high);
    }
}
