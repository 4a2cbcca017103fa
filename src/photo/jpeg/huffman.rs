//! Huffman tables and the bits of entropy-coded data, ITU-T T.81 annexes C and F.

/// Bits that one look-up resolves; longer codes are rare and take the slow way.
const FAST_BITS: u32 = 9;

/// Why entropy-coded data cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A marker or the end of the file comes before the data are complete.
    Short,
    /// The data hold a code or a value that cannot be.
    Invalid(&'static str),
}

/// A Huffman table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// Symbol and code length by the next `FAST_BITS` bits; length 0 where the code is longer.
    fast: Vec<(u8, u8)>,
    /// First code of each length, one past its last code, and where its symbols begin.
    lengths: [(u32, u32, usize); 17],
    symbols: Vec<u8>,
}

impl Table {
    /// A table from the number of codes of each length and the symbols; `None` when they make no prefix code.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut fast = vec![(0, 0); 1 << FAST_BITS];
        let mut lengths = [(0, 0, 0); 17];
        let (mut code, mut used) = (0_u32, 0_usize);
        for length in 1..=16_u32 {
            let count = u32::from(counts[length as usize - 1]);
            lengths[length as usize] = (code, code + count, used);
            for _ in 0..count {
                let symbol = *symbols.get(used)?;
                if length <= FAST_BITS {
                    let shift = FAST_BITS - length;
                    let first = (code << shift) as usize;
                    fast.get_mut(first..first + (1 << shift))?.fill((symbol, length as u8));
                }
                code += 1;
                used += 1;
            }
            if code > 1 << length {
                return None;
            }
            code <<= 1;
        }
        (used == symbols.len()).then(|| Self { fast, lengths, symbols: symbols.to_vec() })
    }
}

/// The bits of entropy-coded data up to the next marker.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    pos: usize,
    /// Read and not yet used bits, from the top.
    acc: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    /// The bits of `data` from `pos` on.
    pub(super) fn new(data: &'a [u8], pos: usize) -> Self {
        Self { data, pos, acc: 0, count: 0 }
    }

    /// Fills the accumulator; stops before a marker.
    fn refill(&mut self) {
        while self.count <= 32 {
            if let Some(&[a, b, c, d]) = self.data.get(self.pos..).and_then(<[u8]>::first_chunk::<4>)
                && a != 0xff
                && b != 0xff
                && c != 0xff
                && d != 0xff
            {
                self.acc |= u64::from(u32::from_be_bytes([a, b, c, d])) << (32 - self.count);
                self.count += 32;
                self.pos += 4;
                continue;
            }
            let Some(&byte) = self.data.get(self.pos) else { return };
            let mut next = self.pos + 1;
            if byte == 0xff {
                // Fill bytes may stand before the byte that says whether this is data or a marker.
                while self.data.get(next) == Some(&0xff) {
                    next += 1;
                }
                if self.data.get(next) != Some(&0) {
                    return;
                }
                next += 1;
            }
            self.acc |= u64::from(byte) << (56 - self.count);
            self.count += 8;
            self.pos = next;
        }
    }

    /// The next `n` bits, 0 to 16.
    #[inline]
    pub(super) fn take(&mut self, n: u32) -> Result<u32, Fault> {
        if self.count < n {
            self.refill();
            if self.count < n {
                return Err(Fault::Short);
            }
        }
        // Two shifts, since a shift by 64 for n = 0 is no shift.
        let bits = (self.acc >> 1 >> (63 - n)) as u32;
        self.acc <<= n;
        self.count -= n;
        Ok(bits)
    }

    /// The next signed value of `n` bits, as T.81 F.2.2.1 extends it.
    #[inline]
    pub(super) fn take_signed(&mut self, n: u32) -> Result<i32, Fault> {
        if n == 0 {
            return Ok(0);
        }
        let bits = self.take(n)? as i32;
        Ok(if bits < 1 << (n - 1) { bits - (1 << n) + 1 } else { bits })
    }

    /// The next symbol.
    #[inline]
    pub(super) fn symbol(&mut self, table: &Table) -> Result<u8, Fault> {
        if self.count < 16 {
            self.refill();
        }
        let (symbol, length) = table.fast[(self.acc >> (64 - FAST_BITS)) as usize];
        let length = u32::from(length);
        if length != 0 && length <= self.count {
            self.acc <<= length;
            self.count -= length;
            return Ok(symbol);
        }
        self.long_symbol(table)
    }

    #[cold]
    fn long_symbol(&mut self, table: &Table) -> Result<u8, Fault> {
        for length in 1..=16_u32 {
            let (first, end, symbols) = table.lengths[length as usize];
            let code = (self.acc >> (64 - length)) as u32;
            if (first..end).contains(&code) {
                self.take(length)?;
                return Ok(table.symbols[symbols + (code - first) as usize]);
            }
        }
        Err(if self.count < 16 { Fault::Short } else { Fault::Invalid("a code that is in no table") })
    }

    /// Ends an interval: drops the padding of the last byte. The position of what follows, or `None` when whole bytes
    /// other than zeros are left over.
    pub(super) fn finish(&mut self) -> Option<usize> {
        self.refill();
        loop {
            let whole = self.count / 8 * 8;
            let padding = self.count - whole;
            let rest = if whole == 0 { 0 } else { (self.acc << padding) >> (64 - whole) };
            if rest != 0 {
                return None;
            }
            self.acc = 0;
            self.count = 0;
            let before = self.pos;
            self.refill();
            if self.pos == before {
                return Some(self.pos);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes 0, 10, 110 for the symbols 7, 8, 9.
    fn table() -> Table {
        let mut counts = [0; 16];
        counts[..3].fill(1);
        Table::new(&counts, &[7, 8, 9]).unwrap()
    }

    #[test]
    fn symbols_and_values_come_in_order() {
        // 0 | 10 | 110 | 01 | 1 ... then stuffing.
        let data = [0b0101_1001, 0xff, 0x00, 0xff, 0xd9];
        let mut bits = Bits::new(&data, 0);
        let table = table();
        assert_eq!(bits.symbol(&table), Ok(7));
        assert_eq!(bits.symbol(&table), Ok(8));
        assert_eq!(bits.symbol(&table), Ok(9));
        assert_eq!(bits.take_signed(2), Ok(-2));
        assert_eq!(bits.take(8), Ok(0xff));
        assert_eq!(bits.take(1), Err(Fault::Short));
        assert_eq!(bits.finish(), Some(3));
    }

    #[test]
    fn a_code_in_no_table_is_invalid_and_a_cut_one_is_short() {
        let table = table();
        assert!(matches!(Bits::new(&[0xfe, 0xfe, 0xfe], 0).symbol(&table), Err(Fault::Invalid(_))));
        assert_eq!(Bits::new(&[], 0).symbol(&table), Err(Fault::Short));
    }

    #[test]
    fn only_zeros_may_be_left_over() {
        assert_eq!(Bits::new(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xd9], 0).finish(), Some(9));
        assert_eq!(Bits::new(&[0, 0, 3, 0xff, 0xd9], 0).finish(), None);
    }

    #[test]
    fn codes_that_overlap_make_no_table() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Table::new(&counts, &[1, 2, 3]).is_none());
        counts[0] = 1;
        assert!(Table::new(&counts, &[1, 2]).is_none());
    }
}
