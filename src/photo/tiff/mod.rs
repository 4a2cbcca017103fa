//! TIFF: the directory and the extent of every strip are checked here; the `tiff` crate makes the pixels.

mod directory;
mod heights;

use std::borrow::Cow;
use std::io::Cursor;

use ::tiff::decoder::{BufferLayoutPreference, Decoder, DecodingResult, Limits};
use ::tiff::{ColorType, TiffError};

use super::bytes::Order;
use super::probe::{Header, damaged, stopped};
use super::samples::{Codes, Layout, Samples};
use super::{Format, Note, jpeg};
use crate::error::{Error, Result};
use directory::{Directory, tag};
pub(super) use heights::heights;

/// Photometric interpretations.
const BLACK_IS_ZERO: u16 = 1;
const PALETTE: u64 = 3;

/// The compression that stores a JPEG in each strip.
const JPEG: u64 = 7;

fn bad(found: impl Into<String>) -> Error {
    damaged(Format::Tiff, found)
}

fn unsupported(found: &str) -> Error {
    Error::decode(
        "unsupported_tiff",
        format!(
            "{found}; allowed are gray, palette, RGB and CMYK TIFF, plain or in a common compression: export the photo again"
        ),
    )
}

/// Reads the first directory.
pub(super) fn header(bytes: &[u8]) -> Result<Header> {
    let directory = Directory::first(bytes)?;
    let side = |tag| {
        directory
            .value(tag, 0)
            .and_then(|v| u32::try_from(v).ok())
            .ok_or_else(|| bad("the size of the picture is missing"))
    };
    let channels = if directory.one(tag::PHOTOMETRIC, 1) == PALETTE { 3 } else { directory.one(tag::SAMPLES, 1) };
    Ok(Header {
        format: Format::Tiff,
        width: side(tag::WIDTH)?,
        height: side(tag::HEIGHT)?,
        channels: u8::try_from(channels).unwrap_or(u8::MAX),
        bits: u8::try_from(directory.one(tag::BITS, 1)).unwrap_or(u8::MAX),
        progressive: false,
    })
}

/// Refuses depths that are not decoded: among them floats, which may hold NaN.
fn check_depth(directory: &Directory) -> Result<()> {
    let refuse = |found: String| {
        Err(Error::decode(
            "unsupported_depth",
            format!("{found}; allowed are whole numbers of 1, 2, 4, 8 or 16 bits: export the photo at 8 or 16 bits"),
        ))
    };
    match directory.one(tag::SAMPLE_FORMAT, 1) {
        1 | 4 => {}
        2 => return refuse("this TIFF holds signed numbers".into()),
        3 => return refuse("this TIFF holds floating-point numbers".into()),
        other => return refuse(format!("this TIFF holds numbers of kind {other}")),
    }
    let bits = directory.one(tag::BITS, 1);
    let alike = (0..directory.count(tag::BITS).min(64)).all(|i| directory.value(tag::BITS, i) == Some(bits));
    if !matches!(bits, 1 | 2 | 4 | 8 | 16) || !alike {
        return refuse(format!(
            "this TIFF has {bits} bits per channel{}",
            if alike { "" } else { " in some channels" }
        ));
    }
    Ok(())
}

/// Checks that every strip or tile lies inside the file, and is no bomb.
fn check_chunks(bytes: &[u8], directory: &Directory, header: &Header) -> Result<()> {
    let tiled = directory.count(tag::TILE_OFFSETS) > 0;
    let (offsets, sizes) =
        if tiled { (tag::TILE_OFFSETS, tag::TILE_SIZES) } else { (tag::STRIP_OFFSETS, tag::STRIP_SIZES) };
    let (columns, rows) = if tiled {
        (directory.one(tag::TILE_WIDTH, 0), directory.one(tag::TILE_HEIGHT, 0))
    } else {
        (u64::from(header.width), u64::from(header.height))
    };
    // A tile may be larger than a small picture, within reason.
    if columns > u64::from(header.width) + 4096 || rows > u64::from(header.height) + 4096 {
        return Err(bad(format!(
            "tiles of {columns} x {rows} pixels for a picture of {} x {}",
            header.width, header.height
        )));
    }
    if directory.count(offsets) == 0 {
        return Err(bad("the picture data are missing"));
    }
    for i in 0..directory.count(offsets) {
        let missing = || bad(format!("the place of strip {i} is missing"));
        let start = directory.value(offsets, i).ok_or_else(missing)?;
        let size = directory.value(sizes, i).ok_or_else(missing)?;
        let end = start.checked_add(size).filter(|&end| end <= bytes.len() as u64).ok_or_else(|| {
            bad(format!("strip {i} ends at byte {}, but the file at byte {}", start.saturating_add(size), bytes.len()))
        })?;
        if directory.one(tag::COMPRESSION, 1) == JPEG {
            check_jpeg(&bytes[start as usize..end as usize], directory.raw(tag::JPEG_TABLES), (columns, rows))?;
        }
    }
    Ok(())
}

/// Checks a JPEG inside a strip, whose tables may stand apart.
fn check_jpeg(chunk: &[u8], tables: Option<&[u8]>, (columns, rows): (u64, u64)) -> Result<()> {
    let whole = match tables {
        Some(tables) if tables.len() > 4 => {
            Cow::Owned([&tables[..tables.len() - 2], chunk.get(2..).unwrap_or_default()].concat())
        }
        _ => Cow::Borrowed(chunk),
    };
    let header = jpeg::header(&whole).map_err(|e| bad(format!("in a strip: {}", e.message())))?;
    if u64::from(header.width) > columns + 16 || u64::from(header.height) > rows + 16 {
        return Err(bad("a strip holds a larger picture than its directory says"));
    }
    jpeg::check(&whole).map_err(|e| bad(format!("in a strip: {}", e.message())))
}

/// The file with its palette read as gray, since the decoder knows no palettes.
fn without_palette<'a>(bytes: &'a [u8], directory: &Directory) -> Cow<'a, [u8]> {
    let Some((at, order)) = directory.place(tag::PHOTOMETRIC) else { return Cow::Borrowed(bytes) };
    let mut bytes = bytes.to_vec();
    if let Some(place) = bytes.get_mut(at..at + 2) {
        place.copy_from_slice(&match order {
            Order::Big => BLACK_IS_ZERO.to_be_bytes(),
            Order::Little => BLACK_IS_ZERO.to_le_bytes(),
        });
    }
    Cow::Owned(bytes)
}

fn explain(error: TiffError) -> Error {
    match error {
        TiffError::UnsupportedError(e) => unsupported(&format!("the decoder does not support this TIFF: {e}")),
        e => stopped(Format::Tiff, e),
    }
}

/// The numbers of the first page as the decoder yields them, with what it says of their order.
fn pixels(source: &[u8], header: &Header) -> Result<(ColorType, DecodingResult, BufferLayoutPreference)> {
    let mut limits = Limits::default();
    let wanted = header.pixels().saturating_mul(u64::from(header.channels.max(4)) * 2).saturating_add(1 << 20);
    limits.decoding_buffer_size = usize::try_from(wanted).unwrap_or(usize::MAX);
    limits.intermediate_buffer_size = source.len();
    limits.ifd_value_size = source.len();
    let mut decoder = Decoder::new(Cursor::new(source)).map_err(explain)?.with_limits(limits);
    let color = decoder.colortype().map_err(explain)?;
    let mut result = DecodingResult::U8(Vec::new());
    let layout = decoder.read_image_to_buffer(&mut result).map_err(explain)?;
    if result.as_buffer(0).as_bytes().len() < layout.complete_len {
        return Err(bad("the channels do not fit into memory"));
    }
    Ok((color, result, layout))
}

/// Decodes the first page of a TIFF.
pub(super) fn decode(bytes: &[u8], header: &Header) -> Result<Samples> {
    let directory = Directory::first(bytes)?;
    check_depth(&directory)?;
    check_chunks(bytes, &directory, header)?;
    let has_palette = directory.one(tag::PHOTOMETRIC, 1) == PALETTE;
    let source = if has_palette { without_palette(bytes, &directory) } else { Cow::Borrowed(bytes) };
    let (color, result, layout) = pixels(&source, header)?;
    let codes = match result {
        DecodingResult::U8(codes) => Codes::U8(interleaved(codes, &layout)),
        DecodingResult::U16(codes) => Codes::U16(interleaved(codes, &layout)),
        _ => return Err(unsupported("this TIFF holds no whole numbers of 8 or 16 bits")),
    };
    let (width, height) = (header.width as usize, header.height as usize);
    let (layout, codes) = if has_palette {
        (Layout::Rgb, Codes::U8(through_palette(codes, &directory, width, header.bits)?))
    } else {
        meaning(color, codes, &directory, width)?
    };
    let held = match &codes {
        Codes::U8(codes) => codes.len(),
        Codes::U16(codes) => codes.len(),
    };
    if held != width * height * layout.channels() {
        return Err(bad("the picture has another size than the header says"));
    }
    Ok(Samples {
        width,
        height,
        layout,
        codes,
        bits: header.bits,
        icc: directory.raw(tag::ICC).map(<[u8]>::to_vec),
        exif: None,
        jpeg_quality: None,
        notes: if directory.has_next { vec![Note::FirstFrameOnly] } else { Vec::new() },
    })
}

/// What the channels mean, and the codes at full scale.
fn meaning(color: ColorType, codes: Codes, directory: &Directory, width: usize) -> Result<(Layout, Codes)> {
    Ok(match (color, codes) {
        (ColorType::Gray(bits @ (1 | 2 | 4)), Codes::U8(packed)) => {
            let scale = 255 / ((1 << bits) - 1);
            (Layout::Gray, Codes::U8(unpacked(&packed, width, bits).map(|code| code * scale).collect()))
        }
        (ColorType::Gray(8 | 16), codes) => (Layout::Gray, codes),
        (ColorType::GrayA(8 | 16), codes) => (Layout::GrayAlpha, codes),
        (ColorType::Multiband { bit_depth: 8 | 16, num_samples: 2 }, codes)
            if matches!(directory.one(tag::EXTRA, 0), 1 | 2) =>
        {
            (Layout::GrayAlpha, codes)
        }
        (ColorType::RGB(8 | 16), codes) => (Layout::Rgb, codes),
        (ColorType::RGBA(8 | 16), codes) => (Layout::Rgba, codes),
        (ColorType::CMYK(8 | 16), codes) => (Layout::Cmyk, codes),
        (ColorType::YCbCr(8), Codes::U8(mut codes)) if directory.one(tag::COMPRESSION, 1) == JPEG => {
            jpeg::rgb_from_ycc(codes.as_chunks_mut::<3>().0);
            (Layout::Rgb, Codes::U8(codes))
        }
        (other, _) => return Err(unsupported(&format!("this TIFF holds {other:?}"))),
    })
}

/// The codes of rows that are packed to whole bytes, `bits` each.
fn unpacked(packed: &[u8], width: usize, bits: u8) -> impl Iterator<Item = u8> {
    let per_byte = usize::from(8 / bits);
    let mask = ((1_u16 << bits) - 1) as u8;
    packed.chunks_exact(width.div_ceil(per_byte)).flat_map(move |row| {
        (0..width).map(move |x| row[x / per_byte] >> (8 - bits as usize * (x % per_byte + 1)) & mask)
    })
}

/// The colors of palette indices.
fn through_palette(codes: Codes, directory: &Directory, width: usize, bits: u8) -> Result<Vec<u8>> {
    let Codes::U8(packed) = codes else { return Err(unsupported("this TIFF has a palette of 16 bits")) };
    let size = 1_usize << bits;
    if directory.count(tag::COLOR_MAP) < 3 * size {
        return Err(bad("the palette is incomplete"));
    }
    let channel = |c: usize, i: usize| {
        directory.value(tag::COLOR_MAP, c * size + i).ok_or_else(|| bad("the palette is incomplete"))
    };
    let entries: Vec<[u64; 3]> =
        (0..size).map(|i| Ok([channel(0, i)?, channel(1, i)?, channel(2, i)?])).collect::<Result<_>>()?;
    // Some programs write palettes of 8 bits where the standard has 16.
    let narrow = entries.iter().flatten().all(|&v| v < 256);
    let colors: Vec<[u8; 3]> =
        entries.iter().map(|e| e.map(|v| if narrow { v as u8 } else { (v / 257) as u8 })).collect();
    Ok(unpacked(&packed, width, bits).flat_map(|index| colors[usize::from(index)]).collect())
}

/// Planes one after the other become pixels.
fn interleaved<T: Copy>(codes: Vec<T>, layout: &BufferLayoutPreference) -> Vec<T> {
    let plane = layout.plane_stride.map_or(0, |stride| stride.get() / size_of::<T>());
    if layout.planes < 2 || plane == 0 {
        return codes;
    }
    (0..plane).flat_map(|i| (0..layout.planes).map(move |p| p * plane + i)).map(|at| codes[at]).collect()
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, ImageFormat};

    use super::*;
    use crate::photo::testing::{encoded, picture, png_of};
    use crate::photo::{Limits as PhotoLimits, Photo};

    fn photo(bytes: &[u8]) -> Result<Photo> {
        Photo::from_bytes(bytes, &PhotoLimits::default())
    }

    /// A TIFF of short values: its entries, then its data.
    fn tiff(entries: &[(u16, u16)], data: &[u8]) -> Vec<u8> {
        let mut bytes = b"MM\0*\0\0\0\x08".to_vec();
        let count = entries.len() + 1;
        bytes.extend_from_slice(&(count as u16).to_be_bytes());
        let place = (8 + 2 + 12 * count + 4) as u16;
        let mut entries = entries.to_vec();
        entries.push((tag::STRIP_OFFSETS, place));
        entries.sort_unstable();
        for (tag, value) in entries {
            bytes.extend_from_slice(&tag.to_be_bytes());
            bytes.extend_from_slice(&[0, 3, 0, 0, 0, 1]);
            bytes.extend_from_slice(&value.to_be_bytes());
            bytes.extend_from_slice(&[0, 0]);
        }
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(data);
        bytes
    }

    fn gray(bits: u16, width: u16, height: u16, data: &[u8], more: &[(u16, u16)]) -> Vec<u8> {
        let size = data.len() as u16;
        let mut entries = vec![
            (tag::WIDTH, width),
            (tag::HEIGHT, height),
            (tag::BITS, bits),
            (tag::COMPRESSION, 1),
            (tag::PHOTOMETRIC, BLACK_IS_ZERO),
            (tag::STRIP_SIZES, size),
        ];
        entries.extend_from_slice(more);
        tiff(&entries, data)
    }

    #[test]
    fn a_tiff_is_equal_and_cuts_are_refused() {
        let picture = picture(50, 40);
        let bytes = encoded(&DynamicImage::from(picture.clone()), ImageFormat::Tiff);
        assert_eq!(photo(&bytes).unwrap().rgb, photo(&png_of(&picture)).unwrap().rgb);
        for percent in (5..100).step_by(5) {
            let cut = photo(&bytes[..bytes.len() * percent / 100]).unwrap_err();
            assert_eq!(cut.code(), "tiff_damaged", "{percent} %");
        }
    }

    #[test]
    fn orientation_is_applied_once() {
        let upright = photo(&gray(8, 3, 2, &[10, 20, 30, 40, 50, 60], &[])).unwrap();
        let turned = photo(&gray(8, 2, 3, &[30, 60, 20, 50, 10, 40], &[(0x0112, 6)])).unwrap();
        assert_eq!(turned.rgb, upright.rgb);
        assert!(turned.info.gray && turned.info.notes.is_empty());
    }

    #[test]
    fn few_bits_are_spread_over_the_full_scale() {
        let narrow = photo(&gray(4, 3, 2, &[0x0f, 0x80, 0x12, 0x30], &[])).unwrap();
        let wide = photo(&gray(8, 3, 2, &[0, 255, 136, 17, 34, 51], &[])).unwrap();
        assert_eq!(narrow.rgb, wide.rgb);
        assert_eq!(narrow.info.bits, 4);
        assert_eq!(photo(&gray(1, 3, 1, &[0b0100_0000], &[])).unwrap().rgb[0].data(), [0.0, 1.0, 0.0]);
    }

    #[test]
    fn floats_and_odd_depths_are_refused() {
        assert_eq!(
            photo(&gray(32, 1, 1, &[0; 4], &[(tag::SAMPLE_FORMAT, 3)])).unwrap_err().code(),
            "unsupported_depth"
        );
        assert_eq!(
            photo(&gray(16, 1, 1, &[0; 2], &[(tag::SAMPLE_FORMAT, 2)])).unwrap_err().code(),
            "unsupported_depth"
        );
        assert_eq!(photo(&gray(12, 2, 1, &[0; 3], &[])).unwrap_err().code(), "unsupported_depth");
    }

    #[test]
    fn inks_without_a_profile_are_refused() {
        let mut bytes = gray(8, 1, 1, &[0; 4], &[(tag::SAMPLES, 4)]);
        let at = bytes.windows(2).position(|w| w == tag::PHOTOMETRIC.to_be_bytes()).unwrap();
        bytes[at + 9] = 5;
        assert_eq!(photo(&bytes).unwrap_err().code(), "cmyk_without_profile");
    }

    #[test]
    fn strips_beyond_the_end_are_refused() {
        let bytes = gray(8, 3, 2, &[0; 6], &[]);
        assert!(photo(&bytes).is_ok());
        assert!(photo(&bytes[..bytes.len() - 1]).unwrap_err().message().contains("strip 0"));
        // A strip that is whole and too short.
        assert_eq!(photo(&gray(8, 3, 2, &[0; 5], &[])).unwrap_err().code(), "tiff_damaged");
    }
}
