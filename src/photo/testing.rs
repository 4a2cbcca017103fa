//! Pictures and files that the tests of this folder make.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, Rgb, RgbImage};

/// A picture with gradients, texture and color.
pub(super) fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let texture = (x * 7919 + y * 104_729 + x * y * 31) % 23;
        let wave = |scale: f64| ((f64::from(x) * scale).sin() * 40.0 + 40.0) as u32;
        Rgb([(150 + wave(0.3) + texture).min(255) as u8, (90 + y % 60 + texture) as u8, (60 + x % 50 + texture) as u8])
    })
}

/// The picture in `format`, without loss but for JPEG.
pub(super) fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The picture as a PNG.
pub(super) fn png_of(picture: &RgbImage) -> Vec<u8> {
    encoded(&DynamicImage::from(picture.clone()), ImageFormat::Png)
}

/// The picture as a JPEG.
pub(super) fn jpeg_of(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    encoder.write_image(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8).unwrap();
    bytes
}

/// An EXIF block with an orientation and texts, which end with a zero.
pub(super) fn exif_block(orientation: u16, texts: &[(u16, &str)]) -> Vec<u8> {
    let count = texts.len() + 1;
    let mut block = b"MM\0*\0\0\0\x08".to_vec();
    block.extend_from_slice(&(count as u16).to_be_bytes());
    let mut tail = Vec::new();
    let tail_at = 8 + 2 + 12 * count + 4;
    let mut entries = vec![(0x0112_u16, [&[0, 3, 0, 0, 0, 1], &orientation.to_be_bytes()[..], &[0, 0]].concat())];
    for (tag, text) in texts {
        let place = (tail_at + tail.len()) as u32;
        entries.push((*tag, [&[0, 2], &(text.len() as u32).to_be_bytes()[..], &place.to_be_bytes()].concat()));
        tail.extend_from_slice(text.as_bytes());
    }
    entries.sort_by_key(|&(tag, _)| tag);
    for (tag, rest) in entries {
        block.extend_from_slice(&tag.to_be_bytes());
        block.extend_from_slice(&rest);
    }
    block.extend_from_slice(&[0; 4]);
    block.extend_from_slice(&tail);
    block
}
