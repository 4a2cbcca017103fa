//! JPEG: the stream is checked here, symbol by symbol; zune-jpeg makes the pixels.

mod frame;
mod huffman;
mod quality;
mod scan;
mod stream;

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::probe::{Header, damaged};
use super::samples::{Codes, Layout, Samples};
use super::{Format, Note};
use crate::error::Result;
use stream::Model;

/// Reads the frame header.
pub(super) fn header(bytes: &[u8]) -> Result<Header> {
    let frame = stream::frame(bytes)?;
    Ok(Header {
        format: Format::Jpeg,
        width: frame.width as u32,
        height: frame.height as u32,
        channels: frame.components.len() as u8,
        bits: 8,
        progressive: frame.progressive,
    })
}

/// Decodes a whole JPEG.
pub(super) fn decode(bytes: &[u8]) -> Result<Samples> {
    let stream = stream::read(bytes)?;
    let (space, layout) = match stream.model {
        Model::Gray => (ColorSpace::Luma, Layout::Gray),
        Model::Ycc | Model::Rgb => (ColorSpace::RGB, Layout::Rgb),
        Model::Cmyk | Model::Ycck => (ColorSpace::CMYK, Layout::Cmyk),
    };
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(usize::MAX)
        .jpeg_set_out_colorspace(space);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&stream.canonical), options);
    let mut codes = decoder.decode().map_err(|e| damaged(Format::Jpeg, format!("the decoder stopped: {e}")))?;
    let (width, height) = (stream.frame.width, stream.frame.height);
    if codes.len() != width * height * layout.channels() {
        return Err(damaged(Format::Jpeg, "the decoder found another size than the header says"));
    }
    match stream.model {
        Model::Ycck => inks_from_ycck(&mut codes),
        // Adobe's programs store 255 for no ink.
        Model::Cmyk if stream.inverted => codes.iter_mut().for_each(|v| *v = 255 - *v),
        _ => {}
    }
    let mut notes = Vec::new();
    if stream.trailing {
        notes.push(Note::TrailingBytes);
    }
    let icc = match stream.icc {
        Some(Err(())) => {
            notes.push(Note::ProfileInvalid);
            None
        }
        Some(Ok(profile)) => Some(profile),
        None => None,
    };
    Ok(Samples {
        width,
        height,
        layout,
        codes: Codes::U8(codes),
        bits: 8,
        icc,
        exif: stream.exif,
        jpeg_quality: Some(quality::estimate(&stream.luma_table)),
        notes,
    })
}

/// Checks a whole JPEG without decoding it.
pub(super) fn check(bytes: &[u8]) -> Result<()> {
    stream::read(bytes).map(|_| ())
}

/// Turns YCCK as Adobe's programs store it into inks.
///
/// Y, Cb and Cr hold the inverse of inverted inks, that is the inks themselves; K is stored inverted.
fn inks_from_ycck(codes: &mut [u8]) {
    for pixel in codes.as_chunks_mut::<4>().0 {
        let [ycc @ .., k] = pixel;
        *ycc = rgb_of_ycc(*ycc);
        *k = 255 - *k;
    }
}

/// Turns Y, Cb and Cr of full range into red, green and blue.
pub(super) fn rgb_from_ycc(pixels: &mut [[u8; 3]]) {
    for pixel in pixels {
        *pixel = rgb_of_ycc(*pixel);
    }
}

/// ITU-T T.871, section 7.
fn rgb_of_ycc([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (luma, blue, red) = (f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0);
    [luma + 1.402 * red, luma - 0.344_136 * blue - 0.714_136 * red, luma + 1.772 * blue]
        .map(|v| v.round().clamp(0.0, 255.0) as u8)
}
