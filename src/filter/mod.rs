//! The per-pixel core: pure kernels on planes and masks, without policy.

#[macro_use]
pub mod dispatch;
pub mod form;
pub mod gaussian;
pub mod log;
pub mod morphology;
pub mod resample;
pub mod robust;
