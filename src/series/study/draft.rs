//! The first draft of a study file, from names, folders, masks and EXIF times.
//!
//! A draft saves typing, it does not decide: it says how many cells came from where, leaves empty what is not known,
//! and is for a person to read before anything is measured.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::columns::{Role as _, ShotColumn};
use super::day::Day;
use super::finding::shown;
use super::names::{Guess, guess};
use super::place::{Folder, slashed};
use super::visits::natural;
use crate::batch::journal::JOURNAL_FILE;
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
    /// Folders with results of an earlier run, whose pictures are not in it either.
    pub results: Vec<String>,
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
    let mut results = Results::below(&real);
    for item in &found.items {
        if results.hold(&item.path) {
            continue;
        }
        match line(item, &real, &mut place) {
            Ok(line) => lines.push(line),
            Err(why) => draft.left_out.push(why),
        }
    }
    draft.results = results.found();
    if lines.is_empty() {
        return Err(Error::config("no photos here; JPEG, PNG, TIFF, WebP and BMP files are looked for").at(folder));
    }
    name_by_first_words(&mut lines);
    date_by_exif(&mut lines, &place);
    let words = view_by_unknown_words(&mut lines);
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
    if !words.is_empty() {
        let quoted: Vec<String> = words.iter().take(8).map(|word| format!("`{}`", shown(word))).collect();
        draft.told.push(format!(
            "photos of one visit differ by {}{}, which is not known: taken for a view, so that they are no repeat shots; if they are, say so in the columns view and repeat",
            quoted.join(", "),
            if words.len() > 8 { " and other words" } else { "" }
        ));
    }
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

/// Folders that hold results of Cicatrix: their pictures are no photos of a study.
struct Results<'a> {
    root: &'a Path,
    known: BTreeMap<PathBuf, bool>,
}

impl<'a> Results<'a> {
    fn below(root: &'a Path) -> Self {
        Self { root, known: BTreeMap::new() }
    }

    /// Does the file lie in one? Of results beside the photos themselves their folders of pictures are meant.
    fn hold(&mut self, file: &Path) -> bool {
        let root = self.root;
        let folders: Vec<&Path> =
            file.ancestors().skip(1).take_while(|folder| *folder != root && folder.starts_with(root)).collect();
        folders.into_iter().any(|folder| {
            let own = folder.parent() == Some(root)
                && folder.file_name().is_some_and(|name| PICTURES.iter().any(|own| name == *own));
            self.is_one(folder) || own && has_results(root)
        })
    }

    fn is_one(&mut self, folder: &Path) -> bool {
        if let Some(known) = self.known.get(folder) {
            return *known;
        }
        let found = has_results(folder);
        self.known.insert(folder.to_owned(), found);
        found
    }

    /// The outermost ones by name.
    fn found(&self) -> Vec<String> {
        let folders = self.known.iter().filter(|(_, is_one)| **is_one).map(|(folder, _)| folder);
        let inside = |folder: &Path| folder.ancestors().skip(1).any(|above| self.known.get(above) == Some(&true));
        let mut names: Vec<String> = folders
            .filter(|folder| !inside(folder))
            .map(|folder| shown(&folder.strip_prefix(self.root).unwrap_or(folder).to_string_lossy()))
            .collect();
        if has_results(self.root) {
            let own = PICTURES.iter().filter(|name| self.root.join(name).is_dir());
            names.extend(own.map(|name| (*name).to_owned()));
        }
        names
    }
}

/// Folders of pictures that Cicatrix writes into its results.
const PICTURES: [&str; 3] = ["pictures", "maps", "subjects"];

/// Does a folder hold results of Cicatrix?
fn has_results(folder: &Path) -> bool {
    let begins = |name: &str| {
        let mut bytes = Vec::new();
        let file = std::fs::File::open(folder.join(name)).ok();
        let read = file.and_then(|file| file.take(4096).read_to_end(&mut bytes).ok());
        read.map(|_| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    };
    folder.join(JOURNAL_FILE).is_file()
        || begins("run.json").contains("\"cicatrix-run/")
        || begins("change.csv").starts_with("subject,view,region,arm,is_control,visit,")
}

/// Words that nobody knows and that tell photos of one visit apart name what they show.
fn view_by_unknown_words(lines: &mut [Line]) -> BTreeSet<String> {
    type Key<'a> = (&'a str, Option<Day>, Option<i64>, &'a str, &'a str, &'a str);
    let mut visits: BTreeMap<Key<'_>, Vec<BTreeSet<String>>> = BTreeMap::new();
    for guess in lines.iter().map(|l| &l.guess).filter(|g| !g.subject.is_empty()) {
        let key = (
            guess.subject.as_str(),
            guess.date,
            guess.day,
            guess.visit.as_str(),
            guess.view.as_str(),
            guess.light.as_str(),
        );
        visits.entry(key).or_default().push(unknown_words(guess).collect());
    }
    let mut apart = BTreeSet::new();
    for photos in visits.values() {
        let all: BTreeSet<&String> = photos.iter().flatten().collect();
        apart.extend(all.into_iter().filter(|word| photos.iter().any(|own| !own.contains(*word))).cloned());
    }
    for guess in lines.iter_mut().map(|l| &mut l.guess).filter(|g| !g.subject.is_empty()) {
        let own: Vec<String> = unknown_words(guess).filter(|word| apart.contains(word)).collect();
        if !own.is_empty() {
            let known = Some(guess.view.clone()).filter(|view| !view.is_empty());
            guess.view = known.into_iter().chain(own).collect::<Vec<_>>().join("_");
        }
    }
    apart
}

/// Words without a digit: numbers count shots or files.
fn unknown_words(guess: &Guess) -> impl Iterator<Item = String> + '_ {
    let words = guess.unknown.iter().filter(|word| **word != guess.subject);
    words.map(|word| word.to_lowercase()).filter(|word| word.chars().all(char::is_alphabetic))
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
