//! Invented records for the tests of this room.

use super::About;
use crate::batch::{Failure, Record, Status};
use crate::error::Stage;
use crate::measure::config::Family;
use crate::measure::dictionary::Kind;
use crate::measure::{Column, Config, Flag, Lesion, LesionKind, Preview, Row};

pub(super) fn about() -> About {
    About {
        version: "1.2.3".to_owned(),
        config: Config::default(),
        config_toml: "mm_per_px = 0.05\n".to_owned(),
        config_hash: "0f".repeat(32),
    }
}

/// A number of 0 to 1 that follows from `i` and `salt` alone.
fn unit(i: usize, salt: usize) -> f64 {
    let mut x = (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (salt as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^= x >> 31;
    x = x.wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^= x >> 29;
    (x >> 11) as f64 / (1u64 << 53) as f64
}

/// About normal, mean 0, standard deviation 1.
fn normal(i: usize, salt: usize) -> f64 {
    (0..12).map(|k| unit(i, salt * 16 + k)).sum::<f64>() - 6.0
}

fn row(i: usize) -> Row {
    let mut row = Row::default();
    for (n, column) in Column::all().enumerate() {
        match column.metric().kind {
            Kind::Text => {}
            Kind::Integer => row.set(column, (unit(i, n) * 40.0) as usize),
            Kind::Number => row.set(column, (1.0 + 0.2 * normal(i, n)).abs()),
        }
    }
    row.set(Column::PHOTO, format!("visit {}/subject_{i:05}.jpg", i % 3 + 1));
    row.set(Column::REGION, "all");
    row.set(Column::STATUS, "ok");
    row.set(Column::CAMERA, ["Canon EOS 80D", "NIKON D850", "Apple iPhone 15"][i % 3]);
    row.set(Column::SHA256, format!("{i:064x}"));
    row.set(Column::ITA_DEG, 30.0 + 18.0 * normal(i, 1));
    row.set(Column::ITA_CLASS, ["very_light", "light", "intermediate", "tan", "brown"][i % 5]);
    row.set(Column::SHARPNESS, 0.85 + 0.12 * normal(i, 2));
    row.set(Column::SKIN_FRACTION, 0.3 + 0.6 * unit(i, 3));
    row.set(Column::ILLUMINATION_RANGE, (0.7 + 0.25 * normal(i, 13)).max(0.05));
    row.set(Column::RELIEF_SQ_FINE, 0.012 * (0.3 * normal(i, 4)).exp());
    row.set(Column::RELIEF_SQ_MID, 0.021 * (0.35 * normal(i, 5)).exp());
    row.set(Column::RELIEF_SQ_COARSE, 0.034 * (0.4 * normal(i, 6)).exp());
    row.set(Column::MELANIN_MEAN, 0.6 + 0.15 * normal(i, 7));
    row.set(Column::HEMOGLOBIN_MEAN, 0.3 + 0.05 * normal(i, 8));
    row.set(Column::EVENNESS_DE00, 2.5 * (0.3 * normal(i, 9)).exp());
    row.set(Column::DARK_SPOT_COUNT, (8.0 * (0.8 * normal(i, 10)).exp()) as usize);
    row.set(Column::RED_SPOT_COUNT, (3.0 * unit(i, 11) / (1.02 - unit(i, 12))).min(30.0) as usize);
    if i.is_multiple_of(4) {
        row.set(Column::MM_PER_PX, None::<f64>);
        row.set(Column::SCALE_SOURCE, "unknown");
        row.set(Column::RELIEF_SQ_FINE, None::<f64>);
        row.flag(Flag::ScaleUnknown);
        row.flag(Flag::FineUnresolved);
    } else {
        row.set(Column::MM_PER_PX, 0.05);
        row.set(Column::SCALE_SOURCE, "option");
    }
    row.flag(Flag::SkinByColor);
    if i.is_multiple_of(7) {
        row.flag(Flag::UnevenLight);
    }
    row
}

pub(super) fn measured(i: usize) -> Record {
    let row = row(i);
    let photo = row.text(Column::PHOTO).to_owned();
    Record {
        photo,
        status: Status::Ok,
        rows: vec![row],
        lesions: lesions(i % 4),
        sub_scores: vec![],
        failures: vec![],
        thumbnail: vec![],
    }
}

pub(super) fn refused(i: usize) -> Record {
    let full = self::row(i);
    let mut row = Row::default();
    let described = |column: &Column| matches!(column.metric().family, Family::Identity | Family::Quality);
    for column in Column::all().filter(described) {
        row.set(column, full.get(column).clone());
    }
    row.set(Column::STATUS, "refused");
    let failure = Failure {
        stage: Stage::Measure,
        code: "no_skin".to_owned(),
        message: "0.4 % of the photo is skin; at least 2 % is needed".to_owned(),
    };
    let photo = row.text(Column::PHOTO).to_owned();
    Record {
        photo,
        status: Status::Refused,
        rows: vec![row],
        lesions: vec![],
        sub_scores: vec![],
        failures: vec![failure],
        thumbnail: vec![],
    }
}

pub(super) fn failed(i: usize) -> Record {
    let failure = Failure {
        stage: Stage::Decode,
        code: "truncated".to_owned(),
        message: "the JPEG stream ends before the last row; copy the file again".to_owned(),
    };
    let photo = format!("visit {}/subject_{i:05}.jpg", i % 3 + 1);
    Record {
        photo,
        status: Status::Failed,
        rows: vec![],
        lesions: vec![],
        sub_scores: vec![],
        failures: vec![failure],
        thumbnail: vec![],
    }
}

/// Mostly measured, some refused, some failed.
pub(super) fn any(i: usize) -> Record {
    match i % 40 {
        13 => refused(i),
        29 => failed(i),
        _ => measured(i),
    }
}

pub(super) fn lesions(count: usize) -> Vec<Lesion> {
    (0..count)
        .map(|i| Lesion {
            region: "all".to_owned(),
            kind: if i % 2 == 0 { LesionKind::DarkSpot } else { LesionKind::RedSpot },
            x_px: 10.0 + 37.5 * i as f64,
            y_px: 8.0 + 21.25 * i as f64,
            area_px: 50 + 31 * i,
            diameter_px: 8.0 + i as f64,
            diameter_mm: (i % 2 == 1).then_some(0.4),
            contrast: 0.12,
            contrast_de00: Some(3.2),
            circularity: Some(0.9),
            scar: None,
        })
        .collect()
}

/// A skin-colored gradient, measured within an ellipse.
pub(super) fn preview(width: usize, height: usize) -> Preview {
    let mut rgb = Vec::with_capacity(width * height * 3);
    let mut measured = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = (x as f64 / width as f64, y as f64 / height as f64);
            rgb.extend([220.0 - 40.0 * u, 170.0 - 30.0 * v, 145.0 - 20.0 * u].map(|c| c as u8));
            measured.push(u8::from((u - 0.5).hypot(v - 0.5) < 0.45));
        }
    }
    Preview { width, height, rgb, measured, scale: 0.5 }
}
