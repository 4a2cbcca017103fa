//! What results must not tell: the options, and what is checked of them before a photo is measured.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::args::ColorChoice;
use super::results;
use super::terminal::{printable, warn};
use crate::batch::Lock;
use crate::batch::journal::JOURNAL_FILE;
use crate::error::{Error, Result};
use crate::report::atomic::write_file;
use crate::report::series::pseudonym::{Disguise, Key, Other, check_list, real};
use crate::series::study::Study;

/// File in the results and in their journal that tells which key they were made with: the key's fingerprint, or [`NAMED`].
const MARK: &str = ".cicatrix.fingerprint";
/// What the mark of results with names says.
const NAMED: &str = "no key";

/// Options of what results must not tell.
#[derive(Debug, Default, clap::Args)]
pub struct HideArgs {
    /// Keyed hashes in place of subjects in every result; the key is read from --key, or made there.
    #[arg(long, requires = "key")]
    pub pseudonymise: bool,
    /// File of the key, outside the results. Who has it can tell who is who.
    #[arg(long, value_name = "FILE", requires = "pseudonymise")]
    pub key: Option<PathBuf>,
    /// Also write the list of subjects and their pseudonyms there, outside the results. Only an earlier list is replaced.
    #[arg(long, value_name = "FILE.csv", requires = "pseudonymise")]
    pub key_list: Option<PathBuf>,
    /// Columns to keep though they may speak of a person: of the study file, or `camera`.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub keep_columns: Vec<String>,
    /// How days are written.
    #[arg(long, value_enum, value_name = "HOW", default_value = "as-written")]
    pub dates: Dates,
}

/// How days are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Dates {
    /// As the study has them.
    #[default]
    AsWritten,
    /// Days since the first visit of each subject: no date in any result.
    AsDays,
}

/// What is hidden, and where what must not be given away lies.
#[derive(Debug, Default)]
pub struct Hidden {
    /// The disguise; none where nothing is hidden.
    pub disguise: Disguise,
    /// The journal, where it lies beside the results and not in them.
    pub journal: Option<PathBuf>,
    /// The file of who is who, and those that it must not replace.
    list: Option<(PathBuf, Vec<(PathBuf, &'static str)>)>,
}

impl HideArgs {
    fn is_asked(&self) -> bool {
        self.pseudonymise || self.dates == Dates::AsDays
    }

    /// Checks everything that could be wrong, and only then makes the key where there is none.
    pub fn prepare(
        &self,
        file: &Path,
        sessions: Option<&Path>,
        study: &Study,
        out: &Path,
        color: ColorChoice,
    ) -> Result<Hidden> {
        if !self.is_asked() {
            return Ok(Hidden::default());
        }
        if out.join(JOURNAL_FILE).exists() {
            return Err(Error::config("the folder holds results with names and dates; give another --out").at(out));
        }
        let journal = beside(out)?;
        let found = match &self.key {
            Some(path) => Key::find(path, out)?,
            None => None,
        };
        self.same_key(found.as_ref(), [out, &journal])?;
        let mut disguise = Disguise { key: None, days: self.dates == Dates::AsDays, keep: self.keep_columns.clone() };
        disguise.check(study, self.pseudonymise)?;
        let list = match &self.key_list {
            Some(list) => {
                let others = self.others(file, sessions, study);
                check_list(list, out, &borrowed(&others))?;
                Some((list.clone(), others))
            }
            None => None,
        };
        disguise.key = match (found, &self.key) {
            (None, Some(path)) => {
                let key = Key::make(path)?;
                warn(
                    &format!(
                        "{}: there was no key; a new one was made. Keep it, and keep it secret: only with it does a subject get the same \
                         pseudonym again",
                        printable(&path.display().to_string())
                    ),
                    color,
                );
                Some(key)
            }
            (found, _) => found,
        };
        Ok(Hidden { disguise, journal: Some(journal), list })
    }

    /// Refuses another key than the results, or their journal, were made with: everybody would get another name.
    fn same_key(&self, key: Option<&Key>, folders: [&Path; 2]) -> Result<()> {
        let own = key.map(Key::fingerprint);
        for folder in folders {
            let Some(mark) = mark_of(folder)? else { continue };
            let message = match (&self.key, &own) {
                (None, _) if mark == NAMED => continue,
                (None, _) => {
                    "the folder belongs to results with pseudonyms; give --pseudonymise with their --key, or another --out"
                }
                (Some(_), _) if mark == NAMED => "the folder belongs to results with names; give another --out",
                (Some(_), Some(own)) if *own == mark => continue,
                (Some(_), Some(_)) => {
                    "the folder belongs to results that were made with another key, and everybody would get another pseudonym; give \
                     the key of those, or another --out"
                }
                (Some(path), None) => {
                    let message = format!(
                        "there is no such file, and the results in {} were made with a key; give the file of that key, or another --out",
                        folder.display()
                    );
                    return Err(Error::config(message).at(path));
                }
            };
            return Err(Error::config(message).at(folder));
        }
        Ok(())
    }

    /// The files that must stay what they are.
    fn others(&self, file: &Path, sessions: Option<&Path>, study: &Study) -> Vec<(PathBuf, &'static str)> {
        let mut others = vec![(file.to_owned(), "the study file")];
        others.extend(self.key.clone().map(|path| (path, "the key")));
        others.extend(sessions.map(|path| (path.to_owned(), "the file of the sessions")));
        for shot in &study.shots {
            others.push((shot.path.clone(), "a photo of the study"));
            let masks = shot.regions.skin.iter().chain(shot.regions.named.iter().map(|(_, path)| path));
            others.extend(masks.map(|path| (path.clone(), "a mask of the study")));
        }
        others
    }
}

impl Hidden {
    /// The folder of the results, which no other process writes to meanwhile. Results of other kinds in it are refused.
    pub fn begin(&self, out: &Path) -> anyhow::Result<Lock> {
        results::refuse_others(out, "metrics.csv", "analyze")?;
        let mark = match (&self.disguise.key, &self.journal) {
            (Some(key), _) => Some(key.fingerprint()),
            (None, Some(_)) => Some(NAMED.to_owned()),
            (None, None) => None,
        };
        if mark.is_none() && mark_of(out)?.is_some() {
            let message = "the folder holds results from which names or dates were left out; give another --out";
            return Err(Error::config(message).at(out).into());
        }
        let make = |folder: &Path| {
            std::fs::create_dir_all(folder).with_context(|| format!("{}: the folder cannot be made", folder.display()))
        };
        make(out)?;
        let lock = Lock::take(out)?;
        if let Some(mark) = mark {
            for folder in [out, self.journal(out)] {
                make(folder)?;
                write_file(&folder.join(MARK), format!("{mark}\n").as_bytes())?;
            }
        }
        Ok(lock)
    }

    /// The folder of the journal.
    pub fn journal<'a>(&'a self, out: &'a Path) -> &'a Path {
        self.journal.as_deref().unwrap_or(out)
    }

    /// Writes who is who, where that is asked for.
    pub fn write_list(&self, out: &Path, study: &Study) -> Result<()> {
        match (&self.list, &self.disguise.key) {
            (Some((path, others)), Some(key)) => key.write_list(path, out, &borrowed(others), study),
            _ => Ok(()),
        }
    }
}

fn borrowed<'a>(others: &'a [(PathBuf, &'static str)]) -> Vec<Other<'a>> {
    others.iter().map(|(path, what)| (path.as_path(), *what)).collect()
}

/// `results.journal` for `results`, beside it wherever it is.
fn beside(out: &Path) -> Result<PathBuf> {
    let folder = real(out)?;
    let Some(name) = folder.file_name() else {
        return Err(Error::config("no folder lies beside this one for the journal; give another --out").at(out));
    };
    let mut name = name.to_owned();
    name.push(".journal");
    Ok(folder.with_file_name(name))
}

/// What the mark in a folder says; `None` where there is none.
fn mark_of(folder: &Path) -> Result<Option<String>> {
    let path = folder.join(MARK);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(Error::read(&path, e)),
    }
}
