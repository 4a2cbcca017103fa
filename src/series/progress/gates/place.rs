//! Do the photos show the same skin at one scale, and is each a photo of its own?

use std::collections::BTreeSet;

use super::{Kind, Note, Pair, moved};
use crate::series::align::{Limits, Verdict as Laying};
use crate::series::progress::reading::{Laid, Reading};
use crate::series::statistics::verdict::Reason;

/// Is each a photo of its own? A copy shows no change, no error and no other subject.
pub(super) fn copies(pair: &Pair<'_>, reasons: &mut BTreeSet<Reason>) {
    if pair.before.iter().chain(pair.after).filter_map(|r| r.file()).any(|file| pair.copies.contains(file)) {
        reasons.insert(Reason::CopiedShots);
    }
}

/// Do the photos lie over one another, and do they show the same skin?
pub(super) fn laying(pair: &Pair<'_>, reasons: &mut BTreeSet<Reason>, notes: &mut BTreeSet<Note>) {
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
pub(super) fn scale(pair: &Pair<'_>, kind: Kind, reasons: &mut BTreeSet<Reason>, notes: &mut BTreeSet<Note>) {
    if kind == Kind::Color {
        return;
    }
    let first = pair.before.iter().find_map(|r| r.scale);
    let finest =
        |readings: &[&Reading]| readings.iter().filter_map(|r| r.scale).map(|(mm, _)| mm.ln()).collect::<Vec<_>>();
    if moved(&[finest(pair.before), finest(pair.after)], (1.0 + pair.config.magnification).ln()) {
        // What a pixel averages is gone, whatever the scale says.
        reasons.insert(Reason::ScaleDiffers);
    }
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
