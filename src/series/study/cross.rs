//! What is wrong or odd between the rows of a study file.

use std::collections::BTreeMap;
use std::path::Path;

use unicode_normalization::UnicodeNormalization as _;

use super::columns::normalized;
use super::day::Day;
use super::finding::{Notebook, shown};
use super::names;
use super::shot::{CONTROL, DaySource, Shot};
use crate::base::nearest::slips;

/// Years before it are odd: few digital photographs are older.
const OLDEST: i64 = 1990;

/// Checks shots against each other.
pub(super) fn check(shots: &[Shot], book: &mut Notebook<'_>) {
    photos_twice(shots, book);
    kinds_of_days(shots, book);
    odd_days(shots.iter().filter_map(|s| Some((s.row, s.day?))), "date", Day::today(), book);
    spellings("subject", shots.iter().map(|s| (s.row, s.subject.as_str())), book);
    spellings("visit", shots.iter().map(|s| (s.row, s.visit.as_str())), book);
    spellings("view", shots.iter().map(|s| (s.row, s.view.as_str())), book);
    near_views(shots, book);
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

/// A camera whose clock was never set says 1980 or 1970; a slip of the pen may say 2204.
pub(super) fn odd_days(days: impl Iterator<Item = (u64, Day)>, column: &str, today: Day, book: &mut Notebook<'_>) {
    for (row, day) in days {
        // Somewhere it is tomorrow already.
        if day.since(today).is_some_and(|days| days > 1) {
            book.warn(
                "day_future",
                row,
                column,
                format!("{day} is in the future, today is {today}; check the date, or the clock of the camera"),
            );
        }
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
                let (cell, other) = (shown(cell), shown(other));
                let message = if cell.nfc().eq(other.nfc()) {
                    format!(
                        "`{cell}` is the name of row {at} in other code points (NFC and NFD), and so another name; write both in one, such as by copying the cell"
                    )
                } else {
                    format!("`{cell}` and `{other}` of row {at} are two names; if one is meant, write it one way")
                };
                book.warn("spelling", row, column, message);
            }
            None => {
                first.insert(alike, (cell, row));
            }
        }
    }
}

/// `left` and `lefft`: one word of a view with a slip in it. Words that photographers use are no slips of each other.
fn near_views(shots: &[Shot], book: &mut Notebook<'_>) {
    const MOST: usize = 200;
    let mut views: BTreeMap<&str, u64> = BTreeMap::new();
    for shot in shots.iter().filter(|s| !s.view.is_empty()) {
        let row = views.entry(&shot.view).or_insert(shot.row);
        *row = shot.row.min(*row);
    }
    // Views by the thousand are ids of lesions.
    if views.len() > MOST {
        return;
    }
    let mut views: Vec<(&str, u64)> = views.into_iter().collect();
    views.sort_by_key(|(_, row)| *row);
    for (i, (view, row)) in views.iter().enumerate() {
        let near = views[..i].iter().find(|(other, _)| alike(other) != alike(view) && is_slip(view, other));
        if let Some((other, at)) = near {
            let message = format!(
                "`{}` and `{}` of row {at} are two views, and no change between them is told; if one is meant, write it one way",
                shown(view),
                shown(other)
            );
            book.warn("view_near", *row, "view", message);
        }
    }
}

/// Do two names differ by a slip in one of their words?
fn is_slip(a: &str, b: &str) -> bool {
    let (a, b) = (normalized(a), normalized(b));
    let (a, b): (Vec<&str>, Vec<&str>) = (a.split('_').collect(), b.split('_').collect());
    let mut differing = a.iter().zip(&b).filter(|(x, y)| x != y);
    let (Some((x, y)), None) = (differing.next(), differing.next()) else { return false };
    let letters = |word: &str| word.chars().all(char::is_alphabetic);
    let longest = x.chars().count().max(y.chars().count());
    a.len() == b.len()
        && longest > 3
        && letters(x)
        && letters(y)
        && !(names::is_view(x) && names::is_view(y))
        && slips(x, y) <= if longest > 7 { 2 } else { 1 }
}

/// Letters of other scripts that look like Latin ones, and these.
const LOOK_ALIKES: [&str; 2] = ["аеорсухкмнвті", "aeopcyxkmhbti"];

/// A name without case, marks, and zeros before a number, in Latin letters where others look like them.
pub(super) fn alike(name: &str) -> String {
    let mut out = String::new();
    let plain = normalized(&name.nfc().collect::<String>());
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
        let today = Day::from_ymd(2024, 3, 1).expect("a day");
        let codes = |month, day| {
            let mut findings = Findings::default();
            let date = Day::from_ymd(2024, month, day).expect("a day");
            let mut book = Notebook { file: Path::new("s.csv"), findings: &mut findings };
            odd_days([(2, date)].into_iter(), "date", today, &mut book);
            findings.list().iter().map(|f| f.code).collect::<Vec<_>>()
        };
        assert_eq!((codes(2, 29), codes(3, 2), codes(3, 3)), (vec![], vec![], vec!["day_future"]));
        assert!(Day::today().since(today).is_some_and(|days| days > 0));
        assert!(checked(&[shot(2, "A", Day::Number(99_999))]).list().is_empty());
    }

    #[test]
    fn one_name_in_two_forms_of_unicode_is_told() {
        let day = Day::Number(0);
        let findings = checked(&[shot(2, "Jos\u{e9}", day), shot(3, "Jose\u{301}", day)]);
        assert!(findings.list()[0].message.contains("NFC and NFD"), "{findings:?}");
        // Vietnamese has two marks on a letter, Korean composes its letters.
        for (nfc, nfd) in [("Hu\u{1ebf}", "Hue\u{302}\u{301}"), ("\u{ac00}", "\u{1100}\u{1161}")] {
            assert_eq!(checked(&[shot(2, nfc, day), shot(3, nfd, day)]).count(Level::Warning), 1, "{nfc}");
        }
        assert_eq!(checked(&[shot(2, "Jose", day), shot(3, "Jos\u{e9}", day)]).count(Level::Warning), 0);
    }

    #[test]
    fn views_with_a_slip_are_told() {
        let near = |a: &str, b: &str| {
            let view = |row, view: &str| Shot { view: view.to_owned(), ..shot(row, "A", Day::Number(0)) };
            checked(&[view(2, a), view(3, b)]).list().iter().any(|f| f.code == "view_near")
        };
        for (a, b) in [("left", "lefft"), ("left", "letf"), ("left cheek", "left_cheeck"), ("forehead", "forhaed")] {
            assert!(near(a, b) && near(b, a), "{a}, {b}");
        }
        for (a, b) in [
            ("left", "right"),
            ("left", "Left"),
            ("view1", "view2"),
            ("upper", "lower"),
            ("cheek l", "cheek r"),
            ("izquierda", "izquierdo"),
            ("front", "frontal"),
            ("L1", "L2"),
        ] {
            assert!(!near(a, b), "{a}, {b}");
        }
    }
}
