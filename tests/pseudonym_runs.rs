//! Runs whose results are given away: keys, lists of names, and what must not lie in the results.
#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use common::{Run, png, program, run};

/// A study of a few small photos in `study/`, and room beside it.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// Of subjects with one photo at each of two visits.
    fn new(subjects: &[&str]) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(desk.at("study")).unwrap();
        desk.write(subjects, 2);
        desk
    }

    fn write(&self, subjects: &[&str], visits: usize) {
        let mut text = "photo,subject,date,surgeon,lot\n".to_owned();
        for (s, subject) in subjects.iter().enumerate() {
            for visit in 1..=visits {
                let photo = format!("{}_{visit}.png", subject.to_lowercase());
                fs::write(self.at("study").join(&photo), png((10 * s + visit) as u64, 96)).unwrap();
                writeln!(text, "{photo},{subject},2024-0{visit}-11,Dr Weber,L{visit}").unwrap();
            }
        }
        fs::write(self.at("study/study.csv"), text).unwrap();
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn path(&self, name: &str) -> String {
        self.at(name).to_str().unwrap().to_owned()
    }

    fn progress(&self, out: &str, more: &[&str]) -> Run {
        let (study, out) = (self.path("study/study.csv"), self.path(out));
        let common =
            ["progress", &study, "--out", &out, "--families", "color", "--mm-per-px", "0.1", "--color", "never"];
        run(&[&common, more].concat())
    }

    fn disguised(&self, out: &str, key: &str, more: &[&str]) -> Run {
        let key = self.path(key);
        self.progress(out, &[&["--pseudonymise", "--key", &key, "--dates", "as-days"], more].concat())
    }

    /// Names of everything beside the study.
    fn beside(&self) -> BTreeSet<String> {
        names(self.folder.path())
    }
}

/// Names of what is in a folder, but for the lock.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let names = entries.map(|e| e.unwrap().file_name().to_str().unwrap().to_owned());
    names.filter(|name| name != ".cicatrix.lock").collect()
}

fn column(table: &Path, name: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_path(table).unwrap();
    let at = reader.headers().unwrap().iter().position(|h| h == name).unwrap_or_else(|| panic!("{name}"));
    reader.records().map(|row| row.unwrap()[at].to_owned()).collect()
}

#[test]
fn what_cannot_be_the_key_or_the_list_is_refused_and_nothing_is_left() {
    let desk = Desk::new(&["Anna"]);
    fs::write(desk.at("key"), "ab".repeat(32)).unwrap();
    fs::write(desk.at("other.csv"), "subject,visit\nAnna,1\n").unwrap();
    let before = common::snapshot(desk.folder.path());
    let cases = [
        // The key: in the results, a file of another kind, a folder, in no folder.
        ("out/key", None, "the key would lie in the folder of the results"),
        ("study/../out/key", None, "the key would lie in the folder of the results"),
        ("study/study.csv", None, "this is no key"),
        ("study/anna_1.png", None, "this is no key"),
        ("study", None, "this is no key"),
        ("nowhere/key", None, "the folder of this file is not there"),
        // The list.
        ("key", Some("out/list.csv"), "would lie in the folder of the results"),
        ("key", Some("key"), "this is the key"),
        ("key", Some("study/study.csv"), "this is the study file"),
        ("key", Some("study/../study/anna_2.png"), "this is a photo of the study"),
        ("key", Some("other.csv"), "no earlier list of names"),
        ("key", Some("study"), "no earlier list of names"),
        ("key", Some("nowhere/list.csv"), "the folder of this file is not there"),
        ("new", Some("new"), "this is the key"),
    ];
    for (key, list, expected) in cases {
        let list = list.map(|name| desk.path(name));
        let more: Vec<&str> = list.iter().flat_map(|list| ["--key-list", list.as_str()]).collect();
        let done = desk.disguised("out", key, &more).expect(2);
        assert!(done.stderr.contains(expected), "{key} {list:?}: {}", done.stderr);
        assert!(before == common::snapshot(desk.folder.path()), "{key} {list:?} changed something");
    }
    let missing = desk.disguised("out", "key", &["--keep-columns", "surgeom"]).expect(2);
    assert!(missing.stderr.contains("`surgeom`") && missing.stderr.contains("surgeon, lot"), "{}", missing.stderr);
    assert!(before == common::snapshot(desk.folder.path()));
    assert!(!desk.at("out").exists());
}

#[cfg(unix)]
#[test]
fn links_hide_no_file_from_the_list() {
    use std::os::unix::fs::symlink;
    let desk = Desk::new(&["Anna"]);
    fs::write(desk.at("key"), "ab".repeat(32)).unwrap();
    fs::write(desk.at("sessions.csv"), "subject,date\nAnna,2024-01-20\n").unwrap();
    symlink(desk.at("study/study.csv"), desk.at("soft.csv")).unwrap();
    fs::hard_link(desk.at("key"), desk.at("hard")).unwrap();
    symlink(desk.at("sessions.csv"), desk.at("sessions-link")).unwrap();
    symlink(desk.at("nothing"), desk.at("loose")).unwrap();
    symlink(desk.at("study"), desk.at("folder")).unwrap();
    let sessions = desk.path("sessions.csv");
    let before = common::snapshot(&desk.at("study"));
    for (list, expected) in [
        ("soft.csv", "this is the study file"),
        ("hard", "this is the key"),
        ("sessions-link", "this is the file of the sessions"),
        ("loose", "a link to a file that is not there"),
        ("folder/anna_1.png", "this is a photo of the study"),
    ] {
        let list = desk.path(list);
        let done = desk.disguised("out", "key", &["--key-list", &list, "--sessions", &sessions]).expect(2);
        assert!(done.stderr.contains(expected), "{list}: {}", done.stderr);
    }
    assert!(before == common::snapshot(&desk.at("study")) && !desk.at("out").exists() && !desk.at("nothing").exists());
}

#[test]
fn a_new_key_is_told_and_another_one_is_refused() {
    let desk = Desk::new(&["Anna", "Berta"]);
    let list = desk.path("who.csv");
    let first = desk.disguised("out", "key", &["--key-list", &list]).expect(0);
    assert!(first.stderr.contains("key: there was no key; a new one was made"), "{}", first.stderr);
    let pseudonyms = column(&desk.at("who.csv"), "pseudonym");
    assert_eq!(column(&desk.at("who.csv"), "subject"), ["Anna", "Berta"]);
    assert!(column(&desk.at("out/change.csv"), "subject").iter().all(|id| pseudonyms.contains(id)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(desk.at("who.csv")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // The columns that go along are named; those that speak of a person do not.
    assert!(
        first.stderr.contains("`surgeon` is left out") && first.stderr.contains("these columns go along: `lot`;"),
        "{}",
        first.stderr
    );

    // The same key, and the earlier list: nothing to tell.
    let again = desk.disguised("out", "key", &["--key-list", &list, "--verbose"]).expect(0);
    assert!(!again.stderr.contains("a new one was made") && !again.stderr.contains("measured  "), "{}", again.stderr);
    assert_eq!(column(&desk.at("who.csv"), "pseudonym"), pseudonyms);

    let there = desk.beside();
    let results = common::snapshot(&desk.at("out"));
    // A mistyped key, in the results and where only their journal is left.
    let mistyped = desk.disguised("out", "kye", &[]).expect(2);
    assert!(mistyped.stderr.contains("kye: there is no such file, and the results in"), "{}", mistyped.stderr);
    fs::write(desk.at("other"), "cd".repeat(32)).unwrap();
    let other = desk.disguised("out", "other", &[]).expect(2);
    assert!(other.stderr.contains("were made with another key"), "{}", other.stderr);
    fs::remove_file(desk.at("other")).unwrap();
    // Without pseudonyms, with dates hidden or not.
    assert!(desk.progress("out", &[]).expect(2).stderr.contains("names or dates were left out"));
    assert!(
        desk.progress("out", &["--dates", "as-days"]).expect(2).stderr.contains("belongs to results with pseudonyms")
    );
    assert_eq!(desk.beside(), there);
    assert!(results == common::snapshot(&desk.at("out")));
    fs::remove_dir_all(desk.at("out")).unwrap();
    assert!(desk.disguised("out", "kye", &[]).expect(2).stderr.contains("out.journal were made with a key"));
    assert!(!desk.at("out").exists() && !desk.at("kye").exists());
}

#[test]
fn the_journal_lies_beside_the_results_wherever_the_run_begins() {
    let desk = Desk::new(&["Anna"]);
    let out = desk.at("results");
    fs::create_dir(&out).unwrap();
    let (study, key) = (desk.path("study/study.csv"), desk.path("key"));
    let ask = ["progress", &study, "--families", "color", "--pseudonymise", "--key", &key, "--out", "."];
    let done = assert_cmd::Command::new(program()).args(ask).current_dir(&out).output().unwrap();
    let done = Run::from(done).expect(0);
    assert!(desk.at("results.journal/results.sqlite").is_file());
    let inside = names(&out);
    assert!(
        inside.contains("change.csv") && !inside.contains(".journal") && !inside.contains("results.sqlite"),
        "{inside:?}"
    );
    let place = desk.at("results.journal").canonicalize().unwrap();
    assert!(done.stdout.contains(&format!("Journal: {}", place.display())), "{}", done.stdout);
    assert!(done.stdout.contains("not to be given away"), "{}", done.stdout);
    // The fingerprint is not the key, and no subject.
    let key = fs::read_to_string(desk.at("key")).unwrap();
    let mark = fs::read_to_string(out.join(".cicatrix.fingerprint")).unwrap();
    assert_eq!(mark.trim().len(), 32);
    assert!(!key.contains(mark.trim()) && !mark.contains("Anna"));
}

#[test]
fn pictures_have_other_names_with_a_key_and_go_with_their_subject() {
    let desk = Desk::new(&["Anna", "Berta"]);
    desk.progress("open", &[]).expect(0);
    desk.disguised("out", "key", &[]).expect(0);
    let (open, keyed) = (names(&desk.at("open/pictures")), names(&desk.at("out/pictures")));
    assert!(open.len() == keyed.len() && open.len() >= 4, "{open:?}");
    let stems = |names: &BTreeSet<String>| -> BTreeSet<String> { names.iter().map(|n| n[..16].to_owned()).collect() };
    assert_eq!(stems(&open).len(), 4);
    assert!(stems(&open).is_disjoint(&stems(&keyed)), "{open:?} {keyed:?}");

    // Berta is taken out, and one photo of Anna is another one.
    desk.write(&["Anna"], 2);
    fs::write(desk.at("study/anna_2.png"), png(77, 96)).unwrap();
    for folder in ["open", "out"] {
        fs::write(desk.at(folder).join("pictures/notes.txt"), "mine").unwrap();
        fs::write(desk.at(folder).join("pictures/holiday.jpg"), "mine").unwrap();
    }
    desk.progress("open", &[]).expect(0);
    desk.disguised("out", "key", &[]).expect(0);
    for (folder, before) in [("open", open), ("out", keyed)] {
        let mut after = names(&desk.at(folder).join("pictures"));
        assert!(after.remove("notes.txt") && after.remove("holiday.jpg"), "files of others stay");
        let (before, after) = (stems(&before), stems(&after));
        assert_eq!((after.len(), after.intersection(&before).count()), (2, 1), "{folder}: one kept, one new");
    }
}

#[test]
fn shots_name_their_photo_and_their_camera_only_where_it_is_open() {
    let desk = Desk::new(&["Anna"]);
    desk.progress("open", &[]).expect(0);
    let photos: BTreeSet<String> = column(&desk.at("open/shots.csv"), "photo").into_iter().collect();
    assert_eq!(photos, ["anna_1.png".to_owned(), "anna_2.png".to_owned()].into());
    desk.disguised("out", "key", &[]).expect(0);
    let photos = column(&desk.at("out/shots.csv"), "photo");
    assert!(photos.iter().all(|photo| photo.starts_with('P') && photo.contains("/v")), "{photos:?}");
    assert!(column(&desk.at("out/shots.csv"), "camera").iter().all(String::is_empty));
}
