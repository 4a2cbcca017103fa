//! How a height map becomes numbers: form removed, filtered, measured.
//!
//! The scale-limited surface of ISO 25178-2: the form is removed by least squares over all valid heights (F-operator), the
//! S-filter takes out what is shorter than its cut-off, the L-filter what is longer. Both filters are areal Gaussians of
//! ISO 16610-61, as normalized convolutions over the valid heights; the L-filter may be the robust one of ISO 16610-71.
//! The form is removed in 64 bits; what is left, small against it, is filtered and measured as 32-bit floats.

use std::sync::Arc;

use super::Column;
use super::columns::{self, LEAST_REGION};
use super::config::HeightConfig;
use super::local_maps::reduced;
use super::measurement::{Flag, Map, MapKind, Measurement, Outcome, Preview, Row};
use super::pipeline::{ALL, Pipeline, check_sizes, refused};
use super::scene::display_range;
use super::skin::{Region, Regions};
use super::texture::relief::sigma_of_cutoff;
use crate::base::{Mask, Plane};
use crate::error::{Error, Result};
use crate::filter::form::Fitted;
use crate::filter::{gaussian, resample, robust};
use crate::photo::{HeightMap, HeightUnits, Note};

impl HeightConfig {
    /// What the codes of a file mean.
    #[must_use]
    pub fn units(&self) -> HeightUnits {
        HeightUnits { um_per_count: self.um_per_count, void: self.void }
    }

    fn scale(&self) -> Result<f64> {
        self.um_per_px.ok_or_else(|| Error::config("height maps need height.um_per_px, micrometers per pixel"))
    }
}

impl Pipeline {
    /// Measures one height map on the threads of the current pool.
    ///
    /// # Errors
    /// When a region has another size than the map, or the configuration has no scale.
    pub fn measure_heights(&self, map: &HeightMap, regions: &Regions) -> Result<Outcome> {
        let config = &self.config().height;
        let um_per_px = config.scale()?;
        let (width, height) = (map.width(), map.height());
        check_sizes((width, height), regions)?;
        let map_row = identity(map, um_per_px);
        let mask = regions.skin.as_ref().map_or_else(|| map.valid.clone(), |skin| map.valid.and(skin));
        if mask.count() < LEAST_REGION {
            let message =
                format!("{} pixels of the height map hold a height; at least {LEAST_REGION} are needed", mask.count());
            return Ok(refused("too_few_heights", message, map_row));
        }
        let Some(form) = Fitted::to(&map.um, &mask, config.form) else {
            let message = "the heights lie on a line, which has no form; measure an area, or set height.form to none";
            return Ok(refused("form_undetermined", message.to_owned(), map_row));
        };
        let surface = filtered(&form.removed_from(&map.um, &mask).map(|v| v as f32), &mask, config, um_per_px);

        let mut rows = Vec::with_capacity(1 + regions.named.len());
        let all = Region { name: ALL.to_owned(), mask: mask.clone() };
        for region in std::iter::once(&all).chain(&regions.named) {
            let inside = region.mask.and(&mask);
            let mut row = map_row.clone();
            row.set(Column::REGION, region.name.as_str());
            row.set(Column::STATUS, "ok");
            if inside.count() < LEAST_REGION {
                row.flag(Flag::RegionEmpty);
            } else {
                columns::height::fill(&surface, &inside, um_per_px, &mut row);
            }
            rows.push(row);
        }
        let range = display_range(&surface, &mask, true);
        let preview = preview(&surface, &mask, range);
        let wanted = self.config().maps.contains(&MapKind::Height);
        let map = Map { kind: MapKind::Height, values: surface, valid: Arc::new(mask), range, pixels: 1 };
        let maps = if wanted { vec![reduced(map)] } else { Vec::new() };
        Ok(Outcome::Measured(Box::new(Measurement {
            rows,
            lesions: Vec::new(),
            sub_scores: Vec::new(),
            maps,
            preview,
        })))
    }
}

fn identity(map: &HeightMap, um_per_px: f64) -> Row {
    let mut row = Row::default();
    row.set(Column::WIDTH_PX, map.width());
    row.set(Column::HEIGHT_PX, map.height());
    row.set(Column::MM_PER_PX, um_per_px / 1000.0);
    row.set(Column::SCALE_SOURCE, "option");
    for note in &map.notes {
        row.flag(match note {
            Note::FirstFrameOnly => Flag::FirstFrameOnly,
            Note::ProfileInvalid => Flag::ProfileInvalid,
            Note::ExifInvalid => Flag::ExifInvalid,
            Note::TrailingBytes => Flag::TrailingBytes,
        });
    }
    if !map.valid.is_full() {
        row.flag(Flag::HeightVoids);
    }
    row
}

/// The surface between the two cut-offs, zero outside the mask.
fn filtered(surface: &Plane, mask: &Mask, config: &HeightConfig, um_per_px: f64) -> Plane {
    let sigma = |cutoff_um: f64| sigma_of_cutoff(cutoff_um / um_per_px);
    let mean = |plane: &Plane, um: f64| gaussian::smooth(plane, mask, sigma(um)).to_plane(plane.height());
    let short = config.s_um.map(|um| mask.apply(&mean(surface, um)));
    let surface = short.as_ref().unwrap_or(surface);
    let Some(um) = config.l_um else { return surface.clone() };
    let long = if config.robust { robust::smooth(surface, mask, sigma(um)) } else { mean(surface, um) };
    let data = surface.data().iter().zip(long.data()).map(|(v, l)| v - l).collect();
    mask.apply(&Plane::from_vec(surface.width(), surface.height(), data))
}

/// The map in gray for the report, low dark and high light.
fn preview(surface: &Plane, mask: &Mask, (low, high): (f32, f32)) -> Preview {
    const LONGEST: usize = 480;
    let factor = surface.width().max(surface.height()).div_ceil(LONGEST).max(1);
    let (values, share) = (resample::block_mean(surface, factor), resample::block_mean_mask(mask, factor));
    let (width, height) = ((surface.width() / factor).max(1), (surface.height() / factor).max(1));
    let places = || (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let code = |(x, y)| {
        let value = if share.at(x, y) > 0.0 { values.at(x, y) / share.at(x, y) } else { low };
        (255.0 * (value - low) / (high - low)).round().clamp(0.0, 255.0) as u8
    };
    Preview {
        width,
        height,
        rgb: places().map(code).flat_map(|v| [v; 3]).collect(),
        measured: places().map(|(x, y)| u8::from(share.at(x, y) >= 0.5)).collect(),
        scale: 1.0 / factor as f64,
    }
}
