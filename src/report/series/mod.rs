//! What people and programs read of a study.

mod about;
mod pages;

pub use about::SeriesAbout;
pub use pages::write_pages;
//! What a study's results are read as: tables, pages, pictures.

pub mod pictures;
