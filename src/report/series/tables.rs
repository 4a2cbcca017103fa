//! All tables of a study, which appear together or not at all.

use std::fmt::Write as _;
use std::path::Path;

use super::{SeriesAbout, change, cohort, fhir, lists, redcap, shots};
use crate::error::{Error, Result};
use crate::measure::dictionary::Kind;
use crate::report::atomic::Sealed;
use crate::series::dictionary::TABLES;
use crate::series::progress::Progress;

/// Writes every table into the folder `out`, which is made if need be. The files get their names after all of them are whole
/// and on the disk.
///
/// # Errors
/// When a file cannot be written; tables of an earlier run are then as they were.
pub fn write_tables(out: &Path, progress: &Progress, about: &SeriesAbout) -> Result<()> {
    std::fs::create_dir_all(out).map_err(|e| Error::write(out, e))?;
    let mut sealed = change::write(out, progress, about)?;
    sealed.extend(cohort::write(out, progress, about)?);
    sealed.extend(shots::write(out, progress)?);
    sealed.extend(lists::write(out, progress)?);
    sealed.extend(redcap::write(out, progress, about)?);
    let (bundles, names) = fhir::write(out, progress, about)?;
    sealed.extend(bundles);
    sealed.into_iter().try_for_each(Sealed::commit)?;
    fhir::remove_others(out, &names)
}

/// The columns of every table, as `docs/PROGRESS.md` lists them.
#[must_use]
pub fn columns_markdown() -> String {
    let mut doc = String::new();
    for table in TABLES {
        let _ = write!(doc, "\n### {}\n\n{}", table.file, table.row);
        if !table.then.is_empty() {
            let _ = write!(doc, " {}", table.then);
        }
        doc.push_str("\n\n| Column | Kind | Unit | What |\n| --- | --- | --- | --- |\n");
        for column in table.columns {
            let kind = match column.kind {
                Kind::Text => "text",
                Kind::Integer => "integer",
                Kind::Number => "number",
            };
            let unit = if column.unit.is_empty() { "-" } else { column.unit };
            let _ = writeln!(doc, "| `{}` | {kind} | {unit} | {} |", column.name, column.definition);
        }
    }
    doc
}
