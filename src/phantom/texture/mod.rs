//! What skin looks like when nothing is wrong with it: mottle and relief.

pub mod cells;
pub mod field;
pub mod relief;
