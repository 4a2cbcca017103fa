//! A fast part of the claims that `cicatrix validate` tries: docs/VALIDATION.md has the whole table.

#![allow(clippy::unwrap_used, missing_docs)]

use cicatrix::measure::Column;
use cicatrix::phantom::Camera;
use cicatrix::validate::figures::{change, correlation, cv};
use cicatrix::validate::scenario::scenario;
use cicatrix::validate::spots::{Tally, spotted, tally_of};
use cicatrix::validate::studio::{Reading, Studio};
use cicatrix::validate::{Claim, Plan, Set, document};

fn mid(reading: &Reading) -> f64 {
    reading.number(Column::RELIEF_SQ_MID)
}

#[test]
fn relief_reads_the_same_on_every_skin_and_follows_its_truth() {
    let base = scenario(Set::Test, 0);
    let mut studio = Studio::new(base.mm_per_px).unwrap();
    let mut read = |ita_deg: f64, relief_gain: f64| {
        let mut p = base.clone();
        (p.ita_deg, p.relief_gain) = (ita_deg, relief_gain);
        studio.read(&p).unwrap()
    };
    let tones = [60.0, 30.0, 0.0, -25.0].map(|ita| read(ita, 1.0));
    let figures = |column: Column| cv(&tones.each_ref().map(|r| r.number(column)));
    // The table's targets are for seven tones and the median of four scenarios.
    assert!(figures(Column::RELIEF_SQ_MID) < 4.5, "mid {}", figures(Column::RELIEF_SQ_MID));
    assert!(figures(Column::RELIEF_SQ_FINE) < 8.0, "fine {}", figures(Column::RELIEF_SQ_FINE));
    let gains = [0.25, 0.9, 2.0];
    let [low, less, high] = gains.map(|gain| read(30.0, gain));
    let plain = &tones[1];
    let step = change(mid(plain), mid(&less));
    assert!((step + 10.0).abs() < 1.5, "-10 % reads {step}");
    let readings = [&low, &less, plain, &high].map(mid);
    let r2 = correlation(&readings, &[0.25, 0.9, 1.0, 2.0]).powi(2);
    assert!(r2 > 0.995, "R2 {r2}");
}

#[test]
fn pigment_is_not_relief_and_relief_is_not_pigment() {
    let mut base = scenario(Set::Test, 1);
    base.ita_deg = 5.0;
    let mut studio = Studio::new(base.mm_per_px).unwrap();
    let plain = studio.read(&base).unwrap();
    let mut spots = base.clone();
    (spots.spots.pih, spots.spots.pie) = (13, 12);
    let spots = studio.read(&spots).unwrap();
    let bands = [(Column::RELIEF_SQ_FINE, 2.0), (Column::RELIEF_SQ_MID, 4.0), (Column::RELIEF_SQ_COARSE, 8.0)];
    for (column, limit) in bands {
        let moved = change(plain.number(column), spots.number(column));
        assert!(moved.abs() < limit, "{} moved by {moved} %", column.metric().name);
    }
    assert!(spots.lesions.len() > 8, "the spots are there: {}", spots.lesions.len());
    let (mut rough, mut brown) = (base.clone(), base.clone());
    (rough.relief_gain, brown.melanin) = (2.0, Some(2.0 * plain.truth.melanin_base));
    let [rough, brown] = [rough, brown].map(|p| studio.read(&p).unwrap());
    let off = |r: &Reading| r.number(Column::MELANIN_MEAN) - plain.number(Column::MELANIN_MEAN);
    assert!(off(&brown) > 0.1 && off(&rough).abs() < 0.03 * off(&brown), "{} of {}", off(&rough), off(&brown));
}

#[test]
fn the_camera_is_not_skin() {
    let mut base = scenario(Set::Test, 2);
    base.ita_deg = 30.0;
    let mut studio = Studio::new(base.mm_per_px).unwrap();
    let c = &base.camera;
    let mut with = |camera: Camera| studio.photograph(&base, &base.recapture, &camera).unwrap();
    let plain = with(c.clone());
    let mut noisy = c.clone();
    (noisy.shot_noise, noisy.read_noise) = (2.0 * c.shot_noise, 2.0 * c.read_noise);
    let mut soft = c.clone();
    soft.blur_px *= 1.2;
    let mut low = c.clone();
    low.quality = 85;
    let [noisy, soft, low] = [noisy, soft, low].map(&mut with);
    let by = |r: &Reading| change(mid(&plain), mid(r)).abs();
    assert!(by(&noisy) < 3.0 && by(&soft) < 2.0, "noise {}, blur {}", by(&noisy), by(&soft));
    assert!(low.flagged("jpeg_low_quality") && !plain.flagged("jpeg_low_quality"));
    assert!(noisy.number(Column::NOISE_SD) > 1.3 * plain.number(Column::NOISE_SD), "the noise is in the photo");
}

#[test]
fn spots_are_found() {
    let base = scenario(Set::Test, 0);
    let mut studio = Studio::new(base.mm_per_px).unwrap();
    let tallies = [45.0, 20.0].map(|ita| tally_of(&studio.read(&spotted(&base, ita)).unwrap()));
    let total = tallies.into_iter().fold(Tally::default(), Tally::and);
    assert!(total.hits >= 20 && total.f1() >= 0.9, "{total:?}");
    assert!(total.kind_right() >= 0.95, "{total:?}");
}

#[test]
fn the_document_names_its_command_and_every_claim() {
    let claim = Claim {
        claim: "relief is linear in truth",
        measure: "R²".to_owned(),
        target: "0.995",
        found: "0.9990 (worst 0.9980)".to_owned(),
        met: true,
    };
    let doc = document::markdown(&Plan { set: Set::Test, scenarios: 4 }, "cicatrix validate --quick", &[claim]);
    assert!(doc.contains("`cicatrix validate --quick` with cicatrix") && doc.contains("1 of 1 claims met"));
    assert!(doc.contains("| relief is linear in truth | R² | 0.995 | 0.9990 (worst 0.9980) | met |"));
    // The document that the repository holds is one of these.
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/VALIDATION.md")).unwrap();
    assert!(kept.starts_with("# Validation\n\nMade by `cicatrix validate --out docs/VALIDATION.md`"), "{kept:.120}");
}
