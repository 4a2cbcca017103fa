//! An operator's mask, drawn in any program and saved in any format.

use super::linear::Code;
use super::open::{guarded, load};
use super::probe::Limits;
use super::samples::{Codes, Layout, Samples};
use crate::base::{Mask, Plane};
use crate::error::{Error, Result};

/// Reads a mask image: a pixel is inside where its largest color channel is at least half of the largest value in the
/// image, so masks of 0 and 1, of 0 and 255, of 16 bits and in color all work. Black and transparent pixels are outside.
///
/// # Errors
/// As for a photo; `unsupported_mask` for a mask in printing inks.
pub fn mask_from_bytes(bytes: &[u8], limits: &Limits) -> Result<Mask> {
    guarded(|| {
        let (samples, facts) = load(bytes, limits)?;
        if samples.layout == Layout::Cmyk {
            return Err(Error::decode(
                "unsupported_mask",
                "this mask is in printing inks (CMYK); allowed are RGB and gray images: export the mask again",
            ));
        }
        let inside = match &samples.codes {
            Codes::U8(codes) => inside(codes, &samples),
            Codes::U16(codes) => inside(codes, &samples),
        };
        let mask = Mask::from_plane(Plane::from_vec(samples.width, samples.height, inside));
        Ok(facts.orientation.apply_to_mask(mask))
    })
}

fn inside<C: Code>(codes: &[C], samples: &Samples) -> Vec<u8> {
    let (channels, colors) = (samples.layout.channels(), samples.layout.colors());
    let values = || {
        codes.chunks_exact(channels).map(|pixel| {
            let visible = pixel[colors..].iter().all(|&alpha| alpha.into() > 0);
            if visible { pixel[..colors].iter().max().map_or(0, |&v| v.into()) } else { 0 }
        })
    };
    let top = values().max().unwrap_or(0);
    values().map(|v| u8::from(v > 0 && 2 * v >= top)).collect()
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GrayImage, ImageBuffer, ImageFormat, Luma, Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;
    use crate::photo::testing::encoded;

    fn mask(picture: impl Into<DynamicImage>) -> Mask {
        mask_from_bytes(&encoded(&picture.into(), ImageFormat::Png), &Limits::default()).unwrap()
    }

    #[test]
    fn every_way_to_draw_a_mask_works() {
        let inside = |x: u32| x >= 4;
        let expected = Mask::from_fn(8, 5, |x, _| x >= 4);
        for top in [1, 255] {
            assert_eq!(mask(GrayImage::from_fn(8, 5, |x, _| Luma([if inside(x) { top } else { 0 }]))), expected);
        }
        let fine: ImageBuffer<Luma<u16>, _> =
            ImageBuffer::from_fn(8, 5, |x, _| Luma([if inside(x) { 40_000 } else { 19_999 }]));
        assert_eq!(mask(DynamicImage::ImageLuma16(fine)), expected);
        assert_eq!(mask(RgbImage::from_fn(8, 5, |x, _| Rgb([0, if inside(x) { 200 } else { 0 }, 0]))), expected);
        assert_eq!(mask(RgbaImage::from_fn(8, 5, |x, _| Rgba([255, 255, 255, u8::from(inside(x))]))), expected);
    }

    #[test]
    fn a_black_image_is_an_empty_mask() {
        assert_eq!(mask(GrayImage::new(8, 5)), Mask::empty(8, 5));
        assert_eq!(mask(GrayImage::from_pixel(8, 5, Luma([7]))), Mask::full(8, 5));
    }
}
