//! A small study made by hand: what the engine yields, without a photo.
#![allow(dead_code, reason = "every test file uses a part of it")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use cicatrix::Stage;
use cicatrix::batch::Failure;
use cicatrix::measure::dictionary::Direction;
use cicatrix::measure::{Column, Lesion, LesionKind, Row};
use cicatrix::report::series::SeriesAbout;
use cicatrix::series::align::{Alignment, NoAlignment, Quality, Reason as Misfit, Transform, Verdict as Fit};
use cicatrix::series::course::{Finding, Severity};
use cicatrix::series::lesion_match::Fate;
use cicatrix::series::progress::{
    ChangeRow, ErrorSource, GradeRow, Known, Laid, LesionRow, Note, Pictures, Place, Progress, Reading, TrendRow,
    VisitSource,
};
use cicatrix::series::statistics::change::{Change, Yardstick, visit_interval};
use cicatrix::series::statistics::cohort::{Observation, summarize};
use cicatrix::series::statistics::defaults::stated;
use cicatrix::series::statistics::rank::Rank;
use cicatrix::series::statistics::repeatability::{ErrorModel, Sem};
use cicatrix::series::statistics::scale::Scale;
use cicatrix::series::statistics::trend::Trend;
use cicatrix::series::statistics::verdict::Reason;
use cicatrix::series::study::{Arms, Day, DaySource, ScaleColumn, Session, Shot, Study, Subject, Visit};

/// A subject whose name is a number of the hospital.
pub const NAMED: &str = "MRN-448812";
/// A subject whose name is a formula.
pub const HOSTILE: &str = "=cmd|' /C calc'!A0,\"q\"";
/// What visits differ by beyond their shots, of the relief.
pub const VISIT: f64 = 0.005;
/// A subject after whom a region is called.
pub const OTHER: &str = "S07";

pub fn about() -> SeriesAbout {
    SeriesAbout {
        version: "1.2.3".to_owned(),
        config_toml: "mm_per_px = 0.05\n\n[study]\nphotos = \"/home/anna/smith\"\n".to_owned(),
        headline: vec![Column::RELIEF_SQ_MID, Column::DEPRESSION_AREA_FRACTION],
    }
}

fn day(visit: usize) -> Day {
    [Day::from_ymd(2024, 3, 1), Day::from_ymd(2024, 5, 31)][visit].unwrap()
}

fn ordinal(day: Day) -> i64 {
    match day {
        Day::Date(n) | Day::Number(n) => n,
    }
}

fn study() -> Study {
    let mut study = Study {
        file: PathBuf::from("/home/anna/smith/study.csv"),
        photos: PathBuf::from("/home/anna/smith"),
        extra: ["batch", "patient_name", "value", "=evil"].map(str::to_owned).to_vec(),
        scales: vec![ScaleColumn { column: "clinician_gb".to_owned(), scale: "x".to_owned(), range: None }],
        sessions: vec![Session {
            row: 2,
            subject: NAMED.to_owned(),
            day: Day::from_ymd(2024, 3, 2),
            notes: "secret note".to_owned(),
            ..Session::default()
        }],
        ..Study::default()
    };
    for (s, id) in [NAMED, HOSTILE, OTHER].into_iter().enumerate() {
        let mut visits = Vec::new();
        for v in 0..2 {
            let name = ["V1", if s == 2 { "March 2024" } else { "V2" }][v];
            let shots = (0..2).map(|k| {
                let date = day(v).to_string().replace('-', "");
                study.shots.push(Shot {
                    row: study.shots.len() as u64 + 2,
                    photo: format!("{id}/IMG_{date}_{k}.JPG"),
                    path: PathBuf::from(format!("/home/anna/smith/{k}.jpg")),
                    subject: id.to_owned(),
                    day: Some(day(v)),
                    day_source: DaySource::Date,
                    visit: name.to_owned(),
                    view: "left".to_owned(),
                    arms: Arms { whole: if s == 2 { "control" } else { "needling" }.to_owned(), by_region: Vec::new() },
                    repeat: (k + 1).to_string(),
                    notes: "secret note".to_owned(),
                    scales: vec![(k == 0).then_some(14.0 - v as f64)],
                    extra: vec![
                        if k == 0 { "" } else { "B7" }.to_owned(),
                        "Anna Smith".to_owned(),
                        "9".to_owned(),
                        format!("born 1985-03-02, {id}"),
                    ],
                    ..Shot::default()
                });
                study.shots.len() - 1
            });
            let shots = shots.collect();
            visits.push(Visit { number: v + 1, name: name.to_owned(), day: Some(day(v)), shots });
        }
        let sessions = if s == 0 { vec![0] } else { Vec::new() };
        study.subjects.push(Subject { id: id.to_owned(), visits, sessions });
    }
    study
}

fn row(photo: &str, region: &str, value: f64) -> Row {
    let mut row = Row::default();
    row.set(Column::PHOTO, photo);
    row.set(Column::REGION, region);
    row.set(Column::STATUS, "ok");
    row.set(Column::SHA256, "0f".repeat(32));
    row.set(Column::CAPTURED_AT, "2024-03-01T10:11:12");
    row.set(Column::CAMERA, "Canon EOS 80D");
    row.set(Column::RELIEF_SQ_MID, value);
    row
}

fn alignment() -> Alignment {
    let quality = Quality {
        matches: 120,
        inliers: 80,
        inlier_ratio: 0.67,
        residual_px: 0.4,
        residual_mm: Some(0.02),
        scale: 1.02,
        rotation_deg: -2.5,
        slant: 1.0,
        overlap: 0.75,
        ncc: 0.8,
        blocks: 300,
        agreement: 0.9,
        ..Quality::default()
    };
    let message = "share of the baseline's skin that is visible 0.750, at least 0.8 is needed".to_owned();
    Alignment {
        map: Transform::IDENTITY,
        back: Transform::IDENTITY,
        baseline_size: (400, 300),
        quality,
        verdict: Fit::Warn,
        reasons: vec![Misfit { verdict: Fit::Warn, code: "overlap", message }],
    }
}

fn readings(study: &Study) -> Vec<Reading> {
    let reading = |(i, shot): (usize, &Shot)| {
        let (s, v, k) = (i / 4, i / 2 % 2, i % 2);
        let failed = s == 1 && v == 1 && k == 1;
        let laid = match (s, v, k) {
            (_, 0, 0) => Laid::Baseline,
            _ if failed => Laid::Unread,
            (2, 1, _) => {
                let message = "3 of 40 pairs of features agree, 8 are needed".to_owned();
                Laid::Not(NoAlignment { code: "no_consensus", message, matches: 40, inliers: 3 })
            }
            _ => Laid::On(Box::new(alignment())),
        };
        let message = format!("{}: the JPEG stream ends before the last row", shot.photo);
        let failure = Failure { stage: Stage::Decode, code: "truncated".to_owned(), message };
        Reading {
            shot: i,
            rows: if failed {
                Vec::new()
            } else {
                vec![row(&shot.photo, "all", 0.2), row(&shot.photo, regions(s)[0], 0.2)]
            },
            lesions: Vec::new(),
            coverage: if failed { Vec::new() } else { vec![("all".to_owned(), 0.9), ("cheek".to_owned(), 0.75)] },
            laid,
            scale: Some((0.05, "study")),
            failure: failed.then_some(failure),
            pictures: Pictures::default(),
            fresh: true,
        }
    };
    study.shots.iter().enumerate().map(reading).collect()
}

fn regions(subject: usize) -> &'static [&'static str] {
    if subject == 2 { &["S07 scar", "cheek"] } else { &["cheek"] }
}

fn yardsticks() -> BTreeMap<Column, Known> {
    let repeats = ErrorSource::Repeats { groups: 6, shots: 12 };
    let one = |column: Column, scale, sem: Result<Sem, Reason>, source| {
        let direction = if column == Column::A_MEAN { Direction::Neutral } else { Direction::Lower };
        // As from controls that hardly moved.
        let visit = (scale == Scale::Log).then_some(Sem { sd: VISIT, df: f64::INFINITY });
        let error = sem.map(|shot| ErrorModel { shot, visit });
        let visits = visit.map(|_| VisitSource::Controls { between: 30 });
        let yardstick = Yardstick { scale, direction, step: 0.0, error };
        (column, Known { yardstick, source, visits, beside_control: visit })
    };
    BTreeMap::from([
        one(Column::A_MEAN, Scale::Interval, Ok(Sem { sd: 0.5, df: 6.0 }), repeats),
        one(
            Column::RELIEF_SQ_MID,
            Scale::Log,
            stated(Column::RELIEF_SQ_MID).ok_or(Reason::ErrorUnknown),
            ErrorSource::Stated,
        ),
        one(Column::DARK_SPOT_COUNT, Scale::Root, Err(Reason::ErrorUnknown), ErrorSource::Unknown),
        one(Column::DEPRESSION_AREA_FRACTION, Scale::Root, Ok(Sem { sd: 0.02, df: 6.0 }), repeats),
    ])
}

/// The shots of a visit.
fn values(column: Column, subject: usize, visit: usize) -> Vec<f64> {
    let value = match (column, visit) {
        (Column::A_MEAN, v) => 12.0 - 0.3 * v as f64,
        (Column::RELIEF_SQ_MID, 0) => 0.2,
        (Column::RELIEF_SQ_MID, _) => 0.17,
        (Column::DARK_SPOT_COUNT, v) => 7.0 - v as f64,
        (_, v) => 0.04 - 0.003 * v as f64,
    };
    match (subject, visit) {
        (1, 1) if column == Column::DEPRESSION_AREA_FRACTION => Vec::new(),
        (1, 1) => vec![value],
        _ => vec![value; 2],
    }
}

fn rows(study: &Study, yardsticks: &BTreeMap<Column, Known>) -> Vec<ChangeRow> {
    let mut rows = Vec::new();
    for (s, subject) in study.subjects.iter().enumerate() {
        for region in regions(s) {
            let place = Place { subject: s, view: "left".to_owned(), region: (*region).to_owned() };
            for (&column, Known { yardstick, .. }) in yardsticks {
                for (v, visit) in subject.visits.iter().enumerate() {
                    let shots = values(column, s, v);
                    let withheld: &[Reason] = match s {
                        1 => &[Reason::Quality, Reason::LightSoftness],
                        2 => &[Reason::AlignmentFailed],
                        _ => &[],
                    };
                    let before = values(column, s, 0);
                    rows.push(ChangeRow {
                        place: place.clone(),
                        arm: study.shots[visit.shots[0]].arms.of(region).to_owned(),
                        is_control: s == 2,
                        is_backdrop: false,
                        column,
                        visit: v,
                        day: visit.day,
                        days: visit.day.and_then(|d| d.since(day(0))),
                        sessions: usize::from(s == 0 && v > 0),
                        interval: visit_interval(&shots, yardstick),
                        change: (v > 0).then(|| Change::between(&before, &shots, yardstick, None, withheld)),
                        shots,
                        control: None,
                        notes: if s == 1 && v > 0 { vec![Note::PostProcedure, Note::SingleShot] } else { Vec::new() },
                    });
                }
            }
        }
    }
    rows
}

/// The study, as the engine would yield it.
pub fn progress() -> Progress {
    let study = study();
    let (readings, yardsticks) = (readings(&study), yardsticks());
    let rows = rows(&study, &yardsticks);
    let observed = rows.iter().filter(|r| about().headline.contains(&r.column)).filter_map(|r| {
        let change = r.change.as_ref()?;
        Some(Observation {
            subject: study.subjects[r.place.subject].id.clone(),
            arm: r.arm.clone(),
            metric: r.column.metric().name.clone(),
            visit: r.visit,
            change: change.figures.and_then(|f| f.delta_percent),
            own: change.figures.and_then(|f| f.delta_percent),
            percent: true,
            verdict: change.verdict.clone(),
        })
    });
    let observed: Vec<Observation> = observed.collect();
    let (groups, differences) = summarize(&observed, Some("control"), 1);
    let place = Place { subject: 2, view: "left".to_owned(), region: "S07 scar".to_owned() };
    let trend = Trend::of(&[0.0, 0.0, 91.0, 91.0], &[0.2, 0.21, 0.17, 0.18].map(f64::ln)).unwrap();
    let lesion = Lesion {
        region: "S07 scar".to_owned(),
        kind: LesionKind::DarkSpot,
        x_px: 10.0,
        y_px: 20.0,
        area_px: 50,
        diameter_px: 8.0,
        diameter_mm: Some(0.4),
        contrast: 0.12,
        contrast_de00: Some(3.0),
        circularity: Some(0.9),
        scar: None,
    };
    let late = ordinal(Day::from_ymd(2024, 6, 1).unwrap());
    let finding = Finding {
        severity: Severity::Info,
        code: "no_late_photo",
        day: Some(late),
        message: format!("no photo from day {late} on, 14 days after the last session"),
    };
    Progress {
        trends: vec![TrendRow { place: place.clone(), column: Column::RELIEF_SQ_MID, visits: 2, trend }],
        lesions: vec![LesionRow {
            place,
            visit: 1,
            fate: Fate::Gone,
            before: Some(lesion),
            after: None,
            at: [10.0, 20.0],
            distance_mm: None,
            diameter_percent: None,
        }],
        courses: vec![(NAMED.to_owned(), finding)],
        grades: vec![GradeRow {
            grade: "clinician_gb".to_owned(),
            column: Column::RELIEF_SQ_MID,
            rank: Rank::of(&[14.0, 13.0, 12.0, 14.0], &[0.2, 0.17, 0.16, 0.19]).unwrap(),
        }],
        study,
        readings,
        yardsticks,
        rows,
        groups,
        differences,
    }
}
