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
