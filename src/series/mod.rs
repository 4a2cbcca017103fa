//! Many visits -> change: the study, its courses, and what changed beyond the error of measurement.

pub mod study;
