//! Visits, views and regions of a study, what is warned of, and drafts: nothing here decodes a photo.
#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

mod common;

use std::fs;
use std::path::PathBuf;

use cicatrix::series::study::{Level, Shot, Study, StudyConfig, load};
use common::{Run, run};

/// A folder with files that stand for photos.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new(photos: &[&str]) -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        photos.iter().for_each(|photo| bench.put(photo, "not decoded"));
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The study and its warnings.
    fn read(&self, csv: &str, sessions: Option<&str>) -> (Study, Vec<String>) {
        self.put("study.csv", csv);
        let mut config = StudyConfig::default();
        if let Some(text) = sessions {
            self.put("sessions.csv", text);
            config.sessions = Some(self.path("sessions.csv"));
        }
        let (study, findings) = load(&self.path("study.csv"), &config).unwrap().into_study().unwrap();
        (study, findings.lines(Level::Warning))
    }

    fn check(&self, csv: &str) -> Run {
        self.put("study.csv", csv);
        run(&["study", "check", self.path("study.csv").to_str().unwrap(), "--color", "never"])
    }

    /// The rows of a draft without its header, and what was printed.
    fn init(&self) -> (Vec<String>, Run) {
        let run = run(&["study", "init", self.folder.path().to_str().unwrap(), "--force"]).expect(0);
        let text = fs::read_to_string(self.path("study.csv")).unwrap();
        (text.lines().skip(1).map(str::to_owned).collect(), run)
    }
}

#[track_caller]
fn has(lines: &[String], part: &str) {
    assert!(lines.iter().any(|line| line.contains(part)), "{part} in\n{}", lines.join("\n"));
}

#[test]
fn a_subject_who_missed_visits_keeps_their_numbers() {
    let bench = Bench::new(&["a1.jpg", "a2.jpg", "a3.jpg", "a4.jpg", "b1.jpg", "b4.jpg"]);
    let csv = "photo,subject,day,visit\na1,A,0,V1\na2,A,30,V2\na3,A,60,V3\na4,A,90,V4\nb1,B,0,V1\nb4,B,95,V4\n";
    let (study, warnings) = bench.read(csv, None);
    let numbers = |s: usize| study.subjects[s].visits.iter().map(|v| v.number).collect::<Vec<_>>();
    assert_eq!((numbers(0), numbers(1)), (vec![1, 2, 3, 4], vec![1, 4]));
    assert_eq!(warnings, [""; 0]);
    let (_, warnings) = bench.read(&csv.replace("b1,B,0,V1", "b1,A,1,v1"), None);
    has(&warnings, "row 6, column visit: `v1` and `V1` of row 2 are two names");
}

/// What of a study may depend on its rows: nothing but the rows themselves.
fn bare(mut study: Study) -> Study {
    study.shots.iter_mut().for_each(|shot: &mut Shot| shot.row = 0);
    study.sessions.iter_mut().for_each(|session| session.row = 0);
    study
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let bench = Bench::new(&["a1.jpg", "a2.jpg", "a10.jpg", "a9.jpg", "b1.jpg", "b2.jpg", "scar.png"]);
    let header = "photo,subject,day,visit,view,region,repeat\n";
    let rows = [
        "a1,A,0,V1,left,,1",
        "a2,A,0,V1,left,scar=scar.png,2",
        "a10,A,30,V2,left,,",
        "a9,A,30,V2,left,,",
        "b1,B,4,V1,left,,10",
        "b2,B,4,V1,left,,9",
    ];
    let treated = ["A,5,pen,left,1", "A,5,pen,right,1", "B,9,laser,,1", "A,20,pen,left,2"];
    let of = |order: &[usize], sessions: &[usize]| {
        let csv: String = order.iter().map(|&i| format!("{}\n", rows[i])).collect();
        let sessions: String = sessions.iter().map(|&i| format!("{}\n", treated[i])).collect();
        bare(
            bench.read(&(header.to_owned() + &csv), Some(&format!("subject,day,instrument,arm,session\n{sessions}"))).0,
        )
    };
    let study = of(&[0, 1, 2, 3, 4, 5], &[0, 1, 2, 3]);
    let photos: Vec<&str> = study.shots.iter().map(|shot| shot.photo.as_str()).collect();
    // What is drawn on, then the number of the shot, then the name as people order it.
    assert_eq!(photos, ["a2.jpg", "a1.jpg", "a9.jpg", "a10.jpg", "b2.jpg", "b1.jpg"]);
    assert_eq!(study.subjects[0].sessions.len(), 3);
    for (order, sessions) in [([5, 4, 3, 2, 1, 0], [3, 2, 1, 0]), ([2, 5, 0, 4, 1, 3], [1, 3, 0, 2])] {
        let other = of(&order, &sessions);
        assert_eq!((&other.shots, &other.subjects, &other.sessions), (&study.shots, &study.subjects, &study.sessions));
    }
}

#[test]
fn slips_of_names_columns_and_instruments_are_told() {
    let bench = Bench::new(&["a.jpg", "b.jpg", "c.jpg", "scar.png"]);
    let csv =
        "photo,subject,day,view,region,mm_per_px\na,S,0,left,,0.05\nb,S,30,lefft,,2\nc,S,60,left,scar=scar.png,0.001\n";
    let sessions = "subject,day,instrument\nS,5,dermapne\nS,25,moxa\nS,45,moxa\n";
    let (_, warnings) = bench.read(csv, Some(sessions));
    for part in [
        "row 3, column view: `lefft` and `left` of row 2 are two views, and no change between them is told",
        "row 3, column mm_per_px: 2 mm per pixel is odd for skin",
        "row 4, column mm_per_px: 0.001 mm per pixel is odd for skin",
        "row 4, column region: region `scar` of subject S, view left is not drawn on its first photo, `a.jpg` of row 2",
        "row 2, column instrument: `dermapne` is no known instrument and is kept as written; the nearest known one is pen",
        "row 3, column instrument: `moxa` is no known instrument and is kept as written; known are needle, pen",
    ] {
        has(&warnings, part);
    }
    assert_eq!(warnings.len(), 6, "{warnings:?}");
    let (_, warnings) = bench.read("photo,subject,day,veiw\na,S,0,left\nb,S,30,left\n", None);
    has(
        &warnings,
        "column veiw: carried along, not used; if it is the column view, name it so or write view = \"veiw\" under [study.columns]",
    );
}

#[test]
fn days_that_cannot_be_are_told() {
    let bench = Bench::new(&["a.jpg", "b.jpg"]);
    let (_, warnings) = bench.read("photo,subject,date\na,S,2024-03-01\nb,S,2204-04-01\n", None);
    has(&warnings, "row 3, column date: 2204-04-01 is in the future, today is 20");
    let stderr = bench.check("photo,subject,date\na,S,31/03/24\n").expect(2).stderr;
    assert!(
        stderr.contains("`31/03/24` is no date; its year has two digits")
            || stderr.contains("`31/03/24` is no date: its year has two digits"),
        "{stderr}"
    );
}

#[test]
fn check_says_what_a_study_will_not_tell() {
    let bench = Bench::new(&["a.jpg", "b.HEIC"]);
    let run = bench.check("photo,subject,day\na.jpg,S,0\n").expect(0);
    for part in
        ["no subject has a second visit", "no photo has a scale", "fill a column mm_per_px, or give --mm-per-px"]
    {
        assert!(run.stderr.contains(part), "{part} in {}", run.stderr);
    }
    for line in [
        "visits    1 in all, 1 per subject\n",
        "repeats   0 of 1 visit of a view has more than one shot\n",
        "scale     mm_per_px of 0 photos\n",
    ] {
        assert!(run.stdout.contains(line), "{line} in {}", run.stdout);
    }
    // A scale of the configuration is one.
    bench.put("scaled.toml", "mm_per_px = 0.05\n");
    let (study, config) = (bench.path("study.csv"), bench.path("scaled.toml"));
    let stderr = cicatrix_check(&study, &config).expect(0).stderr;
    assert!(stderr.contains("second visit") && !stderr.contains("has a scale"), "{stderr}");
    let run = bench.check("photo,subject,day,mm_per_px\na.jpg,S,0,0.05\nb.HEIC,S,30,0.05\n").expect(0);
    assert!(run.stderr.contains("1 photo is HEIC or AVIF, first `b.HEIC`, which cannot be read"), "{}", run.stderr);
    assert!(!run.stderr.contains("second visit") && !run.stderr.contains("has a scale"), "{}", run.stderr);
}

fn cicatrix_check(study: &std::path::Path, config: &std::path::Path) -> Run {
    run(&["study", "check", study.to_str().unwrap(), "--config", config.to_str().unwrap()])
}

#[cfg(unix)]
#[test]
fn a_cause_is_told_once() {
    for command in [&["study", "check", "/no/such.csv"][..], &["progress", "/no/such.csv"]] {
        let stderr = run(command).expect(1).stderr;
        assert_eq!(stderr.matches("os error 2").count(), 1, "{stderr}");
    }
}

#[test]
fn pictures_of_results_are_no_photos_of_a_study() {
    let bench = Bench::new(&[
        "S1_V1_left.jpg",
        "S1_V2_left.jpg",
        "cicatrix-out/pictures/S1_V1_left.jpg",
        "old/maps/x/S1.png",
        "own/S1_V3_left.jpg",
    ]);
    bench.put("cicatrix-out/change.csv", "subject,view,region,arm,is_control,visit,visit_name\n");
    bench.put("old/run.json", "{\n  \"schema\": \"cicatrix-run/1\"\n}\n");
    // A table of somebody else.
    bench.put("own/change.csv", "date,change\n");
    let (rows, run) = bench.init();
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert_eq!(run.stderr, "skipped, results of an earlier run: cicatrix-out/, old/\n");
    // Results among the photos themselves.
    bench.put("pictures/S1_V1_left.jpg", "not decoded");
    bench.put("results.sqlite", "");
    let (rows, run) = bench.init();
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert_eq!(run.stderr, "skipped, results of an earlier run: cicatrix-out/, old/, pictures/\n");
}

#[test]
fn words_that_tell_photos_of_one_visit_apart_are_views() {
    let bench = Bench::new(&[
        "S01_V1_malar_1.jpg",
        "S01_V1_malar_2.jpg",
        "S01_V1_zygoma.jpg",
        "S01_V2_malar.jpg",
        "S01_V1_links.jpg",
        "S02_V1_hautarzt_1.jpg",
        "S02_V1_hautarzt_2.jpg",
    ]);
    let (rows, run) = bench.init();
    let views: Vec<(&str, &str)> = rows
        .iter()
        .map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            (cells[0], cells[4])
        })
        .collect();
    let expected = [
        ("S01_V1_links.jpg", "links"),
        ("S01_V1_malar_1.jpg", "malar"),
        ("S01_V1_malar_2.jpg", "malar"),
        ("S01_V1_zygoma.jpg", "zygoma"),
        ("S01_V2_malar.jpg", "malar"),
        // All photos have this word: it says nothing of them.
        ("S02_V1_hautarzt_1.jpg", ""),
        ("S02_V1_hautarzt_2.jpg", ""),
    ];
    let mut views = views;
    views.sort_unstable();
    assert_eq!(views, expected);
    let told = "photos of one visit differ by `malar`, `zygoma`, which is not known: taken for a view";
    assert!(run.stdout.contains(told), "{}", run.stdout);
}
