//! `metrics.csv`, `lesions.csv`, `scales.csv`, `failures.csv`.

use std::path::Path;

use super::atomic::{AtomicFile, Sealed};
use super::table::{self, guarded};
use crate::batch::{Record, Status};
use crate::error::{Error, Result, Stage};
use crate::measure::dictionary::{self, FAILURE_COLUMNS, LESION_COLUMNS, SCALE_COLUMNS};
use crate::measure::{Lesion, Value};

/// The four tables of a run, written row by row.
#[derive(Debug)]
pub struct CsvTables {
    metrics: Table,
    lesions: Table,
    scales: Table,
    failures: Table,
}

impl CsvTables {
    /// Starts the tables in the folder `out` with their headers.
    pub fn create(out: &Path) -> Result<Self> {
        Ok(Self {
            metrics: Table::create(&out.join("metrics.csv"), dictionary::all().iter().map(|m| m.name.as_str()))?,
            lesions: Table::create(&out.join("lesions.csv"), LESION_COLUMNS.iter().map(|(name, _)| *name))?,
            scales: Table::create(&out.join("scales.csv"), SCALE_COLUMNS.iter().map(|(name, _)| *name))?,
            failures: Table::create(&out.join("failures.csv"), FAILURE_COLUMNS.iter().map(|(name, _)| *name))?,
        })
    }

    /// Writes the rows of a photo.
    pub fn write(&mut self, record: &Record) -> Result<()> {
        for row in &record.rows {
            for cell in table::cells(row)? {
                self.metrics.field(&cell?.to_string())?;
            }
            self.metrics.end()?;
        }
        for lesion in &record.lesions {
            self.write_lesion(&record.photo, lesion)?;
        }
        for score in &record.sub_scores {
            let value = Value::from(score.value).to_string();
            for text in [&record.photo, &score.region, &score.scale, &score.version, &score.item] {
                self.scales.field(&guarded(text))?;
            }
            self.scales.field(&value)?;
            for text in [&score.basis, &score.note, &score.source] {
                self.scales.field(&guarded(text))?;
            }
            self.scales.end()?;
        }
        let status = match record.status {
            Status::Ok => "ok",
            Status::Refused => "refused",
            Status::Failed => "failed",
        };
        for failure in &record.failures {
            let stage = failure.stage.to_string();
            for text in [&record.photo, status, &stage, &failure.code, &failure.message] {
                self.failures.field(&guarded(text))?;
            }
            self.failures.end()?;
        }
        Ok(())
    }

    fn write_lesion(&mut self, photo: &str, lesion: &Lesion) -> Result<()> {
        let table = &mut self.lesions;
        for text in [photo, &lesion.region, lesion.kind.name()] {
            table.field(&guarded(text))?;
        }
        let numbers: [Value; 8] = [
            lesion.x_px.into(),
            lesion.y_px.into(),
            lesion.area_px.into(),
            lesion.diameter_px.into(),
            lesion.diameter_mm.into(),
            lesion.contrast.into(),
            lesion.contrast_de00.into(),
            lesion.circularity.into(),
        ];
        for number in numbers {
            table.field(&number.to_string())?;
        }
        let scar = lesion.scar.as_ref();
        let details: [Value; 5] = [
            scar.and_then(|s| s.scar_type.clone()).into(),
            scar.and_then(|s| s.type_probability).into(),
            scar.map(|s| s.depth_index).into(),
            scar.map(|s| s.edge_sharpness).into(),
            scar.map(|s| s.contrast_sd).into(),
        ];
        for detail in details {
            table.field(&detail.to_string())?;
        }
        table.end()
    }

    /// Puts the tables on the disk; they wait for their names.
    pub fn seal(self) -> Result<Vec<Sealed>> {
        [self.metrics, self.lesions, self.scales, self.failures].into_iter().map(Table::seal).collect()
    }

    /// Gives the tables their names.
    pub fn finish(self) -> Result<()> {
        self.seal()?.into_iter().try_for_each(Sealed::commit)
    }
}

/// One file; the writer refuses a row of another length than the header.
#[derive(Debug)]
pub(super) struct Table(csv::Writer<AtomicFile>);

impl Table {
    pub(super) fn create<'a>(path: &Path, header: impl Iterator<Item = &'a str>) -> Result<Self> {
        let mut table = Self(csv::Writer::from_writer(AtomicFile::create(path)?));
        for name in header {
            table.field(name)?;
        }
        table.end()?;
        Ok(table)
    }

    pub(super) fn field(&mut self, text: &str) -> Result<()> {
        self.0.write_field(text).map_err(failed)
    }

    pub(super) fn end(&mut self) -> Result<()> {
        self.0.write_record(None::<&[u8]>).map_err(failed)
    }

    pub(super) fn seal(self) -> Result<Sealed> {
        self.0.into_inner().map_err(|e| Error::new(Stage::Write, "io", e.to_string()))?.seal()
    }
}

fn failed(error: csv::Error) -> Error {
    Error::new(Stage::Write, "io", error.to_string()).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Column;
    use crate::report::sample;

    fn written(records: &[Record]) -> (tempfile::TempDir, [Vec<csv::StringRecord>; 3]) {
        let folder = tempfile::tempdir().unwrap();
        let mut tables = CsvTables::create(folder.path()).unwrap();
        for record in records {
            tables.write(record).unwrap();
        }
        tables.finish().unwrap();
        let read = ["metrics.csv", "lesions.csv", "failures.csv"].map(|name| {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(folder.path().join(name)).unwrap();
            reader.records().map(|r| r.unwrap()).collect()
        });
        (folder, read)
    }

    #[test]
    fn an_empty_run_has_three_headers() {
        let (_folder, tables) = written(&[]);
        assert_eq!(tables.each_ref().map(Vec::len), [1, 1, 1]);
        let header: Vec<_> = tables[0][0].iter().collect();
        assert_eq!(header, dictionary::all().iter().map(|m| m.name.as_str()).collect::<Vec<_>>());
    }

    #[test]
    fn hostile_names_come_back_whole_and_disarmed() {
        let name = "=cmd|' /C calc'!A0,\"quoted\"\nsecond line\r.jpg";
        let mut record = sample::measured(1);
        record.photo = name.to_owned();
        record.rows[0].set(Column::PHOTO, name);
        record.rows[0].set(Column::ITA_DEG, -12.5);
        record.lesions = sample::lesions(2);
        let (_folder, [metrics, lesions, _]) = written(&[record, sample::failed(2)]);
        assert_eq!(&metrics[1][Column::PHOTO.index()], format!("'{name}"));
        assert_eq!(&metrics[1][Column::ITA_DEG.index()], "-12.5");
        assert_eq!(&lesions[1][0], format!("'{name}"));
        assert_eq!(lesions.len(), 3);
        assert_eq!(&lesions[1][7], "");
    }

    #[test]
    fn refused_and_failed_photos_are_listed() {
        let (_folder, [metrics, _, failures]) = written(&[sample::refused(1), sample::failed(2)]);
        assert_eq!(metrics.len(), 2, "a refused photo keeps its quality row");
        assert_eq!(failures.iter().skip(1).map(|r| r[1].to_owned()).collect::<Vec<_>>(), ["refused", "failed"]);
        assert_eq!(&failures[2][2], "decode");
    }

    #[test]
    fn no_cell_reads_nan_or_inf() {
        let mut record = sample::measured(1);
        record.rows[0].set(Column::NOISE_SD, Value::Number(f64::INFINITY));
        record.rows[0].set(Column::L_SD, f64::NAN);
        let (_folder, [metrics, ..]) = written(&[record]);
        assert!(metrics[1].iter().all(|c| !c.eq_ignore_ascii_case("nan") && !c.contains("inf")));
    }
}
