//! How a photo becomes numbers: policy lives here, and only here.

use super::Column;
use super::columns::{self, LEAST_REGION, Prepared, Site, identity};
use super::config::Config;
use super::measurement::{Flag, Measurement, Outcome, Refusal, Row};
use super::pigment::chromaticity::FACTOR;
use super::scene::{self, Scene};
use super::skin::{Region, Regions};
use crate::base::Mask;
use crate::error::Result;
use crate::photo::Photo;

/// The region that every photo has.
pub const ALL: &str = "all";
/// A photo must have this many pixels along each side.
const LEAST_SIDE: usize = 32;

/// A checked configuration, ready to measure any number of photos.
#[derive(Clone, Debug)]
pub struct Pipeline {
    config: Config,
}

impl Pipeline {
    /// A pipeline for `config`; an error names the key that is out of range.
    pub fn new(config: Config) -> Result<Self> {
        config.check()?;
        Ok(Self { config })
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Measures one photo on the threads of the current pool.
    ///
    /// # Errors
    /// When a region has another size than the photo.
    pub fn measure(&self, photo: &Photo, regions: &Regions) -> Result<Outcome> {
        check_sizes((photo.width(), photo.height()), regions)?;
        let config = &self.config;
        let mut photo_row = Row::default();
        identity::fill(photo, config, &mut photo_row);
        let (width, height) = (photo.width(), photo.height());
        if width < LEAST_SIDE || height < LEAST_SIDE {
            let found =
                format!("the photo is {width} x {height} pixels; at least {LEAST_SIDE} x {LEAST_SIDE} are needed");
            return Ok(refused("too_small", found, photo_row));
        }
        let (chromaticity, mut skin) = scene::locate(photo, regions, config);
        photo_row.set(Column::CLIPPED_FRACTION, chromaticity.clipped_fraction);
        photo_row.set(Column::GLARE_FRACTION, skin.glare.fraction());
        if regions.skin.is_none() && !photo.info.gray {
            photo_row.flag(Flag::SkinByColor);
        }
        let fraction = skin.mask.fraction();
        let needed = if regions.skin.is_some() || !regions.named.is_empty() { 0.0 } else { config.skin.min_fraction };
        if fraction < needed || skin.mask.count() * FACTOR * FACTOR < LEAST_REGION {
            let usable = chromaticity.clipped_fraction < 0.98;
            if !(config.skin.whole_photo_if_none && usable && regions.skin.is_none()) {
                photo_row.set(Column::SKIN_FRACTION, fraction);
                return Ok(no_skin(photo, regions, chromaticity.clipped_fraction, fraction, photo_row));
            }
            skin.mask = Mask::full(skin.mask.width(), skin.mask.height()).minus(&chromaticity.clipped);
            photo_row.flag(Flag::SkinAssumed);
        }

        let scene = Scene::of(photo, chromaticity, skin, config);
        let prepared = Prepared::of(&scene, photo, config);
        let mut rows = Vec::with_capacity(1 + regions.named.len());
        let mut lesions = Vec::new();
        let mut sub_scores = Vec::new();
        let all = Region { name: ALL.to_owned(), mask: Mask::clone(&scene.mask) };
        for region in std::iter::once(&all).chain(&regions.named) {
            let inside = region.mask.and(&scene.mask);
            let mut row = photo_row.clone();
            let site = Site { photo, scene: &scene, prepared: &prepared, region: &inside, config };
            lesions.extend(columns::fill(&site, &region.name, &mut row));
            sub_scores.extend(columns::sub_scores(&site, &region.name));
            rows.push(row);
        }
        let maps = scene.maps(photo, config);
        let preview = scene::preview(photo, Some(&scene.mask));
        Ok(Outcome::Measured(Box::new(Measurement { rows, lesions, sub_scores, maps, preview })))
    }
}

/// Regions must have the size of what is measured.
pub(super) fn check_sizes((width, height): (usize, usize), regions: &Regions) -> Result<()> {
    let given =
        regions.skin.iter().map(|m| ("the mask", m)).chain(regions.named.iter().map(|r| (r.name.as_str(), &r.mask)));
    for (name, mask) in given {
        if (mask.width(), mask.height()) != (width, height) {
            let message = format!(
                "{name} is {} x {} pixels, the upright photo {width} x {height}; they must be of one size",
                mask.width(),
                mask.height(),
            );
            return Err(crate::Error::new(crate::Stage::Region, "mask_size", message));
        }
    }
    Ok(())
}

/// The outcome of what decoded well and is not fit to be measured.
pub(super) fn refused(code: &str, message: String, mut row: Row) -> Outcome {
    row.set(Column::REGION, ALL);
    row.set(Column::STATUS, "refused");
    Outcome::Refused { reasons: vec![Refusal { code: code.to_owned(), message }], row: Box::new(row) }
}

fn no_skin(photo: &Photo, regions: &Regions, clipped: f64, fraction: f64, row: Row) -> Outcome {
    if photo.opaque.as_ref().is_some_and(|m| m.fraction() < 0.02) {
        return refused("transparent", "the photo is transparent; opaque pixels are needed".to_owned(), row);
    }
    if regions.skin.is_some() {
        let message = "the mask holds too few usable pixels; draw it over visible skin, free of glare".to_owned();
        return refused("region_empty", message, row);
    }
    if clipped > 0.9 {
        let message =
            format!("{:.0} % of the pixels are clipped or black; expose so that skin is neither", 100.0 * clipped);
        return refused("clipped", message, row);
    }
    let message = format!(
        "{:.1} % of the photo has the color of skin; give a mask (<name>_mask.png), or set skin.whole_photo_if_none",
        100.0 * fraction
    );
    refused("no_skin", message, row)
}
