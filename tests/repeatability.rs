//! `cicatrix repeatability` on the demonstration study and on phantoms of known scatter.
#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cicatrix::phantom::recapture::{Spread, series};
use cicatrix::phantom::{Phantom, Treated};
use common::run;

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/study/study.csv")
}

/// The rows of a table by view, region and metric.
fn table(out: &Path) -> BTreeMap<[String; 3], BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(out.join("repeatability.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let cells: BTreeMap<String, String> =
            header.iter().zip(&row).map(|(h, c)| (h.to_owned(), c.to_owned())).collect();
        (["view", "region", "metric"].map(|key| cells[key].clone()), cells)
    });
    rows.collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column}: {:?}", row[column]))
}

#[test]
fn the_demonstration_study() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let study = demo();
    let ask = |out: &Path, more: &[&str]| {
        let common = ["repeatability", study.to_str().unwrap(), "--families", "quality,relief,structure", "--out"];
        run(&[&common[..], &[out.to_str().unwrap()], more].concat()).expect(0)
    };
    let done = ask(&one, &["--jobs", "1"]);
    assert!(done.stdout.contains("24 of 24 photos measured"), "{}", done.stdout);
    assert!(done.stdout.contains("relief_sq_mid"), "{}", done.stdout);
    ask(&two, &["--jobs", "3", "--quiet"]);
    for name in ["repeatability.csv", "repeatability.html"] {
        assert!(fs::read(one.join(name)).unwrap() == fs::read(two.join(name)).unwrap(), "{name} hangs on the threads");
    }
    let rows = table(&one);
    let row = |view: &str, region: &str, metric: &str| &rows[&[view, region, metric].map(str::to_owned)];
    let pooled = row("*", "*", "relief_sq_mid");
    // Three subjects, four visits, cheek and control; two shots of each.
    assert_eq!((pooled["groups"].as_str(), pooled["shots"].as_str(), pooled["scale"].as_str()), ("24", "48", "log"));
    assert_eq!(pooled["sem_df"], "24");
    for region in ["all", "cheek", "control"] {
        assert_eq!(row("left", region, "relief_sq_mid")["groups"], "12", "{region}");
    }
    // The SEM of both regions together is their quadratic mean.
    let sem = |region: &str| number(row("left", region, "relief_sq_mid"), "sem");
    let mean = f64::midpoint(sem("cheek").powi(2), sem("control").powi(2)).sqrt();
    assert!((mean / number(pooled, "sem") - 1.0).abs() < 1e-9, "{mean}");
    // Recaptures of a phantom differ by a few percent at most; 24 groups of 3 subjects are told well apart.
    assert!((0.1..3.0).contains(&number(pooled, "cv_percent")), "{pooled:?}");
    assert!(number(pooled, "icc") > 0.9 && number(pooled, "icc_low") < number(pooled, "icc"));
    let rises = ["sdc95_1_rise", "sdc95_2_rise", "sdc95_3_rise"].map(|c| number(pooled, c));
    assert!(rises[0] > rises[1] && rises[1] > rises[2] && number(pooled, "sdc95_1_fall") < 0.0, "{rises:?}");
    assert!(number(pooled, "loa_low") < number(pooled, "bias") && number(pooled, "bias") < number(pooled, "loa_high"));
    assert!(number(pooled, "visit_sd") >= 0.0, "the study has controls");
    assert_eq!(pooled["pairs"], "24");
}

#[test]
fn known_scatter_comes_out() {
    // Every second shot has 10 % more relief than the first: ln 1.1 / sqrt(2) = 0.067 of scatter in each group.
    let folder = tempfile::tempdir().unwrap();
    let mut study = String::from("photo,subject,visit,mm_per_px\n");
    for seed in 0..3 {
        for shot in 0..2 {
            let mut skin = Phantom::default();
            (skin.seed, skin.width_px, skin.height_px) = (40 + seed, 320, 260);
            (skin.mm_per_px, skin.margin_px) = (0.08, 40);
            (skin.scars.ice_pick, skin.scars.boxcar) = (5, 3);
            let mut treated = Treated::default();
            (treated.x_mm, treated.y_mm, treated.width_mm, treated.height_mm) = (-6.0, -6.0, 40.0, 36.0);
            treated.relief_gain = [1.0, 1.1][shot];
            skin.treated = treated;
            let (recapture, camera) = series(seed, 2, Spread::default(), &skin.camera).swap_remove(shot);
            let photo = skin.scene_after(None).unwrap().photograph(&recapture, &camera).unwrap();
            let name = format!("s{seed}_{shot}.jpg");
            fs::write(folder.path().join(&name), photo.jpeg().unwrap()).unwrap();
            study += &format!("{name},S{seed},V1,0.08\n");
        }
    }
    let file = folder.path().join("study.csv");
    fs::write(&file, study).unwrap();
    let out = folder.path().join("out");
    run(&["repeatability", file.to_str().unwrap(), "--out", out.to_str().unwrap(), "--families", "quality,relief"])
        .expect(0);
    let rows = table(&out);
    let row = &rows[&["*", "*", "relief_sq_mid"].map(str::to_owned)];
    assert_eq!((row["groups"].as_str(), row["shots"].as_str()), ("3", "6"));
    let sem = number(row, "sem");
    assert!((0.055..0.08).contains(&sem), "{sem}");
    // The second shot is the rougher one, in every pair.
    let bias = number(row, "bias");
    assert!((8.0..12.0).contains(&bias), "{bias} %");
    assert!(!rows.contains_key(&["*", "*", "melanin_mean"].map(str::to_owned)), "that family was not asked for");
}

#[test]
fn without_repeat_shots_it_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(demo()).unwrap();
    let single: String = text.lines().filter(|line| !line.contains("_2.jpg")).map(|line| format!("{line}\n")).collect();
    let file = folder.path().join("single.csv");
    fs::write(&file, single).unwrap();
    let photos = demo();
    let photos = photos.parent().unwrap().to_str().unwrap().to_owned();
    let out = folder.path().join("out");
    let ask = |file: &Path| {
        run(&["repeatability", file.to_str().unwrap(), "--photos", &photos, "--out", out.to_str().unwrap()])
    };
    let refused = ask(&file).expect(1);
    assert!(refused.stderr.contains("no repeat shots: of 12 photos"), "{}", refused.stderr);
    assert!(refused.stderr.contains("same subject, visit and view"), "{}", refused.stderr);
    assert!(!out.exists(), "it is told before anything is measured");
    fs::write(&file, "photo,subject\nnone.jpg,S01\n").unwrap();
    assert!(ask(&file).expect(2).stderr.contains("none.jpg"));
    assert!(run(&["repeatability", "/no/such/study.csv"]).expect(1).stderr.contains("/no/such/study.csv"));
}

#[test]
fn copies_are_no_repeat_shots() {
    let folder = tempfile::tempdir().unwrap();
    let photo = demo().with_file_name("S01_v1_1.jpg");
    for name in ["a.jpg", "b.jpg"] {
        fs::copy(&photo, folder.path().join(name)).unwrap();
    }
    let file = folder.path().join("study.csv");
    fs::write(&file, "photo,subject,visit,mm_per_px\na.jpg,S01,V1,0.06\nb.jpg,S01,V1,0.06\n").unwrap();
    let out = folder.path().join("out");
    let refused =
        run(&["repeatability", file.to_str().unwrap(), "--out", out.to_str().unwrap(), "--families", "quality,relief"])
            .expect(1);
    assert!(refused.stderr.contains("no repeat shots"), "{}", refused.stderr);
    assert!(!out.join("repeatability.csv").exists());
}
