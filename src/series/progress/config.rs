//! The table `progress` of the configuration: how change is judged.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::measure::Column;
use crate::series::course::Profile;
use crate::series::statistics::multiple::HEADLINE;
use crate::series::statistics::scale::Scale;

/// How change is judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProgressConfig {
    /// The metrics of the pages and of the cohort, in order. `change.csv` has every metric.
    pub headline: Vec<String>,
    /// Are the colors of all photos calibrated with a chart? Else colors are compared only beside a control in the same photo.
    pub color_calibrated: bool,
    /// Are lamp and camera one rig, so that the light cannot move against the skin? Else a change of relief is told only beside
    /// untreated skin.
    pub light_fixed: bool,
    /// Largest difference of the direction of light, degrees (default 20).
    pub light_deg: f64,
    /// Largest change of the range of slow light over the skin, as a ratio (default 0.15): softer or harder light.
    pub illumination: f64,
    /// Largest change of the anisotropy of the relief (default 0.08): a lamp from one side draws furrows along one way only.
    pub anisotropy: f64,
    /// Largest loss of sharpness against the baseline (default 0.4, a warning from half of it).
    pub sharpness_loss: f64,
    /// Largest share of clipped pixels (default 0.02).
    pub clipped: f64,
    /// Largest share of glare (default 0.05).
    pub glare: f64,
    /// Largest difference of scale between the study file and the alignment (default 0.05).
    pub scale: f64,
    /// Largest difference of the size of a pixel between two visits (default 0.25): coarser pixels show less.
    pub magnification: f64,
    /// Coarsest scale at which scars are counted, mm per pixel (default 0.15).
    pub scar_mm_per_px: f64,
    /// Least JPEG quality (default 60).
    pub jpeg_quality: f64,
    /// Largest difference of JPEG quality between two visits (default 8).
    pub jpeg_difference: f64,
    /// Largest loss of sharpness for the finest relief (default 0.05).
    pub sharpness_loss_fine: f64,
    /// Largest shift of the skin's mean color, CIELAB units with L* at half weight, where colors are neither calibrated nor held
    /// against a control (default 5).
    pub color_shift: f64,
    /// Where the photos hold no control: is the skin around the drawn regions a witness of light and camera? (default true) If it was
    /// treated too, say false.
    pub surround: bool,
    /// Seed of the resampling of the cohort (default 1).
    pub seed: u64,
    /// The rules of the course.
    pub course: Profile,
}

impl Default for ProgressConfig {
    fn default() -> Self {
        Self {
            headline: HEADLINE.iter().map(|c| c.metric().name.clone()).collect(),
            color_calibrated: false,
            light_fixed: false,
            light_deg: 20.0,
            illumination: 0.15,
            anisotropy: 0.08,
            sharpness_loss: 0.4,
            clipped: 0.02,
            glare: 0.05,
            scale: 0.05,
            magnification: 0.25,
            scar_mm_per_px: 0.15,
            jpeg_quality: 60.0,
            jpeg_difference: 8.0,
            sharpness_loss_fine: 0.05,
            color_shift: 5.0,
            surround: true,
            seed: 1,
            course: Profile::default(),
        }
    }
}

impl ProgressConfig {
    /// Refuses values that mean nothing.
    ///
    /// # Errors
    /// Names the key, what it holds and what is allowed.
    pub fn check(&self) -> Result<()> {
        let numbers = [
            ("light_deg", self.light_deg, 0.0, 180.0),
            ("illumination", self.illumination, 0.0, 100.0),
            ("anisotropy", self.anisotropy, 0.0, 1.0),
            ("sharpness_loss", self.sharpness_loss, 0.0, 1.0),
            ("clipped", self.clipped, 0.0, 1.0),
            ("glare", self.glare, 0.0, 1.0),
            ("scale", self.scale, 0.0, 1.0),
            ("scar_mm_per_px", self.scar_mm_per_px, 0.0, 10.0),
            ("magnification", self.magnification, 0.0, 10.0),
            ("jpeg_quality", self.jpeg_quality, 0.0, 100.0),
            ("jpeg_difference", self.jpeg_difference, 0.0, 100.0),
            ("sharpness_loss_fine", self.sharpness_loss_fine, 0.0, 1.0),
            ("color_shift", self.color_shift, 0.0, 1000.0),
        ];
        if let Some((name, value, low, high)) = numbers.iter().find(|(_, v, low, high)| !(*low..=*high).contains(v)) {
            return Err(Error::config(format!("progress.{name} is {value}; {low} to {high} are allowed")));
        }
        self.course.check()?;
        self.headline_columns().map(|_| ())
    }

    /// The headline metrics as columns.
    ///
    /// # Errors
    /// A name that no column has, or of which a change means nothing, or that is there twice.
    pub fn headline_columns(&self) -> Result<Vec<Column>> {
        if let Some((_, name)) = self.headline.iter().enumerate().find(|(i, name)| self.headline[..*i].contains(name)) {
            return Err(Error::config(format!("progress.headline names `{name}` twice; name every metric once")));
        }
        let column = |name: &String| {
            let column = Column::named(name).filter(|c| Scale::of(*c).is_some());
            column.ok_or_else(|| {
                Error::config(format!(
                    "progress.headline names `{name}`, which is no metric that can be compared; `cicatrix metrics` lists all"
                ))
            })
        };
        self.headline.iter().map(column).collect()
    }
}
