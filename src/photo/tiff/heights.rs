//! A TIFF as a height map: one gray channel of whole or floating-point numbers, as they are stored.

use ::tiff::decoder::DecodingResult;

use super::directory::{Directory, tag};
use super::{BLACK_IS_ZERO, bad, check_chunks, pixels};
use crate::error::Result;
use crate::photo::Note;
use crate::photo::exif::Facts;
use crate::photo::height::{Stored, no_height_map};
use crate::photo::probe::Header;

/// Decodes the first page. The orientation is not read here.
pub(in crate::photo) fn heights(bytes: &[u8], header: &Header) -> Result<Stored> {
    let directory = Directory::first(bytes)?;
    if directory.one(tag::SAMPLES, 1) != 1 || directory.one(tag::PHOTOMETRIC, 1) > u64::from(BLACK_IS_ZERO) {
        return Err(no_height_map("this TIFF is a color picture"));
    }
    if directory.one(tag::PHOTOMETRIC, 1) != u64::from(BLACK_IS_ZERO) {
        return Err(no_height_map("this TIFF counts from white to black, so its heights may be upside down"));
    }
    if !matches!(header.bits, 16 | 32 | 64) {
        return Err(no_height_map(&format!("this TIFF has {} bits", header.bits)));
    }
    check_chunks(bytes, &directory, header)?;
    let (_, result, _) = pixels(bytes, header)?;
    let (values, whole): (Vec<f64>, bool) = match result {
        DecodingResult::U16(v) => (v.into_iter().map(f64::from).collect(), true),
        DecodingResult::I16(v) => (v.into_iter().map(f64::from).collect(), true),
        DecodingResult::U32(v) => (v.into_iter().map(f64::from).collect(), true),
        DecodingResult::I32(v) => (v.into_iter().map(f64::from).collect(), true),
        DecodingResult::F32(v) => (v.into_iter().map(f64::from).collect(), false),
        DecodingResult::F64(v) => (v, false),
        _ => return Err(no_height_map("this TIFF holds numbers of an uncommon kind")),
    };
    let (width, height) = (header.width as usize, header.height as usize);
    if values.len() != width * height {
        return Err(bad("the picture has another size than the header says"));
    }
    let notes = if directory.has_next { vec![Note::FirstFrameOnly] } else { Vec::new() };
    Ok(Stored { width, height, values, whole, facts: Facts::default(), notes })
}
