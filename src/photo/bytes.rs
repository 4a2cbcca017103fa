//! Numbers at an offset of a byte string; `None` past its end.

/// Byte order of a TIFF or EXIF block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Big,
    Little,
}

/// The `N` bytes at `offset`.
fn array<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..offset.checked_add(N)?)?.try_into().ok()
}

/// A big-endian 16-bit number.
pub(super) fn be16(bytes: &[u8], offset: usize) -> Option<u16> {
    array(bytes, offset).map(u16::from_be_bytes)
}

/// A big-endian 32-bit number.
pub(super) fn be32(bytes: &[u8], offset: usize) -> Option<u32> {
    array(bytes, offset).map(u32::from_be_bytes)
}

/// A little-endian 16-bit number.
pub(super) fn le16(bytes: &[u8], offset: usize) -> Option<u16> {
    array(bytes, offset).map(u16::from_le_bytes)
}

/// A little-endian 32-bit number.
pub(super) fn le32(bytes: &[u8], offset: usize) -> Option<u32> {
    array(bytes, offset).map(u32::from_le_bytes)
}

/// A little-endian 24-bit number.
pub(super) fn le24(bytes: &[u8], offset: usize) -> Option<u32> {
    let [a, b, c] = array(bytes, offset)?;
    Some(u32::from_le_bytes([a, b, c, 0]))
}

impl Order {
    /// A 16-bit number.
    pub(super) fn u16(self, bytes: &[u8], offset: usize) -> Option<u16> {
        match self {
            Self::Big => be16(bytes, offset),
            Self::Little => le16(bytes, offset),
        }
    }

    /// A 32-bit number.
    pub(super) fn u32(self, bytes: &[u8], offset: usize) -> Option<u32> {
        match self {
            Self::Big => be32(bytes, offset),
            Self::Little => le32(bytes, offset),
        }
    }

    /// A 64-bit number.
    pub(super) fn u64(self, bytes: &[u8], offset: usize) -> Option<u64> {
        let raw = array(bytes, offset)?;
        Some(match self {
            Self::Big => u64::from_be_bytes(raw),
            Self::Little => u64::from_le_bytes(raw),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_with_the_bytes() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(be16(&bytes, 0), Some(0x0102));
        assert_eq!(le24(&bytes, 5), Some(0x08_0706));
        assert_eq!(be32(&bytes, 5), None);
        assert_eq!(le32(&bytes, usize::MAX), None);
        assert_eq!(Order::Big.u64(&bytes, 0), Some(0x0102_0304_0506_0708));
        assert_eq!(Order::Little.u16(&bytes, 7), None);
    }
}
