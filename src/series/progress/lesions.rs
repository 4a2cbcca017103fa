//! Single lesions from visit to visit, in millimeters of the baseline.
//!
//! The first aligned shot of each visit is held against the first of the baseline. How far two diameters of one lesion may differ
//! by chance is told by the study's own repeat shots, where there are any.

use super::found::Found;
use super::gates::Kind;
use super::{LesionRow, Place, Reading};
use crate::measure::pipeline::ALL;
use crate::measure::{Column, Lesion, LesionKind};
use crate::series::align::Limits;
use crate::series::lesion_match::{self, Fate, Placed, Rules};
use crate::series::statistics::repeatability::Sem;
use crate::series::study::Study;

/// A shot whose lesions have a place on the baseline.
struct Sheet<'a> {
    reading: &'a Reading,
    lesions: Vec<&'a Lesion>,
    /// Their centers in pixels of the baseline.
    at: Vec<[f64; 2]>,
    mm_per_px: f64,
}

impl<'a> Sheet<'a> {
    /// `None` for a shot that does not lie on the baseline.
    fn of(reading: &'a Reading, mm_per_px: f64) -> Option<Self> {
        if reading.rows.is_empty() {
            return None;
        }
        let lesions: Vec<&Lesion> =
            reading.lesions.iter().filter(|l| l.region == ALL && l.diameter_mm.is_some()).collect();
        let at = match &reading.laid {
            super::Laid::Baseline => lesions.iter().map(|l| [l.x_px, l.y_px]).collect(),
            super::Laid::On(a) if a.holds(&Limits::default()) => {
                lesions.iter().map(|l| a.to_baseline([l.x_px, l.y_px])).collect()
            }
            _ => return None,
        };
        Some(Self { reading, lesions, at, mm_per_px })
    }

    /// The lesions as seen by `other`: whether their place lies in its frame.
    fn placed(&self, other: &Self) -> Vec<Placed> {
        let size = other
            .reading
            .whole()
            .map(|row| [Column::WIDTH_PX, Column::HEIGHT_PX].map(|c| row.number(c).unwrap_or(0.0)));
        let place = |(lesion, at): (&&Lesion, &[f64; 2])| {
            let there = other.reading.alignment().map_or(*at, |a| a.to_follow_up(*at));
            let seen = size.is_some_and(|[w, h]| (0.0..w).contains(&there[0]) && (0.0..h).contains(&there[1]));
            Placed {
                kind: lesion.kind,
                x_mm: at[0] * self.mm_per_px,
                y_mm: at[1] * self.mm_per_px,
                diameter_mm: lesion.diameter_mm.unwrap_or(0.0),
                seen,
            }
        };
        self.lesions.iter().zip(&self.at).map(place).collect()
    }
}

/// What became of every lesion at every follow-up.
pub(super) fn rows(found: &Found<'_>) -> Vec<LesionRow> {
    let (study, readings) = (found.study, found.readings);
    let rules = rules(study, readings);
    let mut rows = Vec::new();
    for (subject, s) in study.subjects.iter().enumerate() {
        for view in s.views(study) {
            let place = Place { subject, view: view.to_owned(), region: ALL.to_owned() };
            let shots = |visit: usize| found.at(&place, visit).0.into_iter();
            let mut visits = found.visits(&place).into_iter();
            let Some(first) = visits.next() else { continue };
            let Some((mm, _)) = shots(first).find_map(|r| r.scale) else { continue };
            let Some(before) = shots(first).find_map(|r| Sheet::of(r, mm)) else { continue };
            for visit in visits {
                let Some(after) = shots(visit).find_map(|r| Sheet::of(r, mm)) else { continue };
                let judged = found.judge(&place, visit, false);
                // Light, focus or color that withholds a kind of metric makes and unmakes its lesions too.
                let is_told = |lesion: &Lesion| {
                    let scar = matches!(lesion.kind, LesionKind::Depression | LesionKind::Elevation);
                    judged[if scar { &Kind::Scars } else { &Kind::Contrast }].0.is_empty()
                };
                let courses = lesion_match::courses(&before.placed(&after), &after.placed(&before), &rules);
                let fate = |course: &lesion_match::Course| {
                    let before = course.before.map(|i| before.lesions[i]);
                    let lesion = before.or(course.after.map(|j| after.lesions[j]));
                    if lesion.is_some_and(is_told) { course.fate } else { Fate::NotComparable }
                };
                rows.extend(courses.into_iter().map(|course| LesionRow {
                    place: place.clone(),
                    visit,
                    fate: fate(&course),
                    at: course.before.map_or_else(|| course.after.map_or([0.0; 2], |j| after.at[j]), |i| before.at[i]),
                    before: course.before.map(|i| before.lesions[i].clone()),
                    after: course.after.map(|j| after.lesions[j].clone()),
                    distance_mm: course.distance_mm,
                    diameter_percent: course.diameter_percent,
                }));
            }
        }
    }
    rows
}

/// The rules, with the error of a diameter that the first two shots of every visit show.
fn rules(study: &Study, readings: &[Reading]) -> Rules {
    let rules = Rules::default();
    let mut errors: Vec<Sem> = Vec::new();
    for s in &study.subjects {
        for view in s.views(study) {
            for visit in &s.visits {
                let mut sheets = visit
                    .repeats(study, view)
                    .filter_map(|i| readings[i].scale.and_then(|(mm, _)| Sheet::of(&readings[i], mm)));
                if let (Some(a), Some(b)) = (sheets.next(), sheets.next()) {
                    errors.extend(lesion_match::size_error(&a.placed(&b), &b.placed(&a), &rules));
                }
            }
        }
    }
    let df: f64 = errors.iter().map(|e| e.df).sum();
    if df < 3.0 {
        return rules;
    }
    let variance = errors.iter().map(|e| e.df * e.sd * e.sd).sum::<f64>() / df;
    Rules { size: Sem { sd: variance.sqrt(), df }.into(), ..rules }
}
