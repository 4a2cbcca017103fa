//! The one place where a column is named.
//!
//! The CSV header, the Parquet schema, `docs/METRICS.md`, the report's tooltips and `cicatrix metrics` derive from here.

use std::fmt::Write as _;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::config::Family;
use super::texture::feature::{Aggregation, Feature};
use super::texture::{glcm, gldzm, glrlm, glszm, histogram, lbp, ngldm, ngtdm, statistics};

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
        fixed.chain(Table::ALL.iter().flat_map(|table| table.metrics())).collect()
    });
    &ALL
}

/// How many features a table has, and which columns they fill.
struct Spec {
    family: Family,
    prefix: &'static str,
    features: &'static [Feature],
    aggregations: &'static [Option<Aggregation>],
    source: &'static str,
}

/// Features without directions.
const ONCE: &[Option<Aggregation>] = &[None];
/// Features of four directions, averaged and merged.
const DIRECTIONS: &[Option<Aggregation>] = &[Some(Aggregation::Average), Some(Aggregation::Merged)];

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident: $family:ident $prefix:literal $features:path, $aggregations:ident, $source:literal;)*) => {
        /// A table of features whose columns are `<prefix>_<feature>`, with the aggregation behind where there is a choice. They
        /// come after the columns that are named one by one, in this order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Table { $($(#[$doc])* $table,)* }

        impl Table {
            /// Every table, in the order of its columns.
            pub const ALL: &[Self] = &[$(Self::$table),*];

            fn spec(self) -> Spec {
                match self {
                    $(Self::$table => Spec {
                        family: Family::$family,
                        prefix: $prefix,
                        features: &$features,
                        aggregations: $aggregations,
                        source: $source,
                    },)*
                }
            }
        }
    };
}

tables! {
    /// Gray-level co-occurrence.
    Glcm: Glcm "glcm" glcm::FEATURES, DIRECTIONS, "IBSI reference manual, section 3.6; Haralick 1973";
    /// Gray-level run lengths.
    Glrlm: Glrlm "glrlm" glrlm::FEATURES, DIRECTIONS, "IBSI reference manual, section 3.7; Galloway 1975";
    /// Gray-level zones by size.
    Glszm: Glszm "glszm" glszm::FEATURES, ONCE, "IBSI reference manual, section 3.8; Thibault 2009";
    /// Gray-level zones by distance.
    Gldzm: Gldzm "gldzm" gldzm::FEATURES, ONCE, "IBSI reference manual, section 3.9; Thibault 2014";
    /// Neighborhood gray-tone differences.
    Ngtdm: Ngtdm "ngtdm" ngtdm::FEATURES, ONCE, "IBSI reference manual, section 3.10; Amadasun and King 1989";
    /// Neighboring gray-level dependence.
    Ngldm: Ngldm "ngldm" ngldm::FEATURES, ONCE, "IBSI reference manual, section 3.11; Sun and Wee 1983";
    /// First-order statistics of the plane.
    Stat: Statistics "stat" statistics::FEATURES, ONCE, "IBSI reference manual, section 3.3";
    /// Histogram of the gray levels.
    Ih: Statistics "ih" histogram::FEATURES, ONCE, "IBSI reference manual, section 3.4";
    /// Local binary patterns.
    Lbp: Lbp "lbp" lbp::FEATURES, ONCE, "Ojala, Pietikäinen and Mäenpää 2002, riu2 with P = 8, R = 1";
}

impl Table {
    /// Its family.
    #[must_use]
    pub fn family(self) -> Family {
        self.spec().family
    }

    /// Its columns of one aggregation, in the order of its features; none where it has no such choice.
    pub fn columns(self, aggregation: Option<Aggregation>) -> impl Iterator<Item = Column> {
        let before: usize = Self::ALL.iter().take_while(|&&t| t != self).map(|t| t.spec().len()).sum();
        let spec = self.spec();
        let place = spec.aggregations.iter().position(|&a| a == aggregation);
        let first = FIXED.len() + before + place.unwrap_or(0) * spec.features.len();
        let count = if place.is_some() { spec.features.len() } else { 0 };
        (first..first + count).map(|i| Column(i as u16))
    }

    fn metrics(self) -> impl Iterator<Item = Metric> {
        let Spec { family, prefix, features, aggregations, source } = self.spec();
        aggregations.iter().flat_map(move |aggregation| {
            features.iter().map(move |feature| Metric {
                name: match aggregation {
                    Some(a) => format!("{prefix}_{}_{}", feature.name, a.name()),
                    None => format!("{prefix}_{}", feature.name),
                },
                family,
                kind: Kind::Number,
                unit: feature.unit,
                direction: Direction::Neutral,
                definition: match aggregation {
                    Some(a) => format!("{}; {}", feature.definition, a.definition()),
                    None => feature.definition.to_owned(),
                },
                source,
            })
        })
    }
}

impl Spec {
    fn len(&self) -> usize {
        self.features.len() * self.aggregations.len()
    }
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
        FLASH "flash" Text [""] Neutral "whether the flash fired, `yes` or `no`; empty where the file does not say", "EXIF Flash";
        MM_PER_PX "mm_per_px" Number ["mm/px"] Neutral "scale of the photo", "option, study file or file tag";
        SCALE_SOURCE "scale_source" Text [""] Neutral "where the scale comes from: `option`, `tag`, or `unknown`", "Cicatrix";
    }
    Quality {
        SKIN_FRACTION "skin_fraction" Number [""] Neutral "share of the photo's pixels in the region, 0 to 1", "Cicatrix";
        SHARPNESS "sharpness" Number [""] Neutral "rms of ln G in the octave of Gaussian sigma 1 to 2 px over that of 2 to 4 px, both free of noise; blur lowers it; about 0.9 for a sharp photo of skin, below 0.3 flagged", "Cicatrix";
        CLIPPED_FRACTION "clipped_fraction" Number [""] Neutral "share of the photo's pixels with a channel at the top code, or all channels at zero", "Cicatrix";
        GLARE_FRACTION "glare_fraction" Number [""] Neutral "share of the photo's pixels that are specular highlights: bright and of the light's color against their surround", "Cicatrix, after Tan and Ikeuchi 2005";
        ILLUMINATION_RANGE "illumination_range" Number ["EV"] Neutral "range from the 5th to the 95th percentile of the slow shading (below the coarse band) over the region, log2", "Cicatrix";
        NOISE_SD "noise_sd" Number ["ln"] Neutral "standard deviation of the pixel noise of ln G: mean of the lower three quarters of the absolute diagonal Haar coefficients / 0.5149", "Donoho and Johnstone 1994";
        LIGHT_AZIMUTH_DEG "light_azimuth_deg" Number ["deg"] Neutral "direction the light comes from in the image plane, 0 right, 90 up: as given, or the axis of the largest gradient energy of the mid relief, the side on which the slow shading is brighter; where that is unclear, what the flanks of scars and pores agree on", "Cicatrix, after Knill 1990";
        JPEG_QUALITY "jpeg_quality" Integer [""] Neutral "quality, 1 to 100, that the luma table of a JPEG stands for; empty of other files", "Independent JPEG Group, jcparam.c";
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
        MELANIN_MEAN "melanin_mean" Number ["ln"] Neutral "melanin density of the mean color of the region: how much of ln G its melanin takes away, by the forward model; free of shading and of blood", "two-layer forward model (docs/METHODS.md); Farrell, Patterson and Wilson 1992; Jacques 1998";
        MELANIN_SD "melanin_sd" Number ["ln"] Lower "standard deviation of the melanin density over the region, along the vectors of the forward model", "Tsumura 1999 and 2003; vectors of the forward model (docs/METHODS.md)";
        HEMOGLOBIN_MEAN "hemoglobin_mean" Number ["ln"] Neutral "hemoglobin density of the mean color of the region: how much of ln G its blood takes away, by the forward model; free of shading and of melanin", "as melanin_mean";
        HEMOGLOBIN_SD "hemoglobin_sd" Number ["ln"] Lower "standard deviation of the hemoglobin density over the region", "as melanin_sd";
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
        RELIEF_SQ_FINE "relief_sq_fine" Number ["ln"] Lower "rms relief index of the fine band (0.3 to 0.8 mm: micro-relief, pores): what of ln G is shading, by the colors of the region", "Cicatrix (docs/METHODS.md); filters of ISO 16610-61";
        RELIEF_SQ_MID "relief_sq_mid" Number ["ln"] Lower "rms relief index of the mid band (0.8 to 2.5 mm: ice pick, shallow boxcar scars)", "as relief_sq_fine";
        RELIEF_SQ_COARSE "relief_sq_coarse" Number ["ln"] Lower "rms relief index of the coarse band (2.5 to 8 mm: boxcar, rolling scars)", "as relief_sq_fine";
        RELIEF_SQ_FINE_SE "relief_sq_fine_se" Number ["ln"] Neutral "standard error of relief_sq_fine within one photo, of the separation from pigment and noise; not of a second photo", "as relief_sq_fine";
        RELIEF_SQ_MID_SE "relief_sq_mid_se" Number ["ln"] Neutral "standard error of relief_sq_mid, likewise", "as relief_sq_fine";
        RELIEF_SQ_COARSE_SE "relief_sq_coarse_se" Number ["ln"] Neutral "standard error of relief_sq_coarse, likewise", "as relief_sq_fine";
        SEPARATION_ANGLE_DEG "separation_angle_deg" Number ["deg"] Neutral "angle between shading (1, 1, 1) and the plane of melanin and blood in ln(R, G, B), by the forward model at the mean color of the region: about 20 on light skin, negative beyond the fold; below 8 flagged pigment_fold", "Cicatrix (docs/METHODS.md)";
        RELIEF_SA "relief_sa" Number ["ln"] Lower "mean absolute value of the band-limited relief about its mean; formula of ISO 25178-2 Sa on shading, no height", "formula of ISO 25178-2";
        RELIEF_SQ "relief_sq" Number ["ln"] Lower "rms of the band-limited relief about its mean; formula of Sq", "formula of ISO 25178-2";
        RELIEF_SSK "relief_ssk" Number [""] Neutral "skewness of the band-limited relief; formula of Ssk", "formula of ISO 25178-2";
        RELIEF_SKU "relief_sku" Number [""] Neutral "kurtosis of the band-limited relief, 3 for a Gaussian; formula of Sku", "formula of ISO 25178-2";
        RELIEF_SP "relief_sp" Number ["ln"] Lower "largest value of the band-limited relief above its mean; formula of Sp", "formula of ISO 25178-2";
        RELIEF_SV "relief_sv" Number ["ln"] Lower "largest value of the band-limited relief below its mean; formula of Sv", "formula of ISO 25178-2";
        RELIEF_SZ "relief_sz" Number ["ln"] Lower "Sp + Sv of the band-limited relief", "formula of ISO 25178-2";
        RELIEF_SDQ "relief_sdq" Number ["ln/px"] Lower "rms gradient of the band-limited relief, forward differences; per pixel, so compare at one scale only", "formula of ISO 25178-2";
        RELIEF_SDR "relief_sdr" Number ["%"] Lower "surface area of the band-limited relief beyond that of its ground, drawn so that 1 ln is as high as 1 mm is long; formula of Sdr, mean of both ways to cut a cell into triangles; empty where the scale is unknown", "formula of ISO 25178-2";
        RELIEF_SAL "relief_sal" Number ["mm"] Neutral "shortest length over which the autocorrelation of the band-limited relief falls to 0.2; formula of Sal; empty where the scale is unknown", "formula of ISO 25178-2";
        RELIEF_STR "relief_str" Number [""] Neutral "shortest over longest length of that fall, 1 for a relief without direction, near 0 for parallel furrows; formula of Str", "formula of ISO 25178-2";
        RELIEF_STD_DEG "relief_std_deg" Number ["deg"] Neutral "direction in which ridges and furrows run, 0 right, 90 up, below 180: across the waves of the largest angular power; formula of Std; empty where Str is above 0.5", "formula of ISO 25178-2";
        RELIEF_SK "relief_sk" Number ["ln"] Lower "core height of the band-limited relief: fall of the least-squares line in the flattest 40 % of its material ratio curve over the whole curve; formula of Sk", "formula of ISO 25178-2";
        RELIEF_SPK "relief_spk" Number ["ln"] Lower "reduced height of what stands above the core; formula of Spk", "formula of ISO 25178-2";
        RELIEF_SVK "relief_svk" Number ["ln"] Lower "reduced depth of what lies below the core: furrows, pits; formula of Svk", "formula of ISO 25178-2";
        RELIEF_SMR1 "relief_smr1" Number ["%"] Neutral "share of the area above the core; formula of Smr1", "formula of ISO 25178-2";
        RELIEF_SMR2 "relief_smr2" Number ["%"] Neutral "share of the area above the lower end of the core; formula of Smr2", "formula of ISO 25178-2";
        RELIEF_VMP "relief_vmp" Number ["ln"] Lower "peak material volume per area, above the value that 10 % of the area exceed; formula of Vmp", "formula of ISO 25178-2";
        RELIEF_VMC "relief_vmc" Number ["ln"] Lower "core material volume per area, between the values that 10 and 80 % exceed; formula of Vmc", "formula of ISO 25178-2";
        RELIEF_VVC "relief_vvc" Number ["ln"] Lower "core void volume per area, between the same values; formula of Vvc", "formula of ISO 25178-2";
        RELIEF_VVV "relief_vvv" Number ["ln"] Lower "valley void volume per area, below the value that 80 % exceed; formula of Vvv", "formula of ISO 25178-2";
        RELIEF_SXP "relief_sxp" Number ["ln"] Lower "extreme peak height: from the value that 2.5 % of the area exceed to the median; formula of Sxp", "formula of ISO 25178-2";
    }
    Spectrum {
        PSD_SLOPE "psd_slope" Number [""] Neutral "slope of ln power against ln frequency of the shading, two-dimensional power spectrum of Hann-windowed tiles, of greatest likelihood between the wavelengths of 6 and 32 px; -3.4 for a fractal surface of Hurst exponent 0.7", "Welch 1967; Whittle 1953; Jacobs, Junge and Pastewka 2017";
    }
    Structure {
        FRACTAL_DIMENSION "fractal_dimension" Number [""] Neutral "fractal dimension of the texture plane as a surface, 2 smooth to 3 rough: 3 - slope of ln mean absolute increment against ln lag, lags of 4 to 32 px along rows and columns", "madogram: Gneiting, Sevcikova and Percival 2012";
        ANISOTROPY "anisotropy" Number [""] Neutral "anisotropy of the texture plane: (l1 - l2) / (l1 + l2) of the eigenvalues of its structure tensor; 0 when no direction is preferred, 1 when all lines run one way", "Bigun and Granlund 1987";
        ORIENTATION_DEG "orientation_deg" Number ["deg"] Neutral "direction in which the lines of the texture plane run, 0 right, 90 up, below 180; means little where the anisotropy is small", "Bigun and Granlund 1987";
    }
    Height {
        HEIGHT_SA_UM "height_sa_um" Number ["um"] Lower "Sa: mean absolute height about the mean of the scale-limited surface", "ISO 25178-2";
        HEIGHT_SQ_UM "height_sq_um" Number ["um"] Lower "Sq: root mean square height", "ISO 25178-2";
        HEIGHT_SSK "height_ssk" Number [""] Neutral "Ssk: skewness of the heights", "ISO 25178-2";
        HEIGHT_SKU "height_sku" Number [""] Neutral "Sku: kurtosis of the heights, 3 for a Gaussian", "ISO 25178-2";
        HEIGHT_SP_UM "height_sp_um" Number ["um"] Lower "Sp: highest peak above the mean", "ISO 25178-2";
        HEIGHT_SV_UM "height_sv_um" Number ["um"] Lower "Sv: deepest pit below the mean, positive", "ISO 25178-2";
        HEIGHT_SZ_UM "height_sz_um" Number ["um"] Lower "Sz: Sp + Sv", "ISO 25178-2";
        HEIGHT_SDQ "height_sdq" Number [""] Lower "Sdq: root mean square gradient; differences of neighbors, each axis over its own pairs", "ISO 25178-2; stencil of Cicatrix";
        HEIGHT_SDR_PERCENT "height_sdr_percent" Number ["%"] Lower "Sdr: developed interfacial area ratio, mean of both ways to cut a cell into triangles", "ISO 25178-2";
        HEIGHT_SAL_UM "height_sal_um" Number ["um"] Neutral "Sal: autocorrelation length, fall to 0.2", "ISO 25178-2";
        HEIGHT_STR "height_str" Number [""] Neutral "Str: texture aspect ratio, 1 for a surface without direction, near 0 for parallel furrows", "ISO 25178-2";
        HEIGHT_STD_DEG "height_std_deg" Number ["deg"] Neutral "Std: direction in which ridges and furrows run, 0 right, 90 up, below 180; empty where Str is above 0.5", "ISO 25178-2";
        HEIGHT_SK_UM "height_sk_um" Number ["um"] Lower "Sk: core height of the material ratio curve, least-squares line in the flattest 40 %", "ISO 25178-2";
        HEIGHT_SPK_UM "height_spk_um" Number ["um"] Lower "Spk: reduced peak height", "ISO 25178-2";
        HEIGHT_SVK_UM "height_svk_um" Number ["um"] Lower "Svk: reduced pit depth", "ISO 25178-2";
        HEIGHT_SMR1_PERCENT "height_smr1_percent" Number ["%"] Neutral "Smr1: material ratio at the upper end of the core", "ISO 25178-2";
        HEIGHT_SMR2_PERCENT "height_smr2_percent" Number ["%"] Neutral "Smr2: material ratio at the lower end of the core", "ISO 25178-2";
        HEIGHT_VMP_UM "height_vmp_um" Number ["um"] Lower "Vmp: peak material volume per area, above the height at 10 %; 1 um is 1 ml/m2", "ISO 25178-2";
        HEIGHT_VMC_UM "height_vmc_um" Number ["um"] Lower "Vmc: core material volume per area, between the heights at 10 and 80 %; 1 um is 1 ml/m2", "ISO 25178-2";
        HEIGHT_VVC_UM "height_vvc_um" Number ["um"] Lower "Vvc: core void volume per area, between the heights at 10 and 80 %; 1 um is 1 ml/m2", "ISO 25178-2";
        HEIGHT_VVV_UM "height_vvv_um" Number ["um"] Lower "Vvv: pit void volume per area, below the height at 80 %; 1 um is 1 ml/m2", "ISO 25178-2";
        HEIGHT_SXP_UM "height_sxp_um" Number ["um"] Lower "Sxp: extreme peak height, from the height at 2.5 % to that at 50 %", "ISO 25178-2";
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
