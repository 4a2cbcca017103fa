//! How `progress` and its kin end: nothing measured, nothing to compare, folders of other commands, settings printed.
#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

mod common;

use std::fs;

use common::{Bench, run};

const QUICK: [&str; 6] = ["--families", "color", "--mm-per-px", "0.1", "--color", "never"];

/// A study file of the bench's photos.
fn progress(bench: &Bench, rows: &str, more: &[&str]) -> common::Run {
    let file = bench.photos().join("study.csv");
    fs::write(&file, format!("photo,subject,date\n{rows}")).unwrap();
    let (file, out) = (file.to_str().unwrap().to_owned(), bench.out().to_str().unwrap().to_owned());
    run(&[&["progress", &file, "--out", &out], &QUICK[..], more].concat())
}

#[test]
fn a_single_visit_is_told() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    bench.photo("b.png", 2);
    bench.photo("c.png", 3);
    let done = progress(&bench, "a.png,S1,2024-01-02\n", &[]).expect(0);
    assert!(done.stdout.contains("1 of 1 photos measured, 1 subject\n"), "{}", done.stdout);
    assert!(done.stdout.contains("S1: no visit to compare with yet"), "{}", done.stdout);
    let rows = "a.png,S1,2024-01-02\nb.png,S2,2024-01-02\nc.png,S2,2024-03-02\n";
    let done = progress(&bench, rows, &[]).expect(0);
    assert!(done.stdout.contains("\nS1: no visit to compare with yet"), "{}", done.stdout);
    assert!(done.stdout.contains("2 subjects") && !done.stdout.contains("S2: no visit"), "{}", done.stdout);
}

#[test]
fn nothing_measured_is_no_partial_success() {
    let bench = Bench::new();
    let path = bench.photo("a.png", 1);
    let bytes = fs::read(&path).unwrap();
    fs::write(bench.photos().join("cut.png"), &bytes[..bytes.len() / 2]).unwrap();
    let done = progress(&bench, "cut.png,S1,2024-01-02\n", &[]).expect(1);
    assert!(done.stderr.contains("none of 1 photos could be measured"), "{}", done.stderr);
    assert_eq!(bench.column("failures.csv", "photo"), ["cut.png"]);
    progress(&bench, "cut.png,S1,2024-01-02\na.png,S1,2024-02-02\n", &[]).expect(3);
}

#[test]
fn folders_of_other_commands_are_refused() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    bench.analyze(&["--families", "color"]).expect(0);
    let before = common::snapshot(&bench.out());
    let done = progress(&bench, "a.png,S1,2024-01-02\n", &[]).expect(2);
    assert!(
        done.stderr.contains("metrics.csv, a result of `cicatrix analyze`") && done.stderr.contains("--out"),
        "{}",
        done.stderr
    );
    assert!(before == common::snapshot(&bench.out()));
    fs::remove_dir_all(bench.out()).unwrap();
    progress(&bench, "a.png,S1,2024-01-02\n", &[]).expect(0);
    let before = common::snapshot(&bench.out());
    let done = bench.analyze(&["--families", "color"]).expect(2);
    assert!(done.stderr.contains("change.csv, a result of `cicatrix progress`"), "{}", done.stderr);
    assert!(before == common::snapshot(&bench.out()));
}

#[test]
fn a_headline_names_a_metric_once() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    let file = bench.root().join("c.toml");
    fs::write(&file, "[progress]\nheadline = [\"l_mean\", \"a_mean\", \"l_mean\"]\n").unwrap();
    let done = progress(&bench, "a.png,S1,2024-01-02\n", &["--config", file.to_str().unwrap()]).expect(2);
    assert!(done.stderr.contains("progress.headline names `l_mean` twice"), "{}", done.stderr);
    assert!(!bench.out().exists());
}

#[test]
fn every_setting_of_a_study_can_be_printed_and_read_back() {
    let printed = run(&["progress", "--print-config", "--mm-per-px", "0.07"]).expect(0).stdout;
    let table: toml::Table = printed.parse().unwrap();
    for key in ["progress", "study", "run", "texture", "mm_per_px"] {
        assert!(table.contains_key(key), "{key}: {printed}");
    }
    assert!(table["progress"].get("headline").is_some() && table["progress"].get("course").is_some(), "{printed}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.toml");
    // The paths in a file are relative to its folder.
    let text = printed.replace("out = \"cicatrix-out\"", "").replace("light_deg = 20.0", "light_deg = 15.0");
    fs::write(&file, &text).unwrap();
    let again = run(&["progress", "--print-config", "--config", file.to_str().unwrap()]).expect(0).stdout;
    assert!(again.contains("light_deg = 15.0") && again.contains("mm_per_px = 0.07"), "{again}");
    run(&["progress"]).expect(2);
}

#[test]
fn a_comparison_is_written_once_with_the_rules_it_was_judged_by() {
    let bench = Bench::new();
    let (a, b) = (bench.photo("a.png", 1), bench.photo("b.png", 2));
    let (a, b, out) = (a.to_str().unwrap(), b.to_str().unwrap(), bench.out());
    run(&[&["compare", a, b, "--out", out.to_str().unwrap()], &QUICK[..]].concat()).expect(0);
    assert!(bench.read("index.html").contains("[progress]"));
    let parquet = fs::read(out.join("change.parquet")).unwrap();
    let text = String::from_utf8_lossy(&parquet);
    assert!(text.contains("[progress]") && text.contains("light_deg"));
}
