//! What a study's results are read as: tables, pages, pictures.

pub mod pictures;
pub mod repeatability;
pub mod repeatability_page;
