//! What people and programs read: tables, maps, pages.

pub mod atomic;
mod canvas;
mod colormap;
pub mod csv;
mod frame;
pub mod map;
pub mod metrics_doc;
pub mod overlay;
pub mod parquet;
pub mod run_json;
#[cfg(test)]
mod sample;
pub mod table;
pub mod thumbnail;
mod ticks;

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
