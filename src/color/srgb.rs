//! The sRGB transfer function, IEC 61966-2-1.

use std::sync::LazyLock;

/// Linear value of an encoded sRGB value, both 0 to 1.
#[must_use]
pub fn linear_from_srgb(encoded: f64) -> f64 {
    if encoded <= 0.04045 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) }
}

/// Encoded sRGB value of a linear value, both 0 to 1.
#[must_use]
pub fn srgb_from_linear(linear: f64) -> f64 {
    if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

/// The linear values of the 256 codes of an 8-bit channel.
#[must_use]
pub fn linear_of_codes8() -> &'static [f32; 256] {
    static TABLE: LazyLock<[f32; 256]> =
        LazyLock::new(|| std::array::from_fn(|code| linear_from_srgb(code as f64 / 255.0) as f32));
    &TABLE
}

/// The nearest 8-bit code of a linear value.
#[must_use]
pub fn code8_of_linear(linear: f32) -> u8 {
    (srgb_from_linear(f64::from(linear).clamp(0.0, 1.0)) * 255.0).round() as u8
}
