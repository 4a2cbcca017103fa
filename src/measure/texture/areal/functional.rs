//! Functional parameters: what the material ratio curve says of peaks, core and valleys.
//!
//! Sk family (ISO 25178-2; ISO 13565-2 for profiles): the 40 % of the curve with the flattest secant are found, a straight
//! line is fitted to the heights in it by least squares, and its values at 0 and 100 % bound the core. Spk and Svk are the
//! heights of the triangles that hold the material above and the void below the core. The window's start is tried at 2001
//! places, 0.03 % apart; where two windows are equally flat, as on a sine, the higher one is taken.

use super::MaterialRatio;

/// Width of the window that the core line is fitted in.
const CORE: f64 = 0.4;
/// Places of the window that are tried, less one.
const STEPS: usize = 2000;
/// Windows whose secants differ by less than this share of Sz are equally flat.
const TIE: f64 = 1e-9;
/// Material ratios that bound peaks, core and valleys for the volumes.
const PEAK: f64 = 0.1;
const VALLEY: f64 = 0.8;
/// Material ratios of the extreme peak height.
const EXTREME: [f64; 2] = [0.025, 0.5];

/// Functional parameters in the unit of the heights; material ratios in percent. Volumes are per area, so they are heights
/// too: 1 um is 1 ml/m^2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Functional {
    /// Core height.
    pub sk: f64,
    /// Reduced peak height.
    pub spk: f64,
    /// Reduced valley depth.
    pub svk: f64,
    /// Material ratio at the upper end of the core, in percent.
    pub smr1: f64,
    /// Material ratio at the lower end of the core, in percent.
    pub smr2: f64,
    /// Peak material volume, above the height at 10 %.
    pub vmp: f64,
    /// Core material volume, between the heights at 10 and 80 %.
    pub vmc: f64,
    /// Core void volume, between the heights at 10 and 80 %.
    pub vvc: f64,
    /// Valley void volume, below the height at 80 %.
    pub vvv: f64,
    /// Extreme peak height: from 2.5 to 50 %.
    pub sxp: f64,
}

impl Functional {
    /// The parameters of a curve.
    #[must_use]
    pub fn of(curve: &MaterialRatio) -> Self {
        let (upper, lower) = core(curve);
        let (smr1, smr2) = (curve.ratio_at(upper), curve.ratio_at(lower));
        let (peak, valley) = (curve.height_at(PEAK), curve.height_at(VALLEY));
        let (vmp, vvv) = (curve.material_above(peak), curve.void_below(valley));
        Self {
            sk: upper - lower,
            spk: 2.0 * curve.material_above(upper) / smr1,
            svk: 2.0 * curve.void_below(lower) / (1.0 - smr2),
            smr1: 100.0 * smr1,
            smr2: 100.0 * smr2,
            vmp,
            vmc: curve.material_above(valley) - vmp,
            vvc: curve.void_below(peak) - vvv,
            vvv,
            sxp: curve.height_at(EXTREME[0]) - curve.height_at(EXTREME[1]),
        }
    }
}

/// Heights of the core line at 0 and 100 %.
fn core(curve: &MaterialRatio) -> (f64, f64) {
    let heights = curve.heights();
    let n = heights.len();
    let tie = TIE * (heights[0] - heights[n - 1]);
    let start_of = |step: usize| (1.0 - CORE) * step as f64 / STEPS as f64;
    let (mut start, mut flattest) = (0.0, f64::INFINITY);
    for step in 0..=STEPS {
        let at = start_of(step);
        let fall = curve.height_at(at) - curve.height_at(at + CORE);
        if fall < flattest - tie {
            (start, flattest) = (at, fall);
        }
    }
    // The heights whose ratios lie in the window; the margin keeps a ratio on its edge inside in spite of rounding.
    let margin = 1e-9;
    let first = (start * n as f64 - 0.5 - margin).ceil().max(0.0) as usize;
    let last = ((start + CORE) * n as f64 - 0.5 + margin).floor().clamp(first as f64, (n - 1) as f64) as usize;
    let count = (last - first + 1) as f64;
    let middle = 0.5 * (curve.ratio(first) + curve.ratio(last));
    let mean = heights[first..=last].iter().sum::<f64>() / count;
    let (mut sxx, mut sxy) = (0.0, 0.0);
    for (i, &height) in (first..=last).zip(&heights[first..=last]) {
        let x = curve.ratio(i) - middle;
        sxx += x * x;
        sxy += x * (height - mean);
    }
    let slope = if sxx > 0.0 { sxy / sxx } else { 0.0 };
    (mean - slope * middle, mean + slope * (1.0 - middle))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Mask, Plane};

    #[test]
    fn an_even_distribution_is_all_core() {
        // Closed form: z(p) = 1 - 2 p.
        let plane = Plane::from_fn(1000, 10, |x, y| 1.0 - 2.0 * ((x * 10 + y) as f64 + 0.5) / 10_000.0);
        let f = Functional::of(&MaterialRatio::of(&plane, &Mask::full(1000, 10)).unwrap());
        let truth = [
            (f.sk, 2.0),
            (f.vmp, 0.01),
            (f.vmc, 0.63),
            (f.vvc, 0.77),
            (f.vvv, 0.04),
            (f.sxp, 0.95),
            (f.spk, 0.0),
            (f.svk, 0.0),
        ];
        for (i, (found, expected)) in truth.into_iter().enumerate() {
            assert!((found - expected).abs() < 1e-6, "{i}: {found} for {expected}");
        }
        assert!(f.smr1 < 0.01 && f.smr2 > 99.99);
    }

    #[test]
    fn a_flat_surface_is_nothing() {
        let f = Functional::of(&MaterialRatio::of(&Plane::filled(8, 8, 2.0_f32), &Mask::full(8, 8)).unwrap());
        assert_eq!([f.sk, f.spk, f.svk, f.vmp, f.vmc, f.vvc, f.vvv, f.sxp], [0.0; 8]);
    }
}
