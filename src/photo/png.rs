//! PNG: the chunks are checked here; the `png` crate makes the pixels of the chunks that hold them.
//!
//! Metadata never reach the decoder, so no text or profile can inflate beyond its bounds. An APNG yields its default
//! image.

use std::io::Cursor;

use ::png::{BitDepth, ColorType, DecodeOptions, Decoder, Limits, Transformations};

use super::bytes::be32;
use super::probe::{Header, damaged, stopped};
use super::samples::{Codes, Layout, Samples};
use super::{Format, Note};
use crate::error::{Error, Result};

/// The eight bytes before the first chunk.
const SIGNATURE: usize = 8;

/// The largest profile that is used, inflated: no camera or editor writes a larger one for a photo.
const MAX_PROFILE: usize = 4 << 20;

fn bad(found: impl Into<String>) -> Error {
    damaged(Format::Png, found)
}

/// Reads the IHDR chunk.
pub(super) fn header(bytes: &[u8]) -> Result<Header> {
    let cut = || bad("the file ends inside its header");
    let body = bytes.get(SIGNATURE + 8..SIGNATURE + 21).ok_or_else(cut)?;
    if &bytes[SIGNATURE..SIGNATURE + 8] != b"\0\0\0\x0dIHDR" {
        return Err(bad("the header is not where it must be"));
    }
    let channels = match body[9] {
        0 | 3 => 1,
        2 => 3,
        4 => 2,
        6 => 4,
        other => return Err(bad(format!("color type {other} does not exist"))),
    };
    Ok(Header {
        format: Format::Png,
        width: be32(body, 0).ok_or_else(cut)?,
        height: be32(body, 4).ok_or_else(cut)?,
        // A palette becomes color, with alpha at worst.
        channels: if body[9] == 3 { 4 } else { channels },
        bits: body[8],
        progressive: false,
    })
}

/// What the chunks of a file hold.
#[derive(Default)]
struct Chunks {
    /// The chunks that make the pixels, as a PNG of their own.
    pixels: Vec<u8>,
    /// The whole iCCP chunk.
    icc: Option<Vec<u8>>,
    exif: Option<Vec<u8>>,
    animated: bool,
    trailing: bool,
}

/// Walks the chunks from the signature to IEND.
fn chunks(bytes: &[u8]) -> Result<Chunks> {
    let mut found = Chunks { pixels: bytes[..SIGNATURE].to_vec(), ..Chunks::default() };
    let mut at = SIGNATURE;
    let mut has_data = false;
    loop {
        let cut = || bad(format!("the file ends inside the chunk at byte {at}, before the end of the picture"));
        let length = be32(bytes, at).ok_or_else(cut)? as usize;
        let end = at.checked_add(length).and_then(|end| end.checked_add(12)).ok_or_else(cut)?;
        let chunk = bytes.get(at..end).ok_or_else(cut)?;
        let (kind, body) = (&chunk[4..8], &chunk[8..8 + length]);
        let critical = kind[0].is_ascii_uppercase();
        // The decoder checks the sums of the chunks that it reads.
        if !critical && Some(crc(&chunk[4..8 + length])) != be32(chunk, 8 + length) {
            return Err(bad(format!("the chunk at byte {at} fails its check sum")));
        }
        match kind {
            b"IHDR" | b"PLTE" | b"IDAT" | b"tRNS" => found.pixels.extend_from_slice(chunk),
            b"IEND" => {
                if !has_data {
                    return Err(bad("the file holds no picture data"));
                }
                found.pixels.extend_from_slice(chunk);
                found.trailing = bytes[end..].iter().any(|&b| b != 0);
                return Ok(found);
            }
            b"iCCP" if found.icc.is_none() => found.icc = Some(chunk.to_vec()),
            b"eXIf" if found.exif.is_none() => found.exif = Some(body.to_vec()),
            b"acTL" => found.animated = true,
            b"cICP" => check_code_points(body)?,
            _ if critical => return Err(bad(format!("the chunk at byte {at} is of no known kind"))),
            _ => {}
        }
        has_data |= kind == b"IDAT";
        at = end;
    }
}

/// Refuses a picture whose code points name another space than sRGB: it would be read too dark or too pale.
fn check_code_points(body: &[u8]) -> Result<()> {
    match body {
        // Primaries of BT.709 with the transfer of sRGB, or of BT.709, which stands for it in practice.
        [1, 1 | 6 | 13 | 14 | 15, 0, 1] => Ok(()),
        _ => Err(Error::decode(
            "unsupported_color",
            format!(
                "the PNG says color by the code points {body:?}; allowed are those of sRGB: export the photo in sRGB"
            ),
        )),
    }
}

/// Decodes a whole PNG.
pub(super) fn decode(bytes: &[u8], header: &Header) -> Result<Samples> {
    let chunks = chunks(bytes)?;
    let mut options = DecodeOptions::default();
    options.set_ignore_adler32(false);
    let mut decoder = Decoder::new_with_options(Cursor::new(&chunks.pixels), options);
    decoder.set_limits(Limits { bytes: usize::MAX });
    // Palettes, transparent colors and fewer than 8 bits become whole channels.
    decoder.set_transformations(Transformations::EXPAND);
    let stop = |e| stopped(Format::Png, e);
    let mut reader = decoder.read_info().map_err(stop)?;
    let size = reader.output_buffer_size().ok_or_else(|| bad("the picture does not fit into memory"))?;
    let mut buffer = vec![0; size];
    let frame = reader.next_frame(&mut buffer).map_err(stop)?;
    reader.finish().map_err(stop)?;
    buffer.truncate(frame.buffer_size());
    let layout = match frame.color_type {
        ColorType::Grayscale => Layout::Gray,
        ColorType::GrayscaleAlpha => Layout::GrayAlpha,
        ColorType::Rgb => Layout::Rgb,
        ColorType::Rgba => Layout::Rgba,
        ColorType::Indexed => return Err(bad("the palette is missing")),
    };
    let codes = match frame.bit_depth {
        BitDepth::Sixteen => Codes::U16(buffer.as_chunks::<2>().0.iter().map(|b| u16::from_be_bytes(*b)).collect()),
        _ => Codes::U8(buffer),
    };
    let mut notes = Vec::new();
    if chunks.animated {
        notes.push(Note::FirstFrameOnly);
    }
    if chunks.trailing {
        notes.push(Note::TrailingBytes);
    }
    let icc = chunks.icc.and_then(|chunk| {
        let profile = inflate_profile(&chunk);
        if profile.is_none() {
            notes.push(Note::ProfileInvalid);
        }
        profile
    });
    Ok(Samples {
        width: frame.width as usize,
        height: frame.height as usize,
        layout,
        codes,
        bits: header.bits,
        icc,
        exif: chunks.exif,
        jpeg_quality: None,
        notes,
    })
}

/// Inflates the profile of an iCCP chunk; `None` when it is damaged or too large.
///
/// The chunk travels in a PNG of one pixel, since the limit of the decoder counts for everything it inflates.
fn inflate_profile(chunk: &[u8]) -> Option<Vec<u8>> {
    const BEFORE: [u8; 33] = *b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55";
    let carrier = [&BEFORE[..], chunk, b"\0\0\0\0IDAT"].concat();
    let decoder = Decoder::new_with_limits(Cursor::new(carrier), Limits { bytes: MAX_PROFILE });
    let reader = decoder.read_info().ok()?;
    reader.info().icc_profile.as_ref().map(|profile| profile.to_vec())
}

/// The check sum of a chunk: CRC-32 of ISO 3309.
fn crc(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut i = 0;
        while i < 256 {
            let (mut c, mut bit) = (i as u32, 0);
            while bit < 8 {
                c = if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 };
                bit += 1;
            }
            table[i] = c;
            i += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |c: u32, &b| TABLE[((c ^ u32::from(b)) & 0xff) as usize] ^ (c >> 8))
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, Rgb};

    use super::*;
    use crate::photo::testing::{encoded, exif_block, picture, png_of};
    use crate::photo::{Limits as PhotoLimits, Photo};

    fn photo(bytes: &[u8]) -> Result<Photo> {
        Photo::from_bytes(bytes, &PhotoLimits::default())
    }

    /// The file with a chunk put behind its IHDR.
    fn with_chunk(bytes: &[u8], kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let typed = [kind, body].concat();
        let chunk = [&(body.len() as u32).to_be_bytes()[..], &typed, &crc(&typed).to_be_bytes()].concat();
        [&bytes[..33], &chunk, &bytes[33..]].concat()
    }

    #[test]
    fn every_cut_is_refused() {
        let bytes = png_of(&picture(50, 40));
        for percent in (5..100).step_by(5) {
            assert_eq!(photo(&bytes[..bytes.len() * percent / 100]).unwrap_err().code(), "png_damaged", "{percent} %");
        }
        assert!(photo(&bytes[..bytes.len() - 1]).is_err());
        assert!(photo(&bytes[..bytes.len() - 12]).is_err(), "without IEND");
    }

    #[test]
    fn every_flipped_bit_of_the_picture_is_found() {
        let bytes = png_of(&picture(20, 10));
        for at in (16..bytes.len()).step_by(7) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x10;
            assert!(photo(&flipped).is_err(), "byte {at}");
        }
    }

    #[test]
    fn sixteen_bits_keep_their_precision() {
        let fine: ImageBuffer<Luma<u16>, _> = ImageBuffer::from_fn(64, 2, |x, _| Luma([20_000 + x as u16]));
        let decoded = photo(&encoded(&DynamicImage::ImageLuma16(fine), ImageFormat::Png)).unwrap();
        assert_eq!(decoded.info.bits, 16);
        assert!(decoded.info.gray && decoded.rgb[0].row(0).is_sorted_by(|a, b| a < b));
        // A picture of 8 bits, written at 16, is the same picture.
        let narrow = picture(30, 20);
        let wide = ImageBuffer::from_fn(30, 20, |x, y| Rgb(narrow.get_pixel(x, y).0.map(|v| u16::from(v) * 257)));
        let wide = photo(&encoded(&DynamicImage::ImageRgb16(wide), ImageFormat::Png)).unwrap();
        assert_eq!(wide.rgb, photo(&png_of(&narrow)).unwrap().rgb);
    }

    #[test]
    fn exif_of_a_png_turns_it() {
        let bytes = png_of(&picture(30, 20));
        let turned = photo(&with_chunk(&bytes, b"eXIf", &exif_block(6, &[(0x010f, "Maker\0")]))).unwrap();
        assert_eq!((turned.width(), turned.height()), (20, 30));
        assert_eq!(turned.info.camera.as_deref(), Some("Maker"));
        assert_eq!(turned.rgb[0].at(19, 0), photo(&bytes).unwrap().rgb[0].at(0, 0));
        let broken = photo(&with_chunk(&bytes, b"eXIf", b"nonsense")).unwrap();
        assert_eq!(broken.info.notes, [Note::ExifInvalid]);
    }

    #[test]
    fn an_animation_and_appended_bytes_are_noted() {
        let bytes = png_of(&picture(30, 20));
        let animated = with_chunk(&bytes, b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
        assert_eq!(photo(&animated).unwrap().info.notes, [Note::FirstFrameOnly]);
        let longer = [&bytes[..], b"more"].concat();
        assert_eq!(photo(&longer).unwrap().info.notes, [Note::TrailingBytes]);
    }

    #[test]
    fn code_points_of_another_space_are_refused() {
        let bytes = png_of(&picture(30, 20));
        assert!(photo(&with_chunk(&bytes, b"cICP", &[1, 13, 0, 1])).is_ok());
        assert_eq!(photo(&with_chunk(&bytes, b"cICP", &[9, 16, 0, 1])).unwrap_err().code(), "unsupported_color");
    }

    #[test]
    fn a_profile_cannot_inflate_beyond_its_bounds() {
        // Stored deflate blocks make a profile of any size; this one inflates to a little more than the bound.
        let profile = |size: usize| {
            let mut body = b"bomb\0\0\x78\x01".to_vec();
            let zeros = vec![0_u8; size];
            let mut blocks = zeros.chunks(65_535).peekable();
            while let Some(block) = blocks.next() {
                body.push(u8::from(blocks.peek().is_none()));
                body.extend_from_slice(&(block.len() as u16).to_le_bytes());
                body.extend_from_slice(&(!(block.len() as u16)).to_le_bytes());
                body.extend_from_slice(block);
            }
            let sum = (size % 65_521) as u32;
            body.extend_from_slice(&(sum << 16 | 1).to_be_bytes());
            let typed = [&b"iCCP"[..], &body].concat();
            [&(body.len() as u32).to_be_bytes()[..], &typed, &crc(&typed).to_be_bytes()].concat()
        };
        assert_eq!(inflate_profile(&profile(1000)).map(|p| p.len()), Some(1000));
        assert_eq!(inflate_profile(&profile(MAX_PROFILE + 1)), None);
        assert_eq!(inflate_profile(b"\0\0\0\x04iCCPabcd\0\0\0\0"), None);
    }

    #[test]
    fn a_huge_header_is_refused() {
        let mut bytes = png_of(&picture(30, 20));
        bytes[16..24].copy_from_slice(&[0x77, 0x35, 0x94, 0, 0x77, 0x35, 0x94, 0]);
        assert_eq!(photo(&bytes).unwrap_err().code(), "too_large");
        bytes[16..20].fill(0);
        assert_eq!(photo(&bytes).unwrap_err().code(), "png_damaged");
    }
}
