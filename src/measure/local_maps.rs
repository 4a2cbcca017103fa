//! Maps of the texture about every pixel, and maps of large photos in the size in which they are kept.

use std::sync::Arc;

use super::config::Config;
use super::measurement::{Map, MapKind};
use super::scene::{self, Scene};
use super::texture::discretize;
use super::texture::maps::{self, Local, Source, Window};
use crate::base::{Mask, Plane};
use crate::photo::Photo;

/// What a kind of map shows of the window about a pixel; `None` for the kinds without a window.
fn local(kind: MapKind) -> Option<Local> {
    Some(match kind {
        MapKind::GlcmContrast => Local::Contrast,
        MapKind::GlcmDissimilarity => Local::Dissimilarity,
        MapKind::GlcmHomogeneity => Local::Homogeneity,
        MapKind::GlcmCorrelation => Local::Correlation,
        MapKind::GlcmEnergy => Local::Energy,
        MapKind::GlcmEntropy => Local::JointEntropy,
        MapKind::Entropy => Local::Entropy,
        MapKind::LocalSa => Local::Sa,
        MapKind::LocalSq => Local::Sq,
        MapKind::Anisotropy => Local::Anisotropy,
        _ => return None,
    })
}

/// The maps of windows among `kinds`, in one pass over the photo. A band of rows is brought to its final size before
/// the next is begun, so full-size maps never stand in memory.
pub(super) fn of(scene: &Scene, photo: &Photo, config: &Config, kinds: &[MapKind]) -> Vec<Map> {
    let (kinds, wanted): (Vec<MapKind>, Vec<Local>) =
        kinds.iter().filter_map(|&kind| Some((kind, local(kind)?))).unzip();
    if kinds.is_empty() {
        return Vec::new();
    }
    let settings = &config.texture_maps;
    let [side] = scene.scale.pixels([settings.window_mm], [settings.window_px as f64]);
    let window = Window::nearest(side, config.texture.distance_px);
    let values = scene.texture_plane(photo, config.texture.source);
    let levels = discretize::discretize(&values, &scene.mask, config.texture.range(), settings.bins);
    let source = Source { levels: &levels, bins: settings.bins, values: &values, mask: &scene.mask };

    let (width, height) = (values.width(), values.height());
    let factor = factor(width, height);
    let rows = maps::BAND_ROWS.next_multiple_of(factor);
    let bands = maps::in_bands(&source, window, &wanted, rows, |_, band| {
        band.iter().map(|map| averages(map, |x, y| map.at(x, y).is_finite(), factor)).collect::<Vec<_>>()
    });
    let (width, height) = (width.div_ceil(factor), height.div_ceil(factor));
    let mut planes: Vec<Vec<f32>> = kinds.iter().map(|_| Vec::with_capacity(width * height)).collect();
    for band in bands {
        for (plane, rows) in planes.iter_mut().zip(band) {
            plane.extend(rows.into_data());
        }
    }
    let finish = |(kind, data): (MapKind, Vec<f32>)| {
        let (values, valid) = split(Plane::from_vec(width, height, data));
        let range = scene::display_range(&values, &valid, kind.is_signed());
        Map { kind, values, valid: Arc::new(valid), range, pixels: factor }
    };
    kinds.into_iter().zip(planes).map(finish).collect()
}

/// The map in the size in which it is kept.
pub(super) fn reduced(map: Map) -> Map {
    let factor = factor(map.values.width(), map.values.height());
    if factor == 1 {
        return map;
    }
    let (values, valid) = split(averages(&map.values, |x, y| map.valid.contains(x, y), factor));
    Map { values, valid: Arc::new(valid), pixels: map.pixels * factor, ..map }
}

fn factor(width: usize, height: usize) -> usize {
    width.max(height).div_ceil(Map::MAX_SIDE).max(1)
}

/// Means over squares of `factor` pixels; no number where less than half of a square counts.
fn averages(plane: &Plane, counts: impl Fn(usize, usize) -> bool, factor: usize) -> Plane {
    let (width, height) = (plane.width(), plane.height());
    Plane::from_fn(width.div_ceil(factor), height.div_ceil(factor), |x, y| {
        let columns = x * factor..((x + 1) * factor).min(width);
        let rows = y * factor..((y + 1) * factor).min(height);
        let all = columns.len() * rows.len();
        let (mut sum, mut n) = (0.0, 0);
        for y in rows {
            for x in columns.clone().filter(|&x| counts(x, y)) {
                sum += f64::from(plane.at(x, y));
                n += 1;
            }
        }
        if n > 0 && 2 * n >= all { (sum / n as f64) as f32 } else { f32::NAN }
    })
}

/// Values, and where they are numbers.
fn split(plane: Plane) -> (Plane, Mask) {
    let valid = Mask::from_plane(plane.map(|v| u8::from(v.is_finite())));
    (plane.map(|v| if v.is_finite() { v } else { 0.0 }), valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_a_map_of_its_own() {
        let locals: Vec<_> = MapKind::ALL.iter().filter_map(|&kind| local(kind)).collect();
        let mut sorted = locals.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted, Local::ALL, "{locals:?}");
    }

    #[test]
    fn a_large_map_keeps_the_mean_of_what_counts() {
        let (width, height) = (4001, 10);
        let values = Plane::from_fn(width, height, |x, y| if (x, y) == (0, 0) { 1e9 } else { 7.0 + (x % 3) as f32 });
        let valid = Arc::new(Mask::from_fn(width, height, |x, y| (x, y) != (0, 0) && !(30..39).contains(&x)));
        let map = Map { kind: MapKind::LocalSq, values, valid, range: (0.0, 1.0), pixels: 1 };
        let small = reduced(map);
        assert_eq!((small.values.width(), small.values.height(), small.pixels), (1334, 4, 3));
        assert!((small.values.at(0, 0) - 65.0 / 8.0).abs() < 1e-6, "{}", small.values.at(0, 0));
        assert_eq!(small.values.at(5, 1), 8.0);
        let outside: Vec<_> = (0..1334).filter(|&x| !small.valid.contains(x, 2)).collect();
        assert_eq!(outside, [10, 11, 12]);
    }
}
