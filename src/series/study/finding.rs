//! What is wrong with a study, and what is odd: all of it at once, each with its row and column.
//!
//! A million rows can share one mistake. Of each kind of mistake in each column the first [`KEPT`] are kept and the rest
//! counted, so that other kinds are not buried.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Stage};

/// Findings kept of one kind in one column.
pub const KEPT: u64 = 10;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The study cannot be used.
    Mistake,
    /// The study can be used; something in it is probably not meant.
    Warning,
    /// What a reader should know.
    Note,
}

/// A mistake, a warning or a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// A stable name of its kind.
    pub code: &'static str,
    /// The file.
    pub file: PathBuf,
    /// The row as a spreadsheet counts it, where one is to blame; the header is row 1.
    pub row: Option<u64>,
    /// The column's name in the file; empty when none is to blame.
    pub column: String,
    /// What was found, what is allowed, what to do.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.file.file_name().unwrap_or(self.file.as_os_str());
        f.write_str(&shown(&name.to_string_lossy()))?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if !self.column.is_empty() {
            write!(f, ", column {}", shown(&self.column))?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Everything found in the files of a study.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    list: Vec<Finding>,
    counts: BTreeMap<(Level, &'static str, PathBuf, String), u64>,
}

impl Findings {
    /// Adds one; of its kind only the first few are kept.
    pub fn add(&mut self, finding: Finding) {
        let kind = (finding.level, finding.code, finding.file.clone(), finding.column.clone());
        let count = self.counts.entry(kind).or_insert(0);
        *count += 1;
        if *count <= KEPT {
            self.list.push(finding);
        }
    }

    /// Those that were kept, in the order they were found.
    #[must_use]
    pub fn list(&self) -> &[Finding] {
        &self.list
    }

    /// How many of a level there are, kept or not.
    #[must_use]
    pub fn count(&self, level: Level) -> u64 {
        self.counts.iter().filter(|((l, ..), _)| *l == level).map(|(_, n)| n).sum()
    }

    /// True when the study cannot be used.
    #[must_use]
    pub fn any_mistake(&self) -> bool {
        self.list.iter().any(|f| f.level == Level::Mistake)
    }

    /// The lines of a level: by file, row and column, and after the last of a kind how many more there are.
    #[must_use]
    pub fn lines(&self, level: Level) -> Vec<String> {
        let mut chosen: Vec<&Finding> = self.list.iter().filter(|f| f.level == level).collect();
        chosen.sort_by(|a, b| a.file.cmp(&b.file).then(a.row.cmp(&b.row)));
        let mut last = BTreeMap::new();
        for (i, f) in chosen.iter().enumerate() {
            last.insert((f.code, &f.file, &f.column), i);
        }
        let mut lines = Vec::with_capacity(chosen.len());
        for (i, f) in chosen.iter().enumerate() {
            lines.push(f.to_string());
            let kind = (f.level, f.code, f.file.clone(), f.column.clone());
            let all = self.counts.get(&kind).copied().unwrap_or(0);
            if last.get(&(f.code, &f.file, &f.column)) == Some(&i) && all > KEPT {
                let more = all - KEPT;
                lines.push(format!("... and {more} more row{} like this", if more == 1 { "" } else { "s" }));
            }
        }
        lines
    }

    /// The mistakes as one error.
    #[must_use]
    pub fn to_error(&self) -> Error {
        let n = self.count(Level::Mistake);
        let lines = self.lines(Level::Mistake).join("\n  ");
        let word = if n == 1 { "mistake" } else { "mistakes" };
        Error::new(Stage::Config, "study", format!("the study has {n} {word}\n  {lines}"))
    }
}

/// Where findings of one file go, and what is said of it.
#[derive(Debug)]
pub(super) struct Notebook<'a> {
    pub(super) file: &'a Path,
    pub(super) findings: &'a mut Findings,
}

impl Notebook<'_> {
    /// A mistake; `row` 0 stands for none.
    pub(super) fn mistake(&mut self, code: &'static str, row: u64, column: &str, message: impl Into<String>) {
        self.add(Level::Mistake, code, row, column, message.into());
    }

    /// A warning.
    pub(super) fn warn(&mut self, code: &'static str, row: u64, column: &str, message: impl Into<String>) {
        self.add(Level::Warning, code, row, column, message.into());
    }

    /// A note.
    pub(super) fn note(&mut self, code: &'static str, message: impl Into<String>) {
        self.add(Level::Note, code, 0, "", message.into());
    }

    fn add(&mut self, level: Level, code: &'static str, row: u64, column: &str, message: String) {
        self.findings.add(Finding {
            level,
            code,
            file: self.file.to_owned(),
            row: (row > 0).then_some(row),
            column: column.to_owned(),
            message,
        });
    }
}

/// A count with its noun.
pub(super) fn many(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Text of a file in a message: short, and without what could move the cursor or turn the line.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == LONGEST {
            out.push_str("...");
            break;
        }
        let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
        if c.is_control() || turns || c == '\u{feff}' {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_of_a_kind_do_not_bury_the_others() {
        let mut findings = Findings::default();
        let mut book = Notebook { file: Path::new("x/study.csv"), findings: &mut findings };
        for row in 2..1002 {
            book.mistake("date", row, "date", "`x` is no date");
        }
        book.mistake("subject", 500, "subject", "empty");
        book.warn("old", 3, "date", "old");
        assert_eq!((findings.count(Level::Mistake), findings.count(Level::Warning)), (1001, 1));
        let lines = findings.lines(Level::Mistake);
        assert_eq!(lines.len(), 12);
        assert_eq!(lines[0], "study.csv, row 2, column date: `x` is no date");
        assert_eq!(lines[10], "... and 990 more rows like this");
        assert_eq!(lines[11], "study.csv, row 500, column subject: empty");
        assert!(findings.to_error().message().starts_with("the study has 1001 mistakes\n"));
    }

    #[test]
    fn hostile_text_is_shown_as_text() {
        assert_eq!(shown("a\u{1b}[2J\n\u{202e}b"), "a\\u{1b}[2J\\n\\u{202e}b");
        assert_eq!(shown(&"x".repeat(500)).len(), 63);
    }
}
