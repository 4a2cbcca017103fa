//! `cicatrix compare`: one pair, or two sets of repeat shots.
#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

mod common;

use std::fs;
use std::path::Path;

use common::{Run, run};

/// A photo of the demonstration study.
fn photo(name: &str) -> String {
    format!("{}/fixtures/study/{name}.jpg", env!("CARGO_MANIFEST_DIR"))
}

fn regions() -> String {
    format!("{}/fixtures/study/regions.json", env!("CARGO_MANIFEST_DIR"))
}

fn compare(more: &[&str]) -> Run {
    // Every headline metric, and what their gates look at.
    let common = ["compare", "--mm-per-px", "0.06", "--families", "quality,pigment,spots,relief,scars,structure"];
    run(&[&common, more].concat())
}

/// The line of a metric in a region.
#[track_caller]
fn line<'a>(run: &'a Run, region: &str, metric: &str) -> &'a str {
    let part =
        run.stdout.split("\n\n").find(|part| part.starts_with(region)).unwrap_or_else(|| panic!("{}", run.stdout));
    part.lines().find(|line| line.trim_start().starts_with(metric)).unwrap_or_else(|| panic!("{part}"))
}

#[test]
fn one_pair_is_judged_by_stated_errors() {
    let done = compare(&[&photo("S01_v1_1"), &photo("S01_v4_1"), "--regions", &regions()]).expect(0);
    assert!(done.stdout.contains("S01_v4_1.jpg: pass"), "{}", done.stdout);
    assert!(done.stdout.contains("stated one (8 % of an amplitude)"), "{}", done.stdout);
    // 13 % less relief truly, but a single pair with an error of 8 % cannot tell it.
    assert!(line(&done, "cheek", "relief_sq_mid").ends_with("within measurement error"), "{}", done.stdout);
    assert!(
        line(&done, "cheek", "dark_spot_area_fraction").contains("no repeat shots, and none is stated"),
        "{}",
        done.stdout
    );
    assert!(done.stdout.contains("\ncheek, less the change of control\n") && done.stdout.contains("\ncontrol (what"));
    assert!(!Path::new("cicatrix-out").exists(), "nothing is written that nobody asked for");
}

#[test]
fn repeat_shots_bring_their_own_error() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let shots = |visit: &str| format!("{},{}", photo(&format!("S01_{visit}_1")), photo(&format!("S01_{visit}_2")));
    let (first, last, drawn) = (shots("v1"), shots("v4"), regions());
    let ask = ["--before", &first, "--after", &last, "--regions", &drawn, "--out", out.to_str().unwrap()];
    let done = compare(&ask).expect(0);
    assert!(line(&done, "cheek", "relief_sq_mid").ends_with("  improved"), "{}", done.stdout);
    assert!(done.stdout.contains("the repeat shots themselves: 4 groups"), "{}", done.stdout);
    for name in ["change.csv", "alignment.csv", "index.html", "subjects", "results.sqlite"] {
        assert!(out.join(name).exists(), "{name}");
    }
    let again = compare(&[&ask[..], &["--jobs", "3"]].concat()).expect(0);
    assert_eq!(again.stdout, done.stdout);
}

#[test]
fn other_skin_is_withheld() {
    let done = compare(&[&photo("S01_v1_1"), &photo("S02_v1_1")]).expect(0);
    assert!(done.stdout.contains("S02_v1_1.jpg: fail"), "{}", done.stdout);
    for metric in ["relief_sq_mid", "evenness_de00"] {
        let told = line(&done, "all", metric);
        assert!(told.contains("withheld, because the photos could not be laid over one another"), "{told}");
    }
    assert!(!["improved", "worsened"].iter().any(|word| done.stdout.contains(word)), "{}", done.stdout);
}

#[test]
fn copies_tell_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("later.jpg");
    fs::copy(photo("S01_v1_1"), &copy).unwrap();
    let copy = copy.to_str().unwrap();
    let one = photo("S01_v1_1");
    let twice = format!("{one},{copy}");
    for ask in [vec![one.as_str(), copy], vec![&one, &one], vec!["--before", &twice, "--after", copy]] {
        let done = compare(&ask).expect(0);
        let told = line(&done, "all", "relief_sq_mid");
        assert!(told.contains("withheld") && told.contains("copies of one photo"), "{ask:?}: {told}");
    }
    // A shot given twice does not pass for a repeat without error.
    let (before, after) = (format!("{one},{one}"), photo("S01_v4_1"));
    let done = compare(&["--before", &before, "--after", &after]).expect(0);
    assert!(line(&done, "all", "relief_sq_mid").contains("copies of one photo"), "{}", done.stdout);
}

#[test]
fn wrong_input_is_told() {
    let one = photo("S01_v1_1");
    compare(&[]).expect(2);
    compare(&[&one]).expect(2);
    compare(&["--before", &one]).expect(2);
    compare(&[&one, &one, "--after", &one]).expect(2);
    let missing = compare(&["/no/such/before.jpg", &one]).expect(1);
    assert!(missing.stderr.contains("/no/such/before.jpg"), "{}", missing.stderr);
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    assert!(compare(&[&one, place]).expect(2).stderr.contains("is a folder; name a photo"));
    let other = compare(&[&photo("S01_v4_1"), &one, "--regions", &regions()]).expect(2);
    assert!(other.stderr.contains("draws no region of `S01_v4_1.jpg`"), "{}", other.stderr);
    let broken = folder.path().join("broken.jpg");
    let bytes = fs::read(&one).unwrap();
    fs::write(&broken, &bytes[..bytes.len() / 2]).unwrap();
    let broken = broken.to_str().unwrap();
    let none = compare(&[&one, broken]).expect(1);
    assert!(none.stderr.contains("no AFTER photo could be measured"), "{}", none.stderr);
    let after = format!("{},{broken}", photo("S01_v4_1"));
    let some = compare(&["--before", &one, "--after", &after]).expect(3);
    assert!(some.stderr.contains("failed") && some.stdout.contains("relief_sq_mid"), "{}", some.stderr);
}
