//! Relief: three bands and the areal parameters.

use super::color::coarse_region;
use super::{Column, Site};
use crate::base::Mask;
use crate::measure::measurement::{Flag, Row};
use crate::measure::scene::Scene;
use crate::measure::texture::areal;
use crate::measure::texture::relief::Band;

/// The coarse band needs a region this many times its longer cut-off wide.
const COARSE_FIT: f64 = 1.0;
/// A band needs its shorter cut-off to span this many pixels: color is seen at half resolution.
const LEAST_PX: f64 = 5.0;

/// Angle between shading and pigment below which a photo hardly tells them apart.
const FOLD_DEG: f64 = 8.0;

/// The relief columns of a region.
pub fn fill(site: &Site, row: &mut Row) {
    bands(site, row);
    let Site { scene, region, .. } = site;
    let Some(areal) = areal::areal(&scene.relief.relief, region) else { return };
    row.set(Column::RELIEF_SA, areal.sa);
    row.set(Column::RELIEF_SQ, areal.sq);
    row.set(Column::RELIEF_SSK, areal.ssk);
    row.set(Column::RELIEF_SKU, areal.sku);
    row.set(Column::RELIEF_SP, areal.sp);
    row.set(Column::RELIEF_SV, areal.sv);
    row.set(Column::RELIEF_SZ, areal.sz());
    row.set(Column::RELIEF_SDQ, areal.sdq);
}

/// The rms of the three bands: the relief among the sources of the region's color, or of a gray photo all that is no noise.
fn bands(Site { scene, region, .. }: &Site, row: &mut Row) {
    let (values, errors) = match &scene.separation {
        Some(separation) => {
            let whole = region.count() == scene.mask.count();
            let sources = if whole {
                separation.sources.clone()
            } else {
                separation.sources_of(&scene.chromaticity, &coarse_region(region, scene))
            };
            sources.map_or_else(
                || (gray_bands(scene, region), [None; 3]),
                |sources| {
                    let angle = sources.tone.separation_angle_deg();
                    row.set(Column::SEPARATION_ANGLE_DEG, angle);
                    if angle < FOLD_DEG {
                        row.flag(Flag::PigmentFold);
                    }
                    (sources.relief.map(Some), sources.error.map(Some))
                },
            )
        }
        None => (gray_bands(scene, region), [None; 3]),
    };
    let extent = region.bounds().map_or(0, |(_, _, width, height)| width.min(height)) as f64;
    let columns = [
        (Column::RELIEF_SQ_FINE, Column::RELIEF_SQ_FINE_SE),
        (Column::RELIEF_SQ_MID, Column::RELIEF_SQ_MID_SE),
        (Column::RELIEF_SQ_COARSE, Column::RELIEF_SQ_COARSE_SE),
    ];
    let missing = [
        (scene.cutoffs_px[0] < LEAST_PX).then_some(Flag::FineUnresolved),
        (scene.cutoffs_px[1] < LEAST_PX).then_some(Flag::MidUnresolved),
        (extent < COARSE_FIT * scene.cutoffs_px[3]).then_some(Flag::CoarseUnresolved),
    ];
    for (band, (column, error_column)) in columns.into_iter().enumerate() {
        match (missing[band], values[band]) {
            (Some(flag), _) => row.flag(flag),
            (None, None) => row.flag(Flag::NoiseDominates),
            (None, Some(value)) => {
                row.set(column, value);
                row.set(error_column, errors[band]);
            }
        }
    }
}

/// The bands of a photo without color, or without any variation of it: all that is no white noise.
fn gray_bands(scene: &Scene, region: &Mask) -> [Option<f64>; 3] {
    let variances = scene.relief.variances(region);
    let noise = scene.noise_sd.unwrap_or(0.0);
    [Band::Fine, Band::Mid, Band::Coarse].map(|band| {
        let clean = variances[band as usize] - scene.relief.noise_variance(band, noise);
        (clean >= 0.0).then(|| clean.sqrt())
    })
}
