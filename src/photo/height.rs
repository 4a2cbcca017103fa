//! Height maps: gray pictures whose codes are heights.
//!
//! PNG and TIFF with 16-bit codes, TIFF with 32- or 64-bit numbers, whole or floating. The codes are taken as they are
//! stored: no color management, no gamma, no inversion. A pixel without a height (NaN, an infinity, the void code, a
//! transparent pixel) is outside the map. What looks like a photo is refused: a color picture, 8 bits, a JPEG.

use super::exif::{self, Facts};
use super::open::guarded;
use super::probe::{Limits, probe};
use super::samples::{Codes, Layout};
use super::{Format, Note, png, tiff};
use crate::base::{Mask, Plane};
use crate::error::{Error, Result};

/// What the codes of a height map mean.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HeightUnits {
    /// Micrometers per code. Needed for whole numbers; floating-point numbers are micrometers without it.
    pub um_per_count: Option<f64>,
    /// The code of pixels without a height.
    pub void: Option<f64>,
}

/// A decoded height map, upright.
#[derive(Clone, Debug)]
pub struct HeightMap {
    /// Heights in micrometers, higher is towards the viewer; zero outside `valid`.
    pub um: Plane<f64>,
    /// The pixels that have a height.
    pub valid: Mask,
    /// What a reader of the numbers should know.
    pub notes: Vec<Note>,
}

/// The stored numbers of one gray channel.
pub(super) struct Stored {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Row by row, before the orientation is applied; NaN for a transparent pixel.
    pub(super) values: Vec<f64>,
    /// True for whole numbers.
    pub(super) whole: bool,
    pub(super) facts: Facts,
    pub(super) notes: Vec<Note>,
}

impl HeightMap {
    /// Decodes a height map, checked to its last byte.
    ///
    /// # Errors
    /// `not_a_height_map` for what looks like a photo, `height_unit_missing` where micrometers per code are needed and
    /// not given, and those of a photo's decoder.
    pub fn from_bytes(bytes: &[u8], limits: &Limits, units: HeightUnits) -> Result<Self> {
        guarded(|| {
            let header = probe(bytes, limits)?;
            let stored = match header.format {
                Format::Png => of_png(png::decode(bytes, &header)?)?,
                Format::Tiff => Stored { facts: exif::read(bytes.to_vec()), ..tiff::heights(bytes, &header)? },
                _ => return Err(no_height_map("this file is neither PNG nor TIFF")),
            };
            let scale = match (units.um_per_count, stored.whole) {
                (Some(um), _) => um,
                (None, false) => 1.0,
                (None, true) => {
                    return Err(Error::decode(
                        "height_unit_missing",
                        "this height map holds whole numbers; say how many micrometers one of them is: --um-per-count X",
                    ));
                }
            };
            Ok(stored.upright(scale, units.void))
        })
    }

    /// Columns of the upright map.
    #[must_use]
    pub fn width(&self) -> usize {
        self.um.width()
    }

    /// Rows of the upright map.
    #[must_use]
    pub fn height(&self) -> usize {
        self.um.height()
    }
}

impl Stored {
    fn upright(self, um_per_count: f64, void: Option<f64>) -> HeightMap {
        let orientation = self.facts.orientation;
        let (width, height) = orientation.size(self.width, self.height);
        let turned = orientation.apply(&self.values, self.width).into_owned();
        // A void code typed in decimals meets a float in the precision of the file.
        let is_void = |v: f64| void.is_some_and(|code| if self.whole { v == code } else { v as f32 == code as f32 });
        let has_height = |v: f64| v.is_finite() && !is_void(v);
        let valid = turned.iter().map(|&v| u8::from(has_height(v))).collect();
        let um = turned.into_iter().map(|v| if has_height(v) { v * um_per_count } else { 0.0 }).collect();
        HeightMap {
            um: Plane::from_vec(width, height, um),
            valid: Mask::from_plane(Plane::from_vec(width, height, valid)),
            notes: self.notes,
        }
    }
}

/// The error of a picture that holds no heights.
pub(super) fn no_height_map(found: &str) -> Error {
    Error::decode(
        "not_a_height_map",
        format!(
            "{found}; a height map is a PNG or TIFF of one gray channel with 16 bits or 32-bit floats: leave \
             --height-map out for photos, or export the heights again"
        ),
    )
}

fn of_png(mut samples: super::samples::Samples) -> Result<Stored> {
    let facts = samples.exif.take().map(exif::read).unwrap_or_default();
    let Codes::U16(codes) = &samples.codes else {
        return Err(no_height_map(if samples.layout.colors() == 1 {
            "this PNG has 8 bits"
        } else {
            "this PNG is a color picture"
        }));
    };
    let values = match samples.layout {
        Layout::Gray => codes.iter().map(|&v| f64::from(v)).collect(),
        Layout::GrayAlpha => {
            codes.as_chunks::<2>().0.iter().map(|&[v, a]| if a == 0 { f64::NAN } else { f64::from(v) }).collect()
        }
        _ => return Err(no_height_map("this PNG is a color picture")),
    };
    // A profile says nothing about heights.
    let notes = samples.notes.into_iter().filter(|note| *note != Note::ProfileInvalid).collect();
    Ok(Stored { width: samples.width, height: samples.height, values, whole: true, facts, notes })
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, LumaA};

    use super::*;
    use crate::photo::testing::{encoded, jpeg_of, picture, png_of};

    fn read(bytes: &[u8], um: Option<f64>, void: Option<f64>) -> Result<HeightMap> {
        HeightMap::from_bytes(bytes, &Limits::default(), HeightUnits { um_per_count: um, void })
    }

    fn ramp() -> DynamicImage {
        DynamicImage::ImageLuma16(ImageBuffer::from_fn(9, 5, |x, y| Luma([1000 * x as u16 + y as u16])))
    }

    #[test]
    fn codes_are_heights() {
        for format in [ImageFormat::Png, ImageFormat::Tiff] {
            let map = read(&encoded(&ramp(), format), Some(0.5), Some(2003.0)).unwrap();
            assert_eq!((map.width(), map.height(), map.um.at(4, 3)), (9, 5, 2001.5));
            assert_eq!(map.valid.count(), 44);
            assert!(!map.valid.contains(2, 3) && map.um.at(2, 3) == 0.0);
        }
    }

    #[test]
    fn floats_are_micrometers_and_nan_is_no_height() {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let values: Vec<f32> = (0..12).map(|i| if i == 5 { f32::NAN } else { i as f32 * 0.25 - 1.0 }).collect();
        let mut encoder = ::tiff::encoder::TiffEncoder::new(&mut bytes).unwrap();
        encoder.write_image::<::tiff::encoder::colortype::Gray32Float>(4, 3, &values).unwrap();
        let bytes = bytes.into_inner();
        let map = read(&bytes, None, None).unwrap();
        assert_eq!((map.um.at(0, 0), map.um.at(3, 2), map.valid.count()), (-1.0, 1.75, 11));
        assert!(!map.valid.contains(1, 1));
        assert_eq!(read(&bytes, Some(1000.0), None).unwrap().um.at(3, 2), 1750.0);
        assert_eq!(read(&bytes[..bytes.len() / 2], None, None).unwrap_err().code(), "tiff_damaged");
    }

    #[test]
    fn transparent_pixels_have_no_height() {
        let image = ImageBuffer::from_fn(4, 4, |x, _| LumaA([7 * x as u16, if x == 1 { 0 } else { 65_535 }]));
        let map = read(&encoded(&DynamicImage::ImageLumaA16(image), ImageFormat::Png), Some(1.0), None).unwrap();
        assert_eq!((map.valid.count(), map.um.at(2, 0)), (12, 14.0));
    }

    #[test]
    fn photos_are_refused_with_what_to_do() {
        let gray = DynamicImage::ImageLuma8(ImageBuffer::from_fn(9, 5, |x, _| Luma([x as u8])));
        let color = DynamicImage::from(picture(9, 5));
        let photos = [
            jpeg_of(&picture(40, 30), 90),
            png_of(&picture(9, 5)),
            encoded(&gray, ImageFormat::Png),
            encoded(&gray, ImageFormat::Tiff),
            encoded(&color, ImageFormat::Tiff),
            encoded(&DynamicImage::ImageRgb16(color.to_rgb16()), ImageFormat::Png),
        ];
        for (i, bytes) in photos.iter().enumerate() {
            let error = read(bytes, Some(1.0), None).unwrap_err();
            assert_eq!(error.code(), "not_a_height_map", "{i}: {error}");
            assert!(error.message().contains("--height-map"));
        }
        let missing = read(&encoded(&ramp(), ImageFormat::Png), None, None).unwrap_err();
        assert_eq!(missing.code(), "height_unit_missing");
        assert!(missing.message().contains("--um-per-count"));
    }
}
