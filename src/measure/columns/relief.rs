//! Relief: three bands and the areal parameters.

use super::color::coarse_region;
use super::{Column, Site};
use crate::base::{Mask, Plane};
use crate::measure::measurement::{Flag, Row};
use crate::measure::scene::Scene;
use crate::measure::texture::areal::{self, Areal, Functional, MaterialRatio};
use crate::measure::texture::relief::Band;

/// The coarse band needs a region this many times its longer cut-off wide.
const COARSE_FIT: f64 = 1.0;
/// A band needs its shorter cut-off to span this many pixels: color is seen at half resolution.
const LEAST_PX: f64 = 5.0;

/// Angle between shading and pigment below which a photo hardly tells them apart.
const FOLD_DEG: f64 = 8.0;
/// Mean ln G/B above which blue is nearly gone.
const LITTLE_BLUE: f64 = 1.5;

/// Str above which a surface has no direction worth a number.
const DIRECTED: f64 = 0.5;

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
    if let Some(mm_per_px) = scene.scale.mm_per_px {
        let sdr = areal::sdr(&scene.relief.relief, region, mm_per_px);
        row.set(Column::RELIEF_SDR, sdr.map(|ratio| 100.0 * ratio));
    }
    let spatial = [Column::RELIEF_SAL, Column::RELIEF_STR, Column::RELIEF_STD_DEG];
    fill_spatial(&scene.relief.relief, region, &areal, scene.scale.mm_per_px, spatial, row);
    let Some(curve) = MaterialRatio::of(&scene.relief.relief, region) else { return };
    let f = Functional::of(&curve);
    row.set(Column::RELIEF_SK, f.sk);
    row.set(Column::RELIEF_SPK, f.spk);
    row.set(Column::RELIEF_SVK, f.svk);
    row.set(Column::RELIEF_SMR1, f.smr1);
    row.set(Column::RELIEF_SMR2, f.smr2);
    row.set(Column::RELIEF_VMP, f.vmp);
    row.set(Column::RELIEF_VMC, f.vmc);
    row.set(Column::RELIEF_VVC, f.vvc);
    row.set(Column::RELIEF_VVV, f.vvv);
    row.set(Column::RELIEF_SXP, f.sxp);
}

/// Sal, Str and Std into their columns; `scale` is the length of a pixel, without which Sal stays empty.
pub(super) fn fill_spatial(
    plane: &Plane,
    region: &Mask,
    areal: &Areal,
    scale: Option<f64>,
    [sal, str_ratio, std_deg]: [Column; 3],
    row: &mut Row,
) {
    let Some(spatial) = areal::spatial(plane, region, areal) else { return };
    row.set(sal, spatial.sal.zip(scale).map(|(pixels, scale)| pixels * scale));
    row.set(str_ratio, spatial.str_ratio);
    match spatial.str_ratio {
        None => row.flag(Flag::LongCorrelation),
        Some(ratio) if ratio > DIRECTED => row.flag(Flag::NoDirection),
        Some(_) => {}
    }
    if spatial.str_ratio.is_none_or(|ratio| ratio <= DIRECTED) {
        row.set(std_deg, spatial.std_deg);
    }
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
                    if sources.ratios[1] > LITTLE_BLUE {
                        row.flag(Flag::LittleBlue);
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
