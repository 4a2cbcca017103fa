//! The list of who is who: a file beside the key, never in the results and never in place of another file.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;

use super::Key;
use super::place::{is_inside, is_same, is_there, real};
use crate::error::{Error, Result};
use crate::report::table::guarded;
use crate::series::study::Study;

/// The columns of the list.
const HEADER: [&str; 2] = ["subject", "pseudonym"];

/// A file that the list must not replace, and what it is.
pub type Other<'a> = (&'a Path, &'static str);

/// Refuses a path where a list must not be written: in the results, in place of one of the `others`, or of any file that is no
/// earlier list.
///
/// # Errors
/// Says what is there.
pub fn check_list(path: &Path, out: &Path, others: &[Other<'_>]) -> Result<()> {
    let refused = |message: String| Err(Error::config(message).at(path));
    if is_inside(path, out)? {
        return refused(
            "the list of names would lie in the folder of the results, which is given away; keep it elsewhere"
                .to_owned(),
        );
    }
    for (other, what) in others {
        if is_same(path, other)? {
            return refused(format!("this is {what}; the list of names needs a file of its own"));
        }
    }
    if is_there(path)? && !is_list(path)? {
        return refused(
            "there is a file that is no earlier list of names, and it is not replaced; name another file".to_owned(),
        );
    }
    Ok(())
}

/// Does the file begin as a list does?
fn is_list(path: &Path) -> Result<bool> {
    if !path.is_file() {
        return Ok(false);
    }
    let file = std::fs::File::open(path).map_err(|e| Error::read(path, e))?;
    let mut line = Vec::new();
    BufReader::new(file).take(200).read_until(b'\n', &mut line).map_err(|e| Error::read(path, e))?;
    let line = String::from_utf8_lossy(&line);
    Ok(line.trim_start_matches('\u{feff}').trim_end() == HEADER.join(","))
}

impl Key {
    /// Writes who is who: `subject,pseudonym`, for its owner alone. It appears whole or not at all.
    ///
    /// # Errors
    /// When [`check_list`] refuses the file, or it cannot be written.
    pub fn write_list(&self, path: &Path, out: &Path, others: &[Other<'_>], study: &Study) -> Result<()> {
        check_list(path, out, others)?;
        let mut writer = csv::Writer::from_writer(Vec::new());
        let failed = |e: csv::Error| Error::internal("csv", e.to_string());
        writer.write_record(HEADER).map_err(failed)?;
        for subject in &study.subjects {
            let row = [guarded(&subject.id).into_owned(), self.pseudonym(&subject.id)];
            writer.write_record(&row).map_err(failed)?;
        }
        let bytes = writer.into_inner().map_err(|e| Error::internal("csv", e.to_string()))?;
        // A link stays one: what it points to is replaced.
        let path = &real(path)?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        // Such a file is readable by its owner alone.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|e| Error::write(path, e))?;
        file.write_all(&bytes).and_then(|()| file.as_file().sync_all()).map_err(|e| Error::write(path, e))?;
        file.persist(path).map(drop).map_err(|e| Error::write(path, e.error))
    }
}
