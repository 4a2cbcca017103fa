//! Quality: is the photo fit to be measured.

use super::{Column, Site};
use crate::measure::measurement::{Flag, Row};
use crate::measure::pipeline::ALL;
use crate::measure::quality::{light, sharpness};

/// Share of a photo above which clipping or glare is flagged.
const NOTABLE_SHARE: f64 = 0.05;
/// Skin below this share of the photo is flagged.
const LITTLE_SKIN: f64 = 0.25;
/// Sharpness below which a photo is flagged as blurred.
const BLURRED: f64 = 0.3;
/// Range of the light in EV above which it is flagged as uneven.
const UNEVEN_LIGHT: f64 = 1.0;

/// The quality columns of a region.
pub fn fill(Site { scene, prepared, region, config, .. }: &Site, row: &mut Row) {
    row.set(Column::NOISE_SD, scene.noise_sd);
    let sharpness = sharpness::sharpness(&scene.shading, &scene.mask, scene.noise_sd.unwrap_or(0.0));
    row.set(Column::SHARPNESS, sharpness);
    let range = light::illumination_range(scene.relief.slow(), region);
    row.set(Column::ILLUMINATION_RANGE, range);
    let from_scars = prepared.scars.as_ref().and_then(|s| s.azimuth_deg);
    let azimuth = config
        .light_azimuth_deg
        .or_else(|| light::azimuth_deg(&prepared.mid, scene.relief.slow(), region))
        .or(from_scars);
    row.set(Column::LIGHT_AZIMUTH_DEG, azimuth);
    let above = |column: Column, limit: f64| row.number(column).is_some_and(|v| v > limit);
    let flags = [
        (above(Column::CLIPPED_FRACTION, NOTABLE_SHARE), Flag::Clipped),
        (above(Column::GLARE_FRACTION, NOTABLE_SHARE), Flag::Glare),
        (above(Column::ILLUMINATION_RANGE, UNEVEN_LIGHT), Flag::UnevenLight),
        (sharpness.is_some_and(|s| s < BLURRED), Flag::Blurred),
        (region.fraction() < LITTLE_SKIN && row.text(Column::REGION) == ALL, Flag::LittleSkin),
        (azimuth.is_none(), Flag::LightUnclear),
    ];
    for (_, flag) in flags.into_iter().filter(|(holds, _)| *holds) {
        row.flag(flag);
    }
}
