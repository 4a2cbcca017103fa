//! Is every photo good enough, of the same camera, and taken when skin can be compared?

use std::collections::BTreeSet;

use super::{Kind, Note, Pair, is_spoiled, moved};
use crate::measure::Column;
use crate::series::course::Timing;
use crate::series::progress::evaluate::ordinal;
use crate::series::progress::reading::Reading;
use crate::series::statistics::sample;
use crate::series::statistics::verdict::Reason;

/// The same camera? Is color calibrated, where it is compared as such?
pub(super) fn camera_and_color(
    pair: &Pair<'_>,
    kind: Kind,
    reasons: &mut BTreeSet<Reason>,
    notes: &mut BTreeSet<Note>,
) {
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
    if kind == Kind::Contrast && !pair.config.color_calibrated && !pair.beside_control {
        // Another white balance or exposure stretches the contrasts of color.
        let shift = |column: Column| mean_of(pair.after, column).zip(mean_of(pair.before, column)).map(|(a, b)| a - b);
        let shifts = [Column::L_MEAN, Column::A_MEAN, Column::B_MEAN].map(shift);
        if let [Some(l), Some(a), Some(b)] = shifts
            && (0.25 * l * l + a * a + b * b).sqrt() > pair.config.color_shift
        {
            reasons.insert(Reason::ColorUncalibrated);
        }
    }
}

/// Mean of a column over the whole skin of some shots.
fn mean_of(readings: &[&Reading], column: Column) -> Option<f64> {
    let values: Vec<f64> = readings.iter().filter_map(|r| r.whole()?.number(column)).collect();
    (!values.is_empty()).then(|| sample::mean(&values))
}

/// Is every photo good enough for this kind of metric?
pub(super) fn quality(pair: &Pair<'_>, kind: Kind, reasons: &mut BTreeSet<Reason>, notes: &mut BTreeSet<Note>) {
    let config = pair.config;
    if pair.before.iter().chain(pair.after).any(|r| is_spoiled(r, config)) {
        reasons.insert(Reason::Quality);
    }
    let both = |value: fn(&Reading) -> Option<f64>| {
        let of = |r: &&Reading| value(r).filter(|v| v.is_finite());
        [pair.before, pair.after].map(|readings| readings.iter().filter_map(of).collect::<Vec<f64>>())
    };
    // A file that is no JPEG, but was read, has lost nothing.
    let jpeg = |r: &Reading| r.whole().map(|row| row.number(Column::JPEG_QUALITY).unwrap_or(100.0));
    if kind != Kind::Color && moved(&both(jpeg), config.jpeg_difference) {
        reasons.insert(Reason::Quality);
    }
    let sharpness = both(|r| r.whole()?.number(Column::SHARPNESS).map(f64::ln));
    let loss = |share: f64| moved(&sharpness, -(1.0 - share).ln());
    if kind.is_shade() && loss(config.sharpness_loss) || kind == Kind::Fine && loss(config.sharpness_loss_fine) {
        reasons.insert(Reason::Quality);
    } else if kind.is_shade() && loss(0.5 * config.sharpness_loss) {
        notes.insert(Note::SofterFocus);
    }
    let made_up = |readings: &[&Reading]| readings.iter().any(|r| pair.study.shots[r.shot].makeup == Some(true));
    if made_up(pair.before) || made_up(pair.after) {
        reasons.insert(Reason::Makeup);
    }
}

/// How long after a session?
pub(super) fn timing(pair: &Pair<'_>, reasons: &mut BTreeSet<Reason>, notes: &mut BTreeSet<Note>) {
    for reading in pair.before.iter().chain(pair.after) {
        let Some(day) = pair.study.shots[reading.shot].day.map(ordinal) else { continue };
        match pair.course.timing(day, &pair.config.course) {
            Timing::TooSoon { .. } => _ = reasons.insert(Reason::SoonAfterSession),
            Timing::Marked { .. } => _ = notes.insert(Note::PostProcedure),
            Timing::Baseline | Timing::Fine { .. } => {}
        }
    }
}
