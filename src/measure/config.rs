//! What to measure and how. Every field is a key of the TOML file.

use serde::{Deserialize, Serialize};

use super::measurement::MapKind;
use super::pigment::tone::Polarization;
use super::texture::maps::Window;
use crate::error::{Error, Result};
use crate::filter::form::Form;

/// How photos are measured. Two runs with equal configurations give equal numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// The families to measure; empty means all.
    pub families: Vec<Family>,
    /// The maps to write.
    pub maps: Vec<MapKind>,
    /// Millimeters per pixel of every photo; overrides the files' own scale.
    pub mm_per_px: Option<f64>,
    /// Where the lamp stands in every photo, degrees, 0 right, 90 up; overrides what the photo shows.
    pub light_azimuth_deg: Option<f64>,
    /// The skin mask.
    pub skin: SkinConfig,
    /// The relief.
    pub relief: ReliefConfig,
    /// Grey-level texture.
    pub texture: TextureConfig,
    /// Texture at every pixel.
    pub texture_maps: TextureMapConfig,
    /// Dark and red spots.
    pub spots: SpotConfig,
    /// Height maps in place of photos.
    pub height: HeightConfig,
}

/// A group of columns that is measured together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Who and what: always given.
    Identity,
    /// Is the photo fit to be measured: always given.
    Quality,
    /// CIELAB means, ITA.
    Color,
    /// Melanin, hemoglobin, indices, evenness.
    Pigment,
    /// Dark and red spots.
    Spots,
    /// Relief of the shading in three bands, areal parameters.
    Relief,
    /// Gray-level co-occurrence matrix.
    Glcm,
    /// Gray-level run length matrix.
    Glrlm,
    /// Gray-level size zone matrix.
    Glszm,
    /// Gray-level distance zone matrix.
    Gldzm,
    /// Neighborhood gray-tone difference matrix.
    Ngtdm,
    /// Neighboring gray-level dependence matrix.
    Ngldm,
    /// First-order statistics and histogram.
    Statistics,
    /// Local binary patterns.
    Lbp,
    /// Power spectrum.
    Spectrum,
    /// Scars.
    Scars,
    /// Fractal dimension, anisotropy, orientation.
    Structure,
    /// Areal surface parameters of height maps.
    Height,
}

impl Family {
    /// Every family, in column order.
    pub const ALL: &[Self] = &[
        Self::Identity,
        Self::Quality,
        Self::Color,
        Self::Pigment,
        Self::Spots,
        Self::Relief,
        Self::Glcm,
        Self::Glrlm,
        Self::Glszm,
        Self::Gldzm,
        Self::Ngtdm,
        Self::Ngldm,
        Self::Statistics,
        Self::Lbp,
        Self::Spectrum,
        Self::Scars,
        Self::Structure,
        Self::Height,
    ];

    /// The name on the command line and in the dictionary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Quality => "quality",
            Self::Color => "color",
            Self::Pigment => "pigment",
            Self::Spots => "spots",
            Self::Relief => "relief",
            Self::Glcm => "glcm",
            Self::Glrlm => "glrlm",
            Self::Glszm => "glszm",
            Self::Gldzm => "gldzm",
            Self::Ngtdm => "ngtdm",
            Self::Ngldm => "ngldm",
            Self::Statistics => "statistics",
            Self::Lbp => "lbp",
            Self::Spectrum => "spectrum",
            Self::Scars => "scars",
            Self::Structure => "structure",
            Self::Height => "height",
        }
    }

    /// What the family tells, in one line.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Identity => "Identity: which photo, which region, at what scale",
            Self::Quality => "Quality: is the photo fit to be measured",
            Self::Color => "Color: regional CIELAB (D65) and what follows from it",
            Self::Pigment => "Pigment: melanin and hemoglobin free of shading, conventional indices, evenness",
            Self::Spots => "Spots: dark (melanin) and red (hemoglobin) spots",
            Self::Relief => "Relief: the shading of the skin, free of pigment, in three bands",
            Self::Glcm => "GLCM: gray-level co-occurrence of the relief, IBSI definitions",
            Self::Glrlm => "GLRLM: gray-level run lengths of the relief, IBSI definitions",
            Self::Glszm => "GLSZM: gray-level zones of the relief by size, IBSI definitions",
            Self::Gldzm => "GLDZM: gray-level zones of the relief by distance to the edge, IBSI definitions",
            Self::Ngtdm => "NGTDM: neighborhood gray-tone differences of the relief, IBSI definitions",
            Self::Ngldm => "NGLDM: neighboring gray-level dependence of the relief, IBSI definitions",
            Self::Statistics => "Statistics: first-order statistics and histogram of the relief, IBSI definitions",
            Self::Lbp => "LBP: local binary patterns of the relief",
            Self::Spectrum => "Spectrum: power spectrum of the shading",
            Self::Scars => "Scars: depressions and elevations by the light and shade on their flanks",
            Self::Structure => "Structure: fractal dimension, anisotropy and orientation of the relief",
            Self::Height => "Height: surface parameters of ISO 25178-2, of height maps only",
        }
    }
}

/// The skin mask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SkinConfig {
    /// Least share of the photo that must be skin; below it the photo is refused. Default: 0.02.
    pub min_fraction: f64,
    /// Measure the whole photo instead of refusing it when no skin is found. Default: false.
    pub whole_photo_if_none: bool,
    /// Take pen marks out. Default: true.
    pub exclude_pen: bool,
    /// Take hair out. Default: true.
    pub exclude_hair: bool,
    /// Take glare and clipped pixels out. Default: true.
    pub exclude_glare: bool,
    /// How the photos were lit: `auto`, `none` or `cross` (crossed polarizers). Default: auto.
    pub polarization: Polarization,
}

impl Default for SkinConfig {
    fn default() -> Self {
        Self {
            min_fraction: 0.02,
            whole_photo_if_none: false,
            exclude_pen: true,
            exclude_hair: true,
            exclude_glare: true,
            polarization: Polarization::Auto,
        }
    }
}

/// The relief.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ReliefConfig {
    /// The four cut-off wavelengths of the bands fine, mid, coarse in mm. Default: 0.3, 0.8, 2.5, 8.
    pub bands_mm: [f64; 4],
    /// The same in pixels, for photos of unknown scale. Default: 6, 16, 50, 160.
    pub bands_px: [f64; 4],
}

impl Default for ReliefConfig {
    fn default() -> Self {
        Self { bands_mm: [0.3, 0.8, 2.5, 8.0], bands_px: [6.0, 16.0, 50.0, 160.0] }
    }
}

/// Which plane texture is computed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextureSource {
    /// The band-limited relief: free of pigment and of slow light.
    #[default]
    Relief,
    /// CIELAB L*.
    Lightness,
    /// sRGB luma (BT.601) in 0 to 1: what most papers call gray values.
    Grey,
}

/// Gray-level texture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TextureConfig {
    /// The plane. Default: `relief`.
    pub source: TextureSource,
    /// Gray levels of the matrices, 2 to 255. Default: 64.
    pub bins: usize,
    /// Values of the first level's lower and the last level's upper edge. Default: by source, -0.32 to 0.32 for
    /// `relief`, 0 to 100 for `lightness`, 0 to 1 for `grey`. Fixed, so that two visits are comparable.
    pub range: Option<[f64; 2]>,
    /// Distance of the co-occurrence in pixels. Default: 1.
    pub distance_px: usize,
}

impl Default for TextureConfig {
    fn default() -> Self {
        Self { source: TextureSource::Relief, bins: 64, range: None, distance_px: 1 }
    }
}

impl TextureConfig {
    /// The discretization range in force.
    #[must_use]
    pub fn range(&self) -> [f64; 2] {
        self.range.unwrap_or(match self.source {
            TextureSource::Relief => [-0.32, 0.32],
            TextureSource::Lightness => [0.0, 100.0],
            TextureSource::Grey => [0.0, 1.0],
        })
    }
}

/// Texture at every pixel: plane, range and distance are those of [`TextureConfig`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TextureMapConfig {
    /// Side of the window in mm; the nearest odd number of pixels from 3 to 255 is taken. Default: 1.
    pub window_mm: f64,
    /// The same in pixels, for photos of unknown scale; odd, 3 to 255. Default: 15.
    pub window_px: usize,
    /// Gray levels, 2 to 128. Default: 32.
    pub bins: usize,
}

impl Default for TextureMapConfig {
    fn default() -> Self {
        Self { window_mm: 1.0, window_px: 15, bins: 32 }
    }
}

impl TextureMapConfig {
    fn check(&self) -> Result<()> {
        let ([least, most], most_bins) = (Window::SIDES, Window::MOST_BINS);
        let ensure = |ok: bool, message: String| if ok { Ok(()) } else { Err(Error::config(message)) };
        ensure(
            self.window_mm.is_finite() && self.window_mm > 0.0,
            format!("texture_maps.window_mm is {}; a positive number is needed", self.window_mm),
        )?;
        ensure(
            Window::new(self.window_px, 1).is_some(),
            format!("texture_maps.window_px is {}; an odd number from {least} to {most} is needed", self.window_px),
        )?;
        ensure(
            (2..=most_bins).contains(&self.bins),
            format!("texture_maps.bins is {}; 2 to {most_bins} gray levels are allowed", self.bins),
        )
    }
}

/// Dark and red spots.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SpotConfig {
    /// Smallest and largest diameter in mm. Default: 0.5 to 12.
    pub diameter_mm: [f64; 2],
    /// The same in pixels, for photos of unknown scale. Default: 10 to 240.
    pub diameter_px: [f64; 2],
    /// A spot's core exceeds the surround by this many robust standard deviations; one narrower than twice the smallest
    /// diameter by as many more as it is narrower. Default: 4.
    pub core_sd: f64,
    /// A spot's rim exceeds the surround by this many robust standard deviations. Default: 2.
    pub rim_sd: f64,
    /// Least CIEDE2000 difference from the surround. Default: 2.5.
    pub min_de00: f64,
}

impl Default for SpotConfig {
    fn default() -> Self {
        Self { diameter_mm: [0.5, 12.0], diameter_px: [10.0, 240.0], core_sd: 4.0, rim_sd: 2.0, min_de00: 2.5 }
    }
}

/// Height maps: pictures whose codes are heights.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct HeightConfig {
    /// The files are height maps, not photos. Default: false.
    pub enabled: bool,
    /// Micrometers per code; needed for whole numbers. Default: floating-point numbers are micrometers.
    pub um_per_count: Option<f64>,
    /// Micrometers per pixel; needed.
    pub um_per_px: Option<f64>,
    /// The code of pixels without a height. Default: none; NaN is always one.
    pub void: Option<f64>,
    /// The form that is removed by least squares: `none` (the mean), `plane` or `quadratic`. Default: `plane`.
    pub form: Form,
    /// Cut-off wavelength of the S-filter in micrometers, below which structure is taken out. Default: no filter.
    pub s_um: Option<f64>,
    /// Cut-off wavelength of the L-filter in micrometers, above which structure is taken out. Default: no filter.
    pub l_um: Option<f64>,
    /// Take the robust Gaussian of ISO 16610-71 for the L-filter, which scratches and pits do not bend. Default: false.
    pub robust: bool,
}

impl HeightConfig {
    fn check(&self) -> Result<()> {
        let ensure = |ok: bool, message: String| if ok { Ok(()) } else { Err(Error::config(message)) };
        let lengths = [
            ("um_per_count", self.um_per_count),
            ("um_per_px", self.um_per_px),
            ("s_um", self.s_um),
            ("l_um", self.l_um),
        ];
        for (key, value) in lengths.into_iter().filter_map(|(key, value)| Some((key, value?))) {
            ensure(
                value.is_finite() && (1e-9..=1e9).contains(&value),
                format!("height.{key} is {value}; a positive number of micrometers is needed"),
            )?;
            ensure(
                self.enabled,
                format!(
                    "height.{key} is given, but the files are taken for photos; add --height-map (height.enabled = true)"
                ),
            )?;
        }
        if !self.enabled {
            return Ok(());
        }
        ensure(
            self.um_per_px.is_some(),
            "height maps need their scale; add --um-per-px X (height.um_per_px), micrometers per pixel".to_owned(),
        )?;
        ensure(self.void.is_none_or(f64::is_finite), "height.void is no number; NaN is a void without it".to_owned())?;
        ensure(
            self.s_um.zip(self.l_um).is_none_or(|(s, l)| s < l),
            "height.s_um is not below height.l_um; s_um < l_um is needed".to_owned(),
        )
    }
}

impl Config {
    /// True when a family is to be measured.
    #[must_use]
    pub fn wants(&self, family: Family) -> bool {
        matches!(family, Family::Identity | Family::Quality)
            || self.families.is_empty()
            || self.families.contains(&family)
    }

    /// Checks every value; the error names the key, the value found and what is allowed.
    pub fn check(&self) -> Result<()> {
        let ensure = |ok: bool, message: String| if ok { Ok(()) } else { Err(Error::config(message)) };
        if let Some(v) = self.mm_per_px {
            ensure(
                v.is_finite() && (1e-4..=10.0).contains(&v),
                format!("mm_per_px is {v}; a number from 0.0001 to 10 is needed"),
            )?;
        }
        if let Some(v) = self.light_azimuth_deg {
            ensure(
                v.is_finite() && (-360.0..=360.0).contains(&v),
                format!("light_azimuth_deg is {v}; a direction from -360 to 360 is needed (0 right, 90 up)"),
            )?;
        }
        let rising = |b: &[f64]| b.iter().all(|v| v.is_finite() && *v > 0.0) && b.windows(2).all(|w| w[0] < w[1]);
        for (key, bands) in [("relief.bands_mm", &self.relief.bands_mm), ("relief.bands_px", &self.relief.bands_px)] {
            ensure(rising(bands), format!("{key} is {bands:?}; four rising positive wavelengths are needed"))?;
        }
        for (key, d) in [("spots.diameter_mm", &self.spots.diameter_mm), ("spots.diameter_px", &self.spots.diameter_px)]
        {
            ensure(rising(d), format!("{key} is {d:?}; two rising positive diameters are needed"))?;
        }
        let spots = &self.spots;
        ensure(
            spots.rim_sd > 0.0 && spots.core_sd >= spots.rim_sd && spots.core_sd.is_finite(),
            format!(
                "spots.core_sd is {} and spots.rim_sd {}; 0 < rim_sd <= core_sd is needed",
                spots.core_sd, spots.rim_sd
            ),
        )?;
        ensure(
            spots.min_de00.is_finite() && spots.min_de00 >= 0.0,
            format!("spots.min_de00 is {}; a number of at least 0 is needed", spots.min_de00),
        )?;
        ensure(
            (2..=255).contains(&self.texture.bins),
            format!("texture.bins is {}; 2 to 255 gray levels are allowed", self.texture.bins),
        )?;
        let [low, high] = self.texture.range();
        ensure(
            low.is_finite() && high.is_finite() && low < high,
            format!("texture.range is [{low}, {high}]; two finite rising numbers are needed"),
        )?;
        ensure(
            (1..=64).contains(&self.texture.distance_px),
            format!("texture.distance_px is {}; 1 to 64 pixels are allowed", self.texture.distance_px),
        )?;
        self.texture_maps.check()?;
        self.height.check()?;
        ensure(
            !self.height.enabled || self.wants(Family::Height),
            "families leaves out height, the only family that height maps have".to_owned(),
        )?;
        ensure(
            (0.0..=1.0).contains(&self.skin.min_fraction),
            format!("skin.min_fraction is {}; a share from 0 to 1 is needed", self.skin.min_fraction),
        )
    }
}
