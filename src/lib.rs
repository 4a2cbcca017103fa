//! Cicatrix measures scarred skin from photographs: relief and roughness free of pigment, pigment free of shading.
//!
//! ```
//! use cicatrix::measure::{Column, Config, Outcome, Pipeline, Regions};
//! use cicatrix::photo::Photo;
//!
//! # fn main() -> cicatrix::Result<()> {
//! let mut config = Config::default();
//! config.mm_per_px = Some(0.05);
//! let pipeline = Pipeline::new(config)?;
//! let photo = Photo::open("fixtures/photos/cheek_light_acne_scars.jpg".as_ref())?;
//! match pipeline.measure(&photo, &Regions::default())? {
//!     Outcome::Measured(m) => println!("{:?} {:?}", m.rows[0].number(Column::RELIEF_SQ_MID), m.rows[0].number(Column::ITA_DEG)),
//!     Outcome::Refused { reasons, .. } => println!("not measured: {}", reasons[0].message),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # The rooms
//! Data flows down this list, and no room uses one above its own.
//!
//! | room | what |
//! | --- | --- |
//! | [`report`] | what people and programs read: tables, maps, pages |
//! | [`series`] | many visits to change: the study, alignment, repeat shots, verdicts, trends, cohorts |
//! | [`batch`] | many photos: discover, measure, keep, account |
//! | [`measure`] | one photo to numbers; [`measure::dictionary`] is the one place where a column is named |
//! | [`photo`] | bytes to linear planes |
//! | [`color`] | sRGB, CIELAB, ITA, CIEDE2000 |
//! | [`filter`] | the per-pixel core |
//! | [`base`] | planes, masks, threads, CPU level |
//! | [`phantom`] | synthetic skin with known truth, beside the flow |
//! | [`validate`] | claims of the measurement, tried on phantoms |
//!
//! Two layers: kernels are pure functions on [`base::Plane`] and [`base::Mask`]; policy lives in [`measure::Pipeline`].
//! The same photo, configuration and version give the same bits on any CPU level and any number of threads.
//!
//! # What it does not do
//! It does not diagnose, infer the Fitzpatrick type, touch the network, or change a photo.

#[macro_use]
pub mod filter;
pub mod base;
pub mod batch;
#[doc(hidden)]
pub mod cli;
pub mod color;
mod error;
pub mod measure;
pub mod phantom;
pub mod photo;
pub mod report;
pub mod series;
pub mod validate;

pub use error::{Error, Result, Stage};
