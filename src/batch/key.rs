//! What a record depends on, as one hash.

use sha2::{Digest, Sha256};

use crate::measure::dictionary;

/// SHA-256 over everything that a record depends on.
pub type Key = [u8; 32];

/// Hash of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Key {
    Sha256::digest(bytes).into()
}

/// Lowercase hexadecimal digits of a hash.
#[must_use]
pub fn hex(hash: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    hash.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

/// The key of a photo's record: its bytes, what the operator drew, the configuration, the version, the columns.
///
/// Every part has a fixed length or is hashed first, so no two combinations run together.
#[must_use]
pub fn record_key(photo: &Key, regions: &Key, config: &str) -> Key {
    let mut hash = Sha256::new();
    hash.update(b"cicatrix record 1");
    hash.update(photo);
    hash.update(regions);
    hash.update(sha256(config.as_bytes()));
    hash.update(sha256(env!("CARGO_PKG_VERSION").as_bytes()));
    hash.update(sha256(dictionary::fingerprint().as_bytes()));
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_of_the_empty_string() {
        assert_eq!(hex(&sha256(b"")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn every_part_changes_the_key() {
        let (a, b) = (sha256(b"a"), sha256(b"b"));
        let key = record_key(&a, &b, "x");
        assert_ne!(key, record_key(&b, &b, "x"));
        assert_ne!(key, record_key(&a, &a, "x"));
        assert_ne!(key, record_key(&a, &b, "y"));
    }
}
