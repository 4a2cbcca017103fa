//! The secret that pseudonyms are made with: a file of its own, outside the results.

use std::io::{Read as _, Write as _};
use std::path::Path;

use unicode_normalization::UnicodeNormalization as _;

use super::hmac::{hmac_sha256, ten_characters};
use super::place::{is_inside, is_there};
use crate::batch::key::hex;
use crate::error::{Error, Result};

/// More bytes than a file of a key has.
const LONGEST: u64 = 200;

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

    /// The key at `path`; `None` where nothing is there yet and [`Key::make`] could make one. `out`, the folder of the results,
    /// must not hold it: whoever gets the results would get the names.
    ///
    /// # Errors
    /// When the path lies in the results, or something else than a key is there.
    pub fn find(path: &Path, out: &Path) -> Result<Option<Self>> {
        if is_inside(path, out)? {
            let message = "the key would lie in the folder of the results, which is given away; keep it elsewhere";
            return Err(Error::config(message).at(path));
        }
        if !is_there(path)? {
            return Ok(None);
        }
        let meta = std::fs::metadata(path).map_err(|e| Error::read(path, e))?;
        let mut text = Vec::new();
        if meta.is_file() {
            let file = std::fs::File::open(path).map_err(|e| Error::read(path, e))?;
            file.take(LONGEST).read_to_end(&mut text).map_err(|e| Error::read(path, e))?;
        }
        std::str::from_utf8(&text).ok().and_then(Self::read).map(Some).ok_or_else(|| {
            let message = "this is no key, which is 64 hexadecimal digits and nothing else; name the file of a key, or one that is not there, and a key is made";
            Error::config(message).at(path)
        })
    }

    fn read(text: &str) -> Option<Self> {
        let digits: Vec<u8> = text.trim().chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        (digits.len() == 64).then(|| bytes.try_into().ok().map(Self))?
    }

    /// Makes a key in a new file at `path` that only its owner can read.
    ///
    /// # Errors
    /// When a file is there, or it cannot be made.
    pub fn make(path: &Path) -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)
            .map_err(|e| Error::internal("random", format!("the system gives no random numbers: {e}")))?;
        create_private(path, format!("{}\n", hex(&bytes)).as_bytes())?;
        Ok(Self(bytes))
    }

    /// The name of a subject in the results. A letter stands in front, so that no spreadsheet reads `12345E6789` as a number.
    /// An accent that is written as a letter or beside one is the same.
    #[must_use]
    pub fn pseudonym(&self, subject: &str) -> String {
        let name: String = subject.nfc().collect();
        format!("P{}", ten_characters(&hmac_sha256(&self.0, format!("cicatrix subject\0{name}").as_bytes())))
    }

    /// A hash of something else that could be looked up, such as the SHA-256 of a photo.
    #[must_use]
    pub fn hash(&self, text: &str) -> String {
        hex(&hmac_sha256(&self.0, format!("cicatrix value\0{text}").as_bytes()))
    }

    /// Tells keys apart and nothing else: neither the key nor anybody's name can be found from it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex(&hmac_sha256(&self.0, b"cicatrix fingerprint")[..16])
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_kept_to_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let (path, out) = (folder.path().join("key"), folder.path().join("out"));
        assert!(Key::find(&path, &out).unwrap().is_none() && !path.exists(), "looking makes nothing");
        let first = Key::make(&path).unwrap();
        assert!(Key::make(&path).is_err(), "a key is never replaced");
        let again = Key::find(&path, &out).unwrap().unwrap();
        assert_eq!(first.pseudonym("S01"), again.pseudonym("S01"));
        assert_eq!(first.pseudonym("J\u{f6}rg"), again.pseudonym("Jo\u{308}rg"));
        assert_ne!(first.pseudonym("S01"), first.pseudonym("S02"));
        let other = Key::new([0; 32]);
        assert_ne!(first.pseudonym("S01"), other.pseudonym("S01"));
        assert_eq!(first.fingerprint(), again.fingerprint());
        assert_ne!(first.fingerprint(), other.fingerprint());
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
            assert_eq!(Key::find(&path, &out).unwrap_err().code(), "config");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&out, folder.path().join("link")).unwrap();
            assert!(Key::find(&folder.path().join("link/key"), &out).is_err());
        }
        assert!(std::fs::read_dir(&out).unwrap().next().is_none());
    }

    #[test]
    fn a_file_of_another_kind_is_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let (path, out) = (folder.path().join("bad"), folder.path().join("out"));
        for content in [b"xyz".as_slice(), b"", b"\xff\xd8\xff\xe0", "ab".repeat(33).as_bytes(), &[b'a'; 5000]] {
            std::fs::write(&path, content).unwrap();
            let error = Key::find(&path, &out).unwrap_err();
            assert!(error.code() == "config" && error.message().contains("this is no key"), "{error}");
            assert_eq!(std::fs::read(&path).unwrap(), content);
        }
        assert!(Key::find(folder.path(), &out).unwrap_err().message().contains("this is no key"));
    }
}
