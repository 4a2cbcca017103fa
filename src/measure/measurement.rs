//! What measuring a photo yields.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::dictionary::{self, Column};
use super::scar::scale::SubScore;
use crate::base::{Mask, Plane};

/// One cell of a row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Not measurable here; `flags` says why.
    #[default]
    Empty,
    /// A count or a size in pixels.
    Integer(i64),
    /// A finite number.
    Number(f64),
    /// A name.
    Text(String),
}

impl From<f64> for Value {
    /// A number; what is not finite was not measurable.
    fn from(v: f64) -> Self {
        if v.is_finite() { Self::Number(v) } else { Self::Empty }
    }
}

impl From<usize> for Value {
    fn from(v: usize) -> Self {
        i64::try_from(v).map_or(Self::Empty, Self::Integer)
    }
}

impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Self::Text(v.to_owned())
    }
}

impl From<String> for Value {
    fn from(v: String) -> Self {
        Self::Text(v)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Empty, Into::into)
    }
}

impl std::fmt::Display for Value {
    /// As in `metrics.csv`: the shortest text that reads back as the same value, nothing for an empty cell.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Integer(v) => write!(f, "{v}"),
            Self::Number(v) => write!(f, "{v}"),
            Self::Text(v) => f.write_str(v),
        }
    }
}

/// One row of `metrics.csv`: a value for every column of the dictionary, in its order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    values: Vec<Value>,
    flags: BTreeSet<Flag>,
}

impl Default for Row {
    fn default() -> Self {
        Self { values: vec![Value::Empty; dictionary::all().len()], flags: BTreeSet::new() }
    }
}

impl Row {
    /// Writes a cell; a number that is not finite stays empty.
    pub fn set(&mut self, column: Column, value: impl Into<Value>) {
        self.values[column.index()] = value.into();
    }

    /// Raises a flag.
    pub fn flag(&mut self, flag: Flag) {
        self.flags.insert(flag);
        let names: Vec<_> = self.flags.iter().map(|f| f.name()).collect();
        self.set(Column::FLAGS, names.join(" "));
    }

    /// The flags raised, in alphabetical order of their declaration.
    pub fn flags(&self) -> impl Iterator<Item = Flag> + '_ {
        self.flags.iter().copied()
    }

    /// A cell.
    #[must_use]
    pub fn get(&self, column: Column) -> &Value {
        &self.values[column.index()]
    }

    /// A cell as a number; `None` when empty or text.
    #[must_use]
    pub fn number(&self, column: Column) -> Option<f64> {
        match self.get(column) {
            Value::Number(v) => Some(*v),
            Value::Integer(v) => Some(*v as f64),
            Value::Empty | Value::Text(_) => None,
        }
    }

    /// A cell as text; empty when it is no text.
    #[must_use]
    pub fn text(&self, column: Column) -> &str {
        match self.get(column) {
            Value::Text(v) => v,
            _ => "",
        }
    }

    /// All cells, in the order of the dictionary.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }
}

macro_rules! flags {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)*) => {
        /// Why a cell is empty, or what a reader of the row must know.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Flag { $($(#[doc = $doc])+ $variant,)* }

        impl Flag {
            /// Every flag.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in the `flags` column.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What it means.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_start()),* }
            }
        }
    };
}

flags! {
    /// The photo has no color: color, pigment and spot columns are empty, texture is that of the gray values.
    Gray = "gray",
    /// An animation or a multi-page file: the first frame was measured.
    FirstFrameOnly = "first_frame_only",
    /// The embedded ICC profile is unusable: sRGB was assumed.
    ProfileInvalid = "profile_invalid",
    /// The EXIF block is unusable: no capture time, camera or orientation was read.
    ExifInvalid = "exif_invalid",
    /// Bytes after the end of the image were ignored.
    TrailingBytes = "trailing_bytes",
    /// Some pixels are transparent; they are outside every region.
    Transparent = "transparent",
    /// No scale is known: the relief bands are in pixels and columns in mm are empty.
    ScaleUnknown = "scale_unknown",
    /// JPEG quality below 90: weak color is quantized away and pigment leaks into the relief.
    JpegLowQuality = "jpeg_low_quality",
    /// The pixels are too large for the fine relief band: its columns are empty.
    FineUnresolved = "fine_unresolved",
    /// The pixels are too large for the mid relief band: its columns are empty.
    MidUnresolved = "mid_unresolved",
    /// The region is too small for the coarse relief band: its columns are empty.
    CoarseUnresolved = "coarse_unresolved",
    /// The relief is not above the camera's noise in at least one band: its columns are empty there.
    NoiseDominates = "noise_dominates",
    /// The skin is so dark and shines so much that more melanin looks like less light (`separation_angle_deg` below 8): relief and
    /// pigment cannot be told apart well, read `relief_sq_*_se`. Cross-polarized photos have no such limit.
    PigmentFold = "pigment_fold",
    /// The skin sends back next to no blue (mean ln G/B above 1.5): what tells relief from pigment is rounding and noise, read
    /// `relief_sq_*_se`.
    LittleBlue = "little_blue",
    /// More than 5 % of the photo is clipped.
    Clipped = "clipped",
    /// More than 5 % of the photo is glare.
    Glare = "glare",
    /// The light varies by more than a factor of two (1 EV) over the skin.
    UnevenLight = "uneven_light",
    /// The fine detail is blurred.
    Blurred = "blurred",
    /// Less than a quarter of the photo is skin.
    LittleSkin = "little_skin",
    /// The region is smaller than the 64 x 64 pixel tile that the power spectrum needs: `psd_slope` is empty.
    SpectrumUnresolved = "spectrum_unresolved",
    /// The light's direction does not show: `light_azimuth_deg` and the scar columns are empty.
    /// The region holds too few pairs of pixels 32 px apart: `fractal_dimension` is empty.
    FractalUnresolved = "fractal_unresolved",
    /// The light's direction does not show: `light_azimuth_deg` is empty.
    LightUnclear = "light_unclear",
    /// Skin was found by color, not given by an operator.
    SkinByColor = "skin_by_color",
    /// No pixel looks like skin and the whole photo was taken, as asked in the configuration.
    SkinAssumed = "skin_assumed",
    /// Pixels larger than 0.2 mm, or too little skin: scar columns are empty.
    ScarsUnresolved = "scars_unresolved",
    /// The region has no usable pixel: every metric is empty.
    RegionEmpty = "region_empty",
    /// The autocorrelation does not fall to 0.2 in every direction within the region: `relief_str` or `height_str` is empty.
    LongCorrelation = "long_correlation",
    /// No direction stands out (Str above 0.5): `relief_std_deg` or `height_std_deg` is empty.
    NoDirection = "no_direction",
    /// Some pixels of the height map hold no height; they are outside every region.
    HeightVoids = "height_voids",
}

/// What a row of `lesions.csv` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LesionKind {
    /// More melanin than around it.
    DarkSpot,
    /// More hemoglobin than around it.
    RedSpot,
    /// A sunken scar.
    Depression,
    /// A raised scar.
    Elevation,
}

impl LesionKind {
    /// The name in `lesions.csv`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DarkSpot => "dark_spot",
            Self::RedSpot => "red_spot",
            Self::Depression => "depression",
            Self::Elevation => "elevation",
        }
    }
}

/// What only a scar has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScarDetail {
    /// Suggested type, where the scale is known.
    pub scar_type: Option<String>,
    /// Its probability.
    pub type_probability: Option<f64>,
    /// Dimensionless; grows with the depth or height.
    pub depth_index: f64,
    /// ln of what steep flanks explain over what soft ones do.
    pub edge_sharpness: f64,
    /// How far it stands out of the micro-relief, in its standard deviations.
    pub contrast_sd: f64,
}

/// One spot or scar of one region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lesion {
    /// The region it lies in.
    pub region: String,
    /// What it is.
    pub kind: LesionKind,
    /// Column of its centroid, pixels from the left edge.
    pub x_px: f64,
    /// Row of its centroid, pixels from the top edge.
    pub y_px: f64,
    /// Area in pixels.
    pub area_px: usize,
    /// Diameter of the circle of the same area, in pixels.
    pub diameter_px: f64,
    /// The same in millimeters, where the scale is known.
    pub diameter_mm: Option<f64>,
    /// Of a spot the mean density of its pigment above the surround; of a scar the range of its shading (natural log units).
    pub contrast: f64,
    /// CIEDE2000 difference of its mean color from that of the ring around it.
    pub contrast_de00: Option<f64>,
    /// Perimeter-based circularity 4 pi A / P^2 of a spot, 1 for a disk.
    pub circularity: Option<f64>,
    /// What only a scar has.
    pub scar: Option<ScarDetail>,
}

/// A map that `--maps` can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapKind {
    /// The measured pixels, the spots and the scars, drawn on the photo.
    Overlay,
    /// Band-limited relief of the shading.
    Relief,
    /// Relief, fine band.
    ReliefFine,
    /// Relief, mid band.
    ReliefMid,
    /// Relief, coarse band.
    ReliefCoarse,
    /// Local rms of the relief.
    Roughness,
    /// Melanin density.
    Melanin,
    /// Hemoglobin density.
    Hemoglobin,
    /// Log shading: light and relief without pigment.
    Shading,
    /// CIELAB lightness.
    Lightness,
    /// GLCM contrast of the window.
    GlcmContrast,
    /// GLCM dissimilarity of the window.
    GlcmDissimilarity,
    /// GLCM homogeneity (inverse difference moment) of the window.
    GlcmHomogeneity,
    /// GLCM correlation of the window.
    GlcmCorrelation,
    /// GLCM energy (angular second moment) of the window.
    GlcmEnergy,
    /// GLCM joint entropy of the window.
    GlcmEntropy,
    /// Entropy of the gray levels of the window.
    Entropy,
    /// Mean absolute deviation from the mean of the window.
    LocalSa,
    /// Rms deviation from the mean of the window.
    LocalSq,
    /// Anisotropy of the window's structure tensor.
    Anisotropy,
    /// The scale-limited surface of a height map.
    Height,
}

impl MapKind {
    /// Every kind, in the order of their files.
    pub const ALL: &[Self] = &[
        Self::Overlay,
        Self::Relief,
        Self::ReliefFine,
        Self::ReliefMid,
        Self::ReliefCoarse,
        Self::Roughness,
        Self::Melanin,
        Self::Hemoglobin,
        Self::Shading,
        Self::Lightness,
        Self::GlcmContrast,
        Self::GlcmDissimilarity,
        Self::GlcmHomogeneity,
        Self::GlcmCorrelation,
        Self::GlcmEnergy,
        Self::GlcmEntropy,
        Self::Entropy,
        Self::LocalSa,
        Self::LocalSq,
        Self::Anisotropy,
        Self::Height,
    ];

    /// The name on the command line and of the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Overlay => "overlay",
            Self::Relief => "relief",
            Self::ReliefFine => "relief_fine",
            Self::ReliefMid => "relief_mid",
            Self::ReliefCoarse => "relief_coarse",
            Self::Roughness => "roughness",
            Self::Melanin => "melanin",
            Self::Hemoglobin => "hemoglobin",
            Self::Shading => "shading",
            Self::Lightness => "lightness",
            Self::GlcmContrast => "glcm_contrast",
            Self::GlcmDissimilarity => "glcm_dissimilarity",
            Self::GlcmHomogeneity => "glcm_homogeneity",
            Self::GlcmCorrelation => "glcm_correlation",
            Self::GlcmEnergy => "glcm_energy",
            Self::GlcmEntropy => "glcm_entropy",
            Self::Entropy => "entropy",
            Self::LocalSa => "local_sa",
            Self::LocalSq => "local_sq",
            Self::Anisotropy => "anisotropy",
            Self::Height => "height",
        }
    }

    /// A title with the unit, for the color bar.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Overlay => "measured skin, spots and scars",
            Self::Relief => "relief (ln intensity)",
            Self::ReliefFine => "relief, fine band (ln intensity)",
            Self::ReliefMid => "relief, mid band (ln intensity)",
            Self::ReliefCoarse => "relief, coarse band (ln intensity)",
            Self::Roughness => "roughness: local rms relief (ln intensity)",
            Self::Melanin => "melanin density (ln units)",
            Self::Hemoglobin => "hemoglobin density (ln units)",
            Self::Shading => "shading (ln intensity)",
            Self::Lightness => "CIELAB L*",
            Self::GlcmContrast => "local GLCM contrast",
            Self::GlcmDissimilarity => "local GLCM dissimilarity",
            Self::GlcmHomogeneity => "local GLCM homogeneity",
            Self::GlcmCorrelation => "local GLCM correlation",
            Self::GlcmEnergy => "local GLCM energy",
            Self::GlcmEntropy => "local GLCM joint entropy (bit)",
            Self::Entropy => "local entropy of gray levels (bit)",
            Self::LocalSa => "local Sa (units of the texture plane)",
            Self::LocalSq => "local Sq (units of the texture plane)",
            Self::Anisotropy => "local anisotropy (0 none, 1 stripes)",
            Self::Height => "height (um)",
        }
    }

    /// True where zero is the middle of the scale.
    #[must_use]
    pub fn is_signed(self) -> bool {
        matches!(
            self,
            Self::Relief | Self::ReliefFine | Self::ReliefMid | Self::ReliefCoarse | Self::Shading | Self::Height
        )
    }
}

/// A per-pixel map of the whole photo; of a photo of more than [`Map::MAX_SIDE`] pixels along a side, its averages over
/// squares of whole pixels.
#[derive(Clone, Debug)]
pub struct Map {
    /// What it shows.
    pub kind: MapKind,
    /// The values; arbitrary outside `valid`.
    pub values: Plane,
    /// Where the values mean something.
    pub valid: Arc<Mask>,
    /// The values of the two ends of the color scale.
    pub range: (f32, f32),
    /// Photo pixels along a side of one value's square.
    pub pixels: usize,
}

impl Map {
    /// Longest side in values. What is computed is computed at every pixel; more than this no picture shows, and the
    /// maps of a large photo would take more memory than its measurement.
    pub const MAX_SIDE: usize = 2000;
}

/// The photo as the report shows it: reduced, sRGB, with the measured pixels marked.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Interleaved 8-bit sRGB.
    pub rgb: Vec<u8>,
    /// 1 where the photo was measured, in the same size.
    pub measured: Vec<u8>,
    /// Preview pixels per photo pixel.
    pub scale: f64,
}

/// A measured photo.
#[derive(Clone, Debug)]
pub struct Measurement {
    /// One row per region, `all` first. The identity columns are filled by the run.
    pub rows: Vec<Row>,
    /// The spots and scars of all regions.
    pub lesions: Vec<Lesion>,
    /// The clinical sub-scores of all regions.
    pub sub_scores: Vec<SubScore>,
    /// The maps asked for (the overlay is drawn from the preview and the lesions).
    pub maps: Vec<Map>,
    /// The photo for the report.
    pub preview: Preview,
}

/// A reason not to measure a photo that decoded well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Stable code, as in `failures.csv`.
    pub code: String,
    /// What was found, what is allowed, what to do.
    pub message: String,
}

/// What became of a photo that decoded well.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Numbers.
    Measured(Box<Measurement>),
    /// No numbers, for these reasons; the row holds the quality columns.
    Refused {
        /// Why.
        reasons: Vec<Refusal>,
        /// Quality of the photo.
        row: Box<Row>,
    },
}
