//! When a photo was taken, without decoding it.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::exif;

/// Largest TIFF that is searched: it is an EXIF block as a whole.
const LARGEST_TIFF: u64 = 64 << 20;

/// The capture time of a photo as `YYYY-MM-DDThh:mm:ss`, from its EXIF block; `None` when it has none or cannot be read.
/// Of most files only the head is read.
#[must_use]
pub fn captured_at(path: &Path) -> Option<String> {
    let file = File::open(path).ok()?;
    let about = file.metadata().ok()?;
    if !about.is_file() {
        return None;
    }
    let mut source = BufReader::new(file);
    let mut head = [0; 4];
    source.read_exact(&mut head).ok()?;
    if matches!(&head, b"II*\0" | b"MM\0*") && about.len() > LARGEST_TIFF {
        return None;
    }
    source.rewind().ok()?;
    // A reader of hostile blocks may have defects; a photo without a time is no loss.
    catch_unwind(AssertUnwindSafe(|| exif::of_file(&mut source).captured_at)).ok()?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::testing::{exif_block, jpeg_of, picture};

    #[test]
    fn the_time_is_that_of_the_block() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.jpg");
        let plain = jpeg_of(&picture(16, 16), 90);
        let block = exif_block(1, &[(0x0132, "2024:02:29 23:59:58\0")]);
        let mut bytes = plain[..2].to_vec();
        bytes.extend([0xff, 0xe1]);
        bytes.extend(u16::try_from(block.len() + 8).expect("short").to_be_bytes());
        bytes.extend(b"Exif\0\0");
        bytes.extend(&block);
        bytes.extend(&plain[2..]);
        std::fs::write(&path, &bytes).expect("written");
        assert_eq!(captured_at(&path).as_deref(), Some("2024-02-29T23:59:58"));
        // Half a photo still has its time; that it is half a photo is for the decoder to say.
        std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("written");
        assert_eq!(captured_at(&path).as_deref(), Some("2024-02-29T23:59:58"));
        for other in [&plain[..], b"", b"II*\0", b"text"] {
            std::fs::write(&path, other).expect("written");
            assert_eq!(captured_at(&path), None);
        }
        assert_eq!(captured_at(folder.path()), None);
        assert_eq!(captured_at(&folder.path().join("none")), None);
    }
}
