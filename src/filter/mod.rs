//! The per-pixel core: pure kernels on planes and masks, without policy.

#[macro_use]
pub mod dispatch;
pub mod convolve;
pub mod distance;
pub mod form;
pub mod gabor;
pub mod gaussian;
pub mod laplacian;
pub mod laws;
pub mod log;
pub mod mean;
pub mod morphology;
pub mod resample;
pub mod robust;
pub mod structure_tensor;
