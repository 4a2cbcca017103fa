//! Does the measurement keep its promises: claims, tried on phantoms whose truth is known.
//!
//! Phantoms are rendered, written as JPEG, read back and measured as any photo is. Each group of claims has a file of its
//! own; [`document`] writes what was found. The sets of phantoms are kept apart: one to tune on, one to report.
//!
//! ```no_run
//! use cicatrix::validate::{Group, Plan, Set};
//! for claim in Group::Relief.rows(&Plan { set: Set::Test, scenarios: 2 })? {
//!     println!("{}, {}: {}", claim.claim, claim.measure, claim.found);
//! }
//! # Ok::<(), cicatrix::Error>(())
//! ```

pub mod align;
pub mod capture;
pub mod change;
pub mod document;
pub mod figures;
pub mod pigment;
pub mod relief;
pub mod scars;
pub mod scenario;
pub mod simulated;
pub mod spots;
pub mod studio;
mod tamper;

pub use scenario::{Plan, Set};

use crate::error::Result;

/// One claim, and what was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// What is claimed.
    pub claim: &'static str,
    /// What was computed, on which phantoms.
    pub measure: String,
    /// What must hold, in words.
    pub target: &'static str,
    /// What was found, in words.
    pub found: String,
    /// True where the target was met.
    pub met: bool,
}

/// Claims that share their phantoms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Relief reads the same on every skin and follows its truth.
    Relief,
    /// Pigment and relief do not read each other.
    Pigment,
    /// Light, camera and recapture are not skin.
    Capture,
    /// Spots are found.
    Spots,
    /// Scars are found, with their size and type.
    Scars,
    /// Follow-ups land on their baseline.
    Alignment,
    /// A change is told where there is one.
    Change,
}

impl Group {
    /// Every group, in the order of the table.
    pub const ALL: &[Self] =
        &[Self::Relief, Self::Pigment, Self::Capture, Self::Spots, Self::Scars, Self::Alignment, Self::Change];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Relief => "relief",
            Self::Pigment => "pigment",
            Self::Capture => "capture",
            Self::Spots => "spots",
            Self::Scars => "scars",
            Self::Alignment => "alignment",
            Self::Change => "change",
        }
    }

    /// Tries the claims of the group.
    ///
    /// # Errors
    /// When a phantom cannot be rendered or is refused by the measurement.
    pub fn rows(self, plan: &Plan) -> Result<Vec<Claim>> {
        match self {
            Self::Relief => relief::rows(plan),
            Self::Pigment => pigment::rows(plan),
            Self::Capture => capture::rows(plan),
            Self::Spots => spots::rows(plan),
            Self::Scars => scars::rows(plan),
            Self::Alignment => align::rows(plan),
            Self::Change => change::rows(plan),
        }
    }
}
