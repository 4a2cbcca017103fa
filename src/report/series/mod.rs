//! What a study's results are read as: tables, pages, pictures.

mod about;
mod pages;
pub mod pictures;

pub use about::SeriesAbout;
pub use pages::write_pages;
