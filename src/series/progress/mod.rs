//! What changed in a study: the engine of `cicatrix progress`.
//!
//! Measuring turns every shot into a [`Reading`]: its photo is laid over that of the baseline, the regions of the baseline
//! follow, and each is measured. Evaluating turns readings into changes: repeat shots give the error, gates say what the
//! photos do not carry, a control is subtracted, lesions are followed one by one, courses are held against their rules, and arms
//! are compared.

mod config;
mod error;
mod evaluate;
mod found;
mod gates;
mod kept;
mod lesions;
mod measure;
mod picture;
mod reading;
mod surround;

pub use config::ProgressConfig;
pub use evaluate::evaluate;
pub use gates::Note;
pub use measure::{Progressing, Setup, measure};
pub use picture::{Pictures, Ranges, Sink, Source};
pub use reading::{Laid, Reading};

use std::collections::BTreeMap;

use super::course::Finding;
use super::lesion_match::Fate;
use super::statistics::change::{Change, Yardstick};
use super::statistics::cohort::{Difference, Group};
use super::statistics::repeatability::{ErrorModel, Sem};
use super::statistics::trend::Trend;
use super::study::{Day, Study};
use crate::measure::pipeline::ALL;
use crate::measure::{Column, Lesion};

/// Everything that a study shows.
#[derive(Debug)]
pub struct Progress {
    /// The study.
    pub study: Study,
    /// Its shots, measured, in the order of its rows.
    pub readings: Vec<Reading>,
    /// What every compared column is held against, and where its error comes from.
    pub yardsticks: BTreeMap<Column, Known>,
    /// One entry per place, metric and visit, the baseline included: by subject, view, region, column, visit.
    pub rows: Vec<ChangeRow>,
    /// One per place and metric with enough visits, in the order of the rows.
    pub trends: Vec<TrendRow>,
    /// What became of single lesions.
    pub lesions: Vec<LesionRow>,
    /// Departures from the rules of the course: subject and finding.
    pub courses: Vec<(String, Finding)>,
    /// Arms by metric and visit.
    pub groups: Vec<Group>,
    /// Arms against each other.
    pub differences: Vec<Difference>,
    /// Clinicians' grades against the metrics: shown beside them, never blended.
    pub grades: Vec<GradeRow>,
}

/// What the changes of a column are held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// Scale, direction and error. Its error between visits is that of a place without a control in the same photos.
    pub yardstick: Yardstick,
    /// Where the error of a shot comes from.
    pub source: ErrorSource,
    /// Where the error between visits comes from; `None` where there is none.
    pub visits: Option<VisitSource>,
    /// The error between visits of a region and of its control in the same photos, each.
    pub beside_control: Option<Sem>,
}

impl Known {
    /// The yardstick of a place.
    #[must_use]
    pub fn of_place(&self, beside_control: bool) -> Yardstick {
        let visit = |error: ErrorModel| if beside_control { self.beside_control } else { error.visit };
        Yardstick { error: self.yardstick.error.map(|e| ErrorModel { visit: visit(e), ..e }), ..self.yardstick }
    }
}

/// Where an error between visits comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitSource {
    /// The study's controls.
    Controls {
        /// Their visits, beyond the first of each.
        between: usize,
    },
    /// A stated value.
    Stated,
}

impl VisitSource {
    /// Its name in `yardsticks.csv`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Controls { .. } => "controls",
            Self::Stated => "stated",
        }
    }
}

/// Where an error of measurement comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ErrorSource {
    /// The study's own repeat shots.
    Repeats {
        /// Groups of repeat shots.
        groups: usize,
        /// Shots in them.
        shots: usize,
    },
    /// A stated value ([`super::statistics::defaults`]).
    Stated,
    /// It is not known.
    Unknown,
}

impl ErrorSource {
    /// Its name in `change.csv`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Repeats { .. } => "repeat_shots",
            Self::Stated => "stated",
            Self::Unknown => "unknown",
        }
    }
}

/// The region around the drawn ones, a witness of light and camera.
pub const SURROUND: &str = "surround";

/// Skin that is followed: one region in one view of one subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Place of the subject in [`Study::subjects`].
    pub subject: usize,
    /// The view; empty in a study of one view.
    pub view: String,
    /// The region: `all`, [`SURROUND`], or as drawn.
    pub region: String,
}

impl Place {
    /// Was it drawn?
    #[must_use]
    pub fn is_drawn(&self) -> bool {
        self.region != ALL && self.region != SURROUND
    }
}

/// One metric of one place at one visit, against the baseline.
#[derive(Clone, Debug)]
pub struct ChangeRow {
    /// Where.
    pub place: Place,
    /// The arm; empty when none is given.
    pub arm: String,
    /// Is it what the others are held against?
    pub is_control: bool,
    /// Is it all skin, or what surrounds the drawn regions, where there are some? It is shown, and speaks for nobody.
    pub is_backdrop: bool,
    /// The metric.
    pub column: Column,
    /// Position of the visit among those of the subject, 0 for the baseline.
    pub visit: usize,
    /// Day of the visit.
    pub day: Option<Day>,
    /// Days since the baseline.
    pub days: Option<i64>,
    /// Sessions before this visit.
    pub sessions: usize,
    /// Values of the shots of this visit.
    pub shots: Vec<f64>,
    /// Interval of the visit's value by the error of measurement.
    pub interval: Option<super::statistics::Interval>,
    /// The change; `None` at the baseline.
    pub change: Option<Change>,
    /// The region whose change was subtracted, or `control arm`; `None` where there is no control.
    pub control: Option<String>,
    /// What to know of it, though it is told.
    pub notes: Vec<Note>,
}

/// The trend of one metric in one place.
#[derive(Clone, Debug)]
pub struct TrendRow {
    /// Where.
    pub place: Place,
    /// The metric.
    pub column: Column,
    /// Visits in it.
    pub visits: usize,
    /// Per day, on the metric's own scale.
    pub trend: Trend,
}

/// What became of a lesion.
#[derive(Clone, Debug)]
pub struct LesionRow {
    /// Where.
    pub place: Place,
    /// Position of the visit that is held against the baseline.
    pub visit: usize,
    /// What became of it.
    pub fate: Fate,
    /// At the baseline.
    pub before: Option<Lesion>,
    /// At the follow-up; its pixels are those of the follow-up's photo.
    pub after: Option<Lesion>,
    /// Its center in pixels of the baseline's photo.
    pub at: [f64; 2],
    /// Distance of the pair.
    pub distance_mm: Option<f64>,
    /// Change of its diameter, percent.
    pub diameter_percent: Option<f64>,
}

/// A clinician's grade against a metric.
#[derive(Clone, Debug)]
pub struct GradeRow {
    /// The column of the study file.
    pub grade: String,
    /// The metric.
    pub column: Column,
    /// Spearman's correlation over visits, with its interval.
    pub rank: super::statistics::rank::Rank,
}
