//! Color science: sRGB, CIELAB, ITA, CIEDE2000. White point D65 throughout.

pub mod delta_e;
pub mod ita;
pub mod lab;
pub mod srgb;

pub use delta_e::delta_e_00;
pub use lab::Lab;
