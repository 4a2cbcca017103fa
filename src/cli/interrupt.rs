//! Ctrl-C and SIGTERM: the first lets the photos in flight finish, the second ends at once.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;

use super::exit::Exit;
use super::terminal;

static STOP: AtomicBool = AtomicBool::new(false);

/// Listens from now on; the flag is set by the first signal.
pub fn listen() -> anyhow::Result<&'static AtomicBool> {
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
        terminal::say("stopping after the photos in flight; press Ctrl-C again to stop at once");
    })
    .context("could not listen for Ctrl-C")?;
    Ok(&STOP)
}
