//! Many visits to change: what changed between photographs of one place, and by how much beyond the error of measuring
//! it.

pub mod course;
pub mod lesion_match;
pub mod statistics;
//! Many visits -> change: the study, its courses, and what changed beyond the error of measurement.

pub mod study;
//! Many visits to change: what a series of photos of one subject says.

pub mod align;
