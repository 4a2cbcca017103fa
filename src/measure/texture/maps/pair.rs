//! What one pair of levels adds to the sums, in whole numbers.

/// Bits behind the point in the sums of homogeneity. Three times one fits into 32 bits.
pub(super) const POINT: u32 = 30;

/// What pairs add.
#[derive(Clone, Copy)]
pub(super) struct Pairs {
    pub count: u32,
    pub step: u32,
    pub square: u32,
    pub level: u32,
    pub power: u32,
    pub near: u32,
}

/// 1 / n for n below 2^15, in fixed point: the quotient's 24 digits, shifted by its exponent. A conversion of the float
/// would say the same, but with its care for values out of range no compiler does it in lanes.
#[inline(always)]
fn reciprocal(n: i32) -> i32 {
    let bits = (1.0 / n as f32).to_bits() as i32;
    let digits = (bits & 0x7f_ffff) | 0x80_0000;
    let shift = 127 - (bits >> 23);
    ((digits << (POINT - 23)) + ((1 << shift) >> 1)) >> shift
}

/// What one pair adds; nothing when a level is 0.
#[inline(always)]
pub(super) fn pair(a: u8, b: u8, middle: i32) -> Pairs {
    let counts = -i32::from((a != 0) & (b != 0));
    let (a, b) = (i32::from(a), i32::from(b));
    let square = (a - b) * (a - b);
    let near = reciprocal(1 + square);
    let (i, j) = (a - middle, b - middle);
    Pairs {
        count: (1 & counts) as u32,
        step: ((a - b).abs() & counts) as u32,
        square: (square & counts) as u32,
        level: ((i + j) & counts) as u32,
        power: ((i * i + j * j) & counts) as u32,
        near: (near & counts) as u32,
    }
}

impl Pairs {
    #[inline(always)]
    pub fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            step: self.step + other.step,
            square: self.square + other.square,
            level: self.level.wrapping_add(other.level),
            power: self.power + other.power,
            near: self.near + other.near,
        }
    }
}

/// `sum` with `v` added, or taken off where all bits of `flip` are set.
#[inline(always)]
pub(super) fn changed(sum: u32, v: u32, flip: u32) -> u32 {
    sum.wrapping_add((v ^ flip).wrapping_sub(flip))
}

/// The same of the fixed point.
#[inline(always)]
pub(super) fn changed_near(sum: u64, v: u32, flip: u32) -> u64 {
    let flip = i64::from(flip as i32) as u64;
    sum.wrapping_add((u64::from(v) ^ flip).wrapping_sub(flip))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reciprocals_are_right_to_their_last_digit() {
        for n in 1..1 << 15 {
            let (found, truth) = (f64::from(reciprocal(n)), 2_f64.powi(POINT as i32) / f64::from(n));
            // Half a unit of the fixed point, and half a unit of the quotient's 24 digits.
            assert!((found - truth).abs() <= 0.5 + truth * 2_f64.powi(-24), "1 / {n}: {found} for {truth}");
        }
    }
}
