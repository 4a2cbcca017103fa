//! Dark and red spots of a region.

use super::{Column, Site};
use crate::base::{Mask, Plane};
use crate::measure::config::{Config, Family};
use crate::measure::measurement::{Lesion, LesionKind, Row};
use crate::measure::pigment::kind::{Curves, Made};
use crate::measure::pigment::separation::mean;
use crate::measure::pigment::spots::{self, Criteria, Spot};
use crate::measure::pigment::tone::Tone;
use crate::measure::pigment::{chromaticity::FACTOR, matched};
use crate::measure::scene::Scene;

/// The spots of the photo; where both pigments show one, it has the outline of the one that stands out more. Its color says
/// its kind.
pub fn find(scene: &Scene, config: &Config) -> Vec<(LesionKind, Spot)> {
    let Some(separation) = &scene.separation else { return Vec::new() };
    let criteria = Criteria {
        diameter_px: scene.scale.pixels(config.spots.diameter_mm, config.spots.diameter_px),
        core_sd: config.spots.core_sd,
        rim_sd: config.spots.rim_sd,
        min_de00: config.spots.min_de00,
    };
    let mask = &scene.coarse_mask;
    let [u, v] = separation.chroma();
    let tone = Tone::of(f64::from(mean(u, mask)), f64::from(mean(v, mask)), config.skin.polarization);
    let [dark, red] = shown([u, v], mask, &tone, criteria.surround());
    let find = |plane: &Plane| spots::find(plane, &scene.chromaticity, mask, &criteria);
    let (dark, red) = crate::base::parallel::join(|| find(&dark), || find(&red));
    let covers = |a: &Spot, b: &Spot| {
        let inside: std::collections::BTreeSet<_> = a.pixels.iter().collect();
        2 * b.pixels.iter().filter(|p| inside.contains(p)).count() > a.pixels.len().min(b.pixels.len())
    };
    let stronger = |a: &Spot, others: &[Spot]| !others.iter().any(|b| b.contrast_sd > a.contrast_sd && covers(a, b));
    let curves = Curves::of(&tone);
    let of_kind = |spot: &Spot| {
        let (kind, contrast) = match curves.explain(spot.difference) {
            Made::Melanin(density) => (LesionKind::DarkSpot, density),
            Made::Blood(density) => (LesionKind::RedSpot, density),
            Made::Shade => return None,
        };
        Some((kind, Spot { contrast, ..spot.clone() }))
    };
    let kept = dark.iter().filter(|s| stronger(s, &red)).chain(red.iter().filter(|s| stronger(s, &dark)));
    let mut all: Vec<_> = kept.filter_map(of_kind).collect();
    all.sort_by_key(|(kind, _)| *kind);
    all
}

/// The two mixtures of the smoothed log ratios in which spots of melanin and of blood show best.
fn shown([u, v]: [&Plane; 2], mask: &Mask, tone: &Tone, surround: f64) -> [Plane; 2] {
    let signatures = tone.signatures();
    // Skin that does not vary has no spots: any mixture says so.
    let mixtures = matched::mixtures([u, v], mask, surround, signatures).unwrap_or(signatures);
    mixtures.map(|w| {
        let [a, b] = w.map(|w| w as f32);
        Plane::from_vec(u.width(), u.height(), u.data().iter().zip(v.data()).map(|(&u, &v)| a * u + b * v).collect())
    })
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
            contrast_de00: Some(spot.de00),
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
