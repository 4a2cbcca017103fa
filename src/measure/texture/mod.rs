//! Texture of one plane: relief, areal parameters, gray-level matrices, patterns, spectrum.

pub mod areal;
pub mod discretize;
pub mod glcm;
pub mod lbp;
pub mod maps;
pub mod relief;
pub mod spectrum;
