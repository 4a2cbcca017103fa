//! The segments of a JPEG from its first byte to its last, each checked.
//!
//! What comes out is a canonical stream for the decoder: only tables, frame, scans and end, with the height filled in
//! and the channels named by their meaning. So no odd metadata, padding or appended thumbnail reaches the decoder.

use super::super::bytes::be16;
use super::super::probe::damaged;
use super::super::sniff::Format;
use super::frame::{Frame, unsupported};
use super::huffman::{Fault, Table};
use super::scan::{self, Failure, Progress, ScanHeader, Tables};
use crate::error::{Error, Result};

/// Scans of the most refined photo; more are an attack on the time of the reader.
const MAX_SCANS: usize = 100;

/// What the channels of a JPEG mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Model {
    Gray,
    Ycc,
    Rgb,
    Cmyk,
    Ycck,
}

/// A JPEG whose every segment has been checked.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) frame: Frame,
    pub(super) model: Model,
    /// True when an Adobe segment says that inks are stored inverted.
    pub(super) inverted: bool,
    pub(super) canonical: Vec<u8>,
    /// The parts of the profile; `Err` when some are missing.
    pub(super) icc: Option<std::result::Result<Vec<u8>, ()>>,
    pub(super) exif: Option<Vec<u8>>,
    /// Quantization table of the first channel, in the order of the file.
    pub(super) luma_table: [u16; 64],
    /// True when bytes follow the end that no index of the file announces.
    pub(super) trailing: bool,
}

/// A marker and the body of its segment (empty for a marker without one).
struct Segment<'a> {
    marker: u8,
    body: &'a [u8],
    end: usize,
}

/// The segment at `at`.
fn segment(bytes: &[u8], mut at: usize) -> Result<Segment<'_>> {
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

fn truncated(found: &str) -> Error {
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
fn late_height(bytes: &[u8], mut at: usize) -> Result<usize> {
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

/// Reads and checks a whole JPEG.
pub(super) fn read(bytes: &[u8]) -> Result<Stream> {
    let mut walk = Walk::new(bytes);
    let mut at = 2;
    loop {
        let segment = segment(bytes, at)?;
        at = segment.end;
        match segment.marker {
            0xd9 => return walk.end(at),
            0xda => at = walk.scan(&segment)?,
            _ => walk.header(&segment)?,
        }
    }
}

struct Walk<'a> {
    bytes: &'a [u8],
    canonical: Vec<u8>,
    frame: Option<(Frame, Progress)>,
    tables: Tables,
    quantization: [Option<[u16; 64]>; 4],
    luma_table: Option<[u16; 64]>,
    restart_interval: usize,
    scans: usize,
    jfif: bool,
    adobe: Option<u8>,
    model: Option<Model>,
    icc: Vec<(u8, u8, &'a [u8])>,
    exif: Option<Vec<u8>>,
    indexed: bool,
}

impl<'a> Walk<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            canonical: vec![0xff, 0xd8],
            frame: None,
            tables: Tables::default(),
            quantization: [None; 4],
            luma_table: None,
            restart_interval: 0,
            scans: 0,
            jfif: false,
            adobe: None,
            model: None,
            icc: Vec::new(),
            exif: None,
            indexed: false,
        }
    }

    /// Any segment but a scan.
    fn header(&mut self, segment: &Segment<'a>) -> Result<()> {
        let body = segment.body;
        match segment.marker {
            0xc4 => self.huffman_tables(body)?,
            0xdb => self.quantization_tables(body)?,
            0xdd => {
                let interval = be16(body, 0).ok_or_else(|| damaged(Format::Jpeg, "an empty restart interval"))?;
                self.restart_interval = usize::from(interval);
            }
            0xc0..=0xcb | 0xcd..=0xcf => {
                let mut frame = Frame::parse(segment.marker, body)?;
                if self.frame.is_some() {
                    return Err(damaged(Format::Jpeg, "two frame headers"));
                }
                if frame.height == 0 {
                    frame.height = late_height(self.bytes, segment.end)?;
                }
                if frame.width == 0 || frame.height == 0 {
                    return Err(damaged(Format::Jpeg, "a picture without pixels"));
                }
                let progress = Progress::new(&frame);
                self.frame = Some((frame, progress));
                return Ok(());
            }
            0xcc => return Err(unsupported("this is an arithmetic-coded JPEG")),
            0xd8 => return Err(damaged(Format::Jpeg, "a second picture begins inside the first")),
            0xe0 => self.jfif |= body.starts_with(b"JFIF\0"),
            0xe1 if self.exif.is_none() => self.exif = body.strip_prefix(b"Exif\0\0").map(<[u8]>::to_vec),
            0xe2 => {
                if let Some([number, count, data @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
                    self.icc.push((*number, *count, data));
                }
                self.indexed |= body.starts_with(b"MPF\0");
            }
            0xee if body.starts_with(b"Adobe") => self.adobe = body.get(11).copied(),
            _ => {}
        }
        if matches!(segment.marker, 0xc4 | 0xdb | 0xdd) {
            self.copy(segment.marker, body);
        }
        Ok(())
    }

    fn copy(&mut self, marker: u8, body: &[u8]) {
        self.canonical.extend_from_slice(&[0xff, marker]);
        self.canonical.extend_from_slice(&(body.len() as u16 + 2).to_be_bytes());
        self.canonical.extend_from_slice(body);
    }

    fn huffman_tables(&mut self, mut body: &[u8]) -> Result<()> {
        let bad = || damaged(Format::Jpeg, "a Huffman table that cannot be");
        while let Some((&place, rest)) = body.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(bad)?;
            let (symbols, rest) =
                rest.split_at_checked(counts.iter().map(|&n| usize::from(n)).sum()).ok_or_else(bad)?;
            let tables = match place >> 4 {
                0 => &mut self.tables.dc,
                1 => &mut self.tables.ac,
                _ => return Err(bad()),
            };
            *tables.get_mut(usize::from(place & 15)).ok_or_else(bad)? =
                Some(Table::new(counts, symbols).ok_or_else(bad)?);
            body = rest;
        }
        Ok(())
    }

    fn quantization_tables(&mut self, mut body: &[u8]) -> Result<()> {
        let bad = || damaged(Format::Jpeg, "a quantization table that cannot be");
        while let Some((&place, rest)) = body.split_first() {
            let wide = match place >> 4 {
                0 => 1,
                1 => 2,
                _ => return Err(bad()),
            };
            let (values, rest) = rest.split_at_checked(64 * wide).ok_or_else(bad)?;
            let table: [u16; 64] = std::array::from_fn(|i| match wide {
                1 => u16::from(values[i]),
                _ => u16::from_be_bytes([values[2 * i], values[2 * i + 1]]),
            });
            if table.contains(&0) {
                return Err(bad());
            }
            *self.quantization.get_mut(usize::from(place & 15)).ok_or_else(bad)? = Some(table);
            body = rest;
        }
        Ok(())
    }

    /// Writes the frame header, with the height known and the channels named by their meaning.
    fn write_frame(&mut self, frame: &Frame, model: Model) {
        let mut body = vec![8];
        body.extend_from_slice(&(frame.height as u16).to_be_bytes());
        body.extend_from_slice(&(frame.width as u16).to_be_bytes());
        body.push(frame.components.len() as u8);
        for (component, id) in frame.components.iter().zip(canonical_ids(model)) {
            body.extend_from_slice(&[*id, component.h << 4 | component.v, component.table]);
        }
        self.copy(if frame.progressive { 0xc2 } else { 0xc1 }, &body);
    }

    /// What the channels mean, by the rules that the common decoders share.
    fn meaning(&self, frame: &Frame) -> Model {
        let ids: Vec<u8> = frame.components.iter().map(|c| c.id).collect();
        match (ids.len(), self.adobe) {
            (1, _) => Model::Gray,
            (4, Some(2)) => Model::Ycck,
            (4, _) => Model::Cmyk,
            _ if self.jfif => Model::Ycc,
            (_, Some(0)) => Model::Rgb,
            (_, None) if ids == *b"RGB" => Model::Rgb,
            _ => Model::Ycc,
        }
    }

    /// Checks one scan; the position of the marker after it.
    fn scan(&mut self, segment: &Segment<'a>) -> Result<usize> {
        let bad = |what: &str| damaged(Format::Jpeg, what);
        self.scans += 1;
        if self.scans > MAX_SCANS {
            return Err(unsupported(&format!("this JPEG has more than {MAX_SCANS} scans")));
        }
        let Some((frame, mut progress)) = self.frame.take() else {
            return Err(bad("no frame header before the picture data"));
        };
        // What comes later cannot change the meaning of the channels.
        let model = *self.model.get_or_insert(self.meaning(&frame));
        let (header, body) =
            scan_header(&frame, segment.body, model).ok_or_else(|| bad("a scan header that cannot be"))?;
        let apart = !frame.progressive && header.components.len() < frame.components.len();
        if apart && frame.max_factors() != (1, 1) {
            // The decoder mixes up the blocks of this rare layout.
            return Err(unsupported("this JPEG stores channels of different sizes one after the other"));
        }
        for &(c, ..) in &header.components {
            if self.quantization[usize::from(frame.components[c].table)].is_none() {
                return Err(bad("a scan without its quantization table"));
            }
        }
        if self.luma_table.is_none() {
            self.write_frame(&frame, model);
            self.luma_table = self.quantization[usize::from(frame.components[0].table)];
        }
        if !progress.accept(&header, frame.progressive) {
            return Err(bad("scans that do not fit together"));
        }
        let interval = self.restart_interval;
        let after = scan::read(self.bytes, segment.end, &frame, &self.tables, interval, &header, &mut progress)
            .map_err(|failure| explain(self.bytes, &failure))?;
        self.copy(0xda, &body);
        self.canonical.extend_from_slice(&self.bytes[segment.end..after]);
        self.frame = Some((frame, progress));
        Ok(after)
    }

    fn end(mut self, at: usize) -> Result<Stream> {
        let (Some((frame, progress)), Some(luma_table), Some(model)) = (self.frame, self.luma_table, self.model) else {
            return Err(truncated("the file ends before the picture data"));
        };
        if !progress.is_complete() {
            return Err(truncated("the last scans of the picture are missing"));
        }
        self.canonical.extend_from_slice(&[0xff, 0xd9]);
        Ok(Stream {
            model,
            inverted: self.adobe.is_some(),
            icc: profile(self.icc),
            exif: self.exif,
            luma_table,
            trailing: !self.indexed && self.bytes[at..].iter().any(|&b| b != 0),
            canonical: self.canonical,
            frame,
        })
    }
}

/// Component ids that name the channels to the decoder.
fn canonical_ids(model: Model) -> &'static [u8] {
    match model {
        Model::Rgb => b"RGB",
        _ => &[1, 2, 3, 4],
    }
}

/// Reads a scan header; and writes it again with the ids of the canonical stream.
fn scan_header(frame: &Frame, body: &[u8], model: Model) -> Option<(ScanHeader, Vec<u8>)> {
    let (&count, rest) = body.split_first()?;
    let (pairs, [first, last, approximation]) = rest.split_last_chunk::<3>()?;
    if !(1..=4).contains(&count) || pairs.len() != 2 * usize::from(count) {
        return None;
    }
    let mut canonical = vec![count];
    let mut components: Vec<(usize, usize, usize)> = Vec::with_capacity(4);
    for pair in pairs.chunks_exact(2) {
        let c = frame.components.iter().position(|component| component.id == pair[0])?;
        let (dc, ac) = (usize::from(pair[1] >> 4), usize::from(pair[1] & 15));
        if components.iter().any(|&(other, ..)| other == c) || dc > 3 || ac > 3 {
            return None;
        }
        components.push((c, dc, ac));
        canonical.extend_from_slice(&[canonical_ids(model)[c], pair[1]]);
    }
    // Sequential scans have nothing to choose, and some encoders write nonsense there.
    let tail = if frame.progressive { [*first, *last, *approximation] } else { [0, 63, 0] };
    canonical.extend_from_slice(&tail);
    let spectrum = (u32::from(tail[0]), u32::from(tail[1]));
    let approximation = (u32::from(tail[2] >> 4), u32::from(tail[2] & 15));
    Some((ScanHeader { components, spectrum, approximation }, canonical))
}

/// The error of a scan that failed.
fn explain(bytes: &[u8], failure: &Failure) -> Error {
    let (done, total) = failure.units;
    match failure.fault {
        Fault::Short => {
            let mut at = failure.at;
            while bytes.get(at..at + 2) == Some(&[0xff, 0xff]) {
                at += 1;
            }
            let found = format!("the picture data end after {done} of {total} blocks");
            match bytes.get(at + 1) {
                None | Some(0xd9) => truncated(&found),
                Some(marker) => damaged(Format::Jpeg, format!("{found}, at a marker {marker:02x}")),
            }
        }
        Fault::Invalid(what) => damaged(Format::Jpeg, format!("{what} in block {done} of {total}")),
    }
}

/// Puts the parts of an ICC profile together.
fn profile(mut parts: Vec<(u8, u8, &[u8])>) -> Option<std::result::Result<Vec<u8>, ()>> {
    if parts.is_empty() {
        return None;
    }
    parts.sort_by_key(|&(number, ..)| number);
    let count = parts.len();
    let whole = parts.iter().enumerate().all(|(i, &(n, of, _))| usize::from(n) == i + 1 && usize::from(of) == count);
    Some(if whole { Ok(parts.into_iter().flat_map(|(.., data)| data).copied().collect()) } else { Err(()) })
}
