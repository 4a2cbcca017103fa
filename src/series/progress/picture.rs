//! Pictures of a shot in the frame of its baseline: the same crop, the same tone curve.

use std::path::PathBuf;

/// JPEG files below the folder of the results; `None` where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pictures {
    /// The photo.
    pub photo: Option<PathBuf>,
    /// Its relief.
    pub relief: Option<PathBuf>,
    /// Its melanin.
    pub melanin: Option<PathBuf>,
    /// Its hemoglobin.
    pub hemoglobin: Option<PathBuf>,
    /// Columns and rows of each.
    pub size: (usize, usize),
    /// Pixels of the baseline's photo along one of theirs.
    pub factor: usize,
}
