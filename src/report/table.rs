//! What a cell of a table may hold: the same for every format.

use std::borrow::Cow;

use crate::error::{Error, Result};
use crate::measure::dictionary::{self, Kind};
use crate::measure::{Row, Value};

/// A cell of the kind that its column declares.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Not measurable.
    Empty,
    /// A count or a size in pixels.
    Integer(i64),
    /// A finite number.
    Number(f64),
    /// A name that no spreadsheet takes for a formula.
    Text(Cow<'a, str>),
}

impl std::fmt::Display for Cell<'_> {
    /// As [`Value`]: the shortest text that reads back as the same value.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Integer(v) => write!(f, "{v}"),
            Self::Number(v) => write!(f, "{v}"),
            Self::Text(v) => f.write_str(v),
        }
    }
}

/// A text that no spreadsheet takes for a formula: a leading `'` where it starts as one or holds a NUL.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    // Full-width forms too: some spreadsheets fold them.
    let starts_formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    if starts_formula || text.contains('\0') { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The cell of `value` in the column `name`, which holds a `kind`.
pub fn cell<'a>(kind: Kind, name: &str, value: &'a Value) -> Result<Cell<'a>> {
    Ok(match (kind, value) {
        (_, Value::Empty) => Cell::Empty,
        (Kind::Text, Value::Text(v)) => Cell::Text(guarded(v)),
        (Kind::Integer, Value::Integer(v)) => Cell::Integer(*v),
        (Kind::Number, Value::Integer(v)) => Cell::Number(*v as f64),
        (Kind::Number, Value::Number(v)) if v.is_finite() => Cell::Number(*v),
        (Kind::Number, Value::Number(_)) => Cell::Empty,
        (kind, value) => {
            let message = format!("column {name} holds {value:?}; {kind:?} is declared");
            return Err(Error::internal("column_kind", message));
        }
    })
}

/// The cells of a row, in the order of the dictionary.
pub fn cells(row: &Row) -> Result<impl Iterator<Item = Result<Cell<'_>>>> {
    let (columns, values) = (dictionary::all(), row.values());
    if columns.len() != values.len() {
        let message = format!("a row of {} values; the dictionary has {} columns", values.len(), columns.len());
        return Err(Error::internal("row_length", message));
    }
    Ok(columns.iter().zip(values).map(|(metric, value)| cell(metric.kind, &metric.name, value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Column;

    #[test]
    fn formulas_are_disarmed() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "a\0b"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        for text in ["", "a=b", "cheek/=1.jpg", "visit-1.jpg", "été.png"] {
            assert_eq!(guarded(text), text);
        }
    }

    #[test]
    fn a_cell_has_its_columns_kind() {
        let mut row = Row::default();
        row.set(Column::PHOTO, 3.0);
        assert_eq!(cells(&row).unwrap().find_map(Result::err).unwrap().code(), "column_kind");
        let mut row = Row::default();
        row.set(Column::L_MEAN, Value::Integer(7));
        row.set(Column::NOISE_SD, Value::Number(f64::NAN));
        let cells: Vec<_> = cells(&row).unwrap().map(Result::unwrap).collect();
        assert_eq!(cells[Column::L_MEAN.index()], Cell::Number(7.0));
        assert_eq!(cells[Column::NOISE_SD.index()], Cell::Empty);
    }
}
