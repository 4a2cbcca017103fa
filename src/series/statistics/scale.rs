//! On which scale two values of a metric are compared.
//!
//! The error of an amplitude (a relief, a standard deviation, a contrast) is a share of its value: twice the relief is
//! off by twice as much. There the logarithms have one error for all skins, and a change is a ratio. So the rule is:
//!
//! - **log**: amplitudes and lengths, which are the columns of numbers whose dictionary entry says "lower is smoother",
//!   without the shares of area, and the correlation lengths;
//! - **root**: counts and shares of area, which may be zero and whose error grows with their root as that of any count
//!   does; also a metric of the first kind of which a value is zero;
//! - **ratio**: densities and texture features: differences, also in percent of a positive baseline;
//! - **interval**: L*, a*, b*, indices, angles of typology, exponents, skewness and kurtosis, whose zero is no
//!   "nothing": differences and never percent.
//!
//! The scale belongs to the metric, not to the data, so that two studies compare alike. Whether it fits the data is
//! told by [`growth`](super::repeatability::growth). Directions (0 and 180 degrees are one), names, identity and
//! quality have no scale: no change of them is tested.

use crate::measure::config::Family;
use crate::measure::dictionary::{Column, Direction, Kind, Table};

/// How two values of a metric are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// By their logarithms.
    Log,
    /// By their roots.
    Root,
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
        if metric.kind == Kind::Integer || metric.name.ends_with("_area_fraction") {
            return Some(Self::Root);
        }
        let length = matches!(column, Column::RELIEF_SAL | Column::HEIGHT_SAL_UM);
        let amplitude = metric.kind == Kind::Number
            && metric.direction == Direction::Lower
            && !Table::ALL.iter().any(|t| t.family() == metric.family);
        Some(if amplitude || length { Self::Log } else { Self::Ratio })
    }

    /// The same, or the next one that all values allow: roots need values that are not negative, logarithms positive
    /// ones.
    #[must_use]
    pub fn fitting(self, values: &[f64]) -> Self {
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        match self {
            Self::Log if least > 0.0 => Self::Log,
            Self::Log | Self::Root if least >= 0.0 => Self::Root,
            Self::Log | Self::Root => Self::Interval,
            other => other,
        }
    }

    /// A value on the scale.
    #[must_use]
    pub fn forward(self, value: f64) -> f64 {
        match self {
            Self::Log => value.ln(),
            Self::Root => value.sqrt(),
            Self::Ratio | Self::Interval => value,
        }
    }

    /// The value at a place of the scale; of a root below zero it is zero.
    #[must_use]
    pub fn back(self, place: f64) -> f64 {
        match self {
            Self::Log => place.exp(),
            Self::Root if place < 0.0 => 0.0,
            Self::Root => place.powi(2),
            Self::Ratio | Self::Interval => place,
        }
    }

    /// The change of the value that `shift` on the scale is to a baseline.
    #[must_use]
    pub fn change(self, baseline: f64, shift: f64) -> f64 {
        match self {
            Self::Log => baseline * shift.exp_m1(),
            // The difference of squares, without taking the baseline from itself.
            Self::Root if baseline.sqrt() + shift > 0.0 => shift * (2.0 * baseline.sqrt() + shift),
            Self::Root => -baseline,
            Self::Ratio | Self::Interval => shift,
        }
    }

    /// The same in percent of the baseline; `None` where percent mean nothing.
    #[must_use]
    pub fn percent(self, baseline: f64, shift: f64) -> Option<f64> {
        match self {
            Self::Log => Some(100.0 * shift.exp_m1()),
            Self::Root | Self::Ratio if baseline > 0.0 => Some(100.0 * self.change(baseline, shift) / baseline),
            Self::Root | Self::Ratio | Self::Interval => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Root => "root",
            Self::Ratio => "ratio",
            Self::Interval => "interval",
        }
    }
}

/// The step in which a column counts, on the scale and about a typical value of it: that of whole numbers, 0 for
/// others.
#[must_use]
pub fn resolution(column: Column, scale: Scale, typical: f64) -> f64 {
    match (column.metric().kind, scale) {
        (Kind::Integer, Scale::Root) => 0.5 / typical.max(1.0).sqrt(),
        (Kind::Integer, _) => 1.0,
        _ => 0.0,
    }
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
        for name in ["dark_spot_count", "red_spot_area_fraction", "depression_count", "ice_pick_count"] {
            assert_eq!(scale(name), Some(Scale::Root), "{name}");
        }
        for name in ["melanin_mean", "glcm_contrast_avg", "relief_str", "chroma", "relief_smr1"] {
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
    fn values_decide_what_is_allowed() {
        assert_eq!(Scale::Log.fitting(&[1.0, 2.0]), Scale::Log);
        assert_eq!(Scale::Log.fitting(&[1.0, 0.0]), Scale::Root);
        assert_eq!(Scale::Root.fitting(&[1.0, 0.0]), Scale::Root);
        assert_eq!(Scale::Log.fitting(&[1.0, -1.0]), Scale::Interval);
        assert_eq!(Scale::Interval.fitting(&[-1.0]), Scale::Interval);
    }

    #[test]
    fn there_and_back() {
        for scale in [Scale::Log, Scale::Root, Scale::Ratio, Scale::Interval] {
            let (before, after) = (9.0, 6.5);
            let shift = scale.forward(after) - scale.forward(before);
            assert!((scale.back(scale.forward(after)) - after).abs() < 1e-12, "{scale:?}");
            assert!((scale.change(before, shift) - (after - before)).abs() < 1e-12, "{scale:?}");
        }
        // A count cannot fall below nothing.
        assert_eq!(Scale::Root.change(4.0, -3.0), -4.0);
        assert_eq!(Scale::Root.percent(4.0, -3.0), Some(-100.0));
        assert_eq!(Scale::Root.percent(0.0, 1.0), None);
    }

    #[test]
    fn changes() {
        let fall = (0.85_f64).ln();
        assert!((Scale::Log.percent(0.2, fall).unwrap() + 15.0).abs() < 1e-12);
        assert!((Scale::Log.change(0.2, fall) + 0.03).abs() < 1e-12);
        assert_eq!(Scale::Ratio.percent(8.0, -2.0), Some(-25.0));
        assert_eq!(Scale::Ratio.percent(0.0, 2.0), None);
        assert_eq!(Scale::Interval.percent(50.0, 1.0), None);
        assert_eq!(resolution(Column::DARK_SPOT_COUNT, Scale::Root, 25.0), 0.1);
        assert_eq!(resolution(Column::RELIEF_SQ_MID, Scale::Log, 0.2), 0.0);
    }
}
