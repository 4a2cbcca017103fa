//! Reads the entropy-coded data of every scan without making pixels of them.
//!
//! Decoders fill what is missing with gray and go on. Here each symbol is read and counted, so that a scan that ends
//! too early, runs past its last block, breaks the order of its restart markers or holds an impossible value is found
//! before a decoder sees it. Of a progressive photo one bit per coefficient is kept: a refinement reads a bit for each
//! coefficient that is not zero.

use super::frame::Frame;
use super::huffman::{Bits, Fault, Table};

/// The largest magnitude of a DC coefficient of 8-bit samples, with a factor of two for careless encoders.
const MAX_DC: i32 = 2047;

/// The Huffman tables in force.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) dc: [Option<Table>; 4],
    pub(super) ac: [Option<Table>; 4],
}

/// The header of a scan.
#[derive(Debug)]
pub(super) struct ScanHeader {
    /// Index of the component in the frame, DC table, AC table.
    pub(super) components: Vec<(usize, usize, usize)>,
    /// First and last coefficient.
    pub(super) spectrum: (u32, u32),
    /// Bit position of the scan before, 0 for a first scan, and of this one.
    pub(super) approximation: (u32, u32),
}

/// How a scan failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) fault: Fault,
    /// Minimum coded units that are there, and that should be.
    pub(super) units: (usize, usize),
    /// Where the reader stands: at the marker that came too early, or at the end of the file.
    pub(super) at: usize,
}

/// What is kept between the scans of a photo.
#[derive(Debug)]
pub(super) struct Progress {
    /// Per component and block: a bit for each coefficient that is not zero. Empty for a sequential photo.
    nonzero: Vec<Vec<u64>>,
    /// Per component and coefficient: the bit position that has been reached; `None` before its first scan.
    reached: Vec<[Option<u32>; 64]>,
}

impl Progress {
    pub(super) fn new(frame: &Frame) -> Self {
        let blocks = |c: usize| if frame.progressive { frame.padded_blocks(c).0 * frame.padded_blocks(c).1 } else { 0 };
        let count = frame.components.len();
        Self { nonzero: (0..count).map(|c| vec![0; blocks(c)]).collect(), reached: vec![[None; 64]; count] }
    }

    /// Notes that a scan comes; false when it cannot come now.
    pub(super) fn accept(&mut self, scan: &ScanHeader, progressive: bool) -> bool {
        let (first, last) = if progressive { scan.spectrum } else { (0, 63) };
        let (high, low) = if progressive { scan.approximation } else { (0, 0) };
        let shape = first <= last && last <= 63 && low <= 13 && (high == 0 || high == low + 1);
        let dc_alone = !progressive || if first == 0 { last == 0 } else { scan.components.len() == 1 };
        if !shape || !dc_alone {
            return false;
        }
        for &(c, ..) in &scan.components {
            if first > 0 && self.reached[c][0].is_none() {
                return false;
            }
            for reached in &mut self.reached[c][first as usize..=last as usize] {
                if *reached != (high > 0).then_some(high) {
                    return false;
                }
                *reached = Some(low);
            }
        }
        true
    }

    /// True when every coefficient of every component has been sent in full.
    pub(super) fn is_complete(&self) -> bool {
        // The luma comes last in every usual order; chroma without any detail may be left out.
        self.reached
            .iter()
            .enumerate()
            .all(|(c, reached)| reached[0] == Some(0) && (c > 0 || reached.iter().all(|r| *r == Some(0))))
    }
}

/// Reads a scan that begins at `at`; the position of the marker that follows.
pub(super) fn read(
    bytes: &[u8],
    at: usize,
    frame: &Frame,
    tables: &Tables,
    restart_interval: usize,
    scan: &ScanHeader,
    progress: &mut Progress,
) -> Result<usize, Failure> {
    let (columns, rows) = frame.units(&scan.components);
    let total = columns * rows;
    let mut reader =
        Reader { bits: Bits::new(bytes, at), frame, tables, scan, progress, predictors: [0; 4], eob_run: 0 };
    let mut done = 0;
    let outcome = (|| {
        for unit in 0..total {
            if restart_interval > 0 && unit > 0 && unit % restart_interval == 0 {
                reader.restart(bytes, unit / restart_interval - 1)?;
            }
            reader.unit(unit % columns, unit / columns)?;
            done = unit + 1;
        }
        reader.bits.finish().ok_or(Fault::Invalid("bytes left over after the last block"))
    })();
    outcome.map_err(|fault| {
        let at = reader.bits.finish().unwrap_or(bytes.len());
        Failure { fault, units: (done, total), at }
    })
}

#[derive(Debug)]
struct Reader<'a> {
    bits: Bits<'a>,
    frame: &'a Frame,
    tables: &'a Tables,
    scan: &'a ScanHeader,
    progress: &'a mut Progress,
    /// DC value of the block before, by component of the scan.
    predictors: [i32; 4],
    /// Blocks still to come without any code.
    eob_run: u32,
}

impl<'a> Reader<'a> {
    /// Steps over the `n`-th restart marker.
    fn restart(&mut self, bytes: &'a [u8], n: usize) -> Result<(), Fault> {
        let mut at = self.bits.finish().ok_or(Fault::Invalid("bytes left over before a restart marker"))?;
        while bytes.get(at..at + 2) == Some(&[0xff, 0xff]) {
            at += 1;
        }
        match bytes.get(at + 1) {
            Some(&marker) if marker == 0xd0 + (n % 8) as u8 => {
                self.bits = Bits::new(bytes, at + 2);
                self.predictors = [0; 4];
                self.eob_run = 0;
                Ok(())
            }
            Some(0xd0..=0xd7) => Err(Fault::Invalid("restart markers out of order")),
            _ => Err(Fault::Short),
        }
    }

    /// Reads one minimum coded unit.
    fn unit(&mut self, column: usize, row: usize) -> Result<(), Fault> {
        if let [(c, dc, ac)] = self.scan.components[..] {
            let block = row * self.frame.padded_blocks(c).0 + column;
            return self.block(0, c, dc, ac, block);
        }
        for (i, &(c, dc, ac)) in self.scan.components.iter().enumerate() {
            let component = self.frame.components[c];
            let (h, v) = (usize::from(component.h), usize::from(component.v));
            let stride = self.frame.padded_blocks(c).0;
            for y in 0..v {
                for x in 0..h {
                    self.block(i, c, dc, ac, (row * v + y) * stride + column * h + x)?;
                }
            }
        }
        Ok(())
    }

    fn block(&mut self, i: usize, c: usize, dc: usize, ac: usize, block: usize) -> Result<(), Fault> {
        const NO_TABLE: Fault = Fault::Invalid("a scan without its Huffman table");
        let tables = self.tables;
        let dc = || tables.dc[dc].as_ref().ok_or(NO_TABLE);
        let ac = || tables.ac[ac].as_ref().ok_or(NO_TABLE);
        if !self.frame.progressive {
            self.dc(i, dc()?, 0)?;
            return self.ac_sequential(ac()?);
        }
        match (self.scan.spectrum.0, self.scan.approximation) {
            (0, (0, low)) => self.dc(i, dc()?, low),
            (0, _) => self.bits.take(1).map(|_| ()),
            (_, (0, _)) => self.ac_first(ac()?, c, block),
            _ => self.ac_refine(ac()?, c, block),
        }
    }

    fn dc(&mut self, i: usize, table: &Table, low: u32) -> Result<(), Fault> {
        let size = u32::from(self.bits.symbol(table)?);
        if size > 11 {
            return Err(Fault::Invalid("a DC difference of more than 11 bits"));
        }
        self.predictors[i] += self.bits.take_signed(size)?;
        if (self.predictors[i] << low).abs() > MAX_DC {
            return Err(Fault::Invalid("a brightness beyond the range"));
        }
        Ok(())
    }

    fn ac_sequential(&mut self, table: &Table) -> Result<(), Fault> {
        let mut k = 1;
        while k < 64 {
            let symbol = self.bits.symbol(table)?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 {
                if run < 15 {
                    return Ok(());
                }
                k += 16;
                continue;
            }
            k += run;
            self.magnitude(k, 63, size)?;
            k += 1;
        }
        Ok(())
    }

    /// Steps over the bits of a coefficient.
    #[inline]
    fn magnitude(&mut self, k: u32, last: u32, size: u32) -> Result<(), Fault> {
        if k > last {
            return Err(Fault::Invalid("a coefficient past the end of its block"));
        }
        if size > 10 {
            return Err(Fault::Invalid("an AC coefficient of more than 10 bits"));
        }
        self.bits.take(size).map(|_| ())
    }

    /// Reads the length of a run of blocks without codes.
    fn run_of_blocks(&mut self, exponent: u32) -> Result<u32, Fault> {
        Ok((1 << exponent) + self.bits.take(exponent)?)
    }

    fn ac_first(&mut self, table: &Table, c: usize, block: usize) -> Result<(), Fault> {
        if self.eob_run > 0 {
            self.eob_run -= 1;
            return Ok(());
        }
        let (mut k, last) = self.scan.spectrum;
        while k <= last {
            let symbol = self.bits.symbol(table)?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 {
                if run < 15 {
                    self.eob_run = self.run_of_blocks(run)? - 1;
                    return Ok(());
                }
                k += 16;
                continue;
            }
            k += run;
            self.magnitude(k, last, size)?;
            self.progress.nonzero[c][block] |= 1 << k;
            k += 1;
        }
        Ok(())
    }

    fn ac_refine(&mut self, table: &Table, c: usize, block: usize) -> Result<(), Fault> {
        let (mut k, last) = self.scan.spectrum;
        let mut nonzero = self.progress.nonzero[c][block];
        while self.eob_run == 0 && k <= last {
            let symbol = self.bits.symbol(table)?;
            let (mut run, size) = (u32::from(symbol >> 4), symbol & 15);
            match size {
                0 if run < 15 => {
                    self.eob_run = self.run_of_blocks(run)?;
                    break;
                }
                0 => {}
                1 => {
                    self.bits.take(1)?;
                }
                _ => return Err(Fault::Invalid("a refinement of more than one bit")),
            }
            while k <= last {
                if nonzero >> k & 1 == 1 {
                    self.bits.take(1)?;
                } else if run == 0 {
                    break;
                } else {
                    run -= 1;
                }
                k += 1;
            }
            if size == 1 {
                if k > last {
                    return Err(Fault::Invalid("a coefficient past the end of its block"));
                }
                nonzero |= 1 << k;
            }
            k += 1;
        }
        if self.eob_run > 0 {
            while k <= last {
                if nonzero >> k & 1 == 1 {
                    self.bits.take(1)?;
                }
                k += 1;
            }
            self.eob_run -= 1;
        }
        self.progress.nonzero[c][block] = nonzero;
        Ok(())
    }
}
