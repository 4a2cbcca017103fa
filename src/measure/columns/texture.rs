//! Texture: gray-level matrices, statistics, local binary patterns, spectrum, structure.

use std::borrow::Cow;

use super::{Column, Site};
use crate::base::{Mask, Plane, parallel};
use crate::filter::structure_tensor;
use crate::measure::config::{Config, Family, TextureSource};
use crate::measure::dictionary::Table;
use crate::measure::measurement::{Flag, Row};
use crate::measure::scene::Scene;
use crate::measure::texture::feature::Aggregation;
use crate::measure::texture::{
    discretize, fractal, glcm, glrlm, histogram, lbp, ngldm, ngtdm, spectrum, statistics, zones,
};
use crate::photo::Photo;

/// Levels of the local binary patterns over the discretization range.
const LBP_LEVELS: usize = 255;

/// Families on the gray levels of the matrices.
const OF_LEVELS: [Family; 7] =
    [Family::Glcm, Family::Glrlm, Family::Glszm, Family::Gldzm, Family::Ngtdm, Family::Ngldm, Family::Statistics];

/// First-order features that divide by the mean or by the quartiles. The relief varies about 0, so there they mean nothing.
const RATIOS: [&str; 2] = ["stat_cov", "stat_qcod"];

/// The gray levels of a photo, for all regions.
#[derive(Debug)]
pub struct Levels {
    matrices: Option<Plane<u8>>,
    lbp: Option<Plane<u8>>,
    /// The texture plane, where it is not the relief.
    other: Option<Plane>,
}

impl Levels {
    /// Discretizes the texture plane for the families that are wanted.
    pub fn of(scene: &Scene, photo: &Photo, config: &Config) -> Self {
        let matrices = OF_LEVELS.into_iter().any(|family| config.wants(family));
        let plane = scene.texture_plane(photo, config.texture.source);
        let levels = |bins: usize| discretize::discretize(&plane, &scene.mask, config.texture.range(), bins);
        let (matrices, lbp) =
            (matrices.then(|| levels(config.texture.bins)), config.wants(Family::Lbp).then(|| levels(LBP_LEVELS)));
        let other = match plane {
            Cow::Owned(plane) if config.wants(Family::Statistics) || config.wants(Family::Structure) => Some(plane),
            _ => None,
        };
        Self { matrices, lbp, other }
    }
}

/// The texture columns of a region.
pub fn fill(Site { scene, prepared, region, config, .. }: &Site, row: &mut Row) {
    let plane = prepared.levels.other.as_ref().unwrap_or(&scene.relief.relief);
    if let Some(levels) = &prepared.levels.matrices {
        matrices(&restricted(levels, region, &scene.mask), config, row);
    }
    if config.wants(Family::Statistics) {
        let centered = config.texture.source == TextureSource::Relief;
        let values = statistics::features(plane, region);
        for (column, value) in Table::Stat.columns(None).zip(values.into_iter().flatten()) {
            if !(centered && RATIOS.contains(&column.metric().name.as_str())) {
                row.set(column, value);
            }
        }
    }
    if let Some(levels) = &prepared.levels.lbp {
        let histogram = lbp::histogram(&restricted(levels, region, &scene.mask));
        let total: u64 = histogram.iter().sum();
        let shares = histogram.map(|n| n as f64 / total as f64);
        set(row, Table::Lbp, None, (total > 0).then_some(shares));
    }
    if config.wants(Family::Spectrum) {
        match spectrum::psd_slope(&scene.shading, region) {
            Some(slope) => row.set(Column::PSD_SLOPE, slope),
            None => row.flag(Flag::SpectrumUnresolved),
        }
    }
    if config.wants(Family::Structure) {
        match fractal::surface_dimension(plane, region) {
            Some(dimension) => row.set(Column::FRACTAL_DIMENSION, dimension),
            None => row.flag(Flag::FractalUnresolved),
        }
        if let Some(tensor) = structure_tensor::regional(plane, region) {
            row.set(Column::ANISOTROPY, tensor.anisotropy());
            row.set(Column::ORIENTATION_DEG, tensor.line_deg());
        }
    }
}

/// The families on gray levels. The walk over the zones and that over the runs do not split into bands, so they go side by side.
fn matrices(levels: &Plane<u8>, config: &Config, row: &mut Row) {
    let bins = config.texture.bins;
    let wants = |family: Family| config.wants(family);
    let (zones, runs) = parallel::join(
        || (wants(Family::Glszm) || wants(Family::Gldzm)).then(|| zones::count(levels, bins)),
        || wants(Family::Glrlm).then(|| glrlm::count(levels, bins)),
    );
    let directions = [Aggregation::Average, Aggregation::Merged];
    if wants(Family::Glcm) {
        let glcm = glcm::count(levels, bins, config.texture.distance_px);
        directions.into_iter().for_each(|a| set(row, Table::Glcm, Some(a), glcm.features(a)));
    }
    if let Some(runs) = runs {
        directions.into_iter().for_each(|a| set(row, Table::Glrlm, Some(a), runs.features(a)));
    }
    if let Some(zones) = zones {
        if wants(Family::Glszm) {
            set(row, Table::Glszm, None, zones.sizes.features16());
        }
        if wants(Family::Gldzm) {
            set(row, Table::Gldzm, None, zones.distances.features16());
        }
    }
    if wants(Family::Ngtdm) {
        set(row, Table::Ngtdm, None, ngtdm::count(levels, bins).features());
    }
    if wants(Family::Ngldm) {
        set(row, Table::Ngldm, None, ngldm::count(levels, bins).features());
    }
    if wants(Family::Statistics) {
        set(row, Table::Ih, None, histogram::features(&histogram::count(levels, bins)));
    }
}

/// Writes the features of a table; nothing where there are none.
fn set<const N: usize>(row: &mut Row, table: Table, aggregation: Option<Aggregation>, values: Option<[f64; N]>) {
    debug_assert_eq!(table.columns(aggregation).count(), N);
    for (column, value) in table.columns(aggregation).zip(values.into_iter().flatten()) {
        row.set(column, value);
    }
}

/// The levels of a region, 0 elsewhere; those of the whole mask are that already.
fn restricted<'a>(levels: &'a Plane<u8>, region: &Mask, mask: &Mask) -> Cow<'a, Plane<u8>> {
    if region == mask {
        return Cow::Borrowed(levels);
    }
    let data = levels.data().iter().zip(region.plane().data()).map(|(l, m)| l * m).collect();
    Cow::Owned(Plane::from_vec(levels.width(), levels.height(), data))
}
