//! `run.json`: what ran, on what, with which outcome.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::atomic::write_file;
use crate::base::cpu::Level;
use crate::error::{Error, Result};
use crate::measure::Config;

/// The name of the layout of `run.json`; a change of meaning changes it.
pub const SCHEMA: &str = "cicatrix-run/1";

/// Everything that `run.json` says. Nothing in it names a person or a computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version of Cicatrix.
    pub version: String,
    /// The configuration in force.
    pub config: Config,
    /// Its SHA-256, as in the journal.
    pub config_hash: String,
    /// The dictionary's SHA-256.
    pub dictionary: String,
    /// Where it ran.
    pub host: Host,
    /// How many photos came to what.
    pub counts: Counts,
    /// How long it took.
    pub timings: Timings,
    /// Start, UTC, RFC 3339.
    pub started: String,
    /// End, UTC, RFC 3339.
    pub finished: String,
}

/// The computer, as far as it matters for speed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Operating system.
    pub os: String,
    /// Processor family.
    pub arch: String,
    /// Width of the lanes used: `baseline`, `avx2`, `avx512`.
    pub cpu_level: String,
    /// Threads used.
    pub threads: usize,
}

impl Host {
    /// This computer, working with `threads` threads.
    #[must_use]
    pub fn current(threads: usize) -> Self {
        Self {
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            cpu_level: Level::current().to_string(),
            threads,
        }
    }
}

/// How many photos came to what: `discovered - not_reached = ok + refused + failed = measured_now + from_journal`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Photos found.
    pub discovered: u64,
    /// Measured.
    pub ok: u64,
    /// Decoded, but not fit to be measured.
    pub refused: u64,
    /// Not read, not decoded, or stopped by a defect.
    pub failed: u64,
    /// Worked on in this run, whatever came of it.
    pub measured_now: u64,
    /// Taken over from an earlier run.
    pub from_journal: u64,
    /// Not begun when the run was interrupted; 0 for a whole run.
    pub not_reached: u64,
    /// Other files, passed over.
    pub ignored: u64,
}

/// How long a run took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// Seconds on the clock.
    pub wall_s: f64,
    /// Seconds of processor time, where the system tells.
    pub cpu_s: Option<f64>,
}

/// Writes `run.json` into the folder `out`; counts that do not add up are a defect and are not written.
pub fn write_run_json(out: &Path, report: &RunReport) -> Result<()> {
    let c = &report.counts;
    let done = c.ok + c.refused + c.failed;
    if c.discovered != done + c.not_reached || done != c.measured_now + c.from_journal {
        return Err(Error::internal("counts", format!("the counts of the run do not add up: {c:?}")));
    }
    let path = out.join("run.json");
    let mut json = serde_json::to_vec_pretty(report).map_err(|e| Error::write(&path, e))?;
    json.push(b'\n');
    write_file(&path, &json)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> RunReport {
        RunReport {
            schema: SCHEMA.to_owned(),
            version: "1.2.3".to_owned(),
            config: Config::default(),
            config_hash: "ab".to_owned(),
            dictionary: "cd".to_owned(),
            host: Host::current(2),
            counts: Counts {
                discovered: 7,
                ok: 3,
                refused: 2,
                failed: 1,
                measured_now: 4,
                from_journal: 2,
                not_reached: 1,
                ignored: 9,
            },
            timings: Timings { wall_s: 1.5, cpu_s: None },
            started: "2026-01-02T03:04:05Z".to_owned(),
            finished: "2026-01-02T03:04:07Z".to_owned(),
        }
    }

    #[test]
    fn reads_back_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        write_run_json(folder.path(), &report()).unwrap();
        let bytes = std::fs::read(folder.path().join("run.json")).unwrap();
        assert_eq!(serde_json::from_slice::<RunReport>(&bytes).unwrap(), report());
    }

    #[test]
    fn counts_that_do_not_add_up_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut report = report();
        report.counts.failed = 9;
        assert_eq!(write_run_json(folder.path(), &report).unwrap_err().code(), "counts");
        assert!(!folder.path().join("run.json").exists());
    }
}
