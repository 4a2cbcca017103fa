//! One row of a study file: a photo and what is known of it.

use std::path::PathBuf;

use super::day::Day;
use crate::batch::regions::Polygon;

/// The arm that the others are compared with.
pub const CONTROL: &str = "control";

/// A photo of a subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shot {
    /// Row of the study file as a spreadsheet counts it; the header is row 1.
    pub row: u64,
    /// Its name: the path within the folder of the photos, with `/` between folders. No two shots share one.
    pub photo: String,
    /// Its file, inside the folder of the photos.
    pub path: PathBuf,
    /// Whose skin it shows.
    pub subject: String,
    /// When it was taken.
    pub day: Option<Day>,
    /// How that is known.
    pub day_source: DaySource,
    /// Name or number of the visit as written; empty when not.
    pub visit: String,
    /// From where it was taken; empty when the study has one view only.
    pub view: String,
    /// What was drawn on it.
    pub regions: ShotRegions,
    /// Which arm its regions belong to.
    pub arms: Arms,
    /// Millimeters per pixel.
    pub mm_per_px: Option<f64>,
    /// The light.
    pub light: Option<Light>,
    /// Name or number of the repeat shot as written.
    pub repeat: String,
    /// True when make-up is noted, false when its absence is.
    pub makeup: Option<bool>,
    /// Notes.
    pub notes: String,
    /// Grades of the clinician, one per [`ScaleColumn`](super::ScaleColumn) of the study.
    pub scales: Vec<Option<f64>>,
    /// Cells of the columns that are carried along, one per name of [`Study::extra`](super::Study::extra).
    pub extra: Vec<String>,
}

/// How the day of a shot is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DaySource {
    /// It is not.
    #[default]
    Unknown,
    /// The study file gives a date.
    Date,
    /// The study file gives the number of a day.
    Day,
    /// The photo's EXIF block.
    Exif,
}

/// The light of a shot: a name, or where the lamp stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Light {
    /// As the operator calls it.
    Named(String),
    /// Degrees from 0 to below 360, 0 right, 90 up.
    Azimuth(f64),
}

/// What an operator drew on a photo.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShotRegions {
    /// Mask image of the skin.
    pub skin: Option<PathBuf>,
    /// Mask images of named parts.
    pub named: Vec<(String, PathBuf)>,
    /// Polygons of named parts.
    pub polygons: Vec<Polygon>,
}

impl ShotRegions {
    /// True when nothing was drawn.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.skin.is_none() && self.named.is_empty() && self.polygons.is_empty()
    }

    /// Names of the parts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let drawn = self.polygons.iter().map(|p| p.name.as_str());
        self.named.iter().map(|(name, _)| name.as_str()).chain(drawn)
    }
}

/// The arm of a shot: one for all of it, or one per region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arms {
    /// Arm of what is not named below; empty when none is given.
    pub whole: String,
    /// Arms of named regions.
    pub by_region: Vec<(String, String)>,
}

impl Arms {
    /// The arm of a region; empty when none is given. A region called `control` is one unless the file says otherwise.
    #[must_use]
    pub fn of(&self, region: &str) -> &str {
        match self.by_region.iter().find(|(name, _)| name == region) {
            Some((_, arm)) => arm,
            None if region == CONTROL => CONTROL,
            None => &self.whole,
        }
    }

    /// True when no arm is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.by_region.is_empty()
    }

    /// The arms that are given.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let whole = Some(self.whole.as_str()).filter(|arm| !arm.is_empty());
        whole.into_iter().chain(self.by_region.iter().map(|(_, arm)| arm.as_str()))
    }

    /// True when a region is what others are compared with.
    #[must_use]
    pub fn is_control(&self, region: &str) -> bool {
        self.of(region) == CONTROL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_has_its_own_arm_or_that_of_the_shot() {
        let arms = Arms { whole: "peel".to_owned(), by_region: vec![("left".to_owned(), CONTROL.to_owned())] };
        assert_eq!((arms.of("left"), arms.of("right"), arms.of("all")), ("control", "peel", "peel"));
        assert!(arms.is_control("left") && arms.is_control("control") && !arms.is_control("all"));
        assert_eq!(Arms::default().of("all"), "");
    }
}
