//! The skin behind a mean color, by the forward model: its pigments, and how they change color from there.

use crate::color::skin::{BLOOD_MAX, MELANIN_MAX, SURFACE_DEFAULT, SkinModel};

/// How well the two log ratios of a photo tell its skin, ln units.
const RATIO_SD: f64 = 0.02;
/// ln G/B above which blue is so dark that its logarithm says less.
const LITTLE_BLUE: f64 = 1.0;
/// What is known of skin beforehand: ln of the melanosome and of the blood fraction, with their standard deviations.
const PRIOR: [(f64, f64); 2] = [(0.06, 3.0), (0.015, 1.0)];
/// A photo is taken as cross-polarized when that explains its color this much better (half a squared deviation).
const CLEARLY: f64 = 4.0;

/// A skin that has the color of a region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// Melanosome fraction.
    pub melanin: f64,
    /// Blood fraction.
    pub blood: f64,
    /// White reflection of its surface.
    pub surface: f64,
    /// d ln(R, G, B) per d ln G of more melanin and of more blood; green is 1.
    pub vectors: [[f64; 3]; 2],
    /// Change of ln G when the melanin and when the blood of the region rises by a factor e.
    pub strength: [f64; 2],
}

/// How the photo was lit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarization {
    /// Cross-polarized where the color of the skin can only be had without surface reflection.
    #[default]
    Auto,
    /// The skin's surface reflects white light.
    None,
    /// Crossed polarizers keep the surface reflection away.
    Cross,
}

impl Tone {
    /// The skin whose mean ln R/G is `u` and ln G/B is `v`.
    #[must_use]
    pub fn of(u: f64, v: f64, polarization: Polarization) -> Self {
        let with = |surface: f64| {
            let model = SkinModel::new(surface);
            let (pigments, misfit) = invert(&model, [u, v]);
            (Self::at(&model, surface, pigments), misfit)
        };
        match polarization {
            Polarization::None => with(SURFACE_DEFAULT).0,
            Polarization::Cross => with(0.0).0,
            Polarization::Auto => {
                let (plain, plain_misfit) = with(SURFACE_DEFAULT);
                let (crossed, crossed_misfit) = with(0.0);
                if crossed_misfit + CLEARLY < plain_misfit { crossed } else { plain }
            }
        }
    }

    fn at(model: &SkinModel, surface: f64, [melanin, blood]: [f64; 2]) -> Self {
        let slopes = model.derivatives(melanin, blood);
        Self {
            melanin,
            blood,
            surface,
            vectors: slopes.map(|s| s.map(|v| v / s[1])),
            strength: [slopes[0][1] * melanin, slopes[1][1] * blood],
        }
    }

    /// Angle between shading (1, 1, 1) and the plane of the two pigments, degrees; negative beyond the fold.
    ///
    /// Where it closes, more melanin looks exactly like less light: white surface reflection turns the color of dark skin
    /// back towards white. There no method tells the two apart on one photo.
    #[must_use]
    pub fn separation_angle_deg(&self) -> f64 {
        let [a, b] = self.vectors;
        let normal = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
        let length = normal.iter().map(|v| v * v).sum::<f64>().sqrt();
        (-normal.iter().sum::<f64>() / (3.0_f64.sqrt() * length)).asin().to_degrees()
    }

    /// What melanin and what blood add to (ln R/G, ln G/B) where they take 1 from ln G.
    #[must_use]
    pub fn signatures(&self) -> [[f64; 2]; 2] {
        self.vectors.map(|[r, g, b]| [g - r, b - g])
    }

    /// By how much the colors of a region say less than usual, at least 1, where ln G/B is `v`: the bluest light of dark skin behind
    /// crossed polarizers is near or beyond the edge of sRGB, and its logarithm is rounding and noise.
    #[must_use]
    pub fn blue_blur(v: f64) -> f64 {
        f64::max(1.0, (v - LITTLE_BLUE).exp())
    }

    /// How much of ln G melanin and blood take away, below the surface: of skin without the one, at a common amount of the other.
    ///
    /// Each rises with its own pigment alone, however much there is of the other.
    #[must_use]
    pub fn densities(&self) -> [f64; 2] {
        let below = SkinModel::new(0.0);
        let green = |melanin: f64, blood: f64| below.linear(melanin, blood)[1].ln();
        let [(melanin, _), (blood, _)] = PRIOR;
        [green(0.0, blood) - green(self.melanin, blood), green(melanin, 0.0) - green(melanin, self.blood)]
    }
}

/// The pigments that give the ratios, and half of the squared deviations that remain.
fn invert(model: &SkinModel, ratios: [f64; 2]) -> ([f64; 2], f64) {
    let bounds = [[1e-3_f64.ln(), (0.999 * MELANIN_MAX).ln()], [5e-4_f64.ln(), (0.75 * BLOOD_MAX).ln()]];
    let deviations = |p: [f64; 2]| {
        let ln = model.linear(p[0].exp(), p[1].exp()).map(|v| v.max(1e-5).ln());
        let prior = |i: usize| (p[i] - PRIOR[i].0.ln()) / PRIOR[i].1;
        let blue_sd = RATIO_SD * Tone::blue_blur(ratios[1]);
        [(ln[0] - ln[1] - ratios[0]) / RATIO_SD, (ln[1] - ln[2] - ratios[1]) / blue_sd, prior(0), prior(1)]
    };
    let half = |d: [f64; 4]| 0.5 * d.iter().map(|v| v * v).sum::<f64>();
    let mut best = ([0.0; 2], f64::INFINITY);
    for start in [[0.02, 0.012], [0.1, 0.012], [0.3, 0.012], [0.1, 0.03], [0.3, 0.03]] {
        let mut p = start.map(f64::ln);
        let mut here = deviations(p);
        let mut damping = 1e-3;
        for _ in 0..40 {
            const STEP: f64 = 1e-4;
            let slopes = [[p[0] + STEP, p[1]], [p[0], p[1] + STEP]]
                .map(|q| std::array::from_fn::<f64, 4, _>(|i| (deviations(q)[i] - here[i]) / STEP));
            let dot = |a: &[f64; 4], b: &[f64; 4]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let (xx, xy, yy) = (dot(&slopes[0], &slopes[0]), dot(&slopes[0], &slopes[1]), dot(&slopes[1], &slopes[1]));
            let (gx, gy) = (dot(&slopes[0], &here), dot(&slopes[1], &here));
            let (xx, yy) = (xx * (1.0 + damping), yy * (1.0 + damping));
            let det = xx * yy - xy * xy;
            let step = [-(gx * yy - gy * xy) / det, -(gy * xx - gx * xy) / det];
            let next = [0, 1].map(|i| (p[i] + step[i].clamp(-1.0, 1.0)).clamp(bounds[i][0], bounds[i][1]));
            let there = deviations(next);
            if half(there) < half(here) {
                let gain = half(here) - half(there);
                (p, here, damping) = (next, there, damping * 0.3);
                if gain < 1e-9 {
                    break;
                }
            } else {
                damping *= 8.0;
                if damping > 1e9 {
                    break;
                }
            }
        }
        if half(here) < best.1 {
            best = (p, half(here));
        }
    }
    (best.0.map(f64::exp), best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(melanin: f64, blood: f64, surface: f64, polarization: Polarization) -> Tone {
        let ln = SkinModel::new(surface).linear(melanin, blood).map(f64::ln);
        Tone::of(ln[0] - ln[1], ln[1] - ln[2], polarization)
    }

    #[test]
    fn the_pigments_of_a_color_are_found_again() {
        for (melanin, blood) in [(0.02, 0.01), (0.06, 0.02), (0.14, 0.014), (0.21, 0.018)] {
            let found = tone(melanin, blood, SURFACE_DEFAULT, Polarization::None);
            assert!((found.melanin / melanin - 1.0).abs() < 0.05, "{melanin}: {found:?}");
            assert!((found.blood / blood - 1.0).abs() < 0.05, "{blood}: {found:?}");
        }
    }

    #[test]
    fn the_fold_closes_on_dark_skin_only_with_surface_reflection() {
        let angle = |melanin: f64, surface: f64| {
            let polarization = if surface > 0.0 { Polarization::None } else { Polarization::Cross };
            tone(melanin, 0.015, surface, polarization).separation_angle_deg()
        };
        assert!(angle(0.03, SURFACE_DEFAULT) > 18.0 && angle(0.03, 0.0) > 18.0);
        assert!(angle(0.30, SURFACE_DEFAULT) < 5.0, "{}", angle(0.30, SURFACE_DEFAULT));
        assert!(angle(0.30, 0.0) > 18.0, "{}", angle(0.30, 0.0));
        assert!(angle(0.42, SURFACE_DEFAULT) < 0.0, "beyond the fold: {}", angle(0.42, SURFACE_DEFAULT));
    }

    #[test]
    fn a_density_is_that_of_its_own_pigment() {
        let at = |melanin: f64, blood: f64| tone(melanin, blood, SURFACE_DEFAULT, Polarization::None).densities();
        let (low, more_blood, more_melanin) = (at(0.05, 0.012), at(0.05, 0.018), at(0.07, 0.012));
        assert!((more_blood[0] / low[0] - 1.0).abs() < 0.02 && more_blood[1] > 1.2 * low[1]);
        assert!((more_melanin[1] / low[1] - 1.0).abs() < 0.02 && more_melanin[0] > 1.3 * low[0]);
    }

    #[test]
    fn a_color_that_only_crossed_polarizers_give_is_known_as_such() {
        let dark = tone(0.25, 0.014, 0.0, Polarization::Auto);
        assert!((dark.melanin / 0.25 - 1.0).abs() < 0.1, "{dark:?}");
        let light = tone(0.03, 0.014, SURFACE_DEFAULT, Polarization::Auto);
        assert_eq!(light, tone(0.03, 0.014, SURFACE_DEFAULT, Polarization::None));
    }
}
