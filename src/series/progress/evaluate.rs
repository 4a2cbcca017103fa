//! From readings to changes.
//!
//! The baseline of a place is its first visit. A visit's value is the mean of its repeat shots. A control is another region of
//! the same photos that is marked as one, else another view of the same subject that is: its shift is subtracted, and where it
//! went the same way beyond its own error the change is withheld. Where the photos hold no control, the skin around the drawn regions
//! is a witness likewise; it is not subtracted, for nobody said that it was left alone.

use std::collections::{BTreeMap, BTreeSet};

use super::found::{Found, Judged};
use super::gates::{Kind, Note};
use super::{
    ChangeRow, ErrorSource, GradeRow, Known, Place, Progress, ProgressConfig, Reading, SURROUND, TrendRow, error,
    lesions,
};
use crate::error::Result;
use crate::measure::Column;
use crate::measure::pipeline::ALL;
use crate::series::course;
use crate::series::statistics::change::{
    Change, Shift, Yardstick, control_moved, surround_moved, visit_interval, visit_value,
};
use crate::series::statistics::cohort::{self, Observation};
use crate::series::statistics::defaults;
use crate::series::statistics::rank::Rank;
use crate::series::statistics::sample::mean;
use crate::series::statistics::scale::Scale;
use crate::series::statistics::trend::Trend;
use crate::series::statistics::verdict::{Reason, Verdict};
use crate::series::study::{CONTROL, Day, Session, Shot, Study, Subject, Visit};

/// A day as a number that days of the same study can be told apart by.
pub(super) fn ordinal(day: Day) -> i64 {
    match day {
        Day::Date(n) | Day::Number(n) => n,
    }
}

type Yardsticks = BTreeMap<Column, Known>;
/// What stands for the region where a control arm was subtracted.
const CONTROL_ARM: &str = "control arm";

/// What the readings of a study, one per shot and in their order, show.
///
/// # Errors
/// When the configuration names a metric that cannot be compared.
pub fn evaluate(study: Study, readings: Vec<Reading>, config: &ProgressConfig) -> Result<Progress> {
    let headline = config.headline_columns()?;
    let found = Found::of(&study, &readings, config);
    let places = found.places();
    let yardsticks = error::known(&found, &places);
    // The subjects of a control arm first: the others are held against them.
    let is_arm = |place: &Place| found.is_of_control_arm(place, of_subject(&places, place.subject));
    let rows_of =
        |place: &Place, arm: &ControlArm| found.rows(place, of_subject(&places, place.subject), &yardsticks, arm);
    let nothing = ControlArm::default();
    let of_arm: Vec<ChangeRow> = places.iter().filter(|p| is_arm(p)).flat_map(|p| rows_of(p, &nothing)).collect();
    let arm = ControlArm::of(&study, &of_arm);
    let mut rows: Vec<ChangeRow> = places.iter().filter(|p| !is_arm(p)).flat_map(|p| rows_of(p, &arm)).collect();
    rows.extend(of_arm);
    rows.sort_by(|a, b| (&a.place, a.column, a.visit).cmp(&(&b.place, b.column, b.visit)));
    let trends = rows.chunk_by(|a, b| a.place == b.place).flat_map(|rows| found.trends(rows, &yardsticks)).collect();
    let counts = |row: &&ChangeRow| headline.contains(&row.column) && !row.is_backdrop;
    let observations = observations(&study, &rows.iter().filter(counts).collect::<Vec<_>>());
    let has_control = rows.iter().any(|row| row.is_control);
    let (groups, differences) = cohort::summarize(&observations, has_control.then_some(CONTROL), config.seed);
    let lesions = lesions::rows(&found);
    let courses = found.courses();
    let grades = found.grades(&headline);
    Ok(Progress { yardsticks, rows, trends, lesions, courses, groups, differences, grades, study, readings })
}

impl Found<'_> {
    pub(super) fn course(&self, subject: &Subject, arm: &str) -> course::Course {
        let all = subject.sessions.iter().map(|&i| &self.study.sessions[i]);
        let own: Vec<&Session> = all.filter(|s| s.arm.is_empty() || arm.is_empty() || s.arm == arm).collect();
        let sessions = own.iter().filter_map(|s| {
            Some(course::Session { day: ordinal(s.day?), number: s.number, maintenance: s.maintenance })
        });
        let shots: Vec<&Shot> = subject.visits.iter().flat_map(|v| &v.shots).map(|&i| &self.study.shots[i]).collect();
        // Photos that show another arm alone say nothing of this one; an arm that no photo names is that of all.
        let shows = |s: &&&Shot| s.arms.is_empty() || s.arms.names().any(|name| name == arm);
        let of_all = arm.is_empty() || !shots.iter().any(|s| s.arms.names().any(|name| name == arm));
        let days = shots.iter().filter(|s| of_all || shows(s)).filter_map(|s| s.day.map(ordinal));
        // Sessions are in the order of their days: the last plan holds.
        let planned = own.iter().filter_map(|s| s.planned).next_back();
        course::Course { sessions: sessions.collect(), photo_days: days.collect(), planned }
    }

    fn courses(&self) -> Vec<(String, course::Finding)> {
        let all = self.study.subjects.iter().filter(|s| !s.sessions.is_empty());
        all.flat_map(|s| {
            let arms: BTreeSet<&str> =
                s.sessions.iter().map(|&i| self.study.sessions[i].arm.as_str()).filter(|arm| !arm.is_empty()).collect();
            let arms = if arms.is_empty() { BTreeSet::from([""]) } else { arms };
            let courses: Vec<_> = arms.into_iter().map(|arm| (arm, self.course(s, arm))).collect();
            let findings = course::findings_of_arms(&courses, &self.config.course);
            findings.into_iter().map(|finding| (s.id.clone(), finding))
        })
        .collect()
    }

    /// Every metric of a place at every visit; `places` are those of its subject.
    fn rows(
        &self,
        place: &Place,
        places: &[Place],
        yardsticks: &Yardsticks,
        arm_of_controls: &ControlArm,
    ) -> Vec<ChangeRow> {
        let visits = self.visits(place);
        let Some(&first) = visits.first() else { return Vec::new() };
        let subject = self.subject(place);
        let arm = self.arm(place);
        let course = self.course(subject, arm);
        let control = self.control(place, places);
        let beside = control.as_ref().is_some_and(|c| c.view == place.view);
        let witness = self.witness(place, places, control.as_ref());
        let all_judged = |place: &Place, beside: bool| -> BTreeMap<usize, Judged> {
            visits[1..].iter().map(|&v| (v, self.judge(place, v, beside))).collect()
        };
        let (judged, control_judged) = (all_judged(place, beside), control.as_ref().map(|c| all_judged(c, false)));
        // Where parts were drawn they are what is treated: all skin holds them and their control.
        let is_backdrop = !place.is_drawn() && places.iter().any(|p| p.view == place.view && p.is_drawn());
        let untreated = arm == CONTROL || place.region == SURROUND;
        let alone = control.is_none() && witness.is_none() && !untreated;
        let mut rows = Vec::new();
        for (&column, known) in yardsticks {
            let shots = |v: usize| self.values(place, v, column);
            let baseline = shots(first);
            if visits.iter().all(|&v| shots(v).is_empty()) {
                continue;
            }
            let yardstick = &known.of_place(beside);
            // The color of a control need not be calibrated: it is what the photos share.
            let usable = |v: usize| {
                control_judged.as_ref().is_some_and(|all| {
                    all[&v][&Kind::of(column)].0.iter().all(|reason| *reason == Reason::ColorUncalibrated)
                })
            };
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
                    let kind = Kind::of(column);
                    let (mut reasons, notes) = judged[&v][&kind].clone();
                    if alone && kind.is_shade() && !self.config.light_fixed {
                        reasons.insert(Reason::NoWitness);
                    }
                    let both = |p: &Option<Place>| {
                        p.as_ref().map(|p| (p.clone(), [first, v].map(|visit| self.values(p, visit, column))))
                    };
                    let held = Beside {
                        wants_control: control.is_some(),
                        control: both(&control).filter(|(_, values)| usable(v) && values.iter().all(|s| !s.is_empty())),
                        witness: both(&witness),
                        arm: arm_of_controls.at(place, column, subject.visits[v].number).filter(|_| control.is_none()),
                    };
                    compare(&mut row, &baseline, yardstick, &held, reasons, notes);
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

    /// Trends of one place, over its visits: the baseline, and every later one whose change is told. A visit counts once, for what its
    /// shots share is no second witness; a control is subtracted as it is from the change.
    fn trends(&self, rows: &[ChangeRow], yardsticks: &Yardsticks) -> Vec<TrendRow> {
        let trend = |rows: &[ChangeRow]| {
            let first = rows.first()?;
            let scale = yardsticks.get(&first.column)?.yardstick.scale;
            let start = scale.forward(visit_value(&first.shots, scale)?);
            let told = rows.iter().filter_map(|row| Some((row.days?, row.change.as_ref()?.figures?.shift)));
            let (time, values): (Vec<f64>, Vec<f64>) =
                std::iter::once((first.days?, 0.0)).chain(told).map(|(day, shift)| (day as f64, start + shift)).unzip();
            let trend = Trend::of(&time, &values).filter(|trend| trend.n >= 3)?;
            Some(TrendRow { place: first.place.clone(), column: first.column, visits: trend.n, trend })
        };
        rows.chunk_by(|a, b| a.column == b.column).filter_map(trend).collect()
    }

    /// Grades of the clinicians against the headline metrics of the whole skin. A subject counts once, by the means over its
    /// visits that have both: visits of one subject are alike.
    fn grades(&self, headline: &[Column]) -> Vec<GradeRow> {
        let mut rows = Vec::new();
        for (i, scale) in self.study.scales.iter().enumerate() {
            for &column in headline {
                let of_visit = |visit: &Visit| {
                    let grade =
                        visit.shots.iter().find_map(|&s| self.study.shots[s].scales.get(i).copied().flatten())?;
                    let values: Vec<f64> =
                        visit.shots.iter().filter_map(|&s| self.readings[s].value(ALL, column)).collect();
                    (!values.is_empty()).then(|| (grade, mean(&values)))
                };
                let of_subject = |subject: &Subject| {
                    let (grades, values): (Vec<f64>, Vec<f64>) = subject.visits.iter().filter_map(of_visit).unzip();
                    (!grades.is_empty()).then(|| (mean(&grades), mean(&values)))
                };
                let (grades, values): (Vec<f64>, Vec<f64>) = self.study.subjects.iter().filter_map(of_subject).unzip();
                if let Some(rank) = Rank::of(&grades, &values) {
                    rows.push(GradeRow { grade: scale.column.clone(), column, rank });
                }
            }
        }
        rows
    }
}

/// The places of a subject, by which all are sorted.
fn of_subject(places: &[Place], subject: usize) -> &[Place] {
    let rest = &places[places.partition_point(|p| p.subject < subject)..];
    &rest[..rest.partition_point(|p| p.subject == subject)]
}

/// Other skin at both visits: the values of its shots.
type Values = Option<(Place, [Vec<f64>; 2])>;

/// What a place is held against.
struct Beside<'a> {
    /// Has it a control?
    wants_control: bool,
    /// Untreated skin: its shift is subtracted. `None` where it was not seen, or its own change is not to be believed.
    control: Values,
    /// Skin that may be treated: it only speaks against a change.
    witness: Values,
    /// The mean shift of the control arm, where the subject has no control of its own.
    arm: Option<&'a Shift>,
}

/// What the subjects of a control arm show together, by region, metric and number of the visit.
#[derive(Default)]
struct ControlArm(BTreeMap<(String, Column, usize), Shift>);

impl ControlArm {
    fn of(study: &Study, rows: &[ChangeRow]) -> Self {
        // A subject counts once, whatever its views.
        let mut shifts: BTreeMap<_, BTreeMap<usize, Vec<f64>>> = BTreeMap::new();
        for row in rows {
            if let Some(figures) = row.change.as_ref().and_then(|c| c.figures) {
                let number = study.subjects[row.place.subject].visits[row.visit].number;
                let arm = shifts.entry((row.place.region.clone(), row.column, number)).or_default();
                arm.entry(row.place.subject).or_default().push(figures.shift);
            }
        }
        let enough = shifts.into_iter().filter(|(_, subjects)| subjects.len() >= defaults::ARM_NEEDED);
        let of = |subjects: BTreeMap<usize, Vec<f64>>| subjects.into_values().map(|s| mean(&s)).collect::<Vec<f64>>();
        Self(enough.filter_map(|(key, subjects)| Some((key, Shift::of_arm(&of(subjects))?))).collect())
    }

    fn at(&self, place: &Place, column: Column, number: usize) -> Option<&Shift> {
        self.0.get(&(place.region.clone(), column, number))
    }
}

/// Fills in the change of a row against its baseline, less that of a control.
fn compare(
    row: &mut ChangeRow,
    baseline: &[f64],
    yardstick: &Yardstick,
    beside: &Beside<'_>,
    mut reasons: BTreeSet<Reason>,
    notes: BTreeSet<Note>,
) {
    row.notes = notes.into_iter().collect();
    if baseline.len() == 1 || row.shots.len() == 1 {
        row.notes.push(Note::SingleShot);
    }
    let shift = |before: &[f64], after: &[f64]| {
        yardstick.error.ok().and_then(|error| Shift::of_place(before, after, yardstick.scale, error))
    };
    let own = shift(baseline, &row.shots);
    let shift_of = |other: &Values| other.as_ref().and_then(|(_, [before, after])| shift(before, after));
    let control = shift_of(&beside.control);
    if let (Some(own), Some((place, _)), Some(control)) = (&own, &beside.control, &control) {
        row.control = Some(place.region.clone());
        if control_moved(own, control) {
            reasons.insert(Reason::ControlMoved);
        }
    }
    // Without what is subtracted elsewhere this visit would be told in another way than the rest.
    if beside.wants_control && own.is_some() && control.is_none() && reasons.is_empty() {
        reasons.insert(Reason::ControlMissing);
    }
    if own.as_ref().zip(shift_of(&beside.witness)).is_some_and(|(own, witness)| surround_moved(own, &witness)) {
        reasons.insert(Reason::SurroundMoved);
    }
    if own.is_some() && beside.arm.is_some() {
        row.control = Some(CONTROL_ARM.to_owned());
    }
    let reasons: Vec<Reason> = reasons.into_iter().collect();
    let subtracted = control.as_ref().or(beside.arm);
    row.change = Some(Change::between(baseline, &row.shots, yardstick, subtracted, &reasons));
}

/// What the cohort counts of rows: in percent, or of a metric that has none somewhere in its unit throughout.
fn observations(study: &Study, rows: &[&ChangeRow]) -> Vec<Observation> {
    let told = |row: &ChangeRow| row.change.as_ref().and_then(|c| Some((c.before?, c.after?, c.figures?)));
    let percent = |column: Column| {
        let figures = || rows.iter().filter(|r| r.column == column).filter_map(|row| told(row)).map(|(_, _, f)| f);
        figures().all(|f| f.scale != Scale::Interval && f.delta_percent.is_some())
    };
    let in_percent: BTreeMap<Column, bool> = rows.iter().map(|row| (row.column, percent(row.column))).collect();
    let of = |row: &&ChangeRow| {
        let change = row.change.as_ref()?;
        let percent = in_percent[&row.column];
        let (net, own) = told(row)
            .map(|(before, after, f)| {
                let own = f.scale.forward(after) - f.scale.forward(before);
                if percent {
                    (f.delta_percent, f.scale.percent(before, own))
                } else {
                    (Some(f.delta), Some(f.scale.change(before, own)))
                }
            })
            .unwrap_or_default();
        let subject = &study.subjects[row.place.subject];
        Some(Observation {
            subject: subject.id.clone(),
            arm: row.arm.clone(),
            metric: row.column.metric().name.clone(),
            visit: subject.visits[row.visit].number - 1,
            change: net,
            own,
            percent,
            verdict: change.verdict.clone(),
        })
    };
    rows.iter().filter_map(of).collect()
}
