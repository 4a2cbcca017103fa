//! Bytes of a table as people export it -> header and rows.
//!
//! UTF-8 with or without a byte order mark; comma, semicolon or tab, told by the header; a first line `sep=;` as
//! spreadsheets write it. Rows are numbered as a spreadsheet shows them: blank lines count, a cell with line breaks in it
//! is one row, and a line `sep=;` is none.

use std::path::Path;

use super::finding::{Notebook, shown};
use crate::error::{Error, Result, Stage};

/// A table.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Names of the columns, trimmed.
    pub(super) header: Vec<String>,
    /// Its rows.
    pub(super) rows: Vec<Row>,
}

/// A row of a table; it has a cell for every column.
#[derive(Debug)]
pub(super) struct Row {
    /// As a spreadsheet counts it.
    pub(super) number: u64,
    cells: csv::StringRecord,
}

impl Row {
    /// A row that comes from no table.
    pub(super) fn new(number: u64, cells: Vec<String>) -> Self {
        Self { number, cells: csv::StringRecord::from(cells) }
    }

    /// The cell of a column, trimmed.
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).unwrap_or("").trim()
    }
}

impl Sheet {
    /// Reads a file. `None` when it is no table at all; `book` then says why.
    pub(super) fn read(path: &Path, known: impl Fn(&str) -> bool, book: &mut Notebook<'_>) -> Result<Option<Self>> {
        // A pipe would be waited for without end.
        if !std::fs::metadata(path).map_err(|e| Error::read(path, e))?.is_file() {
            return Err(Error::new(Stage::Read, "not_a_file", "not a regular file; name a CSV file").at(path));
        }
        let bytes = std::fs::read(path).map_err(|e| Error::read(path, e))?;
        Ok(Self::parse(&bytes, known, book))
    }

    /// Reads bytes; `known` says which names of columns mean something.
    pub(super) fn parse(bytes: &[u8], known: impl Fn(&str) -> bool, book: &mut Notebook<'_>) -> Option<Self> {
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            book.mistake("encoding", 0, "", "the file is UTF-16; save it as CSV UTF-8");
            return None;
        }
        if bytes.starts_with(b"PK\x03\x04") {
            book.mistake("encoding", 0, "", "the file is a spreadsheet or an archive; save the table as CSV UTF-8");
            return None;
        }
        let mut bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if let Some(at) = bytes.iter().position(|b| *b == 0) {
            let row = 1 + bytes[..at].iter().filter(|b| **b == b'\n').count() as u64;
            book.mistake("nul", row, "", "a NUL byte; the file is damaged or no text, export it again as CSV UTF-8");
            return None;
        }
        let told = separator_line(bytes);
        if let Some((_, length)) = told {
            bytes = &bytes[length..];
        }
        if bytes.trim_ascii().is_empty() {
            book.mistake(
                "empty",
                0,
                "",
                "the file is empty; its first row names the columns, one row per photo or session follows",
            );
            return None;
        }
        let delimiter = told.map_or_else(|| delimiter_of(bytes, &known), |(delimiter, _)| delimiter);
        Self::split(bytes, delimiter, book)
    }

    fn split(bytes: &[u8], delimiter: u8, book: &mut Notebook<'_>) -> Option<Self> {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes);
        let mut sheet = Self::default();
        let mut record = csv::ByteRecord::new();
        // Lines up to the one that the next record begins on, and how many of them lie inside of cells.
        let (mut at, mut line, mut inside) = (0_usize, 1_u64, 0_u64);
        let mut spread = false;
        while reader.read_byte_record(&mut record).unwrap_or(false) {
            // The record's position is that of the blank lines before it.
            let begin = record.position().map_or(0, |p| p.byte() as usize).max(at).min(bytes.len());
            let blank = bytes[begin..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
            line += lines_in(&bytes[at..begin + blank]);
            at = begin + blank;
            let breaks: u64 = record.iter().map(lines_in).sum();
            spread = breaks > 0;
            let number = line - inside;
            inside += breaks;
            let cells = texts(&record, number, &sheet.header, book);
            if sheet.header.is_empty() {
                sheet.header = cells.iter().map(|c| c.trim().to_owned()).collect();
                check_header(&mut sheet.header, number, book);
                continue;
            }
            if record.iter().all(|c| c.trim_ascii().is_empty()) {
                continue;
            }
            let (found, expected) = (record.len(), sheet.header.len());
            if found != expected && record.iter().skip(expected).any(|c| !c.trim_ascii().is_empty()) || found < expected
            {
                let advice = if found > expected {
                    "put cells that hold the separator into quotes"
                } else {
                    "fill the missing cells or leave them empty"
                };
                book.mistake("ragged", number, "", format!("{found} cells; the header has {expected}: {advice}"));
            }
            sheet.rows.push(Row { number, cells });
        }
        // An opened quote swallows the rest of the file, and the last record shows it.
        if spread && bytes.iter().filter(|b| **b == b'"').count() % 2 == 1 {
            let row = sheet.rows.last().map_or(1, |r| r.number);
            book.mistake("quote", row, "", "a quote is opened and never closed; double a quote inside a cell (\"\")");
        }
        if sheet.rows.is_empty() {
            book.mistake("empty", 0, "", "there is a header and no row; one row per photo or session is needed");
        }
        Some(sheet)
    }

    /// The names of the columns for a message.
    pub(super) fn columns(&self) -> String {
        const LISTED: usize = 30;
        let mut names: Vec<String> = self.header.iter().take(LISTED).map(|h| shown(h)).collect();
        if self.header.len() > LISTED {
            names.push(format!("and {} more", self.header.len() - LISTED));
        }
        names.join(", ")
    }
}

fn lines_in(bytes: &[u8]) -> u64 {
    let feeds = bytes.iter().filter(|b| **b == b'\n').count();
    // Old files end their lines with a carriage return alone.
    let returns = bytes.windows(2).filter(|w| w[0] == b'\r' && w[1] != b'\n').count();
    (feeds + returns + usize::from(bytes.last() == Some(&b'\r'))) as u64
}

/// The cells as text; what is not UTF-8 is told with its column.
fn texts(record: &csv::ByteRecord, number: u64, header: &[String], book: &mut Notebook<'_>) -> csv::StringRecord {
    match csv::StringRecord::from_byte_record(record.clone()) {
        Ok(cells) => cells,
        Err(_) => {
            for (i, cell) in record.iter().enumerate().filter(|(_, c)| std::str::from_utf8(c).is_err()) {
                let text = String::from_utf8_lossy(cell);
                let column = header.get(i).map_or("", String::as_str);
                book.mistake(
                    "encoding",
                    number,
                    column,
                    format!("`{}` is not UTF-8; save the file as CSV UTF-8", shown(&text)),
                );
            }
            csv::StringRecord::from_byte_record_lossy(record.clone())
        }
    }
}

fn check_header(header: &mut Vec<String>, row: u64, book: &mut Notebook<'_>) {
    // A separator at the end of every line makes a last column without a name.
    while header.len() > 1 && header.last().is_some_and(String::is_empty) {
        header.pop();
    }
    let mut seen: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for (i, name) in header.iter().enumerate() {
        if name.is_empty() {
            book.mistake("column_name", row, "", format!("column {} has no name; name it or remove it", i + 1));
            continue;
        }
        if let Some(first) = seen.insert(super::columns::normalized(name), i)
            && !super::columns::normalized(name).is_empty()
        {
            let message = format!(
                "columns {} and {} are both named so; names must differ in more than case and blanks",
                first + 1,
                i + 1
            );
            book.mistake("column_twice", row, name, message);
        }
    }
}

/// A first line `sep=;`: the separator, and the length of the line.
fn separator_line(bytes: &[u8]) -> Option<(u8, usize)> {
    let rest = bytes.strip_prefix(b"sep=").or_else(|| bytes.strip_prefix(b"SEP="))?;
    let (delimiter, end) = (*rest.first()?, rest.get(1..)?);
    let end = if end.starts_with(b"\r\n") { 2 } else { usize::from(matches!(end.first(), Some(b'\n' | b'\r'))) };
    (end > 0 && matches!(delimiter, b',' | b';' | b'\t' | b'|')).then_some((delimiter, 5 + end))
}

/// The separator under which the header has most names that mean something, else most columns.
fn delimiter_of(bytes: &[u8], known: impl Fn(&str) -> bool) -> u8 {
    let mut best = (0, 0, b',');
    for delimiter in [b',', b';', b'\t'] {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes);
        let mut record = csv::ByteRecord::new();
        if !reader.read_byte_record(&mut record).unwrap_or(false) {
            continue;
        }
        let names = record.iter().filter(|c| std::str::from_utf8(c).is_ok_and(|c| known(c.trim()))).count();
        if (names, record.len()) > (best.0, best.1) {
            best = (names, record.len(), delimiter);
        }
    }
    best.2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::study::finding::{Findings, Level};

    fn parsed(bytes: &[u8]) -> (Option<Sheet>, Vec<String>) {
        let mut findings = Findings::default();
        let mut book = Notebook { file: Path::new("s.csv"), findings: &mut findings };
        let sheet = Sheet::parse(bytes, |name| ["photo", "subject", "notes"].contains(&name), &mut book);
        (sheet, findings.lines(Level::Mistake))
    }

    fn table(bytes: &[u8]) -> Vec<Vec<String>> {
        let (sheet, mistakes) = parsed(bytes);
        assert_eq!(mistakes, [""; 0]);
        let sheet = sheet.expect("a table");
        let width = sheet.header.len();
        let rows = sheet.rows.iter().map(|r| (0..width).map(|i| r.cell(i).to_owned()).collect());
        std::iter::once(sheet.header.clone()).chain(rows).collect()
    }

    #[test]
    fn spreadsheets_write_the_same_table_in_many_ways() {
        let plain = table(b"photo,subject\na.jpg,S1\n");
        for other in [
            &b"\xef\xbb\xbfphoto,subject\r\na.jpg,S1\r\n"[..],
            b"photo;subject\na.jpg;S1",
            b"photo\tsubject\na.jpg\tS1\n\n\n",
            b"sep=;\r\nphoto;subject\r\na.jpg;S1\r\n",
            b"\"photo\", subject \n\"a.jpg\",S1\n,\n",
            b"photo,subject\ra.jpg,S1\r",
            b"photo,subject,\na.jpg,S1,\n",
        ] {
            assert_eq!(table(other), plain, "{}", String::from_utf8_lossy(other));
        }
        assert_eq!(table(b"photo;subject;notes\na;S1;x, y, z\n")[1], ["a", "S1", "x, y, z"]);
        // Commas in a header that is written with semicolons.
        assert_eq!(table(b"photo;subject;pain, 0-10, now, here\na;S1;3\n")[0].len(), 3);
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        let (sheet, _) = parsed(b"photo,notes\n\na,\"one\ntwo\r\nthree\"\nb,\r\n\r\n\r\nc,\n");
        let numbers: Vec<u64> = sheet.expect("a table").rows.iter().map(|r| r.number).collect();
        assert_eq!(numbers, [3, 4, 7]);
        let (sheet, _) = parsed(b"sep=,\nphoto,notes\na,b\n");
        assert_eq!(sheet.expect("a table").rows[0].number, 2);
    }

    #[test]
    fn what_is_no_table_says_so() {
        let first = |bytes: &[u8]| parsed(bytes).1.first().cloned().unwrap_or_default();
        assert!(first(b"").contains("the file is empty"));
        assert!(first(b"\xef\xbb\xbf\n\n").contains("the file is empty"));
        assert!(first(b"photo,subject\n").contains("a header and no row"));
        assert!(first(b"photo,subject\na\0,b\n").contains("row 2: a NUL byte"));
        assert!(first(b"\xff\xfep\0h\0").contains("UTF-16"));
        assert!(first(b"PK\x03\x04rest").contains("spreadsheet"));
        assert!(first(b"photo,notes\na,caf\xe9\n").contains("row 2, column notes: `caf\u{fffd}` is not UTF-8"));
        assert!(first(b"photo,Photo\na,b\n").contains("row 1, column Photo: columns 1 and 2 are both named so"));
        assert!(first(b"photo,,notes\na,b,c\n").contains("column 2 has no name"));
        assert!(first(b"photo,subject\na\n").contains("row 2: 1 cells; the header has 2"));
        assert!(first(b"photo,subject\na,b,c\n").contains("put cells that hold the separator into quotes"));
        assert!(first(b"photo,subject\na,\"b\nc,d\ne,f\n").contains("row 2: a quote is opened"));
    }
}
