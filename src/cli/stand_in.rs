//! A stand-in for the report room.
#![allow(missing_docs)]

use std::fs::File;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::batch::Record;
use crate::error::{Error, Result};
use crate::measure::{Config, Lesion, Map, Preview, dictionary};

pub const SCHEMA: &str = "cicatrix-run/1";
pub struct About {
    pub version: String,
    pub config: Config,
    pub config_toml: String,
    pub config_hash: String,
}
pub struct Results {
    out: PathBuf,
    metrics: csv::Writer<File>,
    failures: csv::Writer<File>,
}
impl Results {
    pub fn create(out: &Path, _: &About) -> Result<Self> {
        let writer = |name: &str| {
            let path = out.join(format!(".{name}.part"));
            csv::Writer::from_path(&path).map_err(|e| Error::write(&path, e))
        };
        let mut metrics = writer("metrics.csv")?;
        let _ = metrics.write_record(dictionary::all().iter().map(|m| &m.name));
        let mut failures = writer("failures.csv")?;
        let _ = failures.write_record(["photo", "status", "stage", "code", "message"]);
        Ok(Self { out: out.to_owned(), metrics, failures })
    }
    pub fn write(&mut self, record: &Record) -> Result<()> {
        for row in &record.rows {
            let _ = self.metrics.write_record(row.values().iter().map(ToString::to_string));
        }
        for f in &record.failures {
            let status = format!("{:?}", record.status).to_lowercase();
            let _ = self.failures.write_record([&record.photo, &status, &f.stage.to_string(), &f.code, &f.message]);
        }
        Ok(())
    }
    pub fn finish(mut self) -> Result<()> {
        let _ = (self.metrics.flush(), self.failures.flush());
        for name in ["metrics.csv", "failures.csv"] {
            let path = self.out.join(name);
            std::fs::rename(self.out.join(format!(".{name}.part")), &path).map_err(|e| Error::write(&path, e))?;
        }
        Ok(())
    }
}
#[derive(Serialize)]
pub struct RunReport {
    pub schema: String,
    pub version: String,
    pub config: Config,
    pub config_hash: String,
    pub dictionary: String,
    pub host: Host,
    pub counts: Counts,
    pub timings: Timings,
    pub started: String,
    pub finished: String,
}
#[derive(Serialize)]
pub struct Host {
    pub threads: usize,
}
impl Host {
    pub fn current(threads: usize) -> Self {
        Self { threads }
    }
}
#[derive(Serialize)]
pub struct Counts {
    pub discovered: u64,
    pub ok: u64,
    pub refused: u64,
    pub failed: u64,
    pub not_reached: u64,
    pub measured_now: u64,
    pub from_journal: u64,
    pub ignored: u64,
}
#[derive(Serialize)]
pub struct Timings {
    pub wall_s: f64,
    pub cpu_s: Option<f64>,
}
pub fn write_run_json(out: &Path, report: &RunReport) -> Result<()> {
    let path = out.join("run.json");
    let text = serde_json::to_string_pretty(report).map_err(|e| Error::write(&path, e))?;
    std::fs::write(&path, text).map_err(|e| Error::write(&path, e))
}
pub fn write_map(folder: &Path, map: &Map, _: Option<f64>) -> Result<PathBuf> {
    write_png(folder, map.kind.name())
}
pub fn write_overlay(folder: &Path, _: &Preview, _: &[Lesion], _: Option<f64>) -> Result<PathBuf> {
    write_png(folder, "overlay")
}
fn write_png(folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(format!("{name}.png"));
    std::fs::write(&path, name).map_err(|e| Error::write(&path, e))?;
    Ok(path)
}
pub fn thumbnail(_: &Preview, _: &[Lesion]) -> Result<Vec<u8>> {
    Ok(Vec::new())
}
pub fn metrics_text() -> String {
    dictionary::all().iter().map(|m| format!("{}\n", m.name)).collect()
}
pub fn metrics_markdown() -> String {
    metrics_text()
}
pub fn metrics_csv() -> String {
    metrics_text()
}
pub fn metrics_json() -> String {
    format!("{:?}", metrics_text())
}
