//! The course of treatment from the sessions file to `course.csv`, and rows in any order to the same tables.
#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

mod common;

use std::fs;

use cicatrix::measure::Column;
use cicatrix::report::series::{SeriesAbout, write_tables};
use cicatrix::series::progress::{Laid, Pictures, ProgressConfig, Reading, evaluate};
use cicatrix::series::study::{Level, StudyConfig, load};
use common::{Bench, run};

/// The rows of `course.csv` of a study whose photos were not measured: severity, code, day, message.
fn course_of(study: &str, sessions: &str) -> Vec<[String; 4]> {
    let folder = tempfile::tempdir().unwrap();
    for photo in ["a.jpg", "b.jpg", "c.jpg", "d.jpg"] {
        fs::write(folder.path().join(photo), "not decoded").unwrap();
    }
    let (file, treated) = (folder.path().join("study.csv"), folder.path().join("sessions.csv"));
    fs::write(&file, study).unwrap();
    fs::write(&treated, sessions).unwrap();
    let config = StudyConfig { sessions: Some(treated), ..StudyConfig::default() };
    let (study, findings) = load(&file, &config).unwrap().into_study().unwrap();
    assert_eq!(findings.lines(Level::Warning), [""; 0]);
    let reading = |shot| Reading {
        shot,
        rows: Vec::new(),
        lesions: Vec::new(),
        coverage: Vec::new(),
        laid: Laid::Unread,
        scale: None,
        failure: None,
        pictures: Pictures::default(),
        fresh: true,
    };
    let readings = (0..study.shots.len()).map(reading).collect();
    let found = evaluate(study, readings, &ProgressConfig::default()).unwrap();
    let about =
        SeriesAbout { version: "1.2.3".to_owned(), config_toml: String::new(), headline: vec![Column::RELIEF_SQ_MID] };
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    write_tables(&out, &found, &about).unwrap();
    let mut reader = csv::Reader::from_path(out.join("course.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            ["severity", "code", "day", "message"].map(|name| row[at(name)].to_owned())
        })
        .collect()
}

const PHOTOS: &str = "photo,subject,day\na,S,0\nb,S,300\n";

fn codes(rows: &[[String; 4]]) -> Vec<(&str, &str)> {
    rows.iter().map(|row| (row[1].as_str(), row[2].as_str())).collect()
}

#[test]
fn planned_sessions_and_maintenance_come_from_the_sessions_file() {
    let rows = course_of(PHOTOS, "subject,day,planned\nS,1,4\nS,29,4\nS,57,4\n");
    assert_eq!(codes(&rows), [("planned_sessions", "")]);
    assert_eq!((rows[0][0].as_str(), rows[0][3].as_str()), ("warning", "4 sessions are planned; a course has 5 to 10"));
    let five = "subject,day,planned,maintenance\nS,1,5,no\nS,29,5,\nS,57,,\nS,85,,\nS,113,,\n";
    assert_eq!(codes(&course_of(PHOTOS, five)), []);
    // A month later is maintenance, two months are too long; without a plan and a note nobody can tell.
    assert_eq!(codes(&course_of(PHOTOS, &format!("{five}S,143,,yes\n"))), []);
    assert_eq!(codes(&course_of(PHOTOS, &format!("{five}S,173,,yes\n"))), [("maintenance_gap", "173")]);
    assert_eq!(codes(&course_of(PHOTOS, &format!("{five}S,173,,\n"))), [("maintenance_gap", "173")]);
    let unnoted = "subject,day\nS,1\nS,29\nS,57\nS,117\n";
    assert_eq!(codes(&course_of(PHOTOS, unnoted)), []);
    let noted = "subject,day,maintenance\nS,1,\nS,29,\nS,57,\nS,117,yes\n";
    assert_eq!(codes(&course_of(PHOTOS, noted)), [("maintenance_gap", "117")]);
}

#[test]
fn split_faces_have_two_courses() {
    let photos =
        "photo,subject,day,view,arm\na,S,0,left,pen\nb,S,300,left,pen\nc,S,0,right,laser\nd,S,300,right,laser\n";
    let both = "subject,day,arm,session\nS,1,pen,1\nS,1,laser,1\nS,29,pen,2\nS,29,laser,2\n";
    assert_eq!(codes(&course_of(photos, both)), []);
    let rows = course_of(photos, &format!("{both}S,32,laser,4\n"));
    assert_eq!(codes(&rows), [("interval_too_short", "32"), ("session_numbers", "32")]);
    assert_eq!(rows[0][3], "arm laser: 3 days since the session before; at least 7 are asked for");
    // One arm alone is late.
    let rows = course_of(&photos.replace("d,S,300", "d,S,30"), both);
    assert_eq!(codes(&rows), [("no_late_photo", ""), ("photo_too_soon", "30")]);
    assert!(rows.iter().all(|row| row[3].starts_with("arm laser: ")), "{rows:?}");
    // Without arms all is one course.
    let rows = course_of(PHOTOS, "subject,day,session\nS,1,1\nS,4,2\n");
    assert_eq!((codes(&rows), rows[0][3].starts_with("3 days")), (vec![("interval_too_short", "4")], true));
}

#[test]
fn cells_and_rules_that_mean_nothing_are_refused() {
    let bench = Bench::new();
    let file = bench.root().join("study.csv");
    bench.photo("a.png", 1);
    fs::write(&file, "photo,subject,day\nphotos/a.png,S,0\n").unwrap();
    let sessions = bench.root().join("sessions.csv");
    fs::write(&sessions, "subject,day,planned,maintenance\nS,1,many,perhaps\n").unwrap();
    let run_check = |sessions: &std::path::Path| {
        run(&["study", "check", file.to_str().unwrap(), "--sessions", sessions.to_str().unwrap(), "--color", "never"])
    };
    let stderr = run_check(&sessions).expect(2).stderr;
    assert!(
        stderr.contains("column planned: `many` is no number of planned sessions; 1 to 1000 are allowed"),
        "{stderr}"
    );
    assert!(stderr.contains("column maintenance: `perhaps` says neither yes nor no"), "{stderr}");
    fs::write(&sessions, "subject,day,planned,sessions_planned\nS,1,5,\nS,20,6,\n").unwrap();
    let stderr = run_check(&sessions).expect(0).stderr;
    assert!(
        stderr
            .contains("row 3, column planned: subject S: 6 sessions are planned here and 5 in row 2; the last by day"),
        "{stderr}"
    );
    fs::write(&sessions, "subject,day,planned_sessions\nS,1,5\n").unwrap();
    let stderr = run_check(&sessions).expect(0).stderr;
    assert!(stderr.contains("if it is the column planned, name it so"), "{stderr}");
    let rules = bench.root().join("rules.toml");
    for (text, part) in [
        ("[progress.course]\nplanned = 3\n", "planned = { least = 5, most = 10 }"),
        (
            "[progress.course.planned]\nleast = 11\n",
            "planned.least is 11, planned.most is 10: the first must not exceed the second",
        ),
        ("[progress.course.planned]\nleast = -1\n", "-1"),
        (
            "[progress.course.interval]\nerror_below_days = -7\n",
            "interval.error_below_days is -7: it must be at least 0",
        ),
        (
            "[progress.course.photo]\nwithheld_below_days = 20\n",
            "photo.withheld_below_days is 20, photo.marked_below_days is 14",
        ),
    ] {
        fs::write(&rules, text).unwrap();
        let stderr = run(&["progress", file.to_str().unwrap(), "--config", rules.to_str().unwrap()]).expect(2).stderr;
        assert!(stderr.contains(part), "{part} in {stderr}");
    }
}

#[test]
fn the_rules_are_documented() {
    let text = fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/PROGRESS.md")).unwrap();
    let rules =
        text.split_once("## Course rules").unwrap().1.split_once("```toml\n").unwrap().1.split_once("```").unwrap().0;
    let table: toml::Table = rules.parse().unwrap();
    let course = table["progress"]["course"].clone();
    // Every key with its default, and none besides.
    assert_eq!(course, toml::Value::try_from(ProgressConfig::default().course).unwrap());
}

#[test]
fn rows_in_any_order_give_the_same_tables() {
    let bench = Bench::new();
    for (i, name) in ["a1", "a2", "later_a1", "later_a2", "b1", "b2", "later_b1", "later_b2"].into_iter().enumerate() {
        // The same skin for each subject, and no shot a copy of another.
        let path = bench.photo_of(&format!("{name}.png"), i as u64 / 4 + 1, 160);
        let mut photo = image::open(&path).unwrap().to_rgb8();
        for (at, pixel) in photo.pixels_mut().enumerate() {
            let grain = (at * 31 + i * 7919) % (13 + i);
            pixel.0 = pixel.0.map(|v| v.saturating_add(u8::from(grain == 0)));
        }
        photo.save(&path).unwrap();
    }
    fs::write(
        bench.root().join("regions.json"),
        r#"{"photos/a2.png": {"scar": [[30, 30], [120, 30], [120, 120], [30, 120]]}}"#,
    )
    .unwrap();
    let rows = [
        "photos/a1.png,A,0,V1,,0.1,1",
        "photos/a2.png,A,0,V1,regions.json,0.1,2",
        "photos/later_a1.png,A,60,V4,,0.1,",
        "photos/later_a2.png,A,60,V4,,0.1,",
        "photos/b1.png,B,0,V1,,0.1,1",
        "photos/b2.png,B,0,V1,,0.1,2",
        "photos/later_b1.png,B,30,V2,,0.1,",
        "photos/later_b2.png,B,30,V2,,0.1,",
    ];
    let tables = |order: [usize; 8], out: &str| {
        let csv: String = order.iter().map(|&i| format!("{}\n", rows[i])).collect();
        let (file, out) = (bench.root().join("study.csv"), bench.root().join(out));
        fs::write(&file, format!("photo,subject,day,visit,region,mm_per_px,repeat\n{csv}")).unwrap();
        run(&["progress", file.to_str().unwrap(), "--out", out.to_str().unwrap(), "--families", "color,relief"])
            .expect(0);
        ["change.csv", "shots.csv", "alignment.csv", "cohort.csv", "trend.csv", "yardsticks.csv", "redcap_import.csv"]
            .map(|name| fs::read_to_string(out.join(name)).unwrap())
    };
    let first = tables([0, 1, 2, 3, 4, 5, 6, 7], "one");
    assert_eq!(tables([7, 2, 5, 0, 3, 6, 1, 4], "two"), first);
    // The photo with the region is the baseline; V4 is the third visit of the study though it is A's second.
    let line =
        |table: &str, part: &str| table.lines().find(|l| l.contains(part)).map(str::to_owned).unwrap_or_default();
    assert!(line(&first[2], "photos/a2.png").contains(",baseline,"), "{}", first[2]);
    assert!(line(&first[2], "photos/later_a1.png").contains(",3,V4,"), "{}", first[2]);
    assert!(line(&first[2], "photos/later_b1.png").contains(",2,V2,"), "{}", first[2]);
    assert!(first[6].contains("visit_3_arm_1") && first[6].contains("visit_2_arm_1"), "{}", first[6]);
}
