//! A study of files that only stand for photos, and what is asked of it.

use std::fs;
use std::path::PathBuf;

use cicatrix::series::study::{Findings, Level, Reading, Study, StudyConfig, load};

use crate::common::{Run, run};

/// A folder with a study file and files that stand for photos: nothing here decodes them.
pub struct Bench {
    pub folder: tempfile::TempDir,
}

impl Bench {
    pub fn new(photos: &[&str]) -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        for photo in photos {
            bench.put(photo, "not decoded");
        }
        bench
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("study").join(name)
    }

    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, csv: impl AsRef<[u8]>, config: &str) -> Reading {
        self.put("study.csv", csv);
        let mut config: StudyConfig = toml::from_str(config).unwrap();
        for path in [&mut config.photos, &mut config.sessions].into_iter().flatten() {
            *path = self.path(path.to_str().unwrap());
        }
        load(&self.path("study.csv"), &config).unwrap()
    }

    /// The study, which must have no mistake.
    #[track_caller]
    pub fn study(&self, csv: impl AsRef<[u8]>, config: &str) -> (Study, Findings) {
        self.read(csv, config).into_study().unwrap()
    }

    /// The mistakes, of which there must be some.
    #[track_caller]
    pub fn mistakes(&self, csv: impl AsRef<[u8]>, config: &str) -> Vec<String> {
        let reading = self.read(csv, config);
        assert!(reading.study.is_none(), "{:?}", reading.findings);
        reading.findings.lines(Level::Mistake)
    }
}

#[track_caller]
pub fn has(lines: &[String], parts: &[&str]) {
    assert!(
        lines.iter().any(|line| parts.iter().all(|part| line.contains(part))),
        "{parts:?} in\n{}",
        lines.join("\n")
    );
}

/// `cicatrix study check`.
pub fn check(bench: &Bench, more: &[&str]) -> Run {
    run(&[&["study", "check", bench.path("study.csv").to_str().unwrap(), "--color", "never"], more].concat())
}
