//! Texture of one plane: relief, areal parameters, gray-level matrices, patterns, spectrum, structure.

pub mod areal;
pub mod discretize;
pub mod feature;
pub mod fractal;
pub mod glcm;
pub mod gldzm;
pub mod glrlm;
pub mod glszm;
pub mod histogram;
pub mod lbp;
pub mod maps;
mod neighbors;
pub mod ngldm;
pub mod ngtdm;
pub mod relief;
pub mod size_matrix;
pub mod spectrum;
pub mod statistics;
pub mod zones;
