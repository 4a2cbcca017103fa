//! On which scale two values of a metric are compared.
//!
//! The error of an amplitude (a relief, a standard deviation, a contrast) is a share of its value: twice the relief is off by twice
//! as much. There the logarithms have one error for all skins, and a change is a ratio. So the rule is:
//!
//! - **log**: amplitudes and lengths, which are the columns of numbers whose dictionary entry says "lower is smoother", without the
//!   shares of area, and the correlation lengths. Where any value of the comparison is not above zero the metric is compared as a ratio;
//! - **ratio**: counts, shares of area, densities and texture features: differences, also in percent of a positive baseline;
//! - **interval**: L*, a*, b*, indices, angles of typology, exponents, skewness and kurtosis, whose zero is no "nothing": differences
//!   and never percent.
//!
//! The scale belongs to the metric, not to the data, so that two studies compare alike. Whether it fits the data is told by
//! [`growth`](super::repeatability::growth). Directions (0 and 180 degrees are one), names, identity and quality have no scale:
//! no change of them is tested.

use crate::measure::config::Family;
use crate::measure::dictionary::{Column, Direction, Kind, Table};

/// How two values of a metric are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// By their logarithms.
    Log,
    /// By their difference, which may also be told in percent.
    Ratio,
    /// By their difference alone.
    Interval,
}

/// Columns of numbers whose zero is no "nothing".
const INTERVAL: &[Column] = &[
    Column::L_MEAN,
    Column::A_MEAN,
    Column::B_MEAN,
    Column::ITA_DEG,
    Column::MI_MEAN,
    Column::EI_MEAN,
    Column::RELIEF_SSK,
    Column::RELIEF_SKU,
    Column::HEIGHT_SSK,
    Column::HEIGHT_SKU,
    Column::PSD_SLOPE,
    Column::FRACTAL_DIMENSION,
];

impl Scale {
    /// The scale of a column; `None` where a change of it means nothing.
    #[must_use]
    pub fn of(column: Column) -> Option<Self> {
        let metric = column.metric();
        let circular = metric.unit == "deg" && column != Column::ITA_DEG;
        let describes_the_photo = matches!(metric.family, Family::Identity | Family::Quality);
        if metric.kind == Kind::Text || circular || describes_the_photo || metric.name.ends_with("_se") {
            return None;
        }
        if INTERVAL.contains(&column) {
            return Some(Self::Interval);
        }
        let length = matches!(column, Column::RELIEF_SAL | Column::HEIGHT_SAL_UM);
        let amplitude = metric.kind == Kind::Number
            && metric.direction == Direction::Lower
            && !metric.name.ends_with("_area_fraction")
            && !Table::ALL.iter().any(|t| t.family() == metric.family);
        Some(if amplitude || length { Self::Log } else { Self::Ratio })
    }

    /// The same, or [`Scale::Ratio`] where a logarithm is asked of a value that has none.
    #[must_use]
    pub fn fitting(self, values: &[f64]) -> Self {
        if self == Self::Log && values.iter().any(|v| *v <= 0.0) { Self::Ratio } else { self }
    }

    /// A value on the scale.
    #[must_use]
    pub fn forward(self, value: f64) -> f64 {
        if self == Self::Log { value.ln() } else { value }
    }

    /// The value at a place of the scale.
    #[must_use]
    pub fn back(self, place: f64) -> f64 {
        if self == Self::Log { place.exp() } else { place }
    }

    /// The change of the value that `shift` on the scale is to a baseline.
    #[must_use]
    pub fn change(self, baseline: f64, shift: f64) -> f64 {
        if self == Self::Log { baseline * shift.exp_m1() } else { shift }
    }

    /// The same in percent of the baseline; `None` where percent mean nothing.
    #[must_use]
    pub fn percent(self, baseline: f64, shift: f64) -> Option<f64> {
        match self {
            Self::Log => Some(100.0 * shift.exp_m1()),
            Self::Ratio if baseline > 0.0 => Some(100.0 * shift / baseline),
            Self::Ratio | Self::Interval => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Ratio => "ratio",
            Self::Interval => "interval",
        }
    }
}

/// The step in which a column counts: 1 for whole numbers, 0 for others.
#[must_use]
pub fn resolution(column: Column) -> f64 {
    if column.metric().kind == Kind::Integer { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule() {
        let scale = |name: &str| Scale::of(Column::named(name).unwrap());
        for name in [
            "relief_sq_mid",
            "relief_svk",
            "melanin_sd",
            "evenness_de00",
            "dark_spot_contrast",
            "height_sa_um",
            "relief_sdr",
        ] {
            assert_eq!(scale(name), Some(Scale::Log), "{name}");
        }
        for name in [
            "dark_spot_count",
            "red_spot_area_fraction",
            "depression_count",
            "melanin_mean",
            "glcm_contrast_avg",
            "relief_str",
        ] {
            assert_eq!(scale(name), Some(Scale::Ratio), "{name}");
        }
        for name in ["ita_deg", "a_mean", "relief_ssk", "psd_slope"] {
            assert_eq!(scale(name), Some(Scale::Interval), "{name}");
        }
        for name in [
            "photo",
            "mm_per_px",
            "sharpness",
            "hue_deg",
            "relief_std_deg",
            "orientation_deg",
            "relief_sq_mid_se",
            "ita_class",
        ] {
            assert_eq!(scale(name), None, "{name}");
        }
    }

    #[test]
    fn a_logarithm_needs_positive_values() {
        assert_eq!(Scale::Log.fitting(&[1.0, 0.0]), Scale::Ratio);
        assert_eq!(Scale::Log.fitting(&[1.0, 2.0]), Scale::Log);
        assert_eq!(Scale::Interval.fitting(&[-1.0]), Scale::Interval);
    }

    #[test]
    fn changes() {
        let fall = (0.85_f64).ln();
        assert!((Scale::Log.percent(0.2, fall).unwrap() + 15.0).abs() < 1e-12);
        assert!((Scale::Log.change(0.2, fall) + 0.03).abs() < 1e-12);
        assert_eq!(Scale::Ratio.percent(8.0, -2.0), Some(-25.0));
        assert_eq!(Scale::Ratio.percent(0.0, 2.0), None);
        assert_eq!(Scale::Interval.percent(50.0, 1.0), None);
        assert_eq!(resolution(Column::DARK_SPOT_COUNT), 1.0);
    }
}
