//! What was found: the readings of a study by place and visit, and what stands beside what.

use std::collections::{BTreeMap, BTreeSet};

use super::gates::{self, Kind, Note, Pair};
use super::reading::Laid;
use super::{Place, ProgressConfig, Reading, SURROUND};
use crate::measure::Column;
use crate::measure::pipeline::ALL;
use crate::series::statistics::verdict::Reason;
use crate::series::study::{CONTROL, Study, Subject};

/// Why a kind of metric is withheld, and what to know of it.
pub(super) type Judged = BTreeMap<Kind, (BTreeSet<Reason>, BTreeSet<Note>)>;

/// A study and its readings, one per shot and in their order.
pub(super) struct Found<'a> {
    pub(super) study: &'a Study,
    pub(super) readings: &'a [Reading],
    pub(super) config: &'a ProgressConfig,
    /// Photos that are there more than once, by their SHA-256.
    copies: BTreeSet<&'a str>,
}

impl<'a> Found<'a> {
    pub(super) fn of(study: &'a Study, readings: &'a [Reading], config: &'a ProgressConfig) -> Self {
        let mut seen = BTreeSet::new();
        let copies = readings.iter().filter_map(Reading::file).filter(|file| !seen.insert(*file)).collect();
        Self { study, readings, config, copies }
    }

    /// Every region of every view of every subject.
    pub(super) fn places(&self) -> Vec<Place> {
        let mut places = BTreeSet::new();
        for (subject, s) in self.study.subjects.iter().enumerate() {
            for i in s.visits.iter().flat_map(|v| &v.shots) {
                let view = &self.study.shots[*i].view;
                for row in &self.readings[*i].rows {
                    let region = row.text(Column::REGION);
                    if !region.is_empty() {
                        places.insert(Place { subject, view: view.clone(), region: region.to_owned() });
                    }
                }
            }
        }
        places.into_iter().collect()
    }

    pub(super) fn subject(&self, place: &Place) -> &'a Subject {
        &self.study.subjects[place.subject]
    }

    /// The readings of a place at a visit, and whether some were left out: one that is spoiled, or shows other skin, where
    /// others of the visit are fit.
    pub(super) fn at(&self, place: &Place, visit: usize) -> (Vec<&'a Reading>, bool) {
        let visit = &self.subject(place).visits[visit];
        let all: Vec<&Reading> = visit.repeats(self.study, &place.view).map(|i| &self.readings[i]).collect();
        let fit = |r: &&&Reading| !r.is_astray() && !gates::is_spoiled(r, self.config);
        let fit: Vec<&Reading> = all.iter().filter(fit).copied().collect();
        if fit.is_empty() || fit.len() == all.len() { (all, false) } else { (fit, true) }
    }

    /// The values of the shots of a visit. A copy of a photo is no second shot, for it would pass for one without any error;
    /// a photo that does not lie over its baseline shows other skin.
    pub(super) fn values(&self, place: &Place, visit: usize, column: Column) -> Vec<f64> {
        let mut seen = BTreeSet::new();
        let readings = self.at(place, visit).0;
        let shots = readings.iter().filter(|r| r.file().is_none_or(|file| seen.insert(file)) && !r.is_astray());
        shots.filter_map(|r| r.value(&place.region, column)).collect()
    }

    /// Is a photo of this visit elsewhere in the study too?
    pub(super) fn is_copied(&self, place: &Place, visit: usize) -> bool {
        self.at(place, visit).0.iter().filter_map(|r| r.file()).any(|file| self.copies.contains(file))
    }

    /// The visits at which a place was photographed, from its baseline on.
    pub(super) fn visits(&self, place: &Place) -> Vec<usize> {
        let subject = self.subject(place);
        let shots = |v: usize| subject.visits[v].repeats(self.study, &place.view);
        let all = (0..subject.visits.len()).filter(|&v| shots(v).next().is_some());
        // The first photo that could be measured is what all others were laid over.
        all.skip_while(|&v| !shots(v).any(|i| matches!(self.readings[i].laid, Laid::Baseline))).collect()
    }

    /// Is it held to be untreated?
    pub(super) fn is_control(&self, place: &Place) -> bool {
        self.arm(place) == CONTROL
    }

    /// Is it of a subject all of whose skin is held to be untreated? `places` are those of the subject, here and below.
    pub(super) fn is_of_control_arm(&self, place: &Place, places: &[Place]) -> bool {
        place.region != SURROUND && places.iter().filter(|p| p.region != SURROUND).all(|p| self.is_control(p))
    }

    /// What the photos of a visit carry against those of the first.
    pub(super) fn judge(&self, place: &Place, visit: usize, beside_control: bool) -> Judged {
        let (subject, first) = (self.subject(place), self.visits(place).first().copied().unwrap_or(visit));
        let course = self.course(subject, self.arm(place));
        let ((before, out_before), (after, out_after)) = (self.at(place, first), self.at(place, visit));
        let pair = Pair {
            study: self.study,
            config: self.config,
            region: &place.region,
            before: &before,
            after: &after,
            course: &course,
            beside_control,
            copies: &self.copies,
        };
        let judged = |kind: &Kind| {
            let (reasons, mut notes) = gates::judge(&pair, *kind);
            notes.extend((out_before || out_after).then_some(Note::ShotLeftOut));
            (*kind, (reasons, notes))
        };
        Kind::ALL.iter().map(judged).collect()
    }

    /// The arm of a place, as its first shot says; none of the skin around regions.
    pub(super) fn arm(&self, place: &Place) -> &'a str {
        if place.region == SURROUND {
            return "";
        }
        let first = self.subject(place).visits.iter().find_map(|v| v.repeats(self.study, &place.view).next());
        first.map_or("", |i| self.study.shots[i].arms.of(&place.region))
    }

    /// What a place is held against: a control in the same photos, else in another view.
    pub(super) fn control(&self, place: &Place, places: &[Place]) -> Option<Place> {
        if self.is_control(place) || place.region == SURROUND {
            return None;
        }
        // All skin of a photo holds its control.
        let controls = || places.iter().filter(|p| self.is_control(p));
        let same_photo = controls().find(|p| p.view == place.view && p.region != ALL);
        if place.region == ALL && same_photo.is_some() {
            return None;
        }
        same_photo.or_else(|| controls().find(|p| p.view != place.view && p.region == place.region)).cloned()
    }

    /// What is not subtracted, but speaks against a change: the skin around the regions of the same photos, where they hold no control; of
    /// all skin the control or the surround that it holds.
    pub(super) fn witness(&self, place: &Place, places: &[Place], control: Option<&Place>) -> Option<Place> {
        if place.region == SURROUND || self.is_control(place) || control.is_some_and(|c| c.view == place.view) {
            return None;
        }
        let beside = || places.iter().filter(|p| p.view == place.view);
        let own = beside().find(|p| p.is_drawn() && self.is_control(p));
        own.or_else(|| beside().find(|p| p.region == SURROUND)).cloned()
    }
}
