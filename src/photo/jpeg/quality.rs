//! The quality setting of an encoder, from its quantization table.

/// Luma table of T.81 K.1, in the zigzag order of the file.
const STANDARD: [u16; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61,
    60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113,
    121, 112, 100, 120, 92, 101, 103, 99,
];

/// The standard table at a quality of 1 to 100, as the Independent JPEG Group scales it.
fn scaled(quality: u16) -> [u16; 64] {
    let scale = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    STANDARD.map(|v| ((u32::from(v) * u32::from(scale) + 50) / 100).clamp(1, 255) as u16)
}

/// The quality whose scaled standard table is nearest to `luma`; of equally near ones the highest.
pub(super) fn estimate(luma: &[u16; 64]) -> u8 {
    let distance =
        |quality: u16| -> u32 { scaled(quality).iter().zip(luma).map(|(a, b)| u32::from(a.abs_diff(*b))).sum() };
    (1..=100).rev().min_by_key(|&quality| distance(quality)).unwrap_or(1) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quality_is_found_again() {
        // Below 2 all values are clamped alike.
        for quality in 2..=100 {
            assert_eq!(u16::from(estimate(&scaled(quality))), quality);
        }
    }
}
