//! Results that can be given away: pseudonyms in place of subjects, days in place of dates.
//!
//! [`disguised`] turns a [`Progress`] into another one before anything is written, so no table and no page can forget it. With a
//! key every subject has a keyed hash for a name (HMAC-SHA-256): without the key nobody can try out names, with it the same
//! subject has the same name in every run. The subjects then stand in the order of their new names, for the order of a study
//! file tells who came first.
//!
//! What else could name a person goes too, with either option: names of photos become `<subject>/v<visit>_<n>`, notes and paths are left
//! out, and so is the camera, whose name may hold a serial number. With a key, columns of the study file whose names speak of a person
//! ([`PERSONAL`]) are left out unless they are asked for, the SHA-256 of a photo and the names of its pictures are hashed with the key, and
//! names of subjects inside other texts are replaced. With days, the first visit of a subject is day 0, dates in texts become days or
//! `[date]`, and a visit whose name may hold another date is called by its number.
//!
//! Skin can tell who somebody is: pictures stay what they are.

mod columns;
mod hmac;
mod key;
mod list;
mod place;
mod text;

use std::collections::BTreeMap;
use std::path::PathBuf;

use unicode_normalization::UnicodeNormalization as _;

pub use columns::PERSONAL;
pub use key::Key;
pub use list::{Other, check_list};
pub use place::real;

use self::columns::speaks_of_a_person;
pub(super) use self::text::has_date;
use self::text::{Names, may_hold_a_date, without_dates};
use super::SeriesAbout;
use super::course::with_days;
use crate::error::{Error, Result};
use crate::measure::{Column, Lesion, Value};
use crate::series::progress::{Place, Progress, Reading};
use crate::series::study::{Day, Instrument, Light, Session, Shot, Study};

/// The column of a photo's camera, which is kept only where it is asked for.
const CAMERA: &str = "camera";

/// What is hidden.
#[derive(Clone, Debug, Default)]
pub struct Disguise {
    /// The key of the pseudonyms; `None` keeps the names of the subjects.
    pub key: Option<Key>,
    /// Days since the first visit in place of dates.
    pub days: bool,
    /// Columns that are kept though they may speak of a person: of the study file, or `camera`.
    pub keep: Vec<String>,
}

impl Disguise {
    /// Refuses what could only be told after all photos are measured: a column to keep that is not there, and, with pseudonyms, two
    /// subjects that would get one.
    ///
    /// # Errors
    /// Names them.
    pub fn check(&self, study: &Study, pseudonyms: bool) -> Result<()> {
        let known =
            |name: &&String| *name == CAMERA || study.extra.contains(name) || study.session_extra.contains(name);
        if let Some(name) = self.keep.iter().find(|name| !known(name)) {
            let all = study.extra.iter().chain(&study.session_extra).map(String::as_str).chain([CAMERA]);
            let all: Vec<&str> = all.collect();
            return Err(Error::config(format!(
                "the column `{name}` to be kept is not there; `camera` and columns that are carried along can be kept: {}",
                all.join(", ")
            )));
        }
        let mut composed: BTreeMap<String, &str> = BTreeMap::new();
        for subject in study.subjects.iter().filter(|_| pseudonyms) {
            if composed.insert(subject.id.nfc().collect(), &subject.id).is_some() {
                return Err(Error::config(format!(
                    "two subjects are called `{}`, with accents written in two ways; write them in one",
                    subject.id
                )));
            }
        }
        Ok(())
    }
}

/// A study that can be given away.
#[derive(Debug)]
pub struct Disguised {
    /// The results.
    pub progress: Progress,
    /// What is said of how they were made, without paths.
    pub about: SeriesAbout,
    /// What a reader should know before giving them away.
    pub warnings: Vec<String>,
}

/// The results without what the disguise hides; without a key and without days they stay as they are.
///
/// # Errors
/// When two subjects would get one name, which has a chance of 1 in 10^15 per pair.
pub fn disguised(progress: Progress, about: &SeriesAbout, disguise: &Disguise) -> Result<Disguised> {
    let mut about = about.clone();
    if disguise.key.is_none() && !disguise.days {
        return Ok(Disguised { progress, about, warnings: Vec::new() });
    }
    let mask = Mask::of(&progress.study, disguise);
    let mut distinct: Vec<&String> = mask.ids.values().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() != mask.ids.len() {
        return Err(Error::internal(
            "pseudonyms",
            "two subjects have one pseudonym; give another --key and another --out",
        ));
    }
    let mut warnings = mask.warnings(&progress.study);
    let mut progress = progress;
    let personal = mask.left_out(&progress.study.extra, &mut warnings);
    let personal_of_sessions = mask.left_out(&progress.study.session_extra, &mut warnings);
    mask.results(&mut progress);
    mask.study(&mut progress.study, &personal, &personal_of_sessions);
    if disguise.key.is_some() {
        reorder(&mut progress);
    }
    about.config_toml = mask.config(&about.config_toml);
    Ok(Disguised { progress, about, warnings })
}

/// What stands for what.
struct Mask<'a> {
    disguise: &'a Disguise,
    /// Names of subjects, with what stands for them.
    ids: BTreeMap<String, String>,
    names: Names,
    /// First day of every subject.
    first: BTreeMap<String, Day>,
    /// Names of the photos, by place in the study.
    photos: Vec<String>,
    /// Numbers of their visits.
    visits: Vec<usize>,
}

impl<'a> Mask<'a> {
    fn of(study: &Study, disguise: &'a Disguise) -> Self {
        let all = study.subjects.iter().map(|s| &s.id).chain(study.sessions.iter().map(|s| &s.subject));
        let new = |id: &String| disguise.key.as_ref().map_or_else(|| id.clone(), |key| key.pseudonym(id));
        let ids: BTreeMap<String, String> = all.map(|id| (id.clone(), new(id))).collect();
        let hidden = ids.iter().filter(|_| disguise.key.is_some());
        let names = Names::new(hidden.map(|(id, other)| (id.clone(), other.clone())));
        let mut first: BTreeMap<String, Day> = BTreeMap::new();
        let mut photos = vec![String::new(); study.shots.len()];
        let mut visits = vec![0; study.shots.len()];
        for subject in &study.subjects {
            let day = subject.visits.iter().filter_map(|v| v.day).min();
            // A subject that was treated but never photographed counts from its first session.
            first.extend(day.map(|day| (subject.id.clone(), day)));
            for visit in &subject.visits {
                for (n, &shot) in visit.shots.iter().enumerate() {
                    visits[shot] = visit.number;
                    photos[shot] =
                        format!("{}/v{}_{}{}", ids[&subject.id], visit.number, n + 1, ending(&study.shots[shot]));
                }
            }
        }
        for session in &study.sessions {
            if let Some(day) = session.day {
                let known = study.subjects.iter().any(|s| s.id == session.subject && first.contains_key(&s.id));
                let earliest = first.entry(session.subject.clone()).or_insert(day);
                if !known {
                    *earliest = day.min(*earliest);
                }
            }
        }
        Self { disguise, ids, names, first, photos, visits }
    }

    fn id(&self, id: &str) -> String {
        self.ids.get(id).cloned().unwrap_or_else(|| self.names.replaced(id))
    }

    /// A text of a subject; without one, dates in it cannot be counted from anything.
    fn text(&self, text: &str, subject: Option<&str>) -> String {
        let named = self.names.replaced(text);
        if !self.disguise.days {
            return named;
        }
        without_dates(&named, subject.and_then(|id| self.first.get(id)).copied())
    }

    fn hide(&self, text: &mut String, subject: Option<&str>) {
        *text = self.text(text, subject);
    }

    fn day(&self, day: Option<Day>, subject: &str) -> Option<Day> {
        if !self.disguise.days {
            return day;
        }
        day?.since(*self.first.get(subject)?).map(Day::Number)
    }

    /// A visit that is called by its day is called by the new one, and by its number where a date may hide in its name.
    fn visit_name(&self, name: &str, number: usize, day: Option<Day>, subject: &str) -> String {
        let text = self.text(name, Some(subject));
        if !self.disguise.days {
            return text;
        }
        match self.day(day, subject) {
            Some(new) if day.is_some_and(|d| d.to_string() == name) => format!("day {new}"),
            _ if may_hold_a_date(&text) => format!("visit {number}"),
            _ => text,
        }
    }

    fn results(&self, progress: &mut Progress) {
        let ids: Vec<String> = progress.study.subjects.iter().map(|s| s.id.clone()).collect();
        let place = |place: &mut Place| {
            let id = Some(ids[place.subject].as_str());
            self.hide(&mut place.view, id);
            self.hide(&mut place.region, id);
        };
        for reading in &mut progress.readings {
            self.reading(reading, &progress.study.shots[reading.shot]);
        }
        for row in &mut progress.rows {
            place(&mut row.place);
            self.hide(&mut row.arm, None);
            row.day = self.day(row.day, &ids[row.place.subject]);
            if let Some(control) = &mut row.control {
                self.hide(control, Some(&ids[row.place.subject]));
            }
        }
        progress.trends.iter_mut().for_each(|row| place(&mut row.place));
        for row in &mut progress.lesions {
            place(&mut row.place);
            let id = Some(ids[row.place.subject].as_str());
            let lesions: [&mut Option<Lesion>; 2] = [&mut row.before, &mut row.after];
            lesions.into_iter().flatten().for_each(|lesion| self.hide(&mut lesion.region, id));
        }
        for (subject, finding) in &mut progress.courses {
            if let (true, Some(first)) = (self.disguise.days, self.first.get(subject.as_str()).copied()) {
                let (Day::Date(first) | Day::Number(first)) = first;
                finding.day = finding.day.map(|day| day - first);
                finding.message = with_days(&finding.message, |day| format!("day {}", day - first));
            }
            *subject = self.id(subject);
        }
        progress.groups.iter_mut().for_each(|group| self.hide(&mut group.arm, None));
        for difference in &mut progress.differences {
            self.hide(&mut difference.arm, None);
            self.hide(&mut difference.against, None);
        }
    }

    fn reading(&self, reading: &mut Reading, shot: &Shot) {
        let id = Some(shot.subject.as_str());
        for row in &mut reading.rows {
            let region = self.text(row.text(Column::REGION), id);
            row.set(Column::REGION, region);
            row.set(Column::PHOTO, self.photos[reading.shot].as_str());
            if self.disguise.days {
                row.set(Column::CAPTURED_AT, Value::Empty);
            }
            if let Some(key) = self.disguise.key.as_ref().filter(|_| !row.text(Column::SHA256).is_empty()) {
                let hashed = key.hash(row.text(Column::SHA256));
                row.set(Column::SHA256, hashed);
            }
            let camera = self.text(row.text(Column::CAMERA), id);
            let is_kept = !camera.is_empty() && self.disguise.keep.iter().any(|column| column == CAMERA);
            row.set(Column::CAMERA, if is_kept { Value::Text(camera) } else { Value::Empty });
        }
        reading.lesions.iter_mut().for_each(|lesion| self.hide(&mut lesion.region, id));
        reading.coverage.iter_mut().for_each(|(region, _)| self.hide(region, id));
        if let Some(failure) = &mut reading.failure {
            failure.message = self.message(&failure.message, shot, &self.photos[reading.shot]);
        }
    }

    /// A message may quote the photo's name, or that of another file.
    fn message(&self, message: &str, shot: &Shot, photo: &str) -> String {
        let path = PathBuf::from(&shot.photo);
        let parts = [path.file_name(), path.file_stem()].map(|n| n.map(|n| n.to_string_lossy().into_owned()));
        let known = std::iter::once(shot.photo.clone()).chain(parts.into_iter().flatten());
        let quoted = Names::new(known.map(|name| (name, photo.to_owned())));
        let message = self.text(&quoted.replaced(message), Some(&shot.subject));
        let without = message.replace(photo, "");
        if without.contains(['/', '\\']) { "left out: it names a file".to_owned() } else { message }
    }

    fn study(&self, study: &mut Study, personal: &[bool], personal_of_sessions: &[bool]) {
        study.file = PathBuf::from("study.csv");
        study.photos = PathBuf::new();
        keep_columns(&mut study.extra, personal);
        keep_columns(&mut study.session_extra, personal_of_sessions);
        for (i, shot) in study.shots.iter_mut().enumerate() {
            keep_columns(&mut shot.extra, personal);
            self.shot(shot, &self.photos[i], self.visits[i]);
        }
        for session in &mut study.sessions {
            keep_columns(&mut session.extra, personal_of_sessions);
            self.session(session);
        }
        for subject in &mut study.subjects {
            for visit in &mut subject.visits {
                visit.name = self.visit_name(&visit.name, visit.number, visit.day, &subject.id);
                visit.day = self.day(visit.day, &subject.id);
            }
            subject.id = self.id(&subject.id);
        }
    }

    fn shot(&self, shot: &mut Shot, photo: &str, visit: usize) {
        let subject = std::mem::take(&mut shot.subject);
        let id = Some(subject.as_str());
        photo.clone_into(&mut shot.photo);
        shot.path = PathBuf::new();
        shot.notes.clear();
        shot.visit = self.visit_name(&shot.visit, visit, shot.day, &subject);
        self.hide(&mut shot.view, id);
        self.hide(&mut shot.repeat, id);
        shot.regions.skin = shot.regions.skin.take().map(|_| PathBuf::new());
        for (name, path) in &mut shot.regions.named {
            self.hide(name, id);
            *path = PathBuf::new();
        }
        shot.regions.polygons.iter_mut().for_each(|polygon| self.hide(&mut polygon.name, id));
        self.hide(&mut shot.arms.whole, None);
        for (region, arm) in &mut shot.arms.by_region {
            self.hide(region, id);
            self.hide(arm, None);
        }
        if let Some(Light::Named(name)) = &mut shot.light {
            self.hide(name, id);
        }
        shot.extra.iter_mut().for_each(|cell| self.hide(cell, None));
        shot.day = self.day(shot.day, &subject);
        shot.subject = self.id(&subject);
    }

    fn session(&self, session: &mut Session) {
        let subject = std::mem::take(&mut session.subject);
        session.notes.clear();
        for text in [&mut session.technique, &mut session.solution] {
            self.hide(text, Some(&subject));
        }
        self.hide(&mut session.arm, None);
        session.extra.iter_mut().for_each(|cell| self.hide(cell, None));
        if let Some(Instrument::Other(name)) = &mut session.instrument {
            self.hide(name, Some(&subject));
        }
        session.day = self.day(session.day, &subject);
        session.subject = self.id(&subject);
    }

    /// Which columns speak of a person and are not asked for; with a key only.
    fn left_out(&self, columns: &[String], warnings: &mut Vec<String>) -> Vec<bool> {
        let mut left_out = Vec::with_capacity(columns.len());
        for column in columns {
            let personal = self.disguise.key.is_some() && speaks_of_a_person(column);
            let kept = self.disguise.keep.contains(column);
            if personal {
                warnings.push(if kept {
                    format!("the column `{column}` is kept as asked: make sure that it names nobody")
                } else {
                    format!(
                        "the column `{column}` is left out: its name speaks of a person; it can be asked for by name"
                    )
                });
            }
            left_out.push(personal && !kept);
        }
        left_out
    }

    fn warnings(&self, study: &Study) -> Vec<String> {
        let mut warnings = Vec::new();
        if !self.disguise.days {
            warnings.push("dates are kept; days since the first visit would tell less of a person".to_owned());
        }
        if self.disguise.key.is_none() && study.subjects.iter().any(|s| has_date(&s.id)) {
            warnings.push("a subject is named after a date, and names of subjects are kept".to_owned());
        }
        if self.disguise.key.is_some() {
            let short = study
                .subjects
                .iter()
                .any(|s| Names::new(std::iter::once((s.id.clone(), "\0".to_owned()))).replaced(&s.id) == s.id);
            if short {
                let text =
                    "names of subjects of one character or of up to three digits are not looked for inside other texts";
                warnings.push(text.to_owned());
            }
            let others = study.extra.iter().chain(&study.session_extra).filter(|c| !speaks_of_a_person(c));
            let others: Vec<String> = others.map(|column| format!("`{column}`")).collect();
            if !others.is_empty() {
                warnings.push(format!("these columns go along: {}; look that none names a person", others.join(", ")));
            }
        }
        warnings.push("pictures stay what they are: skin can tell who somebody is".to_owned());
        warnings
    }

    /// The configuration without paths and names.
    fn config(&self, toml: &str) -> String {
        let Ok(mut table) = toml.parse::<toml::Table>() else { return String::new() };
        if let Some(toml::Value::Table(study)) = table.get_mut("study") {
            study.remove("photos");
            study.remove("sessions");
        }
        for (_, value) in &mut table {
            self.config_value(value);
        }
        toml::to_string(&table).unwrap_or_default()
    }

    fn config_value(&self, value: &mut toml::Value) {
        match value {
            toml::Value::String(text) if text.contains(['/', '\\']) => *text = "[path]".to_owned(),
            toml::Value::String(text) => self.hide(text, None),
            toml::Value::Array(values) => values.iter_mut().for_each(|v| self.config_value(v)),
            toml::Value::Table(table) => table.iter_mut().for_each(|(_, v)| self.config_value(v)),
            _ => {}
        }
    }
}

fn keep_columns(cells: &mut Vec<String>, left_out: &[bool]) {
    let mut at = 0;
    cells.retain(|_| {
        at += 1;
        !left_out.get(at - 1).copied().unwrap_or(false)
    });
}

/// The ending of a photo's name, where it is one.
fn ending(shot: &Shot) -> String {
    let name = shot.photo.rsplit('/').next().unwrap_or_default();
    match name.rsplit_once('.') {
        Some((_, end)) if (1..=5).contains(&end.len()) && end.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            format!(".{}", end.to_ascii_lowercase())
        }
        _ => String::new(),
    }
}

/// Subjects by their new names, and everything else in their order.
fn reorder(progress: &mut Progress) {
    let study = &mut progress.study;
    let mut order: Vec<usize> = (0..study.subjects.len()).collect();
    order.sort_by(|&a, &b| study.subjects[a].id.cmp(&study.subjects[b].id));
    let places = inverse(&order);
    let shot_order: Vec<usize> =
        order.iter().flat_map(|&s| study.subjects[s].visits.iter().flat_map(|v| v.shots.iter().copied())).collect();
    let shot_places = inverse(&shot_order);
    let mut session_order: Vec<usize> = (0..study.sessions.len()).collect();
    session_order.sort_by(|&a, &b| study.sessions[a].subject.cmp(&study.sessions[b].subject).then(a.cmp(&b)));
    let session_places = inverse(&session_order);

    study.shots = shot_order.iter().map(|&i| study.shots[i].clone()).collect();
    for (i, shot) in study.shots.iter_mut().enumerate() {
        shot.row = i as u64 + 2;
    }
    study.sessions = session_order.iter().map(|&i| study.sessions[i].clone()).collect();
    for (i, session) in study.sessions.iter_mut().enumerate() {
        session.row = i as u64 + 2;
    }
    study.subjects = order.iter().map(|&i| study.subjects[i].clone()).collect();
    for subject in &mut study.subjects {
        subject.sessions.iter_mut().for_each(|i| *i = session_places[*i]);
        subject.visits.iter_mut().flat_map(|v| &mut v.shots).for_each(|i| *i = shot_places[*i]);
    }
    progress.readings.iter_mut().for_each(|r| r.shot = shot_places[r.shot]);
    progress.readings.sort_by_key(|r| r.shot);
    let moved = |place: &mut Place| place.subject = places[place.subject];
    progress.rows.iter_mut().for_each(|row| moved(&mut row.place));
    progress.trends.iter_mut().for_each(|row| moved(&mut row.place));
    progress.lesions.iter_mut().for_each(|row| moved(&mut row.place));
    progress.rows.sort_by_key(|row| row.place.subject);
    progress.trends.sort_by_key(|row| row.place.subject);
    progress.lesions.sort_by_key(|row| row.place.subject);
    progress.courses.sort_by(|a, b| a.0.cmp(&b.0));
}

fn inverse(order: &[usize]) -> Vec<usize> {
    let mut places = vec![0; order.len()];
    for (new, &old) in order.iter().enumerate() {
        places[old] = new;
    }
    places
}
