//! One photo to numbers.

mod columns;
pub mod config;
pub mod dictionary;
mod height;
mod local_maps;
pub mod measurement;
pub mod pigment;
pub mod pipeline;
pub mod quality;
pub mod scar;
pub mod scene;
pub mod skin;
pub mod texture;

pub use config::Config;
pub use dictionary::Column;
pub use measurement::{Flag, Lesion, LesionKind, Map, MapKind, Measurement, Outcome, Preview, Refusal, Row, Value};
pub use pipeline::Pipeline;
pub use skin::{Region, Regions};
