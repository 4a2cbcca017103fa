//! Scars: depressions and elevations of the skin, found by the light and shade on their flanks.
//!
//! [`profile`] says what a scar's height looks like and what light makes of it, [`spectrum`] filters, [`plane`] is the
//! picture that is searched, [`whiten`] evens out its spectrum, [`lamp`] tells where the light comes from, [`detect`] finds, [`shape`] measures,
//! [`classify`] suggests a type, and [`scale`] counts as the clinical scales do.

pub mod classify;
pub mod detect;
pub mod lamp;
mod matched;
pub mod plane;
pub mod profile;
pub mod scale;
pub mod shape;
pub mod spectrum;
pub mod whiten;

pub use classify::{ScarType, SizeBin};
pub use detect::{Found, find};
pub use plane::Picture;
pub use profile::{Form, Template};
pub use shape::Scar;
pub use whiten::Whitened;
