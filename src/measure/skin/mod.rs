//! Where to measure: the skin mask and the regions.

mod hair;
mod mask;
mod region;

pub use mask::{Skin, find};
pub use region::{Region, Regions};
