//! Dark and red spots of a region.

use super::{Column, Site};
use crate::base::{Mask, Plane};
use crate::measure::config::{Config, Family};
use crate::measure::measurement::{Lesion, LesionKind, Row};
use crate::measure::pigment::chromaticity::FACTOR;
use crate::measure::pigment::spots::{self, Criteria, Spot};
use crate::measure::scene::Scene;

/// The spots of the photo; where both pigments show one, the one that stands out more keeps it.
pub fn find(scene: &Scene, config: &Config) -> Vec<(LesionKind, Spot)> {
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
pub fn fill(Site { scene, prepared, region, config, .. }: &Site, name: &str, row: &mut Row) -> Vec<Lesion> {
    let area = region.count();
    if !config.wants(Family::Spots) || scene.separation.is_none() || area < super::LEAST_REGION {
        return Vec::new();
    }
    let found: Vec<_> = prepared.spots.iter().filter(|(_, spot)| lies_in(spot, region)).collect();
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
            circularity: Some(spot.circularity),
            scar: None,
        }
    };
    found.into_iter().map(lesion).collect()
}

/// True where a pixel of the spot lies in the region.
pub fn lies_in(spot: &Spot, region: &Mask) -> bool {
    spot.pixels.iter().any(|&(x, y)| region.contains(x as usize * FACTOR, y as usize * FACTOR))
}
