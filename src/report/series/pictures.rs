//! A shot in the frame of its baseline, and its maps, as JPEG files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use super::pseudonym::Key;
use crate::base::Plane;
use crate::color::srgb;
use crate::error::{Error, Result};
use crate::measure::{Map, MapKind};
use crate::report::atomic::write_file;
use crate::report::colormap::{NO_VALUE, Rgb, Scale};
use crate::series::align::transform::Transform;
use crate::series::align::{sample, warp};
use crate::series::progress::{Pictures, Progress, Ranges, Sink, Source};

/// Longest side of a picture.
const MAX_SIDE: usize = 900;
/// JPEG quality: artifacts of a picture that is looked at must not be taken for skin.
const QUALITY: u8 = 88;
/// Folder of the pictures below that of the results.
pub const FOLDER: &str = "pictures";
/// Digits that a picture's name begins with.
const DIGITS: usize = 16;
/// What a picture shows, as its name ends.
const KINDS: [&str; 4] = ["photo", "relief", "melanin", "hemoglobin"];

/// Writes pictures into `pictures/`.
#[derive(Clone, Debug)]
pub struct PictureFolder {
    out: PathBuf,
    key: Option<Key>,
}

impl PictureFolder {
    /// The pictures of the results in `out`. With a key their names are hashed with it: a picture of results with pseudonyms cannot be
    /// told by its name from those of another run.
    #[must_use]
    pub fn new(out: &Path, key: Option<&Key>) -> Self {
        Self { out: out.to_owned(), key: key.cloned() }
    }

    fn write(&self, name: &str, kind: &str, size: (usize, usize), rgb: &[u8]) -> Result<PathBuf> {
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
            .encode(rgb, size.0 as u32, size.1 as u32, ExtendedColorType::Rgb8)
            .map_err(|e| Error::internal("picture", e.to_string()).because(e))?;
        let hashed = self.key.as_ref().map(|key| key.hash(name));
        let name = hashed.as_ref().map_or(name, |hash| &hash[..DIGITS]);
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

/// Removes pictures of an earlier run that show no photo of these results: a subject that was taken out must not stay behind. Files
/// with other names stay.
///
/// # Errors
/// When a picture cannot be removed.
pub fn remove_others(out: &Path, progress: &Progress) -> Result<()> {
    let folder = out.join(FOLDER);
    let used: BTreeSet<&Path> =
        progress.readings.iter().flat_map(|r| r.pictures.files()).map(PathBuf::as_path).collect();
    let entries = match std::fs::read_dir(&folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|e| Error::write(&folder, e))?,
    };
    for entry in entries {
        let entry = entry.map_err(|e| Error::write(&folder, e))?;
        let name = entry.file_name();
        if name.to_str().is_some_and(is_ours) && !used.contains(Path::new(FOLDER).join(&name).as_path()) {
            std::fs::remove_file(entry.path()).map_err(|e| Error::write(&entry.path(), e))?;
        }
    }
    Ok(())
}

/// Is it a picture's name, or that under which a killed run had begun one?
fn is_ours(name: &str) -> bool {
    let name = match name.strip_prefix('.').and_then(|rest| rest.strip_suffix(".part")) {
        Some(begun) => begun.rsplit_once('.').map_or(begun, |(name, _)| name),
        None => name,
    };
    let parts = name.strip_suffix(".jpg").and_then(|stem| stem.split_once('_'));
    parts.is_some_and(|(digits, kind)| {
        digits.len() == DIGITS
            && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            && KINDS.contains(&kind)
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_are_removed() {
        for name in
            ["0123456789abcdef_photo.jpg", "00ff00ff00ff00ff_hemoglobin.jpg", ".0123456789abcdef_relief.jpg.Ab1x.part"]
        {
            assert!(is_ours(name), "{name}");
        }
        for name in [
            "holiday.jpg",
            "0123456789abcde_photo.jpg",
            "0123456789ABCDEF_photo.jpg",
            "0123456789abcdef_nose.jpg",
            ".part",
            "",
        ] {
            assert!(!is_ours(name), "{name}");
        }
    }
}
