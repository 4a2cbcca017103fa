//! How a command ends.

use std::io;
use std::process::ExitCode;

use super::args::ColorChoice;
use super::terminal;
use crate::error::{Error, Stage};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for was done.
    Success,
    /// Nothing could be done.
    Fatal,
    /// What was typed or configured is not valid.
    Usage,
    /// Some photos were refused or failed.
    Partial,
    /// Stopped by a signal; what was finished is written.
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Fatal => 1,
            Self::Usage => 2,
            Self::Partial => 3,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Prints why a command failed and says how to end.
pub(super) fn report(error: &anyhow::Error, color: ColorChoice) -> Exit {
    if is_broken_pipe(error) {
        // Who read our output has seen enough.
        return Exit::Success;
    }
    let label = terminal::paint("error", terminal::Paint::Bad, color);
    terminal::say(&format!("{label}: {}", told(error)));
    match error.downcast_ref::<Error>().map(Error::stage) {
        Some(Stage::Config | Stage::Region) => Exit::Usage,
        _ => Exit::Fatal,
    }
}

/// The error and its causes; a cause that is told already is not told again.
fn told(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |mut text, cause| {
        if text.is_empty() {
            return cause;
        }
        if !text.ends_with(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
        text
    })
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}
