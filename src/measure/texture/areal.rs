//! Areal height parameters: the formulas of ISO 25178-2 on any plane and mask.
//!
//! On a photo the values are shading, not heights: the formulas are the standard's, the numbers are relief indices.

use crate::base::{Mask, Plane, parallel};

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
    /// Rms gradient per sample: forward differences whose two samples lie in the mask, the means of both axes added.
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
pub fn areal(plane: &Plane, mask: &Mask) -> Option<Areal> {
    let width = plane.width();
    let values = |y: usize| plane.row(y).iter().zip(mask.row(y)).filter(|&(_, &m)| m != 0).map(|(&v, _)| f64::from(v));
    let (mut n, mut total) = (0.0, 0.0);
    for (count, sum) in parallel::map_bands(plane.height(), parallel::BAND_ROWS, |rows| {
        rows.flat_map(values).fold((0.0, 0.0), |(n, s), v| (n + 1.0, s + v))
    }) {
        n += count;
        total += sum;
    }
    if n == 0.0 {
        return None;
    }
    let mean = total / n;

    let bands = parallel::map_bands(plane.height(), parallel::BAND_ROWS, |rows| {
        let mut m = Moments { low: f64::INFINITY, high: f64::NEG_INFINITY, ..Moments::default() };
        for y in rows {
            for v in values(y).map(|v| v - mean) {
                let square = v * v;
                m.absolute += v.abs();
                m.powers[0] += square;
                m.powers[1] += square * v;
                m.powers[2] += square * square;
                m.low = m.low.min(v);
                m.high = m.high.max(v);
            }
            let (row, inside) = (plane.row(y), mask.row(y));
            for x in 1..width {
                if inside[x] & inside[x - 1] != 0 {
                    m.gradient(0, row[x] - row[x - 1]);
                }
            }
            if y > 0 {
                let (above, inside_above) = (plane.row(y - 1), mask.row(y - 1));
                for x in 0..width {
                    if inside[x] & inside_above[x] != 0 {
                        m.gradient(1, row[x] - above[x]);
                    }
                }
            }
        }
        m
    });
    let mut m = Moments { low: f64::INFINITY, high: f64::NEG_INFINITY, ..Moments::default() };
    for band in bands {
        m.add(&band);
    }
    let variance = m.powers[0] / n;
    let sq = variance.sqrt();
    let shape = |power: f64, scale: f64| (sq > 1e-12).then(|| power / n / scale);
    let slope = |axis: usize| m.slopes[axis] / f64::max(m.pairs[axis], 1.0);
    Some(Areal {
        mean,
        sa: m.absolute / n,
        sq,
        ssk: shape(m.powers[1], sq * variance),
        sku: shape(m.powers[2], variance * variance),
        sp: m.high,
        sv: -m.low,
        sdq: (slope(0) + slope(1)).sqrt(),
    })
}

#[derive(Clone, Copy, Default)]
struct Moments {
    absolute: f64,
    powers: [f64; 3],
    low: f64,
    high: f64,
    slopes: [f64; 2],
    pairs: [f64; 2],
}

impl Moments {
    fn gradient(&mut self, axis: usize, difference: f32) {
        self.slopes[axis] += f64::from(difference) * f64::from(difference);
        self.pairs[axis] += 1.0;
    }

    fn add(&mut self, other: &Self) {
        self.absolute += other.absolute;
        for i in 0..3 {
            self.powers[i] += other.powers[i];
        }
        self.low = self.low.min(other.low);
        self.high = self.high.max(other.high);
        for axis in 0..2 {
            self.slopes[axis] += other.slopes[axis];
            self.pairs[axis] += other.pairs[axis];
        }
    }
}
