//! From the codes of an ICC profile to linear light with sRGB primaries.
//!
//! Relative colorimetric: the white of the profile becomes the white of sRGB. Profiles of curves and a matrix, which is
//! what cameras and editors embed, are evaluated here in plain arithmetic, so the result is the same on every
//! processor. Only profiles of tables (scanners, printing inks) go through moxcms. A profile that agrees with sRGB
//! within half an 8-bit code is sRGB, and a photo with it gives the same bits as a photo without a profile.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use moxcms::{
    ColorProfile, DataColorSpace, ProfileClass, RenderingIntent, ToneReprCurve, TransformExecutor, TransformOptions,
};

use super::samples::Layout;
use crate::color::srgb::{linear_from_srgb, srgb_from_linear};

/// XYZ under D50 to linear sRGB: the sRGB primaries, adapted from D65 by Bradford's method.
const SRGB_FROM_XYZ: [[f64; 3]; 3] = [
    [3.133_856_1, -1.616_866_7, -0.490_614_6],
    [-0.978_768_4, 1.916_141_5, 0.033_454_0],
    [0.071_945_3, -0.228_991_4, 1.405_242_7],
];

/// How codes become linear light.
pub(super) enum Conversion {
    /// By the sRGB transfer function.
    Srgb,
    /// By one curve for a gray photo.
    Gray(Curve),
    /// By a curve per channel and a matrix to the sRGB primaries.
    Matrix([Curve; 3], [[f32; 3]; 3]),
    /// By tables, to sRGB codes of 16 bits.
    Tables(Arc<dyn TransformExecutor<u16> + Send + Sync>),
}

/// A tone curve.
#[derive(Clone, Debug)]
pub(super) struct Curve(ToneReprCurve);

impl Curve {
    /// The linear value of a code, both 0 to 1.
    pub(super) fn at(&self, x: f64) -> f64 {
        let y = match &self.0 {
            ToneReprCurve::Lut(table) => match table[..] {
                [] => x,
                // A single entry is an exponent in units of 1/256.
                [exponent] => x.powf(f64::from(exponent) / 256.0),
                _ => {
                    let position = x * (table.len() - 1) as f64;
                    let low = (position as usize).min(table.len() - 2);
                    let (a, b) = (f64::from(table[low]), f64::from(table[low + 1]));
                    (a + (b - a) * (position - low as f64)) / 65535.0
                }
            },
            ToneReprCurve::Parametric(p) => parametric(p, x),
        };
        y.clamp(0.0, 1.0)
    }

    /// The linear values of the codes 0 to `2^bits - 1`.
    pub(super) fn table(&self, bits: u32) -> Vec<f32> {
        let top = (1_u32 << bits) - 1;
        (0..=top).map(|code| self.at(f64::from(code) / f64::from(top)) as f32).collect()
    }

    fn is_finite(&self) -> bool {
        (0..=255).all(|code| self.at(f64::from(code) / 255.0).is_finite())
    }

    /// True when every 8-bit code agrees with sRGB within half a code.
    fn is_srgb(&self) -> bool {
        (0..=255).all(|code| (srgb_from_linear(self.at(f64::from(code) / 255.0)) * 255.0 - f64::from(code)).abs() < 0.5)
    }
}

/// The parametric curves of ICC.1:2022, table 68.
fn parametric(parameters: &[f32], x: f64) -> f64 {
    let p = |i: usize| parameters.get(i).copied().map_or(0.0, f64::from);
    let power = |scale: f64, offset: f64| (scale * x + offset).max(0.0).powf(p(0));
    match parameters.len() {
        3 | 4 => {
            let offset = p(3);
            if p(1) * x + p(2) >= 0.0 { power(p(1), p(2)) + offset } else { offset }
        }
        5 | 7 => {
            if x >= p(4) {
                power(p(1), p(2)) + p(5)
            } else {
                p(3) * x + p(6)
            }
        }
        _ => power(1.0, 0.0),
    }
}

impl Conversion {
    /// The conversion of an embedded profile for pixels of `layout`; `None` for a profile that is unusable.
    pub(super) fn of_profile(profile: &[u8], layout: Layout) -> Option<Self> {
        // A defect of the parser must not cost the photo.
        catch_unwind(AssertUnwindSafe(|| Self::parse(profile, layout))).ok().flatten()
    }

    fn parse(bytes: &[u8], layout: Layout) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(bytes).ok()?;
        let for_photos = matches!(
            profile.profile_class,
            ProfileClass::InputDevice
                | ProfileClass::DisplayDevice
                | ProfileClass::OutputDevice
                | ProfileClass::ColorSpace
        );
        if !for_photos || !matches!(profile.pcs, DataColorSpace::Xyz | DataColorSpace::Lab) {
            return None;
        }
        let has_tables = profile.lut_a_to_b_colorimetric.is_some() || profile.lut_a_to_b_perceptual.is_some();
        match (layout, profile.color_space) {
            (Layout::Gray | Layout::GrayAlpha, DataColorSpace::Gray) => {
                let curve = usable(profile.gray_trc)?;
                Some(if curve.is_srgb() { Self::Srgb } else { Self::Gray(curve) })
            }
            (Layout::Rgb | Layout::Rgba, DataColorSpace::Rgb) if has_tables => {
                Self::tables(&profile, moxcms::Layout::Rgb)
            }
            (Layout::Cmyk, DataColorSpace::Cmyk) if has_tables => Self::tables(&profile, moxcms::Layout::Rgba),
            (Layout::Rgb | Layout::Rgba, DataColorSpace::Rgb) => {
                let matrix = matrix_to_srgb(&profile)?;
                let curves = [usable(profile.red_trc)?, usable(profile.green_trc)?, usable(profile.blue_trc)?];
                let identity = |i: usize, j: usize| if i == j { 1.0 } else { 0.0 };
                let is_srgb = curves.iter().all(Curve::is_srgb)
                    && (0..9).all(|n| (f64::from(matrix[n / 3][n % 3]) - identity(n / 3, n % 3)).abs() < 0.005);
                Some(if is_srgb { Self::Srgb } else { Self::Matrix(curves, matrix) })
            }
            _ => None,
        }
    }

    fn tables(profile: &ColorProfile, layout: moxcms::Layout) -> Option<Self> {
        let options = TransformOptions {
            rendering_intent: RenderingIntent::RelativeColorimetric,
            prefer_fixed_point: false,
            ..TransformOptions::default()
        };
        let srgb = ColorProfile::new_srgb();
        profile.create_transform_16bit(layout, &srgb, moxcms::Layout::Rgb, options).ok().map(Self::Tables)
    }
}

fn usable(curve: Option<ToneReprCurve>) -> Option<Curve> {
    curve.map(Curve).filter(Curve::is_finite)
}

/// From the primaries of a profile to those of sRGB; `None` when they span no space.
fn matrix_to_srgb(profile: &ColorProfile) -> Option<[[f32; 3]; 3]> {
    let columns = [profile.red_colorant, profile.green_colorant, profile.blue_colorant].map(|c| [c.x, c.y, c.z]);
    let mut matrix = [[0.0_f32; 3]; 3];
    for (row, weights) in matrix.iter_mut().zip(SRGB_FROM_XYZ) {
        let exact = columns.map(|xyz| weights.iter().zip(xyz).map(|(w, v)| w * v).sum::<f64>());
        // White stays white, whatever the rounding in the profile.
        let white: f64 = exact.iter().sum();
        if !(0.5..2.0).contains(&white) {
            return None;
        }
        *row = exact.map(|v| (v / white) as f32);
    }
    let [a, b, c] = matrix;
    let determinant =
        a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
    (determinant.abs() > 1e-3).then_some(matrix)
}

/// The linear values of all 16-bit sRGB codes.
pub(super) fn linear_of_codes16() -> &'static [f32] {
    static TABLE: std::sync::LazyLock<Vec<f32>> = std::sync::LazyLock::new(|| {
        (0..=65535).map(|code| linear_from_srgb(f64::from(code) / 65535.0) as f32).collect()
    });
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::color::srgb::code8_of_linear;

    fn of(profile: &ColorProfile, layout: Layout) -> Option<Conversion> {
        Conversion::of_profile(&profile.encode().unwrap(), layout)
    }

    /// A profile of printing inks: a table of two points per ink, to Lab.
    fn ink_profile() -> Vec<u8> {
        let mut table = b"mft2\0\0\0\0\x04\x03\x02\0".to_vec();
        for i in 0..9 {
            table.extend_from_slice(&(if i % 4 == 0 { 0x0001_0000_u32 } else { 0 }).to_be_bytes());
        }
        table.extend_from_slice(&[0, 2, 0, 2]);
        table.extend_from_slice(&[0, 0, 0xff, 0xff].repeat(4));
        for node in 0..16_u16 {
            let [c, m, y, k] = [node >> 3 & 1, node >> 2 & 1, node >> 1 & 1, node & 1].map(f64::from);
            let lab = [
                100.0 * (1.0 - k) * (1.0 - 0.25 * (c + m + y)),
                (1.0 - k) * (50.0 * m - 40.0 * c),
                (1.0 - k) * (60.0 * y - 40.0 * c),
            ];
            // The coding of 16 bits in version 2: 100 is 0xff00, 0 of a and b is 0x8000.
            let coded = [lab[0] * 652.8, (lab[1] + 128.0) * 256.0, (lab[2] + 128.0) * 256.0];
            coded.iter().for_each(|v| table.extend_from_slice(&(*v as u16).to_be_bytes()));
        }
        table.extend_from_slice(&[0, 0, 0xff, 0xff].repeat(3));
        let mut profile = vec![0; 128];
        profile[8] = 2;
        profile[12..24].copy_from_slice(b"prtrCMYKLab ");
        profile[24..36].copy_from_slice(&[7, 0xe8, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
        profile[36..40].copy_from_slice(b"acsp");
        profile[68..80].copy_from_slice(&[0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d]);
        profile.extend_from_slice(&2_u32.to_be_bytes());
        for name in [b"A2B0", b"A2B1"] {
            profile.extend_from_slice(name);
            profile.extend_from_slice(&156_u32.to_be_bytes());
            profile.extend_from_slice(&(table.len() as u32).to_be_bytes());
        }
        profile.extend_from_slice(&table);
        let size = profile.len() as u32;
        profile[..4].copy_from_slice(&size.to_be_bytes());
        profile
    }

    #[test]
    fn srgb_itself_takes_the_plain_way() {
        assert!(matches!(of(&ColorProfile::new_srgb(), Layout::Rgb), Some(Conversion::Srgb)));
        assert!(matches!(of(&ColorProfile::new_display_p3(), Layout::Rgb), Some(Conversion::Matrix(..))));
        // The curve of sRGB and a power of 2.2 differ in the shadows.
        let gray = ColorProfile::new_gray_with_gamma(2.2);
        assert!(matches!(of(&gray, Layout::Gray), Some(Conversion::Gray(_))));
    }

    #[test]
    fn a_profile_of_other_pixels_is_unusable() {
        assert!(of(&ColorProfile::new_srgb(), Layout::Gray).is_none());
        assert!(of(&ColorProfile::new_gray_with_gamma(2.2), Layout::Rgb).is_none());
        assert!(of(&ColorProfile::new_srgb(), Layout::Cmyk).is_none());
        assert!(Conversion::of_profile(b"garbage", Layout::Rgb).is_none());
        assert!(Conversion::of_profile(&ink_profile(), Layout::Rgb).is_none());
    }

    #[test]
    fn white_stays_white_and_colors_keep_their_meaning() {
        for profile in [ColorProfile::new_display_p3(), ColorProfile::new_adobe_rgb(), ColorProfile::new_bt2020()] {
            let Some(Conversion::Matrix(curves, matrix)) = of(&profile, Layout::Rgb) else { panic!() };
            for row in matrix {
                assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6);
            }
            assert_eq!((curves[0].at(0.0), curves[0].at(1.0)), (0.0, 1.0));
        }
        // Skin in Display P3; the expected codes follow from the primaries of both spaces alone.
        let Some(Conversion::Matrix(curves, matrix)) = of(&ColorProfile::new_display_p3(), Layout::Rgb) else {
            panic!()
        };
        let p3 = [217.0, 174.0, 151.0].map(|v: f64| v / 255.0);
        let linear: Vec<f64> = curves.iter().zip(p3).map(|(curve, v)| curve.at(v)).collect();
        let srgb = matrix
            .map(|row| code8_of_linear(row.iter().zip(&linear).map(|(w, v)| f64::from(*w) * v).sum::<f64>() as f32));
        assert_eq!(srgb, [225, 172, 147]);
    }

    #[test]
    fn inks_go_through_their_tables() {
        let Some(Conversion::Tables(transform)) = Conversion::of_profile(&ink_profile(), Layout::Cmyk) else {
            panic!()
        };
        let inks = [[0, 0, 0, 0], [0, 0, 0, 65535], [65535, 0, 0, 0], [0, 65535, 0, 0]].concat();
        let mut rgb = vec![0; 12];
        transform.transform(&inks, &mut rgb).unwrap();
        let [white, black, cyan, magenta] = [&rgb[..3], &rgb[3..6], &rgb[6..9], &rgb[9..]];
        assert!(white.iter().all(|&v| v > 65_000), "{white:?}");
        assert!(black.iter().all(|&v| v < 600), "{black:?}");
        assert!(cyan[2] > cyan[0] && magenta[0] > magenta[1], "{cyan:?} {magenta:?}");
    }

    #[test]
    fn parametric_curves_follow_their_parameters() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} {b}");
        close(parametric(&[2.0], 0.5), 0.25);
        close(parametric(&[2.0, 1.0, -0.5], 0.25), 0.0);
        close(parametric(&[2.0, 1.0, 0.0, 0.1], 0.5), 0.35);
        let srgb = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045];
        for code in 0..=10 {
            close(parametric(&srgb, f64::from(code) / 10.0), linear_from_srgb(f64::from(code) / 10.0));
        }
        close(parametric(&[1.0, 1.0, 0.0, 0.5, 0.5, 0.2, 0.1], 0.4), 0.3);
        close(parametric(&[1.0, 1.0, 0.0, 0.5, 0.5, 0.2, 0.1], 0.6), 0.8);
    }
}
