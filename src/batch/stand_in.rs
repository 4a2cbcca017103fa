//! A stand-in for the decoder of the photo room.

use crate::base::{Mask, Plane};
use crate::color;
use crate::error::{Error, Result};
use crate::photo::{Info, Photo};

#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Limits {
    pub max_pixels: u64,
}
impl Default for Limits {
    fn default() -> Self {
        Self { max_pixels: 200_000_000 }
    }
}
pub(super) struct Header {
    pub width: u32,
    pub height: u32,
}
pub(super) fn probe(bytes: &[u8], limits: &Limits) -> Result<Header> {
    let reader = image::ImageReader::new(std::io::Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|e| Error::decode("decode", e.to_string()))?;
    let (width, height) = reader.into_dimensions().map_err(|e| Error::decode("decode", e.to_string()))?;
    if u64::from(width) * u64::from(height) > limits.max_pixels {
        return Err(Error::decode("too_large", format!("{width} x {height} pixels")));
    }
    Ok(Header { width, height })
}
pub(super) fn photo_from_bytes(bytes: &[u8], limits: &Limits) -> Result<Photo> {
    probe(bytes, limits)?;
    let image = image::load_from_memory(bytes).map_err(|e| Error::decode("decode", e.to_string()))?.to_rgb8();
    let (w, h) = (image.width() as usize, image.height() as usize);
    let plane = |c: usize| {
        Plane::from_fn(w, h, |x, y| {
            color::srgb::linear_of_codes8()[usize::from(image.get_pixel(x as u32, y as u32)[c])]
        })
    };
    Ok(Photo { rgb: [plane(0), plane(1), plane(2)], opaque: None, info: Info { bits: 8, ..Info::default() } })
}
pub(super) fn mask_from_bytes(bytes: &[u8], limits: &Limits) -> Result<Mask> {
    probe(bytes, limits)?;
    let image = image::load_from_memory(bytes).map_err(|e| Error::decode("decode", e.to_string()))?.to_luma8();
    let (w, h) = (image.width() as usize, image.height() as usize);
    Ok(Mask::from_fn(w, h, |x, y| image.get_pixel(x as u32, y as u32)[0] > 127))
}
