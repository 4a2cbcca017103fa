//! All results of a run, which appear together or not at all.

use std::path::Path;

use super::About;
use super::atomic::Sealed;
use super::csv::CsvTables;
use super::page::{Page, Tally};
use super::parquet::ParquetTable;
use crate::batch::Record;
use crate::error::{Error, Result};

/// `metrics.csv`, `lesions.csv`, `scales.csv`, `failures.csv`, `metrics.parquet` and `report.html`, written record by record.
///
/// The files get their names in [`Results::finish`], after all of them are whole and on the disk. Dropped before that,
/// or after an error, it leaves the results of an earlier run as they were.
#[derive(Debug)]
pub struct Results {
    csv: CsvTables,
    parquet: ParquetTable,
    page: Page,
    broken: bool,
}

impl Results {
    /// Starts the results in the folder `out`, which is made if need be.
    pub fn create(out: &Path, about: &About) -> Result<Self> {
        std::fs::create_dir_all(out).map_err(|e| Error::write(out, e))?;
        Ok(Self {
            csv: CsvTables::create(out)?,
            parquet: ParquetTable::create(out, about)?,
            page: Page::new(out, about)?,
            broken: false,
        })
    }

    /// Writes a photo. After an error the results are incomplete and can no longer be finished.
    pub fn write(&mut self, record: &Record) -> Result<()> {
        let written = self.csv.write(record).and_then(|()| self.parquet.write(record));
        self.page.add(record);
        self.broken |= written.is_err();
        written
    }

    /// What was written so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.page.tally()
    }

    /// Puts all files on the disk, then gives them their names.
    pub fn finish(self) -> Result<()> {
        if self.broken {
            return Err(Error::internal("results_incomplete", "a record was not written; no result is kept"));
        }
        let mut sealed = self.csv.seal()?;
        sealed.push(self.parquet.seal()?);
        sealed.push(self.page.seal()?);
        sealed.into_iter().try_for_each(Sealed::commit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Column;
    use crate::report::sample;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn all_files_appear_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("new/results");
        let mut results = Results::create(&out, &sample::about()).unwrap();
        (0..80).for_each(|i| results.write(&sample::any(i)).unwrap());
        assert!(names(&out).iter().all(|n| n.ends_with(".part")));
        assert_eq!(results.tally(), Tally { ok: 76, refused: 2, failed: 2 });
        results.finish().unwrap();
        assert_eq!(
            names(&out),
            ["failures.csv", "lesions.csv", "metrics.csv", "metrics.parquet", "report.html", "scales.csv"]
        );
    }

    #[test]
    fn a_failed_run_leaves_the_earlier_results() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("metrics.csv"), "earlier").unwrap();
        let mut results = Results::create(folder.path(), &sample::about()).unwrap();
        let mut record = sample::measured(1);
        record.rows[0].set(Column::L_MEAN, "text in a column of numbers");
        assert!(results.write(&record).is_err());
        assert_eq!(results.finish().unwrap_err().code(), "results_incomplete");
        assert_eq!(names(folder.path()), ["metrics.csv"]);
        assert_eq!(std::fs::read(folder.path().join("metrics.csv")).unwrap(), b"earlier");
    }
}
