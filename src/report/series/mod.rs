//! What a study's results are read as: tables, pages, pictures.

mod about;
mod change;
mod cohort;
mod course;
mod fhir;
mod lists;
mod pages;
pub mod pictures;
pub mod pseudonym;
mod redcap;
mod sheet;
mod shots;
mod tables;

pub use about::SeriesAbout;
pub use pages::write_pages;
pub use tables::{columns_markdown, write_tables};
pub mod repeatability;
pub mod repeatability_page;
