//! Height: the surface parameters of a height map.

use super::Column;
use super::relief::fill_spatial;
use crate::base::{Mask, Plane};
use crate::measure::measurement::Row;
use crate::measure::texture::areal::{self, Functional, MaterialRatio};

/// The height columns of a region of the scale-limited surface in micrometers.
pub fn fill(surface: &Plane, region: &Mask, um_per_px: f64, row: &mut Row) {
    let Some(areal) = areal::areal(surface, region) else { return };
    let Some(curve) = MaterialRatio::of(surface, region) else { return };
    let f = Functional::of(&curve);
    let sdr = areal::sdr(surface, region, um_per_px).map(|ratio| 100.0 * ratio);
    let cells = [
        (Column::HEIGHT_SA_UM, Some(areal.sa)),
        (Column::HEIGHT_SQ_UM, Some(areal.sq)),
        (Column::HEIGHT_SSK, areal.ssk),
        (Column::HEIGHT_SKU, areal.sku),
        (Column::HEIGHT_SP_UM, Some(areal.sp)),
        (Column::HEIGHT_SV_UM, Some(areal.sv)),
        (Column::HEIGHT_SZ_UM, Some(areal.sz())),
        (Column::HEIGHT_SDQ, Some(areal.sdq / um_per_px)),
        (Column::HEIGHT_SDR_PERCENT, sdr),
        (Column::HEIGHT_SK_UM, Some(f.sk)),
        (Column::HEIGHT_SPK_UM, Some(f.spk)),
        (Column::HEIGHT_SVK_UM, Some(f.svk)),
        (Column::HEIGHT_SMR1_PERCENT, Some(f.smr1)),
        (Column::HEIGHT_SMR2_PERCENT, Some(f.smr2)),
        (Column::HEIGHT_VMP_UM, Some(f.vmp)),
        (Column::HEIGHT_VMC_UM, Some(f.vmc)),
        (Column::HEIGHT_VVC_UM, Some(f.vvc)),
        (Column::HEIGHT_VVV_UM, Some(f.vvv)),
        (Column::HEIGHT_SXP_UM, Some(f.sxp)),
    ];
    for (column, value) in cells {
        row.set(column, value);
    }
    let spatial = [Column::HEIGHT_SAL_UM, Column::HEIGHT_STR, Column::HEIGHT_STD_DEG];
    fill_spatial(surface, region, &areal, Some(um_per_px), spatial, row);
}
