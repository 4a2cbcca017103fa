//! The header alone: format and size, before anything is allocated.

use super::{Format, bmp, jpeg, png, sniff, tiff, webp};
use crate::error::{Error, Result};

/// What is allowed to be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most pixels of a photo. Default: 250 million.
    pub max_pixels: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_pixels: 250_000_000 }
    }
}

impl Limits {
    /// The most bytes a file may hold: more than the largest allowed photo needs uncompressed at 16 bits with alpha.
    pub(super) fn max_bytes(&self) -> u64 {
        self.max_pixels.saturating_mul(8).saturating_add(64 << 20)
    }
}

/// What the header of a file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// The format, by content.
    pub format: Format,
    /// Columns as stored, before the orientation is applied.
    pub width: u32,
    /// Rows as stored.
    pub height: u32,
    /// Channels as stored, alpha included.
    pub channels: u8,
    /// Bits per channel as stored.
    pub bits: u8,
    /// True for a JPEG whose coefficients are all kept until its last scan.
    pub progressive: bool,
}

impl Header {
    /// Number of pixels.
    #[must_use]
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// An upper estimate of the memory that decoding takes at its peak, in bytes, without the file itself.
    #[must_use]
    pub fn decode_bytes(&self) -> u64 {
        let code = if self.bits > 8 { 2 } else { 1 };
        let codes = u64::from(self.channels.max(1)) * code;
        let coefficients = if self.progressive { 2 * u64::from(self.channels) } else { 0 };
        // Three planes of four bytes, and a fourth while one of them is turned upright.
        self.pixels().saturating_mul(codes + coefficients.max(16))
    }
}

/// Reads the header of a photo and refuses what `limits` do not allow. Nothing is allocated for the pixels.
///
/// # Errors
/// `empty_file`, `unsupported_format`, `too_large`, and the code of a damaged header, as `png_damaged`.
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<Header> {
    let header = match sniff::format_of(bytes)? {
        Format::Jpeg => jpeg::header(bytes),
        Format::Png => png::header(bytes),
        Format::Tiff => tiff::header(bytes),
        Format::WebP => webp::header(bytes),
        Format::Bmp => bmp::header(bytes),
    }?;
    if header.width == 0 || header.height == 0 {
        return Err(damaged(
            header.format,
            format!("the header says {} x {} pixels; a photo has at least one", header.width, header.height),
        ));
    }
    if header.pixels() > limits.max_pixels {
        return Err(Error::decode(
            "too_large",
            format!(
                "{} x {} is {} pixels; allowed are {}: scale the photo down or raise the limit of pixels",
                header.width,
                header.height,
                header.pixels(),
                limits.max_pixels
            ),
        ));
    }
    Ok(header)
}

/// The error of a file whose stream is damaged or cut.
pub(super) fn damaged(format: Format, message: impl Into<String>) -> Error {
    let code = match format {
        Format::Jpeg => "jpeg_damaged",
        Format::Png => "png_damaged",
        Format::Tiff => "tiff_damaged",
        Format::WebP => "webp_damaged",
        Format::Bmp => "bmp_damaged",
    };
    Error::decode(code, format!("{}; copy the photo again from its source", message.into()))
}

/// The error of a file at which the decoder of a format gave up.
pub(super) fn stopped(format: Format, error: impl std::fmt::Display) -> Error {
    damaged(format, format!("the decoder stopped: {}", error.to_string().trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::testing::{picture, png_of};

    #[test]
    fn a_header_is_enough() {
        let bytes = png_of(&picture(40, 30));
        let header = probe(&bytes[..33], &Limits::default()).unwrap();
        assert_eq!((header.format, header.width, header.height), (Format::Png, 40, 30));
        assert_eq!((header.channels, header.bits, header.pixels()), (3, 8, 1200));
    }

    #[test]
    fn too_many_pixels_are_refused_with_both_numbers() {
        let bytes = png_of(&picture(40, 30));
        let error = probe(&bytes, &Limits { max_pixels: 1199 }).unwrap_err();
        assert_eq!(error.code(), "too_large");
        assert!(error.message().contains("1200") && error.message().contains("1199"), "{}", error.message());
        assert!(probe(&bytes, &Limits { max_pixels: 1200 }).is_ok());
    }
}
