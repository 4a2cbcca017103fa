//! Which files are photos.

use std::path::Path;

/// Extensions of photos, in lower case. The formats that Cicatrix does not read are among them so that such a photo is
/// reported instead of passed over.
pub const EXTENSIONS: &[&str] =
    &["jpg", "jpeg", "jpe", "png", "tif", "tiff", "webp", "bmp", "gif", "heic", "heif", "avif", "dcm", "psd", "jp2"];

/// Extensions of the formats that can hold a mask.
pub const MASK_EXTENSIONS: &[&str] = &["png", "tif", "tiff", "bmp", "webp", "jpg", "jpeg"];

/// What follows a photo's stem in the name of its mask.
pub const MASK_SUFFIXES: &[&str] = &["_mask", "_segmentation"];

/// Bytes that [`has_signature`] needs.
pub const HEAD: usize = 18;

/// True when the extension is that of a photo.
#[must_use]
pub fn has_extension(path: &Path) -> bool {
    path.extension().is_some_and(|e| EXTENSIONS.iter().any(|known| e.eq_ignore_ascii_case(known)))
}

/// True when the first bytes are those of a photo that Cicatrix reads.
#[must_use]
pub fn has_signature(head: &[u8]) -> bool {
    let at = |from: usize, bytes: &[u8]| head.get(from..from + bytes.len()) == Some(bytes);
    at(0, b"\xff\xd8\xff")
        || at(0, b"\x89PNG\r\n\x1a\n")
        || at(0, b"II*\0")
        || at(0, b"MM\0*")
        || (at(0, b"RIFF") && at(8, b"WEBP"))
        || is_bitmap(head)
}

/// `BM` alone also begins many a text, so the reserved bytes and the size of the second header are looked at too.
fn is_bitmap(head: &[u8]) -> bool {
    let sizes = [12, 40, 52, 56, 64, 108, 124];
    head.len() >= HEAD
        && head.starts_with(b"BM")
        && head[6..10] == [0; 4]
        && head[15..18] == [0; 3]
        && sizes.contains(&head[14])
}

/// The stem of the photo that a file named `stem` would be the mask of.
#[must_use]
pub fn masked_stem(stem: &str) -> Option<&str> {
    MASK_SUFFIXES.iter().find_map(|suffix| stem.strip_suffix(suffix)).filter(|photo| !photo.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_compared_without_case() {
        assert!(has_extension(Path::new("a/B.JPG")));
        assert!(has_extension(Path::new("x.heic")));
        assert!(!has_extension(Path::new("notes.txt")));
        assert!(!has_extension(Path::new("jpg")));
    }

    #[test]
    fn a_text_that_begins_with_bm_is_no_bitmap() {
        assert!(!has_signature(b"BMI of the subjects: 22"));
        let mut head = *b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0";
        assert!(has_signature(&head));
        head[14] = 41;
        assert!(!has_signature(&head));
    }

    #[test]
    fn short_files_are_no_photos() {
        for n in 0..3 {
            assert!(!has_signature(&b"\xff\xd8\xff"[..n]));
        }
        assert!(has_signature(b"\xff\xd8\xff"));
    }

    #[test]
    fn a_mask_names_its_photo() {
        assert_eq!(masked_stem("cheek_mask"), Some("cheek"));
        assert_eq!(masked_stem("ISIC_1_segmentation"), Some("ISIC_1"));
        assert_eq!(masked_stem("_mask"), None);
        assert_eq!(masked_stem("cheek"), None);
    }
}
