//! One kernel body, compiled once per CPU level.
//!
//! `dispatch!` wraps a safe `#[inline(always)]` body in functions that differ only in the target features they are
//! compiled for, and calls the one for [`crate::base::cpu::Level::current`]. The body is the scalar twin: the same
//! source gives the same bits at every level (no multiplication and addition is contracted, nothing is approximated).

/// Declares `fn name(args)` that runs `body(args)` at the current CPU level.
macro_rules! dispatch {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) $(-> $ret:ty)? = $body:path) => {
        $(#[$meta])*
        #[allow(unsafe_code, clippy::too_many_arguments)]
        $vis fn $name($($arg: $ty),*) $(-> $ret)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn avx2($($arg: $ty),*) $(-> $ret)? {
                    $body($($arg),*)
                }
                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
                fn avx512($($arg: $ty),*) $(-> $ret)? {
                    $body($($arg),*)
                }
                match $crate::base::cpu::Level::current() {
                    // SAFETY: `Level::current` is only ever a level that `is_supported` found on this processor.
                    $crate::base::cpu::Level::Avx512 => return unsafe { avx512($($arg),*) },
                    // SAFETY: as above.
                    $crate::base::cpu::Level::Avx2 => return unsafe { avx2($($arg),*) },
                    $crate::base::cpu::Level::Baseline => {}
                }
            }
            $body($($arg),*)
        }
    };
}
