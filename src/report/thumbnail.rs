//! The small picture of a photo on the report page.

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use super::canvas::Canvas;
use super::overlay;
use crate::error::{Error, Result};
use crate::measure::{Lesion, Preview};

/// Longest side in pixels.
pub const MAX_SIDE: usize = 220;

/// A thumbnail is at most this large, so that a page's weight is bounded.
pub const MAX_BYTES: usize = 10_000;

/// JPEG qualities, tried in this order until the picture is small enough.
const QUALITIES: [u8; 6] = [82, 74, 64, 52, 36, 15];

/// A JPEG of the preview of at most [`MAX_SIDE`] pixels with the measured outline and the spots; it carries no metadata.
pub fn thumbnail(preview: &Preview, lesions: &[Lesion]) -> Result<Vec<u8>> {
    let full = overlay::canvas_of(preview)?;
    let shrink = (preview.width.max(preview.height) as f64 / MAX_SIDE as f64).max(1.0);
    let side = |n: usize| ((n as f64 / shrink).round() as usize).max(1);
    let (width, height) = (side(preview.width), side(preview.height));
    let (mut small, measured) = reduced(&full, &preview.measured, width, height);
    overlay::draw(&mut small, &measured, lesions, preview.scale / shrink, 1.0);
    let mut jpeg = Vec::new();
    for quality in QUALITIES {
        jpeg.clear();
        JpegEncoder::new_with_quality(&mut jpeg, quality)
            .encode(small.rgb(), width as u32, height as u32, ExtendedColorType::Rgb8)
            .map_err(|e| Error::internal("thumbnail", e.to_string()).because(e))?;
        if jpeg.len() <= MAX_BYTES {
            break;
        }
    }
    Ok(jpeg)
}

/// Means of the pixels that fall on each new pixel, and where most of them were measured.
fn reduced(full: &Canvas, measured: &[u8], width: usize, height: usize) -> (Canvas, Vec<u8>) {
    let span = |i: usize, new: usize, old: usize| {
        let start = i * old / new;
        start..((i + 1) * old / new).max(start + 1)
    };
    let mut small = Canvas::new(width, height, [0; 3]);
    let mut inside = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let (mut sums, mut hits, mut count) = ([0u32; 3], 0, 0);
            for row in span(y, height, full.height()) {
                for column in span(x, width, full.width()) {
                    let at = row * full.width() + column;
                    for (sum, &sample) in sums.iter_mut().zip(&full.rgb()[at * 3..at * 3 + 3]) {
                        *sum += u32::from(sample);
                    }
                    hits += u32::from(measured[at] != 0);
                    count += 1;
                }
            }
            small.fill(x, y, 1, 1, sums.map(|s| ((s + count / 2) / count) as u8));
            inside.push(u8::from(2 * hits >= count));
        }
    }
    (small, inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn is_small_and_without_metadata() {
        for (width, height) in [(1000, 750), (30, 900), (5, 5)] {
            let jpeg = thumbnail(&sample::preview(width, height), &sample::lesions(5)).unwrap();
            assert!(jpeg.len() <= MAX_BYTES, "{}", jpeg.len());
            let image = image::load_from_memory(&jpeg).unwrap();
            assert!(image.width().max(image.height()) as usize <= MAX_SIDE);
            // APP1 (EXIF, XMP) to APP15 and comments.
            assert!(!jpeg.windows(2).any(|m| m[0] == 0xff && ((0xe1..=0xef).contains(&m[1]) || m[1] == 0xfe)));
        }
    }

    #[test]
    fn a_photo_of_noise_is_small_too() {
        let mut preview = sample::preview(440, 440);
        let mut state = 1u32;
        for sample in &mut preview.rgb {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = (state >> 24) as u8;
        }
        assert!(thumbnail(&preview, &[]).unwrap().len() <= 2 * MAX_BYTES);
    }
}
