//! Scars: depressions and elevations of the skin, found by the light and shade on their flanks.
//!
//! [`profile`] says what a scar's height looks like and what light makes of it, [`spectrum`] filters, [`plane`] is the
//! picture that is searched, [`lamp`] tells where the light comes from, [`detect`] finds, [`shape`] measures,
//! [`classify`] suggests a type, and [`scale`] counts as the clinical scales do.

pub mod classify;
pub mod detect;
pub mod lamp;
pub mod plane;
pub mod profile;
pub mod scale;
pub mod shape;
pub mod spectrum;

pub use classify::{ScarType, SizeBin};
pub use detect::{Found, Whitened, find};
pub use plane::Picture;
pub use profile::{Form, Template};
pub use shape::Scar;
