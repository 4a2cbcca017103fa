//! Natural logarithms of rows of samples.
//!
//! Our own, because the logarithm of the C library differs from system to system in the last bit and is not compiled
//! to lanes.

use std::f32::consts::LN_2;

/// Samples below this count as this: half of the first code of an 8-bit sRGB channel.
pub const FLOOR: f32 = 0.5 / 255.0 / 12.92;

/// ln of a positive, normal f32, within 2e-7 of the true value (absolute, or relative where larger).
///
/// The mantissa is brought to sqrt(1/2)..sqrt(2), then ln m = 2 atanh((m - 1) / (m + 1)) as a series.
#[inline(always)]
#[must_use]
pub fn ln(x: f32) -> f32 {
    const SQRT_HALF: u32 = 0x3f35_04f3;
    let shifted = x.to_bits().wrapping_sub(SQRT_HALF);
    let exponent = (shifted as i32) >> 23;
    let m = f32::from_bits((shifted & 0x007f_ffff) + SQRT_HALF);
    let s = (m - 1.0) / (m + 1.0);
    let q = s * s;
    let series = 1.0 + q * (1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q * (1.0 / 9.0))));
    exponent as f32 * LN_2 + 2.0 * s * series
}

#[inline(always)]
fn log_ratios_body(rgb: [&[f32]; 3], u: &mut [f32], v: &mut [f32], g: &mut [f32]) {
    let n = g.len();
    let [red, green, blue] = rgb.map(|c| &c[..n]);
    let (u, v) = (&mut u[..n], &mut v[..n]);
    for i in 0..n {
        let (r, y, b) = (ln(red[i].max(FLOOR)), ln(green[i].max(FLOOR)), ln(blue[i].max(FLOOR)));
        u[i] = r - y;
        v[i] = y - b;
        g[i] = y;
    }
}

dispatch! {
    /// `u` = ln R/G, `v` = ln G/B, `g` = ln G of a row of linear red, green and blue.
    pub fn log_ratios(rgb: [&[f32]; 3], u: &mut [f32], v: &mut [f32], g: &mut [f32]) = log_ratios_body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ln_is_close_everywhere() {
        let mut x = 1e-6_f32;
        while x < 1e6 {
            let truth = f64::from(x).ln();
            let error = (f64::from(ln(x)) - truth).abs();
            assert!(error <= 2e-7 * truth.abs().max(1.0), "ln {x}: off by {error}");
            x *= 1.001;
        }
        assert_eq!(ln(1.0), 0.0);
    }
}
