//! Renders the demonstration study: `cargo run --release --example demo_study -- fixtures/study`.
//!
//! Three subjects, four visits, two shots each. On every photo the left half is treated and the right half is the control; the
//! regions are drawn on the first photo only. S01 improves by 13 % in relief and 30 % in its spots, S02 does not change, S03 does not
//! change either but is photographed in softer light from the third visit on.

use std::fmt::Write as _;
use std::path::Path;

use cicatrix::phantom::recapture::{Spread, series};
use cicatrix::phantom::{Phantom, Treated};

const VISITS: usize = 4;
const SHOTS: usize = 2;
const MM_PER_PX: f64 = 0.06;
const SIZE: (usize, usize) = (520, 380);
/// Relief of the treated half at each visit, of the subject that improves.
const RELIEF: [f64; VISITS] = [1.0, 0.96, 0.91, 0.87];
const SPOTS: [f64; VISITS] = [1.0, 0.9, 0.8, 0.7];
/// Days of the visits and of the sessions, from 2026-01-12.
const VISIT_DATES: [&str; VISITS] = ["2026-01-12", "2026-03-16", "2026-05-18", "2026-08-10"];

struct Subject {
    id: &'static str,
    seed: u64,
    ita_deg: f64,
    azimuth_deg: f64,
    improves: bool,
    softer_from: usize,
    sessions: &'static [(&'static str, &'static str)],
}

const SUBJECTS: [Subject; 3] = [
    Subject {
        id: "S01",
        seed: 71,
        ita_deg: 38.0,
        azimuth_deg: 140.0,
        improves: true,
        softer_from: usize::MAX,
        sessions: &[
            ("2026-01-12", "1"),
            ("2026-02-09", "1"),
            ("2026-03-16", "2"),
            ("2026-04-13", "1"),
            ("2026-06-01", "0"),
        ],
    },
    Subject {
        id: "S02",
        seed: 72,
        ita_deg: 18.0,
        azimuth_deg: 60.0,
        improves: false,
        softer_from: usize::MAX,
        sessions: &[
            ("2026-01-12", "1"),
            ("2026-02-09", "0"),
            ("2026-02-14", "2"),
            ("2026-04-13", "1"),
            ("2026-06-01", "1"),
        ],
    },
    Subject {
        id: "S03",
        seed: 73,
        ita_deg: 52.0,
        azimuth_deg: 115.0,
        improves: false,
        softer_from: 2,
        sessions: &[
            ("2026-01-12", "1"),
            ("2026-02-09", "1"),
            ("2026-03-16", "1"),
            ("2026-04-13", "0"),
            ("2026-06-01", "1"),
        ],
    },
];

fn skin(subject: &Subject, visit: usize) -> Phantom {
    let mut p = Phantom::default();
    (p.width_px, p.height_px) = SIZE;
    (p.mm_per_px, p.margin_px) = (MM_PER_PX, 60);
    (p.seed, p.ita_deg) = (subject.seed, subject.ita_deg);
    (p.scars.ice_pick, p.scars.boxcar) = (5, 3);
    (p.spots.pih, p.spots.pie, p.spots.de00) = (6, 4, Some([4.0, 9.0]));
    p.light.azimuth_deg = subject.azimuth_deg;
    p.camera.quality = 93;
    if visit >= subject.softer_from {
        (p.light.ambient, p.light.softness_deg) = (0.6, 60.0);
    }
    if subject.improves {
        let mut treated = Treated::default();
        (treated.width_mm, treated.height_mm) = (0.5 * SIZE.0 as f64 * MM_PER_PX, 30.0);
        (treated.x_mm, treated.y_mm) = (-1.0, -3.0);
        treated.width_mm += 1.0;
        (treated.relief_gain, treated.spots_gain) = (RELIEF[visit], SPOTS[visit]);
        p.treated = treated;
    }
    p
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args().nth(1).ok_or("the folder to write to is missing")?;
    let out = Path::new(&out);
    std::fs::create_dir_all(out)?;
    let mut study = String::from("photo,subject,date,visit,view,region,arm,mm_per_px,repeat,goodman_baron\n");
    let mut sessions = String::from("subject,date,session,instrument,needle_depth_mm,solution,redness\n");
    let mut regions = serde_json::Map::new();
    for subject in &SUBJECTS {
        let mut before = None;
        for visit in 0..VISITS {
            let phantom = skin(subject, visit);
            let scene = phantom.scene_after(before.as_ref())?;
            let all = series(subject.seed, VISITS * SHOTS, Spread::default(), &phantom.camera);
            for (shot, (recapture, camera)) in all.into_iter().skip(visit * SHOTS).take(SHOTS).enumerate() {
                let name = format!("{}_v{}_{}.jpg", subject.id, visit + 1, shot + 1);
                std::fs::write(out.join(&name), scene.photograph(&recapture, &camera)?.jpeg()?)?;
                let drawn = if visit == 0 && shot == 0 { "regions.json" } else { "" };
                if !drawn.is_empty() {
                    let (w, h) = (SIZE.0 as f64, SIZE.1 as f64);
                    let half = |from: f64, to: f64| {
                        serde_json::json!([[from, 24.0], [to, 24.0], [to, h - 24.0], [from, h - 24.0]])
                    };
                    regions.insert(name.clone(), serde_json::json!({"cheek": half(24.0, 0.5 * w - 14.0), "control": half(0.5 * w + 14.0, w - 24.0)}));
                }
                let grade = if subject.improves { [14, 13, 11, 10][visit] } else { 12 };
                let _ = writeln!(
                    study,
                    "{name},{},{},V{},left,{drawn},needling,{MM_PER_PX},{},{grade}",
                    subject.id,
                    VISIT_DATES[visit],
                    visit + 1,
                    shot + 1
                );
            }
            before = Some(scene);
        }
        for (i, (date, redness)) in subject.sessions.iter().enumerate() {
            let _ = writeln!(sessions, "{},{date},{},pen,1.5,hyaluronic acid,{redness}", subject.id, i + 1);
        }
    }
    std::fs::write(out.join("study.csv"), study)?;
    std::fs::write(out.join("sessions.csv"), sessions)?;
    std::fs::write(out.join("regions.json"), serde_json::to_string_pretty(&regions)? + "\n")?;
    Ok(())
}
