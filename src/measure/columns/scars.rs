//! Scars of a region: counts, their rows in the list of lesions, and the clinical sub-scores.
//!
//! A spot of pigment on a scar is the scar's own color. It stays a spot in the spot columns, as it is one to the eye, and
//! the scar stays a scar; in the clinical sub-scores it is counted once, as the scar.

use super::{Column, Site};
use crate::measure::config::{Config, Family};
use crate::measure::measurement::{Flag, Lesion, LesionKind, Row, ScarDetail};
use crate::measure::pigment::spots::Spot;
use crate::measure::scar::scale::{self, Evidence, SubScore};
use crate::measure::scar::{self, Form, Picture, Scar, ScarType, SizeBin, Whitened, shape};
use crate::measure::scene::Scene;
use crate::photo::Photo;

/// Pixels larger than this (mm) resolve no scar's flank.
const COARSEST_MM: f64 = 0.2;

/// Scars of a photo, in photo pixels, and the light they were found in.
#[derive(Debug)]
pub struct Scars {
    /// Where the lamp stands, given or told by the scars; `None` where neither.
    pub azimuth_deg: Option<f64>,
    /// The scars.
    pub list: Vec<Scar>,
}

impl Scars {
    /// Searches the photo; `None` where scars are not asked for or not resolved. `estimate` is what relief and slow
    /// shading tell of the light, for photos whose scars are too few to tell.
    pub fn of(scene: &Scene, photo: &Photo, config: &Config, estimate: impl Fn() -> Option<f64>) -> Option<Self> {
        if !config.wants(Family::Scars) {
            return None;
        }
        let mm_per_px = scale_of(scene, config);
        if mm_per_px > COARSEST_MM {
            return None;
        }
        let color = (!photo.info.gray).then_some(&scene.chromaticity);
        let picture = Picture::of(&scene.shading, color.map(|c| &c.g), &scene.mask, mm_per_px);
        let Some(whitened) = Whitened::of(&picture) else {
            return Some(Self { azimuth_deg: config.light_azimuth_deg, list: Vec::new() });
        };
        let azimuth_deg = config.light_azimuth_deg.or_else(|| scar::lamp::azimuth_deg(&whitened)).or_else(estimate);
        let mut found = azimuth_deg.map_or_else(Vec::new, |azimuth| scar::find(&whitened, azimuth));
        found.retain(|f| f.form() != Form::Pore);
        let list = found.iter().map(|f| shape::measure(f, &picture, mm_per_px, color, &found)).collect();
        Some(Self { azimuth_deg, list })
    }
}

/// mm per pixel, or what the configuration's bands imply where none is known.
fn scale_of(scene: &Scene, config: &Config) -> f64 {
    scene.scale.mm_per_px.unwrap_or(config.relief.bands_mm[0] / config.relief.bands_px[0])
}

/// The columns of a region; its scars are returned.
pub fn fill(site: &Site, name: &str, row: &mut Row) -> Vec<Lesion> {
    let Site { scene, prepared, region, config, .. } = site;
    if !config.wants(Family::Scars) {
        return Vec::new();
    }
    let Some(scars) = &prepared.scars else {
        row.flag(Flag::ScarsUnresolved);
        return Vec::new();
    };
    if scars.azimuth_deg.is_none() {
        // Without a direction a pit is not told from a bump: nothing is counted.
        row.flag(Flag::LightUnclear);
        return Vec::new();
    }
    let mm_per_px = scale_of(scene, config);
    let here = inside(site, scars);
    let area_mm2 = region.count() as f64 * mm_per_px * mm_per_px;
    for (raised, count, fraction) in [
        (false, Column::DEPRESSION_COUNT, Column::DEPRESSION_AREA_FRACTION),
        (true, Column::ELEVATION_COUNT, Column::ELEVATION_AREA_FRACTION),
    ] {
        let these: Vec<_> = here.iter().filter(|s| s.raised == raised).collect();
        row.set(count, these.len());
        row.set(fraction, these.iter().fold(0.0, |sum, s| sum + area_of(s)) / area_mm2);
    }
    if scene.scale.mm_per_px.is_some() {
        let sizes = [
            (SizeBin::Small, Column::DEPRESSION_SMALL_COUNT),
            (SizeBin::Medium, Column::DEPRESSION_MEDIUM_COUNT),
            (SizeBin::Large, Column::DEPRESSION_LARGE_COUNT),
        ];
        for (size, column) in sizes {
            row.set(column, here.iter().filter(|s| !s.raised && s.size == size).count());
        }
        let types = [
            (ScarType::IcePick, Column::ICE_PICK_COUNT),
            (ScarType::Boxcar, Column::BOXCAR_COUNT),
            (ScarType::Rolling, Column::ROLLING_COUNT),
            (ScarType::Hypertrophic, Column::HYPERTROPHIC_COUNT),
            (ScarType::Mixed, Column::MIXED_COUNT),
        ];
        for (scar_type, column) in types {
            row.set(column, here.iter().filter(|s| s.scar_type == scar_type).count());
        }
    }
    here.into_iter().map(|scar| lesion(scar, name, scene.scale.mm_per_px, mm_per_px)).collect()
}

/// The scars whose center lies in the region.
fn inside<'a>(site: &Site, scars: &'a Scars) -> Vec<&'a Scar> {
    let region = site.region;
    let contains = |(x, y): (f64, f64)| {
        let (x, y) = (x.round().max(0.0) as usize, y.round().max(0.0) as usize);
        x < region.width() && y < region.height() && region.contains(x, y)
    };
    scars.list.iter().filter(|s| contains(s.center)).collect()
}

fn area_of(scar: &Scar) -> f64 {
    std::f64::consts::PI * (0.5 * scar.diameter_mm).powi(2)
}

fn lesion(scar: &Scar, region: &str, known_scale: Option<f64>, mm_per_px: f64) -> Lesion {
    let diameter_px = scar.diameter_mm / mm_per_px;
    let (type_name, probability) = (scar.scar_type.name().to_owned(), scar.probability);
    Lesion {
        region: region.to_owned(),
        kind: if scar.raised { LesionKind::Elevation } else { LesionKind::Depression },
        x_px: scar.center.0,
        y_px: scar.center.1,
        area_px: (std::f64::consts::PI * 0.25 * diameter_px * diameter_px).round() as usize,
        diameter_px,
        diameter_mm: known_scale.map(|_| scar.diameter_mm),
        contrast: scar.contrast,
        contrast_de00: scar.color_difference.map(|d| d[0]),
        circularity: None,
        scar: Some(ScarDetail {
            // A type goes by its size in mm.
            scar_type: known_scale.map(|_| type_name),
            type_probability: known_scale.map(|_| probability),
            depth_index: scar.depth_index,
            edge_sharpness: scar.edge_sharpness,
            contrast_sd: scar.contrast_sd,
        }),
    }
}

/// The clinical sub-scores of a region.
pub fn sub_scores(site: &Site, name: &str) -> Vec<SubScore> {
    let Site { scene, prepared, region, config, .. } = site;
    if !config.wants(Family::Scars) || region.count() < super::LEAST_REGION {
        return Vec::new();
    }
    let known = scene.scale.mm_per_px;
    let searched = prepared.scars.as_ref().filter(|s| s.azimuth_deg.is_some());
    let here = searched.map(|scars| inside(site, scars));
    let sized = here.as_ref().filter(|_| known.is_some());
    let sunken = |size: SizeBin| sized.map(|l| l.iter().filter(|s| !s.raised && s.size == size).count());
    let of_types = |types: &[ScarType], largest: f64| {
        sized.map(|l| l.iter().filter(|s| types.contains(&s.scar_type) && s.diameter_mm < largest).count())
    };
    let spotted = config.wants(Family::Spots) && scene.separation.is_some();
    let spots: Vec<&(LesionKind, Spot)> =
        prepared.spots.iter().filter(|(_, spot)| super::spots::lies_in(spot, region)).collect();
    let on_scar = |spot: &Spot| {
        here.iter().flatten().any(|s| {
            let reach = 0.5 * s.diameter_mm / scale_of(scene, config);
            (s.center.0 - spot.center.0).hypot(s.center.1 - spot.center.1) < reach
        })
    };
    let free: Vec<_> = spots.iter().filter(|(_, spot)| !on_scar(spot)).collect();
    let dark: Vec<_> = spots.iter().filter(|(kind, _)| *kind == LesionKind::DarkSpot).collect();
    let mut diameters: Vec<f64> =
        dark.iter().map(|(_, s)| (4.0 * s.area_px as f64 / std::f64::consts::PI).sqrt()).collect();
    diameters.sort_by(f64::total_cmp);
    let median = diameters.get(diameters.len() / 2).copied();
    let evidence = Evidence {
        depressions: sunken(SizeBin::Small)
            .zip(sunken(SizeBin::Medium))
            .zip(sunken(SizeBin::Large))
            .map(|((small, medium), large)| [small, medium, large]),
        punched_out: of_types(&[ScarType::IcePick, ScarType::Boxcar], 5.0),
        rolling: of_types(&[ScarType::Rolling], f64::INFINITY),
        elevations: sized.map(|l| {
            let raised: Vec<_> = l.iter().filter(|s| s.raised).collect();
            (raised.len(), raised.iter().fold(0.0, |sum, s| sum + area_of(s)) / 100.0)
        }),
        macules: (spotted && here.is_some()).then_some(free.len()),
        color: here.as_ref().and_then(|l| mean_difference(l)),
        dark_spots: spotted.then(|| (dark.len(), median.zip(known).map(|(px, scale)| px * scale))),
    };
    scale::sub_scores(name, &evidence)
}

/// Mean CIE76 difference from the surround, by area.
fn mean_difference(scars: &[&Scar]) -> Option<(f64, usize)> {
    let colored: Vec<_> = scars.iter().filter_map(|s| s.color_difference.map(|d| (d[1], area_of(s)))).collect();
    let area: f64 = colored.iter().map(|c| c.1).sum();
    (area > 0.0).then(|| (colored.iter().map(|c| c.0 * c.1).sum::<f64>() / area, colored.len()))
}
