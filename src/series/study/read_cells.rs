//! Cells of a study file with a meaning of their own: day, arm, scale, light, make-up.

use super::columns::{Mapping, ShotColumn, normalized};
use super::day::{DateColumn, DateFault, Day};
use super::finding::shown;
use super::place::Place;
use super::read::Reader;
use super::sheet::Row;
use super::shot::{Arms, CONTROL, DaySource, Light};
use super::value;
use crate::photo;

/// What a photo's scale can be, as in the configuration of a measurement.
const MM_PER_PX: std::ops::RangeInclusive<f64> = 0.0001..=10.0;

/// What it usually is: from a microscope to a whole person.
const USUAL_MM_PER_PX: std::ops::RangeInclusive<f64> = 0.002..=1.0;

impl Reader<'_, '_> {
    pub(super) fn day(&mut self, row: &Row, map: &Mapping<ShotColumn>, place: &Place) -> (Option<Day>, DaySource) {
        let text = self.cell(row, map, ShotColumn::Date);
        if !text.is_empty() {
            let column = map.at(ShotColumn::Date).and_then(|at| self.dates.get(&at)).copied();
            let column = column.unwrap_or_else(|| DateColumn::of(std::iter::empty()));
            return match column.read(text) {
                Ok(day) => (Some(day), DaySource::Date),
                Err(fault) => {
                    let (code, message) = date_message(text, fault);
                    self.wrong(code, row, map, ShotColumn::Date, message);
                    (None, DaySource::Unknown)
                }
            };
        }
        let text = self.cell(row, map, ShotColumn::Day);
        if !text.is_empty() {
            let number = value::whole(text);
            if number.is_none() {
                let message = format!("`{}` is no day number; a whole number is needed, such as 0 or 28", shown(text));
                self.wrong("day", row, map, ShotColumn::Day, message);
            }
            return (number.map(Day::Number), DaySource::Day);
        }
        // EXIF dates and the numbers of a study have no distance.
        let exif = map.at(ShotColumn::Day).is_none() && !place.path.as_os_str().is_empty();
        let day = exif.then(|| photo::captured_at(&place.path)).flatten().and_then(|t| Day::from_time(&t));
        let asked = map.at(ShotColumn::Date).or(map.at(ShotColumn::Day)).is_some() && self.preset.is_none();
        let visit = self.cell(row, map, ShotColumn::Visit);
        if day.is_none() && asked && visit.is_empty() {
            let (role, what) = if map.at(ShotColumn::Day).is_some() {
                (ShotColumn::Day, "the cell is empty")
            } else {
                (ShotColumn::Date, "the cell is empty and the photo has no EXIF time")
            };
            let message = format!("{what}; give the day, or the name of the visit");
            self.wrong("day_empty", row, map, role, message);
        }
        (day, if day.is_some() { DaySource::Exif } else { DaySource::Unknown })
    }

    pub(super) fn arms(&mut self, row: &Row, map: &Mapping<ShotColumn>) -> Arms {
        let mut arms = Arms::default();
        let text = self.name(row, map, ShotColumn::Arm);
        for part in value::parts(&text) {
            match part.split_once('=') {
                Some((region, arm)) if !region.trim().is_empty() && !arm.trim().is_empty() => {
                    let pair = (region.trim().to_owned(), arm_name(arm));
                    if arms.by_region.iter().any(|(r, _)| *r == pair.0) {
                        let message = format!("region `{}` has two arms; give it one", shown(&pair.0));
                        self.wrong("arm", row, map, ShotColumn::Arm, message);
                    }
                    arms.by_region.push(pair);
                }
                None if arms.whole.is_empty() => arms.whole = arm_name(part),
                _ => {
                    let message =
                        format!("`{}` is no arm; one name is needed, or region=arm pairs between |", shown(&text));
                    self.wrong("arm", row, map, ShotColumn::Arm, message);
                }
            }
        }
        arms
    }

    pub(super) fn mm_per_px(&mut self, row: &Row, map: &Mapping<ShotColumn>) -> Option<f64> {
        let text = self.cell(row, map, ShotColumn::MmPerPx);
        if text.is_empty() {
            return None;
        }
        let scale = value::number(text).filter(|v| MM_PER_PX.contains(v));
        if scale.is_none() {
            let message = format!(
                "`{}` is no scale; millimeters per pixel from 0.0001 to 10 are needed, such as 0.05",
                shown(text)
            );
            self.wrong("mm_per_px", row, map, ShotColumn::MmPerPx, message);
        }
        if let Some(odd) = scale.filter(|v| !USUAL_MM_PER_PX.contains(v)) {
            let message = format!(
                "{odd} mm per pixel is odd for skin: a photo of 4000 px would be {:.0} mm wide; check the unit, 0.002 to 1 is usual",
                odd * 4000.0
            );
            self.odd("mm_per_px_odd", row, map, ShotColumn::MmPerPx, message);
        }
        scale
    }

    pub(super) fn light(&mut self, row: &Row, map: &Mapping<ShotColumn>) -> Option<Light> {
        let text = self.name(row, map, ShotColumn::Light);
        if text.is_empty() {
            return None;
        }
        match value::number(&text) {
            None => Some(Light::Named(text)),
            Some(degrees) if degrees.abs() <= 360.0 => Some(Light::Azimuth(degrees.rem_euclid(360.0) + 0.0)),
            Some(_) => {
                let message = format!(
                    "`{}` is no direction; degrees from -360 to 360 are needed, 0 right, 90 up, or a name",
                    shown(&text)
                );
                self.wrong("light", row, map, ShotColumn::Light, message);
                None
            }
        }
    }

    pub(super) fn makeup(&mut self, row: &Row, map: &Mapping<ShotColumn>) -> Option<bool> {
        let text = self.cell(row, map, ShotColumn::Makeup);
        if text.is_empty() {
            return None;
        }
        let found = value::yes_no(text).or_else(|| (normalized(text) == "clean").then_some(false));
        if found.is_none() {
            let message = format!("`{}` says neither yes nor no; write one of them", shown(text));
            self.wrong("makeup", row, map, ShotColumn::Makeup, message);
        }
        found
    }
}

/// The arm that others are compared with is called by one name.
fn arm_name(text: &str) -> String {
    let text = text.trim();
    if normalized(text) == CONTROL { CONTROL.to_owned() } else { text.to_owned() }
}

/// What to say of a cell that is no date.
pub(super) fn date_message(text: &str, fault: DateFault) -> (&'static str, String) {
    let text = shown(text);
    match fault {
        DateFault::Unproven => (
            "date_order",
            format!(
                "`{text}` may have the day first or the month first, and no row of the column proves which; write YYYY-MM-DD"
            ),
        ),
        DateFault::Contradictory => (
            "date_order",
            format!("`{text}`: some rows of the column have the day first and some the month; write YYYY-MM-DD"),
        ),
        DateFault::Cell(message) => ("date", format!("`{text}` {message}")),
    }
}
