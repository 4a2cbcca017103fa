//! The CPU level that the dispatched kernels run at.
//!
//! Every level computes the same bits: the bodies are the same source, Rust contracts no multiplication and
//! addition into one, and no kernel uses an approximate instruction. A level only chooses how wide the lanes are.

use std::sync::atomic::{AtomicU8, Ordering};

/// How wide the lanes of a dispatched kernel are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// What every processor of the target has (SSE2 on x86-64, NEON on 64-bit Arm).
    Baseline = 1,
    /// 256-bit lanes.
    Avx2 = 2,
    /// 512-bit lanes.
    Avx512 = 3,
}

const UNSET: u8 = 0;
static LEVEL: AtomicU8 = AtomicU8::new(UNSET);

impl Level {
    /// The levels that this processor can run, lowest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        [Self::Baseline, Self::Avx2, Self::Avx512].into_iter().filter(|l| l.is_supported()).collect()
    }

    /// True when this processor can run the level.
    #[must_use]
    pub fn is_supported(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        {
            match self {
                Self::Baseline => true,
                Self::Avx2 => is_x86_feature_detected!("avx2"),
                Self::Avx512 => {
                    is_x86_feature_detected!("avx512f")
                        && is_x86_feature_detected!("avx512bw")
                        && is_x86_feature_detected!("avx512dq")
                        && is_x86_feature_detected!("avx512vl")
                }
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            self == Self::Baseline
        }
    }

    /// The level in force: the highest this processor has, or what [`Level::force`] or the environment variable
    /// `CICATRIX_CPU` (`baseline`, `avx2`, `avx512`) asked for.
    #[must_use]
    pub fn current() -> Self {
        match LEVEL.load(Ordering::Relaxed) {
            1 => Self::Baseline,
            2 => Self::Avx2,
            3 => Self::Avx512,
            _ => {
                let level = Self::detect();
                LEVEL.store(level as u8, Ordering::Relaxed);
                level
            }
        }
    }

    /// Runs every kernel of this process at `level` from now on; false, and nothing changed, where the processor lacks it.
    pub fn force(level: Self) -> bool {
        let supported = level.is_supported();
        if supported {
            LEVEL.store(level as u8, Ordering::Relaxed);
        }
        supported
    }

    fn detect() -> Self {
        let wanted = match std::env::var("CICATRIX_CPU").as_deref() {
            Ok("baseline") => Self::Baseline,
            Ok("avx2") => Self::Avx2,
            _ => Self::Avx512,
        };
        Self::available().into_iter().rfind(|&l| l <= wanted).unwrap_or(Self::Baseline)
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Baseline => "baseline",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        })
    }
}
