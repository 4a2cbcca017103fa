//! The per-pixel core: pure kernels on planes and masks, without policy.

#[macro_use]
pub mod dispatch;
pub mod gaussian;
pub mod log;
pub mod morphology;
pub mod resample;
