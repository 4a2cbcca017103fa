//! What is wrong or odd between the rows of a study file.

use std::collections::BTreeMap;
use std::path::Path;

use super::columns::normalized;
use super::day::Day;
use super::finding::{Notebook, shown};
use super::shot::{CONTROL, DaySource, Shot};

/// Years before it are odd: few digital photographs are older.
const OLDEST: i64 = 1990;

/// Checks shots against each other.
pub(super) fn check(shots: &[Shot], book: &mut Notebook<'_>) {
    photos_twice(shots, book);
    kinds_of_days(shots, book);
    old_days(shots.iter().filter_map(|s| Some((s.row, s.day?))), "date", book);
    spellings("subject", shots.iter().map(|s| (s.row, s.subject.as_str())), book);
    spellings("view", shots.iter().map(|s| (s.row, s.view.as_str())), book);
    let arms = |s: &'_ Shot| {
        std::iter::once(s.arms.whole.clone())
            .chain(s.arms.by_region.iter().map(|(_, arm)| arm.clone()))
            .collect::<Vec<_>>()
    };
    let all: Vec<(u64, String)> = shots.iter().flat_map(|s| arms(s).into_iter().map(move |arm| (s.row, arm))).collect();
    spellings("arm", all.iter().map(|(row, arm)| (*row, arm.as_str())), book);
    let named = all.iter().any(|(_, arm)| !arm.is_empty());
    let control = shots.iter().any(|s| {
        s.arms.is_control("all")
            || s.regions.names().any(|r| s.arms.is_control(r))
            || s.arms.by_region.iter().any(|(_, arm)| arm == CONTROL)
    });
    if named && !control {
        book.note(
            "no_control",
            "no arm is called `control`: arms are compared with each other, and none is subtracted",
        );
    }
}

/// The same photo twice would pass for a repeat shot without any error.
fn photos_twice(shots: &[Shot], book: &mut Notebook<'_>) {
    let mut seen: BTreeMap<&Path, u64> = BTreeMap::new();
    for shot in shots.iter().filter(|s| !s.path.as_os_str().is_empty()) {
        if let Some(first) = seen.get(shot.path.as_path()) {
            let message = format!(
                "`{}` is the photo of row {first} again; one photo is one shot, leave one row",
                shown(&shot.photo)
            );
            book.mistake("photo_twice", shot.row, "photo", message);
        } else {
            seen.insert(&shot.path, shot.row);
        }
    }
}

/// A date and a day number of one subject have no distance.
fn kinds_of_days(shots: &[Shot], book: &mut Notebook<'_>) {
    let mut first: BTreeMap<&str, (Day, u64)> = BTreeMap::new();
    for shot in shots.iter().filter(|s| !s.subject.is_empty()) {
        let Some(day) = shot.day else { continue };
        let (known, row) = *first.entry(&shot.subject).or_insert((day, shot.row));
        if known.is_date() != day.is_date() {
            let kind = |d: Day, source: DaySource| match (d.is_date(), source) {
                (true, DaySource::Exif) => "the date of its EXIF block",
                (true, _) => "a date",
                (false, _) => "a day number",
            };
            let other = if known.is_date() { "a date" } else { "a day number" };
            let message = format!(
                "subject {} has {} here and {other} in row {row}; give one subject one kind of days",
                shown(&shot.subject),
                kind(day, shot.day_source)
            );
            book.mistake("day_kind", shot.row, "", message);
        }
    }
}

/// A camera whose clock was never set says 1980 or 1970.
pub(super) fn old_days(days: impl Iterator<Item = (u64, Day)>, column: &str, book: &mut Notebook<'_>) {
    for (row, day) in days {
        if day.ymd().is_some_and(|(year, _, _)| year < OLDEST) {
            book.warn(
                "day_old",
                row,
                column,
                format!("{day} is before {OLDEST}; check the date, or the clock of the camera"),
            );
        }
    }
}

/// `Left` and `left` are two names to a program.
fn spellings<'a>(column: &str, cells: impl Iterator<Item = (u64, &'a str)>, book: &mut Notebook<'_>) {
    let mut seen: BTreeMap<&str, ()> = BTreeMap::new();
    let mut first: BTreeMap<String, (&str, u64)> = BTreeMap::new();
    for (row, cell) in cells.filter(|(_, c)| !c.is_empty()) {
        if seen.insert(cell, ()).is_some() {
            continue;
        }
        let alike = alike(cell);
        match first.get(&alike) {
            Some((other, at)) => {
                let message = format!(
                    "`{}` and `{}` of row {at} are two names; if one is meant, write it one way",
                    shown(cell),
                    shown(other)
                );
                book.warn("spelling", row, column, message);
            }
            None => {
                first.insert(alike, (cell, row));
            }
        }
    }
}

/// Letters of other scripts that look like Latin ones, and these.
const LOOK_ALIKES: [&str; 2] = ["аеорсухкмнвті", "aeopcyxkmhbti"];

/// A name without case, marks, and zeros before a number, in Latin letters where others look like them.
fn alike(name: &str) -> String {
    let mut out = String::new();
    let plain = normalized(name);
    // A name of marks only is itself.
    let plain = if plain.is_empty() { name.to_owned() } else { plain };
    let mut in_number = false;
    for c in plain.chars().filter(|c| *c != '_') {
        if c == '0' && !in_number {
            continue;
        }
        in_number = c.is_ascii_digit();
        let latin = LOOK_ALIKES[0].chars().zip(LOOK_ALIKES[1].chars()).find(|(other, _)| *other == c);
        out.push(latin.map_or(c, |(_, latin)| latin));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::study::finding::{Findings, Level};

    fn checked(shots: &[Shot]) -> Findings {
        let mut findings = Findings::default();
        check(shots, &mut Notebook { file: Path::new("s.csv"), findings: &mut findings });
        findings
    }

    fn shot(row: u64, subject: &str, day: Day) -> Shot {
        Shot { row, subject: subject.to_owned(), day: Some(day), path: format!("{row}.jpg").into(), ..Shot::default() }
    }

    #[test]
    fn one_subject_has_one_kind_of_days() {
        let date = Day::from_ymd(2024, 1, 1).expect("a day");
        let findings = checked(&[shot(2, "A", date), shot(3, "B", Day::Number(0)), shot(4, "A", Day::Number(28))]);
        let lines = findings.lines(Level::Mistake);
        assert_eq!(
            lines,
            ["s.csv, row 4: subject A has a day number here and a date in row 2; give one subject one kind of days"]
        );
    }

    #[test]
    fn a_photo_is_one_shot() {
        let day = Day::Number(0);
        let again = Shot { row: 9, ..shot(2, "A", day) };
        assert_eq!(checked(&[shot(2, "A", day), shot(3, "A", day), again]).count(Level::Mistake), 1);
    }

    #[test]
    fn names_that_look_alike_are_told() {
        let day = Day::Number(0);
        let codes = |a: &str, b: &str| checked(&[shot(2, a, day), shot(3, b, day)]).count(Level::Warning);
        assert_eq!((codes("S1", "s01"), codes("S-1", "S 1"), codes("S1", "S1")), (1, 1, 0));
        assert_eq!((codes("S1", "S10"), codes("S1", "S2"), codes("S100", "S10")), (0, 0, 0));
        assert_eq!(codes("+", "-"), 0);
        // The first of these is Cyrillic.
        assert_eq!((codes("А1", "A1"), codes("Б1", "B1")), (1, 0));
    }

    #[test]
    fn old_days_are_odd() {
        let old = Day::from_ymd(1980, 1, 1).expect("a day");
        assert_eq!(checked(&[shot(2, "A", old)]).list()[0].code, "day_old");
        assert!(checked(&[shot(2, "A", Day::from_ymd(2090, 1, 1).expect("a day"))]).list().is_empty());
    }
}
