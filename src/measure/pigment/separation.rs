//! Melanin, hemoglobin and shading of a photo.
//!
//! In log space a pixel is -ln(R, G, B) = melanin s_m + hemoglobin s_h + shading (1, 1, 1) + const. The two pigments are
//! read from the two log ratios u = ln R/G and v = ln G/B, which shading does not touch (Tsumura 2003). The shading is
//! what of ln G the ratios do not predict: ln G = beta . (u, v) + shading. Fixed vectors give a wrong beta on most skin
//! (camera, tone and surface reflection bend them), so beta is fitted to the photo itself at the scales of natural
//! mottle, and drawn towards the forward model's beta as far as the photo's own evidence is weak.

use nalgebra::{Matrix2, Vector2};

use super::chromaticity::{Chromaticity, FACTOR};
use crate::base::{Mask, Plane, parallel};
use crate::filter::{gaussian, resample};

/// ln density of melanin in linear R, G, B, of unit length: the least-squares line through the two-layer forward model
/// (1998 scattering, 2.8 % surface reflection, D65) over melanosome fractions 0.01 to 0.15 and blood fractions 0.01 to
/// 0.06. `phantom::vectors` computes it.
pub const MELANIN: [f64; 3] = [0.291_441, 0.509_829, 0.809_405];
/// The same of blood.
pub const HEMOGLOBIN: [f64; 3] = [0.324_670, 0.735_789, 0.594_309];

/// Gaussian on the chroma before it is used, in photo pixels.
const CHROMA_SIGMA: f64 = 3.0;
/// How far a photo's own beta may plausibly lie from the forward model's.
const PRIOR_SD: f64 = 0.5;

/// Rounding of the logarithms and filters: below it there is no shading, so a flat photo has none at all.
const RESOLUTION: f32 = 2e-6;

/// The pigment of a photo and how its color predicts its brightness.
#[derive(Clone, Debug)]
pub struct Separation {
    /// Melanin density at half resolution.
    pub melanin: Plane,
    /// Hemoglobin density at half resolution.
    pub hemoglobin: Plane,
    /// d ln G / d (u, v) of pigment.
    pub beta: [f64; 2],
    /// True where the photo's mottle is too weak to move beta from the forward model's.
    pub from_model: bool,
    /// Smoothed u and v.
    chroma: [Plane; 2],
    center: [f32; 2],
}

impl Separation {
    /// Separates the pixels of `mask` (half resolution). `mottle_px` are the two cut-off wavelengths, in photo pixels,
    /// between which the photo's color is fitted.
    #[must_use]
    pub fn of(photo: &Chromaticity, mask: &Mask, mottle_px: [f64; 2]) -> Self {
        let weights = mask.plane().map(f32::from);
        let smooth =
            |plane: &Plane| gaussian::smooth_weighted(&mask.apply(plane), &weights, CHROMA_SIGMA / FACTOR as f64);
        let (u, v) = parallel::join(|| smooth(&photo.u), || smooth(&photo.v));
        let (beta, from_model) = fit(photo, mask, &weights, mottle_px);
        let center = [mean(&u, mask), mean(&v, mask)];
        let [melanin, hemoglobin] = pigments();
        let combine = |w: [f64; 2]| {
            let data = u.data().iter().zip(v.data()).map(|(&u, &v)| w[0] as f32 * u + w[1] as f32 * v).collect();
            Plane::from_vec(u.width(), u.height(), data)
        };
        Self { melanin: combine(melanin), hemoglobin: combine(hemoglobin), beta, from_model, chroma: [u, v], center }
    }

    /// u = ln R/G and v = ln G/B, smoothed, at half resolution.
    #[must_use]
    pub fn chroma(&self) -> &[Plane; 2] {
        &self.chroma
    }

    /// ln G without pigment, in place of `ln_g`; zero outside `mask`, about zero on average inside.
    #[must_use]
    pub fn shading(&self, mut ln_g: Plane, mask: &Mask) -> Plane {
        let offset = mean(&ln_g, mask);
        let width = ln_g.width();
        let beta = [self.beta[0] as f32, self.beta[1] as f32];
        let [u, v] = &self.chroma;
        parallel::for_bands(ln_g.data_mut(), width, parallel::BAND_ROWS, |first, band| {
            let (mut u_row, mut v_row) = (vec![0.0; width], vec![0.0; width]);
            for (i, row) in band.chunks_exact_mut(width).enumerate() {
                resample::interpolate_row(u, FACTOR, first + i, &mut u_row);
                resample::interpolate_row(v, FACTOR, first + i, &mut v_row);
                subtract(row, [&u_row, &v_row], beta, self.center, offset, mask.row(first + i));
            }
        });
        ln_g
    }
}

#[inline(always)]
fn subtract_body(g: &mut [f32], uv: [&[f32]; 2], beta: [f32; 2], center: [f32; 2], offset: f32, mask: &[u8]) {
    let n = g.len();
    let [u, v] = uv.map(|c| &c[..n]);
    let mask = &mask[..n];
    for i in 0..n {
        let pigment = beta[0] * (u[i] - center[0]) + beta[1] * (v[i] - center[1]);
        let shading = (g[i] - offset - pigment) * f32::from(mask[i]);
        g[i] = if shading.abs() < RESOLUTION { 0.0 } else { shading };
    }
}

dispatch! {
    fn subtract(g: &mut [f32], uv: [&[f32]; 2], beta: [f32; 2], center: [f32; 2], offset: f32, mask: &[u8]) = subtract_body
}

/// Shading of a photo without color: ln of the gray value.
#[must_use]
pub fn gray_shading(mut ln_g: Plane, mask: &Mask) -> Plane {
    let offset = mean(&ln_g, mask);
    for (v, &m) in ln_g.data_mut().iter_mut().zip(mask.plane().data()) {
        *v = (*v - offset) * f32::from(m);
    }
    ln_g
}

/// How u and v make melanin and hemoglobin: the inverse of the two pigment vectors' ratios.
#[must_use]
pub fn pigments() -> [[f64; 2]; 2] {
    let ratios = |s: [f64; 3]| [s[1] - s[0], s[2] - s[1]];
    let (m, h) = (ratios(MELANIN), ratios(HEMOGLOBIN));
    let det = m[0] * h[1] - h[0] * m[1];
    [[h[1] / det, -h[0] / det], [-m[1] / det, m[0] / det]]
}

/// The forward model's beta: ln G = -(melanin s_m + hemoglobin s_h) in terms of u and v.
#[must_use]
pub fn model_beta() -> [f64; 2] {
    let [m, h] = pigments();
    [-(MELANIN[1] * m[0] + HEMOGLOBIN[1] * h[0]), -(MELANIN[1] * m[1] + HEMOGLOBIN[1] * h[1])]
}

/// Regression of ln G on u and v in the band of natural mottle, robust, drawn towards the model.
fn fit(photo: &Chromaticity, mask: &Mask, weights: &Plane, mottle_px: [f64; 2]) -> ([f64; 2], bool) {
    let model = model_beta();
    let coarse_weights = resample::block_mean(weights, 2);
    let sigma = mottle_px.map(|cut| crate::measure::texture::relief::sigma_of_cutoff(cut) / (2 * FACTOR) as f64);
    let band = |plane: &Plane| {
        let coarse = resample::block_mean(&mask.apply(plane), 2);
        let narrow = gaussian::smooth_weighted(&coarse, &coarse_weights, sigma[0]);
        let wide = gaussian::smooth_weighted(&coarse, &coarse_weights, sigma[1]);
        narrow.data().iter().zip(wide.data()).map(|(a, b)| f64::from(a - b)).collect::<Vec<_>>()
    };
    let (u, (v, g)) = parallel::join(|| band(&photo.u), || parallel::join(|| band(&photo.v), || band(&photo.g)));
    let inside: Vec<usize> = (0..u.len()).filter(|&i| coarse_weights.data()[i] > 0.5).collect();
    // Neighbors inside one Gaussian say the same thing once.
    let independent = 1.0 / (4.0 * std::f64::consts::PI * sigma[0] * sigma[0]).max(1.0);
    let prior = Matrix2::identity() / (PRIOR_SD * PRIOR_SD);
    let model = Vector2::from(model);
    let mut beta = model;
    let mut evidence = Matrix2::zeros();
    for _ in 0..4 {
        let residual = |i: usize| g[i] - beta[0] * u[i] - beta[1] * v[i];
        let mut sizes: Vec<f64> = inside.iter().map(|&i| residual(i).abs()).collect();
        if sizes.is_empty() {
            break;
        }
        let middle = sizes.len() / 2;
        let sd = (*sizes.select_nth_unstable_by(middle, f64::total_cmp).1 / 0.6745).max(1e-4);
        let (mut xx, mut xy) = (Matrix2::zeros(), Vector2::zeros());
        for &i in &inside {
            let weight = (1.5 * sd / residual(i).abs().max(1e-12)).min(1.0);
            let x = Vector2::new(u[i], v[i]);
            xx += weight * x * x.transpose();
            xy += weight * g[i] * x;
        }
        evidence = xx * independent / (sd * sd);
        let right = xy * independent / (sd * sd) + prior * model;
        beta = (evidence + prior).try_inverse().map_or(model, |inverse| inverse * right);
    }
    (beta.into(), evidence.trace() < 2.0 * prior.trace())
}

/// Mean over a mask, summed row by row in f64.
#[must_use]
pub fn mean(plane: &Plane, mask: &Mask) -> f32 {
    let (mut sum, mut count) = (0.0_f64, 0_usize);
    for y in 0..plane.height() {
        for (&v, &m) in plane.row(y).iter().zip(mask.row(y)) {
            if m != 0 {
                sum += f64::from(v);
                count += 1;
            }
        }
    }
    (sum / count.max(1) as f64) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pigments_invert_the_vectors() {
        let [m, h] = pigments();
        for (qm, qh) in [(1.0, 0.0), (0.0, 1.0), (0.7, 0.4)] {
            let ln: Vec<f64> = (0..3).map(|c| -(qm * MELANIN[c] + qh * HEMOGLOBIN[c]) - 0.3).collect();
            let (u, v) = (ln[0] - ln[1], ln[1] - ln[2]);
            assert!((m[0] * u + m[1] * v - qm).abs() < 1e-9);
            assert!((h[0] * u + h[1] * v - qh).abs() < 1e-9);
            let beta = model_beta();
            assert!((beta[0] * u + beta[1] * v - (ln[1] + 0.3)).abs() < 1e-9, "shading is what is left");
        }
    }
}
