//! A table of a study, as CSV and where it is asked for as Parquet with the same cells.

use std::path::Path;

use crate::error::{Error, Result};
use crate::measure::Value;
use crate::measure::dictionary::Kind;
use crate::report::atomic::Sealed;
use crate::report::csv::Table as CsvFile;
use crate::report::parquet::ParquetSheet;
use crate::report::table::{cell, guarded};
use crate::series::dictionary::Table;

/// The table being written; it appears when what [`Sheet::seal`] gives is committed.
#[derive(Debug)]
pub(super) struct Sheet {
    columns: Vec<(String, Kind)>,
    csv: CsvFile,
    parquet: Option<ParquetSheet>,
}

impl Sheet {
    /// Starts a table in the folder `out`, with columns of the study behind those of the dictionary.
    pub(super) fn create(out: &Path, table: &Table, more: &[(String, Kind)]) -> Result<Self> {
        let own = table.columns.iter().map(|c| (c.name.to_owned(), c.kind));
        // A header can be a formula too.
        let more = more.iter().map(|(name, kind)| (guarded(name).into_owned(), *kind));
        let columns: Vec<(String, Kind)> = own.chain(more).collect();
        let csv = CsvFile::create(&out.join(table.file), columns.iter().map(|(name, _)| name.as_str()))?;
        Ok(Self { columns, csv, parquet: None })
    }

    /// Writes the same rows to a Parquet file too.
    pub(super) fn and_parquet(mut self, path: &Path, name: &str, metadata: &[(&str, &str)]) -> Result<Self> {
        let columns = self.columns.iter().map(|(name, kind)| (name.as_str(), *kind));
        self.parquet = Some(ParquetSheet::create(path, name, columns, metadata)?);
        Ok(self)
    }

    /// Writes a row: one value per column.
    pub(super) fn row(&mut self, values: &[Value]) -> Result<()> {
        if values.len() != self.columns.len() {
            let message = format!("a row of {} values; the table has {} columns", values.len(), self.columns.len());
            return Err(Error::internal("row_length", message));
        }
        let cells = || self.columns.iter().zip(values).map(|((name, kind), value)| cell(*kind, name, value));
        for cell in cells() {
            self.csv.field(&cell?.to_string())?;
        }
        self.csv.end()?;
        match &mut self.parquet {
            Some(parquet) => {
                parquet.write(self.columns.iter().zip(values).map(|((name, kind), value)| cell(*kind, name, value)))
            }
            None => Ok(()),
        }
    }

    /// Puts the table on the disk; it waits for its name.
    pub(super) fn seal(self) -> Result<Vec<Sealed>> {
        let mut sealed = vec![self.csv.seal()?];
        if let Some(parquet) = self.parquet {
            sealed.push(parquet.seal()?);
        }
        Ok(sealed)
    }
}

/// Text; nothing for an empty one, so that an empty cell is empty in Parquet as well.
pub(super) fn text(text: impl Into<String>) -> Value {
    let text = text.into();
    if text.is_empty() { Value::Empty } else { Value::Text(text) }
}

/// `yes`, else nothing.
pub(super) fn yes(yes: bool) -> Value {
    if yes { "yes".into() } else { Value::Empty }
}

/// A whole number.
pub(super) fn whole(number: Option<i64>) -> Value {
    number.map_or(Value::Empty, Value::Integer)
}

/// The two ends of an interval.
pub(super) fn ends(interval: Option<crate::series::statistics::Interval>) -> [Value; 2] {
    [interval.map(|i| i.low).into(), interval.map(|i| i.high).into()]
}
