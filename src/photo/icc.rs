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
