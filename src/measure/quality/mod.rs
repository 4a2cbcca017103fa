//! Is a photo fit to be measured: noise, sharpness, light.

pub mod light;
pub mod noise;
pub mod sharpness;
