//! Texture of one plane: relief, areal parameters, gray-level matrices, patterns, spectrum.

pub mod glcm;
pub mod lbp;
