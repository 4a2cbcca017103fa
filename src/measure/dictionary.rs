//! The one place where a column is named.
//!
//! The CSV header, the Parquet schema, `docs/METRICS.md`, the report's tooltips and `cicatrix metrics` derive from here.

use std::fmt::Write as _;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::config::Family;
use super::texture::glcm::{Aggregation, FEATURES};
use super::texture::lbp;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name.
    Text,
    /// A count or a size in pixels.
    Integer,
    /// A number.
    Number,
}

/// What a smaller value says of the skin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Neither good nor bad by itself.
    Neutral,
    /// Lower is smoother or more even skin.
    Lower,
    /// Higher is smoother or more even skin.
    Higher,
}

impl Direction {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Neutral => "",
            Self::Lower => "lower is smoother or more even",
            Self::Higher => "higher is smoother or more even",
        }
    }
}

/// One column of `metrics.csv`.
#[derive(Clone, Debug)]
pub struct Metric {
    /// The column's name; never renamed once shipped.
    pub name: String,
    /// The family it is measured with.
    pub family: Family,
    /// What it holds.
    pub kind: Kind,
    /// Its unit; empty for names, counts and dimensionless numbers.
    pub unit: &'static str,
    /// What a smaller value says.
    pub direction: Direction,
    /// What it is, with its formula.
    pub definition: String,
    /// Where the definition comes from.
    pub source: &'static str,
}

/// A column, as an index into [`all`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column(u16);

impl Column {
    /// Position in [`all`] and in a row.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// Its entry in the dictionary.
    #[must_use]
    pub fn metric(self) -> &'static Metric {
        &all()[self.index()]
    }

    /// The column of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        all().iter().position(|m| m.name == name).map(|i| Self(i as u16))
    }

    /// The GLCM feature of this position in [`FEATURES`].
    #[must_use]
    pub fn glcm(feature: usize, aggregation: Aggregation) -> Self {
        let offset = feature + if aggregation == Aggregation::Average { 0 } else { FEATURES.len() };
        Self((FIXED.len() + offset) as u16)
    }

    /// The share of the riu2 class `class`, 0 to 9.
    #[must_use]
    pub fn lbp(class: usize) -> Self {
        Self((FIXED.len() + 2 * FEATURES.len() + class) as u16)
    }

    /// Every column.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..all().len() as u16).map(Self)
    }
}

/// Every column, in the order of `metrics.csv`.
#[must_use]
pub fn all() -> &'static [Metric] {
    static ALL: LazyLock<Vec<Metric>> = LazyLock::new(|| {
        let fixed = FIXED.iter().map(|f| Metric {
            name: f.name.to_owned(),
            family: f.family,
            kind: f.kind,
            unit: f.unit,
            direction: f.direction,
            definition: f.definition.to_owned(),
            source: f.source,
        });
        let glcm = [Aggregation::Average, Aggregation::Merged].into_iter().flat_map(|aggregation| {
            FEATURES.iter().map(move |feature| Metric {
                name: format!("glcm_{}_{}", feature.name, aggregation.name()),
                family: Family::Glcm,
                kind: Kind::Number,
                unit: feature.unit,
                direction: Direction::Neutral,
                definition: format!("{}; {}", feature.definition, aggregation.definition()),
                source: "IBSI reference manual, section 3.6; Haralick 1973",
            })
        });
        let lbp = (0..lbp::CLASSES).map(|class| Metric {
            name: format!("lbp_riu2_{class}"),
            family: Family::Lbp,
            kind: Kind::Number,
            unit: "",
            direction: Direction::Neutral,
            definition: lbp::class_definition(class),
            source: "Ojala, Pietikäinen and Mäenpää 2002, riu2 with P = 8, R = 1",
        });
        fixed.chain(glcm).chain(lbp).collect()
    });
    &ALL
}

/// SHA-256 over the dictionary: rows kept by another dictionary are never read back.
#[must_use]
pub fn fingerprint() -> &'static str {
    static PRINT: LazyLock<String> = LazyLock::new(|| {
        let mut hash = Sha256::new();
        for m in all() {
            hash.update(format!("{}\0{:?}\0{}\0{}\n", m.name, m.kind, m.unit, m.definition));
        }
        hash.finalize().iter().fold(String::new(), |mut s, byte| {
            let _ = write!(s, "{byte:02x}");
            s
        })
    });
    &PRINT
}

/// The columns of `lesions.csv`: name and definition.
pub const LESION_COLUMNS: &[(&str, &str)] = &[
    ("photo", "the photo, as in metrics.csv"),
    ("region", "the region the spot or scar lies in"),
    (
        "kind",
        "dark_spot (more melanin than around it), red_spot (more hemoglobin), depression (sunken scar) or elevation (raised scar)",
    ),
    ("x_px", "column of the centroid, pixels from the left edge of the upright photo"),
    ("y_px", "row of the centroid, pixels from its top edge"),
    ("area_px", "area in pixels"),
    ("diameter_px", "diameter of the circle of the same area, in pixels"),
    ("diameter_mm", "the same in millimeters; empty where the scale is unknown"),
    (
        "contrast",
        "of a spot the mean density of its pigment above the surround, of a scar its shading from the 10th to the 90th percentile, in natural-log units",
    ),
    ("contrast_de00", "CIEDE2000 difference of its mean color from that of the ring around it"),
    ("circularity", "4 pi area / perimeter^2 of a spot, about 1 for a disk; empty for a scar"),
    ("type", "of a scar the suggested type: ice_pick, boxcar, rolling, hypertrophic, mixed; empty without a scale"),
    ("type_probability", "probability of that type, or of the likeliest one where it is mixed"),
    (
        "depth_index",
        "of a scar: amplitude of its light and shade times its radius in mm; dimensionless, grows with depth, depends on the light",
    ),
    (
        "edge_sharpness",
        "of a sunken scar: ln of what steep flanks explain over what soft ones do; above 0 for ice pick and boxcar",
    ),
    ("contrast_sd", "of a scar: the root of what its template explains, in standard deviations of the whitened skin"),
];

/// The columns of `scales.csv`: name and definition.
pub const SCALE_COLUMNS: &[(&str, &str)] = &[
    ("photo", "the photo, as in metrics.csv"),
    ("region", "the region"),
    ("scale", "the clinical scale"),
    ("version", "its version"),
    ("item", "the item of the scale; never a total, because no scale shows all its items in a photograph"),
    ("value", "points, or class"),
    ("basis", "what was counted or measured"),
    (
        "note",
        "machine estimate, what was assumed, and `unverified` where the points were not read in the scale's own paper",
    ),
    ("source", "where the rule comes from"),
];

/// The columns of `failures.csv`: name and definition.
pub const FAILURE_COLUMNS: &[(&str, &str)] = &[
    ("photo", "the photo, as it would stand in metrics.csv"),
    ("status", "refused (decoded, but not fit to be measured) or failed"),
    ("stage", "read, decode, region, measure or internal"),
    ("code", "a stable name of the reason"),
    ("message", "what was found, what is allowed, what to do"),
];

struct Fixed {
    name: &'static str,
    family: Family,
    kind: Kind,
    unit: &'static str,
    direction: Direction,
    definition: &'static str,
    source: &'static str,
}

macro_rules! columns {
    ($($family:ident { $($ID:ident $name:literal $kind:ident [$unit:literal] $direction:ident $definition:literal, $source:literal;)* })*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Position { $($($ID,)*)* }

        impl Column {
            $($(#[doc = $definition] pub const $ID: Self = Self(Position::$ID as u16);)*)*
        }

        const FIXED: &[Fixed] = &[$($(Fixed {
            name: $name,
            family: Family::$family,
            kind: Kind::$kind,
            unit: $unit,
            direction: Direction::$direction,
            definition: $definition,
            source: $source,
        },)*)*];
    };
}

columns! {
    Identity {
        PHOTO "photo" Text [""] Neutral "path of the photo relative to the folder that was given", "Cicatrix";
        REGION "region" Text [""] Neutral "`all` (the skin mask) or the name of a region", "Cicatrix";
        STATUS "status" Text [""] Neutral "`ok` or `refused` (decoded, but not fit to be measured: metrics are empty)", "Cicatrix";
        FLAGS "flags" Text [""] Neutral "what a reader of the row must know, names separated by blanks", "Cicatrix";
        SHA256 "sha256" Text [""] Neutral "SHA-256 of the photo's bytes", "FIPS 180-4";
        WIDTH_PX "width_px" Integer ["px"] Neutral "columns of the upright photo", "Cicatrix";
        HEIGHT_PX "height_px" Integer ["px"] Neutral "rows of the upright photo", "Cicatrix";
        CAPTURED_AT "captured_at" Text [""] Neutral "capture time, local, YYYY-MM-DDThh:mm:ss", "EXIF DateTimeOriginal";
        CAMERA "camera" Text [""] Neutral "make and model of the camera", "EXIF Make, Model";
        MM_PER_PX "mm_per_px" Number ["mm/px"] Neutral "scale of the photo", "option, study file or file tag";
        SCALE_SOURCE "scale_source" Text [""] Neutral "where the scale comes from: `option`, `tag`, or `unknown`", "Cicatrix";
    }
    Quality {
        SKIN_FRACTION "skin_fraction" Number [""] Neutral "share of the photo's pixels in the region, 0 to 1", "Cicatrix";
        SHARPNESS "sharpness" Number [""] Neutral "rms of ln G in the octave of Gaussian sigma 1 to 2 px over that of 2 to 4 px, both free of noise; blur lowers it; about 0.9 for a sharp photo of skin, below 0.3 flagged", "Cicatrix";
        CLIPPED_FRACTION "clipped_fraction" Number [""] Neutral "share of the photo's pixels with a channel at the top code, or all channels at zero", "Cicatrix";
        GLARE_FRACTION "glare_fraction" Number [""] Neutral "share of the photo's pixels that are specular highlights: bright and of the light's color against their surround", "Cicatrix, after Tan and Ikeuchi 2005";
        ILLUMINATION_RANGE "illumination_range" Number ["EV"] Neutral "range from the 5th to the 95th percentile of the slow shading (below the coarse band) over the region, log2", "Cicatrix";
        NOISE_SD "noise_sd" Number ["ln"] Neutral "standard deviation of the pixel noise of ln G: median absolute diagonal Haar coefficient / 0.6745", "Donoho and Johnstone 1994";
        LIGHT_AZIMUTH_DEG "light_azimuth_deg" Number ["deg"] Neutral "direction the light comes from in the image plane, 0 right, 90 up: as given, or the axis of the largest gradient energy of the mid relief, the side on which the slow shading is brighter; where that is unclear, what the flanks of scars and pores agree on", "Cicatrix, after Knill 1990";
    }
    Color {
        L_MEAN "l_mean" Number [""] Neutral "mean CIELAB L* of the region", "CIE 15:2018, D65";
        A_MEAN "a_mean" Number [""] Neutral "mean CIELAB a* of the region", "CIE 15:2018, D65";
        B_MEAN "b_mean" Number [""] Neutral "mean CIELAB b* of the region", "CIE 15:2018, D65";
        L_SD "l_sd" Number [""] Lower "standard deviation of L* over the region", "CIE 15:2018, D65";
        A_SD "a_sd" Number [""] Lower "standard deviation of a* over the region", "CIE 15:2018, D65";
        B_SD "b_sd" Number [""] Lower "standard deviation of b* over the region", "CIE 15:2018, D65";
        HUE_DEG "hue_deg" Number ["deg"] Neutral "hue angle h_ab of the mean color, 0 to 360", "CIE 15:2018";
        CHROMA "chroma" Number [""] Neutral "chroma C*_ab of the mean color", "CIE 15:2018";
        ITA_DEG "ita_deg" Number ["deg"] Neutral "individual typology angle atan((L* - 50) / b*) of the mean color", "Chardon, Cretois and Hourseau 1991";
        ITA_CLASS "ita_class" Text [""] Neutral "skin color class of the ITA: very_light > 55, light > 41, intermediate > 28, tan > 10, brown > -30, dark", "Del Bino and Bernerd 2013";
    }
    Pigment {
        MELANIN_MEAN "melanin_mean" Number ["ln"] Neutral "mean melanin density: the melanin coordinate of the log chromaticity, free of shading", "Tsumura 1999 and 2003; vectors of the forward model (docs/METHODS.md)";
        MELANIN_SD "melanin_sd" Number ["ln"] Lower "standard deviation of the melanin density", "as melanin_mean";
        HEMOGLOBIN_MEAN "hemoglobin_mean" Number ["ln"] Neutral "mean hemoglobin density: the blood coordinate of the log chromaticity, free of shading", "as melanin_mean";
        HEMOGLOBIN_SD "hemoglobin_sd" Number ["ln"] Lower "standard deviation of the hemoglobin density", "as melanin_mean";
        MI_MEAN "mi_mean" Number [""] Neutral "melanin index of the mean linear color: 100 (-log10 R); depends on exposure, compare under one light only", "Takiwaki 1994";
        EI_MEAN "ei_mean" Number [""] Neutral "erythema index of the mean linear color: 100 (log10 R - log10 G)", "Diffey 1984; Takiwaki 1994";
        EVENNESS_DE00 "evenness_de00" Number [""] Lower "mean CIEDE2000 difference of the pixels' chromaticity from that of the region, at the region's mean L*: unevenness of color without shading", "CIE 142-2001; Cicatrix";
    }
    Spots {
        DARK_SPOT_COUNT "dark_spot_count" Integer [""] Lower "number of dark spots", "Cicatrix (docs/METHODS.md)";
        DARK_SPOT_AREA_FRACTION "dark_spot_area_fraction" Number [""] Lower "share of the region's area in dark spots", "as dark_spot_count";
        DARK_SPOT_CONTRAST "dark_spot_contrast" Number ["ln"] Lower "mean melanin density of the dark spots above their surround, weighted by area; empty without spots", "as dark_spot_count";
        RED_SPOT_COUNT "red_spot_count" Integer [""] Lower "number of red spots", "as dark_spot_count";
        RED_SPOT_AREA_FRACTION "red_spot_area_fraction" Number [""] Lower "share of the region's area in red spots", "as dark_spot_count";
        RED_SPOT_CONTRAST "red_spot_contrast" Number ["ln"] Lower "mean hemoglobin density of the red spots above their surround, weighted by area; empty without spots", "as dark_spot_count";
    }
    Relief {
        RELIEF_SQ_FINE "relief_sq_fine" Number ["ln"] Lower "rms relief index of the fine band (0.3 to 0.8 mm: micro-relief, pores), noise subtracted in quadrature", "Cicatrix; filters of ISO 16610-61";
        RELIEF_SQ_MID "relief_sq_mid" Number ["ln"] Lower "rms relief index of the mid band (0.8 to 2.5 mm: ice pick, shallow boxcar scars), noise subtracted in quadrature", "Cicatrix; filters of ISO 16610-61";
        RELIEF_SQ_COARSE "relief_sq_coarse" Number ["ln"] Lower "rms relief index of the coarse band (2.5 to 8 mm: boxcar, rolling scars), noise subtracted in quadrature", "Cicatrix; filters of ISO 16610-61";
        RELIEF_SA "relief_sa" Number ["ln"] Lower "mean absolute value of the band-limited relief about its mean; formula of ISO 25178-2 Sa on shading, no height", "formula of ISO 25178-2";
        RELIEF_SQ "relief_sq" Number ["ln"] Lower "rms of the band-limited relief about its mean; formula of Sq", "formula of ISO 25178-2";
        RELIEF_SSK "relief_ssk" Number [""] Neutral "skewness of the band-limited relief; formula of Ssk", "formula of ISO 25178-2";
        RELIEF_SKU "relief_sku" Number [""] Neutral "kurtosis of the band-limited relief, 3 for a Gaussian; formula of Sku", "formula of ISO 25178-2";
        RELIEF_SP "relief_sp" Number ["ln"] Lower "largest value of the band-limited relief above its mean; formula of Sp", "formula of ISO 25178-2";
        RELIEF_SV "relief_sv" Number ["ln"] Lower "largest value of the band-limited relief below its mean; formula of Sv", "formula of ISO 25178-2";
        RELIEF_SZ "relief_sz" Number ["ln"] Lower "Sp + Sv of the band-limited relief", "formula of ISO 25178-2";
        RELIEF_SDQ "relief_sdq" Number ["ln/px"] Lower "rms gradient of the band-limited relief, forward differences; per pixel, so compare at one scale only", "formula of ISO 25178-2";
    }
    Spectrum {
        PSD_SLOPE "psd_slope" Number [""] Neutral "slope of ln power against ln frequency of the shading, two-dimensional power spectrum averaged over directions, between the wavelengths of 6 and 32 px; -3.4 for a fractal surface of Hurst exponent 0.7", "Welch 1967; Jacobs, Junge and Pastewka 2017";
    }
    Scars {
        DEPRESSION_COUNT "depression_count" Integer [""] Lower "number of sunken scars; pores (below 0.3 mm) are not counted", "Cicatrix (docs/METHODS.md)";
        DEPRESSION_AREA_FRACTION "depression_area_fraction" Number [""] Lower "share of the region's area in sunken scars, as disks of their diameters", "as depression_count";
        ELEVATION_COUNT "elevation_count" Integer [""] Lower "number of raised scars", "as depression_count";
        ELEVATION_AREA_FRACTION "elevation_area_fraction" Number [""] Lower "share of the region's area in raised scars, as disks of their diameters", "as depression_count";
        DEPRESSION_SMALL_COUNT "depression_small_count" Integer [""] Lower "number of sunken scars below 2 mm; empty without a scale", "size bins of ECCA, Dreno 2007";
        DEPRESSION_MEDIUM_COUNT "depression_medium_count" Integer [""] Lower "number of sunken scars of 2 to 4 mm; empty without a scale", "size bins of ECCA, Dreno 2007";
        DEPRESSION_LARGE_COUNT "depression_large_count" Integer [""] Lower "number of sunken scars above 4 mm; empty without a scale", "size bins of ECCA, Dreno 2007";
        ICE_PICK_COUNT "ice_pick_count" Integer [""] Lower "number of scars suggested as ice pick (narrow V) with a probability of at least 0.7; empty without a scale", "Jacob, Dover and Kaminer 2001; Cicatrix (docs/METHODS.md)";
        BOXCAR_COUNT "boxcar_count" Integer [""] Lower "number of scars suggested as boxcar (flat floor, steep wall); as ice_pick_count", "Jacob, Dover and Kaminer 2001; Cicatrix (docs/METHODS.md)";
        ROLLING_COUNT "rolling_count" Integer [""] Lower "number of scars suggested as rolling (wide, soft); as ice_pick_count", "Jacob, Dover and Kaminer 2001; Cicatrix (docs/METHODS.md)";
        HYPERTROPHIC_COUNT "hypertrophic_count" Integer [""] Lower "number of scars suggested as hypertrophic (raised); as ice_pick_count", "Cicatrix (docs/METHODS.md)";
        MIXED_COUNT "mixed_count" Integer [""] Lower "number of scars that no type fits with a probability of 0.7; empty without a scale", "Cicatrix (docs/METHODS.md)";
    }
}
