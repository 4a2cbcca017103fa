//! What the photographs do not carry: per metric, why its change is withheld, and what to know of one that is told.

use std::collections::BTreeSet;

use super::config::ProgressConfig;
use super::reading::{Laid, Reading};
use crate::measure::config::Family;
use crate::measure::measurement::Flag;
use crate::measure::{Column, Row};
use crate::series::align::{Limits, Verdict as Laying};
use crate::series::course::{Course, Timing};
use crate::series::statistics::sample;
use crate::series::statistics::verdict::{Reason, coded};
use crate::series::study::{Light, Study};

coded! {
/// What to know of a change that is told.
Note {
    PostProcedure = "post_procedure", "the photo was taken within two weeks of a session: redness and roughness may be of the session";
    StatedError = "stated_error", "there are no repeat shots: the error is a stated one";
    SingleShot = "single_shot", "one photo on a side: two or three would show smaller changes";
    AlignmentWarning = "alignment_warning", "the photos lie over one another only roughly";
    LessSkin = "less_skin", "less than 80 % of the region is seen at both visits";
    SofterFocus = "softer_focus", "one of the photos is less sharp";
    LightUnclear = "light_unclear", "the direction of the light could not be told from the photos";
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
    /// On scars: light and shade, and a scale.
    Scars,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Color, Self::Contrast, Self::Relief, Self::Scars];

    pub(super) fn of(column: Column) -> Self {
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

    fn is_shade(self) -> bool {
        matches!(self, Self::Relief | Self::Scars)
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
}

/// Why a change of some kind of metric is withheld, and what to know if it is told.
pub(super) fn judge(pair: &Pair<'_>, kind: Kind) -> (BTreeSet<Reason>, BTreeSet<Note>) {
    let (mut reasons, mut notes) = (BTreeSet::new(), BTreeSet::new());
    laying(pair, &mut reasons, &mut notes);
    scale(pair, kind, &mut reasons, &mut notes);
    light(pair, kind, &mut reasons, &mut notes);
    camera_and_color(pair, kind, &mut reasons, &mut notes);
    quality(pair, kind, &mut reasons, &mut notes);
    timing(pair, &mut reasons, &mut notes);
    copies(pair, &mut reasons);
    (reasons, notes)
}

/// Is each a photo of its own? A copy at another visit shows no change, a copy at the same visit no error.
fn copies(pair: &Pair<'_>, reasons: &mut BTreeSet<Reason>) {
    let mut seen = BTreeSet::new();
    if pair.before.iter().chain(pair.after).filter_map(|r| r.file()).any(|file| !seen.insert(file)) {
        reasons.insert(Reason::CopiedShots);
    }
}

/// Do the photos lie over one another, and do they show the same skin?
fn laying(pair: &Pair<'_>, reasons: &mut BTreeSet<Reason>, notes: &mut BTreeSet<Note>) {
    for reading in pair.before.iter().chain(pair.after).filter(|r| !r.rows.is_empty()) {
        let verdict = match &reading.laid {
            Laid::Baseline => continue,
            Laid::On(alignment) => {
                let coverage =
                    reading.coverage.iter().find(|(region, _)| region == pair.region).map(|(_, share)| *share);
                let limits = &Limits::default();
                if let Some(share) = coverage {
                    if share < limits.overlap.fail {
                        reasons.insert(Reason::NotEnoughSkin);
                    } else if share < limits.overlap.warn {
                        notes.insert(Note::LessSkin);
                    }
                }
                // How much of the region is seen is told above.
                alignment.verdict_on(1.0, limits).0
            }
            Laid::Not(_) | Laid::Unread => Laying::Fail,
        };
        match verdict {
            Laying::Fail => _ = reasons.insert(Reason::AlignmentFailed),
            Laying::Warn => _ = notes.insert(Note::AlignmentWarning),
            Laying::Pass => {}
        }
    }
}

/// Are they of one scale? What is measured in bands of millimeters, and scars, need one.
fn scale(pair: &Pair<'_>, kind: Kind, reasons: &mut BTreeSet<Reason>, notes: &mut BTreeSet<Note>) {
    if kind == Kind::Color {
        return;
    }
    let first = pair.before.iter().find_map(|r| r.scale);
    for reading in pair.before.iter().chain(pair.after).filter(|r| !r.rows.is_empty()) {
        let Some((mm, source)) = reading.scale else {
            reasons.insert(Reason::ScaleUnknown);
            continue;
        };
        if kind == Kind::Scars && mm > pair.config.scar_mm_per_px {
            reasons.insert(Reason::Quality);
        }
        if source == "alignment" {
            notes.insert(Note::ScaleFromAlignment);
        } else if let (Some((baseline, _)), Some(alignment)) =
            (first, reading.alignment().filter(|a| a.holds(&Limits::default())))
        {
            // The alignment is a second witness of the scale.
            let seen = baseline / alignment.quality.scale;
            if (mm / seen).ln().abs() > (1.0 + pair.config.scale).ln() {
                reasons.insert(Reason::ScaleDiffers);
            }
        }
    }
}

/// Is the light as soft, and does it come from the same side? A turned camera turns the light with the skin.
fn light(pair: &Pair<'_>, kind: Kind, reasons: &mut BTreeSet<Reason>, notes: &mut BTreeSet<Note>) {
    if kind == Kind::Color {
        return;
    }
    let noted = |readings: &[&Reading]| -> BTreeSet<String> {
        let lights = readings.iter().filter_map(|r| pair.study.shots[r.shot].light.as_ref());
        let names = lights.filter_map(|light| match light {
            Light::Named(name) => Some(name.to_lowercase()),
            Light::Azimuth(_) => None,
        });
        names.collect()
    };
    let (named_before, named_after) = (noted(pair.before), noted(pair.after));
    if !named_before.is_empty() && !named_after.is_empty() && named_before != named_after {
        reasons.insert(Reason::LightSoftness);
    }
    let both = |column: Column, scale: fn(f64) -> f64| {
        [pair.before, pair.after].map(|readings| {
            let values = readings.iter().filter_map(|r| r.whole()?.number(column)).map(scale);
            values.filter(|v| v.is_finite()).collect::<Vec<f64>>()
        })
    };
    let range = moved(&both(Column::ILLUMINATION_RANGE, f64::ln), (1.0 + pair.config.illumination).ln());
    let sided = moved(&both(Column::ANISOTROPY, |v| v), pair.config.anisotropy);
    if range || sided {
        reasons.insert(Reason::LightSoftness);
    }
    if !kind.is_shade() {
        return;
    }
    // On the baseline's frame, and only where the photo tells it.
    let directions = |readings: &[&Reading]| -> Vec<f64> {
        let direction = |r: &&Reading| {
            let row = r.whole()?;
            let unclear = row.flags().any(|f| f == Flag::LightUnclear);
            let turn = r.alignment().map_or(0.0, |a| a.quality.rotation_deg);
            row.number(Column::LIGHT_AZIMUTH_DEG).filter(|_| !unclear).map(|deg| deg - turn)
        };
        readings.iter().filter_map(direction).collect()
    };
    let (before, after) = (directions(pair.before), directions(pair.after));
    let Some(center) = mean_direction(&before) else {
        notes.insert(Note::LightUnclear);
        return;
    };
    let from_center =
        |deg: &[f64]| deg.iter().map(|d| (d - center + 540.0).rem_euclid(360.0) - 180.0).collect::<Vec<_>>();
    let off = [from_center(&before), from_center(&after)];
    let scattered = off.iter().any(|visit| sample::variance(visit).sqrt() > pair.config.light_deg);
    if after.is_empty() || scattered {
        notes.insert(Note::LightUnclear);
    } else if moved(&off, pair.config.light_deg) {
        reasons.insert(Reason::LightDirection);
    }
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

fn mean_direction(deg: &[f64]) -> Option<f64> {
    let sum = |f: fn(f64) -> f64| deg.iter().map(|d| f(d.to_radians())).sum::<f64>();
    (!deg.is_empty()).then(|| sum(f64::sin).atan2(sum(f64::cos)).to_degrees())
}

/// The same camera? Is color calibrated, where it is compared as such?
fn camera_and_color(pair: &Pair<'_>, kind: Kind, reasons: &mut BTreeSet<Reason>, notes: &mut BTreeSet<Note>) {
    let named = |readings: &[&Reading], column: Column| -> BTreeSet<String> {
        let rows = readings.iter().filter_map(|r| r.whole());
        rows.map(|row| row.text(column).to_owned()).filter(|name| !name.is_empty()).collect()
    };
    for column in [Column::CAMERA, Column::FLASH] {
        let (before, after) = (named(pair.before, column), named(pair.after, column));
        if !before.is_empty() && !after.is_empty() && before != after {
            reasons.insert(Reason::CameraDiffers);
        }
    }
    if kind == Kind::Color && !pair.config.color_calibrated {
        if pair.beside_control {
            notes.insert(Note::AgainstControl);
        } else {
            reasons.insert(Reason::ColorUncalibrated);
        }
    }
}

/// Is every photo good enough for this kind of metric?
fn quality(pair: &Pair<'_>, kind: Kind, reasons: &mut BTreeSet<Reason>, notes: &mut BTreeSet<Note>) {
    let rows = |readings: &[&Reading]| readings.iter().filter_map(|r| r.whole().cloned()).collect::<Vec<Row>>();
    let (before, after) = (rows(pair.before), rows(pair.after));
    let config = pair.config;
    for row in before.iter().chain(&after) {
        let above = |column: Column, most: f64| row.number(column).is_some_and(|v| v > most);
        let coarse = row.number(Column::JPEG_QUALITY).is_some_and(|q| q < config.jpeg_quality);
        if coarse || above(Column::CLIPPED_FRACTION, config.clipped) || above(Column::GLARE_FRACTION, config.glare) {
            reasons.insert(Reason::Quality);
        }
    }
    let sharpness = |rows: &[Row]| {
        let values: Vec<f64> = rows.iter().filter_map(|row| row.number(Column::SHARPNESS)).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    if kind.is_shade()
        && let (Some(a), Some(b)) = (sharpness(&before), sharpness(&after))
        && a.max(b) > 0.0
    {
        let loss = 1.0 - a.min(b) / a.max(b);
        if loss > config.sharpness_loss {
            reasons.insert(Reason::Quality);
        } else if loss > 0.5 * config.sharpness_loss {
            notes.insert(Note::SofterFocus);
        }
    }
    let made_up = |readings: &[&Reading]| readings.iter().any(|r| pair.study.shots[r.shot].makeup == Some(true));
    if made_up(pair.before) || made_up(pair.after) {
        reasons.insert(Reason::Makeup);
    }
}

/// How long after a session?
fn timing(pair: &Pair<'_>, reasons: &mut BTreeSet<Reason>, notes: &mut BTreeSet<Note>) {
    for reading in pair.before.iter().chain(pair.after) {
        let Some(day) = pair.study.shots[reading.shot].day.map(super::evaluate::ordinal) else { continue };
        match pair.course.timing(day, &pair.config.course) {
            Timing::TooSoon { .. } => _ = reasons.insert(Reason::SoonAfterSession),
            Timing::Marked { .. } => _ = notes.insert(Note::PostProcedure),
            Timing::Baseline | Timing::Fine { .. } => {}
        }
    }
}
