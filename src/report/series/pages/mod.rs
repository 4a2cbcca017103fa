//! The pages of a study: `index.html` of the cohort, `subjects/<name>.html` of each subject.
//!
//! Every page holds all it needs: style and script inline and allowed by their hashes, photos as data. It loads nothing,
//! and its policy says so. What it shows is what [`Progress`] says: names and days are taken from there, as they may have been
//! replaced. Nothing tells when a page was made, so the same study gives the same bytes.

mod charts;
mod context;
mod files;
mod index;
mod lesions;
mod methods;
mod subject;
mod told;
mod viewer;
mod words;

use std::path::Path;

use self::context::Context;
use self::index::Index;
use self::subject::SubjectPage;
use super::SeriesAbout;
use crate::error::{Error, Result, Stage};
use crate::report::atomic::write_file;
use crate::report::page::shell::Shell;
use crate::report::plot;
use crate::series::progress::Progress;

/// The folder of the subjects' pages.
const SUBJECTS: &str = "subjects";
/// What every page of this kind begins with, within its first bytes.
const MARK: &str = "<meta name=\"generator\" content=\"Cicatrix progress\">";

/// Writes the pages into the folder of the results. The page of the cohort comes last: what it links to is there. Pages of
/// subjects of an earlier run that are no longer in the study are removed, as their names may have been replaced since.
///
/// # Errors
/// When a page cannot be written.
pub fn write_pages(out: &Path, progress: &Progress, about: &SeriesAbout) -> Result<()> {
    let folder = out.join(SUBJECTS);
    std::fs::create_dir_all(&folder).map_err(|e| Error::write(&folder, e))?;
    let context = Context::new(out, progress, about);
    for (i, file) in context.files.iter().enumerate() {
        write(&folder.join(file), &SubjectPage::new(&context, i))?;
    }
    remove_old(&folder, &context.files)?;
    write(&out.join("index.html"), &Index::new(&context))
}

/// Style and script of a page of a study.
fn shell(script: &'static str) -> Shell {
    Shell::new(&[include_str!("../../../../templates/series/series.css"), plot::STYLE], script)
}

fn write(path: &Path, page: &impl askama::Template) -> Result<()> {
    let text = page.render().map_err(|e| Error::new(Stage::Internal, "page", e.to_string()).at(path))?;
    write_file(path, text.as_bytes())
}

/// Removes pages that an earlier run wrote for subjects this study does not have. Files of others stay.
fn remove_old(folder: &Path, files: &[String]) -> Result<()> {
    let entries = std::fs::read_dir(folder).map_err(|e| Error::read(folder, e))?;
    for entry in entries {
        let entry = entry.map_err(|e| Error::read(folder, e))?;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|n| n.ends_with(".html")) else { continue };
        if files.iter().any(|f| f == name) {
            continue;
        }
        let path = entry.path();
        if is_ours(&path) {
            std::fs::remove_file(&path).map_err(|e| Error::write(&path, e))?;
        }
    }
    Ok(())
}

fn is_ours(path: &Path) -> bool {
    use std::io::Read as _;
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|f| f.take(4096).read_to_end(&mut head));
    read.is_ok() && String::from_utf8_lossy(&head).contains(MARK)
}
