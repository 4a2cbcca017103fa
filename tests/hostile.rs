//! Hostile names, odd files, signals and kills: what must never cost a result.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

mod common;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{Bench, Run, program, run};

#[test]
fn hostile_names() {
    let bench = Bench::new();
    let long = format!("{}.jpg", "n".repeat(200));
    let names = [
        "=cmd|calc.jpg",
        "comma,quote\"name.jpg",
        "Ärztin naïve 患者.jpg",
        "-n.jpg",
        "new\nline.jpg",
        "sp ace.jpg",
        &long,
    ];
    for (i, name) in names.iter().enumerate() {
        bench.photo(name, i as u64);
    }
    bench.analyze(&["--maps", "overlay"]).expect(0);
    let mut reader = csv::Reader::from_path(bench.out().join("metrics.csv")).unwrap();
    assert_eq!(reader.records().filter(|row| row.is_ok()).count(), names.len());
    for name in names {
        assert!(bench.out().join("maps").join(name).join("overlay.png").is_file(), "{name:?}");
    }
    let again = bench.analyze(&["--maps", "overlay"]).expect(0);
    assert_eq!(Bench::from_journal(&again), names.len());
}

#[test]
fn names_that_are_not_utf_8() {
    let bench = Bench::new();
    bench.photo("plain.png", 1);
    fs::write(bench.photos().join(OsStr::from_bytes(b"caf\xe9.png")), common::png(2, 96)).unwrap();
    fs::write(bench.photos().join("caf\\xE9.png"), common::png(3, 96)).unwrap();
    bench.analyze(&[]).expect(0);
    assert_eq!(bench.column("metrics.csv", "photo"), ["caf\\xE9.png", "caf\\xE9.png~", "plain.png"]);
}

#[test]
fn a_name_on_the_command_line_may_begin_with_a_dash() {
    let bench = Bench::new();
    bench.photo("-n.png", 1);
    let mut command = assert_cmd::Command::new(program());
    let output = command.current_dir(bench.photos()).args(["analyze", "--out", "../out", "--", "-n.png"]).output();
    Run::from(output.unwrap()).expect(0);
    assert_eq!(bench.column("metrics.csv", "photo").len(), 1);
}

#[test]
fn hidden_files_are_ignored() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    bench.photo(".hidden.png", 2);
    bench.photo(".folder/b.png", 3);
    bench.photo("._a.png", 4);
    bench.analyze(&[]).expect(0);
    assert_eq!(bench.column("metrics.csv", "photo"), ["a.png"]);
}

#[test]
fn photos_without_an_extension_are_found() {
    let bench = Bench::new();
    bench.photo("IMG_0001", 1);
    fs::write(bench.photos().join("BMI"), "BMI of the subjects").unwrap();
    bench.analyze(&[]).expect(0);
    assert_eq!(bench.column("metrics.csv", "photo"), ["IMG_0001"]);
}

#[test]
fn links_neither_loop_nor_count_twice() {
    let bench = Bench::new();
    let a = bench.photo("sub/a.png", 1);
    symlink(bench.photos(), bench.photos().join("sub/loop")).unwrap();
    symlink("self", bench.photos().join("self")).unwrap();
    symlink(&a, bench.photos().join("again.png")).unwrap();
    bench.analyze(&[]).expect(0);
    assert_eq!(bench.column("metrics.csv", "photo"), ["sub/a.png"]);
}

#[test]
fn what_is_no_file_is_named_and_never_waited_for() {
    let bench = Bench::new();
    bench.photo("good.png", 1);
    let photos = bench.photos();
    assert!(Command::new("mkfifo").arg(photos.join("pipe.jpg")).status().unwrap().success());
    symlink("nowhere.jpg", photos.join("dangling.jpg")).unwrap();
    symlink("/dev/zero", photos.join("device.jpg")).unwrap();
    fs::create_dir(photos.join("folder.jpg")).unwrap();
    // Readable by nobody, whatever the user: its first page is not mapped.
    #[cfg(target_os = "linux")]
    symlink("/proc/self/mem", photos.join("unreadable.jpg")).unwrap();
    bench.analyze(&[]).expect(3);
    let mut expected = vec![
        ("dangling.jpg", "dangling_link"),
        ("device.jpg", "not_a_file"),
        ("folder.jpg", "not_a_file"),
        ("pipe.jpg", "not_a_file"),
    ];
    if cfg!(target_os = "linux") {
        expected.push(("unreadable.jpg", "io"));
    }
    let (names, codes) = (bench.column("failures.csv", "photo"), bench.column("failures.csv", "code"));
    let found: Vec<_> = names.iter().map(String::as_str).zip(codes.iter().map(String::as_str)).collect();
    assert_eq!(found, expected);
    assert_eq!(bench.column("metrics.csv", "photo"), ["good.png"]);

    let (pipe, out) = (photos.join("pipe.jpg"), bench.root().join("out2"));
    run(&["analyze", pipe.to_str().unwrap(), "--out", out.to_str().unwrap()]).expect(3);
}

#[test]
fn a_second_process_is_refused_and_a_left_lock_is_not() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    fs::create_dir(bench.out()).unwrap();
    let lock = bench.out().join(".cicatrix.lock");
    fs::write(&lock, "4242\n").unwrap();
    let held = File::open(&lock).unwrap();
    held.lock().unwrap();
    let stderr = bench.analyze(&[]).expect(1).stderr;
    assert!(stderr.contains(".cicatrix.lock: another run (process 4242)"), "{stderr}");
    assert!(!bench.out().join("results.sqlite").exists());
    drop(held);
    bench.analyze(&[]).expect(0);
}

/// A run that takes a while, with its first photo in the journal.
fn begun(bench: &Bench) -> Child {
    let child = Command::new(program())
        .args(["analyze", "--jobs", "1", "--out"])
        .arg(bench.out())
        .arg(bench.photos())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for(&bench.out().join("results.sqlite-wal"));
    child
}

fn wait_for(log: &Path) {
    let begun = Instant::now();
    while fs::metadata(log).map_or(0, |meta| meta.len()) < 4096 {
        assert!(begun.elapsed() < Duration::from_secs(120), "no photo was kept");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn many(bench: &Bench) {
    for i in 0..12 {
        bench.photo_of(&format!("{i:02}.png"), i, 480);
    }
    fs::write(bench.photos().join("05b.jpg"), "bad").unwrap();
}

#[test]
fn a_killed_run_goes_on_to_the_same_bytes() {
    let (killed, whole) = (Bench::new(), Bench::new());
    many(&killed);
    many(&whole);
    whole.analyze(&[]).expect(3);
    let mut child = begun(&killed);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!killed.out().join("metrics.csv").exists(), "it was killed before its end");
    let done = killed.analyze(&[]).expect(3);
    assert!(Bench::from_journal(&done) >= 1, "{}", done.stdout);
    assert!(killed.tables() == whole.tables());
    let left: Vec<_> = fs::read_dir(killed.out()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("-wal")), "{left:?}");
}

#[test]
fn an_interrupted_run_exits_130_with_its_results() {
    let bench = Bench::new();
    many(&bench);
    let child = begun(&bench);
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let done = Run::from(child.wait_with_output().unwrap()).expect(130);
    let rows = bench.column("metrics.csv", "photo");
    assert!((1..12).contains(&rows.len()), "{rows:?}");
    let counts = bench.counts();
    assert_eq!(counts["ok"], rows.len());
    assert!(done.stdout.contains("not reached"), "{}", done.stdout);
    let whole = Bench::new();
    many(&whole);
    whole.analyze(&[]).expect(3);
    bench.analyze(&[]).expect(3);
    assert!(bench.tables() == whole.tables());
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let mut child =
        Command::new(program()).arg("metrics").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
}

#[test]
fn results_that_cannot_be_written_name_the_folder() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    let out = bench.root().join("file");
    fs::write(&out, "in the way").unwrap();
    let photos = bench.photos();
    let done = run(&["analyze", photos.to_str().unwrap(), "--out", out.to_str().unwrap()]).expect(1);
    assert!(done.stderr.contains("file: the folder cannot be made"), "{}", done.stderr);
}
