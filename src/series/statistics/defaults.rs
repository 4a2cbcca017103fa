//! The error that is taken where a study has no repeat shots.
//!
//! It is stated, not measured, and every table says so. On the log scale a coefficient of variation of 8 %: above what
//! is published of photographic systems (2 to 6 % of VISIA's scores, Henseler; 7.3 % of stereo volumes) and far above
//! what phantoms recaptured give (docs/VALIDATION.md, 2.4 % at most), because light and pose of a real room are in no
//! phantom. For L*, a* and b* 2 units each, which is the 3.4 CIELAB units between photos of one patch with a chart (Van
//! Poucke 2010) shared among three. For all else nothing is published that would carry over: without repeat shots their
//! change is withheld.

use super::repeatability::Sem;
use super::scale::Scale;
use crate::measure::dictionary::Column;

/// The stated coefficient of variation of what is compared by logarithms.
pub const CV: f64 = 0.08;
/// The stated standard deviation of L*, a* and b*.
pub const LAB: f64 = 2.0;

/// What two visits of unchanged skin differ by beyond their shots, of what is compared by logarithms: the lamp is put up again
/// a little otherwise. On simulated subjects (`cicatrix validate --only change`) a lamp that differs by 5 degrees and 0.02 of ambient
/// light moves relief by about this much.
pub const VISIT: f64 = 0.025;
/// The same of a region less its control in the same photos, each of them: most of it they share.
pub const VISIT_BESIDE_CONTROL: f64 = 0.0125;

/// A study's controls tell what visits differ by from so many visits on, beyond the first of each control; fewer tell too little.
pub const VISITS_NEEDED: usize = 10;

/// The mean of a control arm is subtracted from so many subjects on; the mean of fewer would bring more doubt than it takes away.
pub const ARM_NEEDED: usize = 5;

/// The stated error that the shots of a visit share, on the column's scale; `None` where none is stated.
#[must_use]
pub fn between_visits(scale: Scale, beside_control: bool) -> Option<Sem> {
    let sd = if beside_control { VISIT_BESIDE_CONTROL } else { VISIT };
    (scale == Scale::Log).then_some(Sem { sd, df: f64::INFINITY })
}

/// The stated error of a shot, on the column's scale; `None` where none can be stated.
#[must_use]
pub fn stated(column: Column) -> Option<Sem> {
    match column {
        Column::L_MEAN | Column::A_MEAN | Column::B_MEAN => Some(Sem { sd: LAB, df: f64::INFINITY }),
        _ => (Scale::of(column) == Some(Scale::Log)).then(|| Sem::stated(CV)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_effect_needs_repeat_shots() {
        // The texture effect of one mesotherapy session is -12.8 %. By the stated error three shots show it, one does
        // not.
        let error = crate::series::statistics::repeatability::ErrorModel::from(stated(Column::RELIEF_SQ_MID).unwrap());
        let effect = -(1.0 - 0.128_f64).ln();
        assert!(error.sdc(1, 1) > effect && error.sdc(3, 3) < effect);
        assert_eq!(stated(Column::DARK_SPOT_COUNT), None);
        assert_eq!(stated(Column::A_MEAN).unwrap().sd, 2.0);
    }
}
