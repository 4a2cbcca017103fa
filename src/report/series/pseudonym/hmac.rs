//! HMAC-SHA-256 (RFC 2104), and names of ten characters made of it.

use crate::batch::key::sha256;

/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;

/// The keyed hash of a message.
pub(super) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&sha256(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let keyed = |pad: u8, message: &[u8]| {
        let mut bytes: Vec<u8> = block.iter().map(|b| b ^ pad).collect();
        bytes.extend_from_slice(message);
        sha256(&bytes)
    };
    keyed(0x5c, &keyed(0x36, message))
}

/// The first 50 bits in Crockford's base 32: no letters that are read as digits.
pub(super) fn ten_characters(hash: &[u8; 32]) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = hash[..8].iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    (0..10).map(|i| char::from(DIGITS[(bits >> (59 - 5 * i) & 31) as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::key::hex;

    #[test]
    fn the_vectors_of_rfc_4231() {
        let cases: [(Vec<u8>, Vec<u8>, &str); 5] = [
            (vec![0x0b; 20], b"Hi There".to_vec(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (vec![0xaa; 20], vec![0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            ((1..=25).collect(), vec![0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, message, expected) in cases {
            assert_eq!(hex(&hmac_sha256(&key, &message)), expected);
        }
    }

    #[test]
    fn ten_characters_hold_fifty_bits() {
        assert_eq!(ten_characters(&[0xff; 32]), "ZZZZZZZZZZ");
        let mut hash = [0; 32];
        hash[0] = 0b0000_1000;
        hash[6] = 0b0100_0000;
        assert_eq!(ten_characters(&hash), "1000000001");
    }
}
