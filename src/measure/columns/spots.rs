//! Dark and red spots of a region.

use super::{Column, Site};
use crate::base::Plane;
use crate::measure::config::{Config, Family};
use crate::measure::measurement::{Lesion, LesionKind, Row};
use crate::measure::pigment::separation::{Separation, mean};
use crate::measure::pigment::spots::{self, Criteria, Spot};
use crate::measure::pigment::tone::Tone;
use crate::measure::pigment::{chromaticity::FACTOR, matched};
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
    let mask = &scene.coarse_mask;
    let shown = shown(separation, scene, config, criteria.surround());
    let find = |i: usize| {
        let (plane, gain) = &shown[i];
        let mut spots = spots::find(plane, &scene.chromaticity, mask, &criteria);
        spots.iter_mut().for_each(|spot| spot.contrast /= gain);
        spots
    };
    let (dark, red) = crate::base::parallel::join(|| find(0), || find(1));
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

/// For melanin and for hemoglobin: the mixture of the smoothed log ratios that shows its spots best, and how much of it one
/// unit of the pigment's density gives. The signatures are the forward model's at the mean color of the skin.
fn shown(separation: &Separation, scene: &Scene, config: &Config, surround: f64) -> [(Plane, f64); 2] {
    let [u, v] = separation.chroma();
    let mask = &scene.coarse_mask;
    let [mean_u, mean_v] = [u, v].map(|plane| f64::from(mean(plane, mask)));
    let signatures = Tone::of(mean_u, mean_v, config.skin.polarization).signatures();
    // Skin that does not vary has no spots: any mixture says so.
    let mixtures = matched::mixtures([u, v], mask, surround, signatures).unwrap_or(signatures);
    [0, 1].map(|i| {
        let [a, b] = mixtures[i];
        let data = u.data().iter().zip(v.data()).map(|(&u, &v)| (a * f64::from(u) + b * f64::from(v)) as f32).collect();
        (Plane::from_vec(u.width(), u.height(), data), a * signatures[i][0] + b * signatures[i][1])
    })
}

/// The spots whose center lies in the region: their rows, and the region's counts.
pub fn fill(Site { scene, prepared, region, config, .. }: &Site, name: &str, row: &mut Row) -> Vec<Lesion> {
    let area = region.count();
    if !config.wants(Family::Spots) || scene.separation.is_none() || area < super::LEAST_REGION {
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
