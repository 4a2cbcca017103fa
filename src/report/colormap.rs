//! Color scales of the maps.
//!
//! Both are curves in CIELAB whose lightness is a straight line of the value, so that equal steps of the value look
//! like equal steps, in gray print too. Hue runs along blue and yellow, the axis that color-blind eyes keep.

use std::sync::LazyLock;

use crate::color::Lab;
use crate::color::srgb::code8_of_linear;

/// An 8-bit sRGB color.
pub(super) type Rgb = [u8; 3];

/// Colors of one scale.
const STEPS: usize = 256;

/// Pixels without a value: a neutral gray that neither scale holds.
pub(super) const NO_VALUE: Rgb = [158, 158, 158];

/// A color scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// From little (dark blue) over teal to much (yellow).
    Sequential,
    /// From below zero (blue) over near-white to above zero (brown).
    Diverging,
}

impl Scale {
    /// The color of `t`, 0 to 1; outside it the end's color.
    pub fn color(self, t: f64) -> Rgb {
        let index = (t.clamp(0.0, 1.0) * (STEPS - 1) as f64).round() as usize;
        self.table()[index.min(STEPS - 1)]
    }

    /// All colors, from the low end to the high end.
    pub fn table(self) -> &'static [Rgb; STEPS] {
        static SEQUENTIAL: LazyLock<[Rgb; STEPS]> = LazyLock::new(|| build(sequential));
        static DIVERGING: LazyLock<[Rgb; STEPS]> = LazyLock::new(|| build(diverging));
        match self {
            Self::Sequential => &SEQUENTIAL,
            Self::Diverging => &DIVERGING,
        }
    }
}

fn build(color: fn(f64) -> Lab) -> [Rgb; STEPS] {
    std::array::from_fn(|i| {
        let linear = color(i as f64 / (STEPS - 1) as f64).to_linear();
        linear.map(|c| code8_of_linear(c as f32))
    })
}

/// A cubic Bézier curve in a*b* over a straight line of lightness: dark blue, teal, green, yellow.
fn sequential(t: f64) -> Lab {
    const CONTROL: [[f64; 2]; 4] = [[13.0, -33.0], [-25.0, -17.0], [-66.0, 40.0], [-12.0, 76.0]];
    let s = 1.0 - t;
    let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
    let at = |axis: usize| weights.iter().zip(&CONTROL).map(|(w, c)| w * c[axis]).sum();
    Lab { l: 14.0 + 78.0 * t, a: at(0), b: at(1) }
}

/// Two arms of equal lightness and equal chroma that meet in near-white.
fn diverging(t: f64) -> Lab {
    const BLUE_DEG: f64 = 280.0;
    const BROWN_DEG: f64 = 58.0;
    let x = 2.0 * t - 1.0;
    let arm = x.abs();
    // Chroma rises to where the gamut is widest and falls again toward the dark end.
    let chroma = 90.0 * arm * (1.0 - 0.54 * arm);
    let hue = if x < 0.0 { BLUE_DEG } else { BROWN_DEG }.to_radians();
    Lab { l: 95.0 - 63.0 * arm, a: chroma * hue.cos(), b: chroma * hue.sin() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::color::delta_e_00;
    use crate::color::srgb::linear_from_srgb;

    fn lab(color: Rgb) -> Lab {
        Lab::from_linear(color.map(|c| linear_from_srgb(f64::from(c) / 255.0)))
    }

    fn labs(scale: Scale) -> Vec<Lab> {
        scale.table().iter().map(|&c| lab(c)).collect()
    }

    #[test]
    fn srgb_holds_both_curves() {
        for curve in [sequential, diverging] {
            for i in 0..=1000 {
                let linear = curve(f64::from(i) / 1000.0).to_linear();
                assert!(linear.iter().all(|c| (-1e-3..=1.001).contains(c)), "{i}: {linear:?}");
            }
        }
    }

    #[test]
    fn sequential_lightness_rises_evenly() {
        let labs = labs(Scale::Sequential);
        for (i, pair) in labs.windows(2).enumerate() {
            assert!(pair[1].l > pair[0].l - 0.12, "step {i}");
        }
        for (i, lab) in labs.iter().enumerate() {
            let expected = 14.0 + 78.0 * i as f64 / 255.0;
            assert!((lab.l - expected).abs() < 0.5, "step {i}: {} for {expected}", lab.l);
        }
        let coarse: Vec<_> = labs.iter().step_by(4).collect();
        assert!(coarse.windows(2).all(|p| p[1].l > p[0].l));
    }

    #[test]
    fn diverging_lightness_is_symmetric_and_highest_in_the_middle() {
        let labs = labs(Scale::Diverging);
        for i in 0..STEPS / 2 {
            assert!((labs[i].l - labs[STEPS - 1 - i].l).abs() < 0.6, "step {i}");
        }
        let coarse: Vec<_> = labs[..STEPS / 2].iter().step_by(4).collect();
        assert!(coarse.windows(2).all(|p| p[1].l > p[0].l));
        assert!(labs[STEPS / 2].chroma() < 1.0);
    }

    #[test]
    fn equal_steps_look_alike() {
        for scale in [Scale::Sequential, Scale::Diverging] {
            let labs = labs(scale);
            let steps: Vec<_> = (0..STEPS - 16).step_by(16).map(|i| delta_e_00(labs[i], labs[i + 16])).collect();
            let (low, high) = steps.iter().fold((f64::MAX, 0.0f64), |(l, h), &s| (l.min(s), h.max(s)));
            assert!(high / low < 2.6, "{scale:?}: {steps:?}");
        }
    }

    #[test]
    fn no_color_of_a_scale_is_taken_for_a_missing_value() {
        for scale in [Scale::Sequential, Scale::Diverging] {
            let nearest = labs(scale).iter().map(|&l| delta_e_00(l, lab(NO_VALUE))).fold(f64::MAX, f64::min);
            assert!(nearest > 10.0, "{scale:?}: {nearest}");
        }
    }
}
