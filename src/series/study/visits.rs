//! The shots of a study by subject and visit.
//!
//! A visit is what the column `visit` says, else a day. Visits follow each other by day, else by the number in their
//! names, else as their rows do. Shots of one subject, view and visit are repeat shots; those with something drawn on them
//! stand first, then they go by the name of the repeat shot and of the photo. Beyond that the order of the rows says nothing.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::day::Day;
use super::finding::{Findings, Notebook, shown};
use super::scale::ScaleColumn;
use super::session::Session;
use super::shot::Shot;
use super::{between, visit_numbers};

/// Most days between the photos of one visit before that is odd.
const VISIT_DAYS: i64 = 3;

/// A study without a mistake in it.
#[derive(Clone, Debug, Default)]
pub struct Study {
    /// Its file.
    pub file: PathBuf,
    /// The folder that all its photos lie in.
    pub photos: PathBuf,
    /// The shots by subject and visit.
    pub shots: Vec<Shot>,
    /// The subjects by name, `S2` before `S10`.
    pub subjects: Vec<Subject>,
    /// Columns with a clinician's grades.
    pub scales: Vec<ScaleColumn>,
    /// Columns that are carried along to every result, in order.
    pub extra: Vec<String>,
    /// The sessions by subject and day; none when there is no file of sessions.
    pub sessions: Vec<Session>,
    /// Columns of the sessions file that are carried along, in order.
    pub session_extra: Vec<String>,
}

/// A subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// Name in the study file.
    pub id: String,
    /// Its visits, the baseline first.
    pub visits: Vec<Visit>,
    /// Its sessions by day, as places in [`Study::sessions`].
    pub sessions: Vec<usize>,
}

/// A visit of a subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// Its place among all visits of the study, from 1. Where the study names its visits, subjects share the number of a name.
    pub number: usize,
    /// As written, else the day, else empty.
    pub name: String,
    /// Day of its first photo.
    pub day: Option<Day>,
    /// Its photos, those with something drawn on them first, then by repeat shot and name, as places in
    /// [`Study::shots`].
    pub shots: Vec<usize>,
}

impl Subject {
    /// The views of this subject by name.
    #[must_use]
    pub fn views<'a>(&self, study: &'a Study) -> Vec<&'a str> {
        let shots = self.visits.iter().flat_map(|v| &v.shots);
        let mut views: Vec<&str> = shots.map(|&i| study.shots[i].view.as_str()).collect();
        views.sort_unstable();
        views.dedup();
        views
    }
}

impl Visit {
    /// The repeat shots of a view, as places in [`Study::shots`].
    pub fn repeats<'a>(&'a self, study: &'a Study, view: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.shots.iter().copied().filter(move |&i| study.shots[i].view == view)
    }
}

/// Groups shots; what is odd goes into `findings`.
pub(super) fn group(
    shots: &[Shot],
    sessions: &[Session],
    file: &std::path::Path,
    findings: &mut Findings,
) -> Vec<Subject> {
    let mut book = Notebook { file, findings };
    let mut by_subject: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, shot) in shots.iter().enumerate() {
        by_subject.entry(&shot.subject).or_default().push(i);
    }
    let mut treated: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, session) in sessions.iter().enumerate() {
        treated.entry(&session.subject).or_default().push(i);
    }
    let mut subjects: Vec<Subject> = Vec::with_capacity(by_subject.len());
    for (id, places) in by_subject {
        let visits = visits_of(id, &places, shots, &mut book);
        let mut own = treated.remove(id).unwrap_or_default();
        own.sort_by_key(|&i| (sessions[i].day, i));
        subjects.push(Subject { id: id.to_owned(), visits, sessions: own });
    }
    subjects.sort_by(|a, b| natural(&a.id, &b.id));
    visit_numbers::number(&mut subjects, shots, &mut book);
    between::check(&subjects, shots, &mut book);
    subjects
}

/// Puts shots and sessions in an order that does not depend on that of the rows.
pub(super) fn arrange(study: &mut Study) {
    let order: Vec<usize> =
        study.subjects.iter().flat_map(|s| &s.visits).flat_map(|v| v.shots.iter().copied()).collect();
    let mut taken: Vec<Option<Shot>> = std::mem::take(&mut study.shots).into_iter().map(Some).collect();
    study.shots = order.into_iter().filter_map(|i| taken[i].take()).collect();
    let mut next = 0;
    for place in study.subjects.iter_mut().flat_map(|s| &mut s.visits).flat_map(|v| &mut v.shots) {
        (*place, next) = (next, next + 1);
    }
    study.sessions.sort_by(|a, b| {
        let texts = |s: &Session| {
            (
                s.instrument.as_ref().map(|i| i.name().to_owned()),
                s.technique.clone(),
                s.solution.clone(),
                s.notes.clone(),
            )
        };
        natural(&a.subject, &b.subject)
            .then(a.day.cmp(&b.day))
            .then_with(|| natural(&a.arm, &b.arm))
            .then(a.number.cmp(&b.number))
            .then_with(|| texts(a).cmp(&texts(b)))
            .then_with(|| a.extra.cmp(&b.extra))
    });
    for subject in &mut study.subjects {
        subject.sessions.clear();
    }
    let places: BTreeMap<String, usize> = study.subjects.iter().enumerate().map(|(i, s)| (s.id.clone(), i)).collect();
    for (i, session) in study.sessions.iter().enumerate() {
        if let Some(&subject) = places.get(&session.subject) {
            study.subjects[subject].sessions.push(i);
        }
    }
}

fn visits_of(id: &str, places: &[usize], shots: &[Shot], book: &mut Notebook<'_>) -> Vec<Visit> {
    let mut named: BTreeMap<(&str, Option<Day>), usize> = BTreeMap::new();
    let mut visits: Vec<Visit> = Vec::new();
    for &i in places {
        let shot = &shots[i];
        let key = if shot.visit.is_empty() { ("", shot.day) } else { (shot.visit.as_str(), None) };
        let at = *named.entry(key).or_insert(visits.len());
        if at == visits.len() {
            visits.push(Visit { number: 0, name: shot.visit.clone(), day: None, shots: Vec::new() });
        }
        let visit = &mut visits[at];
        visit.day = match (visit.day, shot.day) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        visit.shots.push(i);
    }
    let visits_by_name = visits.iter().all(|v| rank(&v.name).is_some());
    let by_day = visits.iter().all(|v| v.day.is_some());
    if by_day {
        visits.sort_by(|a, b| {
            a.day.cmp(&b.day).then(rank(&a.name).cmp(&rank(&b.name))).then_with(|| natural(&a.name, &b.name))
        });
        if let Some(pair) =
            visits.windows(2).find(|pair| rank(&pair[0].name) > rank(&pair[1].name) && rank(&pair[1].name).is_some())
        {
            let (first, second) = (&pair[0], &pair[1]);
            let message = format!(
                "subject {}: the photos of visit {} are older than those of visit {}; visits are ordered by day, check both",
                shown(id),
                shown(&first.name),
                shown(&second.name)
            );
            book.warn("visit_order", shots[first.shots[0]].row, "", message);
        }
    } else if visits_by_name {
        visits.sort_by(|a, b| rank(&a.name).cmp(&rank(&b.name)).then_with(|| natural(&a.name, &b.name)));
    } else if visits.len() > 1 {
        let message = format!(
            "subject {}: neither days nor numbers say how its visits follow each other; the order of the rows is taken",
            shown(id)
        );
        book.warn("visit_order", shots[places[0]].row, "", message);
    }
    for (i, visit) in visits.iter_mut().enumerate() {
        visit.number = i + 1;
        visit.shots.sort_by(|&a, &b| {
            let (x, y) = (&shots[a], &shots[b]);
            x.regions
                .is_empty()
                .cmp(&y.regions.is_empty())
                .then_with(|| natural(&x.repeat, &y.repeat))
                .then_with(|| natural(&x.photo, &y.photo))
        });
        check_visit(id, visit, shots, book);
        if visit.name.is_empty()
            && let Some(day) = visit.day
        {
            visit.name = day.to_string();
        }
    }
    visits
}

fn check_visit(id: &str, visit: &Visit, shots: &[Shot], book: &mut Notebook<'_>) {
    let last = visit.shots.iter().filter_map(|&i| shots[i].day).max();
    if let (Some(first), Some(last)) = (visit.day, last)
        && let Some(days) = last.since(first).filter(|d| *d > VISIT_DAYS)
    {
        let message = format!(
            "subject {}: the photos of visit {} are {days} days apart; check their days",
            shown(id),
            shown(&visit.name)
        );
        book.warn("visit_days", shots[visit.shots[0]].row, "", message);
    }
    let mut seen: BTreeMap<&str, (usize, Vec<&str>)> = BTreeMap::new();
    for &i in &visit.shots {
        let shot = &shots[i];
        let (first, repeats) = seen.entry(&shot.view).or_insert((i, Vec::new()));
        if shots[*first].light != shot.light {
            let message = format!(
                "another light than row {} of the same subject, visit and view; shots under two lights are no repeat shots: name the light in the column view too",
                shots[*first].row
            );
            book.warn("light_in_visit", shot.row, "", message);
        }
        if !shot.repeat.is_empty() && repeats.contains(&shot.repeat.as_str()) {
            let message = format!(
                "repeat `{}` is there twice for one subject, visit and view; check that none was entered twice",
                shown(&shot.repeat)
            );
            book.warn("repeat_twice", shot.row, "", message);
        }
        repeats.push(&shot.repeat);
    }
}

/// The place of a visit by its name: 0 for a baseline, else the number in it, in days where it counts weeks or months.
pub(super) fn rank(name: &str) -> Option<u64> {
    let lower = super::columns::normalized(name);
    match lower.as_str() {
        "baseline" | "before" | "pre" | "screening" | "start" | "initial" | "vorher" | "avant" | "antes" | "prima" => {
            return Some(0);
        }
        "after" | "post" | "final" | "end" | "nachher" | "après" | "apres" | "después" | "despues" | "depois"
        | "dopo" => return Some(u64::MAX),
        _ => {}
    }
    let digits: String = lower.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let has = |units: &[&str]| lower.split(|c: char| !c.is_alphabetic()).any(|word| units.contains(&word));
    let days = if has(&["w", "wk", "week", "weeks"]) {
        7
    } else if has(&["m", "mo", "month", "months"]) {
        30
    } else if has(&["y", "year", "years"]) {
        365
    } else {
        1
    };
    digits.parse::<u64>().ok()?.checked_mul(days)
}

/// Compares names as people do: runs of digits by their numbers.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a, b);
    loop {
        let digits = |t: &str| t.bytes().take_while(u8::is_ascii_digit).count();
        let (n, m) = (digits(x), digits(y));
        if n > 0 && m > 0 {
            let (p, q) = (x[..n].trim_start_matches('0'), y[..m].trim_start_matches('0'));
            let order = p.len().cmp(&q.len()).then_with(|| p.cmp(q));
            if order.is_ne() {
                return order;
            }
            (x, y) = (&x[n..], &y[m..]);
            continue;
        }
        let (mut p, mut q) = (x.chars(), y.chars());
        match (p.next(), q.next()) {
            (None, None) => return a.cmp(b),
            (c, d) if c != d => return c.cmp(&d),
            _ => (x, y) = (p.as_str(), q.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::series::study::finding::Level;
    use crate::series::study::shot::Light;

    fn shot(subject: &str, visit: &str, day: Option<i64>, view: &str) -> Shot {
        Shot {
            subject: subject.to_owned(),
            visit: visit.to_owned(),
            day: day.map(Day::Number),
            view: view.to_owned(),
            row: 2,
            ..Shot::default()
        }
    }

    fn grouped(shots: &[Shot]) -> (Vec<Subject>, Findings) {
        let mut findings = Findings::default();
        (group(shots, &[], Path::new("s.csv"), &mut findings), findings)
    }

    #[test]
    fn names_are_ordered_as_people_do() {
        let mut names = ["S10", "S2", "s1", "S02", "S", "10", "9", "S2b"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["9", "10", "S", "S02", "S2", "S2b", "S10", "s1"]);
    }

    #[test]
    fn days_make_visits_and_shots_of_a_day_and_view_are_repeats() {
        let mut shots = vec![shot("S2", "", Some(28), "left"), shot("S2", "", Some(0), "left")];
        shots.extend([shot("S2", "", Some(0), "left"), shot("S2", "", Some(0), "right"), shot("S1", "", None, "")]);
        let (subjects, findings) = grouped(&shots);
        assert_eq!(findings.list(), []);
        assert_eq!(subjects[0].id, "S1");
        let visits = &subjects[1].visits;
        assert_eq!(visits.iter().map(|v| (v.number, v.name.as_str())).collect::<Vec<_>>(), [(1, "0"), (2, "28")]);
        let study = Study { shots, ..Study::default() };
        assert_eq!(visits[0].repeats(&study, "left").collect::<Vec<_>>(), [1, 2]);
        assert_eq!(subjects[1].views(&study), ["left", "right"]);
    }

    #[test]
    fn named_visits_without_days_go_by_their_numbers() {
        let (subjects, findings) =
            grouped(&[shot("S", "V10", None, ""), shot("S", "V2", None, ""), shot("S", "baseline", None, "")]);
        assert_eq!(findings.list(), []);
        assert_eq!(subjects[0].visits.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["baseline", "V2", "V10"]);
        for (earlier, later) in
            [("2 weeks", "1 month"), ("pre", "W1"), ("M3", "post"), ("6 months", "1 year"), ("V1", "V2")]
        {
            assert!(rank(earlier).is_some() && rank(earlier) < rank(later), "{earlier}, {later}");
        }
        assert_eq!((rank("early"), rank(""), rank("99999999999999999999")), (None, None, None));
        let (_, findings) = grouped(&[shot("S", "early", None, ""), shot("S", "late", None, "")]);
        assert_eq!((findings.count(Level::Warning), findings.list()[0].code), (1, "visit_order"));
    }

    #[test]
    fn oddities_of_visits_are_told() {
        let (_, findings) = grouped(&[shot("S", "1", Some(30), ""), shot("S", "2", Some(0), "")]);
        assert_eq!(findings.list()[0].code, "visit_order");
        let (_, findings) = grouped(&[shot("S", "1", Some(0), "a"), shot("S", "1", Some(9), "b")]);
        assert_eq!(findings.list()[0].code, "visit_days");
        let lit = Shot { light: Some(Light::Named("flat".to_owned())), ..shot("S", "1", Some(0), "a") };
        let (_, findings) = grouped(&[shot("S", "1", Some(0), "a"), lit]);
        assert_eq!(findings.list()[0].code, "light_in_visit");
        let twice = Shot { repeat: "1".to_owned(), ..shot("S", "1", Some(0), "a") };
        let (_, findings) = grouped(&[twice.clone(), twice]);
        assert_eq!(findings.list()[0].code, "repeat_twice");
    }
}
