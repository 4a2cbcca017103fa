//! `report.html`: one self-contained page about a run.
//!
//! The page loads nothing and says so in its content security policy: the style sheet and the script are inline and
//! allowed by their hashes, pictures are data. Its weight is bounded whatever the run; what it leaves out is stated on it
//! and is in the tables beside it. Nothing on it tells when it was made, so an unchanged run gives the same bytes.

mod histogram;
mod methods;
mod sampling;
pub(super) mod shell;
pub(super) mod text;
mod view;

use std::path::Path;

use askama::Template as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use self::methods::Conditions;
use self::sampling::Thinned;
use self::view::{FailureView, RowView, View};
use super::About;
use super::atomic::{AtomicFile, Sealed};
use super::thumbnail;
use crate::batch::{Record, Status};
use crate::error::{Error, Result};
use crate::measure::{Column, Flag, Row};

/// Rows of the table of photos.
pub const MAX_ROWS: usize = 5000;
/// Rows of the table of failures.
pub const MAX_FAILURES: usize = 1000;
/// Thumbnails on the page.
pub const MAX_THUMBNAILS: usize = 300;
/// Photos whose numbers the distributions are drawn from at most; of more photos, every second, fourth, ... is taken.
pub const MAX_SAMPLES: usize = 100_000;

/// The columns that the page shows.
const HEADLINES: [Column; 11] = [
    Column::RELIEF_SQ_FINE,
    Column::RELIEF_SQ_MID,
    Column::RELIEF_SQ_COARSE,
    Column::MELANIN_MEAN,
    Column::HEMOGLOBIN_MEAN,
    Column::EVENNESS_DE00,
    Column::DARK_SPOT_COUNT,
    Column::RED_SPOT_COUNT,
    Column::ITA_DEG,
    Column::SHARPNESS,
    Column::SKIN_FRACTION,
];

/// The columns that the page of height maps shows.
const HEIGHT_HEADLINES: [Column; 11] = [
    Column::HEIGHT_SA_UM,
    Column::HEIGHT_SQ_UM,
    Column::HEIGHT_SZ_UM,
    Column::HEIGHT_SSK,
    Column::HEIGHT_SKU,
    Column::HEIGHT_SDR_PERCENT,
    Column::HEIGHT_SAL_UM,
    Column::HEIGHT_STR,
    Column::HEIGHT_SK_UM,
    Column::HEIGHT_SPK_UM,
    Column::HEIGHT_SVK_UM,
];

/// What became of the photos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Measured.
    pub ok: u64,
    /// Decoded, but not fit to be measured.
    pub refused: u64,
    /// Not read, not decoded, or stopped by a defect.
    pub failed: u64,
}

impl Tally {
    /// All photos.
    #[must_use]
    pub fn discovered(&self) -> u64 {
        self.ok + self.refused + self.failed
    }

    /// Counts a photo.
    pub fn add(&mut self, status: Status) {
        match status {
            Status::Ok => self.ok += 1,
            Status::Refused => self.refused += 1,
            Status::Failed => self.failed += 1,
        }
    }
}

/// The page of a run, fed record by record.
#[derive(Debug)]
pub struct Page {
    file: AtomicFile,
    kept: Kept,
}

impl Page {
    /// Starts the page in the folder `out`.
    pub fn new(out: &Path, about: &About) -> Result<Self> {
        Ok(Self { file: AtomicFile::create(&out.join("report.html"))?, kept: Kept::new(about) })
    }

    /// Takes up a photo.
    pub fn add(&mut self, record: &Record) {
        self.kept.add(record);
    }

    /// What was taken up so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.kept.tally
    }

    /// Writes the page and puts it on the disk; it waits for its name.
    pub fn seal(self) -> Result<Sealed> {
        let Self { mut file, mut kept } = self;
        for (index, jpeg) in kept.thumbnails.spread(MAX_THUMBNAILS) {
            kept.rows[*index].thumbnail = Some(BASE64.encode(jpeg));
        }
        let written = View::new(&kept).write_into(&mut file);
        written.map_err(|e| Error::write(file.path(), e))?;
        file.seal()
    }

    /// Writes the page and gives it its name.
    pub fn finish(self) -> Result<()> {
        self.seal()?.commit()
    }
}

/// What the page keeps of the records: bounded, however many there are.
#[derive(Debug)]
struct Kept {
    about: About,
    headlines: &'static [Column],
    tally: Tally,
    rows: Vec<RowView>,
    thumbnails: Thinned<(usize, Vec<u8>)>,
    samples: Thinned<Vec<Option<f64>>>,
    other_regions: u64,
    flags: Vec<u64>,
    conditions: Conditions,
    failures: Vec<FailureView>,
    failure_rows: u64,
}

impl Kept {
    fn new(about: &About) -> Self {
        Self {
            about: about.clone(),
            headlines: if about.config.height.enabled { &HEIGHT_HEADLINES } else { &HEADLINES },
            tally: Tally::default(),
            rows: Vec::new(),
            thumbnails: Thinned::new(2 * MAX_THUMBNAILS),
            samples: Thinned::new(MAX_SAMPLES),
            other_regions: 0,
            flags: vec![0; Flag::ALL.len()],
            conditions: Conditions::default(),
            failures: Vec::new(),
            failure_rows: 0,
        }
    }

    fn add(&mut self, record: &Record) {
        self.tally.add(record.status);
        for failure in &record.failures {
            self.failure_rows += 1;
            if self.failures.len() < MAX_FAILURES {
                self.failures.push(FailureView::new(record, failure));
            }
        }
        // The whole skin comes first; named regions are in the tables.
        let Some(row) = record.rows.first() else { return };
        self.conditions.cameras.add(row.text(Column::CAMERA));
        if record.status == Status::Ok {
            self.add_measured(record, row);
        }
    }

    fn add_measured(&mut self, record: &Record, row: &Row) {
        self.other_regions += record.rows.len() as u64 - 1;
        self.conditions.scales.add(row.text(Column::SCALE_SOURCE));
        self.conditions.ita.add(row.text(Column::ITA_CLASS));
        for flag in row.flags() {
            if let Some(i) = Flag::ALL.iter().position(|f| *f == flag) {
                self.flags[i] += 1;
            }
        }
        let headlines = self.headlines;
        let number = |column: &Column| row.number(*column).filter(|v| v.is_finite());
        self.samples.offer(|| headlines.iter().map(number).collect());
        if self.rows.len() < MAX_ROWS {
            // A picture that is too large for its place would break the bound on the page's weight.
            if (1..=2 * thumbnail::MAX_BYTES).contains(&record.thumbnail.len()) {
                let index = self.rows.len();
                self.thumbnails.offer(|| (index, record.thumbnail.clone()));
            }
            self.rows.push(RowView::new(record, row, headlines));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn page(records: impl Iterator<Item = Record>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let mut page = Page::new(folder.path(), &sample::about()).unwrap();
        records.for_each(|record| page.add(&record));
        page.finish().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        std::fs::read_to_string(folder.path().join("report.html")).unwrap()
    }

    #[test]
    fn five_thousand_photos_weigh_less_than_ten_megabytes() {
        // As heavy as a thumbnail may be.
        let records =
            |n: usize| (0..n).map(|i| Record { thumbnail: vec![i as u8; thumbnail::MAX_BYTES], ..sample::any(i) });
        let small = page(records(5000));
        assert!(small.len() < 10_000_000, "{}", small.len());
        let thumbnails = small.matches("<img ").count();
        assert!((250..=MAX_THUMBNAILS).contains(&thumbnails), "{thumbnails}");
        let large = page(records(12_000));
        assert!(large.len() < 10_000_000, "{}", large.len());
        assert!(large.contains("The first 5,000 of 11,400 measured photos"));
    }

    #[test]
    fn the_same_records_give_the_same_bytes() {
        let once = || page((0..300).map(sample::any));
        assert_eq!(once(), once());
    }

    #[test]
    fn hostile_names_are_text() {
        let name = "<script>alert(1)</script>\"onload='x'\u{202e}gpj.=cmd";
        let mut measured = sample::measured(1);
        measured.photo = name.to_owned();
        measured.rows[0].set(Column::CAMERA, name);
        let mut failed = sample::failed(2);
        failed.photo = name.to_owned();
        failed.failures[0].message = "</td><img src=x onerror=alert(1)>".to_owned();
        failed.failures[0].code = name.to_owned();
        let page = page([measured, failed].into_iter());
        assert_eq!(page.matches("<script").count(), 1);
        assert!(!page.contains("<img src=x") && !page.contains('\u{202e}'));
        assert!(page.contains("[U+202E]gpj"));
    }

    #[test]
    fn names_of_any_length_are_bounded() {
        let records = (0..2000).map(|i| Record { photo: format!("{i}{}", "<".repeat(4000)), ..sample::measured(i) });
        assert!(page(records).len() < 10_000_000);
    }

    #[test]
    fn the_policy_allows_the_pages_own_style_and_script_alone() {
        use sha2::{Digest, Sha256};
        let page = page((0..3).map(sample::any));
        for (tag, directive) in [("style", "style-src"), ("script", "script-src")] {
            let body = page.split(&format!("<{tag}>")).nth(1).unwrap().split(&format!("</{tag}>")).next().unwrap();
            let hash = BASE64.encode(Sha256::digest(body));
            assert!(page.contains(&format!("{directive} 'sha256-{hash}'")), "{tag}");
        }
        assert!(page.contains("default-src 'none'") && !page.contains("unsafe-inline"));
        assert!(!page.contains(" style=\"") && !page.contains(" onclick"));
        assert!(!page.contains("http://") && !page.contains("https://"));
    }

    #[test]
    fn a_run_without_a_measured_photo_has_a_page() {
        let page = page((0..3).map(sample::failed));
        assert!(page.contains("No photo was measured"));
        assert!(page.contains("truncated"));
        assert!(!page.contains("NaN"));
        assert!(self::page(std::iter::empty()).contains("No photo was found"));
    }
}
