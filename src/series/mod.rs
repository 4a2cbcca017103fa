//! Many visits to change: the study, its photos laid over one another, and what changed beyond the error of measuring it.
//!
//! A study ([`study`]) names the photos of subjects and visits. Follow-ups are aligned to their baseline ([`align`]), so that a
//! region is the same skin at every visit. [`statistics`] tell a change from the noise of measurement, [`progress`] joins all of it and
//! says why a change is withheld where the photos do not carry it.

pub mod align;
pub mod course;
pub mod dictionary;
pub mod lesion_match;
pub mod progress;
pub mod repeatability;
pub mod statistics;
pub mod study;
