//! Color science: sRGB, CIELAB, ITA, CIEDE2000, the color of skin. White point D65 throughout.

pub mod delta_e;
pub mod ita;
pub mod lab;
pub mod skin;
pub mod spectra;
pub mod srgb;

pub use delta_e::delta_e_00;
pub use lab::Lab;
