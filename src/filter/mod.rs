//! The per-pixel core: pure kernels on planes and masks, without policy.

#[macro_use]
pub mod dispatch;
