//! The four facts of EXIF that are kept: orientation, time of capture, camera, flash.

use std::io::{BufRead, Seek};

use exif::{Exif, In, Reader, Tag, Value};

use super::orient::Orientation;

/// The most characters of a camera's name.
const MAX_CAMERA: usize = 100;

/// What is kept of an EXIF block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) orientation: Orientation,
    pub(super) captured_at: Option<String>,
    pub(super) camera: Option<String>,
    pub(super) flash: Option<bool>,
    /// True when some of the block, or all of it, cannot be read.
    pub(super) invalid: bool,
}

/// Reads an EXIF block from its TIFF header on.
pub(super) fn read(block: Vec<u8>) -> Facts {
    facts(Reader::new().continue_on_error(true).read_raw(block))
}

/// Reads the EXIF block of a file of any format that has one.
pub(super) fn of_file(file: &mut (impl BufRead + Seek)) -> Facts {
    facts(Reader::new().continue_on_error(true).read_from_container(file))
}

fn facts(read: Result<Exif, exif::Error>) -> Facts {
    let mut invalid = false;
    let Ok(exif) = read.or_else(|e| e.distill_partial_result(|_| invalid = true)) else {
        return Facts { invalid: true, ..Facts::default() };
    };
    let orientation = exif.get_field(Tag::Orientation, In::PRIMARY).and_then(|field| field.value.get_uint(0));
    let time = |tag| text(&exif, tag).and_then(|raw| normalized_time(&raw));
    Facts {
        orientation: orientation.and_then(Orientation::from_exif).unwrap_or_default(),
        captured_at: time(Tag::DateTimeOriginal).or_else(|| time(Tag::DateTime)),
        camera: camera(&text(&exif, Tag::Make).unwrap_or_default(), &text(&exif, Tag::Model).unwrap_or_default()),
        // Bit 0 says whether it fired.
        flash: exif.get_field(Tag::Flash, In::PRIMARY).and_then(|f| f.value.get_uint(0)).map(|v| v & 1 == 1),
        invalid,
    }
}

/// A text field, without what cannot be printed.
fn text(exif: &Exif, tag: Tag) -> Option<String> {
    let Value::Ascii(lines) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let raw = String::from_utf8_lossy(lines.first()?);
    Some(
        raw.chars()
            .filter(|c| !c.is_control() && *c != char::REPLACEMENT_CHARACTER)
            .collect::<String>()
            .trim()
            .to_owned(),
    )
}

/// `YYYY-MM-DDThh:mm:ss` of an EXIF time `YYYY:MM:DD hh:mm:ss`; `None` for a time that cannot be.
fn normalized_time(raw: &str) -> Option<String> {
    let mut parts = [0_u32; 6];
    if raw.len() != 19 {
        return None;
    }
    for ((part, piece), digits) in parts.iter_mut().zip(raw.split([':', ' '])).zip([4, 2, 2, 2, 2, 2]) {
        if piece.len() != digits || !piece.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *part = piece.parse().ok()?;
    }
    let [year, month, day, hour, minute, second] = parts;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let real = year > 0 && (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
    real.then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
}

/// Make and model; a model that begins with its make says both.
fn camera(make: &str, model: &str) -> Option<String> {
    let both = match (make, model) {
        ("", "") => return None,
        ("", one) | (one, "") => one.to_owned(),
        _ if model.to_lowercase().starts_with(&make.to_lowercase()) => model.to_owned(),
        _ => format!("{make} {model}"),
    };
    Some(both.chars().take(MAX_CAMERA).collect::<String>().trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::testing::exif_block;

    #[test]
    fn facts_are_kept() {
        let block =
            exif_block(6, &[(0x010f, "Canon\0"), (0x0110, "Canon EOS\x07 R5 \0"), (0x0132, "2024:02:29 23:59:58\0")]);
        let facts = read(block);
        assert_eq!(facts.orientation, Orientation::QuarterRight);
        assert_eq!(facts.camera.as_deref(), Some("Canon EOS R5"));
        assert_eq!(facts.captured_at.as_deref(), Some("2024-02-29T23:59:58"));
        assert!(!facts.invalid);
    }

    /// A block whose Exif directory holds a flash field.
    fn flash_block(value: u16) -> Vec<u8> {
        let entry = |tag: u16, kind: u16, value: [u8; 4]| {
            [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &1_u32.to_be_bytes(), &value].concat()
        };
        let [high, low] = value.to_be_bytes();
        [
            b"MM\0*\0\0\0\x08\0\x01".to_vec(),
            entry(0x8769, 4, 26_u32.to_be_bytes()),
            vec![0; 4],
            vec![0, 1],
            entry(0x9209, 3, [high, low, 0, 0]),
            vec![0; 4],
        ]
        .concat()
    }

    #[test]
    fn the_first_bit_of_flash_says_that_it_fired() {
        for (value, fired) in [(0x00, false), (0x01, true), (0x10, false), (0x19, true)] {
            assert_eq!(read(flash_block(value)).flash, Some(fired), "{value:#x}");
        }
        assert_eq!(read(exif_block(1, &[])).flash, None);
    }

    #[test]
    fn impossible_values_are_ignored() {
        for value in [0, 9, 255] {
            assert_eq!(read(exif_block(value, &[])).orientation, Orientation::Upright);
        }
        for time in [
            "2023:02:29 10:00:00",
            "0000:00:00 00:00:00",
            "2024:01:01 24:00:00",
            "2024-01-01",
            "    :  :     :  :  ",
            "",
        ] {
            assert_eq!(normalized_time(time), None, "{time}");
        }
    }

    #[test]
    fn a_broken_block_is_told() {
        assert!(read(b"not a block".to_vec()).invalid);
        assert!(read(Vec::new()).invalid);
    }

    #[test]
    fn a_camera_is_named_once_and_shortly() {
        assert_eq!(camera("Apple", "iPhone 15").as_deref(), Some("Apple iPhone 15"));
        assert_eq!(camera("NIKON", "Nikon D850").as_deref(), Some("Nikon D850"));
        assert_eq!(camera("", ""), None);
        assert_eq!(camera("x", &"y".repeat(300)).map(|c| c.chars().count()), Some(100));
    }
}
