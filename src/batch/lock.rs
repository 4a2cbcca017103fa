//! One run at a time on one output folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::error::{Error, Result, Stage};

/// Name of the lock file. It stays behind, because removing it would let two runs hold two locks; the lock itself is the
/// system's and ends with the process, however it ends.
pub const LOCK_FILE: &str = ".cicatrix.lock";

/// The right to write into an output folder, for as long as it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the folder `out`, or says which process holds it.
    pub fn take(out: &Path) -> Result<Self> {
        let path = out.join(LOCK_FILE);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| Error::write(&path, e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(&mut file, &path)),
            Err(TryLockError::Error(e)) => return Err(Error::write(&path, e)),
        }
        let note = |file: &mut File| {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        note(&mut file).map_err(|e| Error::write(&path, e))?;
        Ok(Self { _file: file })
    }
}

fn held(file: &mut File, path: &Path) -> Error {
    let mut owner = String::new();
    // Some systems forbid reading a locked file; the message does without the number then.
    let _ = file.read_to_string(&mut owner);
    let owner = match owner.trim() {
        "" => "another run".to_owned(),
        id => format!("another run (process {id})"),
    };
    let message =
        format!("{owner} is writing to this folder and holds this lock; wait for its end or give another --out");
    Error::new(Stage::Write, "locked", message).at(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_refused_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        let error = Lock::take(folder.path()).unwrap_err();
        assert_eq!(error.code(), "locked");
        assert!(error.message().contains(&std::process::id().to_string()), "{error}");
        drop(first);
        Lock::take(folder.path()).unwrap();
    }
}
