//! Planes, masks, threads and the CPU level: what every kernel stands on.

pub mod cpu;
pub mod mask;
pub(crate) mod nearest;
pub mod parallel;
pub mod plane;

pub use mask::Mask;
pub use plane::Plane;
