//! From the shots of a study to what its changes are held against.
//!
//! The error of a shot comes from all repeat shots of the study, pooled per metric (over the drawn regions where there are
//! any: they are smaller than the whole skin, and scatter more). What visits differ by beyond their shots comes from the study's
//! controls where they were photographed often enough, else it is stated.

use std::collections::BTreeMap;

use super::found::Found;
use super::gates::Kind;
use super::{ErrorSource, Known, Place, VisitSource};
use crate::measure::Column;
use crate::series::statistics::change::Yardstick;
use crate::series::statistics::defaults;
use crate::series::statistics::repeatability::{ErrorModel, Sem, visit_component};
use crate::series::statistics::scale::Scale;
use crate::series::statistics::verdict::Reason;

/// What is known of every column that was measured and can be compared.
pub(super) fn known(found: &Found<'_>, places: &[Place]) -> BTreeMap<Column, Known> {
    let drawn = places.iter().any(Place::is_drawn);
    let pooled: Vec<&Place> = places.iter().filter(|p| !drawn || p.is_drawn()).collect();
    // Place, visit, and whether a photo of it is elsewhere too.
    let visits_of = |places: &[&Place]| -> Vec<(Place, usize, bool)> {
        let visits = places.iter().flat_map(|&p| found.visits(p).into_iter().map(move |v| (p, v)));
        visits.map(|(p, v)| (p.clone(), v, found.is_copied(p, v))).collect()
    };
    let (of_pooled, everywhere) = (visits_of(&pooled), visits_of(&places.iter().collect::<Vec<_>>()));
    let groups_of = |visits: &[(Place, usize, bool)], column: Column| -> Vec<Vec<f64>> {
        let groups = visits.iter().map(|(p, v, copied)| (found.values(p, *v, column), *copied));
        let (copies, alone): (Vec<_>, Vec<_>) =
            groups.filter(|(group, _)| !group.is_empty()).partition(|(_, copied)| *copied);
        // Where all are copies there is no error, but there are values.
        let known = if alone.is_empty() { copies } else { alone };
        known.into_iter().map(|(group, _)| group).collect()
    };
    let controls = Controls::of(found, &pooled);
    let of = |column: Column| {
        let mut groups = groups_of(&of_pooled, column);
        if groups.is_empty() {
            // Measured on the whole skin only.
            groups = groups_of(&everywhere, column);
        }
        if groups.is_empty() {
            return None;
        }
        let mut yardstick = Yardstick::of(column, &groups, defaults::stated(column))?;
        let repeated: Vec<usize> = groups.iter().map(Vec::len).filter(|n| *n > 1).collect();
        let source = match (repeated.is_empty(), yardstick.error.is_ok()) {
            (false, true) => ErrorSource::Repeats { groups: repeated.len(), shots: repeated.iter().sum() },
            (true, true) => ErrorSource::Stated,
            (_, false) => ErrorSource::Unknown,
        };
        let own = controls.between_visits(column, yardstick.scale);
        let (visit, visits) = match own {
            Some((sem, between)) => (Some(sem), Some(VisitSource::Controls { between })),
            None => {
                let stated = defaults::between_visits(yardstick.scale, false);
                (stated, stated.map(|_| VisitSource::Stated))
            }
        };
        yardstick.error = yardstick.error.map(|error| ErrorModel { visit, ..error });
        // A region and its control share most of what visits differ by, so each alone cannot differ by more than a control does.
        let stated = defaults::between_visits(yardstick.scale, true);
        let closer = |s: Sem| own.map(|(sem, _)| sem).filter(|sem| sem.limit() < s.limit()).unwrap_or(s);
        let beside_control = stated.map(closer);
        Some((column, Known { yardstick, source, visits, beside_control }))
    };
    Column::all().filter_map(of).collect()
}

/// The visits of the study's controls that were photographed as their baselines were.
struct Controls<'a> {
    found: &'a Found<'a>,
    visits: Vec<(&'a Place, BTreeMap<Kind, Vec<usize>>)>,
}

impl<'a> Controls<'a> {
    fn of(found: &'a Found<'a>, places: &[&'a Place]) -> Self {
        let controls = places.iter().filter(|place| found.is_control(place));
        let visits = controls.map(|&place| {
            let all = found.visits(place);
            let judged: Vec<_> = all.iter().skip(1).map(|&v| (v, found.judge(place, v, false))).collect();
            let believed = |kind: Kind| {
                // That colors are not calibrated is what visits differ by.
                let told = judged.iter().filter(|(_, all)| {
                    all.get(&kind).is_some_and(|(why, _)| why.iter().all(|r| *r == Reason::ColorUncalibrated))
                });
                all.iter().take(1).copied().chain(told.map(|(v, _)| *v)).collect()
            };
            (place, Kind::ALL.iter().map(|kind| (*kind, believed(*kind))).collect())
        });
        Self { found, visits: visits.collect() }
    }

    /// What visits differ by beyond their shots, and from how many visits beyond the first of each control; `None` where they are too few.
    fn between_visits(&self, column: Column, scale: Scale) -> Option<(Sem, usize)> {
        let kind = Kind::of(column);
        let places: Vec<Vec<Vec<f64>>> = self
            .visits
            .iter()
            .map(|(place, visits)| {
                let shots = visits[&kind].iter().map(|&v| self.found.values(place, v, column));
                let placed = shots.map(|shots| shots.iter().map(|v| scale.forward(*v)).collect::<Vec<f64>>());
                placed.filter(|shots| !shots.is_empty()).collect()
            })
            .collect();
        let between: usize = places.iter().map(|visits: &Vec<_>| visits.len().saturating_sub(1)).sum();
        if between < defaults::VISITS_NEEDED {
            return None;
        }
        visit_component(&places).filter(|sem| sem.sd.is_finite()).map(|sem| (sem, between))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Row;
    use crate::phantom::random::Random;
    use crate::series::progress::{Laid, Pictures, ProgressConfig, Reading};
    use crate::series::study::{CONTROL, Shot, Study, Subject, Visit};

    const COLUMN: Column = Column::RELIEF_SQ_MID;

    /// A control of each subject at 4 visits of 2 shots, which scatter by 0.02 and by `visit` in logarithms.
    fn study(subjects: usize, visit: f64, region: &str) -> (Study, Vec<Reading>) {
        let mut random = Random::new(9, 0);
        let (mut study, mut readings) = (Study::default(), Vec::new());
        for s in 0..subjects {
            let level = -3.5 + 0.3 * random.normal();
            let visits = (0..4).map(|v| {
                let day = level + visit * random.normal();
                let shots = (0..2).map(|_| {
                    let mut row = Row::default();
                    row.set(Column::REGION, region);
                    row.set(COLUMN, (day + 0.02 * random.normal()).exp());
                    let shot = study.shots.len();
                    study.shots.push(Shot { subject: s.to_string(), ..Shot::default() });
                    readings.push(Reading {
                        shot,
                        rows: vec![row],
                        lesions: Vec::new(),
                        laid: Laid::Baseline,
                        coverage: Vec::new(),
                        scale: Some((0.05, "study")),
                        failure: None,
                        pictures: Pictures::default(),
                        fresh: true,
                    });
                    shot
                });
                let shots = shots.collect();
                Visit { number: v + 1, name: String::new(), day: None, shots }
            });
            let visits = visits.collect();
            study.subjects.push(Subject { id: s.to_string(), visits, sessions: Vec::new() });
        }
        (study, readings)
    }

    fn known_of((study, readings): &(Study, Vec<Reading>)) -> Known {
        let config = ProgressConfig::default();
        let found = Found::of(study, readings, &config);
        known(&found, &found.places())[&COLUMN]
    }

    #[test]
    fn controls_tell_what_visits_differ_by() {
        let known = known_of(&study(60, 0.05, CONTROL));
        assert_eq!(known.visits, Some(VisitSource::Controls { between: 180 }));
        let error = known.yardstick.error.unwrap();
        assert!((error.visit.unwrap().sd - 0.05).abs() < 0.008 && (error.shot.sd - 0.02).abs() < 0.003, "{error:?}");
        assert_eq!(
            known.beside_control.unwrap().sd,
            defaults::VISIT_BESIDE_CONTROL,
            "they differ more than what is stated"
        );
        assert_eq!(known.of_place(true).error.unwrap().visit, known.beside_control);
        let steady = known_of(&study(200, 0.0075, CONTROL)).beside_control.unwrap();
        assert!((steady.sd - 0.0075).abs() < 0.003 && steady.df.is_finite(), "{steady:?}");
        // What is hardly known does not take the place of what is stated.
        let unsure = known_of(&study(12, 0.0, CONTROL)).beside_control.unwrap();
        let stated = defaults::between_visits(Scale::Log, true).unwrap();
        assert!(unsure.limit() <= stated.limit(), "{unsure:?}");
    }

    #[test]
    fn few_controls_or_none_leave_it_stated() {
        for few in [study(3, 0.05, CONTROL), study(60, 0.05, "cheek")] {
            let known = known_of(&few);
            assert_eq!(known.visits, Some(VisitSource::Stated));
            assert_eq!(known.yardstick.error.unwrap().visit, defaults::between_visits(Scale::Log, false));
        }
    }
}
