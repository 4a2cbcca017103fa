//! From the text of a cell to a file, never outside the folder of the study.
//!
//! A study file may come from anyone. What it names must lie in the folder that the operator gave: no absolute path, no
//! `..`, no link that leads out. Every folder is listed once, so that a million rows cost a million look-ups, not
//! fifteen million calls to the system. A name without a folder, with or without its extension, may also lie anywhere
//! below, if only one file there has it: data sets come as a table of ids and folders of files.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use super::finding::shown;
use crate::batch::candidate;
use crate::error::{Error, Result, Stage};

/// Names that are devices on some systems.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];
/// Longest name of a file or folder, in bytes.
const LONGEST: usize = 255;

/// A file inside the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Path within the folder, with `/`.
    pub(super) name: String,
    /// The file.
    pub(super) path: PathBuf,
    /// The file itself where the path is a link.
    pub(super) real: Option<PathBuf>,
}

/// Why a cell leads to no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// A stable name of its kind.
    pub(super) code: &'static str,
    /// What it is, without the cell.
    pub(super) message: String,
}

fn fault(code: &'static str, message: impl Into<String>) -> Fault {
    Fault { code, message: message.into() }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Link,
    Other,
}

/// What a folder holds.
#[derive(Debug, Default)]
struct Listing {
    files: BTreeMap<OsString, Kind>,
    /// The folder itself where its path holds a link.
    real: Option<PathBuf>,
}

/// The folder of a study.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    /// `None` for a folder that leads out of the study.
    listings: BTreeMap<PathBuf, Option<Listing>>,
    index: Option<Index>,
}

/// Photos below the folder by file name, by stem, and by lower-case name.
#[derive(Debug, Default)]
struct Index {
    names: BTreeMap<String, Vec<String>>,
    stems: BTreeMap<String, Vec<String>>,
    lower: BTreeMap<String, String>,
}

impl Folder {
    /// The folder `path`.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let root = path.canonicalize().map_err(|e| Error::read(path, e))?;
        if !root.is_dir() {
            return Err(Error::new(
                Stage::Config,
                "not_a_folder",
                "the photos of a study lie in a folder; this is none",
            )
            .at(path));
        }
        Ok(Self { root, listings: BTreeMap::new(), index: None })
    }

    /// The real folder.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The photo that a cell names.
    pub(super) fn photo(&mut self, text: &str) -> std::result::Result<Place, Fault> {
        match self.file(text) {
            Err(missing) if missing.code == "missing" => self.search(text).unwrap_or(Err(missing)),
            other => other,
        }
    }

    /// The file that a cell names.
    pub(super) fn file(&mut self, text: &str) -> std::result::Result<Place, Fault> {
        let name = inner_path(text)?;
        let path = self.root.join(&name);
        let (Some(parent), Some(file)) = (path.parent(), path.file_name()) else {
            return Err(fault("path", "names no file"));
        };
        let Some(listing) = self.listing(parent) else {
            return Err(fault(
                "path_outside",
                "leads out of the folder of the study through a link; copy the photos into it",
            ));
        };
        let kind = listing.files.get(file).copied();
        let real = listing.real.as_ref().map(|folder| folder.join(file));
        // File systems that fold case or accents know the file under another spelling.
        let kind = kind.or_else(|| fs::symlink_metadata(&path).ok().map(|m| kind_of(m.file_type())));
        match kind {
            Some(Kind::File) => Ok(Place { name, path, real }),
            Some(Kind::Other) => Err(fault("not_a_file", "is a folder or a device, no file")),
            Some(Kind::Link) => {
                let Ok(real) = path.canonicalize() else {
                    return Err(fault("dangling_link", "is a link to a file that does not exist"));
                };
                if !real.starts_with(&self.root) {
                    return Err(fault(
                        "path_outside",
                        "is a link out of the folder of the study; copy the file into it",
                    ));
                }
                if !real.is_file() {
                    return Err(fault("not_a_file", "is a link to a folder or a device, no file"));
                }
                Ok(Place { name, path, real: Some(real) })
            }
            None => Err(fault("missing", self.missing(&name))),
        }
    }

    /// The masks that lie beside a photo and are named like it.
    pub(super) fn masks_of(&mut self, photo: &Place) -> Vec<PathBuf> {
        let (Some(parent), Some(stem)) = (photo.path.parent(), photo.path.file_stem()) else { return Vec::new() };
        let Some(listing) = self.listing(parent) else { return Vec::new() };
        let mut files = Vec::new();
        for suffix in candidate::MASK_SUFFIXES {
            let mut begin = stem.to_owned();
            begin.push(suffix);
            let prefix = begin.as_encoded_bytes();
            let named = listing.files.range(begin.clone()..).map(|(file, _)| Path::new(file));
            for file in named.take_while(|file| file.as_os_str().as_encoded_bytes().starts_with(prefix)) {
                let is_mask =
                    |e: &std::ffi::OsStr| candidate::MASK_EXTENSIONS.iter().any(|k| e.eq_ignore_ascii_case(k));
                if file.file_stem() == Some(&begin) && file.extension().is_some_and(is_mask) {
                    files.extend(file.to_str().map(str::to_owned));
                }
            }
        }
        let folder = photo.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let masks = files.iter().filter_map(|file| self.file(format!("{folder}/{file}").trim_start_matches('/')).ok());
        let masks: Vec<PathBuf> = masks.map(|place| place.real.unwrap_or(place.path)).collect();
        masks
    }

    fn listing(&mut self, folder: &Path) -> Option<&Listing> {
        if !self.listings.contains_key(folder) {
            let listing = list(&self.root, folder);
            self.listings.insert(folder.to_owned(), listing);
        }
        self.listings.get(folder)?.as_ref()
    }

    /// Looks for a name anywhere below the folder; `None` when there is nothing of the kind.
    fn search(&mut self, text: &str) -> Option<std::result::Result<Place, Fault>> {
        let name = inner_path(text).ok()?;
        if name.contains('/') {
            return None;
        }
        let index = self.index();
        let found = index.names.get(&name);
        let found =
            found.or_else(|| if candidate::has_extension(Path::new(&name)) { None } else { index.stems.get(&name) })?;
        match found.as_slice() {
            [one] => {
                let one = one.clone();
                Some(self.file(&one))
            }
            [first, second, ..] => {
                let message = format!("may be {} or {}; write the one that is meant", shown(first), shown(second));
                Some(Err(fault("photo_ambiguous", message)))
            }
            [] => None,
        }
    }

    fn missing(&mut self, name: &str) -> String {
        let near = self.index().lower.get(&name.to_lowercase()).filter(|n| *n != name).cloned();
        match near {
            Some(near) => format!("is not there; `{}` is", shown(&near)),
            None => format!("is not there; it is looked for in {}", self.root.display()),
        }
    }

    fn index(&mut self) -> &Index {
        if self.index.is_none() {
            self.index = Some(Index::of(&self.root));
        }
        self.index.get_or_insert_default()
    }
}

impl Index {
    fn of(root: &Path) -> Self {
        let mut index = Self::default();
        let visible = |e: &walkdir::DirEntry| e.depth() == 0 || !e.file_name().as_encoded_bytes().starts_with(b".");
        for entry in
            WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(visible).filter_map(std::result::Result::ok)
        {
            if entry.file_type().is_dir() || !candidate::has_extension(entry.path()) {
                continue;
            }
            let Some(name) = entry.path().strip_prefix(root).ok().and_then(slashed) else { continue };
            let file = name.rsplit_once('/').map_or(name.as_str(), |(_, file)| file).to_owned();
            let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem).to_owned();
            index.names.entry(file).or_default().push(name.clone());
            index.stems.entry(stem).or_default().push(name.clone());
            index.lower.entry(name.to_lowercase()).or_insert(name);
        }
        index
    }
}

fn kind_of(t: fs::FileType) -> Kind {
    if t.is_file() {
        Kind::File
    } else if t.is_symlink() {
        Kind::Link
    } else {
        Kind::Other
    }
}

fn list(root: &Path, folder: &Path) -> Option<Listing> {
    let Ok(real) = folder.canonicalize() else { return Some(Listing::default()) };
    if !real.starts_with(root) {
        return None;
    }
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(std::result::Result::ok);
    let files = entries.filter_map(|e| Some((e.file_name(), kind_of(e.file_type().ok()?)))).collect();
    Some(Listing { files, real: (real != folder).then_some(real) })
}

/// A relative path with `/` between its parts; `None` when it is not UTF-8.
pub(super) fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path
        .components()
        .filter(|c| !matches!(c, Component::CurDir))
        .map(|c| if let Component::Normal(part) = c { part.to_str() } else { None })
        .collect();
    parts.map(|p| p.join("/"))
}

/// The path of a cell with `/` between its parts, if it stays where it is.
fn inner_path(text: &str) -> std::result::Result<String, Fault> {
    let text = text.replace('\\', "/");
    let drive = text.len() >= 2 && text.as_bytes()[1] == b':' && text.as_bytes()[0].is_ascii_alphabetic();
    if text.starts_with('/') || drive {
        return Err(fault("path_outside", "is an absolute path; write it relative to the folder of the study"));
    }
    let mut parts = Vec::new();
    for part in text.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            return Err(fault(
                "path_outside",
                "leaves the folder of the study with `..`; put the study file above its photos",
            ));
        }
        if part.chars().any(char::is_control) {
            return Err(fault("path", "holds a control character; rename the file"));
        }
        if part.len() > LONGEST {
            return Err(fault("path", format!("has a part of {} bytes; at most {LONGEST} are allowed", part.len())));
        }
        let stem = part.split('.').next().unwrap_or(part).to_lowercase();
        let port =
            |name: &str| stem.strip_prefix(name).is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit());
        if DEVICES.contains(&stem.as_str()) || port("com") || port("lpt") {
            return Err(fault("path", format!("has the part `{part}`, a device on some systems; rename it")));
        }
        parts.push(part);
    }
    if parts.is_empty() {
        return Err(fault("path", "names no file"));
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let temp = tempfile::tempdir().expect("a folder");
        let study = temp.path().join("study");
        for name in
            ["a.jpg", "b_mask.png", "b.png", "deep/c.jpg", "deep/twice.jpg", "twice.png", "x.y.jpg", "deep/ISIC_1.jpg"]
        {
            let path = study.join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            fs::write(path, b"x").expect("written");
        }
        fs::write(temp.path().join("secret.jpg"), b"x").expect("written");
        let folder = Folder::open(&study).expect("opened");
        (temp, folder)
    }

    #[test]
    fn files_are_found_by_path_name_and_id() {
        let (_temp, mut folder) = folder();
        let mut name = |text: &str| folder.photo(text).map(|p| p.name).map_err(|f| f.code);
        assert_eq!(name("a.jpg"), Ok("a.jpg".to_owned()));
        assert_eq!(name("./deep//c.jpg"), Ok("deep/c.jpg".to_owned()));
        assert_eq!(name("deep\\c.jpg"), Ok("deep/c.jpg".to_owned()));
        assert_eq!(name("c.jpg"), Ok("deep/c.jpg".to_owned()));
        assert_eq!(name("ISIC_1"), Ok("deep/ISIC_1.jpg".to_owned()));
        assert_eq!(name("x.y"), Ok("x.y.jpg".to_owned()));
        assert_eq!(name("twice"), Err("photo_ambiguous"));
        assert_eq!(name("twice.png"), Ok("twice.png".to_owned()));
        assert_eq!((name("deep"), name("none.jpg"), name("")), (Err("not_a_file"), Err("missing"), Err("path")));
        let message = folder.photo("A.JPG").expect_err("missing").message;
        assert!(message.contains("`a.jpg` is"), "{message}");
    }

    #[test]
    fn nothing_leads_out() {
        let (temp, mut folder) = folder();
        let absolute = temp.path().join("study/a.jpg");
        for text in [
            "../secret.jpg",
            "deep/../../secret.jpg",
            "..",
            "C:\\a.jpg",
            "c:a.jpg",
            "\\\\host\\a.jpg",
            absolute.to_str().expect("text"),
        ] {
            assert_eq!(folder.photo(text).expect_err(text).code, "path_outside", "{text}");
        }
        for text in ["nul.jpg", "COM1", "a\nb.jpg", &"x".repeat(256), "/", "."] {
            assert!(folder.photo(text).is_err(), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_may_stay_inside_only() {
        use std::os::unix::fs::symlink;
        let (temp, mut folder) = folder();
        let study = temp.path().join("study");
        symlink(temp.path().join("secret.jpg"), study.join("out.jpg")).expect("linked");
        symlink(temp.path(), study.join("up")).expect("linked");
        symlink("a.jpg", study.join("in.jpg")).expect("linked");
        symlink("nowhere.jpg", study.join("gone.jpg")).expect("linked");
        let mut code = |text: &str| folder.photo(text).map(|p| p.real.is_some()).map_err(|f| f.code);
        assert_eq!(code("out.jpg"), Err("path_outside"));
        assert_eq!(code("up/secret.jpg"), Err("path_outside"));
        // Out and in again is inside, and is known for the file it is.
        assert_eq!(code("up/study/a.jpg"), Ok(true));
        assert_eq!(code("gone.jpg"), Err("dangling_link"));
        assert_eq!(code("in.jpg"), Ok(true));
    }

    #[test]
    fn masks_lie_beside_their_photo() {
        let (_temp, mut folder) = folder();
        let place = folder.photo("b.png").expect("there");
        let masks = folder.masks_of(&place);
        assert_eq!(masks.len(), 1);
        assert!(masks[0].ends_with("b_mask.png"));
        let place = folder.photo("a.jpg").expect("there");
        assert!(folder.masks_of(&place).is_empty());
    }
}
