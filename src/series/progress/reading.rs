//! A shot, measured, and how it lies on its baseline.

use super::picture::Pictures;
use crate::batch::record::Failure;
use crate::measure::pipeline::ALL;
use crate::measure::{Column, Lesion, Row};
use crate::series::align::{Alignment, Limits, NoAlignment};

/// What came of one shot.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Place of the shot in [`Study::shots`](crate::series::study::Study::shots).
    pub shot: usize,
    /// One row per region, `all` first; none when it was not measured.
    pub rows: Vec<Row>,
    /// Its spots and scars, in pixels of its own photo.
    pub lesions: Vec<Lesion>,
    /// How it lies on the baseline.
    pub laid: Laid,
    /// Share of each region of the baseline that was measured here too.
    pub coverage: Vec<(String, f64)>,
    /// Scale it was measured with, in mm per pixel, and where that comes from: `study`, `option`, `tag`, `alignment`.
    pub scale: Option<(f64, &'static str)>,
    /// Why it was not measured.
    pub failure: Option<Failure>,
    /// Pictures of it in the frame of the baseline.
    pub pictures: Pictures,
    /// Was it measured in this run, not read from the journal?
    pub fresh: bool,
}

/// How a shot lies on its baseline.
#[derive(Clone, Debug)]
pub enum Laid {
    /// It is the baseline.
    Baseline,
    /// It could be laid over it; whether to believe that is told by the verdict.
    On(Box<Alignment>),
    /// It could not.
    Not(NoAlignment),
    /// There was nothing to lay: this photo or that of the baseline was not read.
    Unread,
}

impl Reading {
    /// The row of a region.
    #[must_use]
    pub fn row(&self, region: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.text(Column::REGION) == region)
    }

    /// The row of the whole skin.
    #[must_use]
    pub fn whole(&self) -> Option<&Row> {
        self.row(ALL)
    }

    /// Does it not lie over its baseline, so that it may show other skin?
    #[must_use]
    pub fn is_astray(&self) -> bool {
        match &self.laid {
            Laid::Baseline => false,
            Laid::On(alignment) => !alignment.holds(&Limits::default()),
            Laid::Not(_) | Laid::Unread => true,
        }
    }

    /// SHA-256 of its photo, where it was read.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.rows.first().map(|row| row.text(Column::SHA256)).filter(|hash| !hash.is_empty())
    }

    /// A value of a region.
    #[must_use]
    pub fn value(&self, region: &str, column: Column) -> Option<f64> {
        self.row(region)?.number(column)
    }

    /// The alignment, where there is one.
    #[must_use]
    pub fn alignment(&self) -> Option<&Alignment> {
        match &self.laid {
            Laid::On(alignment) => Some(alignment),
            Laid::Baseline | Laid::Not(_) | Laid::Unread => None,
        }
    }
}
