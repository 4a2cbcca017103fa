//! Many visits to change: what a series of photos of one subject says.

pub mod align;
