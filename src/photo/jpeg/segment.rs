//! Markers and segments, and the frame header among them.

use super::super::bytes::be16;
use super::super::probe::damaged;
use super::super::sniff::Format;
use super::frame::Frame;
use crate::error::{Error, Result};

/// A marker and the body of its segment (empty for a marker without one).
pub(super) struct Segment<'a> {
    pub(super) marker: u8,
    pub(super) body: &'a [u8],
    /// Where the next segment begins.
    pub(super) end: usize,
}

/// The segment at `at`.
pub(super) fn segment(bytes: &[u8], mut at: usize) -> Result<Segment<'_>> {
    // Some cameras pad segments with zeros.
    while bytes.get(at) == Some(&0) {
        at += 1;
    }
    let start = at;
    if *bytes.get(at).ok_or_else(|| cut(at))? != 0xff {
        return Err(damaged(Format::Jpeg, format!("no marker where one must be, at byte {at}")));
    }
    while bytes.get(at) == Some(&0xff) {
        at += 1;
    }
    let marker = *bytes.get(at).ok_or_else(|| cut(at))?;
    at += 1;
    match marker {
        0x01 | 0xd0..=0xd9 => Ok(Segment { marker, body: &[], end: at }),
        0xc0.. => {
            let length = usize::from(be16(bytes, at).ok_or_else(|| cut(bytes.len()))?);
            if length < 2 {
                return Err(damaged(Format::Jpeg, format!("a segment of impossible length at byte {start}")));
            }
            let body = bytes.get(at + 2..at + length).ok_or_else(|| cut(bytes.len()))?;
            Ok(Segment { marker, body, end: at + length })
        }
        _ => Err(damaged(Format::Jpeg, format!("a reserved marker at byte {start}"))),
    }
}

/// The error of a file that ends before its picture does.
fn cut(at: usize) -> Error {
    truncated(&format!("the file ends at byte {at}, before the end of the picture"))
}

/// The error of a picture that is cut.
pub(super) fn truncated(found: &str) -> Error {
    Error::decode("jpeg_truncated", format!("{found}; copy the photo again from its source"))
}

/// The frame header, found without reading any scan.
pub(super) fn frame(bytes: &[u8]) -> Result<Frame> {
    let mut at = 2;
    loop {
        let segment = segment(bytes, at)?;
        match segment.marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let mut frame = Frame::parse(segment.marker, segment.body)?;
                if frame.height == 0 {
                    frame.height = late_height(bytes, segment.end)?;
                }
                return Ok(frame);
            }
            0xd8 | 0xda => return Err(damaged(Format::Jpeg, "no frame header before the picture data")),
            0xd9 => return Err(truncated("the file ends before the picture data")),
            _ => at = segment.end,
        }
    }
}

/// The height that a DNL segment after the first scan gives.
pub(super) fn late_height(bytes: &[u8], mut at: usize) -> Result<usize> {
    loop {
        let segment = segment(bytes, at)?;
        at = segment.end;
        if segment.marker == 0xda {
            break;
        }
    }
    loop {
        let step = bytes[at..].iter().position(|&b| b == 0xff).ok_or_else(|| cut(bytes.len()))?;
        at += step + 1;
        match bytes.get(at) {
            Some(0 | 0xd0..=0xd7 | 0xff) => {}
            Some(0xdc) => return Ok(usize::from(be16(bytes, at + 3).ok_or_else(|| cut(bytes.len()))?)),
            Some(_) => return Err(damaged(Format::Jpeg, "the height of the picture is nowhere given")),
            None => return Err(cut(at)),
        }
    }
}
