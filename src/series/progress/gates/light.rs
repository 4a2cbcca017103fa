//! Is the light as soft, and does it come from the same side?

use std::collections::BTreeSet;

use super::{Kind, Note, Pair, moved};
use crate::measure::Column;
use crate::measure::measurement::Flag;
use crate::series::progress::reading::Reading;
use crate::series::statistics::sample;
use crate::series::statistics::verdict::Reason;
use crate::series::study::Light;

/// Is the light as soft, and does it come from the same side? A turned camera turns the light with the skin.
pub(super) fn light(pair: &Pair<'_>, kind: Kind, reasons: &mut BTreeSet<Reason>, notes: &mut BTreeSet<Note>) {
    if kind == Kind::Color {
        return;
    }
    let noted = |readings: &[&Reading]| -> BTreeSet<String> {
        let lights = readings.iter().filter_map(|r| pair.study.shots[r.shot].light.as_ref());
        let names = lights.filter_map(|light| match light {
            Light::Named(name) => Some(name.to_lowercase()),
            Light::Azimuth(_) => None,
        });
        names.collect()
    };
    let (named_before, named_after) = (noted(pair.before), noted(pair.after));
    if named_before.is_empty() != named_after.is_empty() {
        notes.insert(Note::LightUnclear);
    } else if named_before != named_after {
        reasons.insert(Reason::LightSoftness);
    }
    let both = |column: Column, scale: fn(f64) -> f64| {
        [pair.before, pair.after].map(|readings| {
            let values = readings.iter().filter_map(|r| r.whole()?.number(column)).map(scale);
            values.filter(|v| v.is_finite()).collect::<Vec<f64>>()
        })
    };
    let signs = [
        (both(Column::ILLUMINATION_RANGE, f64::ln), (1.0 + pair.config.illumination).ln()),
        (both(Column::ANISOTROPY, |v| v), pair.config.anisotropy),
    ];
    for (visits, most) in &signs {
        if moved(visits, *most) {
            reasons.insert(Reason::LightSoftness);
        } else if visits.iter().any(|shots| sample::variance(shots).sqrt() > *most) {
            // Shots of one visit in different light.
            notes.insert(Note::LightUnclear);
        }
    }
    if !kind.is_shade() {
        return;
    }
    // On the baseline's frame, and only where the photo tells it.
    let directions = |readings: &[&Reading]| -> Vec<f64> {
        let direction = |r: &&Reading| {
            let row = r.whole()?;
            let unclear = row.flags().any(|f| f == Flag::LightUnclear);
            let turn = r.alignment().map_or(0.0, |a| a.quality.rotation_deg);
            row.number(Column::LIGHT_AZIMUTH_DEG).filter(|_| !unclear).map(|deg| deg - turn)
        };
        readings.iter().filter_map(direction).collect()
    };
    let (before, after) = (directions(pair.before), directions(pair.after));
    let Some(center) = mean_direction(&before) else {
        notes.insert(Note::LightUnclear);
        return;
    };
    let from_center =
        |deg: &[f64]| deg.iter().map(|d| (d - center + 540.0).rem_euclid(360.0) - 180.0).collect::<Vec<_>>();
    let off = [from_center(&before), from_center(&after)];
    let scattered = off.iter().any(|visit| sample::variance(visit).sqrt() > pair.config.light_deg);
    if after.is_empty() || scattered {
        notes.insert(Note::LightUnclear);
    } else if moved(&off, pair.config.light_deg) {
        reasons.insert(Reason::LightDirection);
    }
}

fn mean_direction(deg: &[f64]) -> Option<f64> {
    let sum = |f: fn(f64) -> f64| deg.iter().map(|d| f(d.to_radians())).sum::<f64>();
    (!deg.is_empty()).then(|| sum(f64::sin).atan2(sum(f64::cos)).to_degrees())
}
