//! `lesion_changes.csv` and `course.csv`: single lesions, and departures from the rules of the course.

use std::path::Path;

use super::change::split;
use super::cohort::place;
use super::course::{day_of, message_of};
use super::sheet::{Sheet, text};
use crate::error::Result;
use crate::measure::{Lesion, Value};
use crate::report::atomic::Sealed;
use crate::series::dictionary::{COURSE, LESION_CHANGES};
use crate::series::progress::{LesionRow, Progress};

/// Writes the two tables.
pub(super) fn write(out: &Path, progress: &Progress) -> Result<Vec<Sealed>> {
    let mut sheet = Sheet::create(out, &LESION_CHANGES, &[])?;
    for row in &progress.lesions {
        sheet.row(&lesion(progress, row))?;
    }
    let mut sealed = sheet.seal()?;
    let mut sheet = Sheet::create(out, &COURSE, &[])?;
    for (subject, finding) in &progress.courses {
        let (date, day) = split(day_of(&progress.study, subject, finding));
        let message = message_of(&progress.study, subject, finding);
        let [id, severity, code] = [subject.as_str(), finding.severity.name(), finding.code].map(text);
        sheet.row(&[id, severity, code, date, day, text(message)])?;
    }
    sealed.extend(sheet.seal()?);
    Ok(sealed)
}

fn lesion(progress: &Progress, row: &LesionRow) -> Vec<Value> {
    let visit = &progress.study.subjects[row.place.subject].visits[row.visit];
    let both = [row.before.as_ref(), row.after.as_ref()];
    let kind = both.into_iter().flatten().next().map(|l| l.kind.name());
    let scar_type = |l: Option<&Lesion>| -> Value { l.and_then(|l| l.scar.as_ref()?.scar_type.clone()).into() };
    let mut cells = place(progress, &row.place);
    cells.extend([visit.number.into(), text(&visit.name), kind.into(), row.fate.name().into()]);
    cells.extend(row.at.map(Value::from));
    cells.extend(both.map(|l| Value::from(l.and_then(|l| l.diameter_mm))));
    cells.extend([row.diameter_percent.into(), row.distance_mm.into()]);
    cells.extend(both.map(|l| Value::from(l.map(|l| l.contrast))));
    cells.extend(both.map(scar_type));
    cells
}
