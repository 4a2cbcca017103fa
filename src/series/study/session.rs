//! One row of a sessions file: what was done to a subject, and how the skin took it.

use super::day::Day;

/// A session of treatment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// Row of the sessions file as a spreadsheet counts it; the header is row 1.
    pub row: u64,
    /// Who was treated.
    pub subject: String,
    /// When.
    pub day: Option<Day>,
    /// With what; `None` when not given.
    pub instrument: Option<Instrument>,
    /// How.
    pub technique: String,
    /// What was brought into the skin.
    pub solution: String,
    /// How deep the needles went.
    pub needle_depth_mm: Option<f64>,
    /// Which session of the course, from 1.
    pub number: Option<u32>,
    /// The arm that was treated; empty when the whole subject was.
    pub arm: String,
    /// How many sessions the course has, as planned on this day.
    pub planned: Option<u32>,
    /// Does it maintain what the course reached?
    pub maintenance: bool,
    /// What was noted of unwanted effects, in the order of the columns; what was left empty is not here.
    pub adverse: Vec<(String, Adverse)>,
    /// Notes.
    pub notes: String,
    /// Cells of the columns that are carried along, one per name of
    /// [`Study::session_extra`](super::Study::session_extra).
    pub extra: Vec<String>,
}

/// What was noted of an unwanted effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adverse {
    /// Seen or not.
    Present(bool),
    /// 0 none, 1 mild, 2 moderate, 3 severe.
    Grade(u8),
}

impl Adverse {
    /// True when there was any.
    #[must_use]
    pub fn any(self) -> bool {
        matches!(self, Self::Present(true) | Self::Grade(1..))
    }
}

/// Unwanted effects that have a column of their own, in the spelling of the results. A column whose name begins with
/// `adverse_` or `ae_` is one as well.
pub const ADVERSE: &[(&str, &[&str])] = &[
    ("redness", &["erythema"]),
    ("swelling", &["edema", "oedema"]),
    ("bruising", &["bruise", "ecchymosis", "hematoma", "haematoma"]),
    ("bleeding", &["pinpoint_bleeding"]),
    ("pain", &["soreness"]),
    ("itching", &["itch", "pruritus"]),
    ("burning", &["stinging"]),
    ("dryness", &[]),
    ("peeling", &["flaking", "desquamation"]),
    ("crusting", &["crust", "crusts", "scabbing"]),
    ("blistering", &["blister", "blisters"]),
    ("hyperpigmentation", &["pih", "darkening"]),
    ("hypopigmentation", &["lightening"]),
    ("tram_track", &["tram_tracks", "tram_track_scarring"]),
    ("acne_flare", &["acne", "breakout"]),
    ("milia", &[]),
    ("herpes", &["herpes_simplex"]),
    ("infection", &[]),
    ("allergy", &["allergic_reaction"]),
    ("scarring", &[]),
];

/// The unwanted effect that a column is of, by its normalized name.
pub(super) fn adverse_of(column: &str) -> Option<String> {
    let bare = column.strip_prefix("adverse_").or_else(|| column.strip_prefix("ae_"));
    let name = bare.unwrap_or(column);
    let known = ADVERSE.iter().find(|(effect, others)| *effect == name || others.contains(&name));
    known.map(|(effect, _)| (*effect).to_owned()).or_else(|| bare.filter(|b| !b.is_empty()).map(str::to_owned))
}

/// What a session is done with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Instrument {
    /// A syringe and needle: point injections.
    Needle,
    /// A motor pen.
    Pen,
    /// A roller of needles.
    DermaRoller,
    /// A stamp of needles.
    Stamp,
    /// High pressure without a needle.
    NeedleFree,
    /// Needles that carry radio-frequency current.
    RfMicroneedling,
    /// A laser.
    Laser,
    /// Intense pulsed light.
    PulsedLight,
    /// A chemical peel.
    Peel,
    /// Loosening of tethers under the skin.
    Subcision,
    /// A filler.
    Filler,
    /// Something else, as written.
    Other(String),
}

const INSTRUMENTS: &[(Instrument, &str, &[&str])] = &[
    (Instrument::Needle, "needle", &["needles", "syringe", "injection", "manual_needle", "mesotherapy"]),
    (Instrument::Pen, "pen", &["dermapen", "derma_pen", "microneedling_pen", "micro_needling_pen", "needling_pen"]),
    (Instrument::DermaRoller, "derma_roller", &["dermaroller", "roller", "microneedle_roller"]),
    (Instrument::Stamp, "stamp", &["derma_stamp", "dermastamp"]),
    (Instrument::NeedleFree, "needle_free", &["needlefree", "jet", "jet_injector", "high_pressure"]),
    (
        Instrument::RfMicroneedling,
        "rf_microneedling",
        &["rf_micro_needling", "mnrf", "rfmn", "frf", "microneedling_rf", "radiofrequency_microneedling"],
    ),
    (Instrument::Laser, "laser", &["co2_laser", "er_yag", "picosecond_laser", "fractional_laser"]),
    (Instrument::PulsedLight, "pulsed_light", &["ipl", "intense_pulsed_light"]),
    (Instrument::Peel, "peel", &["chemical_peel", "peeling"]),
    (Instrument::Subcision, "subcision", &[]),
    (Instrument::Filler, "filler", &[]),
];

impl Instrument {
    /// Reads an instrument; what is not known is kept as written. `None` for an empty cell.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let name = super::columns::normalized(text);
        if name.is_empty() {
            return (!text.trim().is_empty()).then(|| Self::Other(text.trim().to_owned()));
        }
        let known = INSTRUMENTS.iter().find(|(_, own, others)| *own == name || others.contains(&name.as_str()));
        Some(known.map_or_else(|| Self::Other(text.trim().to_owned()), |(instrument, _, _)| instrument.clone()))
    }

    /// Its name in the results.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Other(text) => text,
            known => INSTRUMENTS.iter().find(|(i, _, _)| i == known).map_or("", |(_, name, _)| name),
        }
    }

    /// Every name and spelling of those that are known.
    pub(super) fn spellings() -> impl Iterator<Item = &'static str> {
        INSTRUMENTS.iter().flat_map(|(_, name, others)| std::iter::once(*name).chain(others.iter().copied()))
    }

    /// The names of those that are known.
    pub fn known() -> impl Iterator<Item = &'static str> {
        INSTRUMENTS.iter().map(|(_, name, _)| *name)
    }

    /// True for what pierces the skin with needles.
    #[must_use]
    pub fn pierces(&self) -> bool {
        use Instrument::{DermaRoller, Needle, Pen, RfMicroneedling, Stamp};
        matches!(self, Needle | Pen | DermaRoller | Stamp | RfMicroneedling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instruments_are_known_by_their_usual_names() {
        for (text, name) in [
            ("Derma roller", "derma_roller"),
            ("Dermaroller", "derma_roller"),
            ("RF micro-needling", "rf_microneedling"),
            ("needle-free", "needle_free"),
            ("PEN", "pen"),
            ("TCA cross", "TCA cross"),
            ("针", "针"),
        ] {
            assert_eq!(Instrument::read(text).map(|i| i.name().to_owned()).as_deref(), Some(name));
        }
        assert_eq!(Instrument::read("  "), None);
        for name in Instrument::known() {
            assert_eq!(Instrument::read(name).map(|i| i.name().to_owned()).as_deref(), Some(name));
        }
    }

    #[test]
    fn unwanted_effects_are_known_by_their_columns() {
        assert_eq!(adverse_of("erythema").as_deref(), Some("redness"));
        assert_eq!(adverse_of("ae_fever").as_deref(), Some("fever"));
        assert_eq!(adverse_of("adverse_pih").as_deref(), Some("hyperpigmentation"));
        assert_eq!(adverse_of("ae_"), None);
        assert_eq!(adverse_of("price"), None);
        assert!(Adverse::Grade(1).any() && Adverse::Present(true).any());
        assert!(!Adverse::Grade(0).any() && !Adverse::Present(false).any());
    }
}
