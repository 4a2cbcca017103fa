//! What a study's results are read as: tables, pages, pictures.

pub mod pictures;
