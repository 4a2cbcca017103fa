//! A study as its pages read it.

use std::path::{Component, Path};

use super::files;
use super::told::Told;
use crate::measure::Column;
use crate::report::page::text;
use crate::report::series::SeriesAbout;
use crate::series::align;
use crate::series::progress::{ChangeRow, ErrorSource, Laid, Place, Progress, Reading};
use crate::series::study::{Day, Study, Subject};

/// What every page needs.
pub(super) struct Context<'a> {
    pub(super) progress: &'a Progress,
    pub(super) about: &'a SeriesAbout,
    /// The folder of the results.
    pub(super) out: &'a Path,
    /// Names of the subjects' files.
    pub(super) files: Vec<String>,
    by_shot: Vec<Option<usize>>,
}

/// One metric of one place over its visits.
pub(super) struct Course<'a> {
    pub(super) place: &'a Place,
    pub(super) column: Column,
    pub(super) rows: &'a [ChangeRow],
}

impl<'a> Course<'a> {
    pub(super) fn baseline(&self) -> Option<&'a ChangeRow> {
        self.rows.iter().find(|row| row.change.is_none())
    }

    /// The last follow-up.
    pub(super) fn last(&self) -> Option<&'a ChangeRow> {
        self.rows.iter().rev().find(|row| row.change.is_some())
    }

    pub(super) fn is_control(&self) -> bool {
        self.rows.iter().any(|row| row.is_control)
    }
}

/// What is said of a subject's metric at its last visit.
pub(super) struct Standing {
    pub(super) told: Told,
    /// Regions that say so, and all regions.
    pub(super) share: (usize, usize),
    /// Region by region, in words.
    pub(super) words: String,
}

impl<'a> Context<'a> {
    pub(super) fn new(out: &'a Path, progress: &'a Progress, about: &'a SeriesAbout) -> Self {
        let mut by_shot = vec![None; progress.study.shots.len()];
        for (i, reading) in progress.readings.iter().enumerate() {
            if let Some(place) = by_shot.get_mut(reading.shot) {
                *place = Some(i);
            }
        }
        let files = files::names(progress.study.subjects.iter().map(|s| s.id.as_str()));
        Self { progress, about, out, files, by_shot }
    }

    pub(super) fn study(&self) -> &'a Study {
        &self.progress.study
    }

    pub(super) fn subject(&self, i: usize) -> &'a Subject {
        &self.progress.study.subjects[i]
    }

    /// What came of a shot.
    pub(super) fn reading(&self, shot: usize) -> Option<&'a Reading> {
        self.by_shot.get(shot).copied().flatten().map(|i| &self.progress.readings[i])
    }

    /// The courses of a subject's metric, in the order of its places.
    pub(super) fn courses(&self, subject: usize) -> Vec<Course<'a>> {
        let rows = &self.progress.rows;
        let first = rows.partition_point(|row| row.place.subject < subject);
        let rows = &rows[first..];
        let rows = &rows[..rows.partition_point(|row| row.place.subject <= subject)];
        let chunks = rows.chunk_by(|a, b| a.place == b.place && a.column == b.column);
        chunks.map(|rows| Course { place: &rows[0].place, column: rows[0].column, rows }).collect()
    }

    /// The courses that speak for a subject: no control, and no backdrop of drawn parts.
    pub(super) fn speaking<'b>(&self, courses: &'b [Course<'a>], column: Column) -> Vec<&'b Course<'a>> {
        let speaks = |c: &&Course<'_>| c.column == column && !c.is_control() && !c.rows.iter().any(|r| r.is_backdrop);
        courses.iter().filter(speaks).collect()
    }

    /// What is said of a metric of a subject at its last visit.
    pub(super) fn standing(&self, courses: &[Course<'a>], column: Column) -> Standing {
        let last: Vec<_> = self.speaking(courses, column).into_iter().filter_map(Course::last).collect();
        let verdicts: Vec<_> =
            last.iter().filter_map(|row| row.change.as_ref()).map(|c| Told::of(&c.verdict)).collect();
        let told = Told::together(&verdicts);
        let words = last.iter().filter_map(|row| {
            let verdict = row.change.as_ref()?.verdict.to_string();
            Some(format!("{}: {verdict}", super::words::place(&row.place)))
        });
        let agree = verdicts.iter().filter(|v| **v == told).count();
        Standing { told, share: (agree, verdicts.len()), words: words.collect::<Vec<_>>().join("\n") }
    }

    /// Where the error of a metric comes from.
    pub(super) fn error_source(&self, column: Column) -> ErrorSource {
        self.progress.yardsticks.get(&column).map_or(ErrorSource::Unknown, |known| known.source)
    }

    /// The number of a visit as people count, from 1.
    pub(super) fn visit_number(&self, subject: usize, visit: usize) -> usize {
        self.subject(subject).visits.get(visit).map_or(visit + 1, |v| v.number)
    }

    /// A visit in a few words: number, name where it says more, and day.
    pub(super) fn visit_words(&self, subject: usize, visit: usize) -> String {
        let Some(visit) = self.subject(subject).visits.get(visit) else { return format!("visit {}", visit + 1) };
        let mut words = format!("visit {}", visit.number);
        let day = visit.day.map(day).unwrap_or_default();
        if !visit.name.is_empty()
            && visit.name != visit.number.to_string()
            && visit.name != day
            && visit.day.is_none_or(|d| d.to_string() != visit.name)
        {
            words += &format!(" ({})", text::name(&visit.name));
        }
        if !day.is_empty() {
            words += &format!(", {day}");
        }
        words
    }

    /// A picture's bytes. Only what lies below the folder of the results is read.
    pub(super) fn picture(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        let inside = path.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
        if !inside {
            return Err(std::io::Error::other("a picture outside the folder of the results"));
        }
        std::fs::read(self.out.join(path))
    }
}

/// A day in words.
pub(super) fn day(day: Day) -> String {
    if day.is_date() { day.to_string() } else { format!("day {}", super::words::minus(&day.to_string())) }
}

/// How a shot lies on its baseline, and why not better.
pub(super) fn laid(reading: &Reading) -> (&'static str, String) {
    match &reading.laid {
        Laid::Baseline => ("baseline", String::new()),
        Laid::Unread => ("not measured", String::new()),
        Laid::Not(none) => ("fail", text::message(&none.message)),
        Laid::On(alignment) => {
            let reasons: Vec<_> = alignment.reasons.iter().map(|r| r.message.as_str()).collect();
            (alignment.verdict.name(), text::message(&reasons.join("; ")))
        }
    }
}

/// May a shot be laid over its baseline, however little of the skin it shows?
pub(super) fn is_laid(reading: &Reading) -> bool {
    match &reading.laid {
        Laid::Baseline => true,
        Laid::On(alignment) => alignment.holds(&align::Limits::default()),
        Laid::Not(_) | Laid::Unread => false,
    }
}
