//! The batch as a library: defects, stops and files that change.
#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

mod common;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use cicatrix::batch::{
    Fate, Item, Journal, Options, Outcomes, Progress, Record, Setup, Sink, Status, Written, discover, run,
};
use cicatrix::measure::{Config, Measurement, Pipeline};
use cicatrix::photo::Limits;
use cicatrix::{Error, Result, Stage};
use common::Bench;

/// A sink that fails in its own way for some photos.
struct Trap;

impl Sink for Trap {
    fn measured(&self, item: &Item, _: &Measurement) -> Result<Written> {
        match item.name.as_str() {
            "panics.png" => panic!("a trap"),
            "full.png" => Err(Error::new(Stage::Write, "io", "no space left on device")),
            _ => Ok(Written { thumbnail: item.name.clone().into_bytes(), files: Vec::new() }),
        }
    }

    fn has(&self, _: &Item, _: &[String]) -> bool {
        true
    }

    fn remove(&self, _: &str) -> Result<()> {
        Ok(())
    }
}

/// Stops the run after some photos.
struct StopAfter<'a> {
    photos: usize,
    done: AtomicUsize,
    stop: &'a AtomicBool,
}

impl Progress for StopAfter<'_> {
    fn done(&self, _: &Item, _: &Fate) {
        if self.done.fetch_add(1, Ordering::SeqCst) + 1 == self.photos {
            self.stop.store(true, Ordering::SeqCst);
        }
    }
}

fn measure(photos: &Path, journal: &Journal, jobs: usize, stop_after: usize) -> Result<Outcomes> {
    let pipeline = Pipeline::new(Config::default()).unwrap();
    let stop = AtomicBool::new(false);
    let found = discover(&[photos.to_owned()], Path::new("nowhere"), None).unwrap();
    let setup = Setup {
        pipeline: &pipeline,
        config_hash: "",
        regions: None,
        journal,
        sink: &Trap,
        progress: &StopAfter { photos: stop_after, done: AtomicUsize::new(0), stop: &stop },
        stop: &stop,
        options: Options { jobs, max_memory: 1 << 30, limits: Limits::default() },
    };
    run(found, setup)
}

fn records(outcomes: &Outcomes, journal: &Journal) -> Vec<Record> {
    outcomes.records(journal).map(|record| record.unwrap()).collect()
}

#[test]
fn a_defect_costs_one_photo_and_is_tried_again() {
    let bench = Bench::new();
    for (i, name) in ["a.png", "panics.png", "z.png"].iter().enumerate() {
        bench.photo(name, i as u64);
    }
    let journal = Journal::open(bench.root(), false).unwrap();
    for from_journal in [0, 2] {
        let outcomes = measure(&bench.photos(), &journal, 2, usize::MAX).unwrap();
        let account = outcomes.account().unwrap();
        assert_eq!((account.ok, account.failed, account.from_journal), (2, 1, from_journal));
        let records = records(&outcomes, &journal);
        let failure = &records[1].failures[0];
        assert_eq!((failure.stage, failure.code.as_str()), (Stage::Internal, "panic"));
        assert!(failure.message.contains("a trap"), "{}", failure.message);
        assert_eq!(records[2].thumbnail, b"z.png");
    }
}

#[test]
fn a_disk_that_is_full_ends_the_run() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    bench.photo("full.png", 2);
    let journal = Journal::open(bench.root(), false).unwrap();
    let error = measure(&bench.photos(), &journal, 1, usize::MAX).unwrap_err();
    assert_eq!((error.stage(), error.message()), (Stage::Write, "no space left on device"));
    fs::remove_file(bench.photos().join("full.png")).unwrap();
    let outcomes = measure(&bench.photos(), &journal, 1, usize::MAX).unwrap();
    assert_eq!(outcomes.account().unwrap().from_journal, 1, "what was measured before was kept");
}

#[test]
fn a_stopped_run_keeps_what_it_has_and_counts_the_rest() {
    let bench = Bench::new();
    for i in 0..8 {
        bench.photo(&format!("{i}.png"), i);
    }
    let journal = Journal::open(bench.root(), false).unwrap();
    let outcomes = measure(&bench.photos(), &journal, 1, 3).unwrap();
    assert!(outcomes.interrupted());
    let account = outcomes.account().unwrap();
    assert_eq!((account.discovered, account.ok, account.not_reached), (8, 3, 5));
    assert_eq!(records(&outcomes, &journal).len(), 3);
    let outcomes = measure(&bench.photos(), &journal, 3, usize::MAX).unwrap();
    assert!(!outcomes.interrupted());
    assert_eq!(outcomes.account().unwrap().from_journal, 3);
}

#[test]
fn equal_bytes_keep_their_own_names() {
    let bench = Bench::new();
    for name in ["a.png", "b.png", "c/a.png"] {
        bench.photo(name, 7);
    }
    let journal = Journal::open(bench.root(), false).unwrap();
    let outcomes = measure(&bench.photos(), &journal, 2, usize::MAX).unwrap();
    let records = records(&outcomes, &journal);
    let names: Vec<_> = records.iter().map(|record| record.photo.as_str()).collect();
    assert_eq!(names, ["a.png", "b.png", "c/a.png"]);
    assert!(records.iter().all(|record| record.status == Status::Ok));
}

#[test]
fn a_file_that_grows_while_it_is_read_gives_no_row_of_a_mixture() {
    let bench = Bench::new();
    let journal = Journal::open(bench.root(), false).unwrap();
    let (one, two) = (common::png(1, 96), common::png(2, 128));
    let path = bench.photos().join("a.png");
    fs::write(&path, &one).unwrap();
    let hashes = [&one, &two].map(|bytes| cicatrix::batch::key::hex(&cicatrix::batch::key::sha256(bytes)));
    let done = AtomicBool::new(false);
    let (mut measured, mut noticed) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                fs::write(&path, &two).unwrap();
                fs::write(&path, &one).unwrap();
            }
        });
        for _ in 0..200 {
            let outcomes = measure(&bench.photos(), &journal, 1, usize::MAX).unwrap();
            for record in records(&outcomes, &journal) {
                match record.status {
                    Status::Ok => {
                        let sha256 = record.rows[0].text(cicatrix::measure::Column::SHA256);
                        assert!(hashes.iter().any(|hash| hash == sha256), "a mixture was measured");
                        measured += 1;
                    }
                    _ => noticed += 1,
                }
            }
        }
        done.store(true, Ordering::SeqCst);
    });
    assert_eq!(measured + noticed, 200);
}
