//! Lines on the terminal.

use std::io::{IsTerminal, Write};

use super::args::ColorChoice;

/// What a word means.
#[derive(Clone, Copy, Debug)]
pub enum Paint {
    /// An error.
    Bad,
    /// A warning.
    Odd,
    /// What was hoped for.
    Good,
}

/// Writes a line to standard error. A terminal that is gone must not stop a run.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Writes a warning to standard error.
pub fn warn(message: &str, color: ColorChoice) {
    say(&format!("{}: {message}", paint("warning", Paint::Odd, color)));
}

/// The word in color, where color is wanted on standard error.
pub fn paint(word: &str, paint: Paint, color: ColorChoice) -> String {
    let wanted = match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        }
    };
    let code = match paint {
        Paint::Bad => 31,
        Paint::Odd => 33,
        Paint::Good => 32,
    };
    if wanted { format!("\x1b[1;{code}m{word}\x1b[0m") } else { word.to_owned() }
}

/// A name that cannot move the cursor or break a line.
pub fn printable(name: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    name.chars()
        .flat_map(|c| {
            let text: String = if c.is_control() || turns(c) { c.escape_default().collect() } else { c.to_string() };
            text.chars().collect::<Vec<_>>()
        })
        .collect()
}
