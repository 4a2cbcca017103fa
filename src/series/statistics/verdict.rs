//! What is said of a change, and why a change is not told.

use std::fmt;

use crate::measure::dictionary::Direction;

/// An enum of codes that tables hold, each with its words.
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal, $words:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name { $(#[doc = $words] $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its stable name in the tables.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// In plain words.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Self::$variant => $words),* }
            }
        }
    };
}
pub(crate) use coded;

coded! {
/// Why a change is withheld. Each is judged per metric: what harms the color need not harm the relief.
Reason {
    ErrorUnknown = "error_unknown", "the error of measurement is not known: there are no repeat shots, and none is stated";
    CopiedShots = "copied_shots", "photos are equal to the last bit: copies of one photo tell neither an error nor a change";
    AlignmentFailed = "alignment_failed", "the photos could not be laid over one another";
    ScaleUnknown = "scale_unknown", "the scale in mm per pixel is not known";
    ScaleDiffers = "scale_differs", "the photos differ in scale";
    LightDirection = "light_direction", "the light comes from another direction";
    LightSoftness = "light_softness", "the light is softer or harder";
    ControlMissing = "control_missing", "the control could not be compared at this visit";
    ControlMoved = "control_moved", "untreated skin changed the same way";
    SurroundMoved = "surround_moved", "the skin around it changed the same way, as light or camera would do it";
    NoWitness = "no_witness", "no untreated skin stands beside it (draw a control, or say light_fixed = true where lamp and camera are one rig)";
    CameraDiffers = "camera_differs", "camera, lens or flash differ";
    ColorUncalibrated = "color_uncalibrated", "the color is not calibrated";
    Quality = "quality", "a photo is not good enough for this metric";
    SoonAfterSession = "soon_after_session", "the photo was taken within days of a session";
    Makeup = "makeup", "make-up was noted";
    NotEnoughSkin = "not_enough_skin", "too little of the region is seen at both visits";
    NoBaseline = "no_baseline", "there is no baseline value";
    NoFollowUp = "no_follow_up", "there is no value at this visit";
}
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// What is said of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Beyond the error, to smoother or more even skin.
    Improved,
    /// Beyond the error, the other way.
    Worsened,
    /// Beyond the error, in a metric of which neither way is better.
    Changed,
    /// No larger than unchanged skin shows.
    WithinError,
    /// Not told.
    Withheld {
        /// Why: all that apply.
        reasons: Vec<Reason>,
    },
}

impl Verdict {
    /// Of a change beyond its error.
    #[must_use]
    pub fn beyond(shift: f64, direction: Direction) -> Self {
        match direction {
            Direction::Neutral => Self::Changed,
            Direction::Lower if shift < 0.0 => Self::Improved,
            Direction::Higher if shift > 0.0 => Self::Improved,
            Direction::Lower | Direction::Higher => Self::Worsened,
        }
    }

    /// Its stable name in the tables.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Improved => "improved",
            Self::Worsened => "worsened",
            Self::Changed => "changed",
            Self::WithinError => "within_error",
            Self::Withheld { .. } => "withheld",
        }
    }
}

impl fmt::Display for Verdict {
    /// In words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Improved => f.write_str("improved"),
            Self::Worsened => f.write_str("worsened"),
            Self::Changed => f.write_str("changed"),
            Self::WithinError => f.write_str("within measurement error"),
            Self::Withheld { reasons } => {
                let words: Vec<&str> = reasons.iter().map(|r| r.words()).collect();
                write!(f, "withheld, because {}", words.join("; "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_good_direction_is_the_dictionary_s() {
        assert_eq!(Verdict::beyond(-1.0, Direction::Lower), Verdict::Improved);
        assert_eq!(Verdict::beyond(1.0, Direction::Lower), Verdict::Worsened);
        assert_eq!(Verdict::beyond(1.0, Direction::Higher), Verdict::Improved);
        assert_eq!(Verdict::beyond(-1.0, Direction::Higher), Verdict::Worsened);
        assert_eq!(Verdict::beyond(-1.0, Direction::Neutral), Verdict::Changed);
    }

    #[test]
    fn words_and_codes() {
        let withheld = Verdict::Withheld { reasons: vec![Reason::LightSoftness, Reason::Makeup] };
        assert_eq!(withheld.to_string(), "withheld, because the light is softer or harder; make-up was noted");
        assert_eq!(withheld.name(), "withheld");
        let mut codes: Vec<_> = Reason::ALL.iter().map(|r| r.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Reason::ALL.len());
    }
}
