//! Photos and runs for the tests of the program.
#![allow(dead_code, reason = "every test file uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, SystemTime};

use image::{ImageFormat, RgbImage};

/// Longest time that a run of a test may take; a hang fails the test.
const PATIENCE: Duration = Duration::from_secs(300);

/// A folder for photos and one for results.
pub struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(bench.photos()).unwrap();
        bench
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn photos(&self) -> PathBuf {
        self.root().join("photos")
    }

    pub fn out(&self) -> PathBuf {
        self.root().join("out")
    }

    /// Puts a photo of skin, different for every seed, under `name`.
    pub fn photo(&self, name: &str, seed: u64) -> PathBuf {
        self.photo_of(name, seed, 96)
    }

    pub fn photo_of(&self, name: &str, seed: u64, side: u32) -> PathBuf {
        let path = self.photos().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, png(seed, side)).unwrap();
        path
    }

    /// Puts a mask that holds the middle of a photo of `side` pixels under `name`.
    pub fn mask(&self, name: &str, side: u32, margin: u32) -> PathBuf {
        let inside = |v: u32| (margin..side - margin).contains(&v);
        let mask = image::GrayImage::from_fn(side, side, |x, y| image::Luma([255 * u8::from(inside(x) && inside(y))]));
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        mask.save_with_format(&path, ImageFormat::Png).unwrap();
        path
    }

    /// Runs `analyze` on the photos' folder.
    pub fn analyze(&self, more: &[&str]) -> Run {
        let (photos, out) = (self.photos(), self.out());
        run(&[&["analyze", photos.to_str().unwrap(), "--out", out.to_str().unwrap()], more].concat())
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.out().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// The cells of a column of a table of results, in order.
    pub fn column(&self, table: &str, column: &str) -> Vec<String> {
        let mut reader = csv::Reader::from_path(self.out().join(table)).unwrap();
        let at = reader.headers().unwrap().iter().position(|h| h == column).unwrap();
        reader.records().map(|row| row.unwrap()[at].to_owned()).collect()
    }

    /// The tables, byte by byte.
    pub fn tables(&self) -> Vec<(&'static str, Vec<u8>)> {
        let read = |name| fs::read(self.out().join(name)).ok().map(|bytes| (name, bytes));
        let tables: Vec<_> =
            ["metrics.csv", "metrics.parquet", "lesions.csv", "failures.csv"].into_iter().filter_map(read).collect();
        assert!(tables.iter().any(|(name, _)| *name == "metrics.csv"));
        tables
    }

    pub fn counts(&self) -> serde_json::Value {
        serde_json::from_str::<serde_json::Value>(&self.read("run.json")).unwrap()["counts"].take()
    }

    /// How many photos the last run took from the journal, as the summary of `run` says.
    pub fn from_journal(run: &Run) -> usize {
        let Some((before, _)) = run.stdout.split_once(" taken from the journal") else { return 0 };
        before.rsplit([' ', '(']).next().unwrap().parse().unwrap()
    }
}

/// A run that has ended.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

pub fn program() -> &'static str {
    env!("CARGO_BIN_EXE_cicatrix")
}

pub fn run(arguments: &[&str]) -> Run {
    assert_cmd::Command::new(program()).args(arguments).timeout(PATIENCE).output().unwrap().into()
}

/// A photo of skin as PNG: its color with waves of pigment and light and a little noise.
pub fn png(seed: u64, side: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f64 / f64::from(1 << 24) - 0.5
    };
    let phase = seed as f64;
    let image = RgbImage::from_fn(side, side, |x, y| {
        let (x, y) = (f64::from(x), f64::from(y));
        let light = 6.0 * (x / 23.0 + phase).sin() + 4.0 * (y / 5.0 - phase).cos() + 8.0 * noise();
        let pigment = 5.0 * (x / 11.0 - y / 17.0 + phase).sin();
        let code = |v: f64| v.clamp(0.0, 255.0).round() as u8;
        image::Rgb([code(200.0 + light), code(155.0 + light - pigment), code(130.0 + light - 1.3 * pigment)])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Every file under `folder` with its bytes and its time, but for the lock.
pub fn snapshot(folder: &Path) -> Vec<(PathBuf, SystemTime, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(snapshot(&path));
        } else if path.file_name().unwrap() != ".cicatrix.lock" {
            files.push((path.clone(), fs::metadata(&path).unwrap().modified().unwrap(), fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}
