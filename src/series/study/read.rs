//! A study file -> shots.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::columns::{Mapping, Role as _, ShotColumn, normalized};
use super::config::StudyConfig;
use super::cross;
use super::day::DateColumn;
use super::finding::{Findings, Level, Notebook, many, shown};
use super::place::{Folder, Place};
use super::preset::{self, Preset};
use super::read_sessions::{self, Sessions};
use super::scale::{self, ScaleColumn};
use super::sheet::{Row, Sheet};
use super::shot::Shot;
use super::visits::{self, Study};
use crate::batch::RegionFile;
use crate::error::{Error, Result};

/// Longest name of a subject, visit, view, arm, light or repeat shot, in bytes.
const NAME: usize = 200;

/// What reading a study came to.
#[derive(Debug)]
pub struct Reading {
    /// The study; `None` when there is a mistake in it.
    pub study: Option<Study>,
    /// Mistakes, warnings and notes.
    pub findings: Findings,
}

impl Reading {
    /// The study with its warnings and notes.
    ///
    /// # Errors
    /// Every mistake in it, in one error.
    pub fn into_study(self) -> Result<(Study, Findings)> {
        match self.study {
            Some(study) => Ok((study, self.findings)),
            None => Err(self.findings.to_error()),
        }
    }
}

/// Reads the study `file`, and the sessions that `config` names.
///
/// # Errors
/// When a file cannot be read at all, or `config` means nothing. Mistakes in the files are no errors: [`Reading`] lists
/// all of them.
pub fn load(file: &Path, config: &StudyConfig) -> Result<Reading> {
    config.check()?;
    // Told before the folder is, which would be missing too.
    std::fs::metadata(file).map_err(|e| Error::read(file, e))?;
    let preset = config.preset.as_deref().and_then(preset::find);
    let mut findings = Findings::default();
    let mut folder = Folder::open(config.photos.as_deref().or(file.parent()).unwrap_or(Path::new("")))?;
    let mut study = Study { file: file.to_owned(), photos: folder.root().to_owned(), ..Study::default() };
    let mut book = Notebook { file, findings: &mut findings };
    if let Some(sheet) = sheet_of(file, preset, config, &mut book)? {
        let mut reader = Reader::new(&sheet, preset, config, &mut folder, &mut book);
        study.shots = reader.shots();
        reader.finish(&study.shots);
        study.extra = reader.extra.iter().map(|&i| sheet.header[i].clone()).collect();
        study.scales = reader.scales.into_iter().map(|(_, scale)| scale).collect();
        cross::check(&study.shots, &mut book);
        if let Some(preset) = preset {
            book.note("layout", preset.lacks);
        }
    }
    if let Some(path) = &config.sessions {
        let Sessions { sessions, extra } = read_sessions::load(path, config, &study.shots, &mut findings)?;
        (study.sessions, study.session_extra) = (sessions, extra);
    }
    if findings.any_mistake() {
        return Ok(Reading { study: None, findings });
    }
    study.subjects = visits::group(&study.shots, &study.sessions, file, &mut findings);
    visits::arrange(&mut study);
    Ok(Reading { study: Some(study), findings })
}

fn sheet_of(
    file: &Path,
    preset: Option<&Preset>,
    config: &StudyConfig,
    book: &mut Notebook<'_>,
) -> Result<Option<Sheet>> {
    if preset.is_some_and(Preset::is_json) {
        let bytes = std::fs::read(file).map_err(|e| Error::read(file, e))?;
        return Ok(preset::sheet_of_json(&bytes, book));
    }
    let known = |name: &str| {
        let name = normalized(name);
        ShotColumn::ALL.iter().any(|role| role.name() == name || role.hints().contains(&name.as_str()))
            || config.columns.values().any(|n| normalized(n) == name)
    };
    Sheet::read(file, known, book)
}

pub(super) struct Reader<'a, 'b> {
    sheet: &'a Sheet,
    pub(super) preset: Option<&'static Preset>,
    mappings: Vec<Mapping<ShotColumn>>,
    pub(super) dates: BTreeMap<usize, DateColumn>,
    scales: Vec<(usize, ScaleColumn)>,
    extra: Vec<usize>,
    pub(super) polygons: BTreeMap<PathBuf, Option<RegionFile>>,
    skip_missing: bool,
    left_out: u64,
    pub(super) folder: &'a mut Folder,
    book: &'a mut Notebook<'b>,
}

impl<'a, 'b> Reader<'a, 'b> {
    fn new(
        sheet: &'a Sheet,
        preset: Option<&'static Preset>,
        config: &StudyConfig,
        folder: &'a mut Folder,
        book: &'a mut Notebook<'b>,
    ) -> Self {
        let mappings = match preset {
            Some(preset) => preset.mappings(sheet, &config.columns, book),
            None => vec![Mapping::of(sheet, &config.columns, book)],
        };
        let others = (0..sheet.header.len()).filter(|i| mappings.iter().all(|m| m.others.contains(i)));
        let declared = |name: &str| config.scales.iter().any(|s| normalized(s) == normalized(name));
        let (mut scales, mut extra) = (Vec::new(), Vec::new());
        for i in others {
            let name = &sheet.header[i];
            let own = || ScaleColumn { column: name.clone(), scale: name.clone(), range: None };
            match scale::scale_of(name).or_else(|| declared(name).then(own)) {
                Some(scale) => scales.push((i, scale)),
                None => extra.push(i),
            }
        }
        for name in config.scales.iter().filter(|s| !sheet.header.iter().any(|h| normalized(h) == normalized(s))) {
            let message =
                format!("no column `{}`, which study.scales names; the columns are {}", shown(name), sheet.columns());
            book.mistake("column_missing", 1, "", message);
        }
        let mut dates = BTreeMap::new();
        for at in mappings.iter().filter_map(|m| m.at(ShotColumn::Date)) {
            let cells = sheet.rows.iter().map(|row| row.cell(at)).filter(|c| !c.is_empty());
            dates.entry(at).or_insert_with(|| DateColumn::of(cells));
        }
        let skip_missing = config.skip_missing_photos.unwrap_or(preset.is_some());
        Self {
            sheet,
            preset,
            mappings,
            dates,
            scales,
            extra,
            polygons: BTreeMap::new(),
            skip_missing,
            left_out: 0,
            folder,
            book,
        }
    }

    fn shots(&mut self) -> Vec<Shot> {
        let sheet = self.sheet;
        let mappings = self.mappings.clone();
        let mut shots = Vec::with_capacity(sheet.rows.len());
        for row in &sheet.rows {
            for map in &mappings {
                shots.extend(self.shot(row, map, mappings.len() > 1));
            }
        }
        shots
    }

    fn shot(&mut self, row: &Row, map: &Mapping<ShotColumn>, optional: bool) -> Option<Shot> {
        let text = self.cell(row, map, ShotColumn::Photo);
        if text.is_empty() && optional {
            return None;
        }
        let place = self.photo(row, map, text)?;
        let mut shot = Shot { row: row.number, ..Shot::default() };
        shot.subject = self.subject(row, map, text);
        shot.view = self.name(row, map, ShotColumn::View);
        if shot.view.is_empty() && self.preset.is_some_and(|p| p.own_view) {
            shot.view = text.to_owned();
        }
        shot.visit = self.name(row, map, ShotColumn::Visit);
        shot.repeat = self.name(row, map, ShotColumn::Repeat);
        shot.notes = self.cell(row, map, ShotColumn::Notes).to_owned();
        (shot.day, shot.day_source) = self.day(row, map, &place);
        shot.arms = self.arms(row, map);
        shot.mm_per_px = self.mm_per_px(row, map);
        shot.light = self.light(row, map);
        shot.makeup = self.makeup(row, map);
        shot.regions = self.regions(row, map, &place);
        shot.scales = self.grades(row);
        shot.extra = self.extra.iter().map(|&i| row.cell(i).to_owned()).collect();
        (shot.photo, shot.path) = (place.name, place.real.unwrap_or(place.path));
        Some(shot)
    }

    /// The cell of a role; empty when there is no such column, and for what the layout calls unknown.
    pub(super) fn cell<'r>(&self, row: &'r Row, map: &Mapping<ShotColumn>, role: ShotColumn) -> &'r str {
        let Some(at) = map.at(role) else { return "" };
        self.known(row.cell(at))
    }

    pub(super) fn known<'r>(&self, cell: &'r str) -> &'r str {
        if self.preset.is_some_and(|p| p.unknown.contains(&cell)) { "" } else { cell }
    }

    /// The column of a role as the file calls it.
    pub(super) fn column(&self, map: &Mapping<ShotColumn>, role: ShotColumn) -> &'a str {
        map.at(role).map_or(role.name(), |at| &self.sheet.header[at])
    }

    pub(super) fn wrong(
        &mut self,
        code: &'static str,
        row: &Row,
        map: &Mapping<ShotColumn>,
        role: ShotColumn,
        message: String,
    ) {
        let column = self.column(map, role);
        self.book.mistake(code, row.number, column, message);
    }

    pub(super) fn odd(
        &mut self,
        code: &'static str,
        row: &Row,
        map: &Mapping<ShotColumn>,
        role: ShotColumn,
        message: String,
    ) {
        let column = self.column(map, role);
        self.book.warn(code, row.number, column, message);
    }

    /// The photo's place; one that cannot be found gets a place without a path, so that the rest of the row is read too.
    fn photo(&mut self, row: &Row, map: &Mapping<ShotColumn>, text: &str) -> Option<Place> {
        let nowhere = Place { name: text.to_owned(), path: PathBuf::new(), real: None };
        if map.at(ShotColumn::Photo).is_none() {
            return Some(nowhere);
        }
        if text.is_empty() {
            self.wrong(
                "photo_empty",
                row,
                map,
                ShotColumn::Photo,
                "the cell is empty; name the photo of this row".to_owned(),
            );
            return Some(nowhere);
        }
        match self.folder.photo(text) {
            Ok(place) => Some(place),
            Err(fault) if fault.code == "missing" && self.skip_missing => {
                self.left_out += 1;
                None
            }
            Err(fault) => {
                self.wrong(fault.code, row, map, ShotColumn::Photo, format!("`{}` {}", shown(text), fault.message));
                Some(nowhere)
            }
        }
    }

    pub(super) fn name(&mut self, row: &Row, map: &Mapping<ShotColumn>, role: ShotColumn) -> String {
        let text = self.cell(row, map, role);
        if text.len() > NAME || text.chars().any(char::is_control) {
            let message = format!("`{}` is no name; up to {NAME} bytes on one line are allowed", shown(text));
            self.wrong("name", row, map, role, message);
        }
        text.to_owned()
    }

    fn subject(&mut self, row: &Row, map: &Mapping<ShotColumn>, photo: &str) -> String {
        let subject = self.name(row, map, ShotColumn::Subject);
        if !subject.is_empty() {
            return subject;
        }
        if self.preset.is_some_and(|p| p.own_subject) {
            return photo.to_owned();
        }
        if map.at(ShotColumn::Subject).is_some() {
            let message = "the cell is empty; every photo needs the code of its subject, such as S01".to_owned();
            self.wrong("subject_empty", row, map, ShotColumn::Subject, message);
        }
        subject
    }

    fn grades(&mut self, row: &Row) -> Vec<Option<f64>> {
        let mut grades = Vec::with_capacity(self.scales.len());
        for (at, scale) in &self.scales {
            let text = self.known(row.cell(*at));
            let grade = scale::grade(scale, text);
            match (grade, scale.range) {
                (None, _) if !text.is_empty() => {
                    let message =
                        format!("`{}` is no number; this column holds grades of {}", shown(text), shown(&scale.scale));
                    self.book.mistake("scale", row.number, &scale.column, message);
                }
                (Some(v), Some((low, high))) if !(f64::from(low)..=f64::from(high)).contains(&v) => {
                    let message = format!(
                        "{} is outside of {low} to {high}, the range of {}; check it, or another version was used",
                        shown(text),
                        scale.scale
                    );
                    self.book.warn("scale_range", row.number, &scale.column, message);
                }
                _ => {}
            }
            grades.push(grade);
        }
        grades
    }

    /// What is known after the last row only.
    fn finish(&mut self, shots: &[Shot]) {
        if self.left_out > 0 {
            let n = self.left_out;
            let message = format!(
                "{n} of {} {} not below {}; {} left out",
                many(n + shots.len() as u64, "photo"),
                if n == 1 { "is" } else { "are" },
                self.folder.root().display(),
                if n == 1 { "its row is" } else { "their rows are" }
            );
            if shots.is_empty() {
                self.book.mistake(
                    "photos_missing",
                    0,
                    "",
                    format!("{message}; name the folder of the photos (study.photos)"),
                );
            } else {
                self.book.warn("photos_missing", 0, "", message);
            }
        }
        for (path, polygons) in &self.polygons {
            let unused =
                polygons.as_ref().map(|p| p.unused(shots.iter().map(|s| s.photo.as_str()))).unwrap_or_default();
            if let Some(first) = unused.first() {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let message = format!(
                    "{} draws regions of {} that no row names, first `{}`",
                    shown(&name),
                    many(unused.len() as u64, "photo"),
                    shown(first)
                );
                self.book.warn("regions_unused", 0, "", message);
            }
        }
        let undated = shots.iter().filter(|s| s.day.is_none()).count();
        if undated > 0 && self.preset.is_none() && !self.book.findings.list().iter().any(|f| f.level == Level::Mistake)
        {
            let message = format!(
                "{undated} of {} {} no day: sessions and intervals cannot be told without one, and without a visit all photos of a subject and view count as repeat shots",
                many(shots.len() as u64, "photo"),
                if undated == 1 { "has" } else { "have" }
            );
            self.book.note("day_unknown", message);
        }
    }
}
