//! Bands of rows on the threads of the current rayon pool.
//!
//! A photo runs inside one pool (`Threads::install`), so one thread per photo and all threads on one photo are the
//! same code. Bands have a fixed height whatever the number of threads, and results come back in band order, so the
//! bits of a result never depend on the number of threads.

use std::ops::Range;

use rayon::prelude::*;

use crate::error::{Error, Result};

/// Rows of one band: enough work to hide the cost of a task, small enough to spread over many threads.
pub const BAND_ROWS: usize = 64;

/// A pool of threads for one photo at a time.
#[derive(Debug)]
pub struct Threads(rayon::ThreadPool);

impl Threads {
    /// A pool of `count` threads (at least one).
    pub fn new(count: usize) -> Result<Self> {
        rayon::ThreadPoolBuilder::new()
            .num_threads(count.max(1))
            .build()
            .map(Self)
            .map_err(|e| Error::internal("threads", format!("could not start {count} threads: {e}")))
    }

    /// Runs `work` with its bands on this pool.
    pub fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.0.install(work)
    }
}

/// Calls `work(first_row, rows)` on bands of `rows_per_band` rows of `data`, whose rows are `row_len` long.
pub fn for_bands<T: Send>(
    data: &mut [T],
    row_len: usize,
    rows_per_band: usize,
    work: impl Fn(usize, &mut [T]) + Sync + Send,
) {
    if row_len == 0 {
        return;
    }
    data.par_chunks_mut(row_len * rows_per_band).enumerate().for_each(|(i, band)| work(i * rows_per_band, band));
}

/// Calls `work` on the row ranges of all bands; the results come in band order.
pub fn map_bands<R: Send>(
    height: usize,
    rows_per_band: usize,
    work: impl Fn(Range<usize>) -> R + Sync + Send,
) -> Vec<R> {
    (0..height.div_ceil(rows_per_band))
        .into_par_iter()
        .map(|i| work(i * rows_per_band..((i + 1) * rows_per_band).min(height)))
        .collect()
}

/// Calls `work` on every index; the results come in index order.
pub fn map_indices<R: Send>(count: usize, work: impl Fn(usize) -> R + Sync + Send) -> Vec<R> {
    (0..count).into_par_iter().map(work).collect()
}

/// Runs two pieces of work, on two threads where there are two.
pub fn join<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    rayon::join(a, b)
}
