//! Pictures of a shot in the frame of its baseline: the same crop, the same tone curve, the same color scales.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::measure::measurement::Map;
use crate::photo::Photo;
use crate::series::align::Alignment;

/// JPEG files below the folder of the results; `None` where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

impl Pictures {
    /// The files there are.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        [&self.photo, &self.relief, &self.melanin, &self.hemoglobin].into_iter().flatten()
    }
}

/// The values of the two ends of the color scales of relief, melanin and hemoglobin: those of the baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ranges {
    /// Of the relief.
    pub relief: (f32, f32),
    /// Of the melanin.
    pub melanin: (f32, f32),
    /// Of the hemoglobin.
    pub hemoglobin: (f32, f32),
}

/// What pictures are drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What the files' names begin with: letters and digits, another one for every photo, baseline and configuration.
    pub name: &'a str,
    /// The photo.
    pub photo: &'a Photo,
    /// Its maps.
    pub maps: &'a [Map],
    /// How it lies on the baseline; `None` for the baseline and for a photo that lies nowhere: it is shown as it is.
    pub on: Option<&'a Alignment>,
    /// The color scales of the baseline; `None` for the baseline itself.
    pub like: Option<&'a Ranges>,
}

/// Where pictures go.
pub trait Sink: Sync {
    /// Draws and writes the pictures of a photo.
    ///
    /// # Errors
    /// When a file cannot be written (stage `write`): that ends the run.
    fn pictures(&self, source: &Source<'_>) -> Result<(Pictures, Ranges)>;

    /// Are the files still there?
    fn has(&self, pictures: &Pictures) -> bool;
}
