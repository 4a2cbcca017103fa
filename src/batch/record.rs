//! What a run keeps of one photo.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Stage};
use crate::measure::scar::scale::SubScore;
use crate::measure::{Lesion, Row};

/// What became of a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Measured.
    Ok,
    /// Decoded, but not fit to be measured.
    Refused,
    /// Not read, not decoded, or stopped by a defect.
    Failed,
}

/// Why a photo was not measured: a row of `failures.csv`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Where on its way it stopped.
    pub stage: Stage,
    /// A stable name of the reason.
    pub code: String,
    /// What was found, what is allowed, what to do.
    pub message: String,
}

/// Everything the results say of one photo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Path relative to the folder given, with `/` between folders.
    pub photo: String,
    /// What became of it.
    pub status: Status,
    /// Rows of `metrics.csv`: one per region when measured, one with the quality columns when refused, none when failed.
    pub rows: Vec<Row>,
    /// Rows of `lesions.csv`.
    pub lesions: Vec<Lesion>,
    /// Rows of `scales.csv`.
    pub sub_scores: Vec<SubScore>,
    /// Rows of `failures.csv`: none when measured.
    pub failures: Vec<Failure>,
    /// JPEG of the photo with its overlay for the report; empty when there is none.
    pub thumbnail: Vec<u8>,
}

impl Record {
    /// The record of a photo without numbers.
    #[must_use]
    pub fn failed(photo: &str, failure: Failure) -> Self {
        Self {
            photo: photo.to_owned(),
            status: Status::Failed,
            rows: Vec::new(),
            lesions: Vec::new(),
            sub_scores: Vec::new(),
            failures: vec![failure],
            thumbnail: Vec::new(),
        }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self { stage: error.stage(), code: error.code().to_owned(), message: error.message().to_owned() }
    }
}
