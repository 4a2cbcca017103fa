//! `metrics.parquet`: the same columns, order and values as `metrics.csv`.

use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

use super::About;
use super::atomic::{AtomicFile, Sealed};
use super::metrics_doc;
use super::table::{self, Cell};
use crate::batch::Record;
use crate::error::{Error, Result, Stage};
use crate::measure::Row;
use crate::measure::dictionary::{self, Kind};

/// Rows of one row group: what is held in memory at most, about 20 MB.
const GROUP_ROWS: usize = 16_384;

/// The Parquet table of a run, written in row groups.
#[derive(Debug)]
pub struct ParquetTable(ParquetSheet);

impl ParquetTable {
    /// Starts the table in the folder `out`. Its metadata hold the version, the configuration and every column's entry
    /// of the dictionary; nothing in the file tells when it was written.
    pub fn create(out: &Path, about: &About) -> Result<Self> {
        Self::with_group_rows(out, about, GROUP_ROWS)
    }

    fn with_group_rows(out: &Path, about: &About, group_rows: usize) -> Result<Self> {
        let metadata = [
            ("version", about.version.as_str()),
            ("config", &about.config_toml),
            ("config_hash", &about.config_hash),
            ("columns", &metrics_doc::metrics_json()),
        ];
        let columns = dictionary::all().iter().map(|m| (m.name.as_str(), m.kind));
        let mut sheet = ParquetSheet::create(&out.join("metrics.parquet"), "metrics", columns, &metadata)?;
        sheet.group_rows = group_rows;
        Ok(Self(sheet))
    }

    /// Writes the rows of a photo.
    pub fn write(&mut self, record: &Record) -> Result<()> {
        record.rows.iter().try_for_each(|row| self.write_row(row))
    }

    fn write_row(&mut self, row: &Row) -> Result<()> {
        self.0.write(table::cells(row)?)
    }

    /// Puts the table on the disk; it waits for its name.
    pub fn seal(self) -> Result<Sealed> {
        self.0.seal()
    }

    /// Gives the table its name.
    pub fn finish(self) -> Result<()> {
        self.seal()?.commit()
    }
}

/// A Parquet file of any columns.
pub(super) struct ParquetSheet {
    writer: SerializedFileWriter<AtomicFile>,
    columns: Vec<Buffer>,
    rows: usize,
    group_rows: usize,
}

impl std::fmt::Debug for ParquetSheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParquetSheet").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl ParquetSheet {
    /// Starts the file with its columns; `metadata` get names that begin with `cicatrix.`.
    pub(super) fn create<'a>(
        path: &Path,
        name: &str,
        columns: impl Iterator<Item = (&'a str, Kind)> + Clone,
        metadata: &[(&str, &str)],
    ) -> Result<Self> {
        let entry = |(key, value): &(&str, &str)| KeyValue::new(format!("cicatrix.{key}"), (*value).to_owned());
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(metadata.iter().map(entry).collect()))
            .build();
        let schema = schema(name, columns.clone()).map_err(failed)?;
        let file = AtomicFile::create(path)?;
        let writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).map_err(failed)?;
        let columns = columns.map(|(_, kind)| Buffer::new(kind)).collect();
        Ok(Self { writer, columns, rows: 0, group_rows: GROUP_ROWS })
    }

    /// Writes a row: one cell per column.
    pub(super) fn write<'a>(&mut self, cells: impl Iterator<Item = Result<Cell<'a>>>) -> Result<()> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell?);
        }
        self.rows += 1;
        if self.rows == self.group_rows { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        let mut group = self.writer.next_row_group().map_err(failed)?;
        for column in &mut self.columns {
            column.write(&mut group).map_err(failed)?;
        }
        group.close().map_err(failed)?;
        self.rows = 0;
        Ok(())
    }

    /// Puts the file on the disk; it waits for its name.
    pub(super) fn seal(mut self) -> Result<Sealed> {
        if self.rows > 0 {
            self.flush()?;
        }
        self.writer.into_inner().map_err(failed)?.seal()
    }
}

/// One column of the row group being filled: a level of 0 is an empty cell.
struct Buffer {
    values: Values,
    levels: Vec<i16>,
}

enum Values {
    Text(Vec<ByteArray>),
    Integer(Vec<i64>),
    Number(Vec<f64>),
}

impl Buffer {
    fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text => Values::Text(Vec::new()),
            Kind::Integer => Values::Integer(Vec::new()),
            Kind::Number => Values::Number(Vec::new()),
        };
        Self { values, levels: Vec::new() }
    }

    fn push(&mut self, cell: Cell<'_>) {
        let level = match (&mut self.values, cell) {
            (Values::Text(v), Cell::Text(text)) => {
                v.push(ByteArray::from(text.as_ref()));
                1
            }
            (Values::Integer(v), Cell::Integer(number)) => {
                v.push(number);
                1
            }
            (Values::Number(v), Cell::Number(number)) => {
                v.push(number);
                1
            }
            // `table::cells` gives a column no other kind than its own.
            _ => 0,
        };
        self.levels.push(level);
    }

    fn write(&mut self, group: &mut SerializedRowGroupWriter<'_, AtomicFile>) -> ParquetResult<()> {
        match &mut self.values {
            Values::Text(v) => write_column::<ByteArrayType>(group, v, &self.levels),
            Values::Integer(v) => write_column::<Int64Type>(group, v, &self.levels),
            Values::Number(v) => write_column::<DoubleType>(group, v, &self.levels),
        }?;
        self.levels.clear();
        Ok(())
    }
}

fn write_column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, AtomicFile>,
    values: &mut Vec<T::T>,
    levels: &[i16],
) -> ParquetResult<()> {
    let mut column = group.next_column()?.ok_or_else(|| ParquetError::General("a column too many".to_owned()))?;
    column.typed::<T>().write_batch(values, Some(levels), None)?;
    values.clear();
    column.close()
}

fn schema<'a>(name: &str, columns: impl Iterator<Item = (&'a str, Kind)>) -> ParquetResult<TypePtr> {
    let column = |(name, kind): (&str, Kind)| {
        let (physical, logical) = match kind {
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Integer => (Physical::INT64, None),
            Kind::Number => (Physical::DOUBLE, None),
        };
        Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()
            .map(Arc::new)
    };
    let columns = columns.map(column).collect::<ParquetResult<_>>()?;
    Type::group_type_builder(name).with_fields(columns).build().map(Arc::new)
}

fn failed(error: ParquetError) -> Error {
    Error::new(Stage::Write, "parquet", error.to_string()).because(error)
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::*;
    use crate::measure::Column;
    use crate::report::csv::CsvTables;
    use crate::report::sample;

    #[test]
    fn every_cell_equals_the_csv() {
        let folder = tempfile::tempdir().unwrap();
        let about = sample::about();
        let mut csv = CsvTables::create(folder.path()).unwrap();
        let mut parquet = ParquetTable::with_group_rows(folder.path(), &about, 7).unwrap();
        let mut records: Vec<_> = (0..20).map(sample::any).collect();
        records[0].rows[0].set(Column::PHOTO, "=evil,\n\"x\"");
        records[0].rows[0].set(Column::ITA_DEG, -0.1 - 0.2);
        for record in &records {
            csv.write(record).unwrap();
            parquet.write(record).unwrap();
        }
        csv.finish().unwrap();
        parquet.finish().unwrap();

        let path = folder.path().join("metrics.parquet");
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        assert!(reader.metadata().num_row_groups() > 1);
        let mut lines = csv::Reader::from_path(folder.path().join("metrics.csv")).unwrap();
        let header = lines.headers().unwrap().clone();
        let mut count = 0;
        for (row, line) in reader.get_row_iter(None).unwrap().zip(lines.records()) {
            let (row, line) = (row.unwrap(), line.unwrap());
            assert_eq!(row.len(), line.len());
            for ((name, field), (expected_name, expected)) in row.get_column_iter().zip(header.iter().zip(&line)) {
                assert_eq!(name, expected_name);
                let text = match field {
                    Field::Null => String::new(),
                    Field::Str(v) => v.clone(),
                    Field::Long(v) => v.to_string(),
                    Field::Double(v) => v.to_string(),
                    other => panic!("{name}: {other:?}"),
                };
                assert_eq!(text, expected, "{name}");
            }
            count += 1;
        }
        assert_eq!(count, records.iter().map(|r| r.rows.len()).sum::<usize>());

        let metadata = reader.metadata().file_metadata().key_value_metadata().unwrap().clone();
        let value = |key: &str| metadata.iter().find(|e| e.key == key).unwrap().value.clone().unwrap();
        assert_eq!(value("cicatrix.version"), about.version);
        let columns: serde_json::Value = serde_json::from_str(&value("cicatrix.columns")).unwrap();
        assert_eq!(columns["columns"].as_array().unwrap().len(), dictionary::all().len());
    }

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        let bytes = || {
            let folder = tempfile::tempdir().unwrap();
            let mut table = ParquetTable::create(folder.path(), &sample::about()).unwrap();
            (0..50).for_each(|i| table.write(&sample::any(i)).unwrap());
            table.finish().unwrap();
            std::fs::read(folder.path().join("metrics.parquet")).unwrap()
        };
        assert_eq!(bytes(), bytes());
    }

    #[test]
    fn a_run_without_a_row_is_a_readable_file() {
        let folder = tempfile::tempdir().unwrap();
        ParquetTable::create(folder.path(), &sample::about()).unwrap().finish().unwrap();
        let file = std::fs::File::open(folder.path().join("metrics.parquet")).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        assert_eq!(reader.metadata().file_metadata().num_rows(), 0);
    }
}
