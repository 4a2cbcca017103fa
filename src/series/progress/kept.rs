//! What the journal remembers of a shot beside its record: how it lies on its baseline, and its pictures.

use serde::{Deserialize, Serialize};

use super::picture::{Pictures, Ranges};
use super::reading::{Laid, Reading};
use crate::batch::record::Record;
use crate::error::{Error, Result};
use crate::series::align::quality::Quality;
use crate::series::align::transform::Transform;
use crate::series::align::{Alignment, Limits, NoAlignment};

/// What is remembered.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    laid: KeptLaid,
    coverage: Vec<(String, f64)>,
    scale: Option<(f64, String)>,
    pub(super) pictures: Pictures,
    /// Ends of the color scales of the pictures.
    pub(super) ranges: Ranges,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
enum KeptLaid {
    #[default]
    Baseline,
    On {
        map: [[f64; 3]; 3],
        back: [[f64; 3]; 3],
        size: (usize, usize),
        quality: Box<Quality>,
    },
    Not {
        code: String,
        message: String,
        matches: usize,
        inliers: usize,
    },
}

/// Where a scale can come from.
const SCALE_SOURCES: [&str; 4] = ["study", "option", "tag", "alignment"];

impl Kept {
    pub(super) fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error::internal("journal", e.to_string()))
    }

    pub(super) fn lay(&mut self, found: &Alignment) {
        self.laid = KeptLaid::On {
            map: found.map.0,
            back: found.back.0,
            size: found.baseline_size,
            quality: Box::new(found.quality),
        };
    }

    pub(super) fn not_laid(&mut self, none: &NoAlignment) {
        self.laid = KeptLaid::Not {
            code: none.code.to_owned(),
            message: none.message.clone(),
            matches: none.matches,
            inliers: none.inliers,
        };
    }

    pub(super) fn cover(&mut self, region: &str, share: f64) {
        self.coverage.push((region.to_owned(), share));
    }

    pub(super) fn set_scale(&mut self, mm_per_px: Option<f64>, source: &str) {
        self.scale = mm_per_px.map(|mm| (mm, source.to_owned()));
    }

    pub(super) fn set_scale_unless_known(&mut self, mm_per_px: Option<f64>, source: &str) {
        if self.scale.is_none() {
            self.set_scale(mm_per_px, source);
        }
    }

    pub(super) fn scale(&self) -> Option<(f64, &'static str)> {
        let (mm, source) = self.scale.as_ref()?;
        SCALE_SOURCES.iter().find(|known| *known == source).map(|known| (*mm, *known))
    }

    /// The reading of a record; the place of the shot is still to be set.
    pub(super) fn reading(&self, record: Record, limits: &Limits, fresh: bool) -> Reading {
        let laid = match &self.laid {
            KeptLaid::Baseline => Laid::Baseline,
            KeptLaid::On { map, back, size, quality } => {
                let (verdict, reasons) = limits.judge(quality, size.0.max(size.1));
                let (map, back) = (Transform(*map), Transform(*back));
                Laid::On(Box::new(Alignment { map, back, baseline_size: *size, quality: **quality, verdict, reasons }))
            }
            KeptLaid::Not { code, message, matches, inliers } => Laid::Not(NoAlignment {
                code: NoAlignment::CODES.iter().find(|known| *known == code).copied().unwrap_or("not_laid"),
                message: message.clone(),
                matches: *matches,
                inliers: *inliers,
            }),
        };
        Reading {
            shot: 0,
            scale: self.scale(),
            rows: record.rows,
            lesions: record.lesions,
            laid,
            coverage: self.coverage.clone(),
            failure: record.failures.into_iter().next(),
            pictures: self.pictures.clone(),
            fresh,
        }
    }
}
