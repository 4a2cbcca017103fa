//! Color and pigment: log chromaticity, separation of melanin, hemoglobin and shading, regional color, spots.

pub mod chromaticity;
pub mod regional;
pub mod separation;
pub mod spots;

pub use chromaticity::Chromaticity;
pub use separation::Separation;
