//! From readings to changes.
//!
//! The baseline of a place is its first visit. A visit's value is the mean of its repeat shots. A control is another region of
//! the same photos that is marked as one, else another view of the same subject that is: its shift is subtracted, and where it
//! went the same way beyond its own error the change is withheld. Where the photos hold no control, the skin around the drawn regions
//! is a witness likewise; it is not subtracted, for nobody said that it was left alone.

use std::collections::{BTreeMap, BTreeSet};

use super::gates::{self, Kind, Note, Pair};
use super::{
    ChangeRow, ErrorSource, GradeRow, Known, Place, Progress, ProgressConfig, Reading, SURROUND, TrendRow, error,
    lesions,
};
use crate::error::Result;
use crate::measure::Column;
use crate::measure::pipeline::ALL;
use crate::series::course;
use crate::series::statistics::change::{Change, Shift, Yardstick, control_moved, visit_interval};
use crate::series::statistics::cohort::{self, Observation};
use crate::series::statistics::rank::Rank;
use crate::series::statistics::scale::Scale;
use crate::series::statistics::trend::Trend;
use crate::series::statistics::verdict::{Reason, Verdict};
use crate::series::study::{CONTROL, Day, Study, Subject};

/// A day as a number that days of the same study can be told apart by.
pub(super) fn ordinal(day: Day) -> i64 {
    match day {
        Day::Date(n) | Day::Number(n) => n,
    }
}

type Yardsticks = BTreeMap<Column, Known>;
/// Why a kind of metric is withheld, and what to know of it.
type Judged = BTreeMap<Kind, (BTreeSet<Reason>, BTreeSet<Note>)>;

/// What the readings of a study, one per shot and in their order, show.
///
/// # Errors
/// When the configuration names a metric that cannot be compared.
pub fn evaluate(study: Study, readings: Vec<Reading>, config: &ProgressConfig) -> Result<Progress> {
    let headline = config.headline_columns()?;
    let found = Found { study: &study, readings: &readings, config };
    let places = found.places();
    let yardsticks = error::known(&found, &places);
    let mut rows = Vec::new();
    let mut trends = Vec::new();
    for place in &places {
        let mut own = found.rows(place, &places, &yardsticks);
        trends.extend(found.trends(place, &yardsticks));
        rows.append(&mut own);
    }
    let counts = |row: &&ChangeRow| headline.contains(&row.column) && !row.is_backdrop;
    let observations: Vec<Observation> =
        rows.iter().filter(counts).filter_map(|row| observation(&study, row)).collect();
    let has_control = rows.iter().any(|row| row.is_control);
    let (groups, differences) = cohort::summarize(&observations, has_control.then_some(CONTROL), config.seed);
    let lesions = lesions::rows(&study, &readings);
    let courses = found.courses();
    let grades = found.grades(&headline);
    Ok(Progress { yardsticks, rows, trends, lesions, courses, groups, differences, grades, study, readings })
}

pub(super) struct Found<'a> {
    pub(super) study: &'a Study,
    pub(super) readings: &'a [Reading],
    pub(super) config: &'a ProgressConfig,
}

impl<'a> Found<'a> {
    /// Every region of every view of every subject.
    pub(super) fn places(&self) -> Vec<Place> {
        let mut places = BTreeSet::new();
        for (subject, s) in self.study.subjects.iter().enumerate() {
            for i in s.visits.iter().flat_map(|v| &v.shots) {
                let view = &self.study.shots[*i].view;
                for row in &self.readings[*i].rows {
                    let region = row.text(Column::REGION);
                    if !region.is_empty() {
                        places.insert(Place { subject, view: view.clone(), region: region.to_owned() });
                    }
                }
            }
        }
        places.into_iter().collect()
    }

    fn subject(&self, place: &Place) -> &'a Subject {
        &self.study.subjects[place.subject]
    }

    /// The readings of a place at a visit.
    fn at(&self, place: &Place, visit: usize) -> Vec<&'a Reading> {
        let visit = &self.subject(place).visits[visit];
        visit.repeats(self.study, &place.view).map(|i| &self.readings[i]).collect()
    }

    /// The values of the shots of a visit. A copy of a photo is no second shot: it would pass for one without any error.
    pub(super) fn values(&self, place: &Place, visit: usize, column: Column) -> Vec<f64> {
        let mut seen = BTreeSet::new();
        let readings = self.at(place, visit);
        let shots = readings.iter().filter(|r| r.file().is_none_or(|file| seen.insert(file)));
        shots.filter_map(|r| r.value(&place.region, column)).collect()
    }

    /// The visits at which a place was photographed.
    pub(super) fn visits(&self, place: &Place) -> Vec<usize> {
        let subject = self.subject(place);
        let seen = |v: &usize| subject.visits[*v].repeats(self.study, &place.view).next().is_some();
        (0..subject.visits.len()).filter(seen).collect()
    }

    /// Is it held to be untreated?
    pub(super) fn is_control(&self, place: &Place) -> bool {
        self.arm(place) == CONTROL
    }

    /// What the photos of a visit carry against those of the first.
    pub(super) fn judge(&self, place: &Place, visit: usize, beside_control: bool) -> Judged {
        let (subject, first) = (self.subject(place), self.visits(place).first().copied().unwrap_or(visit));
        let course = self.course(subject, self.arm(place));
        let (before, after) = (self.at(place, first), self.at(place, visit));
        let pair = Pair {
            study: self.study,
            config: self.config,
            region: &place.region,
            before: &before,
            after: &after,
            course: &course,
            beside_control,
        };
        Kind::ALL.iter().map(|kind| (*kind, gates::judge(&pair, *kind))).collect()
    }

    /// The arm of a place, as its first shot says; none of the skin around regions.
    fn arm(&self, place: &Place) -> &'a str {
        if place.region == SURROUND {
            return "";
        }
        let first = self.subject(place).visits.iter().find_map(|v| v.repeats(self.study, &place.view).next());
        first.map_or("", |i| self.study.shots[i].arms.of(&place.region))
    }

    /// What a place is held against: a control in the same photos, else in another view.
    fn control(&self, place: &Place, places: &[Place]) -> Option<Place> {
        if self.is_control(place) || place.region == SURROUND {
            return None;
        }
        // All skin of a photo holds its control.
        let same_subject = || places.iter().filter(|p| p.subject == place.subject && self.is_control(p));
        let same_photo = same_subject().find(|p| p.view == place.view && p.region != ALL);
        if place.region == ALL && same_photo.is_some() {
            return None;
        }
        same_photo.or_else(|| same_subject().find(|p| p.view != place.view && p.region == place.region)).cloned()
    }

    /// The skin around the regions of the same photos, where they hold no control.
    fn witness(&self, place: &Place, places: &[Place], control: Option<&Place>) -> Option<Place> {
        if !place.is_drawn() || self.is_control(place) || control.is_some_and(|c| c.view == place.view) {
            return None;
        }
        let around = Place { region: SURROUND.to_owned(), ..place.clone() };
        places.contains(&around).then_some(around)
    }

    fn course(&self, subject: &Subject, arm: &str) -> course::Course {
        let own = subject.sessions.iter().map(|&i| &self.study.sessions[i]);
        let sessions = own
            .filter(|s| s.arm.is_empty() || arm.is_empty() || s.arm == arm)
            .filter_map(|s| Some(course::Session { day: ordinal(s.day?), number: s.number, maintenance: false }));
        let days = subject.visits.iter().flat_map(|v| &v.shots).filter_map(|&i| self.study.shots[i].day.map(ordinal));
        course::Course { sessions: sessions.collect(), photo_days: days.collect(), planned: None }
    }

    fn courses(&self) -> Vec<(String, course::Finding)> {
        let all = self.study.subjects.iter().filter(|s| !s.sessions.is_empty());
        all.flat_map(|s| {
            let findings = self.course(s, "").findings(&self.config.course);
            findings.into_iter().map(|finding| (s.id.clone(), finding))
        })
        .collect()
    }

    /// Every metric of a place at every visit.
    fn rows(&self, place: &Place, places: &[Place], yardsticks: &Yardsticks) -> Vec<ChangeRow> {
        let visits = self.visits(place);
        let Some(&first) = visits.first() else { return Vec::new() };
        let subject = self.subject(place);
        let arm = self.arm(place);
        let course = self.course(subject, arm);
        let control = self.control(place, places);
        let beside_control = control.as_ref().is_some_and(|c| c.view == place.view);
        let witness = self.witness(place, places, control.as_ref());
        let judged: BTreeMap<usize, Judged> =
            visits[1..].iter().map(|&v| (v, self.judge(place, v, beside_control))).collect();
        // Where parts were drawn they are what is treated: all skin holds them and their control.
        let is_backdrop = !place.is_drawn()
            && places.iter().any(|p| p.subject == place.subject && p.view == place.view && p.is_drawn());
        let mut rows = Vec::new();
        for (&column, known) in yardsticks {
            let shots = |v: usize| self.values(place, v, column);
            let baseline = shots(first);
            if visits.iter().all(|&v| shots(v).is_empty()) {
                continue;
            }
            let yardstick = &known.of_place(beside_control);
            for &v in &visits {
                let (day, values) = (subject.visits[v].day, shots(v));
                let mut row = ChangeRow {
                    place: place.clone(),
                    arm: arm.to_owned(),
                    is_control: arm == CONTROL,
                    is_backdrop,
                    column,
                    visit: v,
                    day,
                    days: day.zip(subject.visits[first].day).and_then(|(d, first)| d.since(first)),
                    sessions: day.map_or(0, |d| course.sessions_before(ordinal(d), &self.config.course) as usize),
                    interval: visit_interval(&values, yardstick),
                    shots: values,
                    change: None,
                    control: None,
                    notes: Vec::new(),
                };
                if v != first {
                    let (reasons, notes) = &judged[&v][&Kind::of(column)];
                    let both = |p: &Option<Place>| {
                        p.as_ref().map(|p| (p.clone(), [first, v].map(|visit| self.values(p, visit, column))))
                    };
                    let beside = Beside { control: both(&control), witness: both(&witness) };
                    compare(&mut row, &baseline, yardstick, &beside, reasons, notes.clone());
                    if known.source == ErrorSource::Stated {
                        row.notes.push(Note::StatedError);
                    }
                    let early = day.is_some_and(|d| !course.non_response_may_be_told(ordinal(d), &self.config.course));
                    let no_better = row
                        .change
                        .as_ref()
                        .is_some_and(|c| matches!(c.verdict, Verdict::WithinError | Verdict::Worsened));
                    if early && no_better && !subject.sessions.is_empty() && !row.is_control {
                        row.notes.push(Note::NonResponseEarly);
                    }
                }
                rows.push(row);
            }
        }
        rows
    }

    fn trends(&self, place: &Place, yardsticks: &Yardsticks) -> Vec<TrendRow> {
        let subject = self.subject(place);
        let visits = self.visits(place);
        if visits.len() < 3 || visits.iter().any(|&v| subject.visits[v].day.is_none()) {
            return Vec::new();
        }
        let first = subject.visits[visits[0]].day.map_or(0, ordinal);
        let trend = |(&column, known): (&Column, &Known)| {
            let (mut time, mut values) = (Vec::new(), Vec::new());
            for &v in &visits {
                let day = subject.visits[v].day.map_or(0, ordinal) - first;
                for value in self.values(place, v, column) {
                    time.push(day as f64);
                    values.push(known.yardstick.scale.forward(value));
                }
            }
            let trend = Trend::of(&time, &values)?;
            Some(TrendRow { place: place.clone(), column, visits: visits.len(), trend })
        };
        yardsticks.iter().filter_map(trend).collect()
    }

    /// Grades of the clinicians against the headline metrics of the whole skin, over all visits.
    fn grades(&self, headline: &[Column]) -> Vec<GradeRow> {
        let mut rows = Vec::new();
        for (i, scale) in self.study.scales.iter().enumerate() {
            for &column in headline {
                let (mut grades, mut values) = (Vec::new(), Vec::new());
                for visit in self.study.subjects.iter().flat_map(|s| &s.visits) {
                    let grade = visit.shots.iter().find_map(|&s| self.study.shots[s].scales.get(i).copied().flatten());
                    let all: Vec<f64> =
                        visit.shots.iter().filter_map(|&s| self.readings[s].value(ALL, column)).collect();
                    if let (Some(grade), false) = (grade, all.is_empty()) {
                        grades.push(grade);
                        values.push(all.iter().sum::<f64>() / all.len() as f64);
                    }
                }
                if let Some(rank) = Rank::of(&grades, &values) {
                    rows.push(GradeRow { grade: scale.column.clone(), column, rank });
                }
            }
        }
        rows
    }
}

/// Other skin at both visits: the values of its shots.
type Values = Option<(Place, [Vec<f64>; 2])>;

/// What a place is held against.
struct Beside {
    /// Untreated skin: its shift is subtracted.
    control: Values,
    /// Skin that may be treated: it only speaks against a change.
    witness: Values,
}

/// Fills in the change of a row against its baseline, less that of a control.
fn compare(
    row: &mut ChangeRow,
    baseline: &[f64],
    yardstick: &Yardstick,
    beside: &Beside,
    reasons: &BTreeSet<Reason>,
    notes: BTreeSet<Note>,
) {
    let mut reasons = reasons.clone();
    row.notes = notes.into_iter().collect();
    if baseline.len() == 1 || row.shots.len() == 1 {
        row.notes.push(Note::SingleShot);
    }
    let shift = |before: &[f64], after: &[f64]| {
        yardstick.error.ok().and_then(|error| Shift::of_place(before, after, yardstick.scale, error))
    };
    let own = shift(baseline, &row.shots);
    let shift_of = |other: &Values| other.as_ref().and_then(|(_, [before, after])| shift(before, after));
    let moved = |other: &Shift| own.as_ref().is_some_and(|own| control_moved(own, other));
    let control = shift_of(&beside.control);
    if own.is_some()
        && let Some(((place, _), control)) = beside.control.as_ref().zip(control.as_ref())
    {
        row.control = Some(place.region.clone());
        if moved(control) {
            reasons.insert(Reason::ControlMoved);
        }
    }
    if shift_of(&beside.witness).is_some_and(|witness| moved(&witness)) {
        reasons.insert(Reason::SurroundMoved);
    }
    let reasons: Vec<Reason> = reasons.into_iter().collect();
    row.change = Some(Change::between(baseline, &row.shots, yardstick, control.as_ref(), &reasons));
}

/// What the cohort counts of a row.
fn observation(study: &Study, row: &ChangeRow) -> Option<Observation> {
    let change = row.change.as_ref()?;
    // One unit per metric: of a baseline of nothing there are no percent.
    let told = change.figures.and_then(|f| match f.scale {
        Scale::Interval => Some(f.delta),
        _ => f.delta_percent,
    });
    Some(Observation {
        subject: study.subjects[row.place.subject].id.clone(),
        arm: row.arm.clone(),
        metric: row.column.metric().name.clone(),
        visit: row.visit,
        change: told,
        verdict: change.verdict.clone(),
    })
}
