//! The photos of a run.
//!
//! A photo's name is its path relative to the folder that was given, with `/` between folders. When several things are
//! given, names are relative to the deepest folder that holds them all, so they stay unique and do not depend on the
//! order in which things are given. Bytes that are not UTF-8 are written as `\xNN`.
//!
//! In a folder, every file with a photo's extension or a photo's first bytes is a photo; hidden files, hidden folders
//! and the maps of an earlier run are passed over. What is given explicitly is always taken.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::candidate::{self, HEAD};
use super::masks::{pair_from_folder, split_masks};
use super::record::Failure;
use crate::error::{Error, Result, Stage};

/// A photo to measure, or what stands in the place of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its name in the results.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// The masks that belong to it; more than one is a mistake.
    pub masks: Vec<PathBuf>,
    /// Why it cannot be read, where that is known already.
    pub trouble: Option<Failure>,
}

/// What a run has to deal with.
#[derive(Debug, Default)]
pub struct Found {
    /// The photos, ordered by the bytes of their paths.
    pub items: Vec<Item>,
    /// Files that are no photos, and hidden ones.
    pub ignored: usize,
    /// Masks of the masks' folder that belong to no photo.
    pub unused_masks: Vec<PathBuf>,
}

/// Files of results, never counted as ignored.
const RESULTS: &[&str] = &[
    "metrics.csv",
    "metrics.parquet",
    "lesions.csv",
    "scales.csv",
    "failures.csv",
    "report.html",
    "run.json",
    "results.sqlite",
    "results.sqlite-wal",
    "results.sqlite-journal",
];

/// Finds the photos in `inputs`; `out` is where results go, `masks` a folder of masks.
pub fn discover(inputs: &[PathBuf], out: &Path, masks: Option<&Path>) -> Result<Found> {
    let masks = match masks {
        Some(folder) => Some(real_folder(folder)?),
        None => None,
    };
    let mut search = Search { out: out.canonicalize().ok(), masks: masks.clone(), ..Search::default() };
    for input in inputs {
        search.add(input);
    }
    let mut found = Found { ignored: search.ignored, ..Found::default() };
    let (base, files) = search.finish();
    let (photos, mut pairs) = split_masks(files);
    found.items = name_all(&base, photos);
    if let Some(folder) = &masks {
        found.unused_masks = pair_from_folder(folder, &mut found.items);
    }
    for item in &mut found.items {
        if item.masks.is_empty() && item.trouble.is_none() {
            item.masks = pairs.remove(&item.path).unwrap_or_default();
        }
    }
    Ok(found)
}

fn real_folder(folder: &Path) -> Result<PathBuf> {
    let real = folder.canonicalize().map_err(|e| Error::read(folder, e))?;
    if real.is_dir() {
        return Ok(real);
    }
    Err(Error::new(Stage::Region, "not_a_folder", "not a folder; --masks needs the folder that holds the masks")
        .at(folder))
}

pub(super) type Files = BTreeMap<PathBuf, Option<Failure>>;

#[derive(Default)]
struct Search {
    out: Option<PathBuf>,
    masks: Option<PathBuf>,
    roots: Vec<PathBuf>,
    files: Files,
    ignored: usize,
    links: bool,
}

impl Search {
    fn add(&mut self, input: &Path) {
        let path = real_path(input);
        let Ok(meta) = fs::metadata(&path) else {
            let trouble = match fs::symlink_metadata(&path) {
                Ok(_) => trouble("dangling_link", "a link to a file that does not exist"),
                Err(e) => trouble("not_found", &format!("{e}; check the path")),
            };
            return self.give(path, Some(trouble));
        };
        self.links |= path.is_symlink();
        if meta.is_dir() {
            self.walk(&path);
            self.roots.push(path);
        } else if meta.is_file() {
            self.give(path, None);
        } else {
            self.give(path, Some(not_a_file()));
        }
    }

    fn give(&mut self, path: PathBuf, trouble: Option<Failure>) {
        self.roots.push(path.parent().unwrap_or(&path).to_owned());
        self.files.insert(path, trouble);
    }

    fn walk(&mut self, root: &Path) {
        // A folder named like a photo is reported when nothing in it is one.
        let mut posing = Vec::new();
        let mut walk = WalkDir::new(root).follow_links(true).into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.stumble(&error);
                    continue;
                }
            };
            self.links |= entry.path_is_symlink();
            let inside = entry.depth() > 0;
            if inside && entry.file_name().as_encoded_bytes().starts_with(b".") {
                if entry.file_name() != OsStr::new(super::lock::LOCK_FILE) {
                    self.ignored += 1;
                }
                if entry.file_type().is_dir() {
                    walk.skip_current_dir();
                }
            } else if entry.file_type().is_dir() {
                if inside && self.is_own_folder(&entry) {
                    walk.skip_current_dir();
                } else if inside && candidate::has_extension(entry.path()) {
                    posing.push(entry.into_path());
                }
            } else {
                self.consider(&entry);
            }
        }
        for folder in posing {
            if !self.files.keys().any(|file| file.starts_with(&folder)) {
                self.files.insert(folder, Some(trouble("not_a_file", "a folder with the name of a photo")));
            }
        }
    }

    fn is_own_folder(&self, entry: &DirEntry) -> bool {
        let parent = || entry.path().parent().unwrap_or(entry.path());
        (entry.file_name() == "maps" && self.is_output(parent()))
            || self.masks.as_ref().is_some_and(|masks| entry.path().canonicalize().is_ok_and(|path| path == *masks))
    }

    fn is_output(&self, folder: &Path) -> bool {
        (folder.join("results.sqlite").is_file() && folder.join("run.json").is_file())
            || self.out.as_ref().is_some_and(|out| folder.canonicalize().is_ok_and(|path| path == *out))
    }

    fn consider(&mut self, entry: &DirEntry) {
        let path = entry.path();
        let looks_like_one = candidate::has_extension(path);
        if !entry.file_type().is_file() {
            if looks_like_one {
                self.files.insert(path.to_owned(), Some(not_a_file()));
            } else {
                self.ignored += 1;
            }
        } else if looks_like_one || begins_like_one(path) {
            self.files.insert(path.to_owned(), None);
        } else {
            let parent = || path.parent().unwrap_or(path);
            let own = RESULTS.iter().any(|name| entry.file_name() == *name) && self.is_output(parent());
            self.ignored += usize::from(!own);
        }
    }

    /// A loop of links is no loss: its folder was walked already.
    fn stumble(&mut self, error: &walkdir::Error) {
        self.links = true;
        let Some(path) = error.path().filter(|_| error.loop_ancestor().is_none()) else {
            self.ignored += 1;
            return;
        };
        let dangling = path.is_symlink();
        if dangling && !candidate::has_extension(path) {
            self.ignored += 1;
        } else if dangling {
            self.files.insert(path.to_owned(), Some(trouble("dangling_link", "a link to a file that does not exist")));
        } else {
            let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
            self.files.insert(path.to_owned(), Some(trouble("io", &why)));
        }
    }

    /// The folder that holds everything, and the files without those that are other names of the same file.
    fn finish(self) -> (PathBuf, Files) {
        let mut base = self.roots.first().cloned().unwrap_or_default();
        for root in &self.roots {
            while !root.starts_with(&base) && base.pop() {}
        }
        if !self.links {
            return (base, self.files);
        }
        let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
        let mut chosen: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
        for path in self.files.keys() {
            let real = real(path);
            if *path == real || !chosen.contains_key(&real) {
                chosen.insert(real, path.clone());
            }
        }
        let chosen: BTreeSet<PathBuf> = chosen.into_values().collect();
        (base, self.files.into_iter().filter(|(path, _)| chosen.contains(path)).collect())
    }
}

/// The real folder of `input`, with its last name as given: a link to a photo keeps its name.
fn real_path(input: &Path) -> PathBuf {
    if input.is_dir() {
        return input.canonicalize().unwrap_or_else(|_| input.to_owned());
    }
    let parent = input.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (parent.canonicalize(), input.file_name()) {
        (Ok(parent), Some(name)) => parent.join(name),
        _ => std::path::absolute(input).unwrap_or_else(|_| input.to_owned()),
    }
}

fn begins_like_one(path: &Path) -> bool {
    let mut head = Vec::with_capacity(HEAD);
    File::open(path).and_then(|file| file.take(HEAD as u64).read_to_end(&mut head)).is_ok()
        && candidate::has_signature(&head)
}

fn trouble(code: &str, message: &str) -> Failure {
    Failure { stage: Stage::Read, code: code.to_owned(), message: message.to_owned() }
}

fn not_a_file() -> Failure {
    trouble("not_a_file", "not a regular file")
}

fn name_all(base: &Path, files: Files) -> Vec<Item> {
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_by(|(a, _), (b, _)| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    let mut taken = BTreeSet::new();
    let mut items = Vec::with_capacity(files.len());
    for (path, trouble) in files {
        let mut name = name_of(path.strip_prefix(base).unwrap_or(&path));
        // Only a name that spells out another one's escape can be taken.
        while !taken.insert(name.clone()) {
            name.push('~');
        }
        items.push(Item { name, path, masks: Vec::new(), trouble });
    }
    items
}

pub(super) fn name_of(relative: &Path) -> String {
    let parts: Vec<String> = relative
        .components()
        .filter(|part| !matches!(part, std::path::Component::RootDir | std::path::Component::CurDir))
        .map(|part| escaped(part.as_os_str()))
        .collect();
    parts.join("/")
}

/// Text of a file name; bytes that are not UTF-8 as `\xNN`.
pub(super) fn escaped(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02X}"));
        }
    }
    text
}
