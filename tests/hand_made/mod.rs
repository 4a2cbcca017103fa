//! A small study made by hand: what its pages and tables are tried on, without measuring a photo.
//!
//! Four subjects at four visits with two shots each, a treated cheek and an untreated part: one improves by 13 %, one stays,
//! one is photographed in softer light from the third visit on, and of one the last photo cannot be laid over the first.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cicatrix::Error;
use cicatrix::batch::Failure;
use cicatrix::measure::{Column, Lesion, LesionKind, Row};
use cicatrix::report::series::SeriesAbout;
use cicatrix::series::align::{Alignment, NoAlignment, Quality, Reason as Why, Transform, Verdict as Laying};
use cicatrix::series::course::{Finding, Severity};
use cicatrix::series::lesion_match::Fate;
use cicatrix::series::progress::{
    ChangeRow, ErrorSource, GradeRow, Known, Laid, LesionRow, Note, Pictures, Place, Progress, Reading, TrendRow,
};
use cicatrix::series::statistics::change::{Change, Shift, Yardstick, visit_interval};
use cicatrix::series::statistics::cohort::{Observation, summarize};
use cicatrix::series::statistics::multiple::HEADLINE;
use cicatrix::series::statistics::rank::Rank;
use cicatrix::series::statistics::repeatability::Sem;
use cicatrix::series::statistics::scale::Scale;
use cicatrix::series::statistics::trend::Trend;
use cicatrix::series::statistics::verdict::Reason;
use cicatrix::series::study::{Adverse, Day, Instrument, Session, Shot, Study, Subject, Visit};

pub const VISITS: usize = 4;
pub const REPEATS: usize = 2;
/// Columns and rows of the pictures.
pub const SIZE: (usize, usize) = (560, 420);

/// What a subject is like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Improving,
    Unchanged,
    SofterLight,
    NotLaid,
}

pub fn about() -> SeriesAbout {
    SeriesAbout {
        version: "1.2.3".to_owned(),
        config_toml: "[progress]\nseed = 1\n".to_owned(),
        headline: HEADLINE.to_vec(),
    }
}

/// The four subjects that a reader expects.
pub fn usual() -> Vec<(String, Kind)> {
    [("S01", Kind::Improving), ("S02", Kind::Unchanged), ("S03", Kind::SofterLight), ("S10", Kind::NotLaid)]
        .map(|(id, kind)| (id.to_owned(), kind))
        .to_vec()
}

/// A number between -1 and 1 that follows from its arguments.
fn noise(a: usize, b: usize, c: usize) -> f64 {
    let mut x = (a as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (b as u64 + 7).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (c as u64 + 3).wrapping_mul(0x94d0_49bb_1331_11eb)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    x ^= x >> 33;
    (x >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

const DAYS: [i64; VISITS] = [0, 28, 56, 84];
const TREATED: &str = "cheek";
const CONTROL: &str = "control";
const STEP: f64 = 0.02;

/// The study, its pictures written below `out`.
pub fn progress(out: &Path, subjects: &[(String, Kind)]) -> Progress {
    let pictures = pictures(out);
    let study = study(subjects);
    let yardsticks: BTreeMap<Column, Known> = HEADLINE
        .iter()
        .map(|&column| {
            let groups = vec![vec![1.0, 1.02], vec![0.9, 0.91]];
            let mut yardstick = Yardstick::of(column, &groups, None).unwrap();
            yardstick.error = Ok(Sem { sd: STEP, df: 48.0 }.into());
            let source = ErrorSource::Repeats { groups: 24, shots: 48 };
            (column, Known { yardstick, source, visits: None, beside_control: None })
        })
        .collect();
    let mut progress = Progress {
        readings: readings(&study, subjects, &pictures),
        yardsticks,
        rows: Vec::new(),
        trends: Vec::new(),
        lesions: Vec::new(),
        courses: Vec::new(),
        groups: Vec::new(),
        differences: Vec::new(),
        grades: vec![GradeRow {
            grade: "ECCA".to_owned(),
            column: Column::RELIEF_SQ_MID,
            rank: Rank::of(&[1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 2.0, 4.0]).unwrap(),
        }],
        study,
    };
    let mut observations = Vec::new();
    for (s, (id, kind)) in subjects.iter().enumerate() {
        rows(&mut progress, s, id, *kind, &mut observations);
        lesions(&mut progress, s, *kind);
    }
    let (groups, differences) = summarize(&observations, Some("control"), 1);
    (progress.groups, progress.differences) = (groups, differences);
    if let Some((id, _)) = subjects.first() {
        progress.courses.push((
            id.clone(),
            Finding {
                severity: Severity::Error,
                code: "interval_too_short",
                day: Some(20_005),
                message: "5 days since the session before; at least 7 are asked for".to_owned(),
            },
        ));
    }
    progress
}

fn study(subjects: &[(String, Kind)]) -> Study {
    let first = 20_000;
    let mut study = Study { extra: vec![], ..Study::default() };
    for (s, (id, _)) in subjects.iter().enumerate() {
        let mut visits = Vec::new();
        for (v, days) in DAYS.iter().enumerate() {
            let day = Some(Day::Date(first + days + s as i64));
            let mut shots = Vec::new();
            for r in 0..REPEATS {
                shots.push(study.shots.len());
                study.shots.push(Shot {
                    row: study.shots.len() as u64 + 2,
                    photo: format!("{id}/v{}_{}.jpg", v + 1, r + 1),
                    subject: id.clone(),
                    day,
                    visit: (v + 1).to_string(),
                    mm_per_px: Some(0.05),
                    notes: if v == 2 && r == 0 { "hair held back".to_owned() } else { String::new() },
                    ..Shot::default()
                });
            }
            visits.push(Visit { number: v + 1, name: (v + 1).to_string(), day, shots });
        }
        let sessions = (0..3)
            .map(|n| {
                study.sessions.push(Session {
                    row: study.sessions.len() as u64 + 2,
                    subject: id.clone(),
                    day: Some(Day::Date(first + 1 + 28 * n + s as i64)),
                    instrument: Some(Instrument::Pen),
                    solution: "hyaluronic acid".to_owned(),
                    needle_depth_mm: Some(1.5),
                    number: Some(n as u32 + 1),
                    adverse: vec![
                        ("redness".to_owned(), Adverse::Grade(1)),
                        ("bruising".to_owned(), Adverse::Present(n == 1)),
                    ],
                    ..Session::default()
                });
                study.sessions.len() - 1
            })
            .collect();
        study.subjects.push(Subject { id: id.clone(), visits, sessions });
    }
    study
}

fn readings(study: &Study, subjects: &[(String, Kind)], pictures: &[Pictures; 2]) -> Vec<Reading> {
    let mut readings = Vec::new();
    for (subject, (_, kind)) in study.subjects.iter().zip(subjects) {
        for (v, visit) in subject.visits.iter().enumerate() {
            for (r, &shot) in visit.shots.iter().enumerate() {
                let lost = *kind == Kind::NotLaid && v == 3;
                let failed = *kind == Kind::NotLaid && v == 1 && r == 1;
                let laid = match (v, r) {
                    (0, 0) => Laid::Baseline,
                    _ if failed => Laid::Unread,
                    _ if lost => Laid::Not(NoAlignment {
                        code: "no_consensus",
                        message: "4 of 117 pairs of features agree, 8 are needed".to_owned(),
                        matches: 117,
                        inliers: 4,
                    }),
                    _ => Laid::On(Box::new(alignment(if *kind == Kind::SofterLight && v == 2 {
                        Laying::Warn
                    } else {
                        Laying::Pass
                    }))),
                };
                let mut row = Row::default();
                row.set(Column::REGION, "all");
                readings.push(Reading {
                    shot,
                    rows: if failed { vec![] } else { vec![row] },
                    lesions: vec![],
                    laid,
                    coverage: vec![],
                    scale: Some((0.05, "study")),
                    failure: failed.then(|| {
                        let message = "the JPEG stream ends before the last row; copy the file again";
                        Failure::from(&Error::decode("truncated", message))
                    }),
                    pictures: if failed { Pictures::default() } else { pictures[usize::from(v > 0)].clone() },
                    fresh: true,
                });
            }
        }
    }
    readings
}

fn alignment(verdict: Laying) -> Alignment {
    let reasons = match verdict {
        Laying::Pass => vec![],
        _ => vec![Why {
            verdict,
            code: "overlap",
            message: "share of the baseline's skin that is visible 0.710, at least 0.8 is needed".to_owned(),
        }],
    };
    Alignment {
        map: Transform::IDENTITY,
        back: Transform::IDENTITY,
        baseline_size: (2 * SIZE.0, 2 * SIZE.1),
        quality: Quality {
            matches: 240,
            inliers: 180,
            inlier_ratio: 0.75,
            residual_px: 0.6,
            residual_mm: Some(0.03),
            local_shift_px: 0.4,
            local_shift_mm: Some(0.02),
            scale: 1.0,
            rotation_deg: 1.5,
            slant: 1.0,
            overlap: if verdict == Laying::Pass { 0.96 } else { 0.71 },
            ncc: 0.8,
            blocks: 90,
            agreement: 0.95,
            forward_backward_px: 0.2,
            homography: false,
        },
        verdict,
        reasons,
    }
}

fn rows(progress: &mut Progress, s: usize, id: &str, kind: Kind, observations: &mut Vec<Observation>) {
    let at = |region: &str| Place { subject: s, view: String::new(), region: region.to_owned() };
    for region in [TREATED, CONTROL] {
        for (c, &column) in HEADLINE.iter().enumerate() {
            let yardstick = progress.yardsticks[&column].yardstick;
            let base = match yardstick.scale {
                Scale::Root => 0.04,
                _ => 0.2 / (c + 1) as f64,
            };
            let factor = |region: &str, v: usize| {
                let step = v as f64 / 3.0;
                match (kind, region) {
                    (Kind::Improving, TREATED) if c != 4 => 1.0 - 0.13 * step,
                    (Kind::Improving, TREATED) => 1.0 + 0.7 * step,
                    (Kind::SofterLight, _) if v >= 2 && c < 2 => 0.84,
                    _ => 1.0,
                }
            };
            let shots = |region: &str, v: usize| -> Vec<f64> {
                let part = usize::from(region == CONTROL);
                (0..REPEATS)
                    .map(|r| base * factor(region, v) * (0.8 * STEP * noise(s * 40 + c, v * 4 + r, part)).exp())
                    .collect()
            };
            let first = shots(region, 0);
            let (mut time, mut values) = (Vec::new(), Vec::new());
            for (v, days) in DAYS.into_iter().enumerate() {
                let own = shots(region, v);
                time.extend(own.iter().map(|_| days as f64));
                values.extend(own.iter().map(|x| yardstick.scale.forward(*x)));
                let is_control = region == CONTROL;
                let withheld: &[Reason] = match kind {
                    Kind::SofterLight if v >= 2 && c < 3 => &[Reason::LightSoftness, Reason::ControlMoved],
                    Kind::NotLaid if v == 3 => &[Reason::AlignmentFailed],
                    _ => &[],
                };
                let shift =
                    Shift::of_place(&shots(CONTROL, 0), &shots(CONTROL, v), yardstick.scale, yardstick.error.unwrap());
                let subtracted = shift.filter(|_| !is_control);
                let change = (v > 0).then(|| Change::between(&first, &own, &yardstick, subtracted.as_ref(), withheld));
                if let Some(change) = &change {
                    observations.push(Observation {
                        subject: id.to_owned(),
                        arm: if is_control { "control" } else { "pen" }.to_owned(),
                        metric: column.metric().name.clone(),
                        visit: v,
                        change: change.figures.and_then(|f| f.delta_percent.or(Some(f.delta))),
                        own: change.figures.and_then(|f| f.delta_percent.or(Some(f.delta))),
                        percent: change.figures.is_none_or(|f| f.delta_percent.is_some()),
                        verdict: change.verdict.clone(),
                    });
                }
                progress.rows.push(ChangeRow {
                    place: at(region),
                    arm: if is_control { "control" } else { "pen" }.to_owned(),
                    is_control,
                    is_backdrop: !is_control && region != TREATED,
                    column,
                    visit: v,
                    day: progress.study.subjects[s].visits[v].day,
                    days: Some(days),
                    sessions: v.min(3),
                    interval: visit_interval(&own, &yardstick),
                    shots: own,
                    change,
                    control: (!is_control).then(|| CONTROL.to_owned()),
                    notes: if v == 1 { vec![Note::PostProcedure] } else { vec![] },
                });
            }
            if let Some(trend) = Trend::of(&time, &values) {
                progress.trends.push(TrendRow { place: at(region), column, visits: VISITS, trend });
            }
        }
    }
}

fn lesions(progress: &mut Progress, s: usize, kind: Kind) {
    if kind == Kind::NotLaid {
        return;
    }
    let fates = [Fate::Gone, Fate::Smaller, Fate::Persisting, Fate::Larger, Fate::New, Fate::NotSeen];
    for (i, fate) in fates.into_iter().cycle().take(14).enumerate() {
        let at = [120.0 + 64.0 * i as f64, 130.0 + 270.0 * (i % 3) as f64];
        let lesion = |mm: f64| Lesion {
            region: TREATED.to_owned(),
            kind: if i % 4 == 0 { LesionKind::DarkSpot } else { LesionKind::Depression },
            x_px: at[0],
            y_px: at[1],
            area_px: 400,
            diameter_px: mm / 0.05,
            diameter_mm: Some(mm),
            contrast: 0.1,
            contrast_de00: None,
            circularity: None,
            scar: None,
        };
        let (before, after) = match fate {
            Fate::Gone | Fate::NotSeen | Fate::NotComparable => (Some(lesion(1.6)), None),
            Fate::New => (None, Some(lesion(1.2))),
            Fate::Smaller => (Some(lesion(2.4)), Some(lesion(1.5))),
            Fate::Larger => (Some(lesion(1.4)), Some(lesion(2.2))),
            Fate::Persisting => (Some(lesion(2.0)), Some(lesion(2.0))),
        };
        let diameter_percent = match (&before, &after) {
            (Some(a), Some(b)) => Some(100.0 * (b.diameter_px / a.diameter_px - 1.0)),
            _ => None,
        };
        let place = Place { subject: s, view: String::new(), region: TREATED.to_owned() };
        progress.lesions.push(LesionRow {
            place,
            visit: 3,
            fate,
            before,
            after,
            at,
            distance_mm: None,
            diameter_percent,
        });
    }
}

/// Pictures of a first and of a later photo, from the phantoms of the repository.
fn pictures(out: &Path) -> [Pictures; 2] {
    let folder = out.join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    ["before", "after"].map(|which| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/photos/jaw_light_{which}.jpg"));
        let photo = PathBuf::from(format!("pictures/{which}.jpg"));
        std::fs::copy(&source, out.join(&photo)).unwrap();
        let rgb = image::open(&source).unwrap().to_rgb8();
        let map = |name: &str, color: fn(f32) -> [u8; 3]| {
            let path = PathBuf::from(format!("pictures/{which}_{name}.jpg"));
            let mut map = rgb.clone();
            map.pixels_mut().for_each(|p| p.0 = color(f32::from(p.0[1]) / 255.0));
            map.save(out.join(&path)).unwrap();
            path
        };
        Pictures {
            photo: Some(photo),
            relief: Some(map("relief", |v| [(255.0 * v) as u8; 3])),
            melanin: Some(map("melanin", |v| [(200.0 * v) as u8, (150.0 * v) as u8, (90.0 * v) as u8])),
            hemoglobin: Some(map("hemoglobin", |v| [220, (190.0 * v) as u8, (190.0 * v) as u8])),
            size: SIZE,
            factor: 2,
        }
    })
}
