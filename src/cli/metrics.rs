//! `cicatrix metrics`: the dictionary.

use std::io::Write;

use super::args::{MetricsArgs, MetricsFormat};
use super::exit::Exit;
use crate::report;

/// Prints every column.
pub fn run(args: &MetricsArgs) -> anyhow::Result<Exit> {
    let text = match args.format {
        MetricsFormat::Text => report::metrics_text(),
        MetricsFormat::Markdown => report::metrics_markdown(),
        MetricsFormat::Csv => report::metrics_csv(),
        MetricsFormat::Json => report::metrics_json(),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(Exit::Success)
}
