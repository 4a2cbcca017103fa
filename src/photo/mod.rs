//! Bytes to linear planes: strict decoding, orientation, color management.
//!
//! A photo passes three steps. `probe` reads the header and refuses what is too large before anything is allocated.
//! One decoder per format then checks the whole stream and yields the stored codes as `Samples`; a stream that is cut
//! or damaged anywhere is refused, because half a photo would be measured as if it were a whole one. At last `linear`
//! turns the codes into planes: through the ICC profile, into linear light, upright.

mod bmp;
mod bytes;
mod exif;
mod height;
mod icc;
mod jpeg;
mod linear;
mod mask_image;
mod open;
mod orient;
mod png;
mod probe;
mod samples;
mod sniff;
mod taken;
#[cfg(test)]
mod testing;
mod tiff;
mod webp;

pub use height::{HeightMap, HeightUnits};
pub use mask_image::mask_from_bytes;
pub use probe::{Header, Limits, probe};
pub use sniff::Format;
pub use taken::captured_at;

use crate::base::{Mask, Plane};

/// A decoded photo: upright, in linear light, with sRGB primaries.
#[derive(Clone, Debug)]
pub struct Photo {
    /// Linear red, green and blue, 0 to 1. A gray photo holds the same plane three times.
    pub rgb: [Plane; 3],
    /// The opaque pixels, where the photo has an alpha channel with any transparency in it.
    pub opaque: Option<Mask>,
    /// What else the file says.
    pub info: Info,
}

/// What a file says about its photo. Nothing else of the metadata leaves the decoder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Info {
    /// True for a photo without color.
    pub gray: bool,
    /// Bits per channel as stored.
    pub bits: u8,
    /// Capture time as in EXIF, `YYYY-MM-DDThh:mm:ss`.
    pub captured_at: Option<String>,
    /// Make and model of the camera.
    pub camera: Option<String>,
    /// Whether the flash fired, as the file says.
    pub flash: Option<bool>,
    /// Millimeters per pixel from a spatial tag of the file.
    pub mm_per_px: Option<f64>,
    /// JPEG quality estimated from the quantization tables, 1 to 100 (scale of the Independent JPEG Group).
    pub jpeg_quality: Option<u8>,
    /// What a reader of the numbers should know.
    pub notes: Vec<Note>,
}

/// A peculiarity of a file that does not stop the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// An animation or a multi-page file: the first frame was taken.
    FirstFrameOnly,
    /// The embedded ICC profile is unusable; sRGB was assumed.
    ProfileInvalid,
    /// The EXIF block is unusable.
    ExifInvalid,
    /// Bytes after the end of the image were ignored.
    TrailingBytes,
}

impl Photo {
    /// Columns of the upright photo.
    #[must_use]
    pub fn width(&self) -> usize {
        self.rgb[0].width()
    }

    /// Rows of the upright photo.
    #[must_use]
    pub fn height(&self) -> usize {
        self.rgb[0].height()
    }
}
