//! JPEG: the stream is checked here, symbol by symbol; zune-jpeg makes the pixels.

mod frame;
mod huffman;
mod quality;
mod scan;
mod segment;
mod stream;

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::probe::{Header, damaged, stopped};
use super::samples::{Codes, Layout, Samples};
use super::{Format, Note};
use crate::error::Result;
use stream::Model;

/// Reads the frame header.
pub(super) fn header(bytes: &[u8]) -> Result<Header> {
    let frame = segment::frame(bytes)?;
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
        Model::Ycc => (ColorSpace::YCbCr, Layout::Rgb),
        Model::Rgb => (ColorSpace::RGB, Layout::Rgb),
        Model::Cmyk | Model::Ycck => (ColorSpace::CMYK, Layout::Cmyk),
    };
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(usize::MAX)
        .jpeg_set_out_colorspace(space);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&stream.canonical), options);
    let mut codes = decoder.decode().map_err(|e| stopped(Format::Jpeg, e))?;
    let (width, height) = (stream.frame.width, stream.frame.height);
    if codes.len() != width * height * layout.channels() {
        return Err(damaged(Format::Jpeg, "the decoder found another size than the header says"));
    }
    let codes = match stream.model {
        Model::Ycc => Codes::U16(wide_rgb_of_ycc(&codes)),
        Model::Ycck => {
            inks_from_ycck(&mut codes);
            Codes::U8(codes)
        }
        // Adobe's programs store 255 for no ink.
        Model::Cmyk if stream.inverted => Codes::U8(codes.into_iter().map(|v| 255 - v).collect()),
        Model::Gray | Model::Rgb | Model::Cmyk => Codes::U8(codes),
    };
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
        codes,
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

fn rgb_of_ycc(ycc: [u8; 3]) -> [u8; 3] {
    exact_rgb_of_ycc(ycc).map(|v| v.round().clamp(0.0, 255.0) as u8)
}

/// The 16-bit codes of 8-bit Y, Cb and Cr.
///
/// The mottle of skin is about one chroma code. Rounding 1.402 Cr to whole codes, as decoders do, makes a step of it
/// 1 or 2 codes high and so bends it by several percent up or down with the exposure; 16 bits keep it.
fn wide_rgb_of_ycc(codes: &[u8]) -> Vec<u16> {
    let mut wide = vec![0; codes.len()];
    for (to, &ycc) in wide.as_chunks_mut::<3>().0.iter_mut().zip(codes.as_chunks::<3>().0) {
        *to = exact_rgb_of_ycc(ycc).map(|v| (v * 257.0 + 0.5).clamp(0.0, 65_535.0) as u16);
    }
    wide
}

/// ITU-T T.871, section 7.
#[inline(always)]
fn exact_rgb_of_ycc([y, cb, cr]: [u8; 3]) -> [f32; 3] {
    let (luma, blue, red) = (f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0);
    [luma + 1.402 * red, luma - 0.344_136 * blue - 0.714_136 * red, luma + 1.772 * blue]
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use image::{ExtendedColorType, ImageEncoder};

    use super::*;
    use crate::photo::testing::{jpeg_of, picture};
    use crate::photo::{Limits, Photo};

    /// A picture of 40 x 24 pixels, 4:2:0, sequential with restart markers, and the same coefficients progressive.
    const SEQUENTIAL: &str = "\
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8\
        ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAAR\
        CAAYACgDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAEC/8QAHxAAAgIDAAIDAAAAAAAAAAAAAAERQSExUWFxgaHx/8QAFwEAAwEA\
        AAAAAAAAAAAAAAAAAQMEAv/EABYRAQEBAAAAAAAAAAAAAAAAAAABEf/dAAQAA//aAAwDAQACEQMRAD8AcnVGkoVK4CV7Y8w1gmVyqlGe3orW\
        JtWVYf0VIBko655BpQ9RoAM1/9DaSvpY2or2ASqY0klmPk0pTy3jLQADItL9ABkyP//Z";
    const PROGRESSIVE: &str = "\
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8\
        ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wgAR\
        CAAYACgDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAEC/8QAFwEAAwEAAAAAAAAAAAAAAAAAAQIDAP/aAAwDAQACEAMQAAABUlVV\
        zFBsUMrQMAb/xAAUEAEAAAAAAAAAAAAAAAAAAAAw/9oACAEBAAEFAn//xAAUEQEAAAAAAAAAAAAAAAAAAAAg/9oACAEDAQE/AV//xAAUEQEA\
        AAAAAAAAAAAAAAAAAAAg/9oACAECAQE/AV//xAAUEAEAAAAAAAAAAAAAAAAAAAAw/9oACAEBAAY/An//xAAUEAEAAAAAAAAAAAAAAAAAAAAw\
        /9oACAEBAAE/IX//2gAMAwEAAgADAAAAEA6Q4Q//AP/EABYRAQEBAAAAAAAAAAAAAAAAAAEAEf/aAAgBAwEBPxAYbYiL/8QAFBEBAAAAAAAA\
        AAAAAAAAAAAAIP/aAAgBAgEBPxBf/8QAHxABAAICAgIDAAAAAAAAAAAAAQARIUExUWFxgaHx/9oACAEBAAE/EOr41Ao0bqBWe98RMXs3HXXm\
        BvlnmkxDD9QIU8VxAN9yuSte4AZr5hY5XGUmj9n/2Q==";

    fn photo(bytes: &[u8]) -> Result<Photo> {
        Photo::from_bytes(bytes, &Limits::default())
    }

    fn fixture(text: &str) -> Vec<u8> {
        STANDARD.decode(text).unwrap()
    }

    /// Where the first marker `kind` stands.
    fn place(bytes: &[u8], kind: u8) -> usize {
        bytes.windows(2).position(|w| w == [0xff, kind]).unwrap()
    }

    #[test]
    fn sequential_and_progressive_give_the_same_planes() {
        let (a, b) = (photo(&fixture(SEQUENTIAL)).unwrap(), photo(&fixture(PROGRESSIVE)).unwrap());
        assert_eq!(a.rgb, b.rgb);
        assert_eq!((a.width(), a.height(), a.info.jpeg_quality), (40, 24, Some(30)));
        assert!(a.info.notes.is_empty() && !a.info.gray);
    }

    #[test]
    fn every_cut_is_refused_as_truncated() {
        for bytes in [fixture(SEQUENTIAL), fixture(PROGRESSIVE)] {
            for end in 3..bytes.len() {
                assert_eq!(photo(&bytes[..end]).unwrap_err().code(), "jpeg_truncated", "cut at {end}");
            }
        }
        let bytes = jpeg_of(&picture(160, 120), 90);
        for percent in (5..100).step_by(5) {
            let end = bytes.len() * percent / 100;
            assert_eq!(photo(&bytes[..end]).unwrap_err().code(), "jpeg_truncated", "cut at {percent} %");
            // A transfer that ends a cut file properly must not hide the cut.
            let closed = [&bytes[..end], &[0xff, 0xd9]].concat();
            assert!(photo(&closed).is_err(), "cut at {percent} % and closed");
        }
    }

    #[test]
    fn a_progressive_photo_without_its_last_scan_is_truncated() {
        let bytes = fixture(PROGRESSIVE);
        let last = bytes.windows(2).rposition(|w| w == [0xff, 0xc4]).unwrap();
        let closed = [&bytes[..last], &[0xff, 0xd9]].concat();
        assert_eq!(photo(&closed).unwrap_err().code(), "jpeg_truncated");
    }

    #[test]
    fn lost_and_doubled_bytes_are_damage() {
        let bytes = jpeg_of(&picture(160, 120), 90);
        let (start, end) = (place(&bytes, 0xda) + 14, bytes.len() - 2);
        let mut found = 0;
        for step in 1..20 {
            let at = start + (end - start) * step / 20;
            let lost = [&bytes[..at], &bytes[at + 40..]].concat();
            let doubled = [&bytes[..at], &bytes[at - 40..]].concat();
            found += u32::from(photo(&lost).is_err()) + u32::from(photo(&doubled).is_err());
        }
        // A few bytes may by chance hold as many blocks out of step as in step.
        assert!(found >= 34, "{found} of 38");
    }

    #[test]
    fn a_lost_restart_marker_is_damage() {
        let mut bytes = fixture(SEQUENTIAL);
        let at = bytes.windows(2).rposition(|w| w == [0xff, 0xd0]).unwrap();
        bytes[at + 1] = 0xd3;
        assert_eq!(photo(&bytes).unwrap_err().code(), "jpeg_damaged");
    }

    #[test]
    fn a_late_height_is_filled_in() {
        let mut bytes = fixture(SEQUENTIAL);
        let frame = place(&bytes, 0xc0);
        bytes[frame + 5..frame + 7].fill(0);
        let end = bytes.len() - 2;
        bytes.splice(end..end, [0xff, 0xdc, 0, 4, 0, 24]);
        assert_eq!(photo(&bytes).unwrap().rgb, photo(&fixture(SEQUENTIAL)).unwrap().rgb);
    }

    #[test]
    fn padding_and_appended_bytes_are_no_damage() {
        let plain = fixture(SEQUENTIAL);
        let mut padded = plain.clone();
        padded.splice(20..20, [0xff, 0xff]);
        padded.extend_from_slice(&[0; 100]);
        let decoded = photo(&padded).unwrap();
        assert_eq!(decoded.rgb, photo(&plain).unwrap().rgb);
        assert!(decoded.info.notes.is_empty());
        padded.extend_from_slice(b"appended");
        assert_eq!(photo(&padded).unwrap().info.notes, [Note::TrailingBytes]);
        // A multi-picture index announces what follows.
        padded.splice(2..2, *b"\xff\xe2\0\x08MPF\0\0\0");
        assert!(photo(&padded).unwrap().info.notes.is_empty());
    }

    #[test]
    fn kinds_that_are_not_decoded_are_named() {
        for (kind, name) in [(0xc3, "lossless"), (0xc9, "arithmetic"), (0xc5, "hierarchical")] {
            let mut bytes = fixture(SEQUENTIAL);
            let frame = place(&bytes, 0xc0);
            bytes[frame + 1] = kind;
            let error = photo(&bytes).unwrap_err();
            assert_eq!(error.code(), "unsupported_jpeg");
            assert!(error.message().contains(name), "{}", error.message());
        }
        let mut bytes = fixture(SEQUENTIAL);
        let frame = place(&bytes, 0xc0);
        bytes[frame + 4] = 12;
        assert!(photo(&bytes).unwrap_err().message().contains("12 bits"));
    }

    #[test]
    fn a_huge_frame_is_refused_before_anything_is_allocated() {
        let mut bytes = fixture(SEQUENTIAL);
        let frame = place(&bytes, 0xc0);
        bytes[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
        assert_eq!(photo(&bytes).unwrap_err().code(), "too_large");
        // Within the limit of pixels the data are still too few.
        bytes[frame + 5..frame + 9].copy_from_slice(&[0x20, 0, 0x20, 0]);
        assert!(photo(&bytes).is_err());
    }

    #[test]
    fn quality_is_estimated() {
        for quality in (50..=95).step_by(5) {
            let info = photo(&jpeg_of(&picture(64, 48), quality)).unwrap().info;
            assert_eq!(info.jpeg_quality, Some(quality));
        }
    }

    /// A gray JPEG of one plane, and its picture data.
    fn gray_jpeg(width: u32, height: u32, value: impl Fn(u32, u32) -> u8) -> (Vec<u8>, Vec<u8>) {
        let pixels: Vec<u8> = (0..width * height).map(|i| value(i % width, i / width)).collect();
        let mut bytes = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95);
        encoder.write_image(&pixels, width, height, ExtendedColorType::L8).unwrap();
        let data = bytes[place(&bytes, 0xda) + 10..bytes.len() - 2].to_vec();
        (bytes, data)
    }

    /// Three gray JPEGs as the channels of one, each in a scan of its own.
    fn in_three_scans(factors: u8) -> (Vec<u8>, [Vec<u8>; 3]) {
        let side = if factors == 0x11 { 40 } else { 20 };
        let planes = [
            gray_jpeg(40, 40, |x, y| (60 + 3 * x + y) as u8),
            gray_jpeg(side, side, |x, _| (100 + x) as u8),
            gray_jpeg(side, side, |_, y| (150 - y) as u8),
        ];
        let first = &planes[0].0;
        let frame = place(first, 0xc0);
        let mut bytes = first[..frame].to_vec();
        bytes.extend_from_slice(&[0xff, 0xc0, 0, 17, 8, 0, 40, 0, 40, 3, 1, factors, 0, 2, 0x11, 0, 3, 0x11, 0]);
        bytes.extend_from_slice(&first[frame + 13..place(first, 0xda)]);
        for (id, (_, data)) in (1..).zip(&planes) {
            bytes.extend_from_slice(&[0xff, 0xda, 0, 8, 1, id, 0, 0, 63, 0]);
            bytes.extend_from_slice(data);
        }
        bytes.extend_from_slice(&[0xff, 0xd9]);
        (bytes, planes.map(|(gray, _)| gray))
    }

    #[test]
    fn channels_in_scans_of_their_own_are_put_together() {
        let (bytes, planes) = in_three_scans(0x11);
        let Codes::U16(rgb) = decode(&bytes).unwrap().codes else { panic!() };
        let planes = planes.map(|gray| match decode(&gray).unwrap().codes {
            Codes::U8(codes) => codes,
            Codes::U16(_) => panic!(),
        });
        let ycc: Vec<u8> = (0..1600).flat_map(|i| [planes[0][i], planes[1][i], planes[2][i]]).collect();
        assert_eq!(rgb, wide_rgb_of_ycc(&ycc));
    }

    #[test]
    fn channels_of_different_sizes_in_scans_of_their_own_are_refused() {
        assert_eq!(photo(&in_three_scans(0x22).0).unwrap_err().code(), "unsupported_jpeg");
    }

    #[test]
    fn a_channel_that_never_comes_is_missed() {
        let (bytes, _) = in_three_scans(0x11);
        let last = bytes.windows(2).rposition(|w| w == [0xff, 0xda]).unwrap();
        let closed = [&bytes[..last], &[0xff, 0xd9]].concat();
        assert_eq!(photo(&closed).unwrap_err().code(), "jpeg_truncated");
    }

    #[test]
    fn inks_of_ycck_are_turned_right() {
        // No ink at all, as Adobe's programs store it: white in YCC inverted, and K inverted.
        let mut codes = vec![0, 128, 128, 255, 255, 128, 128, 0];
        inks_from_ycck(&mut codes);
        assert_eq!(codes, [0, 0, 0, 0, 255, 255, 255, 255]);
    }
}
