//! What a run says at its end.

use std::path::Path;

use super::args::ColorChoice;
use super::results::Flags;
use super::terminal::{self, Paint, printable, say};
use crate::batch::{Account, Fate, Journal, Outcomes, Status};
use crate::error::Result;

/// Most photos named one by one.
const NAMED: usize = 20;

/// Names the photos that were not measured.
pub fn failures(outcomes: &Outcomes, journal: &Journal, color: ColorChoice) -> Result<()> {
    let unmeasured = |fate: &Fate| !matches!(fate, Fate::Kept { status: Status::Ok, .. } | Fate::NotReached);
    let total = outcomes.iter().filter(|(_, fate)| unmeasured(fate)).count();
    for (item, fate) in outcomes.iter().filter(|(_, fate)| unmeasured(fate)).take(NAMED) {
        let (word, messages) = match fate {
            Fate::Lost(failure) => ("failed ", vec![failure.message.clone()]),
            Fate::Kept { key, status, .. } => {
                let word = if *status == Status::Refused { "refused" } else { "failed " };
                let record = journal.get(key)?;
                (word, record.map_or_else(Vec::new, |r| r.failures.into_iter().map(|f| f.message).collect()))
            }
            Fate::NotReached => continue,
        };
        let word = terminal::paint(word, Paint::Bad, color);
        say(&format!("{word}  {}: {}", printable(&item.name), printable(&messages.join("; "))));
    }
    if total > NAMED {
        say(&format!("... and {} more in failures.csv", total - NAMED));
    }
    Ok(())
}

/// The counts, where the results are, the most frequent flags.
pub fn text(account: &Account, out: &Path, flags: &Flags) -> String {
    let mut text = format!("{} of {} photos measured", account.ok, account.discovered);
    let mut more = Vec::new();
    for (n, what) in [(account.refused, "refused"), (account.failed, "failed"), (account.not_reached, "not reached")] {
        if n > 0 {
            more.push(format!("{n} {what}"));
        }
    }
    if account.from_journal > 0 {
        more.push(format!("{} taken from the journal", account.from_journal));
    }
    if account.ignored > 0 {
        more.push(format!("{} other files ignored", account.ignored));
    }
    if !more.is_empty() {
        text.push_str(&format!(" ({})", more.join(", ")));
    }
    text.push_str(&format!("\nresults   {}\n", out.join("metrics.csv").display()));
    if account.refused + account.failed > 0 {
        text.push_str(&format!("failures  {}\n", out.join("failures.csv").display()));
    }
    if !flags.is_empty() {
        let top: Vec<_> = flags.iter().take(3).map(|(flag, n)| format!("{flag} ({n})")).collect();
        text.push_str(&format!("flags     {}\n", top.join(", ")));
    }
    text
}
