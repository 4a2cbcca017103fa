//! Cicatrix measures scarred skin from photographs.

#[macro_use]
pub mod filter;
pub mod base;
pub mod batch;
#[doc(hidden)]
pub mod cli;
pub mod color;
mod error;
pub mod measure;
pub mod phantom;
pub mod photo;
pub mod report;

pub use error::{Error, Result, Stage};
