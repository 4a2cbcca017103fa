//! The first directory of a TIFF or BigTIFF, read in place.

use super::super::bytes::{Order, be16};
use super::bad;
use crate::error::Result;

/// Tags that are read here.
pub(super) mod tag {
    pub(in super::super) const WIDTH: u16 = 256;
    pub(in super::super) const HEIGHT: u16 = 257;
    pub(in super::super) const BITS: u16 = 258;
    pub(in super::super) const COMPRESSION: u16 = 259;
    pub(in super::super) const PHOTOMETRIC: u16 = 262;
    pub(in super::super) const STRIP_OFFSETS: u16 = 273;
    pub(in super::super) const SAMPLES: u16 = 277;
    pub(in super::super) const STRIP_SIZES: u16 = 279;
    pub(in super::super) const COLOR_MAP: u16 = 320;
    pub(in super::super) const TILE_WIDTH: u16 = 322;
    pub(in super::super) const TILE_HEIGHT: u16 = 323;
    pub(in super::super) const TILE_OFFSETS: u16 = 324;
    pub(in super::super) const TILE_SIZES: u16 = 325;
    pub(in super::super) const EXTRA: u16 = 338;
    pub(in super::super) const SAMPLE_FORMAT: u16 = 339;
    pub(in super::super) const JPEG_TABLES: u16 = 347;
    pub(in super::super) const ICC: u16 = 34675;
}

/// One entry: its values lie at `at`.
#[derive(Clone, Copy, Debug)]
struct Entry {
    tag: u16,
    /// Bytes of one value.
    size: usize,
    count: usize,
    at: usize,
}

/// The entries of a directory.
#[derive(Debug)]
pub(super) struct Directory<'a> {
    bytes: &'a [u8],
    order: Order,
    entries: Vec<Entry>,
    /// True when another page follows.
    pub(super) has_next: bool,
}

impl<'a> Directory<'a> {
    /// Reads the first directory.
    pub(super) fn first(bytes: &'a [u8]) -> Result<Self> {
        let cut = || bad("the file ends inside its header");
        let order = if bytes.starts_with(b"MM") { Order::Big } else { Order::Little };
        let version = match order {
            Order::Big => be16(bytes, 2),
            Order::Little => order.u16(bytes, 2),
        };
        let big = version == Some(43);
        let offset = if big { order.u64(bytes, 8) } else { order.u32(bytes, 4).map(u64::from) };
        let start = offset.and_then(|o| usize::try_from(o).ok()).filter(|&o| o >= 8).ok_or_else(cut)?;
        // Where the entries begin, how many they are, and how long.
        let (first, count, step) = if big {
            (start.saturating_add(8), order.u64(bytes, start), 20)
        } else {
            (start.saturating_add(2), order.u16(bytes, start).map(u64::from), 12)
        };
        let count = count.filter(|&n| n <= u64::from(u16::MAX)).ok_or_else(cut)? as usize;
        let end = first.saturating_add(count * step);
        if end > bytes.len() {
            return Err(cut());
        }
        let entries = (0..count).filter_map(|i| entry(bytes, order, big, first + i * step)).collect();
        let next = if big { order.u64(bytes, end) } else { order.u32(bytes, end).map(u64::from) };
        let has_next = next.is_some_and(|next| next >= 8 && next < bytes.len() as u64 && next != start as u64);
        Ok(Self { bytes, order, entries, has_next })
    }

    fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    /// The `i`-th value of an entry of whole numbers.
    pub(super) fn value(&self, tag: u16, i: usize) -> Option<u64> {
        let entry = self.entry(tag)?;
        if i >= entry.count {
            return None;
        }
        let at = entry.at.checked_add(i.checked_mul(entry.size)?)?;
        match entry.size {
            1 => self.bytes.get(at).map(|&b| u64::from(b)),
            2 => self.order.u16(self.bytes, at).map(u64::from),
            4 => self.order.u32(self.bytes, at).map(u64::from),
            _ => self.order.u64(self.bytes, at),
        }
    }

    /// The first value, or `default` where the entry is missing.
    pub(super) fn one(&self, tag: u16, default: u64) -> u64 {
        self.value(tag, 0).unwrap_or(default)
    }

    /// Number of values of an entry.
    pub(super) fn count(&self, tag: u16) -> usize {
        self.entry(tag).map_or(0, |entry| entry.count)
    }

    /// The bytes of an entry; `None` when it is missing or reaches past the end.
    pub(super) fn raw(&self, tag: u16) -> Option<&'a [u8]> {
        let entry = self.entry(tag)?;
        self.bytes.get(entry.at..entry.at.checked_add(entry.count.checked_mul(entry.size)?)?)
    }

    /// Where the values of an entry lie.
    pub(super) fn place(&self, tag: u16) -> Option<(usize, Order)> {
        self.entry(tag).map(|entry| (entry.at, self.order))
    }
}

/// The entry at `at`; `None` for a type of value that does not exist.
fn entry(bytes: &[u8], order: Order, big: bool, at: usize) -> Option<Entry> {
    let size = match order.u16(bytes, at + 2)? {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16..=18 => 8,
        _ => return None,
    };
    let (count, place, room) =
        if big { (order.u64(bytes, at + 4)?, at + 12, 8) } else { (u64::from(order.u32(bytes, at + 4)?), at + 8, 4) };
    let count = usize::try_from(count).ok()?;
    // Values that fit stand in the entry itself.
    let at_values = if count.checked_mul(size)? <= room {
        place
    } else if big {
        usize::try_from(order.u64(bytes, place)?).ok()?
    } else {
        order.u32(bytes, place)? as usize
    };
    Some(Entry { tag: order.u16(bytes, at)?, size, count, at: at_values })
}
