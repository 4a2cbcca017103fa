//! What the results of a study say about how they were made.

use crate::measure::Column;

/// The same for every table and page of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesAbout {
    /// Version of Cicatrix.
    pub version: String,
    /// The configuration in force as TOML, as the results quote it.
    pub config_toml: String,
    /// The metrics that the pages speak of, named before anyone looked.
    pub headline: Vec<Column>,
}
