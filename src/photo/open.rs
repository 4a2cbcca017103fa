//! From a path or bytes to a photo.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::exif::Facts;
use super::probe::{Limits, probe};
use super::samples::Samples;
use super::{Format, Photo, bmp, exif, jpeg, linear, png, tiff, webp};
use crate::error::{Error, Result, Stage};

impl Photo {
    /// Opens a photo within the default [`Limits`].
    ///
    /// # Errors
    /// See [`Photo::open_with`].
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, &Limits::default())
    }

    /// Opens a photo. The file is only read.
    ///
    /// # Errors
    /// `io` when the file cannot be read, and those of [`Photo::from_bytes`]; all name the file.
    pub fn open_with(path: &Path, limits: &Limits) -> Result<Self> {
        let file = fs::metadata(path).map_err(|e| Error::read(path, e))?;
        if !file.is_file() {
            return Err(Error::new(Stage::Read, "io", "this is no file; name a photo").at(path));
        }
        if file.len() > limits.max_bytes() {
            return Err(too_many_bytes(file.len(), limits).at(path));
        }
        let bytes = fs::read(path).map_err(|e| Error::read(path, e))?;
        Self::from_bytes(&bytes, limits).map_err(|e| e.at(path))
    }

    /// Decodes a photo: checked to its last byte, in linear light with sRGB primaries, upright.
    ///
    /// # Errors
    /// `empty_file`, `unsupported_format`, `unsupported_jpeg`, `unsupported_tiff`, `unsupported_depth`,
    /// `unsupported_color`, `cmyk_without_profile`, `too_large`, `jpeg_truncated`, `jpeg_damaged`, `png_damaged`,
    /// `tiff_damaged`, `webp_damaged`, `bmp_damaged`, and `decoder_panic` for a defect of a decoder.
    pub fn from_bytes(bytes: &[u8], limits: &Limits) -> Result<Self> {
        guarded(|| {
            let (samples, facts) = load(bytes, limits)?;
            linear::photo(samples, facts)
        })
    }
}

fn too_many_bytes(found: u64, limits: &Limits) -> Error {
    Error::decode(
        "too_large",
        format!(
            "the file holds {found} bytes; allowed are {}: scale the photo down or raise the limit of pixels",
            limits.max_bytes()
        ),
    )
}

/// Decodes the samples of a file and the facts of its EXIF block.
pub(super) fn load(bytes: &[u8], limits: &Limits) -> Result<(Samples, Facts)> {
    let header = probe(bytes, limits)?;
    // A TIFF is an EXIF block as a whole; its copy is gone before the pixels come.
    let whole = (header.format == Format::Tiff).then(|| Facts { invalid: false, ..exif::read(bytes.to_vec()) });
    let mut samples = match header.format {
        Format::Jpeg => jpeg::decode(bytes),
        Format::Png => png::decode(bytes, &header),
        Format::Tiff => tiff::decode(bytes, &header),
        Format::WebP => webp::decode(bytes, &header),
        Format::Bmp => bmp::decode(bytes, &header),
    }?;
    let facts = whole.unwrap_or_else(|| samples.exif.take().map(exif::read).unwrap_or_default());
    Ok((samples, facts))
}

/// Runs a decoder and turns its panic into an error: one bad photo must not end a batch.
pub(super) fn guarded<T>(decode: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(Error::decode(
            "decoder_panic",
            format!(
                "the decoder failed on this file ({}); save the photo again in another program",
                text.trim_end_matches('.')
            ),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::testing::{exif_block, jpeg_of, picture, png_of};

    #[test]
    fn errors_name_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut.jpg");
        let bytes = jpeg_of(&picture(40, 30), 80);
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let error = Photo::open(&path).unwrap_err();
        assert_eq!((error.code(), error.path()), ("jpeg_truncated", Some(path.as_path())));
        let missing = Photo::open(&folder.path().join("none.jpg")).unwrap_err();
        assert_eq!((missing.code(), missing.stage()), ("io", Stage::Read));
        assert_eq!(Photo::open(folder.path()).unwrap_err().code(), "io");
        let large = Photo::open_with(&path, &Limits { max_pixels: 100 }).unwrap_err();
        assert_eq!((large.code(), large.path()), ("too_large", Some(path.as_path())));
    }

    #[test]
    fn content_counts_not_the_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photo.jpg");
        fs::write(&path, png_of(&picture(40, 30))).unwrap();
        assert_eq!(Photo::open(&path).unwrap().width(), 40);
    }

    #[test]
    fn a_panic_is_an_error() {
        let error = guarded::<()>(|| panic!("a defect")).unwrap_err();
        assert_eq!(error.code(), "decoder_panic");
        assert!(error.message().contains("a defect"));
    }

    #[test]
    fn exif_of_a_jpeg_turns_it_and_says_when_and_with_what() {
        let plain = jpeg_of(&picture(40, 24), 90);
        let block = exif_block(8, &[(0x0110, "Phone 7\0"), (0x0132, "2025:03:04 05:06:07\0")]);
        let body = [&b"Exif\0\0"[..], &block].concat();
        let length = (body.len() as u16 + 2).to_be_bytes();
        let bytes = [&plain[..2], &[0xff, 0xe1], &length, &body, &plain[2..]].concat();
        let (turned, upright) = (
            Photo::from_bytes(&bytes, &Limits::default()).unwrap(),
            Photo::from_bytes(&plain, &Limits::default()).unwrap(),
        );
        assert_eq!((turned.width(), turned.height()), (24, 40));
        assert_eq!(turned.rgb[1].at(0, 39), upright.rgb[1].at(0, 0));
        assert_eq!(turned.info.camera.as_deref(), Some("Phone 7"));
        assert_eq!(turned.info.captured_at.as_deref(), Some("2025-03-04T05:06:07"));
    }
}
