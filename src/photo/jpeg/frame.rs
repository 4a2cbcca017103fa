//! The frame header: size, components, how they are sampled.

use super::super::bytes::be16;
use super::super::probe::damaged;
use super::super::sniff::Format;
use crate::error::{Error, Result};

/// One component of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Horizontal and vertical sampling factor, 1 to 4.
    pub(super) h: u8,
    pub(super) v: u8,
    /// Quantization table.
    pub(super) table: u8,
}

/// A frame header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) progressive: bool,
    pub(super) width: usize,
    /// Rows; 0 until a DNL segment says them.
    pub(super) height: usize,
    pub(super) components: Vec<Component>,
}

impl Frame {
    /// Reads the frame header `marker` with its `body` (without its length).
    pub(super) fn parse(marker: u8, body: &[u8]) -> Result<Self> {
        let kind = match marker {
            0xc0..=0xc2 => None,
            0xc3 => Some("lossless"),
            0xc5..=0xc7 => Some("hierarchical"),
            0xc9 | 0xca => Some("arithmetic-coded"),
            0xcb => Some("lossless arithmetic-coded"),
            _ => Some("hierarchical arithmetic-coded"),
        };
        if let Some(kind) = kind {
            return Err(unsupported(&format!("this is a {kind} JPEG")));
        }
        let bad = || damaged(Format::Jpeg, "the frame header is incomplete");
        let &[precision, .., count] = body.get(..6).ok_or_else(bad)? else { return Err(bad()) };
        if precision != 8 {
            return Err(unsupported(&format!("this JPEG has {precision} bits per channel")));
        }
        if !matches!(count, 1 | 3 | 4) {
            return Err(unsupported(&format!("this JPEG has {count} channels")));
        }
        let height = usize::from(be16(body, 1).ok_or_else(bad)?);
        let width = usize::from(be16(body, 3).ok_or_else(bad)?);
        let components: Vec<_> = body[6..]
            .chunks_exact(3)
            .map(|c| Component { id: c[0], h: c[1] >> 4, v: c[1] & 15, table: c[2] })
            .collect();
        if body.len() != 6 + 3 * usize::from(count) {
            return Err(bad());
        }
        let legal = |c: &Component| (1..=4).contains(&c.h) && (1..=4).contains(&c.v) && c.table < 4;
        let distinct = |i: usize, c: &Component| components[..i].iter().all(|other| other.id != c.id);
        if !components.iter().enumerate().all(|(i, c)| legal(c) && distinct(i, c)) {
            return Err(damaged(Format::Jpeg, "the frame header describes impossible channels"));
        }
        let mut frame = Self { progressive: marker == 0xc2, width, height, components };
        if let [only] = &mut frame.components[..] {
            // Factors mean nothing for a single component (T.81 A.2.2).
            (only.h, only.v) = (1, 1);
        }
        Ok(frame)
    }

    /// The largest sampling factors.
    pub(super) fn max_factors(&self) -> (usize, usize) {
        let max = |f: fn(&Component) -> u8| self.components.iter().map(f).max().map_or(1, usize::from);
        (max(|c| c.h), max(|c| c.v))
    }

    /// Columns and rows of blocks of component `c`, padded to whole interleaved units.
    pub(super) fn padded_blocks(&self, c: usize) -> (usize, usize) {
        let (h, v) = self.max_factors();
        let component = self.components[c];
        (self.width.div_ceil(8 * h) * usize::from(component.h), self.height.div_ceil(8 * v) * usize::from(component.v))
    }

    /// Columns and rows of the minimum coded units of a scan with these components.
    pub(super) fn units(&self, components: &[(usize, usize, usize)]) -> (usize, usize) {
        let (h, v) = self.max_factors();
        if let [(c, ..)] = components[..] {
            let component = self.components[c];
            return (
                (self.width * usize::from(component.h)).div_ceil(8 * h),
                (self.height * usize::from(component.v)).div_ceil(8 * v),
            );
        }
        (self.width.div_ceil(8 * h), self.height.div_ceil(8 * v))
    }
}

/// The error of a JPEG of a legal kind that is not decoded.
pub(super) fn unsupported(found: &str) -> Error {
    Error::decode(
        "unsupported_jpeg",
        format!("{found}; allowed are baseline and progressive JPEG of 8 bits: export the photo again"),
    )
}
