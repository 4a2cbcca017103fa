//! What people and programs read: tables, maps, pages.

pub mod atomic;
mod canvas;
mod colormap;
pub mod csv;
mod frame;
pub mod map;
pub mod metrics_doc;
pub mod overlay;
pub mod page;
pub mod parquet;
pub mod plot;
pub mod results;
pub mod run_json;
#[cfg(test)]
mod sample;
pub mod series;
pub mod table;
pub mod thumbnail;
mod ticks;

pub use map::write_map;
pub use metrics_doc::{metrics_csv, metrics_json, metrics_markdown, metrics_text};
pub use overlay::write_overlay;
pub use page::Tally;
pub use results::Results;
pub use run_json::{Counts, Host, RunReport, SCHEMA, Timings, write_run_json};
pub use thumbnail::thumbnail;

use crate::measure::Config;

/// What a run was: the same for every record.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// Version of Cicatrix.
    pub version: String,
    /// The configuration in force.
    pub config: Config,
    /// The same as TOML, as the results quote it.
    pub config_toml: String,
    /// SHA-256 of the configuration.
    pub config_hash: String,
}
