//! The stored codes of a photo, before color management.

use super::Note;

/// What the channels of a pixel mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// One gray channel.
    Gray,
    /// Gray and alpha.
    GrayAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha.
    Rgba,
    /// Four inks, 0 for no ink.
    Cmyk,
}

impl Layout {
    /// Channels of a pixel, alpha included.
    pub(super) fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    /// Channels of color.
    pub(super) fn colors(self) -> usize {
        match self {
            Self::Gray | Self::GrayAlpha => 1,
            Self::Rgb | Self::Rgba => 3,
            Self::Cmyk => 4,
        }
    }
}

/// Interleaved codes, full scale in their type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Codes {
    U8(Vec<u8>),
    U16(Vec<u16>),
}

/// A decoded file: its codes as stored and what color management needs.
#[derive(Clone, Debug)]
pub(super) struct Samples {
    /// Columns as stored, before the orientation is applied.
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) layout: Layout,
    pub(super) codes: Codes,
    /// Bits per channel as stored.
    pub(super) bits: u8,
    pub(super) icc: Option<Vec<u8>>,
    /// The EXIF block from its TIFF header on.
    pub(super) exif: Option<Vec<u8>>,
    pub(super) jpeg_quality: Option<u8>,
    pub(super) notes: Vec<Note>,
}
