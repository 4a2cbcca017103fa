//! A shot in the frame of its baseline, and its maps, as JPEG files.

use std::path::{Path, PathBuf};

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use crate::base::Plane;
use crate::color::srgb;
use crate::error::{Error, Result};
use crate::measure::{Map, MapKind};
use crate::report::atomic::write_file;
use crate::report::colormap::{NO_VALUE, Rgb, Scale};
use crate::series::align::transform::Transform;
use crate::series::align::{sample, warp};
use crate::series::progress::{Pictures, Ranges, Sink, Source};

/// Longest side of a picture.
const MAX_SIDE: usize = 900;
/// JPEG quality: artifacts of a picture that is looked at must not be taken for skin.
const QUALITY: u8 = 88;
/// Folder of the pictures below that of the results.
pub const FOLDER: &str = "pictures";

/// Writes pictures into `pictures/`.
#[derive(Clone, Debug)]
pub struct PictureFolder {
    out: PathBuf,
}

impl PictureFolder {
    /// The pictures of the results in `out`.
    #[must_use]
    pub fn new(out: &Path) -> Self {
        Self { out: out.to_owned() }
    }

    fn write(&self, name: &str, kind: &str, size: (usize, usize), rgb: &[u8]) -> Result<PathBuf> {
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
            .encode(rgb, size.0 as u32, size.1 as u32, ExtendedColorType::Rgb8)
            .map_err(|e| Error::internal("picture", e.to_string()).because(e))?;
        let file = Path::new(FOLDER).join(format!("{name}_{kind}.jpg"));
        let path = self.out.join(&file);
        write_file(&path, &jpeg)?;
        Ok(file)
    }
}

impl Sink for PictureFolder {
    fn pictures(&self, source: &Source<'_>) -> Result<(Pictures, Ranges)> {
        let folder = self.out.join(FOLDER);
        std::fs::create_dir_all(&folder).map_err(|e| Error::write(&folder, e))?;
        let whole = source.on.map_or((source.photo.width(), source.photo.height()), |a| a.baseline_size);
        let factor = whole.0.max(whole.1).div_ceil(MAX_SIDE).max(1);
        let size = (whole.0.div_ceil(factor), whole.1.div_ceil(factor));
        let to_baseline = Transform::zoom(factor as f64, [0.5 * (factor as f64 - 1.0); 2]);
        let to_photo = source.on.map_or(to_baseline, |a| a.map.after(&to_baseline));
        let mut pictures = Pictures { size, factor, ..Pictures::default() };
        pictures.photo = Some(self.write(source.name, "photo", size, &photo(source, &to_photo, size))?);
        let mut ranges = Ranges::default();
        for map in source.maps {
            let (range, file, name) = match map.kind {
                MapKind::Relief => (&mut ranges.relief, &mut pictures.relief, "relief"),
                MapKind::Melanin => (&mut ranges.melanin, &mut pictures.melanin, "melanin"),
                MapKind::Hemoglobin => (&mut ranges.hemoglobin, &mut pictures.hemoglobin, "hemoglobin"),
                _ => continue,
            };
            *range = source.like.map_or(map.range, |like| match map.kind {
                MapKind::Relief => like.relief,
                MapKind::Melanin => like.melanin,
                _ => like.hemoglobin,
            });
            *file = Some(self.write(source.name, name, size, &colored(map, *range, &to_photo, size))?);
        }
        Ok((pictures, ranges))
    }

    fn has(&self, pictures: &Pictures) -> bool {
        pictures.files().all(|file| self.out.join(file).is_file())
    }
}

/// The photo through a map from picture to photo, with the plain sRGB curve: no picture is brightened for itself.
fn photo(source: &Source<'_>, to_photo: &Transform, size: (usize, usize)) -> Vec<u8> {
    let planes: [Plane; 3] = source.photo.rgb.each_ref().map(|plane| warp::onto(plane, to_photo, size));
    let seen = warp::visible(to_photo, (source.photo.width(), source.photo.height()), size);
    let pixel = |x: usize, y: usize| -> Rgb {
        if seen.contains(x, y) {
            planes.each_ref().map(|plane| srgb::code8_of_linear(plane.at(x, y)))
        } else {
            NO_VALUE
        }
    };
    pixels(size, pixel)
}

fn colored(map: &Map, (low, high): (f32, f32), to_photo: &Transform, size: (usize, usize)) -> Vec<u8> {
    let scale = if map.kind.is_signed() { Scale::Diverging } else { Scale::Sequential };
    let pixels_of_map = map.pixels as f64;
    let extent = (map.values.width(), map.values.height());
    let pixel = |x: usize, y: usize| -> Rgb {
        let there = to_photo.apply([x as f64, y as f64]).map(|v| (v + 0.5) / pixels_of_map - 0.5);
        let inside =
            sample::reaches(extent, there) && map.valid.contains(there[0].round() as usize, there[1].round() as usize);
        if !inside {
            return NO_VALUE;
        }
        let value = sample::cubic(&map.values, there);
        scale.color(f64::from((value - low) / (high - low).max(f32::MIN_POSITIVE)))
    };
    pixels(size, pixel)
}

fn pixels(size: (usize, usize), pixel: impl Fn(usize, usize) -> Rgb) -> Vec<u8> {
    (0..size.1).flat_map(|y| (0..size.0).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y)).collect()
}
