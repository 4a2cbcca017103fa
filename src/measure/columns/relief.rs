//! Relief: three bands and the areal parameters.

use super::{Column, Site};
use crate::base::{Mask, Plane};
use crate::measure::measurement::{Flag, Row};
use crate::measure::texture::areal::{self, Areal, Functional, MaterialRatio};
use crate::measure::texture::relief::Band;

/// The coarse band needs a region this many times its longer cut-off wide.
const COARSE_FIT: f64 = 1.0;
/// The fine band needs its shorter cut-off to span this many pixels.
const FINE_FIT: f64 = 3.0;

/// Str above which a surface has no direction worth a number.
const DIRECTED: f64 = 0.5;

/// The relief columns of a region.
pub fn fill(Site { scene, region, .. }: &Site, row: &mut Row) {
    let variances = scene.relief.variances(region);
    let extent = region.bounds().map_or(0, |(_, _, width, height)| width.min(height)) as f64;
    let noise = scene.noise_sd.unwrap_or(0.0);
    let bands = [
        (Band::Fine, Column::RELIEF_SQ_FINE),
        (Band::Mid, Column::RELIEF_SQ_MID),
        (Band::Coarse, Column::RELIEF_SQ_COARSE),
    ];
    for (band, column) in bands {
        if band == Band::Fine && scene.cutoffs_px[0] < FINE_FIT {
            row.flag(Flag::FineUnresolved);
        } else if band == Band::Coarse && extent < COARSE_FIT * scene.cutoffs_px[3] {
            row.flag(Flag::CoarseUnresolved);
        } else {
            let clean = variances[band as usize] - scene.relief.noise_variance(band, noise);
            if clean >= 0.0 {
                row.set(column, clean.sqrt());
            } else {
                row.flag(Flag::NoiseDominates);
            }
        }
    }
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
