//! Names and dates inside other texts.
//!
//! A folder, a visit or a region may be called after a subject or a day. Names are found as whole words, whatever their case
//! (`_` ends a word). Names of one character or of up to three digits are not looked for: they are in every text.
//! Dates are three numbers that are a day of the calendar with `-`, `/`, `.` or `_` between them, eight digits, or a month's name beside a number.

use crate::series::study::Day;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Names with what stands for them.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(Vec<(Vec<char>, String)>);

impl Names {
    /// Of pairs of a name and what stands for it.
    pub(super) fn new(pairs: impl Iterator<Item = (String, String)>) -> Self {
        let known = pairs.filter(|(name, _)| {
            let n = name.chars().count();
            n > 3 || n > 1 && !name.chars().all(|c| c.is_ascii_digit())
        });
        let mut list: Vec<(Vec<char>, String)> = known.map(|(name, other)| (lower(&name), other)).collect();
        list.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        list.dedup();
        Self(list)
    }

    /// The text with every name replaced.
    pub(super) fn replaced(&self, text: &str) -> String {
        let (chars, folded): (Vec<char>, Vec<char>) = text.chars().map(|c| (c, fold(c))).unzip();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while at < chars.len() {
            let starts = at == 0 || !chars[at - 1].is_alphanumeric() || !chars[at].is_alphanumeric();
            let found = self.0.iter().find(|(name, _)| {
                let end = at + name.len();
                let ends = chars.get(end).is_none_or(|c| !c.is_alphanumeric() || !chars[end - 1].is_alphanumeric());
                starts && ends && folded[at..].starts_with(name)
            });
            match found {
                Some((name, other)) => {
                    out.push_str(other);
                    at += name.len();
                }
                None => {
                    out.push(chars[at]);
                    at += 1;
                }
            }
        }
        out
    }
}

fn fold(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn lower(text: &str) -> Vec<char> {
    text.chars().map(fold).collect()
}

/// The text without dates: `day 12` where the first day is known and the date is plain, else `[date]`.
pub(super) fn without_dates(text: &str, first: Option<Day>) -> String {
    if names_a_month(text) {
        return "[date]".to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let starts = chars[at].is_ascii_digit() && (at == 0 || !chars[at - 1].is_ascii_digit());
        match starts.then(|| date_at(&chars[at..])).flatten() {
            Some((day, length)) => {
                let days = first.and_then(|first| day?.since(first));
                out.push_str(&days.map_or_else(|| "[date]".to_owned(), |n| format!("day {n}")));
                at += length + time_at(&chars[at + length..]);
            }
            None => {
                out.push(chars[at]);
                at += 1;
            }
        }
    }
    out
}

/// Does a text hold a date?
pub(super) fn has_date(text: &str) -> bool {
    without_dates(text, None) != text
}

/// The date that digits begin with, where its order is plain, and its length.
fn date_at(chars: &[char]) -> Option<(Option<Day>, usize)> {
    let digits = |from: usize| chars[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let number = |from: usize, n: usize| chars[from..from + n].iter().collect::<String>().parse::<u32>().ok();
    let plausible = |y: u32, m: u32, d: u32| {
        if (1900..2200).contains(&y) { Day::from_ymd(i64::from(y), m, d) } else { None }
    };
    let a = digits(0);
    if a == 8 || a == 14 {
        let day = plausible(number(0, 4)?, number(4, 2)?, number(6, 2)?)?;
        return Some((Some(day), a));
    }
    let separator = *chars.get(a)?;
    if !matches!(separator, '-' | '/' | '.' | '_') {
        return None;
    }
    let b = digits(a + 1);
    if !(1..=2).contains(&b) || chars.get(a + 1 + b) != Some(&separator) {
        return None;
    }
    let c = digits(a + b + 2);
    let length = a + b + c + 2;
    let (x, y, z) = (number(0, a)?, number(a + 1, b)?, number(a + b + 2, c)?);
    match (a, c) {
        (4, 1..=2) => plausible(x, y, z).map(|day| (Some(day), length)),
        (1..=2, 2 | 4) => {
            let year = if c == 2 { 2000 + z } else { z };
            let any = plausible(year, x, y).or_else(|| plausible(year, y, x));
            any.map(|_| (None, length))
        }
        _ => None,
    }
}

/// The length of a time of day behind a date.
fn time_at(chars: &[char]) -> usize {
    let clock = |c: &char| c.is_ascii_digit() || matches!(c, ':' | '.' | 'Z' | '+');
    match chars {
        ['T' | ' ' | '_' | '-', rest @ ..] => {
            let run = rest.iter().take_while(|c| clock(c)).count();
            // What follows the time, such as the ending of a file's name, is no part of it.
            let n = rest[..run].iter().rposition(|c| c.is_ascii_digit() || *c == 'Z').map_or(0, |last| last + 1);
            let digits = rest[..n].iter().filter(|c| c.is_ascii_digit()).count();
            if digits >= 4 { n + 1 } else { 0 }
        }
        _ => 0,
    }
}

/// A month's name beside a number.
fn names_a_month(text: &str) -> bool {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    let is_month =
        |w: &str| w.len() >= 3 && MONTHS.iter().any(|m| *m == w || m[..3] == *w || (w == "sept" && *m == "september"));
    let is_number = |w: Option<&String>| {
        w.is_some_and(|w| {
            let digits = w.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            matches!(digits.len(), 1 | 2 | 4) && digits.bytes().all(|b| b.is_ascii_digit())
        })
    };
    let beside = |i: usize| is_number(words.get(i + 1)) || i > 0 && is_number(words.get(i - 1));
    // 12Mar2024 is one word.
    let joined = |w: &str| {
        let letters: String = w.chars().filter(char::is_ascii_alphabetic).collect();
        let ends = w.starts_with(|c: char| c.is_ascii_digit()) && w.ends_with(|c: char| c.is_ascii_digit());
        ends && is_month(&letters)
    };
    words.iter().enumerate().any(|(i, w)| is_month(w) && beside(i) || joined(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_words() {
        let pairs = [("S01", "PA"), ("Smith, J.", "PB"), ("S01-b", "PC"), ("7", "PD"), ("4711", "PE"), ("Ünal", "PF")];
        let names = Names::new(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())));
        for (text, expected) in [
            ("s01_left S011 xS01", "PA_left S011 xS01"),
            ("S01-B/S01", "PC/PA"),
            ("by smith, j. on", "by PB on"),
            ("7 of 4711, 47110", "7 of PE, 47110"),
            ("ÜNAL", "PF"),
            ("", ""),
        ] {
            assert_eq!(names.replaced(text), expected, "{text}");
        }
    }

    #[test]
    fn dates_are_found_in_every_form() {
        let first = Day::from_ymd(2024, 3, 1);
        for (text, expected) in [
            ("2024-03-15", "day 14"),
            ("visit 2024/3/1 a", "visit day 0 a"),
            ("IMG_20240302_101530.jpg", "IMG_day 1.jpg"),
            ("2024-03-02T10:15:30 x", "day 1 x"),
            ("15.03.2024", "[date]"),
            ("3/15/24", "[date]"),
            ("12 March 2024", "[date]"),
            ("12Mar2024", "[date]"),
            ("V1", "V1"),
            ("20249999", "20249999"),
            ("0.25 of 1.5", "0.25 of 1.5"),
            ("march on", "march on"),
        ] {
            assert_eq!(without_dates(text, first), expected, "{text}");
            assert_eq!(has_date(text), text != expected, "{text}");
        }
        assert_eq!(without_dates("2024-03-15", None), "[date]");
    }
}
