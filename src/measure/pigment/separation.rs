//! Melanin, hemoglobin and shading of a photo.
//!
//! In log space a pixel is -ln(R, G, B) = melanin s_m + hemoglobin s_h + shading (1, 1, 1) + const. The two pigments are
//! read from the two log ratios u = ln R/G and v = ln G/B, which slow shading does not touch (Tsumura 2003). The shading is
//! ln G without the pigment that [`Sources`] finds in each narrow band.

use super::chromaticity::{Chromaticity, FACTOR};
use super::sources::Sources;
use super::sub_bands::{COUNT, SubBands};
use super::tone::{Polarization, Tone};
use super::transfer::Transfer;
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
/// Rounding of the logarithms and filters: below it there is no shading, so a flat photo has none at all.
const RESOLUTION: f32 = 2e-6;

/// Where the narrow bands lie.
#[derive(Clone, Copy, Debug)]
pub struct Bands {
    /// Edges in photo pixels.
    pub edges_px: [f64; COUNT + 1],
    /// The same in mm; of a photo without a scale, what they would be at the scale the pixels are meant for.
    pub edges_mm: [f64; COUNT + 1],
}

/// The pigment of a photo, and its color band by band.
#[derive(Debug)]
pub struct Separation {
    /// Melanin density at half resolution.
    pub melanin: Plane,
    /// Hemoglobin density at half resolution.
    pub hemoglobin: Plane,
    /// What the colors of the whole mask are made of; `None` where nothing varies.
    pub sources: Option<Sources>,
    /// Smoothed u and v.
    chroma: [Plane; 2],
    sub_bands: SubBands,
    transfer: Transfer,
    bands: Bands,
    polarization: Polarization,
}

impl Separation {
    /// Separates the pixels of `mask` (half resolution).
    #[must_use]
    pub fn of(photo: &Chromaticity, mask: &Mask, bands: Bands, polarization: Polarization) -> Self {
        let weights = mask.plane().map(f32::from);
        let smooth =
            |plane: &Plane| gaussian::smooth_weighted(&mask.apply(plane), &weights, CHROMA_SIGMA / FACTOR as f64);
        let (u, v) = parallel::join(|| smooth(&photo.u), || smooth(&photo.v));
        // Densities as what they take from ln G, with the means of the region's own skin.
        let ratios = [&photo.u, &photo.v].map(|plane| f64::from(mean(plane, mask)));
        let tone = Tone::of(ratios[0], ratios[1], polarization);
        let combine = |[a, b]: [f64; 2], green: f64, density: f64| {
            let (a, b) = ((a * green) as f32, (b * green) as f32);
            let center = a * ratios[0] as f32 + b * ratios[1] as f32 - density as f32;
            let data = u.data().iter().zip(v.data()).map(|(&u, &v)| a * u + b * v - center).collect();
            Plane::from_vec(u.width(), u.height(), data)
        };
        let ([of_melanin, of_blood], [melanin, hemoglobin]) = (pigments(), tone.densities());
        let melanin = combine(of_melanin, MELANIN[1], melanin);
        let hemoglobin = combine(of_blood, HEMOGLOBIN[1], hemoglobin);
        let mut separation = Self {
            melanin,
            hemoglobin,
            sources: None,
            chroma: [u, v],
            sub_bands: SubBands::of(photo, mask, &bands.edges_px),
            transfer: Transfer::of(&bands.edges_mm),
            bands,
            polarization,
        };
        separation.sources = separation.sources_of(photo, mask);
        separation
    }

    /// u = ln R/G and v = ln G/B, smoothed, at half resolution.
    #[must_use]
    pub fn chroma(&self) -> &[Plane; 2] {
        &self.chroma
    }

    /// What the colors of a region (half resolution) are made of; `None` where nothing varies.
    #[must_use]
    pub fn sources_of(&self, photo: &Chromaticity, region: &Mask) -> Option<Sources> {
        let found = self.sub_bands.cross_spectrum(photo, region)?;
        let tone = Tone::of(found.ratios[0], found.ratios[1], self.polarization);
        Sources::of(&found, &self.transfer, &self.bands.edges_px, tone)
    }

    /// ln G without pigment, in place of `ln_g`; zero outside `mask`, about zero on average inside.
    #[must_use]
    pub fn shading(&self, mut ln_g: Plane, mask: &Mask) -> Plane {
        let offset = mean(&ln_g, mask);
        let width = ln_g.width();
        let pigment = self.pigment_in_green();
        parallel::for_bands(ln_g.data_mut(), width, parallel::BAND_ROWS, |first, band| {
            let mut pigment_row = vec![0.0; width];
            for (i, row) in band.chunks_exact_mut(width).enumerate() {
                if let Some(pigment) = &pigment {
                    resample::interpolate_row(pigment, FACTOR, first + i, &mut pigment_row);
                }
                subtract(row, &pigment_row, offset, mask.row(first + i));
            }
        });
        ln_g
    }

    /// What pigment changes in ln G, at half resolution.
    fn pigment_in_green(&self) -> Option<Plane> {
        let sources = self.sources.as_ref()?;
        let rest = |w: [f64; 3]| [-w[0], 1.0 - w[1], -w[2]];
        Some(self.sub_bands.combine(&sources.weights.map(rest), rest(sources.slow)))
    }
}

#[inline(always)]
fn subtract_body(g: &mut [f32], pigment: &[f32], offset: f32, mask: &[u8]) {
    let n = g.len();
    let (pigment, mask) = (&pigment[..n], &mask[..n]);
    for i in 0..n {
        let shading = (g[i] - offset - pigment[i]) * f32::from(mask[i]);
        g[i] = if shading.abs() < RESOLUTION { 0.0 } else { shading };
    }
}

dispatch! {
    fn subtract(g: &mut [f32], pigment: &[f32], offset: f32, mask: &[u8]) = subtract_body
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
        }
    }
}
