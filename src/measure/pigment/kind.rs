//! Which pigment makes a spot: the one that leads from the color around it to its own.
//!
//! By the forward model, more melanin moves the color of a skin along one curve, more blood along another; less light moves
//! ln G alone. A spot is what comes nearest. Curves, not fixed directions: on dark skin much melanin leads past the fold,
//! where its first steps point elsewhere than where it ends. Light leaves ln R/G and ln G/B alone, so a dark place whose
//! ratios are those around it is a shadow and no spot.

use super::tone::Tone;
use crate::color::skin::{BLOOD_MAX, MELANIN_MAX, SkinModel};

/// How well the ratios of a spot are known against those around it, ln units: mottle, and what the model leaves out.
const RATIO_SD: f64 = 0.02;
/// How well ln G is: the light on a spot is not that around it.
const GREEN_SD: f64 = 0.08;
/// A shadow explains a spot unless a pigment does so better by this (half a squared deviation).
const CLEARLY: f64 = 2.0;
/// Amounts of pigment that are tried.
const STEPS: usize = 96;

/// What a spot is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Made {
    /// Of melanin that takes this much from ln G.
    Melanin(f64),
    /// Of blood that takes this much from ln G.
    Blood(f64),
    /// Of less light.
    Shade,
}

/// The colors that a skin takes with more of either pigment.
#[derive(Clone, Debug)]
pub struct Curves([Vec<[f64; 3]>; 2]);

impl Curves {
    /// Those of a skin.
    #[must_use]
    pub fn of(tone: &Tone) -> Self {
        let model = SkinModel::new(tone.surface);
        let color = |m: f64, b: f64| {
            let [r, g, b] = model.linear(m, b).map(|v| v.max(1e-5).ln());
            [r - g, g - b, g]
        };
        let from = color(tone.melanin, tone.blood);
        let step = |least: f64, most: f64, i: usize| least * (most / least).powf(i as f64 / (STEPS - 1) as f64);
        let curve = |least: f64, room: f64, add: &dyn Fn(f64) -> [f64; 2]| {
            (0..STEPS)
                .map(|i| {
                    let [m, b] = add(step(least, room.max(2.0 * least), i));
                    let to = color(m, b);
                    [0, 1, 2].map(|k| to[k] - from[k])
                })
                .collect()
        };
        let (melanin, blood) = (tone.melanin, tone.blood);
        Self([
            curve(1e-3, 0.999 * MELANIN_MAX - melanin, &|more| [(melanin + more).min(0.999 * MELANIN_MAX), blood]),
            curve(2e-4, 0.75 * BLOOD_MAX - blood, &|more| [melanin, (blood + more).min(0.75 * BLOOD_MAX)]),
        ])
    }

    /// What makes a place whose (ln R/G, ln G/B, ln G) differ by `difference` from the skin around it.
    #[must_use]
    pub fn explain(&self, difference: [f64; 3]) -> Made {
        let [u, v, g] = difference;
        let nearest = |curve: &[[f64; 3]]| {
            let cost = |p: &[f64; 3]| {
                let ratios = (p[0] - u).powi(2) + (p[1] - v).powi(2);
                0.5 * (ratios / RATIO_SD.powi(2) + ((p[2] - g) / GREEN_SD).powi(2))
            };
            curve.iter().map(|p| (cost(p), -p[2])).fold((f64::INFINITY, 0.0), |a, b| if b.0 < a.0 { b } else { a })
        };
        let [(melanin, brown), (blood, red)] = [nearest(&self.0[0]), nearest(&self.0[1])];
        let shade = 0.5 * (u * u + v * v) / RATIO_SD.powi(2);
        if shade < melanin.min(blood) + CLEARLY {
            Made::Shade
        } else if melanin <= blood {
            Made::Melanin(brown)
        } else {
            Made::Blood(red)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tone::Polarization;
    use super::*;
    use crate::color::skin::SURFACE_DEFAULT;

    #[test]
    fn a_spot_is_known_by_its_color_on_light_and_on_dark_skin() {
        let model = SkinModel::new(SURFACE_DEFAULT);
        for ita_deg in [50.0, 20.0, -5.0] {
            let melanin = model.melanin_for_ita(ita_deg, 0.014).unwrap();
            let color = |m: f64, b: f64| {
                let [r, g, b] = model.linear(m, b).map(f64::ln);
                [r - g, g - b, g]
            };
            let skin = color(melanin, 0.014);
            let curves = Curves::of(&Tone::of(skin[0], skin[1], Polarization::None));
            let made = |m: f64, b: f64, light: f64| {
                let spot = color(m, b);
                curves.explain([spot[0] - skin[0], spot[1] - skin[1], spot[2] - skin[2] + light])
            };
            for light in [-0.05, 0.0, 0.05] {
                let brown = made(1.6 * melanin + 0.02, 0.014, light);
                let red = made(melanin, 0.035, light);
                assert!(matches!(brown, Made::Melanin(d) if d > 0.05), "{ita_deg} {light}: {brown:?}");
                assert!(matches!(red, Made::Blood(d) if d > 0.05), "{ita_deg} {light}: {red:?}");
            }
            assert_eq!(made(melanin, 0.014, -0.4), Made::Shade, "{ita_deg}");
        }
    }
}
