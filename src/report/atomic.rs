//! A file that appears whole or not at all.
//!
//! Bytes go to a temporary file in the same folder; [`AtomicFile::seal`] puts them on the disk, [`Sealed::commit`] gives
//! them their name. Dropping either before that leaves nothing behind, and a file of that name stays as it was.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::error::{Error, Result, Stage};

/// A file being written under a temporary name.
#[derive(Debug)]
pub struct AtomicFile {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl AtomicFile {
    /// Opens a temporary file beside `path`.
    pub fn create(path: &Path) -> Result<Self> {
        let name = path
            .file_name()
            .ok_or_else(|| Error::new(Stage::Write, "no_name", "the path names no file").at(path))?
            .to_string_lossy();
        let mut builder = tempfile::Builder::new();
        let prefix = format!(".{name}.");
        builder.prefix(&prefix).suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As any new file: what the user's umask leaves.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder_of(path)).map_err(|e| Error::write(path, e))?;
        Ok(Self { file: BufWriter::with_capacity(1 << 16, file), path: path.to_owned() })
    }

    /// The name that the file will have.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts every byte on the disk, still under the temporary name.
    pub fn seal(self) -> Result<Sealed> {
        let Self { file, path } = self;
        let file = file.into_inner().map_err(|e| Error::write(&path, e.into_error()))?;
        file.as_file().sync_all().map_err(|e| Error::write(&path, e))?;
        Ok(Sealed { temporary: file.into_temp_path(), path })
    }

    /// Seals the file and gives it its name.
    pub fn commit(self) -> Result<()> {
        self.seal()?.commit()
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A complete file that waits for its name.
#[derive(Debug)]
#[must_use = "a sealed file that is not committed is removed"]
pub struct Sealed {
    temporary: TempPath,
    path: PathBuf,
}

impl Sealed {
    /// Gives the file its name; a file of that name is replaced.
    pub fn commit(self) -> Result<()> {
        self.temporary.persist(&self.path).map_err(|e| Error::write(&self.path, e.error))?;
        sync_folder(folder_of(&self.path)).map_err(|e| Error::write(&self.path, e))
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The new name survives a power cut only once the folder is on the disk.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Writes a small file in one go.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes).map_err(|e| Error::write(path, e))?;
    file.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn appears_only_on_commit_and_replaces_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        let sealed = file.seal().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        sealed.commit().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a.csv"]);
    }

    #[test]
    fn nothing_is_left_of_a_dropped_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = AtomicFile::create(&folder.path().join("a")).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        let sealed = AtomicFile::create(&folder.path().join("b")).unwrap().seal().unwrap();
        drop(sealed);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_missing_folder_is_an_error_that_names_the_file() {
        let error = AtomicFile::create(Path::new("/nonexistent/folder/a.csv")).unwrap_err();
        assert!(error.to_string().contains("a.csv"));
        assert_eq!(error.stage(), Stage::Write);
    }

    #[cfg(unix)]
    #[test]
    fn files_are_readable_as_the_umask_allows() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
        write_file(&ours, b"x").unwrap();
        std::fs::write(&plain, b"x").unwrap();
        let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&plain));
    }
}
