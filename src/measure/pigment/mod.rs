//! Color and pigment: log chromaticity, separation of melanin, hemoglobin and shading, regional color, spots.

pub mod chromaticity;
pub mod kind;
pub mod matched;
pub mod part;
pub mod regional;
pub mod separation;
pub mod sources;
pub mod spots;
pub mod sub_bands;
pub mod tone;
pub mod transfer;

pub use chromaticity::Chromaticity;
pub use separation::Separation;
