//! BMP: the sizes are checked here; the `image` crate makes the pixels.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::{ColorType, ImageDecoder};

use super::bytes::{le16, le32};
use super::probe::{Header, damaged, stopped};
use super::samples::{Codes, Layout, Samples};
use super::{Format, Note};
use crate::error::{Error, Result};

/// Bytes of the file header, before the information header.
const FILE_HEADER: usize = 14;

fn bad(found: impl Into<String>) -> Error {
    damaged(Format::Bmp, found)
}

/// Reads the information header.
pub(super) fn header(bytes: &[u8]) -> Result<Header> {
    let cut = || bad("the file ends inside its header");
    let info = bytes.get(FILE_HEADER..).ok_or_else(cut)?;
    let (width, height, bits) = if le32(info, 0).ok_or_else(cut)? == 12 {
        let side = |at| le16(info, at).map(u32::from).ok_or_else(cut);
        (side(4)?, side(6)?, le16(info, 10))
    } else {
        let side = |at| le32(info, at).map(u32::cast_signed).ok_or_else(cut);
        let width = u32::try_from(side(4)?).map_err(|_| bad("the width is negative"))?;
        // A negative height says that the rows run from top to bottom.
        (width, side(8)?.unsigned_abs(), le16(info, 14))
    };
    let bits = bits.ok_or_else(cut)?;
    if !matches!(bits, 1 | 2 | 4 | 8 | 16 | 24 | 32) {
        return Err(bad(format!("{bits} bits per pixel do not exist")));
    }
    let channels = if bits == 32 { 4 } else { 3 };
    Ok(Header { format: Format::Bmp, width, height, channels, bits: (bits as u8).min(8), progressive: false })
}

/// The bytes that the rows of an uncompressed picture need; `None` for a compressed one.
fn raw_size(bytes: &[u8], header: &Header) -> Option<u64> {
    let os2 = le32(bytes, FILE_HEADER)? == 12;
    let (bits, compression) = if os2 {
        (le16(bytes, FILE_HEADER + 10)?, 0)
    } else {
        (le16(bytes, FILE_HEADER + 14)?, le32(bytes, FILE_HEADER + 16)?)
    };
    // No compression, and bit fields.
    let row = (u64::from(header.width) * u64::from(bits)).div_ceil(32) * 4;
    matches!(compression, 0 | 3 | 6).then(|| row * u64::from(header.height))
}

/// Decodes a whole BMP.
pub(super) fn decode(bytes: &[u8], header: &Header) -> Result<Samples> {
    let start = u64::from(le32(bytes, 10).unwrap_or(0));
    let end = raw_size(bytes, header).map(|size| start + size);
    if end.is_some_and(|end| end > bytes.len() as u64) {
        return Err(bad(format!("the file ends at byte {}, before the end of the picture", bytes.len())));
    }
    let stop = |e| stopped(Format::Bmp, e);
    let decoder = BmpDecoder::new(Cursor::new(bytes)).map_err(stop)?;
    if decoder.dimensions() != (header.width, header.height) {
        return Err(bad("the picture has another size than the header says"));
    }
    let layout = match decoder.color_type() {
        ColorType::L8 => Layout::Gray,
        ColorType::Rgb8 => Layout::Rgb,
        ColorType::Rgba8 => Layout::Rgba,
        other => return Err(bad(format!("the decoder yields {other:?}"))),
    };
    let mut codes = vec![0; header.width as usize * header.height as usize * layout.channels()];
    decoder.read_image(&mut codes).map_err(stop)?;
    let trailing = end.is_some_and(|end| bytes[end as usize..].iter().any(|&b| b != 0));
    Ok(Samples {
        width: header.width as usize,
        height: header.height as usize,
        layout,
        codes: Codes::U8(codes),
        bits: header.bits,
        icc: None,
        exif: None,
        jpeg_quality: None,
        notes: if trailing { vec![Note::TrailingBytes] } else { Vec::new() },
    })
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, ImageFormat};

    use crate::photo::testing::{encoded, picture, png_of};
    use crate::photo::{Limits, Photo};

    #[test]
    fn a_bitmap_is_equal_and_cuts_are_refused() {
        let picture = picture(51, 40);
        let bytes = encoded(&DynamicImage::from(picture.clone()), ImageFormat::Bmp);
        let limits = Limits::default();
        let photo = Photo::from_bytes(&bytes, &limits).unwrap();
        assert_eq!(photo.rgb, Photo::from_bytes(&png_of(&picture), &limits).unwrap().rgb);
        for percent in (5..100).step_by(5) {
            let error = Photo::from_bytes(&bytes[..bytes.len() * percent / 100], &limits).unwrap_err();
            assert_eq!(error.code(), "bmp_damaged", "{percent} %");
        }
        assert!(Photo::from_bytes(&bytes[..bytes.len() - 1], &limits).is_err());
    }
}
