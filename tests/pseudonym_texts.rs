//! What is hidden in the texts of a study made by hand: visits called by dates, cameras, columns, names in any spelling.
#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

mod series;

use std::path::Path;

use cicatrix::report::series::pseudonym::{Disguise, Key, disguised};
use cicatrix::report::series::write_tables;
use cicatrix::series::progress::Progress;
use series::{NAMED, OTHER, about, progress};

fn hidden(progress: Progress, disguise: &Disguise) -> (tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let given = disguised(progress, &about(), disguise).unwrap();
    write_tables(folder.path(), &given.progress, &given.about).unwrap();
    (folder, given.warnings)
}

fn column(folder: &Path, table: &str, name: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_path(folder.join(table)).unwrap();
    let at = reader.headers().unwrap().iter().position(|h| h == name).unwrap_or_else(|| panic!("{name}"));
    reader.records().map(|row| row.unwrap()[at].to_owned()).collect()
}

fn key() -> Key {
    Key::new([7; 32])
}

#[test]
fn a_visit_called_by_a_date_is_called_by_its_number() {
    let mut study = progress();
    study.study.subjects[0].visits[1].name = "year 2024".to_owned();
    study.study.subjects[1].visits[1].name = "follow-up 2".to_owned();
    let (folder, _) = hidden(study, &Disguise { key: None, days: true, keep: Vec::new() });
    let (subjects, visits) =
        (column(folder.path(), "change.csv", "subject"), column(folder.path(), "change.csv", "visit_name"));
    let of = |id: &str| {
        let mut names: Vec<&str> =
            subjects.iter().zip(&visits).filter(|(s, _)| *s == id).map(|(_, v)| v.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    assert_eq!((of(NAMED), of(OTHER)), (vec!["V1", "visit 2"], vec!["V1", "visit 2"]));
    assert!(visits.iter().any(|name| name == "follow-up 2"));
}

#[test]
fn the_camera_goes_unless_it_is_asked_for() {
    for (keep, expected) in [(Vec::new(), ""), (vec!["camera".to_owned()], "Canon EOS 80D")] {
        let (folder, _) = hidden(progress(), &Disguise { key: Some(key()), days: false, keep });
        assert!(column(folder.path(), "shots.csv", "camera").iter().all(|camera| camera == expected));
    }
}

#[test]
fn the_columns_that_go_along_are_named() {
    let (_, warnings) = hidden(progress(), &Disguise { key: Some(key()), days: true, keep: Vec::new() });
    let along = "these columns go along: `batch`, `value`, `=evil`; look that none names a person";
    assert!(warnings.iter().any(|w| w == along), "{warnings:?}");
}

#[test]
fn a_name_is_found_however_it_is_written() {
    let mut study = progress();
    let name = "M\u{fc}ller, J\u{f6}rg";
    study.study.subjects[0].id = name.to_owned();
    for shot in &mut study.study.shots {
        if shot.subject == NAMED {
            shot.subject = name.to_owned();
            shot.extra[0] = "of Jo\u{308}rg Mu\u{308}ller, m\u{fc}ller_j\u{f6}rg".to_owned();
        }
    }
    study.study.sessions[0].subject = name.to_owned();
    study.courses[0].0 = name.to_owned();
    let (folder, _) = hidden(study, &Disguise { key: Some(key()), days: true, keep: Vec::new() });
    let pseudonym = key().pseudonym("Mu\u{308}ller, Jo\u{308}rg");
    let rows =
        column(folder.path(), "change.csv", "subject").into_iter().zip(column(folder.path(), "change.csv", "batch"));
    let own: Vec<String> = rows.filter(|(subject, _)| *subject == pseudonym).map(|(_, batch)| batch).collect();
    assert!(!own.is_empty() && own.iter().all(|cell| *cell == format!("of {pseudonym}, {pseudonym}")), "{own:?}");
}

#[test]
fn what_would_fail_at_the_end_is_refused_at_the_start() {
    let mut study = progress().study;
    let keep = |name: &str| Disguise { key: None, days: true, keep: vec![name.to_owned()] };
    assert!(keep("batch").check(&study, true).is_ok() && keep("camera").check(&study, true).is_ok());
    assert!(keep("bach").check(&study, true).unwrap_err().message().contains("`bach`"));
    study.subjects[0].id = "J\u{f6}rg".to_owned();
    study.subjects[1].id = "Jo\u{308}rg".to_owned();
    let disguise = Disguise::default();
    assert!(disguise.check(&study, true).unwrap_err().message().contains("two subjects"));
    assert!(disguise.check(&study, false).is_ok());
}
