//! A sessions file -> sessions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::columns::{Mapping, Role as _, SessionColumn, normalized};
use super::config::StudyConfig;
use super::cross;
use super::day::{DateColumn, Day};
use super::finding::{Findings, Notebook, shown};
use super::read_cells::date_message;
use super::session::{Adverse, Instrument, Session, adverse_of};
use super::sheet::{Row, Sheet};
use super::shot::Shot;
use super::value;
use crate::base::nearest::{nearest, slips};
use crate::error::Result;

/// Needles longer than this are no needles of the skin.
const DEEPEST_MM: f64 = 20.0;
/// Most sessions of a course before the number is a slip.
const MOST: i64 = 1000;

/// What a sessions file holds.
pub(super) struct Sessions {
    pub(super) sessions: Vec<Session>,
    /// Columns that are carried along.
    pub(super) extra: Vec<String>,
}

/// Reads the sessions of the subjects of `shots`.
pub(super) fn load(path: &Path, config: &StudyConfig, shots: &[Shot], findings: &mut Findings) -> Result<Sessions> {
    let mut book = Notebook { file: path, findings };
    let known = |name: &str| {
        let name = normalized(name);
        SessionColumn::ALL.iter().any(|role| role.name() == name || role.hints().contains(&name.as_str()))
            || config.session_columns.values().any(|n| normalized(n) == name)
            || adverse_of(&name).is_some()
    };
    let Some(sheet) = Sheet::read(path, known, &mut book)? else {
        return Ok(Sessions { sessions: Vec::new(), extra: Vec::new() });
    };
    let map = Mapping::of(&sheet, &config.session_columns, &mut book);
    let (mut adverse, mut extra) = (Vec::new(), Vec::new());
    for &i in &map.others {
        match adverse_of(&normalized(&sheet.header[i])) {
            Some(effect) => adverse.push((i, effect)),
            None => extra.push(i),
        }
    }
    if map.at(SessionColumn::Date).is_none() && map.at(SessionColumn::Day).is_none() {
        book.mistake(
            "column_missing",
            1,
            "",
            format!("neither date nor day is there; a session needs one of them, the columns are {}", sheet.columns()),
        );
    }
    let dates = map
        .at(SessionColumn::Date)
        .map(|at| DateColumn::of(sheet.rows.iter().map(|r| r.cell(at)).filter(|c| !c.is_empty())));
    let mut reader = Reader { sheet: &sheet, map: &map, dates, book: &mut book };
    let sessions: Vec<Session> = sheet
        .rows
        .iter()
        .map(|row| Session {
            adverse: reader.adverse(row, &adverse),
            extra: extra.iter().map(|&i| row.cell(i).to_owned()).collect(),
            ..reader.session(row)
        })
        .collect();
    cross::odd_days(sessions.iter().filter_map(|s| Some((s.row, s.day?))), "date", Day::today(), &mut book);
    unknown_instruments(&sessions, map.at(SessionColumn::Instrument).map(|at| sheet.header[at].as_str()), &mut book);
    against_shots(&sessions, shots, &mut book);
    against_each_other(&sessions, &mut book);
    Ok(Sessions { sessions, extra: extra.into_iter().map(|i| sheet.header[i].clone()).collect() })
}

struct Reader<'a, 'b> {
    sheet: &'a Sheet,
    map: &'a Mapping<SessionColumn>,
    dates: Option<DateColumn>,
    book: &'a mut Notebook<'b>,
}

impl Reader<'_, '_> {
    fn cell<'r>(&self, row: &'r Row, role: SessionColumn) -> &'r str {
        self.map.at(role).map_or("", |at| row.cell(at))
    }

    fn wrong(&mut self, code: &'static str, row: &Row, role: SessionColumn, message: String) {
        let column = self.map.at(role).map_or(role.name(), |at| &self.sheet.header[at]);
        self.book.mistake(code, row.number, column, message);
    }

    fn session(&mut self, row: &Row) -> Session {
        let text = |role| self.cell(row, role).to_owned();
        let mut session = Session {
            row: row.number,
            subject: text(SessionColumn::Subject),
            instrument: Instrument::read(self.cell(row, SessionColumn::Instrument)),
            technique: text(SessionColumn::Technique),
            solution: text(SessionColumn::Solution),
            arm: text(SessionColumn::Arm),
            notes: text(SessionColumn::Notes),
            ..Session::default()
        };
        if session.subject.is_empty() && self.map.at(SessionColumn::Subject).is_some() {
            self.wrong(
                "subject_empty",
                row,
                SessionColumn::Subject,
                "the cell is empty; every session needs its subject".to_owned(),
            );
        }
        session.day = self.day(row);
        session.needle_depth_mm = self.depth(row);
        session.number = self.number(row, SessionColumn::Session);
        session.planned = self.number(row, SessionColumn::Planned);
        session.maintenance = self.maintenance(row);
        session
    }

    fn day(&mut self, row: &Row) -> Option<Day> {
        let text = self.cell(row, SessionColumn::Date);
        if let (false, Some(dates)) = (text.is_empty(), self.dates) {
            return match dates.read(text) {
                Ok(day) => Some(day),
                Err(fault) => {
                    let (code, message) = date_message(text, fault);
                    self.wrong(code, row, SessionColumn::Date, message);
                    None
                }
            };
        }
        let text = self.cell(row, SessionColumn::Day);
        if text.is_empty() {
            let role = if self.dates.is_some() { SessionColumn::Date } else { SessionColumn::Day };
            if self.map.at(role).is_some() {
                self.wrong("day_empty", row, role, "the cell is empty; every session needs its day".to_owned());
            }
            return None;
        }
        let number = value::whole(text);
        if number.is_none() {
            let message = format!("`{}` is no day number; a whole number is needed, such as 0 or 28", shown(text));
            self.wrong("day", row, SessionColumn::Day, message);
        }
        number.map(Day::Number)
    }

    fn depth(&mut self, row: &Row) -> Option<f64> {
        let text = self.cell(row, SessionColumn::NeedleDepthMm);
        if text.is_empty() {
            return None;
        }
        let depth = value::number(text).filter(|v| (0.0..=DEEPEST_MM).contains(v));
        if depth.is_none() {
            let message =
                format!("`{}` is no depth; millimeters from 0 to {DEEPEST_MM} are needed, such as 1.5", shown(text));
            self.wrong("needle_depth", row, SessionColumn::NeedleDepthMm, message);
        }
        depth
    }

    /// The number of a session, or of all that are planned.
    fn number(&mut self, row: &Row, role: SessionColumn) -> Option<u32> {
        let text = self.cell(row, role);
        if text.is_empty() {
            return None;
        }
        let number = value::whole(text).filter(|n| (1..=MOST).contains(n)).and_then(|n| u32::try_from(n).ok());
        if number.is_none() {
            let what =
                if role == SessionColumn::Planned { "number of planned sessions" } else { "number of a session" };
            let message = format!("`{}` is no {what}; 1 to {MOST} are allowed", shown(text));
            self.wrong("session", row, role, message);
        }
        number
    }

    fn maintenance(&mut self, row: &Row) -> bool {
        let text = self.cell(row, SessionColumn::Maintenance);
        if text.is_empty() {
            return false;
        }
        let found = value::yes_no(text);
        if found.is_none() {
            let message = format!("`{}` says neither yes nor no; write yes for a session that maintains", shown(text));
            self.wrong("maintenance", row, SessionColumn::Maintenance, message);
        }
        found.unwrap_or(false)
    }

    fn adverse(&mut self, row: &Row, columns: &[(usize, String)]) -> Vec<(String, Adverse)> {
        let mut noted = Vec::new();
        for (at, effect) in columns {
            let text = row.cell(*at);
            if text.is_empty() {
                continue;
            }
            let grade = value::whole(text).and_then(|n| u8::try_from(n).ok()).filter(|n| *n <= 3);
            match (grade, value::yes_no(text)) {
                (Some(grade), _) => noted.push((effect.clone(), Adverse::Grade(grade))),
                (None, Some(present)) => noted.push((effect.clone(), Adverse::Present(present))),
                (None, None) => {
                    let message =
                        format!("`{}` is no grade of {}; 0 to 3, yes or no are allowed", shown(text), shown(effect));
                    self.book.mistake("adverse", row.number, &self.sheet.header[*at], message);
                }
            }
        }
        noted
    }
}

/// Instruments that are kept as written: each spelling is told once.
fn unknown_instruments(sessions: &[Session], column: Option<&str>, book: &mut Notebook<'_>) {
    let mut told = BTreeSet::new();
    for session in sessions {
        let Some(Instrument::Other(text)) = &session.instrument else { continue };
        let name = normalized(text);
        if !told.insert(name.clone()) {
            continue;
        }
        let near = nearest(&name, Instrument::spellings()).filter(|n| slips(&name, n) <= 1 + name.chars().count() / 5);
        let near = near.and_then(Instrument::read).map_or_else(
            || format!("known are {}", Instrument::known().collect::<Vec<_>>().join(", ")),
            |instrument| format!("the nearest known one is {}", instrument.name()),
        );
        let message = format!("`{}` is no known instrument and is kept as written; {near}", shown(text));
        book.warn("instrument_unknown", session.row, column.unwrap_or("instrument"), message);
    }
}

/// Sessions whose subject has no photo, or counts its days in another way.
fn against_shots(sessions: &[Session], shots: &[Shot], book: &mut Notebook<'_>) {
    let mut kinds: BTreeMap<&str, Option<bool>> = BTreeMap::new();
    for shot in shots {
        let kind = kinds.entry(&shot.subject).or_default();
        *kind = kind.or(shot.day.map(Day::is_date));
    }
    let mut told = BTreeSet::new();
    for session in sessions.iter().filter(|s| !s.subject.is_empty()) {
        match (kinds.get(session.subject.as_str()), session.day) {
            (None, _) if !shots.is_empty() && told.insert(&session.subject) => {
                let near = nearest(&session.subject, kinds.keys().copied().take(1000));
                let near = near.map_or(String::new(), |n| format!("; the nearest is `{}`", shown(n)));
                let message = format!("no photo is of subject `{}`{near}", shown(&session.subject));
                book.warn("subject_unknown", session.row, "subject", message);
            }
            (Some(Some(true)), Some(Day::Number(_))) => {
                let message = format!(
                    "a day number, and the photos of subject {} have dates; give one subject one kind of days",
                    shown(&session.subject)
                );
                book.mistake("day_kind", session.row, "", message);
            }
            (Some(Some(false)), Some(Day::Date(_))) => {
                let message = format!(
                    "a date, and the photos of subject {} have day numbers; give one subject one kind of days",
                    shown(&session.subject)
                );
                book.mistake("day_kind", session.row, "", message);
            }
            _ => {}
        }
    }
}

/// Numbers given twice, numbers that run against the days, and two plans. An arm has a course of its own.
fn against_each_other(sessions: &[Session], book: &mut Notebook<'_>) {
    let mut courses: BTreeMap<(&str, &str), Vec<&Session>> = BTreeMap::new();
    for session in sessions.iter().filter(|s| !s.subject.is_empty()) {
        courses.entry((&session.subject, &session.arm)).or_default().push(session);
    }
    for course in courses.values_mut() {
        let mut numbers: BTreeMap<u32, u64> = BTreeMap::new();
        for session in course.iter() {
            let Some(number) = session.number else { continue };
            if let Some(first) = numbers.insert(number, session.row) {
                let message = format!(
                    "subject {} has session {number} in row {first} already; number them one after the other",
                    shown(&session.subject)
                );
                book.mistake("session_twice", session.row, "session", message);
            }
        }
        course.sort_by_key(|s| (s.day, s.number, s.row));
        let plans = || course.iter().filter_map(|s| Some((s.row, s.planned?)));
        if let Some((first_row, first)) = plans().next()
            && let Some((row, planned)) = plans().find(|(_, planned)| *planned != first)
        {
            let subject = course.first().map_or("", |s| s.subject.as_str());
            let message = format!(
                "subject {}: {planned} sessions are planned here and {first} in row {first_row}; the last by day is taken",
                shown(subject)
            );
            book.warn("planned_differs", row, "planned", message);
        }
        for pair in course.windows(2) {
            if pair[0].day.is_some()
                && pair[0].day < pair[1].day
                && pair[0].number > pair[1].number
                && pair[1].number.is_some()
            {
                let message = format!(
                    "subject {}: its number is lower than that of an earlier day (row {}); check both",
                    shown(&pair[1].subject),
                    pair[0].row
                );
                book.warn("session_order", pair[1].row, "session", message);
            }
        }
    }
}
