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
