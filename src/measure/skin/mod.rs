//! Where to measure: the skin mask and the regions.

mod region;

pub use region::{Region, Regions};
