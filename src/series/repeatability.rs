//! How repeatable every metric is in a study: what its repeat shots tell, per view and region.
//!
//! A group is the shots of one place (a region of a subject in a view) at one visit. Groups are taken together per view and region,
//! and once over all drawn regions of the study: that last one is the error that `cicatrix progress` judges with, so its SEM
//! is the same to the last bit. Bland and Altman 1996 and 1999, Shrout and Fleiss 1979; the formulas stand in [`super::statistics`].
//!
//! What visits of unchanged skin differ by beyond their shots is found from the places of control arms. Visits whose change is
//! withheld for the way they were photographed are left out of it, as verdicts leave them out.

use std::collections::{BTreeMap, BTreeSet};

use super::progress::{ChangeRow, Place, Progress};
use super::statistics::Interval;
use super::statistics::agreement::{Icc, Limits, complete_table};
use super::statistics::rank::Rank;
use super::statistics::repeatability::{ErrorModel, Sem, growth, visit_component};
use super::statistics::sample::mean;
use super::statistics::scale::{Scale, resolution};
use super::statistics::verdict::{Reason, Verdict};
use super::study::Study;
use crate::measure::Column;

/// Numbers of shots on either side that smallest detectable changes are told for.
pub const SHOTS: [usize; 3] = [1, 2, 3];

/// What is taken together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Set {
    /// Every drawn region of every view; the whole skin where nothing was drawn. Verdicts take their error from it.
    Pooled,
    /// One region in one view, of all subjects.
    Region {
        /// The view; empty in a study of one view.
        view: String,
        /// The region: `all`, or as drawn.
        region: String,
    },
}

/// What the repeat shots of a set tell of a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeatability {
    /// Of which places.
    pub set: Set,
    /// Of which metric.
    pub column: Column,
    /// The scale on which shots are compared.
    pub scale: Scale,
    /// Groups of two or more shots.
    pub groups: usize,
    /// Shots in them.
    pub shots: usize,
    /// Mean of their values.
    pub mean: f64,
    /// The standard error of measurement of one shot on the scale, or why there is none.
    pub error: Result<Sem, Reason>,
    /// The intraclass correlation over complete groups.
    pub icc: Option<Icc>,
    /// Limits of agreement of the first two shots, on the scale.
    pub limits: Option<Limits>,
    /// Does the error grow with the value, on the scale?
    pub growth: Option<Rank>,
    /// What visits of controls differ by beyond their shots, on the scale.
    pub visit: Option<Sem>,
}

impl Repeatability {
    /// The interval of the standard error of measurement.
    #[must_use]
    pub fn interval(&self) -> Option<Interval> {
        self.error.ok().map(Sem::interval)
    }

    /// The error of one shot in percent of the value; of counts and densities at the mean, `None` where percent mean nothing.
    #[must_use]
    pub fn cv_percent(&self) -> Option<f64> {
        let sem = self.error.ok()?;
        match self.scale {
            Scale::Log => Some(100.0 * sem.cv()),
            // The slope of the square at the mean's root.
            Scale::Root if self.mean > 0.0 => Some(200.0 * sem.sd / self.mean.sqrt()),
            Scale::Ratio if self.mean > 0.0 => Some(100.0 * sem.sd / self.mean),
            Scale::Root | Scale::Ratio | Scale::Interval => None,
        }
    }

    /// The largest fall and the largest rise that unchanged skin shows between the means of `n` shots each: in percent on the log
    /// scale, else in the metric's unit at the mean of the set. By the error of a shot alone: verdicts add a stated error between
    /// visits ([`super::statistics::defaults::between_visits`]).
    #[must_use]
    pub fn smallest_change(&self, n: usize) -> Option<Interval> {
        let sdc = ErrorModel::from(self.error.ok()?).sdc(n, n);
        let end = |shift: f64| match self.scale {
            Scale::Log => 100.0 * shift.exp_m1(),
            scale => scale.change(self.mean, shift),
        };
        let ends = Interval { low: end(-sdc), high: end(sdc) };
        (ends.low.is_finite() && ends.high.is_finite()).then_some(ends)
    }
}

/// Has a visit of a study two shots of one view?
#[must_use]
pub fn has_repeats(study: &Study) -> bool {
    study.subjects.iter().any(|subject| {
        let views = subject.views(study);
        subject.visits.iter().any(|visit| views.iter().any(|view| visit.repeats(study, view).nth(1).is_some()))
    })
}

/// Every metric of every set, pooled first: by set, then by column. Empty where no visit has two measured shots.
#[must_use]
pub fn of(found: &Progress) -> Vec<Repeatability> {
    let drawn = found.rows.iter().any(|row| row.place.is_drawn());
    let mut columns: BTreeMap<Column, Vec<&ChangeRow>> = BTreeMap::new();
    for row in &found.rows {
        columns.entry(row.column).or_default().push(row);
    }
    let mut all = Vec::new();
    for (&column, rows) in &columns {
        let Some(known) = found.yardsticks.get(&column) else { continue };
        let pooled: Vec<&ChangeRow> = rows.iter().copied().filter(|row| !drawn || row.place.is_drawn()).collect();
        // Measured on the whole skin only.
        let nothing = pooled.iter().all(|row| row.shots.is_empty());
        all.extend(of_set(Set::Pooled, column, known.yardstick.scale, if nothing { rows } else { &pooled }, rows));
        let regions: BTreeSet<(&str, &str)> = rows.iter().map(|row| key(&row.place)).collect();
        for (view, region) in regions {
            let own: Vec<&ChangeRow> = rows.iter().copied().filter(|row| key(&row.place) == (view, region)).collect();
            let beside: Vec<&ChangeRow> = rows.iter().copied().filter(|row| row.place.view == view).collect();
            let set = Set::Region { view: view.to_owned(), region: region.to_owned() };
            all.extend(of_set(set, column, known.yardstick.scale, &own, &beside));
        }
    }
    all.sort_by(|a, b| (&a.set, a.column).cmp(&(&b.set, b.column)));
    all
}

fn key(place: &Place) -> (&str, &str) {
    (&place.view, &place.region)
}

/// What a set tells of a metric; `beside` holds the controls it is held against. `None` without repeat shots.
fn of_set(set: Set, column: Column, scale: Scale, rows: &[&ChangeRow], beside: &[&ChangeRow]) -> Option<Repeatability> {
    let values: Vec<&[f64]> = rows.iter().map(|row| row.shots.as_slice()).filter(|shots| !shots.is_empty()).collect();
    let repeated: Vec<f64> = values.iter().filter(|shots| shots.len() > 1).flat_map(|s| s.iter()).copied().collect();
    let groups = values.iter().filter(|shots| shots.len() > 1).count();
    if groups == 0 {
        return None;
    }
    let everything: Vec<f64> = values.iter().flat_map(|s| s.iter()).copied().collect();
    // The whole skin may hold a zero where no drawn region does.
    let scale = scale.fitting(&everything);
    let placed = |shots: &[f64]| shots.iter().map(|v| scale.forward(*v)).collect::<Vec<f64>>();
    let places: Vec<Vec<f64>> = values.iter().map(|shots| placed(shots)).collect();
    let error = Sem::pooled(&places, resolution(column, scale, mean(&everything))).ok_or(Reason::CopiedShots);
    let mut controls: BTreeMap<&Place, Vec<Vec<f64>>> = BTreeMap::new();
    for row in beside.iter().filter(|row| row.is_control && believed(row) && scale.fitting(&row.shots) == scale) {
        controls.entry(&row.place).or_default().push(placed(&row.shots));
    }
    let controls: Vec<Vec<Vec<f64>>> = controls.into_values().collect();
    Some(Repeatability {
        set,
        column,
        scale,
        groups,
        shots: repeated.len(),
        mean: mean(&repeated),
        error,
        icc: Icc::of(&complete_table(&places)),
        limits: Limits::of_groups(&places),
        growth: growth(&places),
        visit: visit_component(&controls),
    })
}

/// Was a visit photographed as its baseline was? That colors are not calibrated is what their visits differ by.
fn believed(row: &ChangeRow) -> bool {
    match row.change.as_ref().map(|change| &change.verdict) {
        Some(Verdict::Withheld { reasons }) => reasons.iter().all(|reason| *reason == Reason::ColorUncalibrated),
        _ => !row.shots.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::random::Random;
    use crate::series::progress::{ErrorSource, Known};
    use crate::series::statistics::change::Yardstick;

    /// `visits` visits of two shots of `subjects` places, which scatter by `shot` and `visit` in logarithms.
    fn study(subjects: usize, visits: usize, shot: f64, visit: f64) -> Progress {
        let mut random = Random::new(3, 0);
        let column = Column::RELIEF_SQ_MID;
        let mut rows = Vec::new();
        for subject in 0..subjects {
            let level = -3.5 + 0.3 * random.normal();
            for v in 0..visits {
                let day = level + visit * random.normal();
                let shots = (0..2).map(|_| (day + shot * random.normal()).exp()).collect();
                rows.push(ChangeRow {
                    place: Place { subject, view: String::new(), region: "control".to_owned() },
                    arm: "control".to_owned(),
                    is_control: true,
                    is_backdrop: false,
                    column,
                    visit: v,
                    day: None,
                    days: None,
                    sessions: 0,
                    shots,
                    interval: None,
                    change: None,
                    control: None,
                    notes: Vec::new(),
                });
            }
        }
        let groups: Vec<Vec<f64>> = rows.iter().map(|row| row.shots.clone()).collect();
        let yardstick = Yardstick::of(column, &groups, None).unwrap();
        let source = ErrorSource::Repeats { groups: groups.len(), shots: 2 * groups.len() };
        Progress {
            study: Study::default(),
            readings: Vec::new(),
            yardsticks: BTreeMap::from([(column, Known { yardstick, source, visits: None, beside_control: None })]),
            rows,
            trends: Vec::new(),
            lesions: Vec::new(),
            courses: Vec::new(),
            groups: Vec::new(),
            differences: Vec::new(),
            grades: Vec::new(),
        }
    }

    #[test]
    fn the_scatter_that_was_put_in_comes_out() {
        let study = study(100, 4, 0.02, 0.03);
        let found = of(&study);
        assert_eq!(found.len(), 2, "pooled, and the one region");
        let own = &found[0];
        let sem = own.error.unwrap();
        // 400 degrees of freedom: 3.5 % of the SEM; 300 of the visits, whose share is larger.
        assert!((sem.sd - 0.02).abs() < 0.0025 && own.interval().unwrap().contains(0.02), "{sem:?}");
        assert!((own.visit.unwrap().sd - 0.03).abs() < 0.005, "{:?}", own.visit);
        assert!((own.cv_percent().unwrap() - 2.0).abs() < 0.25);
        // Between places 0.3, visits 0.03, shots 0.02.
        let icc = own.icc.unwrap();
        assert!(icc.places == 400 && icc.shots == 2 && icc.icc > 0.98, "{icc:?}");
        let limits = own.limits.as_ref().unwrap().limits;
        assert!((limits.high - 1.96 * 2.0_f64.sqrt() * 0.02).abs() < 0.008, "{limits:?}");
        assert!(own.growth.unwrap().p > 0.01, "{:?}", own.growth);
        assert_eq!(sem, study.yardsticks[&Column::RELIEF_SQ_MID].yardstick.error.unwrap().shot);
    }

    #[test]
    fn more_shots_detect_smaller_changes() {
        let found = of(&study(100, 4, 0.02, 0.0));
        let [one, two, three] = SHOTS.map(|n| found[0].smallest_change(n).unwrap());
        // 1.96 sqrt(2) 0.02 = 5.5 %, less by the roots of 2 and 3.
        assert!((one.high - 5.7).abs() < 0.7 && (one.low + 5.4).abs() < 0.7, "{one:?}");
        assert!((one.high / two.high - 2.0_f64.sqrt()).abs() < 0.05, "{one:?} {two:?}");
        assert!((one.high / three.high - 3.0_f64.sqrt()).abs() < 0.06, "{one:?} {three:?}");
        assert!(found[0].visit.unwrap().sd < 0.008, "{:?}", found[0].visit);
    }

    #[test]
    fn withheld_visits_are_not_of_unchanged_skin() {
        use crate::series::statistics::change::Change;
        let mut study = study(30, 3, 0.02, 0.0);
        for row in study.rows.iter_mut().filter(|row| row.visit == 2) {
            row.shots.iter_mut().for_each(|v| *v *= 0.6);
            let verdict = Verdict::Withheld { reasons: vec![Reason::LightSoftness] };
            row.change = Some(Change { before: None, after: None, figures: None, verdict });
        }
        assert!(of(&study)[0].visit.unwrap().sd < 0.02, "the softer light is left out");
        for row in study.rows.iter_mut().filter(|row| row.visit == 2) {
            row.change = None;
        }
        assert!(of(&study)[0].visit.unwrap().sd > 0.2, "it would be seen");
    }

    #[test]
    fn copies_and_single_shots() {
        let mut study = study(4, 2, 0.02, 0.0);
        study.rows.iter_mut().for_each(|row| row.shots[1] = row.shots[0]);
        let copies = of(&study);
        assert_eq!(copies[0].error, Err(Reason::CopiedShots));
        assert_eq!((copies[0].cv_percent(), copies[0].smallest_change(1)), (None, None));
        study.rows.iter_mut().for_each(|row| row.shots.truncate(1));
        assert_eq!(of(&study), []);
        assert!(!has_repeats(&study.study));
    }
}
