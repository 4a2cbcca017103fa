//! Names and dates inside other texts.
//!
//! A folder, a visit or a region may be called after a subject or a day. Names are found as whole words, whatever their case
//! (`_` ends a word) and however their accents are written; a name of two parts also the other way round. Names of one character or of
//! up to three digits are not looked for: they are in every text.
//! Dates are three numbers that are a day of the calendar with `-`, `/`, `.` or `_` between them, six or eight digits that are one, or a
//! month's name beside a number, in the languages of [`MONTHS`].

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;

use super::columns::plain;
use crate::series::study::Day;

/// Months in English, German, French, Spanish, Italian and Portuguese, in small letters without accents. The first three or four letters
/// stand for each.
const MONTHS: &str = "january february march april may june july august september october november december januar februar marz maerz mai \
    juni juli oktober dezember janner jaenner feber janvier fevrier mars avril juin juillet aout septembre octobre \
    novembre decembre sept enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre \
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre setiembre sett juill janeiro fevereiro marco \
    maio junho julho setembro outubro novembro dezembro fev juil";

/// First letters of months that are also other words: beside a number they are a month only where there is a year.
const OTHER_WORDS: [&str; 5] = ["set", "out", "gen", "mag", "ago"];

/// Names with what stands for them.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// By name, in small letters. Only looked up, never walked through.
    known: HashMap<Vec<char>, String>,
    /// Lengths of the names, the longest first.
    lengths: Vec<usize>,
}

impl Names {
    /// Of pairs of a name and what stands for it.
    pub(super) fn new(pairs: impl Iterator<Item = (String, String)>) -> Self {
        let mut known: HashMap<Vec<char>, String> = HashMap::new();
        let mut put = |name: &str, other: &str, own: bool| {
            let stands = known.entry(lower(name)).or_insert_with(|| other.to_owned());
            // Of two names that differ in case only, the same one wins in every run.
            if own && other < stands.as_str() {
                other.clone_into(stands);
            }
        };
        let pairs: Vec<(String, String)> = pairs.map(|(name, other)| (name.nfc().collect(), other)).collect();
        let sought = |name: &str| {
            let n = name.chars().count();
            n > 3 || n > 1 && !name.chars().all(|c| c.is_ascii_digit())
        };
        let sought: Vec<&(String, String)> = pairs.iter().filter(|(name, _)| sought(name)).collect();
        sought.iter().for_each(|(name, other)| put(name, other, true));
        for (name, other) in sought {
            turned(name).iter().for_each(|name| put(name, other, false));
        }
        let mut lengths: Vec<usize> = known.keys().map(Vec::len).collect();
        lengths.sort_unstable_by(|a, b| b.cmp(a));
        lengths.dedup();
        Self { known, lengths }
    }

    /// The text with every name replaced.
    pub(super) fn replaced(&self, text: &str) -> String {
        let (chars, folded): (Vec<char>, Vec<char>) = text.nfc().map(|c| (c, fold(c))).unzip();
        let mut out = String::with_capacity(text.len());
        let (mut at, mut any) = (0, false);
        while at < chars.len() {
            let starts = at == 0 || !chars[at - 1].is_alphanumeric() || !chars[at].is_alphanumeric();
            let ends =
                |end: usize| chars.get(end).is_none_or(|c| !c.is_alphanumeric() || !chars[end - 1].is_alphanumeric());
            let found = self.lengths.iter().filter(|_| starts).find_map(|length| {
                let other = self.known.get(folded.get(at..at + length)?)?;
                ends(at + length).then_some((length, other))
            });
            match found {
                Some((length, other)) => {
                    out.push_str(other);
                    at += length;
                    any = true;
                }
                None => {
                    out.push(chars[at]);
                    at += 1;
                }
            }
        }
        if any { out } else { text.to_owned() }
    }
}

/// A name of two parts, in both orders and with what may stand between them: `Müller, Jörg` is `Jörg Müller` and `mueller_joerg`'s kin
/// `müller_jörg` too.
fn turned(name: &str) -> Vec<String> {
    let parts = match name.split_once(',') {
        Some((family, given)) if !given.contains(',') => Some((family.trim(), given.trim())),
        Some(_) => None,
        None => name.trim().rsplit_once(char::is_whitespace).map(|(given, family)| (given.trim(), family)),
    };
    let is_word = |part: &str| part.chars().any(char::is_alphabetic);
    let Some((a, b)) = parts.filter(|(a, b)| is_word(a) && is_word(b)) else { return Vec::new() };
    let between = [" ", ", ", ",", "_", "-", "."];
    between.iter().flat_map(|with| [format!("{a}{with}{b}"), format!("{b}{with}{a}")]).collect()
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
        let is_fraction = at > 1 && chars[at - 1] == '.' && chars[at - 2].is_ascii_digit();
        let found = starts.then(|| date_at(&chars[at..])).flatten();
        match found.filter(|(_, length)| !is_fraction || *length > 6) {
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
pub(in crate::report::series) fn has_date(text: &str) -> bool {
    without_dates(text, None) != text
}

/// May a text hold a date that is not found in it, such as a year alone or `12.3.`? Asked of names that can be done without.
pub(super) fn may_hold_a_date(text: &str) -> bool {
    let plain = plain(text);
    let words: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).collect();
    let number = |word: &str| {
        let digits = !word.is_empty() && word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit());
        if digits { word.parse::<u32>().ok() } else { None }
    };
    let day_and_month = |pair: &[&str]| match (number(pair[0]), number(pair[1])) {
        (Some(a), Some(b)) => (1..=12).contains(&a.min(b)) && (1..=31).contains(&a.max(b)),
        _ => false,
    };
    plain.contains("[date]")
        || plain.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 4)
        || words.windows(2).any(day_and_month)
        || words.iter().any(|word| word.len() > 3 && MONTHS.split(' ').any(|m| m == *word))
}

/// The date that digits begin with, where its order is plain, and its length.
fn date_at(chars: &[char]) -> Option<(Option<Day>, usize)> {
    let digits = |from: usize| chars[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let number = |from: usize, n: usize| chars[from..from + n].iter().collect::<String>().parse::<u32>().ok();
    let plausible = |y: u32, m: u32, d: u32| {
        if (1900..2200).contains(&y) { Day::from_ymd(i64::from(y), m, d) } else { None }
    };
    let a = digits(0);
    // A time may follow without a gap.
    if matches!(a, 8 | 12 | 14) {
        if let Some(day) = plausible(number(0, 4)?, number(4, 2)?, number(6, 2)?) {
            return Some((Some(day), a));
        }
        let (x, y, year) = (number(0, 2)?, number(2, 2)?, number(4, 4)?);
        if plausible(year, y, x).or_else(|| plausible(year, x, y)).is_some() {
            return Some((None, a));
        }
    }
    // Two digits of a year; a number with a fraction is none.
    let is_fraction = chars.get(a) == Some(&'.') && chars.get(a + 1).is_some_and(char::is_ascii_digit);
    if matches!(a, 6 | 12) && !is_fraction {
        let (x, y, z) = (number(0, 2)?, number(2, 2)?, number(4, 2)?);
        let any = [(x, y, z), (z, y, x), (z, x, y)].into_iter().find_map(|(y, m, d)| plausible(2000 + y, m, d));
        return any.map(|_| (None, a));
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
    let plain = plain(text);
    let words: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let is_month = |w: &str| w.len() >= 3 && MONTHS.split(' ').any(|m| m == w || w.len() <= 4 && m.starts_with(w));
    // 1st, 2nd, 1er.
    let digits = |w: &str| {
        let digits = w.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        if digits.bytes().all(|b| b.is_ascii_digit()) { digits.len() } else { 0 }
    };
    let has_year = words.iter().any(|w| digits(w) == 4);
    // `12 de março de 2024`: a small word may stand between.
    let beside = |i: usize| {
        let near = |at: Option<usize>| at.and_then(|at| words.get(at)).map_or(0, |w| digits(w));
        let small = |at: Option<usize>| {
            at.and_then(|at| words.get(at)).is_some_and(|w| matches!(*w, "de" | "of" | "del" | "di"))
        };
        [(i.checked_sub(1), i.checked_sub(2)), (Some(i + 1), Some(i + 2))]
            .into_iter()
            .any(|(at, beyond)| matches!(near(at), 1 | 2 | 4) || small(at) && matches!(near(beyond), 1 | 2 | 4))
    };
    // 12Mar2024 is one word.
    let joined = |w: &str| {
        let letters: String = w.chars().filter(char::is_ascii_alphabetic).collect();
        let ends = w.starts_with(|c: char| c.is_ascii_digit()) && w.ends_with(|c: char| c.is_ascii_digit());
        ends && is_month(&letters)
    };
    let month =
        |(i, w): (usize, &&str)| is_month(w) && beside(i) && (has_year || !OTHER_WORDS.contains(w)) || joined(w);
    words.iter().enumerate().any(month)
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
            ("U\u{308}nal left", "PF left"),
            ("cafe\u{301} left", "cafe\u{301} left"),
            ("j. SMITH, smith_j.", "PB, PB"),
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
            ("scan 15032024", "scan [date]"),
            ("IMG_240315_1.jpg", "IMG_[date]_1.jpg"),
            ("lot 150324", "lot [date]"),
            ("240315101530", "[date]"),
            ("15. März 2024", "[date]"),
            ("1er févr. 24", "[date]"),
            ("12 de marc\u{327}o de 2024", "[date]"),
            ("3 ottobre", "[date]"),
            ("12 out 2024", "[date]"),
            ("15 de mayo", "[date]"),
            ("V1", "V1"),
            ("20249999", "20249999"),
            ("0.25 of 1.5", "0.25 of 1.5"),
            ("march on", "march on"),
            ("set 2, out 3", "set 2, out 3"),
            ("448812 of 120315.5, 0.120315", "448812 of 120315.5, 0.120315"),
            ("marble 3", "marble 3"),
        ] {
            assert_eq!(without_dates(text, first), expected, "{text}");
            assert_eq!(has_date(text), text != expected, "{text}");
        }
        assert_eq!(without_dates("2024-03-15", None), "[date]");
    }

    #[test]
    fn a_date_that_cannot_be_told_is_suspected() {
        for text in ["2024", "spring 2024", "12.3.", "3/15", "[date] a", "March", "octobre", "day 20240"] {
            assert!(may_hold_a_date(text), "{text}");
        }
        for text in ["V1", "baseline", "month 3", "week 12", "follow-up 2", "day 14", "day 140", "V10 b", "may"] {
            assert!(!may_hold_a_date(text), "{text}");
        }
    }
}
