//! Findings of a course in the days of the study.
//!
//! The rules count days as numbers; where the study has dates, a number of days since 1970 would mean nothing to a reader.

use crate::series::course::Finding;
use crate::series::study::{Day, Study};

/// The day of a finding as the study writes days.
pub(super) fn day_of(study: &Study, subject: &str, finding: &Finding) -> Option<Day> {
    finding.day.map(|day| if has_dates(study, subject) { Day::Date(day) } else { Day::Number(day) })
}

/// The message of a finding, with days as the study writes them.
pub(super) fn message_of(study: &Study, subject: &str, finding: &Finding) -> String {
    if has_dates(study, subject) {
        with_days(&finding.message, |day| Day::Date(day).to_string())
    } else {
        finding.message.clone()
    }
}

fn has_dates(study: &Study, subject: &str) -> bool {
    let visits = study.subjects.iter().filter(|s| s.id == subject).flat_map(|s| &s.visits);
    let sessions = study.sessions.iter().filter(|s| s.subject == subject).filter_map(|s| s.day);
    visits.filter_map(|v| v.day).chain(sessions).any(Day::is_date)
}

/// A message with what follows "day " written otherwise. A date needs no "day" in front.
pub(super) fn with_days(message: &str, written: impl Fn(i64) -> String) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(at) = rest.find("day ") {
        let number = &rest[at + 4..];
        let end = number.char_indices().find(|(i, c)| !(c.is_ascii_digit() || (*i == 0 && *c == '-')));
        let end = end.map_or(number.len(), |(i, _)| i);
        let word_before = rest[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        match number[..end].parse::<i64>() {
            Ok(day) if !word_before => {
                out.push_str(&rest[..at]);
                out.push_str(&written(day));
            }
            _ => out.push_str(&rest[..at + 4 + end]),
        }
        rest = &number[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_messages_are_dates() {
        let date = |text: &str| with_days(text, |d| Day::Date(d).to_string());
        assert_eq!(date("no photo from day 20465 on, 14 days after"), "no photo from 2026-01-12 on, 14 days after");
        assert_eq!(date("day -1: day"), "1969-12-31: day");
        assert_eq!(date("1 day since; a day or two, yesterday 5"), "1 day since; a day or two, yesterday 5");
    }
}
