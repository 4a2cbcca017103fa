//! The forward model: from the pigments of skin to its color.
//!
//! Two layers. Light crosses the epidermis twice and loses `exp(-2 d mua)` to melanin; the dermis, colored by blood,
//! sends back what the diffusion dipole of Farrell, Patterson and Wilson (Med. Phys. 19:879, 1992) gives. A white
//! share of the light never enters the skin (`surface`; a cross-polarized photo has none). Of the two scattering laws
//! in use, that of 1998 with a surface of 2.8 % lies nearest to measured skin spectra (median distance 0.9 in CIELAB).

use crate::color::lab::{LINEAR_FROM_XYZ, WHITE_D65};
use crate::color::{Lab, ita};
use crate::error::{Error, Result};

use super::spectra::ROWS;

/// Thickness of the epidermis in cm.
const EPIDERMIS_CM: f64 = 0.006;
/// Refractive index of skin.
const REFRACTIVE_INDEX: f64 = 1.4;
/// Largest melanosome fraction of the model.
pub const MELANIN_MAX: f64 = 0.5;
/// Largest blood fraction of the model.
pub const BLOOD_MAX: f64 = 0.2;
/// White reflection of the surface of unpolarized photographs.
pub const SURFACE_DEFAULT: f64 = 0.028;

/// One wavelength, ready for sums: absorptions, scattering, and what it adds to linear sRGB per unit of reflectance.
#[derive(Clone, Copy, Debug)]
struct Term {
    blood: f64,
    melanosome: f64,
    baseline: f64,
    scattering: f64,
    rgb: [f64; 3],
}

/// Skin under D65, seen by the CIE 1931 observer, as linear sRGB.
///
/// ```
/// use cicatrix::color::skin::SkinModel;
/// let model = SkinModel::new(0.028);
/// let [r, g, b] = model.linear(0.03, 0.02);
/// assert!(r > g && g > b);
/// ```
#[derive(Clone, Debug)]
pub struct SkinModel {
    surface: f64,
    /// Internal reflection of the boundary, (1 + r) / (1 - r).
    boundary: f64,
    terms: Vec<Term>,
}

impl SkinModel {
    /// The model with a white surface reflection of `surface` (0 to 1; 0 for cross-polarized light).
    #[must_use]
    pub fn new(surface: f64) -> Self {
        let n = REFRACTIVE_INDEX;
        let r = -1.440 / (n * n) + 0.710 / n + 0.668 + 0.0636 * n;
        let mut white = [0.0; 3];
        for row in &ROWS {
            for (sum, observer) in white.iter_mut().zip(row.observer) {
                *sum += row.d65 * observer;
            }
        }
        let term = |row: &super::spectra::Row| {
            let xyz: [f64; 3] = std::array::from_fn(|i| row.d65 * row.observer[i] / white[i] * WHITE_D65[i]);
            Term {
                blood: row.mua_blood(),
                melanosome: row.mua_melanosome(),
                baseline: row.mua_baseline(),
                scattering: row.musp_1998(),
                rgb: LINEAR_FROM_XYZ.map(|m| m[0] * xyz[0] + m[1] * xyz[1] + m[2] * xyz[2]),
            }
        };
        Self { surface, boundary: (1.0 + r) / (1.0 - r), terms: ROWS.iter().map(term).collect() }
    }

    /// The white surface reflection.
    #[must_use]
    pub fn surface(&self) -> f64 {
        self.surface
    }

    fn reflectance(&self, term: &Term, melanin: f64, blood: f64) -> f64 {
        let epidermis = melanin * term.melanosome + (1.0 - melanin) * term.baseline;
        let dermis = blood * term.blood + (1.0 - blood) * term.baseline;
        let albedo = term.scattering / (dermis + term.scattering);
        let q = (3.0 * (1.0 - albedo)).sqrt();
        let diffuse = albedo / 2.0 * (1.0 + (-4.0 / 3.0 * self.boundary * q).exp()) * (-q).exp();
        (-2.0 * EPIDERMIS_CM * epidermis).exp() * diffuse * (1.0 - self.surface) + self.surface
    }

    /// Linear sRGB of skin with a melanosome fraction `melanin` and a blood fraction `blood`; white paper is (1, 1, 1).
    #[must_use]
    pub fn linear(&self, melanin: f64, blood: f64) -> [f64; 3] {
        let mut rgb = [0.0; 3];
        for term in &self.terms {
            let reflectance = self.reflectance(term, melanin, blood);
            for (sum, share) in rgb.iter_mut().zip(term.rgb) {
                *sum += share * reflectance;
            }
        }
        rgb
    }

    /// Natural logarithm of [`SkinModel::linear`]; not a number where very dark skin without surface leaves sRGB.
    #[must_use]
    pub fn ln_linear(&self, melanin: f64, blood: f64) -> [f64; 3] {
        self.linear(melanin, blood).map(f64::ln)
    }

    /// CIELAB of the skin.
    #[must_use]
    pub fn lab(&self, melanin: f64, blood: f64) -> Lab {
        Lab::from_linear(self.linear(melanin, blood))
    }

    /// The local derivatives d ln(RGB) / d melanin and d ln(RGB) / d blood, per unit of volume fraction.
    #[must_use]
    pub fn derivatives(&self, melanin: f64, blood: f64) -> [[f64; 3]; 2] {
        let slope = |lo: [f64; 3], hi: [f64; 3], step: f64| std::array::from_fn(|i| (hi[i] - lo[i]) / step);
        let around = |x: f64| ((x - 1e-5).max(0.0), x + 1e-5);
        let (m0, m1) = around(melanin);
        let (b0, b1) = around(blood);
        [
            slope(self.ln_linear(m0, blood), self.ln_linear(m1, blood), m1 - m0),
            slope(self.ln_linear(melanin, b0), self.ln_linear(melanin, b1), b1 - b0),
        ]
    }

    /// The melanosome fraction that gives an ITA at a blood fraction, by bisection.
    pub fn melanin_for_ita(&self, ita_deg: f64, blood: f64) -> Result<f64> {
        // ITA falls as melanin rises until dark skin loses its b*; the search stays on that branch.
        let at = |melanin: f64| ita::ita_deg(self.lab(melanin, blood)).unwrap_or(-90.0);
        let (mut lo, mut hi) = (0.0, MELANIN_MAX);
        if !(at(hi) <= ita_deg && ita_deg <= at(lo)) {
            let message =
                format!("ita_deg {ita_deg} at blood {blood}: the skin model reaches {:.1} to {:.1}", at(hi), at(lo));
            return Err(Error::config(message));
        }
        for _ in 0..60 {
            let mid = f64::midpoint(lo, hi);
            if at(mid) > ita_deg {
                lo = mid;
            } else {
                hi = mid;
            }
        }
        Ok(f64::midpoint(lo, hi))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_reflector_is_white() {
        let rgb = SkinModel::new(1.0).linear(0.1, 0.02);
        assert!(rgb.iter().all(|v| (v - 1.0).abs() < 1e-9), "{rgb:?}");
    }

    #[test]
    fn reaches_the_mean_of_measured_skin() {
        // ISSA, 15,256 spectra: mean Lab (57.2, 10.4, 16.9).
        let model = SkinModel::new(SURFACE_DEFAULT);
        let mut best = f64::INFINITY;
        for i in 1..60 {
            for j in 1..40 {
                let lab = model.lab(f64::from(i) * 0.005, f64::from(j) * 0.002);
                let d = ((lab.l - 57.2).powi(2) + (lab.a - 10.4).powi(2) + (lab.b - 16.9).powi(2)).sqrt();
                best = best.min(d);
            }
        }
        assert!(best < 3.0, "nearest model skin at dE76 {best}");
    }

    #[test]
    fn more_pigment_is_darker_in_every_channel() {
        let model = SkinModel::new(SURFACE_DEFAULT);
        for i in 0..40 {
            let (m, b) = (0.01 * f64::from(i), 0.002 + 0.003 * f64::from(i));
            let here = model.linear(m, b);
            for more in [model.linear(m + 0.01, b), model.linear(m, b + 0.003)] {
                assert!((0..3).all(|c| more[c] < here[c]), "at {m}, {b}: {here:?} then {more:?}");
            }
        }
    }

    #[test]
    fn ita_is_found_again() {
        let model = SkinModel::new(SURFACE_DEFAULT);
        for (want, blood) in [(56.0, 0.008), (45.0, 0.012), (20.0, 0.025), (0.0, 0.03), (-30.0, 0.025), (-50.0, 0.02)] {
            let melanin = model.melanin_for_ita(want, blood).expect("within reach");
            let got = ita::ita_deg(model.lab(melanin, blood)).expect("colored");
            assert!((got - want).abs() < 1e-6, "{want}: {got} at {melanin}");
        }
        assert!(model.melanin_for_ita(89.0, 0.025).is_err());
    }
}
