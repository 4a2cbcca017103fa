//! Relief: three bands and the areal parameters.

use super::{Column, Site};
use crate::measure::measurement::{Flag, Row};
use crate::measure::texture::areal;
use crate::measure::texture::relief::Band;

/// The coarse band needs a region this many times its longer cut-off wide.
const COARSE_FIT: f64 = 1.0;
/// The fine band needs its shorter cut-off to span this many pixels.
const FINE_FIT: f64 = 3.0;

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
}
