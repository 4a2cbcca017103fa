//! The first draft of a study file, from names, folders, masks and EXIF times.
//!
//! A draft saves typing, it does not decide: it says how many cells came from where, leaves empty what is not known,
//! and is for a person to read before anything is measured.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::columns::{Role as _, ShotColumn};
use super::day::Day;
use super::finding::shown;
use super::names::{Guess, guess};
use super::place::{Folder, slashed};
use super::visits::natural;
use crate::batch::{self, Item};
use crate::error::{Error, Result};
use crate::photo;

/// A draft.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The study file.
    pub csv: Vec<u8>,
    /// Its photos.
    pub photos: usize,
    /// Its subjects.
    pub subjects: usize,
    /// What came from where, one line per column.
    pub told: Vec<String>,
    /// Photos that are not in it, and why.
    pub left_out: Vec<String>,
}

/// A cell of a guess.
type Cell = fn(&Guess) -> &str;

/// A row of the draft.
#[derive(Debug)]
struct Line {
    photo: String,
    guess: Guess,
    /// Where the date comes from.
    source: &'static str,
    regions: String,
}

/// Drafts a study of the photos in `folder`; the study file will lie in the folder `home`.
///
/// # Errors
/// When `folder` cannot be read, holds no photo, or does not lie in `home`.
pub fn draft(folder: &Path, home: &Path) -> Result<Draft> {
    let mut place = Folder::open(home)?;
    let real = folder.canonicalize().map_err(|e| Error::read(folder, e))?;
    if !real.is_dir() {
        return Err(Error::config("this is no folder; name the folder of the photos").at(folder));
    }
    if !real.starts_with(place.root()) {
        let message = format!(
            "the photos of a study lie in or below the folder of its file, {}; write the file there with --out",
            place.root().display()
        );
        return Err(Error::config(message).at(folder));
    }
    let found = batch::discover(std::slice::from_ref(&real), &real.join("cicatrix-out"), None)?;
    let mut draft = Draft::default();
    let mut lines = Vec::new();
    for item in &found.items {
        match line(item, &real, &mut place) {
            Ok(line) => lines.push(line),
            Err(why) => draft.left_out.push(why),
        }
    }
    if lines.is_empty() {
        return Err(Error::config("no photos here; JPEG, PNG, TIFF, WebP and BMP files are looked for").at(folder));
    }
    name_by_first_words(&mut lines);
    date_by_exif(&mut lines, &place);
    lines.sort_by(|a, b| {
        let (x, y) = (&a.guess, &b.guess);
        natural(&x.subject, &y.subject)
            .then(x.date.cmp(&y.date))
            .then(x.day.cmp(&y.day))
            .then_with(|| natural(&x.visit, &y.visit))
            .then_with(|| x.view.cmp(&y.view))
            .then_with(|| natural(&x.repeat, &y.repeat))
            .then_with(|| natural(&a.photo, &b.photo))
    });
    draft.photos = lines.len();
    draft.subjects = lines.iter().map(|l| &l.guess.subject).filter(|s| !s.is_empty()).collect::<BTreeSet<_>>().len();
    let by_day = lines.iter().all(|l| l.guess.date.is_none()) && lines.iter().any(|l| l.guess.day.is_some());
    draft.told = told(&lines, by_day);
    draft.csv = write(&lines, by_day)?;
    Ok(draft)
}

/// The row of a photo, or why there is none.
fn line(item: &Item, real: &Path, home: &mut Folder) -> std::result::Result<Line, String> {
    let name = shown(&item.name);
    if let Some(trouble) = &item.trouble {
        return Err(format!("{name}: {}", trouble.message));
    }
    let inside = |path: &Path, home: &Folder| path.strip_prefix(home.root()).ok().and_then(slashed);
    let photo = inside(&item.path, home).ok_or_else(|| format!("{name}: its name is not UTF-8; rename it"))?;
    let place = home.file(&photo).map_err(|fault| format!("{name}: {}", fault.message))?;
    if place.path != item.path {
        return Err(format!("{name}: its name cannot be written in a table; rename it"));
    }
    let below = item.path.strip_prefix(real).ok().and_then(slashed).unwrap_or_else(|| photo.clone());
    let mut masks: Vec<String> = item.masks.iter().filter_map(|mask| inside(mask, home)).collect();
    masks.retain(|mask| home.file(mask).is_ok());
    let regions = if masks.len() == 1 { plain(&masks[0]) } else { String::new() };
    Ok(Line { photo: plain(&photo), guess: guess(&below), source: "names and folders", regions })
}

/// A path that no spreadsheet takes for a formula.
fn plain(path: &str) -> String {
    if path.starts_with(|c: char| c.is_alphanumeric() || c == '_') { path.to_owned() } else { format!("./{path}") }
}

/// A first word that several photos share, and others do not, is the subject.
fn name_by_first_words(lines: &mut [Line]) {
    let mut firsts: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines.iter().filter(|l| l.guess.subject.is_empty() && !l.guess.first.is_empty()) {
        *firsts.entry(line.guess.first.clone()).or_default() += 1;
    }
    if firsts.len() < 2 {
        return;
    }
    for guess in lines.iter_mut().map(|l| &mut l.guess).filter(|g| g.subject.is_empty()) {
        if firsts.get(&guess.first).is_some_and(|n| *n > 1) {
            guess.subject = guess.first.clone();
        }
    }
}

fn date_by_exif(lines: &mut [Line], home: &Folder) {
    for line in lines.iter_mut().filter(|l| l.guess.date.is_none()) {
        line.guess.date = photo::captured_at(&home.root().join(&line.photo)).and_then(|t| Day::from_time(&t));
        line.source = "EXIF";
    }
}

fn told(lines: &[Line], by_day: bool) -> Vec<String> {
    let count = |of: &dyn Fn(&Line) -> bool| lines.iter().filter(|l| of(l)).count();
    let say = |column: &str, from: &[(usize, &str)]| {
        let known: usize = from.iter().map(|(n, _)| n).sum();
        let mut parts: Vec<String> =
            from.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} from {what}")).collect();
        if known < lines.len() {
            parts.push(format!("{} not known", lines.len() - known));
        }
        format!("{column:<9} {}", parts.join(", "))
    };
    let by_folder = count(&|l| l.guess.by_folder && !l.guess.subject.is_empty());
    let by_name = count(&|l| !l.guess.by_folder && !l.guess.subject.is_empty());
    let mut told = vec![say("subject", &[(by_folder, "folders"), (by_name, "names")])];
    if by_day {
        told.push(say("day", &[(count(&|l| l.guess.day.is_some()), "names and folders")]));
    } else {
        let dated = |source| count(&|l| l.guess.date.is_some() && l.source == source);
        told.push(say("date", &[(dated("names and folders"), "names and folders"), (dated("EXIF"), "EXIF")]));
    }
    let cells: [(&str, Cell); 5] = [
        ("visit", |g| &g.visit),
        ("view", |g| &g.view),
        ("arm", |g| &g.arm),
        ("light", |g| &g.light),
        ("repeat", |g| &g.repeat),
    ];
    for (column, cell) in cells {
        told.push(say(column, &[(count(&|l| !cell(&l.guess).is_empty()), "names and folders")]));
    }
    told.push(say("region", &[(count(&|l| !l.regions.is_empty()), "masks beside the photos")]));
    told
}

fn write(lines: &[Line], by_day: bool) -> Result<Vec<u8>> {
    let wanted = |role: &&ShotColumn| **role != if by_day { ShotColumn::Date } else { ShotColumn::Day };
    let columns: Vec<ShotColumn> = ShotColumn::ALL.iter().filter(wanted).copied().collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |e: csv::Error| Error::internal("draft", e.to_string());
    writer.write_record(columns.iter().map(|c| c.name())).map_err(failed)?;
    for Line { photo, guess, regions, .. } in lines {
        let cell = |column: &ShotColumn| match column {
            ShotColumn::Photo => photo.clone(),
            ShotColumn::Subject => guess.subject.clone(),
            ShotColumn::Date => guess.date.map(|d| d.to_string()).unwrap_or_default(),
            ShotColumn::Day => guess.day.map(|d| d.to_string()).unwrap_or_default(),
            ShotColumn::Visit => guess.visit.clone(),
            ShotColumn::View => guess.view.clone(),
            ShotColumn::Region => regions.clone(),
            ShotColumn::Arm => guess.arm.clone(),
            ShotColumn::Light => guess.light.clone(),
            ShotColumn::Repeat => guess.repeat.clone(),
            ShotColumn::MmPerPx | ShotColumn::Makeup | ShotColumn::Notes => String::new(),
        };
        writer.write_record(columns.iter().map(cell)).map_err(failed)?;
    }
    writer.into_inner().map_err(|e| Error::internal("draft", e.to_string()))
}
