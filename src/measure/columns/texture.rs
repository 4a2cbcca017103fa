//! Texture: gray-level matrices, local binary patterns, spectrum.

use std::borrow::Cow;

use super::{Column, Site};
use crate::base::{Mask, Plane};
use crate::measure::config::{Config, Family};
use crate::measure::measurement::{Flag, Row};
use crate::measure::scene::Scene;
use crate::measure::texture::glcm::{self, Aggregation, FEATURES};
use crate::measure::texture::{discretize, lbp, spectrum};
use crate::photo::Photo;

/// Levels of the local binary patterns over the discretization range.
const LBP_LEVELS: usize = 255;

/// The gray levels of a photo, for all regions.
#[derive(Debug)]
pub struct Levels {
    matrices: Option<Plane<u8>>,
    lbp: Option<Plane<u8>>,
}

impl Levels {
    /// Discretizes the texture plane for the families that are wanted.
    pub fn of(scene: &Scene, photo: &Photo, config: &Config) -> Self {
        let wanted = config.wants(Family::Glcm) || config.wants(Family::Lbp);
        let plane = wanted.then(|| scene.texture_plane(photo, config.texture.source));
        let levels =
            |bins: usize| plane.as_ref().map(|p| discretize::discretize(p, &scene.mask, config.texture.range(), bins));
        Self {
            matrices: config.wants(Family::Glcm).then(|| levels(config.texture.bins)).flatten(),
            lbp: config.wants(Family::Lbp).then(|| levels(LBP_LEVELS)).flatten(),
        }
    }
}

/// The texture columns of a region.
pub fn fill(Site { scene, prepared, region, config, .. }: &Site, row: &mut Row) {
    if let Some(levels) = &prepared.levels.matrices {
        let glcm =
            glcm::count(&restricted(levels, region, &scene.mask), config.texture.bins, config.texture.distance_px);
        for aggregation in [Aggregation::Average, Aggregation::Merged] {
            for (i, value) in glcm.features(aggregation).into_iter().flatten().enumerate() {
                debug_assert!(i < FEATURES.len());
                row.set(Column::glcm(i, aggregation), value);
            }
        }
    }
    if let Some(levels) = &prepared.levels.lbp {
        let histogram = lbp::histogram(&restricted(levels, region, &scene.mask));
        let total: u64 = histogram.iter().sum();
        for (class, n) in histogram.into_iter().enumerate().filter(|_| total > 0) {
            row.set(Column::lbp(class), n as f64 / total as f64);
        }
    }
    if config.wants(Family::Spectrum) {
        match spectrum::psd_slope(&scene.shading, region) {
            Some(slope) => row.set(Column::PSD_SLOPE, slope),
            None => row.flag(Flag::SpectrumUnresolved),
        }
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
