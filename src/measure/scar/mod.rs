//! Scars: depressions and elevations of the skin, found by the light and shade on their flanks.
//!
//! [`profile`] says what a scar's height looks like, [`spectrum`] filters, [`plane`] is the picture that is searched,
//! [`detect`] finds scars of known forms under light of a known direction.

pub mod detect;
pub mod plane;
pub mod profile;
pub mod spectrum;

pub use detect::{Found, find};
pub use profile::{Form, Template};
