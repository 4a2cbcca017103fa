//! What a study lacks as a whole: nothing is wrong with it, and it will tell less than its owner hopes.

use std::path::Path;

use super::finding::{Finding, Level, many};
use super::visits::Study;

/// Formats of photos that this build does not read.
const UNREAD: [&str; 3] = ["heic", "heif", "avif"];

/// What to know of a study before it is measured; `is_scaled` when photos whose row gives no scale get one from elsewhere.
#[must_use]
pub fn advice(study: &Study, is_scaled: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut say = |code, column: &str, message: String| {
        let (file, column) = (study.file.clone(), column.to_owned());
        found.push(Finding { level: Level::Warning, code, file, row: None, column, message });
    };
    if !study.subjects.is_empty() && study.subjects.iter().all(|s| s.visits.len() < 2) {
        let message = "no subject has a second visit: there is no change to tell; check the columns visit, date and day, or run `cicatrix repeatability` or `cicatrix analyze`";
        say("one_visit", "", message.to_owned());
    }
    if !is_scaled && !study.shots.is_empty() && study.shots.iter().all(|s| s.mm_per_px.is_none()) {
        let message = "no photo has a scale: all that is measured in millimeters stays empty, and its change is withheld; fill a column mm_per_px, or give --mm-per-px";
        say("no_scale", "", message.to_owned());
    }
    let unread = study.shots.iter().filter(|s| is_unread(&s.path));
    let (n, first) = (unread.clone().count() as u64, unread.clone().map(|s| s.photo.as_str()).next());
    if let Some(first) = first {
        let is = if n == 1 { "is" } else { "are" };
        let message = format!(
            "{} {is} HEIC or AVIF, first `{}`, which cannot be read; convert to JPEG of high quality or PNG, with the EXIF block kept",
            many(n, "photo"),
            super::finding::shown(first)
        );
        say("photo_unread", "photo", message);
    }
    found
}

fn is_unread(path: &Path) -> bool {
    path.extension().is_some_and(|e| UNREAD.iter().any(|unread| e.eq_ignore_ascii_case(unread)))
}
