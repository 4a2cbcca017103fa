//! How much memory the photos in flight may take.

use std::fs;
use std::sync::{Condvar, Mutex, PoisonError};

/// Bytes that measuring takes per pixel of a photo, generously: about thirty planes of four bytes.
pub const BYTES_PER_PIXEL: u64 = 120;

/// Memory assumed where the system does not say how much it has.
const UNKNOWN: u64 = 8 << 30;

/// A number of bytes, lent out.
#[derive(Debug)]
pub struct Budget {
    total: u64,
    free: Mutex<u64>,
    returned: Condvar,
}

/// Bytes on loan; they return when it is dropped.
#[derive(Debug)]
pub struct Loan<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    /// A budget of `total` bytes.
    #[must_use]
    pub fn new(total: u64) -> Self {
        Self { total, free: Mutex::new(total), returned: Condvar::new() }
    }

    /// All bytes, free or lent.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Lends `bytes` as soon as they are free; `None` when they never can be.
    #[must_use]
    pub fn take(&self, bytes: u64) -> Option<Loan<'_>> {
        if bytes > self.total {
            return None;
        }
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.returned.wait_while(free, |free| *free < bytes).unwrap_or_else(PoisonError::into_inner);
        *free -= bytes;
        Some(Loan { budget: self, bytes })
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        *self.budget.free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.budget.returned.notify_all();
    }
}

/// Bytes that a photo takes while it is measured.
#[must_use]
pub fn of_photo(file_bytes: u64, width: usize, height: usize, masks: usize) -> u64 {
    let pixels = (width as u64).saturating_mul(height as u64);
    pixels.saturating_mul(BYTES_PER_PIXEL + masks as u64).saturating_add(file_bytes)
}

/// Half of the memory that the system, or the group this process is confined to, has.
#[must_use]
pub fn half_of_system() -> u64 {
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let physical = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        number(line.trim_end_matches("kB")).map(|kib| kib << 10)
    });
    let group = fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| number(&text));
    physical.unwrap_or(UNKNOWN).min(group.unwrap_or(u64::MAX)) / 2
}

/// A size in bytes as people write it, rounded up; the suffixes are powers of 1024, as for `--max-memory`.
#[must_use]
pub fn words(bytes: u64) -> String {
    match bytes {
        0..0x10_0000 => format!("{bytes} bytes"),
        0x10_0000..0x2_8000_0000 => format!("{}M", bytes.div_ceil(1 << 20)),
        _ => format!("{}G", bytes.div_ceil(1 << 30)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn never_lends_more_than_it_has() {
        let budget = Budget::new(100);
        let (lent, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for worker in 0..8 {
                let (budget, lent, most) = (&budget, &lent, &most);
                scope.spawn(move || {
                    for i in 0..200 {
                        let bytes = (worker * 37 + i * 13) % 100 + 1;
                        let loan = budget.take(bytes).unwrap();
                        most.fetch_max(lent.fetch_add(bytes, Ordering::SeqCst) + bytes, Ordering::SeqCst);
                        lent.fetch_sub(bytes, Ordering::SeqCst);
                        drop(loan);
                    }
                });
            }
        });
        assert!(most.into_inner() <= 100);
        assert!(budget.take(100).is_some());
    }

    #[test]
    fn what_never_fits_is_refused() {
        let budget = Budget::new(10);
        assert!(budget.take(11).is_none());
        drop(budget.take(10).unwrap());
        assert!(budget.take(10).is_some());
    }

    #[test]
    fn the_system_has_memory() {
        assert!(half_of_system() > 64 << 20);
    }
}
