//! What a file is, by its first bytes; its name says nothing.

use std::fmt;

use crate::error::{Error, Result};

/// A format that is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// JPEG: baseline, extended sequential and progressive, 8 bits, Huffman-coded.
    Jpeg,
    /// PNG, and the default image of an APNG.
    Png,
    /// TIFF and BigTIFF, first page.
    Tiff,
    /// WebP, lossy and lossless, first frame.
    WebP,
    /// Windows bitmap.
    Bmp,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Tiff => "TIFF",
            Self::WebP => "WebP",
            Self::Bmp => "BMP",
        })
    }
}

/// The format of `bytes`.
pub(super) fn format_of(bytes: &[u8]) -> Result<Format> {
    if bytes.is_empty() {
        return Err(Error::decode("empty_file", "the file is empty; copy the photo again from its source"));
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Ok(Format::Png);
    }
    if bytes.starts_with(&[0xff, 0xd8]) {
        return Ok(Format::Jpeg);
    }
    if tag(bytes, 0, b"RIFF") && tag(bytes, 8, b"WEBP") {
        return Ok(Format::WebP);
    }
    // Canon's CR2 is a TIFF whose first page is only a preview.
    if [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| bytes.starts_with(*magic))
        && !tag(bytes, 8, b"CR\x02")
    {
        return Ok(Format::Tiff);
    }
    if is_bmp(bytes) {
        return Ok(Format::Bmp);
    }
    let found =
        look_alike(bytes).map_or_else(|| "the format is not recognized".to_owned(), |name| format!("this is {name}"));
    Err(Error::decode(
        "unsupported_format",
        format!("{found}; allowed are JPEG, PNG, TIFF, WebP and BMP: export the photo to one of them"),
    ))
}

fn tag(bytes: &[u8], offset: usize, expected: &[u8]) -> bool {
    bytes.get(offset..).is_some_and(|rest| rest.starts_with(expected))
}

/// Two letters are weak evidence, so the length of the header that follows must be one of those in use.
fn is_bmp(bytes: &[u8]) -> bool {
    tag(bytes, 0, b"BM")
        && super::bytes::le32(bytes, 14).is_some_and(|size| matches!(size, 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// The name of a format that is recognized and not decoded.
fn look_alike(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(usize, &[u8], &str); 24] = [
        (0, b"GIF87a", "a GIF"),
        (0, b"GIF89a", "a GIF"),
        (128, b"DICM", "a DICOM file"),
        (0, b"8BPS", "a Photoshop document"),
        (0, b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 image"),
        (0, b"\xff\x4f\xff\x51", "a JPEG 2000 image"),
        (0, b"\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL image"),
        (0, b"\xff\x0a", "a JPEG XL image"),
        (8, b"CR\x02", "a Canon raw photo"),
        (0, b"FUJIFILMCCD-RAW", "a Fujifilm raw photo"),
        (0, b"IIRO", "an Olympus raw photo"),
        (0, b"IIU\0", "a Panasonic raw photo"),
        (0, b"\0\0\x01\0", "a Windows icon"),
        (0, b"\0\0\x02\0", "a Windows cursor"),
        (0, b"v/1\x01", "an OpenEXR image"),
        (0, b"#?RADIANCE", "a Radiance image"),
        (0, b"qoif", "a QOI image"),
        (0, b"%PDF", "a PDF document"),
        (0, b"PK\x03\x04", "a ZIP archive or an office document"),
        (0, b"\x1f\x8b", "a gzip archive"),
        (0, b"7z\xbc\xaf", "a 7z archive"),
        (0, b"SQLite format 3", "an SQLite database"),
        (0, b"version https://git-lfs", "a Git LFS pointer, not the photo itself"),
        (0, b"BM", "a damaged BMP"),
    ];
    if let Some((.., name)) = MAGIC.iter().find(|(at, magic, _)| tag(bytes, *at, magic)) {
        return Some(name);
    }
    if tag(bytes, 4, b"ftyp") {
        let brand = bytes.get(8..12).unwrap_or_default();
        return Some(match brand {
            b"avif" | b"avis" => "an AVIF image",
            b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1" => "a HEIC image",
            b"crx " => "a Canon raw photo",
            _ => "a video or another ISO media file",
        });
    }
    if let [b'P', b'1'..=b'7', c, ..] = bytes
        && c.is_ascii_whitespace()
    {
        return Some("a Netpbm image");
    }
    text_kind(bytes)
}

/// The kind of a text file.
fn text_kind(bytes: &[u8]) -> Option<&'static str> {
    let head = &bytes[..bytes.len().min(512)];
    let text = head.iter().all(|&b| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..));
    // Bytes of a text in UTF-8; a head cut inside a character is still text.
    let valid = std::str::from_utf8(head).map_or_else(|e| e.error_len().is_none(), |_| true);
    if !text || !valid {
        return None;
    }
    let start = String::from_utf8_lossy(head).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    Some(if start.starts_with("<!doctype html") || start.starts_with("<html") {
        "an HTML page"
    } else if start.contains("<svg") {
        "an SVG drawing"
    } else if start.starts_with("<?xml") {
        "an XML file"
    } else {
        "a text file"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_go_by_content() {
        assert_eq!(format_of(b"\x89PNG\r\n\x1a\n....").unwrap(), Format::Png);
        assert_eq!(format_of(&[0xff, 0xd8, 0xff, 0xe0]).unwrap(), Format::Jpeg);
        assert_eq!(format_of(b"RIFF\0\0\0\0WEBPVP8 ").unwrap(), Format::WebP);
        assert_eq!(format_of(b"II*\0\x08\0\0\0").unwrap(), Format::Tiff);
        assert_eq!(format_of(b"MM\0+\0\x08\0\0").unwrap(), Format::Tiff);
    }

    #[test]
    fn others_are_named() {
        for (bytes, name) in [
            (b"GIF89a\x01\0\x01\0".as_slice(), "GIF"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
            (b"\0\0\0\x18ftypavif\0\0\0\0", "AVIF"),
            (b"8BPS\0\x01", "Photoshop"),
            (b"<!DOCTYPE html><html>", "HTML"),
            (b"hello, this is no image", "text file"),
            (b"II*\0\x10\0\0\0CR\x02\0", "Canon"),
            (b"BM and then nothing of a bitmap", "damaged BMP"),
            (b"\x00", "not recognized"),
        ] {
            let error = format_of(bytes).unwrap_err();
            assert_eq!(error.code(), "unsupported_format");
            assert!(error.message().contains(name), "{}", error.message());
            assert!(error.message().contains("allowed are JPEG"), "{}", error.message());
        }
        let mut dicom = vec![0; 128];
        dicom.extend_from_slice(b"DICM\x02\0");
        assert!(format_of(&dicom).unwrap_err().message().contains("DICOM"));
        assert_eq!(format_of(b"").unwrap_err().code(), "empty_file");
    }
}
