//! Does the measurement keep its promises: claims, tried on phantoms whose truth is known.

pub mod scars;

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
