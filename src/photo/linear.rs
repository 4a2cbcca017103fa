//! From stored codes to upright planes of linear light.

use super::exif::Facts;
use super::icc::{Conversion, linear_of_codes16};
use super::orient::Orientation;
use super::samples::{Codes, Layout, Samples};
use super::{Info, Note, Photo};
use crate::base::{Mask, Plane};
use crate::color::srgb::linear_of_codes8;
use crate::error::{Error, Result};

/// Pixels that go through the tables of a profile at a time.
const CHUNK: usize = 4096;

/// A code of a channel.
pub(super) trait Code: Copy + Default + Ord + Into<u32> {
    /// The code of full scale.
    const TOP: Self;
    /// Bits of a code.
    const BITS: u32;
    /// The step of one 8-bit code.
    const STEP: u32;
    /// The code at 16 bits.
    fn wide(self) -> u16;
    /// The linear values of all codes in sRGB.
    fn srgb() -> &'static [f32];
}

impl Code for u8 {
    const TOP: Self = Self::MAX;
    const BITS: u32 = 8;
    const STEP: u32 = 1;
    fn wide(self) -> u16 {
        u16::from(self) * 257
    }
    fn srgb() -> &'static [f32] {
        linear_of_codes8()
    }
}

impl Code for u16 {
    const TOP: Self = Self::MAX;
    const BITS: u32 = 16;
    const STEP: u32 = 257;
    fn wide(self) -> u16 {
        self
    }
    fn srgb() -> &'static [f32] {
        linear_of_codes16()
    }
}

/// The photo of decoded samples.
pub(super) fn photo(samples: Samples, facts: Facts) -> Result<Photo> {
    let mut notes = samples.notes;
    let conversion = match &samples.icc {
        None => Conversion::Srgb,
        Some(profile) => Conversion::of_profile(profile, samples.layout).unwrap_or_else(|| {
            notes.push(Note::ProfileInvalid);
            Conversion::Srgb
        }),
    };
    if samples.layout == Layout::Cmyk && !matches!(conversion, Conversion::Tables(_)) {
        return Err(Error::decode(
            "cmyk_without_profile",
            "this photo is in printing inks (CMYK) without a usable ICC profile; allowed are RGB and gray photos, and \
             CMYK with its profile: export the photo in sRGB",
        ));
    }
    let (width, height) = facts.orientation.size(samples.width, samples.height);
    let turn = (facts.orientation, samples.width);
    let (gray, planes, opaque) = match &samples.codes {
        Codes::U8(codes) => by_layout(codes, samples.layout, &conversion, turn),
        Codes::U16(codes) => by_layout(codes, samples.layout, &conversion, turn),
    };
    let plane = |data| Plane::from_vec(width, height, data);
    let rgb = match planes {
        Planes::Gray(data) => {
            let plane = plane(data);
            [plane.clone(), plane.clone(), plane]
        }
        Planes::Color(planes) => planes.map(plane),
    };
    let opaque = opaque.map(|data| Mask::from_plane(Plane::from_vec(width, height, data)));
    if facts.invalid {
        notes.push(Note::ExifInvalid);
    }
    notes.sort_unstable();
    notes.dedup();
    let info = Info {
        gray,
        bits: samples.bits,
        captured_at: facts.captured_at,
        camera: facts.camera,
        flash: facts.flash,
        mm_per_px: None,
        jpeg_quality: samples.jpeg_quality,
        notes,
    };
    Ok(Photo { rgb, opaque, info })
}

enum Planes {
    Gray(Vec<f32>),
    Color([Vec<f32>; 3]),
}

/// Whether the photo is gray, its planes, and its opaque pixels where not all are.
type Developed = (bool, Planes, Option<Vec<u8>>);

fn by_layout<C: Code>(codes: &[C], layout: Layout, conversion: &Conversion, turn: (Orientation, usize)) -> Developed {
    match layout {
        Layout::Gray => develop::<C, 1>(codes, layout, conversion, turn),
        Layout::GrayAlpha => develop::<C, 2>(codes, layout, conversion, turn),
        Layout::Rgb => develop::<C, 3>(codes, layout, conversion, turn),
        Layout::Rgba | Layout::Cmyk => develop::<C, 4>(codes, layout, conversion, turn),
    }
}

/// Converts codes of `N` channels. They are turned first: codes are smaller than planes.
fn develop<C: Code, const N: usize>(
    codes: &[C],
    layout: Layout,
    conversion: &Conversion,
    (orientation, width): (Orientation, usize),
) -> Developed
where
    [C; N]: Default,
{
    let pixels = orientation.apply(codes.as_chunks::<N>().0, width);
    let pixels = &pixels[..];
    let gray = is_gray(pixels, layout);
    let planes = match layout {
        Layout::Gray | Layout::GrayAlpha => Planes::Gray(gray_plane(pixels, conversion)),
        Layout::Rgb | Layout::Rgba => match color_planes(pixels, conversion) {
            [_, green, _] if gray => Planes::Gray(green),
            planes => Planes::Color(planes),
        },
        Layout::Cmyk => Planes::Color(through_tables(pixels.iter().map(|p| p.map(Code::wide)), conversion)),
    };
    (gray, planes, opaque(pixels, layout))
}

/// The opaque pixels; `None` when all are.
fn opaque<C: Code, const N: usize>(pixels: &[[C; N]], layout: Layout) -> Option<Vec<u8>> {
    if !matches!(layout, Layout::GrayAlpha | Layout::Rgba) {
        return None;
    }
    let whole = |pixel: &[C; N]| pixel[N - 1] == C::TOP;
    (!pixels.iter().all(whole)).then(|| pixels.iter().map(|pixel| u8::from(whole(pixel))).collect())
}

/// True when the color channels of every pixel agree within one 8-bit code.
fn is_gray<C: Code, const N: usize>(pixels: &[[C; N]], layout: Layout) -> bool {
    let near = |pixel: &[C; N]| {
        let [r, g, b] = [pixel[0], pixel[1], pixel[2]];
        r.max(g).max(b).into() - r.min(g).min(b).into() <= C::STEP
    };
    match layout {
        Layout::Gray | Layout::GrayAlpha => true,
        Layout::Rgb | Layout::Rgba => pixels.iter().all(near),
        Layout::Cmyk => false,
    }
}

fn gray_plane<C: Code, const N: usize>(pixels: &[[C; N]], conversion: &Conversion) -> Vec<f32> {
    let own;
    let table = match conversion {
        Conversion::Gray(curve) => {
            own = curve.table(C::BITS);
            &own
        }
        _ => C::srgb(),
    };
    pixels.iter().map(|pixel| table[pixel[0].into() as usize]).collect()
}

fn color_planes<C: Code, const N: usize>(pixels: &[[C; N]], conversion: &Conversion) -> [Vec<f32>; 3] {
    match conversion {
        Conversion::Matrix(curves, matrix) => {
            let tables = curves.each_ref().map(|curve| curve.table(C::BITS));
            let mut planes: [Vec<f32>; 3] = std::array::from_fn(|_| vec![0.0; pixels.len()]);
            let [red, green, blue] = &mut planes;
            for (((pixel, to_red), to_green), to_blue) in pixels.iter().zip(red).zip(green).zip(blue) {
                let [r, g, b] = std::array::from_fn(|i| tables[i][pixel[i].into() as usize]);
                let mixed = |row: &[f32; 3]| (row[0] * r + row[1] * g + row[2] * b).clamp(0.0, 1.0);
                (*to_red, *to_green, *to_blue) = (mixed(&matrix[0]), mixed(&matrix[1]), mixed(&matrix[2]));
            }
            planes
        }
        Conversion::Tables(_) => {
            through_tables(pixels.iter().map(|p| [p[0].wide(), p[1].wide(), p[2].wide()]), conversion)
        }
        _ => {
            let table = C::srgb();
            std::array::from_fn(|i| pixels.iter().map(|pixel| table[pixel[i].into() as usize]).collect())
        }
    }
}

/// Sends pixels through the tables of a profile.
fn through_tables<const N: usize>(
    pixels: impl ExactSizeIterator<Item = [u16; N]>,
    conversion: &Conversion,
) -> [Vec<f32>; 3] {
    let table = linear_of_codes16();
    let mut planes = [const { Vec::new() }; 3];
    planes.iter_mut().for_each(|plane: &mut Vec<f32>| plane.reserve_exact(pixels.len()));
    let mut source: Vec<u16> = Vec::with_capacity(CHUNK * N);
    let mut target = vec![0; CHUNK * 3];
    let mut flush = |source: &mut Vec<u16>| {
        let target = &mut target[..source.len() / N * 3];
        if let Conversion::Tables(transform) = conversion
            && transform.transform(source, target).is_ok()
        {
            for pixel in target.as_chunks::<3>().0 {
                for (plane, code) in planes.iter_mut().zip(pixel) {
                    plane.push(table[usize::from(*code)]);
                }
            }
        }
        source.clear();
    };
    for pixel in pixels {
        source.extend_from_slice(&pixel);
        if source.len() == CHUNK * N {
            flush(&mut source);
        }
    }
    flush(&mut source);
    planes
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

    use super::*;
    use crate::photo::Limits;
    use crate::photo::testing::{encoded, picture, png_of};

    fn photo(bytes: &[u8]) -> Photo {
        Photo::from_bytes(bytes, &Limits::default()).unwrap()
    }

    #[test]
    fn planes_are_linear_codes() {
        let picture = picture(20, 10);
        let decoded = photo(&png_of(&picture));
        for (c, plane) in decoded.rgb.iter().enumerate() {
            for (value, pixel) in plane.data().iter().zip(picture.pixels()) {
                assert_eq!(*value, linear_of_codes8()[usize::from(pixel.0[c])]);
            }
        }
        assert!(decoded.opaque.is_none() && !decoded.info.gray && decoded.info.bits == 8);
    }

    #[test]
    fn gray_is_found_within_one_code() {
        let near = RgbImage::from_fn(9, 9, |x, y| Rgb([(9 * x + y) as u8, (9 * x + y) as u8 + 1, (9 * x + y) as u8]));
        let decoded = photo(&png_of(&near));
        assert!(decoded.info.gray);
        assert_eq!(decoded.rgb[0], decoded.rgb[2]);
        let luma = DynamicImage::from(near.clone()).into_luma8();
        assert!(photo(&encoded(&DynamicImage::from(luma), ImageFormat::Png)).info.gray);
        let mut tinted = near;
        tinted.put_pixel(4, 4, Rgb([10, 12, 10]));
        assert!(!photo(&png_of(&tinted)).info.gray);
    }

    #[test]
    fn only_opaque_pixels_count() {
        let picture = DynamicImage::from(picture(20, 10));
        let plain = photo(&encoded(&picture, ImageFormat::Png));
        let mut rgba = picture.into_rgba8();
        let opaque = photo(&encoded(&DynamicImage::from(rgba.clone()), ImageFormat::Png));
        assert_eq!(opaque.rgb, plain.rgb);
        assert!(opaque.opaque.is_none());
        rgba.get_pixel_mut(3, 2).0[3] = 254;
        let holed = photo(&encoded(&DynamicImage::from(rgba), ImageFormat::Png));
        assert_eq!(holed.rgb, plain.rgb);
        let mask = holed.opaque.unwrap();
        assert_eq!((mask.count(), mask.plane().at(3, 2)), (199, 0));
    }
}
