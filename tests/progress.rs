//! The engine of `progress` on the demonstration study, and on studies that must not be believed.
#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use cicatrix::batch::Journal;
use cicatrix::measure::config::Family;
use cicatrix::measure::{Column, Config};
use cicatrix::phantom::recapture::{Spread, series};
use cicatrix::phantom::{Camera, Phantom, Scene};
use cicatrix::photo::Limits;
use cicatrix::series::align::AlignConfig;
use cicatrix::series::progress::{
    self, ChangeRow, Pictures, Progress, ProgressConfig, Progressing, Ranges, Reading, Setup, Sink, Source,
};
use cicatrix::series::statistics::verdict::{Reason, Verdict};
use cicatrix::series::study::{Shot, StudyConfig, load};
use common::run;

const MID: Column = Column::RELIEF_SQ_MID;
const SIZE: (usize, usize) = (300, 230);
const MM_PER_PX: f64 = 0.07;

/// Keeps no pictures; counts the photos that were measured anew.
#[derive(Default)]
struct Desk {
    fresh: Mutex<Vec<String>>,
}

impl Sink for Desk {
    fn pictures(&self, _: &Source<'_>) -> cicatrix::Result<(Pictures, Ranges)> {
        Ok((Pictures::default(), Ranges::default()))
    }

    fn has(&self, _: &Pictures) -> bool {
        true
    }
}

impl Progressing for Desk {
    fn done(&self, shot: &Shot, reading: &Reading) {
        if reading.fresh {
            self.fresh.lock().unwrap().push(shot.photo.clone());
        }
    }
}

/// A folder with a study, and one for its journal.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(bench.folder.path().join("study")).unwrap();
        fs::create_dir(bench.folder.path().join("out")).unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("study").join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// Photographs a scene `SHOTS` times as `name_0.jpg` and so on; `from` tells which recaptures.
    fn shoot(&self, name: &str, scene: &Scene, camera: &Camera, from: usize) {
        for (i, (pose, camera)) in series(5, from + 2, Spread::default(), camera).into_iter().skip(from).enumerate() {
            self.put(&format!("{name}_{i}.jpg"), scene.photograph(&pose, &camera).unwrap().jpeg().unwrap());
        }
    }

    /// Scores the study; what was measured anew stands beside it.
    fn score(&self, sessions: bool) -> (Progress, Vec<String>) {
        let config = StudyConfig { sessions: sessions.then(|| self.path("sessions.csv")), ..StudyConfig::default() };
        score(&self.path("study.csv"), &config, &self.folder.path().join("out"), 2)
    }
}

fn score(file: &Path, study: &StudyConfig, out: &Path, jobs: usize) -> (Progress, Vec<String>) {
    let reading = load(file, study).unwrap();
    let study = reading.study.unwrap_or_else(|| panic!("the study has mistakes: {:?}", reading.findings.list()));
    let journal = Journal::open(out, false).unwrap();
    let (desk, stop, align) = (Desk::default(), AtomicBool::new(false), AlignConfig::default());
    let mut config = Config::default();
    config.families = vec![Family::Pigment, Family::Spots, Family::Relief, Family::Structure];
    let setup = Setup {
        config: &config,
        config_hash: "test",
        surround: true,
        align: &align,
        journal: &journal,
        sink: &desk,
        watch: &desk,
        stop: &stop,
        jobs,
        max_memory: 2 << 30,
        limits: Limits::default(),
    };
    let readings = progress::measure(&study, &setup).unwrap().unwrap();
    journal.close().unwrap();
    let mut fresh = desk.fresh.into_inner().unwrap();
    fresh.sort();
    (progress::evaluate(study, readings, &ProgressConfig::default()).unwrap(), fresh)
}

/// The row of a metric of a region at a visit.
#[track_caller]
fn row<'a>(found: &'a Progress, subject: &str, region: &str, column: Column, visit: usize) -> &'a ChangeRow {
    let is = |r: &&ChangeRow| {
        found.study.subjects[r.place.subject].id == subject
            && r.place.region == region
            && r.column == column
            && r.visit == visit
    };
    found.rows.iter().find(is).unwrap_or_else(|| panic!("{subject} {region} {visit}"))
}

#[track_caller]
fn verdict<'a>(found: &'a Progress, subject: &str, region: &str, column: Column, visit: usize) -> &'a Verdict {
    &row(found, subject, region, column, visit).change.as_ref().unwrap().verdict
}

/// Is the change of the relief withheld for this reason?
#[track_caller]
fn assert_withheld(found: &Progress, subject: &str, region: &str, reason: Reason) {
    let verdict = verdict(found, subject, region, MID, 1);
    assert!(matches!(verdict, Verdict::Withheld { reasons } if reasons.contains(&reason)), "{subject}: {verdict}");
}

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/study")
}

#[test]
fn the_demonstration_study_reads_as_the_readme_says() {
    let out = tempfile::tempdir().unwrap();
    let config = StudyConfig { sessions: Some(demo().join("sessions.csv")), ..StudyConfig::default() };
    let (found, fresh) = score(&demo().join("study.csv"), &config, out.path(), 2);
    assert_eq!(fresh.len(), 24);
    assert!(found.readings.iter().all(|r| r.failure.is_none()));
    // The true change is -13 %.
    let improved = row(&found, "S01", "cheek", MID, 3).change.as_ref().unwrap();
    assert_eq!(improved.verdict, Verdict::Improved);
    let percent = improved.figures.unwrap().delta_percent.unwrap();
    assert!((-16.0..-9.0).contains(&percent), "{percent}");
    assert_eq!(*verdict(&found, "S02", "cheek", MID, 3), Verdict::WithinError);
    for visit in [2, 3] {
        let verdict = verdict(&found, "S03", "cheek", MID, visit);
        assert!(
            matches!(verdict, Verdict::Withheld { reasons } if reasons.contains(&Reason::LightSoftness)),
            "{verdict}"
        );
    }
    // Before the light was changed nothing is withheld.
    assert_eq!(*verdict(&found, "S03", "cheek", MID, 1), Verdict::WithinError);
}

/// Skin with spots whose left half is a region and whose right half is the control.
fn skin(seed: u64) -> Phantom {
    let mut p = Phantom::default();
    (p.width_px, p.height_px, p.mm_per_px) = (SIZE.0, SIZE.1, MM_PER_PX);
    (p.seed, p.ita_deg) = (seed, 35.0);
    (p.spots.pih, p.spots.de00) = (6, Some([4.0, 9.0]));
    p.margin_px = Spread::default().margin_px(SIZE, p.camera.lens_reach_px());
    p
}

fn photo(p: &Phantom) -> Vec<u8> {
    p.scene().unwrap().photograph(&p.recapture, &p.camera).unwrap().jpeg().unwrap()
}

const REGIONS: &str = r#"{"a_0.jpg": {"cheek": [[15, 15], [140, 15], [140, 215], [15, 215]], "control": [[160, 15], [285, 15], [285, 215], [160, 215]]}}"#;

/// A study file of visits `a` (day 0) and later ones, two shots each; `more` names and fills further columns of the visits.
fn study(visits: &[(&str, i64)], columns: &str, more: &dyn Fn(&str) -> String) -> String {
    let mut text = format!("photo,subject,day,region{columns}\n");
    for (name, day) in visits {
        for shot in 0..2 {
            let regions = if *name == "a" && shot == 0 { "regions.json" } else { "" };
            writeln!(text, "{name}_{shot}.jpg,S,{day},{regions}{}", more(name)).unwrap();
        }
    }
    text
}

fn scaled(_: &str) -> String {
    format!(",{MM_PER_PX}")
}

/// Two visits of unchanged skin.
fn unchanged() -> Bench {
    let bench = Bench::new();
    let p = skin(41);
    let scene = p.scene().unwrap();
    bench.shoot("a", &scene, &p.camera, 1);
    bench.shoot("b", &scene, &p.camera, 3);
    bench.put("regions.json", REGIONS);
    bench.put("study.csv", study(&[("a", 0), ("b", 60)], ",mm_per_px", &scaled));
    bench
}

#[test]
fn a_second_run_keeps_what_it_has_and_a_new_visit_costs_its_own_photos() {
    let bench = unchanged();
    let (first, fresh) = bench.score(false);
    assert_eq!(fresh, ["a_0.jpg", "a_1.jpg", "b_0.jpg", "b_1.jpg"]);
    let (second, fresh) = bench.score(false);
    assert!(fresh.is_empty(), "{fresh:?}");
    assert_eq!(format!("{:?}", first.rows), format!("{:?}", second.rows));
    let p = skin(41);
    bench.shoot("c", &p.scene().unwrap(), &p.camera, 5);
    bench.put("study.csv", study(&[("a", 0), ("b", 60), ("c", 120)], ",mm_per_px", &scaled));
    let (third, fresh) = bench.score(false);
    assert_eq!(fresh, ["c_0.jpg", "c_1.jpg"]);
    assert_eq!(third.readings.len(), 6);
    // Another drawing on the baseline is another measurement of all that it is carried to.
    bench.put("regions.json", REGIONS.replace("[15, 15]", "[25, 15]"));
    let (_, fresh) = bench.score(false);
    assert_eq!(fresh, ["a_0.jpg", "a_1.jpg", "b_0.jpg", "b_1.jpg", "c_0.jpg", "c_1.jpg"]);
}

#[test]
fn the_number_of_threads_changes_no_digit() {
    let bench = unchanged();
    let all: Vec<String> = [1, 2, 5]
        .into_iter()
        .map(|jobs| {
            let out = tempfile::tempdir().unwrap();
            let (found, _) = score(&bench.path("study.csv"), &StudyConfig::default(), out.path(), jobs);
            let laid: Vec<_> = found.readings.iter().map(|r| (&r.laid, &r.rows, &r.coverage)).collect();
            format!("{:?} {laid:?}", found.rows)
        })
        .collect();
    assert!(all[0] == all[1] && all[0] == all[2]);
}

#[test]
fn unchanged_skin_is_within_its_error_and_what_the_study_notes_withholds_it() {
    let bench = unchanged();
    let (found, _) = bench.score(false);
    assert_eq!(*verdict(&found, "S", "cheek", MID, 1), Verdict::WithinError);
    // Make-up noted.
    let makeup = |name: &str| format!(",{MM_PER_PX},{}", if name == "b" { "yes" } else { "no" });
    bench.put("study.csv", study(&[("a", 0), ("b", 60)], ",mm_per_px,makeup", &makeup));
    assert_withheld(&bench.score(false).0, "S", "cheek", Reason::Makeup);
    // One day after a session, and ten.
    bench.put("study.csv", study(&[("a", 0), ("b", 60)], ",mm_per_px", &scaled));
    bench.put("sessions.csv", "subject,day,instrument\nS,59,pen\n");
    assert_withheld(&bench.score(true).0, "S", "cheek", Reason::SoonAfterSession);
    bench.put("sessions.csv", "subject,day,instrument\nS,50,pen\n");
    let (found, _) = bench.score(true);
    assert_eq!(*verdict(&found, "S", "cheek", MID, 1), Verdict::WithinError);
    assert!(row(&found, "S", "cheek", MID, 1).notes.contains(&progress::Note::PostProcedure));
    // No scale.
    bench.put("study.csv", study(&[("a", 0), ("b", 60)], "", &|_| String::new()));
    assert_withheld(&bench.score(false).0, "S", "cheek", Reason::ScaleUnknown);
    // A scale that the alignment contradicts.
    let other = |name: &str| format!(",{}", if name == "b" { 1.15 * MM_PER_PX } else { MM_PER_PX });
    bench.put("study.csv", study(&[("a", 0), ("b", 60)], ",mm_per_px", &other));
    assert_withheld(&bench.score(false).0, "S", "cheek", Reason::ScaleDiffers);
}

#[test]
fn a_corrupt_photo_costs_its_own_row_only() {
    let bench = unchanged();
    let whole = fs::read(bench.path("b_1.jpg")).unwrap();
    bench.put("b_1.jpg", &whole[..whole.len() / 2]);
    let (found, _) = bench.score(false);
    let failed: Vec<&str> = found
        .readings
        .iter()
        .filter(|r| r.failure.is_some())
        .map(|r| found.study.shots[r.shot].photo.as_str())
        .collect();
    assert_eq!(failed, ["b_1.jpg"]);
    let change = row(&found, "S", "cheek", MID, 1);
    assert_eq!((change.shots.len(), &change.change.as_ref().unwrap().verdict), (1, &Verdict::WithinError));
    // The program names it and ends with 3.
    let (file, out) = (bench.path("study.csv"), bench.folder.path().join("cli"));
    let ended = run(&[
        "progress",
        file.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--families",
        "relief",
        "--color",
        "never",
    ])
    .expect(3);
    assert!(ended.stderr.contains("b_1.jpg") && !ended.stderr.contains("b_0.jpg"), "{}", ended.stderr);
    assert!(ended.stdout.contains("3 of 4 photos measured"), "{}", ended.stdout);
    // A baseline whose first shot is damaged goes on with its second, which has no regions drawn.
    bench.put("b_1.jpg", &whole);
    bench.put("a_0.jpg", b"no photo");
    let (found, _) = bench.score(false);
    let laid: Vec<&progress::Laid> = found.readings.iter().map(|r| &r.laid).collect();
    use progress::Laid;
    assert!(matches!(laid[..], [Laid::Unread, Laid::Baseline, Laid::On(_), Laid::On(_)]), "{laid:?}");
    let change = row(&found, "S", "all", MID, 1).change.as_ref().unwrap();
    let off = change.after.unwrap() / change.before.unwrap() - 1.0;
    assert!(off.abs() < 0.04, "{off}");
}

#[test]
fn another_person_is_no_follow_up() {
    let bench = unchanged();
    let other = skin(43);
    bench.shoot("b", &other.scene().unwrap(), &other.camera, 3);
    let (found, _) = bench.score(false);
    // Nothing was carried over, so the region has no value there; the whole skin has one that is not believed.
    assert_withheld(&found, "S", "all", Reason::AlignmentFailed);
    let change = row(&found, "S", "cheek", MID, 1);
    assert!(change.shots.is_empty() && matches!(change.change.as_ref().unwrap().verdict, Verdict::Withheld { .. }));
}

#[test]
fn another_camera_withholds() {
    let bench = unchanged();
    for (name, camera) in [("a", "One"), ("b", "Two")] {
        for shot in 0..2 {
            let file = format!("{name}_{shot}.jpg");
            let bytes = with_camera(&fs::read(bench.path(&file)).unwrap(), camera);
            bench.put(&file, bytes);
        }
    }
    let (found, _) = bench.score(false);
    assert_eq!(found.readings[2].whole().unwrap().text(Column::CAMERA), "Two");
    assert_withheld(&found, "S", "cheek", Reason::CameraDiffers);
}

/// A JPEG with an EXIF block that names the model of the camera.
fn with_camera(jpeg: &[u8], model: &str) -> Vec<u8> {
    assert_eq!(&jpeg[..2], [0xFF, 0xD8]);
    let text = format!("{model}\0");
    assert!(text.len() == 4, "a short text lies in the entry itself");
    // Little-endian TIFF with one entry: Model, ASCII.
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x10\x01\x02\0\x04\0\0\0".to_vec();
    exif.extend(text.as_bytes());
    exif.extend([0; 4]);
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

#[test]
fn regions_drawn_on_the_follow_up_win() {
    let bench = unchanged();
    let areas = |found: &Progress| -> BTreeMap<String, f64> {
        let pixels = |r: &Reading| r.value("cheek", Column::SKIN_FRACTION).unwrap_or(f64::NAN);
        found.readings.iter().map(|r| (found.study.shots[r.shot].photo.clone(), pixels(r))).collect()
    };
    let before = areas(&bench.score(false).0);
    let mut regions: serde_json::Value = serde_json::from_str(REGIONS).unwrap();
    regions["b_0.jpg"] = serde_json::json!({"cheek": [[40, 40], [90, 40], [90, 140], [40, 140]]});
    bench.put("regions.json", regions.to_string());
    let text =
        study(&[("a", 0), ("b", 60)], ",mm_per_px", &scaled).replace("b_0.jpg,S,60,", "b_0.jpg,S,60,regions.json");
    bench.put("study.csv", text);
    let (found, _) = bench.score(false);
    let after = areas(&found);
    assert!(after["b_0.jpg"] < 0.4 * before["b_0.jpg"], "{before:?} {after:?}");
    assert!((after["b_1.jpg"] / before["b_1.jpg"] - 1.0).abs() < 0.01, "the other shot keeps the baseline's");
}

/// Two visits of skin of which only a part was drawn, and no control.
fn without_control(after: &Phantom) -> Bench {
    let bench = unchanged();
    bench.put("regions.json", r#"{"a_0.jpg": {"cheek": [[15, 15], [110, 15], [110, 215], [15, 215]]}}"#);
    let before = skin(41).scene().unwrap();
    bench.shoot("b", &after.scene_after(Some(&before)).unwrap(), &after.camera, 3);
    bench
}

#[test]
fn the_skin_around_the_regions_is_a_witness_where_no_control_was_drawn() {
    let (found, _) = without_control(&skin(41)).score(false);
    let around = row(&found, "S", progress::SURROUND, MID, 1);
    assert!(around.is_backdrop && around.shots.len() == 2 && around.arm.is_empty(), "{around:?}");
    assert_eq!(*verdict(&found, "S", "cheek", MID, 1), Verdict::WithinError);
    // Treated skin changes, and what surrounds it does not.
    let mut treated = skin(41);
    (treated.treated.x_mm, treated.treated.width_mm) = (-5.0, 5.0 + 120.0 * MM_PER_PX);
    (treated.treated.y_mm, treated.treated.height_mm) = (-5.0, 40.0);
    treated.treated.relief_gain = 0.7;
    let (found, _) = without_control(&treated).score(false);
    assert_eq!(*verdict(&found, "S", "cheek", MID, 1), Verdict::Improved);
    let around = row(&found, "S", progress::SURROUND, MID, 1).change.as_ref().unwrap();
    assert!((around.after.unwrap() / around.before.unwrap() - 1.0).abs() < 0.06, "{around:?}");
    // Light changes both.
    let mut softer = skin(41);
    softer.light.ambient += 0.3;
    let (found, _) = without_control(&softer).score(false);
    assert_withheld(&found, "S", "cheek", Reason::SurroundMoved);
    // With a control in the photos nothing else is asked.
    let (found, _) = unchanged().score(false);
    assert!(found.rows.iter().all(|r| r.place.region != progress::SURROUND));
}

#[test]
fn softer_light_is_no_improvement() {
    let bench = unchanged();
    let mut p = skin(41);
    (p.light.ambient, p.light.softness_deg) = (0.6, 60.0);
    bench.shoot("b", &p.scene().unwrap(), &p.camera, 3);
    let (found, _) = bench.score(false);
    assert_withheld(&found, "S", "cheek", Reason::LightSoftness);
    assert_ne!(photo(&p), photo(&skin(41)));
}
