//! Per-pixel maps as PNG.

use std::path::{Path, PathBuf};

use super::canvas::Canvas;
use super::colormap::{NO_VALUE, Scale};
use super::frame::{Frame, no_value};
use crate::error::{Error, Result};
use crate::measure::{Map, MapKind};

/// Longest side of a map in pixels; a larger one is averaged down by a whole factor.
pub const MAX_SIDE: usize = Map::MAX_SIDE;

/// Writes `<folder>/<kind>.png`: the map through its color scale, with title, color bar and scale bar.
///
/// A map of more than [`MAX_SIDE`] pixels on a side is averaged over squares of k x k pixels, so peaks of single pixels
/// flatten; a square with less than half its pixels valid is gray. Values beyond the range take the end's color.
pub fn write_map(folder: &Path, map: &Map, mm_per_px: Option<f64>) -> Result<PathBuf> {
    let (width, height) = (map.values.width(), map.values.height());
    if (map.valid.width(), map.valid.height()) != (width, height) || map.values.is_empty() {
        return Err(Error::internal("map_size", format!("a {} map without its mask", map.kind.name())));
    }
    std::fs::create_dir_all(folder).map_err(|e| Error::write(folder, e))?;
    let (scale, (low, high)) = (scale_of(map.kind), range_of(map));
    let factor = width.max(height).div_ceil(MAX_SIDE);
    let picture = colored(map, factor, |v| scale.color((v - low) / (high - low)));
    let frame = Frame {
        picture: &picture,
        title: map.kind.title(),
        photo_px: (factor * map.pixels) as f64,
        mm_per_px,
        bar: Some((scale, low, high)),
        legend: if map.valid.is_full() { Vec::new() } else { vec![no_value()] },
    };
    let path = folder.join(format!("{}.png", map.kind.name()));
    frame.draw().write_png(&path)?;
    Ok(path)
}

fn scale_of(kind: MapKind) -> Scale {
    if kind.is_signed() { Scale::Diverging } else { Scale::Sequential }
}

/// The range of the color bar; one around its middle where the map's own is no range.
fn range_of(map: &Map) -> (f64, f64) {
    let (low, high) = (f64::from(map.range.0), f64::from(map.range.1));
    if low.is_finite() && high.is_finite() && low < high {
        (low, high)
    } else {
        let middle = if low.is_finite() { low } else { 0.0 };
        (middle - 0.5, middle + 0.5)
    }
}

/// Averages squares of `factor` pixels and colors them.
fn colored(map: &Map, factor: usize, color: impl Fn(f64) -> [u8; 3]) -> Canvas {
    let (width, height) = (map.values.width().div_ceil(factor), map.values.height().div_ceil(factor));
    let mut picture = Canvas::new(width, height, NO_VALUE);
    let mut sums = vec![(0.0, 0usize, 0usize); width];
    for y in 0..height {
        sums.fill((0.0, 0, 0));
        for row in y * factor..((y + 1) * factor).min(map.values.height()) {
            let samples = map.values.row(row).chunks(factor).zip(map.valid.row(row).chunks(factor));
            for ((values, valid), (sum, count, all)) in samples.zip(&mut sums) {
                for (&value, &valid) in values.iter().zip(valid) {
                    if valid != 0 && value.is_finite() {
                        *sum += f64::from(value);
                        *count += 1;
                    }
                }
                *all += values.len();
            }
        }
        for (x, &(sum, count, all)) in sums.iter().enumerate() {
            if count > 0 && 2 * count >= all {
                picture.fill(x, y, 1, 1, color(sum / count as f64));
            }
        }
    }
    picture
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::base::{Mask, Plane};

    fn map(width: usize, height: usize) -> Map {
        Map {
            kind: MapKind::Relief,
            values: Plane::from_fn(width, height, |x, _| if x == 0 { f32::NAN } else { x as f32 / width as f32 }),
            valid: Arc::new(Mask::from_fn(width, height, |_, y| y > 0)),
            range: (-1.0, 1.0),
            pixels: 1,
        }
    }

    #[test]
    fn large_maps_shrink_and_small_ones_stay_readable() {
        let folder = tempfile::tempdir().unwrap();
        for (width, height) in [(60, 45), (4500, 30), (1, 1)] {
            let path = write_map(&folder.path().join("a/b"), &map(width, height), Some(0.1)).unwrap();
            assert_eq!(path.file_name().unwrap(), "relief.png");
            let image = image::open(&path).unwrap();
            assert!(image.width() >= 160 && image.width() < 2400, "{width}: {}", image.width());
        }
        assert_eq!(std::fs::read_dir(folder.path().join("a/b")).unwrap().count(), 1);
    }

    #[test]
    fn an_average_is_that_of_the_valid_pixels() {
        let mut map = map(4, 4);
        map.valid = Arc::new(Mask::from_fn(4, 4, |x, y| !(x < 2 && y < 2) && (x, y) != (2, 0)));
        map.values = Plane::from_fn(4, 4, |x, y| if (x, y) == (2, 0) { 1e9 } else { 3.0 });
        let picture = colored(&map, 2, |v| [v as u8; 3]);
        assert_eq!(picture.rgb()[..3], NO_VALUE);
        assert_eq!(picture.rgb()[3..6], [3; 3]);
    }

    #[test]
    fn no_range_is_no_panic() {
        let folder = tempfile::tempdir().unwrap();
        for range in [(0.0, 0.0), (f32::NAN, 1.0), (1.0, -1.0), (0.0, f32::INFINITY)] {
            let map = Map { range, ..map(20, 20) };
            write_map(folder.path(), &map, None).unwrap();
        }
    }
}
