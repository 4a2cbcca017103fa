//! `shots.csv`, `alignment.csv`, `failures.csv`: what came of every shot.

use std::collections::BTreeMap;
use std::path::Path;

use super::sheet::{Sheet, text};
use crate::error::{Error, Result, Stage};
use crate::measure::dictionary::{self, Kind};
use crate::measure::{Column, Value};
use crate::report::atomic::Sealed;
use crate::series::dictionary::{ALIGNMENT, FAILURES, SHOTS};
use crate::series::progress::{Laid, Progress, Reading};
use crate::series::study::{Shot, Visit};

/// Writes the three tables.
pub(super) fn write(out: &Path, progress: &Progress) -> Result<Vec<Sealed>> {
    let metrics: Vec<(String, Kind)> = dictionary::all().iter().map(|m| (m.name.clone(), m.kind)).collect();
    let mut shots = Sheet::create(out, &SHOTS, &metrics)?;
    let mut alignment = Sheet::create(out, &ALIGNMENT, &[])?;
    let mut failures = Sheet::create(out, &FAILURES, &[])?;
    let visits = visits(progress);
    for reading in &progress.readings {
        let (shot, visit) =
            progress.study.shots.get(reading.shot).zip(visits.get(&reading.shot)).ok_or_else(|| {
                Error::internal("shot_without_visit", format!("shot {} is in no visit", reading.shot))
            })?;
        for row in &reading.rows {
            let mut cells = vec![text(&shot.subject), text(&shot.view), visit.number.into()];
            cells.extend([text(&visit.name), text(&shot.repeat)]);
            // The engine knows a photo by its bytes only.
            let mut row = row.clone();
            row.set(Column::PHOTO, shot.photo.as_str());
            cells.extend(row.values().iter().cloned());
            shots.row(&cells)?;
        }
        alignment.row(&laid(reading, shot, visit)?)?;
        if let Some(failure) = &reading.failure {
            let status = if failure.stage == Stage::Measure { "refused" } else { "failed" };
            failures.row(&[
                text(&shot.photo),
                text(&shot.subject),
                text(&shot.view),
                visit.number.into(),
                status.into(),
                failure.stage.to_string().into(),
                text(&failure.code),
                text(&failure.message),
            ])?;
        }
    }
    let mut sealed = shots.seal()?;
    sealed.extend(alignment.seal()?);
    sealed.extend(failures.seal()?);
    Ok(sealed)
}

/// The visit of every shot.
fn visits(progress: &Progress) -> BTreeMap<usize, &Visit> {
    let visits = progress.study.subjects.iter().flat_map(|s| &s.visits);
    visits.flat_map(|v| v.shots.iter().map(move |&i| (i, v))).collect()
}

fn laid(reading: &Reading, shot: &Shot, visit: &Visit) -> Result<Vec<Value>> {
    let mut cells = vec![text(&shot.photo), text(&shot.subject), text(&shot.view), visit.number.into()];
    cells.push(text(&visit.name));
    /// Figures of a map, from the share of inliers to the model.
    const FIGURES: usize = 14;
    match &reading.laid {
        Laid::On(alignment) => {
            let q = &alignment.quality;
            let codes: Vec<&str> = alignment.reasons.iter().map(|r| r.code).collect();
            let words: Vec<&str> = alignment.reasons.iter().map(|r| r.message.as_str()).collect();
            cells.extend([alignment.verdict.name().into(), text(codes.join(" ")), text(words.join("; "))]);
            cells.extend([q.matches.into(), q.inliers.into(), q.inlier_ratio.into()]);
            cells.extend([q.residual_px.into(), q.residual_mm.into()]);
            cells.extend([q.local_shift_px.into(), q.local_shift_mm.into()]);
            cells.extend([q.scale, q.rotation_deg, q.slant, q.overlap, q.ncc].map(Value::from));
            cells.extend([q.blocks.into(), q.agreement.into(), q.forward_backward_px.into()]);
            cells.push(if q.homography { "homography" } else { "similarity" }.into());
        }
        Laid::Not(none) => {
            cells.extend(["fail".into(), text(none.code), text(&none.message)]);
            cells.extend([none.matches.into(), none.inliers.into()]);
            cells.extend(std::iter::repeat_n(Value::Empty, FIGURES));
        }
        Laid::Baseline | Laid::Unread => {
            let verdict = if matches!(reading.laid, Laid::Baseline) { "baseline" } else { "unread" };
            cells.push(verdict.into());
            cells.extend(std::iter::repeat_n(Value::Empty, FIGURES + 4));
        }
    }
    cells.extend([reading.scale.map(|s| s.0).into(), reading.scale.map(|s| s.1).into()]);
    let least = reading.coverage.iter().map(|(_, share)| *share).reduce(f64::min);
    cells.push(least.into());
    cells.push(text(coverage(reading)?));
    Ok(cells)
}

/// Names of regions are anything, so the list is written as JSON.
fn coverage(reading: &Reading) -> Result<String> {
    if reading.coverage.is_empty() {
        return Ok(String::new());
    }
    let mut object = serde_json::Map::new();
    for (region, share) in &reading.coverage {
        object.insert(region.clone(), serde_json::Number::from_f64(*share).into());
    }
    serde_json::to_string(&object).map_err(|e| Error::internal("json", e.to_string()))
}
