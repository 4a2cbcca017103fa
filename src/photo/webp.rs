//! WebP: the chunks are checked here; the `image` crate makes the pixels.

use std::io::Cursor;

use image::ImageDecoder;
use image::codecs::webp::WebPDecoder;

use super::bytes::{le16, le24, le32};
use super::probe::{Header, damaged, stopped};
use super::samples::{Codes, Layout, Samples};
use super::{Format, Note};
use crate::error::{Error, Result};

/// Where the first chunk begins.
const CHUNKS: usize = 12;

fn bad(found: impl Into<String>) -> Error {
    damaged(Format::WebP, found)
}

/// Reads the first chunk.
pub(super) fn header(bytes: &[u8]) -> Result<Header> {
    let cut = || bad("the file ends inside its header");
    let kind = bytes.get(CHUNKS..CHUNKS + 4).ok_or_else(cut)?;
    let body = bytes.get(CHUNKS + 8..).ok_or_else(cut)?;
    let (width, height) = match kind {
        b"VP8X" => (1 + le24(body, 4).ok_or_else(cut)?, 1 + le24(body, 7).ok_or_else(cut)?),
        b"VP8L" => {
            let size = le32(body, 1).ok_or_else(cut)?;
            (1 + (size & 0x3fff), 1 + (size >> 14 & 0x3fff))
        }
        b"VP8 " => {
            let side = |at| le16(body, at).map(|v| u32::from(v & 0x3fff)).ok_or_else(cut);
            (side(6)?, side(8)?)
        }
        _ => return Err(bad("the first chunk is of no known kind")),
    };
    Ok(Header { format: Format::WebP, width, height, channels: 4, bits: 8, progressive: false })
}

/// Walks the chunks; the end of the last one.
fn check_chunks(bytes: &[u8]) -> Result<usize> {
    let cut = |at: usize| bad(format!("the file ends inside the chunk at byte {at}, before the end of the picture"));
    let size = le32(bytes, 4).ok_or_else(|| cut(0))? as usize;
    let end = size.checked_add(8).filter(|&end| end <= bytes.len()).ok_or_else(|| cut(bytes.len()))?;
    let mut at = CHUNKS;
    while at + 8 <= end {
        let length = le32(bytes, at + 4).ok_or_else(|| cut(at))? as usize;
        // A chunk of odd length is padded; the padding of the last one is sometimes forgotten.
        let next = at.saturating_add(8).saturating_add(length);
        if next > end {
            return Err(cut(at));
        }
        at = next + length % 2;
    }
    Ok(end)
}

/// Decodes a whole WebP, or the first frame of an animation.
pub(super) fn decode(bytes: &[u8], header: &Header) -> Result<Samples> {
    let end = check_chunks(bytes)?;
    let stop = |e| stopped(Format::WebP, e);
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(stop)?;
    if decoder.dimensions() != (header.width, header.height) {
        return Err(bad("the picture has another size than the header says"));
    }
    let mut notes = Vec::new();
    if decoder.has_animation() {
        notes.push(Note::FirstFrameOnly);
    }
    if bytes[end..].iter().any(|&b| b != 0) {
        notes.push(Note::TrailingBytes);
    }
    // Metadata that cannot be read are no reason to refuse the pixels.
    let icc = decoder.icc_profile().ok().flatten();
    let exif = decoder.exif_metadata().ok().flatten();
    let layout = if decoder.color_type().has_alpha() { Layout::Rgba } else { Layout::Rgb };
    let mut codes = vec![0; header.width as usize * header.height as usize * layout.channels()];
    decoder.read_image(&mut codes).map_err(stop)?;
    Ok(Samples {
        width: header.width as usize,
        height: header.height as usize,
        layout,
        codes: Codes::U8(codes),
        bits: 8,
        icc,
        exif: exif.map(|block| block.strip_prefix(b"Exif\0\0").map(<[u8]>::to_vec).unwrap_or(block)),
        jpeg_quality: None,
        notes,
    })
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, ImageFormat};

    use super::*;
    use crate::photo::testing::{encoded, picture, png_of};
    use crate::photo::{Limits, Photo};

    #[test]
    fn lossless_is_equal_and_cuts_are_refused() {
        let picture = picture(50, 40);
        let bytes = encoded(&DynamicImage::from(picture.clone()), ImageFormat::WebP);
        let limits = Limits::default();
        let photo = Photo::from_bytes(&bytes, &limits).unwrap();
        assert_eq!(photo.rgb, Photo::from_bytes(&png_of(&picture), &limits).unwrap().rgb);
        for percent in (5..100).step_by(5) {
            let error = Photo::from_bytes(&bytes[..bytes.len() * percent / 100], &limits).unwrap_err();
            assert_eq!(error.code(), "webp_damaged", "{percent} %");
        }
        let longer = Photo::from_bytes(&[&bytes[..], b"more"].concat(), &limits).unwrap();
        assert_eq!(longer.info.notes, [Note::TrailingBytes]);
    }
}
