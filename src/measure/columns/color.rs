//! Color and pigment of a region.

use super::{Column, Site};
use crate::base::{Mask, Plane};
use crate::color::ita;
use crate::measure::config::Family;
use crate::measure::measurement::Row;
use crate::measure::pigment::chromaticity::FACTOR;
use crate::measure::pigment::regional::{self, RegionalColor};
use crate::measure::pigment::tone::Tone;
use crate::measure::scene::Scene;

/// One color in this many, along each axis of the half-resolution planes, says how even the color is.
const EVENNESS_STEP: usize = 4;

/// CIELAB, and the pigments where the photo was separated.
pub fn fill(site: &Site, row: &mut Row) {
    let Some(color) = regional::color(&site.photo.rgb, site.region) else { return };
    if site.config.wants(Family::Color) {
        lab(&color, row);
    }
    if site.config.wants(Family::Pigment) {
        pigment(site, &color, row);
    }
}

fn lab(color: &RegionalColor, row: &mut Row) {
    let angle = ita::ita_deg(color.mean);
    row.set(Column::L_MEAN, color.mean.l);
    row.set(Column::A_MEAN, color.mean.a);
    row.set(Column::B_MEAN, color.mean.b);
    row.set(Column::L_SD, color.sd[0]);
    row.set(Column::A_SD, color.sd[1]);
    row.set(Column::B_SD, color.sd[2]);
    row.set(Column::HUE_DEG, color.mean.hue_deg());
    row.set(Column::CHROMA, color.mean.chroma());
    row.set(Column::ITA_DEG, angle);
    row.set(Column::ITA_CLASS, angle.map(ita::ita_class));
}

fn pigment(Site { scene, region, config, .. }: &Site, color: &RegionalColor, row: &mut Row) {
    let Some(separation) = scene.separation.as_ref() else { return };
    let coarse = coarse_region(region, scene);
    let ratios = [&scene.chromaticity.u, &scene.chromaticity.v].map(|p| regional::mean_sd(p, &coarse).map(|m| m.0));
    if let [Some(u), Some(v)] = ratios {
        let [melanin, hemoglobin] = Tone::of(u, v, config.skin.polarization).densities();
        row.set(Column::MELANIN_MEAN, melanin);
        row.set(Column::HEMOGLOBIN_MEAN, hemoglobin);
    }
    let spread = |plane: &Plane| regional::mean_sd(plane, &coarse).map(|m| m.1);
    row.set(Column::MELANIN_SD, spread(&separation.melanin));
    row.set(Column::HEMOGLOBIN_SD, spread(&separation.hemoglobin));
    row.set(Column::MI_MEAN, regional::melanin_index(color.rgb));
    row.set(Column::EI_MEAN, regional::erythema_index(color.rgb));
    let [u, v] = separation.chroma();
    row.set(Column::EVENNESS_DE00, regional::evenness_de00(u, v, &coarse, color.rgb, EVENNESS_STEP));
}

/// A region at half resolution.
pub(super) fn coarse_region(region: &Mask, scene: &Scene) -> Mask {
    Mask::from_fn(scene.coarse_mask.width(), scene.coarse_mask.height(), |x, y| {
        scene.coarse_mask.contains(x, y) && region.contains(x * FACTOR, y * FACTOR)
    })
}
