//! Which column of a file plays which role.
//!
//! A column is known by its own name, without regard to case, blanks and hyphens, or by the name that the configuration
//! gives it. Nothing else is taken for it: `patient_id` may be the subject, but that is the operator's to say, so it is
//! only suggested.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::finding::{Notebook, shown};
use super::sheet::Sheet;
use crate::base::nearest::{nearest, slips};

/// The role of a column.
pub trait Role: Copy + Ord + 'static {
    /// Every role.
    const ALL: &'static [Self];
    /// Its name, which is that of its column.
    fn name(self) -> &'static str;
    /// Names that other files give to such a column.
    fn hints(self) -> &'static [&'static str];
    /// True when no file can do without.
    fn required(self) -> bool;
    /// The table of the configuration that maps it.
    const TABLE: &'static str;
}

/// Roles of the columns of a study file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShotColumn {
    /// Path of the photo.
    Photo,
    /// Whose skin it shows.
    Subject,
    /// When it was taken, as a date.
    Date,
    /// When it was taken, as a day number.
    Day,
    /// At which visit.
    Visit,
    /// From where.
    View,
    /// Mask images and polygons.
    Region,
    /// Arm of the trial.
    Arm,
    /// Millimeters per pixel.
    MmPerPx,
    /// The light.
    Light,
    /// Which of several shots.
    Repeat,
    /// Make-up on the skin.
    Makeup,
    /// Notes.
    Notes,
}

/// Roles of the columns of a sessions file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionColumn {
    /// Who was treated.
    Subject,
    /// When, as a date.
    Date,
    /// When, as a day number.
    Day,
    /// With what.
    Instrument,
    /// How.
    Technique,
    /// With which solution.
    Solution,
    /// How deep.
    NeedleDepthMm,
    /// Which session of the course.
    Session,
    /// Which arm.
    Arm,
    /// How many sessions the course has.
    Planned,
    /// Does the session maintain what the course reached?
    Maintenance,
    /// Notes.
    Notes,
}

impl Role for ShotColumn {
    const ALL: &'static [Self] = &[
        Self::Photo,
        Self::Subject,
        Self::Date,
        Self::Day,
        Self::Visit,
        Self::View,
        Self::Region,
        Self::Arm,
        Self::MmPerPx,
        Self::Light,
        Self::Repeat,
        Self::Makeup,
        Self::Notes,
    ];
    const TABLE: &'static str = "study.columns";

    fn name(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Subject => "subject",
            Self::Date => "date",
            Self::Day => "day",
            Self::Visit => "visit",
            Self::View => "view",
            Self::Region => "region",
            Self::Arm => "arm",
            Self::MmPerPx => "mm_per_px",
            Self::Light => "light",
            Self::Repeat => "repeat",
            Self::Makeup => "makeup",
            Self::Notes => "notes",
        }
    }

    fn hints(self) -> &'static [&'static str] {
        match self {
            Self::Photo => &[
                "image",
                "file",
                "filename",
                "file_name",
                "path",
                "img",
                "img_id",
                "image_id",
                "image_path",
                "picture",
            ],
            Self::Subject => &[
                "patient",
                "patient_id",
                "subject_id",
                "participant",
                "participant_id",
                "person",
                "case_id",
                "id",
                "record_id",
            ],
            Self::Date => &["photo_date", "taken", "captured_at", "visit_date", "acquisition_date"],
            Self::Day => &["study_day", "day_number", "acquisition_day", "days"],
            Self::Visit => &["time_point", "timepoint", "visit_id", "visit_number", "follow_up", "session"],
            Self::View => &["side", "site", "position", "angle", "lesion_id", "body_site"],
            Self::Region => &["mask", "regions", "roi", "mask_path"],
            Self::Arm => &["group", "treatment", "allocation"],
            Self::MmPerPx => &["mm_per_pixel", "pixel_spacing", "scale", "pixel_size"],
            Self::Light => &["lighting", "illumination", "light_azimuth", "light_azimuth_deg"],
            Self::Repeat => &["replicate", "shot", "repetition", "repeat_no"],
            Self::Makeup => &["make_up", "cosmetics", "skin_state"],
            Self::Notes => &["note", "comment", "comments", "remarks"],
        }
    }

    fn required(self) -> bool {
        matches!(self, Self::Photo | Self::Subject)
    }
}

impl Role for SessionColumn {
    const ALL: &'static [Self] = &[
        Self::Subject,
        Self::Date,
        Self::Day,
        Self::Instrument,
        Self::Technique,
        Self::Solution,
        Self::NeedleDepthMm,
        Self::Session,
        Self::Arm,
        Self::Planned,
        Self::Maintenance,
        Self::Notes,
    ];
    const TABLE: &'static str = "study.session_columns";

    fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Date => "date",
            Self::Day => "day",
            Self::Instrument => "instrument",
            Self::Technique => "technique",
            Self::Solution => "solution",
            Self::NeedleDepthMm => "needle_depth_mm",
            Self::Session => "session",
            Self::Arm => "arm",
            Self::Planned => "planned",
            Self::Maintenance => "maintenance",
            Self::Notes => "notes",
        }
    }

    fn hints(self) -> &'static [&'static str] {
        match self {
            Self::Subject => ShotColumn::Subject.hints(),
            Self::Date => &["session_date", "treatment_date", "treated_at"],
            Self::Day => ShotColumn::Day.hints(),
            Self::Instrument => &["device", "tool", "treatment", "modality"],
            Self::Technique => &["method"],
            Self::Solution => &["product", "serum", "cocktail", "drug"],
            Self::NeedleDepthMm => &["depth", "needle_depth", "needle_length_mm", "depth_mm"],
            Self::Session => &["session_number", "session_no", "number"],
            Self::Arm => ShotColumn::Arm.hints(),
            Self::Planned => &[
                "planned_sessions",
                "sessions_planned",
                "sessions_total",
                "total_sessions",
                "course_length",
                "number_of_sessions",
            ],
            Self::Maintenance => {
                &["maintenance_session", "is_maintenance", "maintaining", "upkeep", "booster", "booster_session"]
            }
            Self::Notes => ShotColumn::Notes.hints(),
        }
    }

    fn required(self) -> bool {
        matches!(self, Self::Subject)
    }
}

/// A column's name without what people vary: lower case, words joined by `_`.
pub(super) fn normalized(name: &str) -> String {
    let mut out = String::new();
    for c in name.trim().chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}

/// Where the columns of a file are.
#[derive(Clone, Debug)]
pub(super) struct Mapping<R> {
    places: Vec<(R, usize)>,
    /// Columns without a role, in order.
    pub(super) others: Vec<usize>,
}

impl<R: Role> Mapping<R> {
    /// A mapping made elsewhere.
    pub(super) fn new(places: Vec<(R, usize)>, width: usize) -> Self {
        let others = (0..width).filter(|i| places.iter().all(|(_, at)| at != i)).collect();
        Self { places, others }
    }

    /// Finds the column of every role; what is wrong with the header goes into `book`.
    pub(super) fn of(sheet: &Sheet, named: &BTreeMap<R, String>, book: &mut Notebook<'_>) -> Self {
        let mut places = Vec::new();
        for &role in R::ALL {
            if let Some(at) = find(sheet, role, named, book) {
                places.push((role, at));
            }
        }
        let mapping = Self::new(places, sheet.header.len());
        mapping.suspect(sheet, book);
        mapping
    }

    /// The column of a role.
    pub(super) fn at(&self, role: R) -> Option<usize> {
        self.places.iter().find(|(r, _)| *r == role).map(|(_, at)| *at)
    }

    /// A mistyped column would be carried along in silence, and its numbers not used.
    fn suspect(&self, sheet: &Sheet, book: &mut Notebook<'_>) {
        // A file that counts its days has no dates, and the other way round.
        let days = ["date", "day"];
        let dated = R::ALL.iter().any(|r| days.contains(&r.name()) && self.at(*r).is_some());
        let is_free = |r: &R| self.at(*r).is_none() && !(dated && days.contains(&r.name()));
        let free: Vec<R> = R::ALL.iter().copied().filter(is_free).collect();
        for &i in &self.others {
            let name = normalized(&sheet.header[i]);
            let close = |role: &&R| {
                let most = if role.name().len() > 5 { 2 } else { 1 };
                role.hints().contains(&name.as_str())
                    || role.name().len() > 3
                        && name.len().abs_diff(role.name().len()) <= most
                        && slips(&name, role.name()) <= most
            };
            if let Some(role) = free.iter().find(close) {
                let (table, role, column) = (R::TABLE, role.name(), shown(&sheet.header[i]));
                book.warn(
                    "column_unused",
                    0,
                    &sheet.header[i],
                    format!("carried along, not used; if it is the column {role}, name it so or write {role} = \"{column}\" under [{table}]"),
                );
            }
        }
    }
}

fn find<R: Role>(sheet: &Sheet, role: R, named: &BTreeMap<R, String>, book: &mut Notebook<'_>) -> Option<usize> {
    let names = || sheet.header.iter().map(String::as_str);
    if let Some(name) = named.get(&role) {
        let at = names().position(|h| h == name.trim());
        let at = at.or_else(|| names().position(|h| normalized(h) == normalized(name)));
        if at.is_none() {
            let near = nearest(name, names()).map_or(String::new(), |n| format!("; the nearest is `{}`", shown(n)));
            let (table, role) = (R::TABLE, role.name());
            book.mistake(
                "column_missing",
                1,
                "",
                format!(
                    "no column `{}`, which {role} of [{table}] names{near}; the columns are {}",
                    shown(name),
                    sheet.columns()
                ),
            );
        }
        return at;
    }
    // A column that the configuration gives to another role has lost its own.
    let taken = |header: &str| named.values().any(|n| normalized(n) == normalized(header));
    let at = names().position(|h| normalized(h) == role.name() && !taken(h));
    if at.is_none() && role.required() {
        let hinted = names().find(|h| role.hints().contains(&normalized(h).as_str()));
        let near = hinted
            .or_else(|| nearest(role.name(), names().filter(|h| R::ALL.iter().all(|r| r.name() != normalized(h)))));
        let advice = match near {
            Some(near) => {
                let near = shown(near);
                format!(
                    "if `{near}` is it, name it {} or write {} = \"{near}\" under [{}]",
                    role.name(),
                    role.name(),
                    R::TABLE
                )
            }
            None => format!("the columns are {}", sheet.columns()),
        };
        book.mistake("column_missing", 1, "", format!("the column {} is missing; {advice}", role.name()));
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_blanks_and_hyphens() {
        for name in ["mm_per_px", " MM per px ", "mm-per-px", "Mm  Per_PX."] {
            assert_eq!(normalized(name), "mm_per_px", "{name}");
        }
        assert_eq!(normalized("±"), "");
        assert_eq!(normalized("Größe"), "größe");
    }

    #[test]
    fn names_of_the_configuration_are_those_of_the_columns() {
        for role in ShotColumn::ALL {
            assert_eq!(toml::Value::try_from(role).expect("a name").as_str(), Some(role.name()));
        }
        for role in SessionColumn::ALL {
            assert_eq!(toml::Value::try_from(role).expect("a name").as_str(), Some(role.name()));
        }
    }
}
