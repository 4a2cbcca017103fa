//! From the scene to the columns of a row: one file per family. Policy is here: when a cell stays empty, which flag
//! says why.

mod color;
pub mod height;
pub mod identity;
mod quality;
mod relief;
mod scars;
mod spots;
mod texture;

use super::Column;
use super::config::{Config, Family};
use super::measurement::{Flag, Lesion, LesionKind, Row};
use super::pigment::spots::Spot;
use super::quality::light;
use super::scar::scale::SubScore;
use super::scene::Scene;
use super::texture::relief::Band;
use crate::base::{Mask, Plane};
use crate::photo::Photo;

/// A region must have this many pixels.
pub const LEAST_REGION: usize = 256;

/// What is computed once for all regions of a photo.
#[derive(Debug)]
pub struct Prepared {
    levels: texture::Levels,
    mid: Plane,
    spots: Vec<(LesionKind, Spot)>,
    scars: Option<scars::Scars>,
}

impl Prepared {
    /// Computes it.
    pub fn of(scene: &Scene, photo: &Photo, config: &Config) -> Self {
        let mid = scene.relief.band(Band::Mid, &scene.mask);
        let light = || light::azimuth_deg(&mid, scene.relief.slow(), &scene.mask);
        let scars = scars::Scars::of(scene, photo, config, light);
        Self {
            levels: texture::Levels::of(scene, photo, config),
            scars,
            mid,
            spots: if config.wants(Family::Spots) { spots::find(scene, config) } else { Vec::new() },
        }
    }
}

/// A region of a photo, with all that its columns are computed from.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The photo.
    pub photo: &'a Photo,
    /// The photo, separated and filtered.
    pub scene: &'a Scene,
    /// What all regions share.
    pub prepared: &'a Prepared,
    /// The measured pixels of the region.
    pub region: &'a Mask,
    /// The configuration.
    pub config: &'a Config,
}

/// Fills the columns of a region named `name`; its lesions are returned.
pub fn fill(site: &Site, name: &str, row: &mut Row) -> Vec<Lesion> {
    row.set(Column::REGION, name);
    row.set(Column::STATUS, "ok");
    row.set(Column::SKIN_FRACTION, site.region.fraction());
    if site.region.count() < LEAST_REGION {
        row.flag(Flag::RegionEmpty);
        return Vec::new();
    }
    quality::fill(site, row);
    if !site.photo.info.gray {
        color::fill(site, row);
    }
    if site.config.wants(Family::Relief) {
        relief::fill(site, row);
    }
    texture::fill(site, row);
    let mut lesions = spots::fill(site, name, row);
    lesions.extend(scars::fill(site, name, row));
    lesions
}

/// The clinical sub-scores of a region named `name`.
pub fn sub_scores(site: &Site, name: &str) -> Vec<SubScore> {
    scars::sub_scores(site, name)
}
