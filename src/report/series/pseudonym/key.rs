//! The secret that pseudonyms are made with: a file of its own, outside the results.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::hmac::{hmac_sha256, ten_characters};
use crate::batch::key::hex;
use crate::error::{Error, Result};
use crate::report::table::guarded;
use crate::series::study::Study;

/// A secret of 256 bits.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    /// A key of known bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads the key at `path`, or makes one there that only its owner can read. `out`, the folder of the results, must not
    /// hold it: whoever gets the results would get the names.
    ///
    /// # Errors
    /// When the file is inside the results, holds no key, or cannot be read or made.
    pub fn open(path: &Path, out: &Path) -> Result<Self> {
        if is_inside(path, out)? {
            let message = "the key would lie in the folder of the results, which is given away; keep it elsewhere";
            return Err(Error::config(message).at(path));
        }
        match std::fs::read_to_string(path) {
            Ok(text) => Self::read(&text).ok_or_else(|| {
                Error::config("this is no key: 64 hexadecimal digits are needed; a file that is not there is made")
                    .at(path)
            }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Self::make(path),
            Err(e) => Err(Error::read(path, e)),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let digits: Vec<u8> = text.trim().chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        (digits.len() == 64).then(|| bytes.try_into().ok().map(Self))?
    }

    fn make(path: &Path) -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)
            .map_err(|e| Error::internal("random", format!("the system gives no random numbers: {e}")))?;
        create_private(path, format!("{}\n", hex(&bytes)).as_bytes())?;
        Ok(Self(bytes))
    }

    /// The name of a subject in the results. A letter stands in front, so that no spreadsheet reads `12345E6789` as a number.
    #[must_use]
    pub fn pseudonym(&self, subject: &str) -> String {
        format!("P{}", ten_characters(&hmac_sha256(&self.0, format!("cicatrix subject\0{subject}").as_bytes())))
    }

    /// A hash of something else that could be looked up, such as the SHA-256 of a photo.
    #[must_use]
    pub fn hash(&self, text: &str) -> String {
        hex(&hmac_sha256(&self.0, format!("cicatrix value\0{text}").as_bytes()))
    }

    /// Writes who is who, beside the key: `subject,pseudonym`.
    ///
    /// # Errors
    /// When the file would lie in the results or cannot be written.
    pub fn write_list(&self, path: &Path, out: &Path, study: &Study) -> Result<()> {
        if is_inside(path, out)? {
            return Err(
                Error::config("the list of names would lie in the folder of the results; keep it elsewhere").at(path)
            );
        }
        let mut writer = csv::Writer::from_writer(Vec::new());
        let failed = |e: csv::Error| Error::internal("csv", e.to_string());
        writer.write_record(["subject", "pseudonym"]).map_err(failed)?;
        for subject in &study.subjects {
            let row = [guarded(&subject.id).into_owned(), self.pseudonym(&subject.id)];
            writer.write_record(&row).map_err(failed)?;
        }
        let bytes = writer.into_inner().map_err(|e| Error::internal("csv", e.to_string()))?;
        match std::fs::remove_file(path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::write(path, e)),
            _ => {}
        }
        create_private(path, &bytes)
    }
}

/// A new file that only its owner can read.
fn create_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(|e| Error::write(path, e))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|e| Error::write(path, e))
}

/// Does `path` lie in `folder`, links followed? Neither needs to be there yet.
fn is_inside(path: &Path, folder: &Path) -> Result<bool> {
    Ok(real(path)?.starts_with(real(folder)?))
}

/// The path without links, as far as it is there.
fn real(path: &Path) -> Result<PathBuf> {
    let full = std::path::absolute(path).map_err(|e| Error::read(path, e))?;
    let mut rest = Vec::new();
    for ancestor in full.ancestors() {
        if let Ok(found) = ancestor.canonicalize() {
            return Ok(rest.iter().rev().fold(found, |path, part| path.join(part)));
        }
        rest.extend(ancestor.file_name());
    }
    Ok(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_kept_to_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let (path, out) = (folder.path().join("key"), folder.path().join("out"));
        let first = Key::open(&path, &out).unwrap();
        let again = Key::open(&path, &out).unwrap();
        assert_eq!(first.pseudonym("S01"), again.pseudonym("S01"));
        assert_ne!(first.pseudonym("S01"), first.pseudonym("S02"));
        assert_ne!(first.pseudonym("S01"), Key::new([0; 32]).pseudonym("S01"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert!(!format!("{first:?}").contains(std::fs::read_to_string(&path).unwrap().trim()));
    }

    #[test]
    fn a_key_never_lies_in_the_results() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        std::fs::create_dir(&out).unwrap();
        for path in [out.join("key"), out.join("a/../key"), folder.path().join("out/./new/key")] {
            assert_eq!(Key::open(&path, &out).unwrap_err().code(), "config");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&out, folder.path().join("link")).unwrap();
            assert!(Key::open(&folder.path().join("link/key"), &out).is_err());
        }
        assert!(std::fs::read_dir(&out).unwrap().next().is_none());
        std::fs::write(folder.path().join("bad"), "xyz").unwrap();
        assert!(Key::open(&folder.path().join("bad"), &out).is_err());
    }
}
