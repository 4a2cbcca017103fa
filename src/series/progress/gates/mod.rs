//! What the photographs do not carry: per metric, why its change is withheld, and what to know of one that is told.

mod light;
mod photo;
mod place;

use std::collections::BTreeSet;

use super::config::ProgressConfig;
use super::reading::Reading;
use crate::measure::Column;
use crate::measure::config::Family;
use crate::series::course::Course;
use crate::series::statistics::sample;
use crate::series::statistics::verdict::{Reason, coded};
use crate::series::study::Study;

coded! {
/// What to know of a change that is told.
Note {
    PostProcedure = "post_procedure", "the photo was taken within two weeks of a session: redness and roughness may be of the session";
    StatedError = "stated_error", "there are no repeat shots: the error is a stated one";
    SingleShot = "single_shot", "one photo on a side: two or three would show smaller changes";
    AlignmentWarning = "alignment_warning", "the photos lie over one another only roughly";
    LessSkin = "less_skin", "less than 80 % of the region is seen at both visits";
    SofterFocus = "softer_focus", "one of the photos is less sharp";
    LightUnclear = "light_unclear", "whether the light is the same could not be told from the photos";
    ShotLeftOut = "shot_left_out", "a repeat shot that is not fit to be compared was left out";
    ScaleFromAlignment = "scale_from_alignment", "the scale of the follow-up was told by the alignment";
    NonResponseEarly = "non_response_early", "fewer than three sessions: it is too early to say that the treatment does not help";
    AgainstControl = "against_control", "colors are not calibrated: they are told against the control in the same photos";
}
}

/// What a metric hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// On color as such: white balance and exposure move it.
    Color,
    /// On color against the surround.
    Contrast,
    /// On light and shade, and on what is measured of them.
    Relief,
    /// On the finest light and shade: a little blur takes it away.
    Fine,
    /// On scars: light and shade, and a scale.
    Scars,
}

impl Kind {
    pub(super) const ALL: [Self; 5] = [Self::Color, Self::Contrast, Self::Relief, Self::Fine, Self::Scars];

    pub(super) fn of(column: Column) -> Self {
        if [Column::RELIEF_SQ_FINE, Column::RELIEF_SDQ, Column::RELIEF_SDR].contains(&column) {
            return Self::Fine;
        }
        match column.metric().family {
            Family::Color => Self::Color,
            Family::Pigment if column == Column::EVENNESS_DE00 || column.metric().name.ends_with("_sd") => {
                Self::Contrast
            }
            Family::Pigment => Self::Color,
            Family::Spots => Self::Contrast,
            Family::Scars => Self::Scars,
            _ => Self::Relief,
        }
    }

    pub(super) fn is_shade(self) -> bool {
        matches!(self, Self::Relief | Self::Fine | Self::Scars)
    }
}

/// What two visits of a place are judged by.
pub(super) struct Pair<'a> {
    pub(super) study: &'a Study,
    pub(super) config: &'a ProgressConfig,
    pub(super) region: &'a str,
    /// Readings of the baseline's shots.
    pub(super) before: &'a [&'a Reading],
    /// Readings of the follow-up's shots.
    pub(super) after: &'a [&'a Reading],
    /// The sessions of the subject.
    pub(super) course: &'a Course,
    /// Is the region subtracted that of a control in the same photos?
    pub(super) beside_control: bool,
    /// Photos that are in the study more than once, by their SHA-256.
    pub(super) copies: &'a BTreeSet<&'a str>,
}

/// Is a photo spoiled for any metric?
pub(super) fn is_spoiled(reading: &Reading, config: &ProgressConfig) -> bool {
    let above =
        |column: Column, most: f64| reading.whole().and_then(|row| row.number(column)).is_some_and(|v| v > most);
    let coarse =
        reading.whole().and_then(|row| row.number(Column::JPEG_QUALITY)).is_some_and(|q| q < config.jpeg_quality);
    coarse || above(Column::CLIPPED_FRACTION, config.clipped) || above(Column::GLARE_FRACTION, config.glare)
}

/// Why a change of some kind of metric is withheld, and what to know if it is told.
pub(super) fn judge(pair: &Pair<'_>, kind: Kind) -> (BTreeSet<Reason>, BTreeSet<Note>) {
    let (mut reasons, mut notes) = (BTreeSet::new(), BTreeSet::new());
    place::laying(pair, &mut reasons, &mut notes);
    place::scale(pair, kind, &mut reasons, &mut notes);
    light::light(pair, kind, &mut reasons, &mut notes);
    photo::camera_and_color(pair, kind, &mut reasons, &mut notes);
    photo::quality(pair, kind, &mut reasons, &mut notes);
    photo::timing(pair, &mut reasons, &mut notes);
    place::copies(pair, &mut reasons);
    (reasons, notes)
}

/// Do the means of two visits differ by more than `most`, and by more than their shots let expect?
fn moved([before, after]: &[Vec<f64>; 2], most: f64) -> bool {
    if before.is_empty() || after.is_empty() {
        return false;
    }
    let off = (sample::mean(after) - sample::mean(before)).abs();
    let own = |shots: &[f64]| if shots.len() > 1 { sample::variance(shots) / shots.len() as f64 } else { 0.0 };
    off > most && off > 2.0 * (own(before) + own(after)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Row;
    use crate::measure::pipeline::ALL;
    use crate::series::progress::reading::Laid;
    use crate::series::progress::{Pictures, ProgressConfig};
    use crate::series::study::Shot;

    /// A photo of good quality but for what is named.
    fn photo(mm_per_px: f64, named: &[(Column, f64)]) -> Reading {
        let mut row = Row::default();
        row.set(Column::REGION, ALL);
        let good = [(Column::SHARPNESS, 0.8), (Column::ILLUMINATION_RANGE, 0.5), (Column::ANISOTROPY, 0.3)];
        let color = [(Column::L_MEAN, 60.0), (Column::A_MEAN, 14.0), (Column::B_MEAN, 18.0)];
        for (column, value) in good.iter().chain(&color).chain(named) {
            row.set(*column, *value);
        }
        Reading {
            shot: 0,
            rows: vec![row],
            lesions: Vec::new(),
            laid: Laid::Baseline,
            coverage: Vec::new(),
            scale: Some((mm_per_px, "study")),
            failure: None,
            pictures: Pictures::default(),
            fresh: true,
        }
    }

    /// The kinds of metric that a difference withholds, and for what.
    fn withheld(before: &Reading, after: &Reading, beside_control: bool) -> Vec<(Kind, Reason)> {
        let study = Study { shots: vec![Shot::default()], ..Study::default() };
        let (config, course, copies) = (ProgressConfig::default(), Course::default(), BTreeSet::new());
        let (before, after) = ([before], [after]);
        let pair = Pair {
            study: &study,
            config: &config,
            region: ALL,
            before: &before,
            after: &after,
            course: &course,
            beside_control,
            copies: &copies,
        };
        let kinds = Kind::ALL.into_iter().flat_map(|kind| judge(&pair, kind).0.into_iter().map(move |why| (kind, why)));
        // Without a chart and without a control colors are never told as such.
        kinds.filter(|found| *found != (Kind::Color, Reason::ColorUncalibrated)).collect()
    }

    #[test]
    fn what_harms_one_kind_need_not_harm_another() {
        use Kind::{Color, Contrast, Fine, Relief, Scars};
        use Reason::{ColorUncalibrated, LightSoftness, Quality, ScaleDiffers};
        let good = photo(0.05, &[(Column::JPEG_QUALITY, 95.0)]);
        let changed = |mm: f64, column: Column, value: f64| {
            withheld(&good, &photo(mm, &[(Column::JPEG_QUALITY, 95.0), (column, value)]), false)
        };
        let all_but_color = |why: Reason| [Contrast, Relief, Fine, Scars].map(|kind| (kind, why)).to_vec();
        assert_eq!(changed(0.05, Column::JPEG_QUALITY, 90.0), []);
        assert_eq!(changed(0.05, Column::JPEG_QUALITY, 80.0), all_but_color(Quality));
        assert_eq!(withheld(&good, &photo(0.05, &[]), false), [], "a PNG beside JPEG 95");
        assert_eq!(changed(0.06, Column::SHARPNESS, 0.8), []);
        assert_eq!(changed(0.08, Column::SHARPNESS, 0.8), all_but_color(ScaleDiffers));
        assert_eq!(changed(0.05, Column::SHARPNESS, 0.74), [(Fine, Quality)]);
        assert_eq!(changed(0.05, Column::SHARPNESS, 0.4), [Relief, Fine, Scars].map(|kind| (kind, Quality)));
        assert_eq!(changed(0.05, Column::B_MEAN, 24.0), [(Contrast, ColorUncalibrated)]);
        assert_eq!(changed(0.05, Column::L_MEAN, 66.0), []);
        assert_eq!(changed(0.05, Column::ILLUMINATION_RANGE, 0.4), all_but_color(LightSoftness));
        let clipped = changed(0.05, Column::CLIPPED_FRACTION, 0.03);
        assert_eq!(clipped, [Color, Contrast, Relief, Fine, Scars].map(|kind| (kind, Quality)));
        let blue = photo(0.05, &[(Column::JPEG_QUALITY, 95.0), (Column::B_MEAN, 24.0)]);
        assert_eq!(withheld(&good, &blue, true), [], "the control in the same photos is as blue");
    }

    #[test]
    fn shots_that_scatter_must_differ_by_more_than_they_scatter() {
        assert!(moved(&[vec![1.0], vec![1.2]], 0.1) && !moved(&[vec![1.0], vec![1.05]], 0.1));
        assert!(!moved(&[vec![0.8, 1.2], vec![1.0, 1.4]], 0.1), "the shots of a visit differ as much");
        assert!(!moved(&[vec![], vec![1.0]], 0.1));
    }
}
