//! Days: dates of the calendar, or numbers that a study counts its days with.
//!
//! `03/04/2024` is two different days to two different clinics, so how a column writes its dates is decided for the
//! whole column: a form whose order of day and month no row proves is a mistake, never a guess.
//! Calendar arithmetic after Howard Hinnant, "chrono-compatible low-level date algorithms".

use std::fmt;

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Day {
    /// A date, in days since 1970-01-01.
    Date(i64),
    /// A day number; what is day 0 is the study's business.
    Number(i64),
}

impl Day {
    /// A date; `None` when the calendar has no such day.
    #[must_use]
    pub fn from_ymd(year: i64, month: u32, day: u32) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        if !(1..=9999).contains(&year) || !(1..=days).contains(&day) {
            return None;
        }
        let y = if month <= 2 { year - 1 } else { year };
        let (era, year_of_era) = (y.div_euclid(400), y.rem_euclid(400));
        let day_of_year = i64::from((153 * ((month + 9) % 12) + 2) / 5 + day - 1);
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Some(Self::Date(era * 146_097 + day_of_era - 719_468))
    }

    /// Year, month and day of a date.
    #[must_use]
    pub fn ymd(self) -> Option<(i64, u32, u32)> {
        let Self::Date(days) = self else { return None };
        let z = days + 719_468;
        let (era, day_of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u32;
        let month = (if shifted < 10 { shifted + 3 } else { shifted - 9 }) as u32;
        Some((era * 400 + year_of_era + i64::from(month <= 2), month, day))
    }

    /// Days from `earlier` to this one; `None` between a date and a day number.
    #[must_use]
    pub fn since(self, earlier: Self) -> Option<i64> {
        match (self, earlier) {
            (Self::Date(a), Self::Date(b)) | (Self::Number(a), Self::Number(b)) => Some(a - b),
            _ => None,
        }
    }

    /// The day it is now, by UTC.
    #[must_use]
    pub fn today() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self::Date((since.as_secs() / 86_400) as i64)
    }

    /// True for a date of the calendar.
    #[must_use]
    pub fn is_date(self) -> bool {
        matches!(self, Self::Date(_))
    }

    /// The date of a time `YYYY-MM-DDThh:mm:ss`, as EXIF times are kept.
    #[must_use]
    pub fn from_time(time: &str) -> Option<Self> {
        let written = Written::read(time.get(..10)?)?;
        (written.form == Form::YearDash).then(|| written.day(false))?
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.ymd()) {
            (_, Some((year, month, day))) => write!(f, "{year:04}-{month:02}-{day:02}"),
            (Self::Date(n) | Self::Number(n), None) => write!(f, "{n}"),
        }
    }
}

/// How a date can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    /// 2024-03-31, also 20240331: ISO 8601.
    YearDash,
    /// 2024/03/31
    YearSlash,
    /// 2024.03.31
    YearDot,
    /// 31.03.2024: day first wherever it is written.
    LastDot,
    /// 31/03/2024 or 03/31/2024
    LastSlash,
    /// 31-03-2024 or 03-31-2024
    LastDash,
}

impl Form {
    const ALL: [Self; 6] =
        [Self::YearDash, Self::YearSlash, Self::YearDot, Self::LastDot, Self::LastSlash, Self::LastDash];

    fn name(self) -> &'static str {
        match self {
            Self::YearDash => "YYYY-MM-DD",
            Self::YearSlash => "YYYY/MM/DD",
            Self::YearDot => "YYYY.MM.DD",
            Self::LastDot => "DD.MM.YYYY",
            Self::LastSlash => "day/month/year",
            Self::LastDash => "day-month-year",
        }
    }
}

/// Is this text a date, in whatever form?
pub(super) fn is_date(text: &str) -> bool {
    Written::read(text).is_some_and(|written| [false, true].into_iter().any(|first| written.day(first).is_some()))
}

/// A date with a year of two digits, whose century and place nobody knows.
fn has_short_year(text: &str) -> bool {
    let Some(text) = without_time(text) else { return false };
    let Some(separator) = text.chars().find(|c| matches!(c, '-' | '/' | '.')) else { return false };
    let parts: Vec<&str> = text.split(separator).collect();
    parts.len() == 3 && parts.iter().all(|p| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
}

/// Three numbers and how they stand.
#[derive(Clone, Copy, Debug)]
struct Written {
    form: Form,
    year: i64,
    /// The two others as they follow each other.
    pair: [u32; 2],
}

impl Written {
    fn read(text: &str) -> Option<Self> {
        let text = without_time(text)?;
        let digits = |t: &str, lengths: std::ops::RangeInclusive<usize>| {
            (lengths.contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse::<u32>().ok())?
        };
        if let (8, Some(whole)) = (text.len(), digits(text, 8..=8)) {
            let pair = [whole / 100 % 100, whole % 100];
            return Some(Self { form: Form::YearDash, year: i64::from(whole / 10_000), pair });
        }
        let separator = text.chars().find(|c| !c.is_ascii_digit())?;
        let mut parts = text.split(separator);
        let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let (form, year, pair) = if a.len() == 4 {
            let form = match separator {
                '-' => Form::YearDash,
                '/' => Form::YearSlash,
                '.' => Form::YearDot,
                _ => return None,
            };
            (form, a, [b, c])
        } else {
            let form = match separator {
                '.' => Form::LastDot,
                '/' => Form::LastSlash,
                '-' => Form::LastDash,
                _ => return None,
            };
            (form, c, [a, b])
        };
        let pair = [digits(pair[0], 1..=2)?, digits(pair[1], 1..=2)?];
        Some(Self { form, year: i64::from(digits(year, 4..=4)?), pair })
    }

    fn day(self, month_first: bool) -> Option<Day> {
        let [a, b] = self.pair;
        match self.form {
            Form::YearDash | Form::YearSlash | Form::YearDot => Day::from_ymd(self.year, a, b),
            Form::LastDot => Day::from_ymd(self.year, b, a),
            Form::LastSlash | Form::LastDash if month_first => Day::from_ymd(self.year, a, b),
            Form::LastSlash | Form::LastDash => Day::from_ymd(self.year, b, a),
        }
    }
}

/// The date in front of a time of day, if what follows is one.
fn without_time(text: &str) -> Option<&str> {
    let Some((date, time)) = text.split_once(['T', ' ']) else { return Some(text) };
    let clock = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z');
    (time.starts_with(|c: char| c.is_ascii_digit()) && time.chars().all(clock)).then_some(date)
}

/// How a column writes its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DateColumn {
    form: Form,
    order: Order,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Known,
    DayFirst,
    MonthFirst,
    Unproven,
    Contradictory,
}

/// Why a cell is no date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DateFault {
    /// Day or month first: no row of the column tells.
    Unproven,
    /// Some rows put the day first, some the month.
    Contradictory,
    /// Something else; the message says what.
    Cell(String),
}

impl DateColumn {
    /// Decides for the cells of a column that are not empty.
    pub(super) fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut counts = [0_u64; 6];
        // Rows that prove the day or the month to stand first, per form.
        let mut proofs = [[false; 2]; 6];
        for written in cells.filter_map(Written::read) {
            let i = written.form as usize;
            counts[i] += 1;
            for (proof, value) in proofs[i].iter_mut().zip(written.pair) {
                *proof |= (13..=31).contains(&value);
            }
        }
        // The first of equals is the plainest.
        let best = (0..6).rev().max_by_key(|&i| counts[i]).unwrap_or(0);
        let form = Form::ALL[best];
        let order = match (form, proofs[best]) {
            (Form::YearDash | Form::YearSlash | Form::YearDot, _) => Order::Known,
            (_, [true, true]) => Order::Contradictory,
            (Form::LastDot, [_, true]) => Order::Contradictory,
            (Form::LastDot, _) => Order::Known,
            (_, [true, false]) => Order::DayFirst,
            (_, [false, true]) => Order::MonthFirst,
            (_, [false, false]) => Order::Unproven,
        };
        Self { form, order }
    }

    /// The day of a cell.
    pub(super) fn read(self, text: &str) -> Result<Day, DateFault> {
        let Some(written) = Written::read(text) else {
            let advice = match text.parse::<f64>() {
                Ok(n) if n.abs() < 20_000.0 => "it looks like a day number: name the column `day`",
                Ok(_) => "it looks like a spreadsheet's number of a date: format the column as YYYY-MM-DD",
                Err(_) if has_short_year(text) => "its year has two digits: write it with four, as YYYY-MM-DD",
                Err(_) => "write it as YYYY-MM-DD",
            };
            return Err(DateFault::Cell(format!("is no date; {advice}")));
        };
        if written.form != self.form {
            let message =
                format!("is not written like the rest of the column ({}); write all as YYYY-MM-DD", self.form.name());
            return Err(DateFault::Cell(message));
        }
        match self.order {
            Order::Unproven => return Err(DateFault::Unproven),
            Order::Contradictory => return Err(DateFault::Contradictory),
            _ => {}
        }
        let day = written.day(self.order == Order::MonthFirst);
        day.ok_or_else(|| DateFault::Cell("is no day of the calendar; write it as YYYY-MM-DD".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: &[&str]) -> Vec<Result<String, DateFault>> {
        let column = DateColumn::of(cells.iter().copied());
        cells.iter().map(|c| column.read(c).map(|d| d.to_string())).collect()
    }

    #[test]
    fn every_day_of_eight_centuries_comes_back() {
        let (mut expected, mut n) = (-135_140_i64, 0);
        for year in 1600..2400 {
            for month in 1..=12 {
                for day in 1..=31 {
                    let Some(date) = Day::from_ymd(year, month, day) else { continue };
                    assert_eq!(date, Day::Date(expected));
                    assert_eq!(date.ymd(), Some((year, month, day)));
                    (expected, n) = (expected + 1, n + 1);
                }
            }
        }
        assert_eq!(n, 292_194);
        assert_eq!(Day::from_ymd(1970, 1, 1), Some(Day::Date(0)));
        assert_eq!(Day::from_ymd(2023, 2, 29), None);
        assert_eq!(Day::from_ymd(0, 1, 1), None);
    }

    #[test]
    fn usual_forms_are_read() {
        for text in
            ["2024-03-31", "20240331", "2024/03/31", "2024.3.31", "31.03.2024", "31/3/2024", "03/31/2024", "31-03-2024"]
        {
            assert_eq!(column(&[text]), [Ok("2024-03-31".to_owned())], "{text}");
        }
        assert_eq!(column(&["2024-03-31T10:11:12Z", "2024-03-31 10:11"]), vec![Ok("2024-03-31".to_owned()); 2]);
    }

    #[test]
    fn one_row_can_prove_the_order_of_all() {
        let read = column(&["03/04/2024", "31/03/2024"]);
        assert_eq!(read, [Ok("2024-04-03".to_owned()), Ok("2024-03-31".to_owned())]);
        assert_eq!(column(&["03/04/2024"]), [Err(DateFault::Unproven)]);
        assert_eq!(column(&["13/04/2024", "04/13/2024"])[0], Err(DateFault::Contradictory));
        assert_eq!(column(&["03.04.2024"]), [Ok("2024-04-03".to_owned())]);
        assert_eq!(column(&["03.14.2024"]), [Err(DateFault::Contradictory)]);
    }

    #[test]
    fn a_column_is_written_in_one_form() {
        let read = column(&["2024-03-31", "2024-04-01", "01.05.2024"]);
        let Err(DateFault::Cell(message)) = &read[2] else { unreachable!("{read:?}") };
        assert!(message.contains("YYYY-MM-DD"), "{message}");
    }

    #[test]
    fn what_is_no_date_says_what_it_may_be() {
        let message = |text: &str| match DateColumn::of(std::iter::once(text)).read(text) {
            Err(DateFault::Cell(message)) => message,
            other => unreachable!("{text}: {other:?}"),
        };
        assert!(message("30").contains("name the column `day`"));
        assert!(message("45352").contains("spreadsheet"));
        assert!(message("2024-02-30").contains("no day of the calendar"));
        for text in ["31/03/24", "24-03-01", "1.3.24", "01/02/03 10:00"] {
            assert!(message(text).contains("its year has two digits"), "{text}");
        }
        assert!(["2024-03-01", "01.03.2024", "3/4/2024", "20240301"].into_iter().all(is_date));
        assert!(!["V1", "2024", "2024-13-45", "week 4", ""].into_iter().any(is_date));
        for text in ["March 3", "24-03-01", "2024-3", "2024-03-01-02", "2024-03-01 noon", "", "1/2", "٢٠٢٤-٠٣-٠١"]
        {
            assert!(message(text).contains("no date"), "{text}");
        }
    }

    #[test]
    fn days_of_one_kind_have_a_distance() {
        let day = |d| Day::from_ymd(2024, 3, d).expect("a day");
        assert_eq!(day(31).since(day(1)), Some(30));
        assert_eq!(Day::Number(28).since(Day::Number(0)), Some(28));
        assert_eq!(Day::Number(28).since(day(1)), None);
        assert_eq!(Day::from_time("2024-02-29T23:59:58"), Day::from_ymd(2024, 2, 29));
        assert_eq!(Day::from_time("2024"), None);
    }
}
