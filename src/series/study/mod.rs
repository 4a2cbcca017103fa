//! The study: which photo shows which subject, when, from where; and what was done to the subject in between.
//!
//! A study is a CSV file with one row per photo, beside it, where there were any, a CSV file with one row per session of
//! treatment. [`load`] reads both and lists every mistake at once, each with its row and column. A study that has a
//! mistake is not used: a photo under the wrong subject or day would pass for a change of the skin.
//! [`draft()`] writes a first study file from the names, folders and EXIF times of photos.

mod advice;
mod between;
pub mod columns;
pub mod config;
mod cross;
pub mod day;
pub mod draft;
pub mod finding;
mod names;
pub mod pair;
mod place;
mod preset;
mod read;
mod read_cells;
mod read_regions;
mod read_sessions;
pub mod scale;
pub mod session;
mod sheet;
pub mod shot;
mod value;
mod visit_numbers;
mod visits;

pub use advice::advice;
pub use columns::{SessionColumn, ShotColumn};
pub use config::StudyConfig;
pub use day::Day;
pub use draft::{Draft, draft};
pub use finding::{Finding, Findings, Level};
pub use preset::names as preset_names;
pub use read::{Reading, load};
pub use scale::ScaleColumn;
pub use session::{Adverse, Instrument, Session};
pub use shot::{Arms, CONTROL, DaySource, Light, Shot, ShotRegions};
pub use visits::{Study, Subject, Visit};
