//! How a photo becomes numbers: policy lives here, and only here.

use std::borrow::Cow;

use super::config::{Config, Family};
use super::measurement::{Flag, Lesion, LesionKind, Measurement, Outcome, Refusal, Row};
use super::pigment::chromaticity::FACTOR;
use super::pigment::regional;
use super::pigment::spots::{self, Criteria, Spot};
use super::quality::{light, sharpness};
use super::scene::{self, Scale, Scene};
use super::skin::{Region, Regions};
use super::texture::glcm::{self, Aggregation, FEATURES};
use super::texture::relief::Band;
use super::texture::{areal, discretize, lbp, spectrum};
use crate::base::{Mask, Plane};
use crate::color::ita;
use crate::error::Result;
use crate::measure::Column;
use crate::photo::{Note, Photo};

/// The region that every photo has.
pub const ALL: &str = "all";
/// A photo must have this many pixels along each side.
const LEAST_SIDE: usize = 32;
/// A region must have this many pixels.
const LEAST_REGION: usize = 256;
/// The coarse band needs a region this many times its longer cut-off wide.
const COARSE_FIT: f64 = 1.0;
/// The fine band needs its shorter cut-off to span this many pixels.
const FINE_FIT: f64 = 3.0;
/// Share of a photo above which clipping or glare is flagged.
const NOTABLE_SHARE: f64 = 0.05;
/// Skin below this share of the photo is flagged.
const LITTLE_SKIN: f64 = 0.25;
/// Sharpness below which a photo is flagged as blurred.
const BLURRED: f64 = 0.3;
/// Range of the light in EV above which it is flagged as uneven.
const UNEVEN_LIGHT: f64 = 1.0;
/// JPEG quality below which color is known to be damaged.
const JPEG_QUALITY: u8 = 90;
/// Levels of the local binary patterns over the discretization range.
const LBP_LEVELS: usize = 255;
/// One color in this many, along each axis of the half-resolution planes, says how even the color is.
const EVENNESS_STEP: usize = 4;

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
        check_sizes(photo, regions)?;
        let config = &self.config;
        let mut photo_row = Row::default();
        photo_facts(photo, config, &mut photo_row);
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
        let all = Region { name: ALL.to_owned(), mask: Mask::clone(&scene.mask) };
        for region in std::iter::once(&all).chain(&regions.named) {
            let inside = region.mask.and(&scene.mask);
            let mut row = photo_row.clone();
            row.set(Column::REGION, region.name.as_str());
            row.set(Column::STATUS, "ok");
            measure_region(&scene, photo, &prepared, &inside, config, &mut row);
            lesions.extend(spots_of(&prepared, &scene, &region.name, &inside, config, &mut row));
            rows.push(row);
        }
        let maps = scene.maps(photo, config);
        let preview = scene::preview(photo, Some(&scene.mask));
        Ok(Outcome::Measured(Box::new(Measurement { rows, lesions, maps, preview })))
    }
}

/// What is computed once for all regions.
struct Prepared {
    texture_levels: Option<Plane<u8>>,
    lbp_levels: Option<Plane<u8>>,
    mid: Plane,
    spots: Vec<(LesionKind, Spot)>,
}

impl Prepared {
    fn of(scene: &Scene, photo: &Photo, config: &Config) -> Self {
        let texture = config.wants(Family::Glcm) || config.wants(Family::Lbp);
        let plane = texture.then(|| scene.texture_plane(photo, config.texture.source));
        let levels =
            |bins: usize| plane.as_ref().map(|p| discretize::discretize(p, &scene.mask, config.texture.range(), bins));
        Self {
            texture_levels: config.wants(Family::Glcm).then(|| levels(config.texture.bins)).flatten(),
            lbp_levels: config.wants(Family::Lbp).then(|| levels(LBP_LEVELS)).flatten(),
            mid: scene.relief.band(Band::Mid, &scene.mask),
            spots: if config.wants(Family::Spots) { find_spots(scene, config) } else { Vec::new() },
        }
    }
}

fn check_sizes(photo: &Photo, regions: &Regions) -> Result<()> {
    let given =
        regions.skin.iter().map(|m| ("the mask", m)).chain(regions.named.iter().map(|r| (r.name.as_str(), &r.mask)));
    for (name, mask) in given {
        if (mask.width(), mask.height()) != (photo.width(), photo.height()) {
            let message = format!(
                "{name} is {} x {} pixels, the upright photo {} x {}; they must be of one size",
                mask.width(),
                mask.height(),
                photo.width(),
                photo.height()
            );
            return Err(crate::Error::new(crate::Stage::Region, "mask_size", message));
        }
    }
    Ok(())
}

fn refused(code: &str, message: String, mut row: Row) -> Outcome {
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

/// Identity and what the file says.
fn photo_facts(photo: &Photo, config: &Config, row: &mut Row) {
    let scale = Scale::of(photo, config);
    row.set(Column::WIDTH_PX, photo.width());
    row.set(Column::HEIGHT_PX, photo.height());
    row.set(Column::CAPTURED_AT, photo.info.captured_at.clone());
    row.set(Column::CAMERA, photo.info.camera.clone());
    row.set(Column::MM_PER_PX, scale.mm_per_px);
    row.set(Column::SCALE_SOURCE, scale.source);
    let notes = photo.info.notes.iter().map(|note| match note {
        Note::FirstFrameOnly => Flag::FirstFrameOnly,
        Note::ProfileInvalid => Flag::ProfileInvalid,
        Note::ExifInvalid => Flag::ExifInvalid,
        Note::TrailingBytes => Flag::TrailingBytes,
    });
    for flag in notes {
        row.flag(flag);
    }
    let facts = [
        (photo.info.gray, Flag::Gray),
        (photo.opaque.is_some(), Flag::Transparent),
        (scale.mm_per_px.is_none(), Flag::ScaleUnknown),
        (photo.info.jpeg_quality.is_some_and(|q| q < JPEG_QUALITY), Flag::JpegLowQuality),
    ];
    for (_, flag) in facts.into_iter().filter(|(holds, _)| *holds) {
        row.flag(flag);
    }
}

fn measure_region(scene: &Scene, photo: &Photo, prepared: &Prepared, region: &Mask, config: &Config, row: &mut Row) {
    row.set(Column::SKIN_FRACTION, region.fraction());
    if region.count() < LEAST_REGION {
        row.flag(Flag::RegionEmpty);
        return;
    }
    quality(scene, prepared, region, row);
    if !photo.info.gray {
        color(scene, photo, region, config, row);
    }
    if config.wants(Family::Relief) {
        relief(scene, region, row);
    }
    if let Some(levels) = &prepared.texture_levels {
        let glcm =
            glcm::count(&restricted(levels, region, &scene.mask), config.texture.bins, config.texture.distance_px);
        for aggregation in [Aggregation::Average, Aggregation::Merged] {
            for (i, value) in glcm.features(aggregation).into_iter().flatten().enumerate() {
                debug_assert!(i < FEATURES.len());
                row.set(Column::glcm(i, aggregation), value);
            }
        }
    }
    if let Some(levels) = &prepared.lbp_levels {
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

fn quality(scene: &Scene, prepared: &Prepared, region: &Mask, row: &mut Row) {
    row.set(Column::NOISE_SD, scene.noise_sd);
    let sharpness = sharpness::sharpness(&scene.shading, &scene.mask, scene.noise_sd.unwrap_or(0.0));
    row.set(Column::SHARPNESS, sharpness);
    let range = light::illumination_range(scene.relief.slow(), region);
    row.set(Column::ILLUMINATION_RANGE, range);
    let azimuth = light::azimuth_deg(&prepared.mid, scene.relief.slow(), region);
    row.set(Column::LIGHT_AZIMUTH_DEG, azimuth);
    let above = |column: Column, limit: f64| row.number(column).is_some_and(|v| v > limit);
    let flags = [
        (above(Column::CLIPPED_FRACTION, NOTABLE_SHARE), Flag::Clipped),
        (above(Column::GLARE_FRACTION, NOTABLE_SHARE), Flag::Glare),
        (above(Column::ILLUMINATION_RANGE, UNEVEN_LIGHT), Flag::UnevenLight),
        (sharpness.is_some_and(|s| s < BLURRED), Flag::Blurred),
        (region.fraction() < LITTLE_SKIN && row.text(Column::REGION) == ALL, Flag::LittleSkin),
        (azimuth.is_none(), Flag::LightUnclear),
    ];
    for (_, flag) in flags.into_iter().filter(|(holds, _)| *holds) {
        row.flag(flag);
    }
}

fn color(scene: &Scene, photo: &Photo, region: &Mask, config: &Config, row: &mut Row) {
    let Some(color) = regional::color(&photo.rgb, region) else { return };
    if config.wants(Family::Color) {
        let angle = ita::ita_deg(color.mean);
        row.set(Column::L_MEAN, color.mean.l);
        row.set(Column::A_MEAN, color.mean.a);
        row.set(Column::B_MEAN, color.mean.b);
        row.set(Column::L_SD, color.sd[0]);
        row.set(Column::A_SD, color.sd[1]);
        row.set(Column::B_SD, color.sd[2]);
        row.set(Column::HUE_DEG, color.mean.hue_deg());
        row.set(Column::CHROMA, color.mean.chroma());
        row.set(Column::ITA_DEG, angle);
        row.set(Column::ITA_CLASS, angle.map(ita::ita_class));
    }
    let Some(separation) = scene.separation.as_ref().filter(|_| config.wants(Family::Pigment)) else { return };
    let coarse = coarse_region(region, scene);
    let pigments = [
        (&separation.melanin, Column::MELANIN_MEAN, Column::MELANIN_SD),
        (&separation.hemoglobin, Column::HEMOGLOBIN_MEAN, Column::HEMOGLOBIN_SD),
    ];
    for (plane, mean, sd) in pigments {
        let moments = regional::mean_sd(plane, &coarse);
        row.set(mean, moments.map(|m| m.0));
        row.set(sd, moments.map(|m| m.1));
    }
    row.set(Column::MI_MEAN, regional::melanin_index(color.rgb));
    row.set(Column::EI_MEAN, regional::erythema_index(color.rgb));
    let [u, v] = separation.chroma();
    row.set(Column::EVENNESS_DE00, regional::evenness_de00(u, v, &coarse, color.rgb, EVENNESS_STEP));
    if separation.from_model {
        row.flag(Flag::SeparationFromModel);
    }
}

/// A region at half resolution.
fn coarse_region(region: &Mask, scene: &Scene) -> Mask {
    Mask::from_fn(scene.coarse_mask.width(), scene.coarse_mask.height(), |x, y| {
        scene.coarse_mask.contains(x, y) && region.contains(x * FACTOR, y * FACTOR)
    })
}

fn relief(scene: &Scene, region: &Mask, row: &mut Row) {
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

/// The spots of the photo; where both pigments show one, the one that stands out more keeps it.
fn find_spots(scene: &Scene, config: &Config) -> Vec<(LesionKind, Spot)> {
    let Some(separation) = &scene.separation else { return Vec::new() };
    let criteria = Criteria {
        diameter_px: scene.scale.pixels(config.spots.diameter_mm, config.spots.diameter_px),
        core_sd: config.spots.core_sd,
        rim_sd: config.spots.rim_sd,
        min_de00: config.spots.min_de00,
    };
    let find = |plane: &Plane| spots::find(plane, &scene.chromaticity, &scene.coarse_mask, &criteria);
    let (dark, red) = crate::base::parallel::join(|| find(&separation.melanin), || find(&separation.hemoglobin));
    let covers = |a: &Spot, b: &Spot| {
        let inside: std::collections::BTreeSet<_> = a.pixels.iter().collect();
        2 * b.pixels.iter().filter(|p| inside.contains(p)).count() > a.pixels.len().min(b.pixels.len())
    };
    let stronger = |a: &Spot, others: &[Spot]| !others.iter().any(|b| b.contrast_sd > a.contrast_sd && covers(a, b));
    let keep = |spots: &[Spot], others: &[Spot], kind: LesionKind| {
        spots.iter().filter(|s| stronger(s, others)).map(|s| (kind, s.clone())).collect::<Vec<_>>()
    };
    let mut all = keep(&dark, &red, LesionKind::DarkSpot);
    all.extend(keep(&red, &dark, LesionKind::RedSpot));
    all
}

/// The spots whose center lies in the region: their rows, and the region's counts.
fn spots_of(
    prepared: &Prepared,
    scene: &Scene,
    name: &str,
    region: &Mask,
    config: &Config,
    row: &mut Row,
) -> Vec<Lesion> {
    let area = region.count();
    if !config.wants(Family::Spots) || scene.separation.is_none() || area < LEAST_REGION {
        return Vec::new();
    }
    let inside =
        |spot: &Spot| spot.pixels.iter().any(|&(x, y)| region.contains(x as usize * FACTOR, y as usize * FACTOR));
    let found: Vec<_> = prepared.spots.iter().filter(|(_, spot)| inside(spot)).collect();
    let columns = [
        (LesionKind::DarkSpot, Column::DARK_SPOT_COUNT, Column::DARK_SPOT_AREA_FRACTION, Column::DARK_SPOT_CONTRAST),
        (LesionKind::RedSpot, Column::RED_SPOT_COUNT, Column::RED_SPOT_AREA_FRACTION, Column::RED_SPOT_CONTRAST),
    ];
    for (kind, count, fraction, contrast) in columns {
        let these: Vec<_> = found.iter().filter(|(k, _)| *k == kind).map(|(_, spot)| spot).collect();
        let covered: usize = these.iter().map(|s| s.area_px).sum();
        let weighted: f64 = these.iter().map(|s| s.contrast * s.area_px as f64).sum();
        row.set(count, these.len());
        row.set(fraction, covered as f64 / area as f64);
        row.set(contrast, weighted / covered as f64);
    }
    let lesion = |(kind, spot): &(LesionKind, Spot)| {
        let diameter_px = (4.0 * spot.area_px as f64 / std::f64::consts::PI).sqrt();
        Lesion {
            region: name.to_owned(),
            kind: *kind,
            x_px: spot.center.0,
            y_px: spot.center.1,
            area_px: spot.area_px,
            diameter_px,
            diameter_mm: scene.scale.mm_per_px.map(|scale| diameter_px * scale),
            contrast: spot.contrast,
            contrast_de00: spot.de00,
            circularity: spot.circularity,
        }
    };
    found.into_iter().map(lesion).collect()
}
