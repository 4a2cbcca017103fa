//! What all regions of a photo share: the mask, the separation, the relief.

use std::sync::Arc;

use super::config::{Config, TextureSource};
use super::local_maps;
use super::measurement::{Map, MapKind, Preview};
use super::pigment::separation::{self, Bands};
use super::pigment::{Chromaticity, Separation, chromaticity::FACTOR, sub_bands};
use super::quality::noise;
use super::skin::{self, Regions};
use super::texture::relief::{self, Relief};
use crate::base::{Mask, Plane, parallel};
use crate::color::{lab, srgb};
use crate::filter::resample;
use crate::photo::Photo;

/// Scale of a photo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Millimeters per pixel, where known.
    pub mm_per_px: Option<f64>,
    /// Where it comes from, as in the `scale_source` column.
    pub source: &'static str,
}

impl Scale {
    /// The scale of a photo: the option wins over the file's tag.
    #[must_use]
    pub fn of(photo: &Photo, config: &Config) -> Self {
        match (config.mm_per_px, photo.info.mm_per_px) {
            (Some(v), _) => Self { mm_per_px: Some(v), source: "option" },
            (None, Some(v)) => Self { mm_per_px: Some(v), source: "tag" },
            (None, None) => Self { mm_per_px: None, source: "unknown" },
        }
    }

    /// Lengths in pixels: `mm` at this scale, or `px` where none is known.
    #[must_use]
    pub fn pixels<const N: usize>(self, mm: [f64; N], px: [f64; N]) -> [f64; N] {
        self.mm_per_px.map_or(px, |scale| mm.map(|v| v / scale))
    }
}

/// A photo, separated and filtered.
#[derive(Debug)]
pub struct Scene {
    /// Its scale.
    pub scale: Scale,
    /// Cut-off wavelengths of the relief in pixels.
    pub cutoffs_px: [f64; 4],
    /// Its log planes.
    pub chromaticity: Chromaticity,
    /// The pixels to measure, at half and at full resolution.
    pub coarse_mask: Mask,
    /// The same at full resolution.
    pub mask: Arc<Mask>,
    /// Share of the photo that is glare.
    pub glare_fraction: f64,
    /// Pigment; `None` for a photo without color.
    pub separation: Option<Separation>,
    /// ln shading, zero outside the mask.
    pub shading: Plane,
    /// Noise of a pixel of the shading.
    pub noise_sd: Option<f64>,
    /// The relief.
    pub relief: Relief,
}

/// Finds where to measure: the log planes and the mask.
#[must_use]
pub fn locate(photo: &Photo, regions: &Regions, config: &Config) -> (Chromaticity, skin::Skin) {
    let chromaticity = Chromaticity::of(photo);
    let coarse = |mask: &Mask, share: f32| {
        let blocks = resample::block_mean_mask(mask, FACTOR);
        Mask::from_fn(blocks.width(), blocks.height(), |x, y| blocks.at(x, y) >= share)
    };
    let opaque = photo.opaque.as_ref().map(|mask| coarse(mask, 1.0));
    let given = regions.skin.as_ref().map(|mask| coarse(mask, 0.5));
    let mut skin = skin::find(&chromaticity, given.as_ref(), opaque.as_ref(), photo.info.gray, &config.skin);
    if given.is_none() {
        // A region that an operator drew is skin, whatever its color.
        let drawn = skin_of_regions(regions, &coarse);
        if let Some(drawn) = drawn {
            let none = skin::find(&chromaticity, Some(&drawn), opaque.as_ref(), photo.info.gray, &config.skin);
            skin.mask = skin.mask.or(&none.mask);
        }
    }
    (chromaticity, skin)
}

fn skin_of_regions(regions: &Regions, coarse: &impl Fn(&Mask, f32) -> Mask) -> Option<Mask> {
    regions.named.iter().map(|region| coarse(&region.mask, 0.5)).reduce(|a, b| a.or(&b))
}

impl Scene {
    /// Separates and filters the located skin.
    #[must_use]
    pub fn of(photo: &Photo, chromaticity: Chromaticity, skin: skin::Skin, config: &Config) -> Self {
        let scale = Scale::of(photo, config);
        let cutoffs_px = scale.pixels(config.relief.bands_mm, config.relief.bands_px);
        let (width, height) = (photo.width(), photo.height());
        let mask = resample::enlarge_mask(&skin.mask, FACTOR, width, height);
        let mut chromaticity = chromaticity;
        let ln_g = std::mem::replace(&mut chromaticity.ln_g, Plane::new(0, 0));
        let noise_sd = noise::noise_sd(&ln_g, &mask);
        let (separation, shading) = if photo.info.gray {
            (None, separation::gray_shading(ln_g, &mask))
        } else {
            let bands =
                Bands { edges_px: sub_bands::edges(cutoffs_px), edges_mm: sub_bands::edges(config.relief.bands_mm) };
            let separation = Separation::of(&chromaticity, &skin.mask, bands, config.skin.polarization);
            let shading = separation.shading(ln_g, &mask);
            (Some(separation), shading)
        };
        let relief = Relief::of(&shading, &mask, cutoffs_px);
        Self {
            scale,
            cutoffs_px,
            chromaticity,
            coarse_mask: skin.mask,
            mask: Arc::new(mask),
            glare_fraction: skin.glare.fraction(),
            separation,
            shading,
            noise_sd,
            relief,
        }
    }

    /// The plane that texture is computed on.
    #[must_use]
    pub fn texture_plane(&self, photo: &Photo, source: TextureSource) -> std::borrow::Cow<'_, Plane> {
        match source {
            TextureSource::Relief => std::borrow::Cow::Borrowed(&self.relief.relief),
            TextureSource::Lightness => std::borrow::Cow::Owned(lightness(photo)),
            TextureSource::Grey => std::borrow::Cow::Owned(luma(photo)),
        }
    }

    /// The maps asked for.
    #[must_use]
    pub fn maps(&self, photo: &Photo, config: &Config) -> Vec<Map> {
        let mut kinds: Vec<MapKind> = config.maps.iter().copied().filter(|k| *k != MapKind::Overlay).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let mut maps: Vec<Map> = kinds.iter().filter_map(|&kind| self.map(kind, photo)).collect();
        maps.extend(local_maps::of(self, photo, config, &kinds));
        maps
    }

    fn map(&self, kind: MapKind, photo: &Photo) -> Option<Map> {
        let (width, height) = (self.mask.width(), self.mask.height());
        let enlarge = |plane: &Plane| resample::interpolate(plane, FACTOR, width, height);
        let values = match kind {
            MapKind::Overlay | MapKind::Height => return None,
            MapKind::Relief => self.relief.relief.clone(),
            MapKind::ReliefFine => self.relief.band(relief::Band::Fine, &self.mask),
            MapKind::ReliefMid => self.relief.band(relief::Band::Mid, &self.mask),
            MapKind::ReliefCoarse => self.relief.band(relief::Band::Coarse, &self.mask),
            MapKind::Roughness => {
                relief::local_rms(&self.relief.relief, &self.mask, relief::sigma_of_cutoff(self.cutoffs_px[2]))
            }
            MapKind::Melanin => enlarge(&self.separation.as_ref()?.melanin),
            MapKind::Hemoglobin => enlarge(&self.separation.as_ref()?.hemoglobin),
            MapKind::Shading => self.shading.clone(),
            MapKind::Lightness => lightness(photo),
            // Those of windows share their work.
            _ => return None,
        };
        let range = display_range(&values, &self.mask, kind.is_signed());
        Some(local_maps::reduced(Map { kind, values, valid: Arc::clone(&self.mask), range, pixels: 1 }))
    }
}

/// The 1st to 99th percentile, about zero where zero is the middle.
pub(super) fn display_range(plane: &Plane, mask: &Mask, signed: bool) -> (f32, f32) {
    let step = (plane.len() / 200_000).max(1);
    let mut values: Vec<f32> =
        plane.data().iter().zip(mask.plane().data()).step_by(step).filter(|&(_, &m)| m != 0).map(|(&v, _)| v).collect();
    values.sort_by(f32::total_cmp);
    let at = |q: f64| values.get((q * values.len().saturating_sub(1) as f64) as usize).copied().unwrap_or(0.0);
    let (low, high) = (at(0.01), at(0.99));
    if signed {
        let reach = low.abs().max(high.abs()).max(1e-4);
        (-reach, reach)
    } else {
        (low, high.max(low + 1e-4))
    }
}

fn per_row(photo: &Photo, fill: impl Fn([&[f32]; 3], &mut [f32]) + Sync + Send) -> Plane {
    let mut out = Plane::new(photo.width(), photo.height());
    parallel::for_bands(out.data_mut(), photo.width(), parallel::BAND_ROWS, |first, band| {
        for (i, row) in band.chunks_exact_mut(photo.width()).enumerate() {
            fill([photo.rgb[0].row(first + i), photo.rgb[1].row(first + i), photo.rgb[2].row(first + i)], row);
        }
    });
    out
}

fn lightness(photo: &Photo) -> Plane {
    per_row(photo, |rgb, row| {
        let (mut a, mut b) = (vec![0.0; row.len()], vec![0.0; row.len()]);
        lab::lab_row(rgb, [row, &mut a, &mut b]);
    })
}

/// BT.601 luma of the encoded values, 0 to 1.
fn luma(photo: &Photo) -> Plane {
    per_row(photo, |rgb, row| {
        for (x, out) in row.iter_mut().enumerate() {
            let encoded = |c: usize| srgb::srgb_from_linear(f64::from(rgb[c][x]));
            *out = (0.299 * encoded(0) + 0.587 * encoded(1) + 0.114 * encoded(2)) as f32;
        }
    })
}

/// The photo reduced for the report.
#[must_use]
pub fn preview(photo: &Photo, mask: Option<&Mask>) -> Preview {
    const LONGEST: usize = 480;
    let factor = photo.width().max(photo.height()).div_ceil(LONGEST).max(1);
    let planes: Vec<Plane> = photo.rgb.iter().map(|plane| resample::block_mean(plane, factor)).collect();
    let (width, height) = ((photo.width() / factor).max(1), (photo.height() / factor).max(1));
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            rgb.extend(planes.iter().map(|plane| srgb::code8_of_linear(plane.at(x, y))));
        }
    }
    let measured = mask.map_or_else(
        || vec![0; width * height],
        |mask| {
            let share = resample::block_mean_mask(mask, factor);
            Plane::from_fn(width, height, |x, y| u8::from(share.at(x, y) >= 0.5)).into_data()
        },
    );
    Preview { width, height, rgb, measured, scale: 1.0 / factor as f64 }
}
