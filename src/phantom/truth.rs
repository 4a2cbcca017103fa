//! What is known about a rendered phantom.

use serde::{Deserialize, Serialize};

use crate::base::Plane;
use crate::color::{Lab, ita};

use super::Phantom;
use super::scar::Scar;
use super::spot::Spot;
use super::texture::field::{band_of, rms};

/// The three bands of relief in mm: fine, mid, coarse.
pub const BANDS_MM: [[f64; 2]; 3] = [[0.3, 0.8], [0.8, 2.5], [2.5, 8.0]];

/// A color in CIELAB with its ITA.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SkinColor {
    /// Lightness L*.
    pub l: f64,
    /// a*.
    pub a: f64,
    /// b*.
    pub b: f64,
    /// Individual typology angle in degrees; absent for a color without chroma.
    pub ita_deg: Option<f64>,
}

impl From<Lab> for SkinColor {
    fn from(lab: Lab) -> Self {
        Self { l: lab.l, a: lab.a, b: lab.b, ita_deg: ita::ita_deg(lab) }
    }
}

/// Three numbers, one per band of relief.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bands {
    /// 0.3 to 0.8 mm.
    pub fine: f64,
    /// 0.8 to 2.5 mm.
    pub mid: f64,
    /// 2.5 to 8 mm.
    pub coarse: f64,
}

impl Bands {
    /// The rms of a plane in the three bands.
    #[must_use]
    pub fn rms(plane: &Plane, mm_per_px: f64) -> Self {
        let [fine, mid, coarse] = BANDS_MM.map(|mm| rms(&band_of(plane, mm_per_px, mm)));
        Self { fine, mid, coarse }
    }
}

/// The truth of a rendered phantom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// Every parameter it was rendered from; rendering it again gives the same photograph.
    pub phantom: Phantom,
    /// Scale of the photograph in mm per pixel.
    pub mm_per_px: f64,
    /// Where the lamp stands in the photograph: 0 right, 90 up.
    pub light_azimuth_deg: f64,
    /// Skin of the mean pigments under the mean light, seen by a perfect camera.
    pub skin: SkinColor,
    /// The same in linear sRGB; negative where it lies outside sRGB.
    pub skin_linear: [f64; 3],
    /// Whether a channel of the skin is so dark, or so far outside sRGB, that no camera records it.
    pub out_of_gamut: bool,
    /// Mean of the linear photograph without noise, hair and highlights included.
    pub photo: SkinColor,
    /// Melanosome fraction of the skin between mottle and spots.
    pub melanin_base: f64,
    /// Mean melanosome fraction of the frame.
    pub melanin_mean: f64,
    /// Mean blood fraction of the frame.
    pub blood_mean: f64,
    /// Rms of the height in mm.
    pub height_rms_mm: Bands,
    /// Rms of the natural logarithm of the irradiance in the green channel, before the camera.
    pub ln_shading_rms: Bands,
    /// Rms of the same between 0.8 and 2.5 mm on the same skin without its scars.
    pub micro_relief_mid: f64,
    /// Share of the pixels that hair covers by more than a quarter.
    pub hair_fraction: f64,
    /// Share of the pixels where highlights add more than 0.05 of white.
    pub glare_fraction: f64,
    /// The scars, as drawn, in pixels of this photograph. A recapture may have moved some out of the frame.
    pub scars: Vec<Scar>,
    /// The spots, likewise.
    pub spots: Vec<Spot>,
}
