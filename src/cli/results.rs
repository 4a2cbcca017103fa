//! The result files: rebuilt from the journal when something changed, else left as they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::clock::rfc3339;
use crate::batch::key::hex;
use crate::batch::{Account, Fate, Journal, Outcomes};
use crate::error::{Error, Result};
use crate::measure::{Flag, dictionary};
use crate::report;

/// Everything that a run may write beside its maps and its journal.
pub const FILES: &[&str] =
    &["metrics.csv", "metrics.parquet", "lesions.csv", "scales.csv", "failures.csv", "report.html", "run.json"];

/// Name of the note in which the journal remembers the files.
const NOTE: &str = "results";

/// How often each flag was raised, the most frequent first.
pub type Flags = Vec<(String, usize)>;

/// When a run began and on how many threads.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    /// Its start.
    pub started: SystemTime,
    /// Its length.
    pub wall: Duration,
    /// Threads in all.
    pub threads: usize,
}

/// Refuses a folder with results of another command, told by its file: both write `failures.csv` and keep a journal.
pub fn refuse_others(out: &Path, file: &str, command: &str) -> Result<()> {
    if out.join(file).exists() {
        let message = format!(
            "the folder holds {file}, a result of `cicatrix {command}`, and files of both have the same names; give another --out"
        );
        return Err(Error::config(message).at(out));
    }
    Ok(())
}

/// What the files were built from, and how they looked when they were done.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Built {
    digest: String,
    files: Vec<(String, u64, u128)>,
    flags: Flags,
}

/// Brings the result files in `out` up to date and counts the flags.
pub fn update(
    out: &Path,
    outcomes: &Outcomes,
    journal: &Journal,
    about: &report::About,
    course: Course,
) -> Result<Flags> {
    let digest = digest(outcomes, about);
    if let Some(built) = journal.note(NOTE)?.and_then(|note| serde_json::from_str::<Built>(&note).ok())
        && built.digest == digest
        && built.files == looks(out)
    {
        return Ok(built.flags);
    }
    remove_parts(out);
    let mut results = report::Results::create(out, about)?;
    let mut flags: BTreeMap<Flag, usize> = BTreeMap::new();
    for record in outcomes.records(journal) {
        let record = record?;
        let mut raised: Vec<Flag> = record.rows.iter().flat_map(|row| row.flags()).collect();
        raised.sort_unstable();
        raised.dedup();
        for flag in raised {
            *flags.entry(flag).or_default() += 1;
        }
        results.write(&record)?;
    }
    results.finish()?;
    report::write_run_json(out, &run_report(about, &outcomes.account()?, course))?;
    let mut flags: Flags = flags.into_iter().map(|(flag, n)| (flag.name().to_owned(), n)).collect();
    flags.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let built = Built { digest, files: looks(out), flags };
    let note = serde_json::to_string(&built).map_err(|e| Error::internal("results", e.to_string()))?;
    journal.set_note(NOTE, &note)?;
    Ok(built.flags)
}

/// A hash of all that the files are built from.
fn digest(outcomes: &Outcomes, about: &report::About) -> String {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    for text in [&about.version, &about.config_toml, &about.config_hash, dictionary::fingerprint()] {
        part(text.as_bytes());
    }
    for (item, fate) in outcomes.iter() {
        part(item.name.as_bytes());
        match fate {
            Fate::Kept { key, .. } => part(key),
            Fate::Lost(failure) => part(format!("{failure:?}").as_bytes()),
            Fate::NotReached => part(b"-"),
        }
    }
    hex(&hash.finalize())
}

/// Size and time of the files that are there.
fn looks(out: &Path) -> Vec<(String, u64, u128)> {
    let look = |name: &&str| {
        let meta = fs::metadata(out.join(name)).ok()?;
        let time = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(((*name).to_owned(), meta.len(), time.as_nanos()))
    };
    FILES.iter().filter_map(look).collect()
}

/// Files that a killed run had begun under a temporary name.
fn remove_parts(out: &Path) {
    let Ok(entries) = fs::read_dir(out) else { return };
    for entry in entries.filter_map(std::result::Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let own = FILES.iter().any(|file| name.starts_with(&format!(".{file}.")));
        if own && name.ends_with(".part") {
            // One that stays is a hidden file too many, not a wrong result.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn run_report(about: &report::About, account: &Account, course: Course) -> report::RunReport {
    let count = |n: usize| n as u64;
    report::RunReport {
        schema: report::run_json::SCHEMA.to_owned(),
        version: about.version.clone(),
        config: about.config.clone(),
        config_hash: about.config_hash.clone(),
        dictionary: dictionary::fingerprint().to_owned(),
        host: report::run_json::Host::current(course.threads),
        counts: report::run_json::Counts {
            discovered: count(account.discovered),
            ok: count(account.ok),
            refused: count(account.refused),
            failed: count(account.failed),
            not_reached: count(account.not_reached),
            measured_now: count(account.measured_now),
            from_journal: count(account.from_journal),
            ignored: count(account.ignored),
        },
        timings: report::run_json::Timings { wall_s: course.wall.as_secs_f64(), cpu_s: None },
        started: rfc3339(course.started),
        finished: rfc3339(course.started + course.wall),
    }
}
