//! The number of a visit: its place among all visits of the study.
//!
//! Where the study names its visits, those of one name have one number in every subject, so that the fourth visit of a
//! subject who missed two is not taken for another one's second. Names are in the order of the numbers in them, else of
//! the median day of their visits since the subject's first. A date, or a name that holds the code of its subject, is
//! no name that subjects can share. Without names a visit's number is its place in its subject.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::normalized;
use super::cross::alike;
use super::day;
use super::finding::{Notebook, shown};
use super::shot::Shot;
use super::visits::{Subject, rank};

/// A name of visits in the study.
#[derive(Debug, Default)]
struct Name {
    subjects: BTreeSet<usize>,
    /// Days since the first visit of subjects with more than one.
    days: Vec<i64>,
    dated: bool,
    row: u64,
}

/// A visit of the study: names of which no subject has two.
#[derive(Debug)]
struct StudyVisit<'a> {
    names: Vec<(&'a str, u64)>,
    rank: Option<u64>,
    seen: Name,
}

/// Numbers the visits of subjects, which are in their order; each has its place in the subject for a number.
pub(super) fn number(subjects: &mut [Subject], shots: &[Shot], book: &mut Notebook<'_>) {
    let name_of = |subject: &Subject, visit: usize| {
        let name = shots[subject.visits[visit].shots[0]].visit.as_str();
        shared(&subject.id, name).then_some(name)
    };
    let mut names: BTreeMap<&str, Name> = BTreeMap::new();
    let (mut all, mut unnamed, mut first_unnamed) = (0_usize, 0_usize, u64::MAX);
    for (s, subject) in subjects.iter().enumerate() {
        for (v, visit) in subject.visits.iter().enumerate() {
            let row = visit.shots.iter().map(|&i| shots[i].row).min().unwrap_or(0);
            all += 1;
            let Some(name) = name_of(subject, v) else {
                unnamed += 1;
                first_unnamed = first_unnamed.min(row);
                continue;
            };
            let seen = names.entry(name).or_insert_with(|| Name { row, ..Name::default() });
            seen.subjects.insert(s);
            seen.row = seen.row.min(row);
            let since = visit.day.zip(subject.visits[0].day).and_then(|(day, first)| day.since(first));
            seen.dated |= since.is_some();
            seen.days.extend(since.filter(|_| subject.visits.len() > 1));
        }
    }
    if unnamed > 0 {
        if unnamed < all && subjects.len() > 1 {
            let message = format!(
                "{unnamed} of {all} visits have no name that subjects can share, so that visits are numbered in the order of each subject; name all of them, such as V1"
            );
            book.warn("visit_number", first_unnamed, "visit", message);
        }
        return;
    }
    let visits = ordered(merged(&names));
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, visit) in visits.iter().enumerate() {
        numbers.extend(visit.names.iter().map(|(name, _)| (*name, i + 1)));
        told_apart(visit, i + 1, book);
    }
    for subject in subjects.iter_mut() {
        let found: Vec<Option<usize>> = (0..subject.visits.len())
            .map(|v| name_of(subject, v).and_then(|name| numbers.get(name).copied()))
            .collect();
        for (visit, number) in subject.visits.iter_mut().zip(found) {
            visit.number = number.unwrap_or(visit.number);
        }
        conflict(subject, shots, book);
    }
}

/// Can other subjects have a visit of this name?
fn shared(subject: &str, name: &str) -> bool {
    let (own, visit) = (normalized(subject), normalized(name));
    let is_code = own.contains(char::is_alphabetic) && own.contains(|c: char| c.is_ascii_digit());
    let is_own = is_code && visit.contains(&own);
    !(name.is_empty() || is_own || day::is_date(name))
}

/// Names that say the same and that no subject has both of are one visit.
fn merged<'a>(names: &BTreeMap<&'a str, Name>) -> Vec<StudyVisit<'a>> {
    let mut sorted: Vec<(&'a str, &Name)> = names.iter().map(|(name, seen)| (*name, seen)).collect();
    let key = |name: &str| (rank(name).is_none(), rank(name), normalized(name));
    sorted.sort_by_cached_key(|(name, _)| key(name));
    let mut visits: Vec<StudyVisit<'a>> = Vec::new();
    let (mut by_name, mut by_rank): (BTreeMap<String, usize>, BTreeMap<u64, usize>) = Default::default();
    for (name, seen) in sorted {
        let (alone, rank) = (normalized(name), rank(name));
        let same = by_name.get(&alone).or_else(|| by_rank.get(&rank?)).copied();
        let at = same.filter(|&at| visits[at].seen.subjects.is_disjoint(&seen.subjects)).unwrap_or_else(|| {
            visits.push(StudyVisit { names: Vec::new(), rank, seen: Name { row: seen.row, ..Name::default() } });
            visits.len() - 1
        });
        by_name.insert(alone, at);
        by_rank.extend(rank.map(|rank| (rank, at)));
        let visit = &mut visits[at];
        visit.names.push((name, seen.row));
        visit.seen.subjects.extend(&seen.subjects);
        visit.seen.days.extend(&seen.days);
        visit.seen.dated |= seen.dated;
        visit.seen.row = visit.seen.row.min(seen.row);
    }
    visits
}

/// By the numbers in the names, else by day, else by row.
fn ordered(mut visits: Vec<StudyVisit<'_>>) -> Vec<StudyVisit<'_>> {
    let by_rank = visits.iter().all(|v| v.rank.is_some());
    let by_day = visits.iter().all(|v| v.seen.dated);
    visits.sort_by_cached_key(|v| {
        let number = v.rank.filter(|_| by_rank || !by_day);
        let day = median(&v.seen.days).or(v.seen.dated.then_some(0));
        // Only where nothing else tells.
        let row = if number.is_some() || day.is_some() { 0 } else { v.seen.row };
        (number.is_none(), number, day.is_none(), day, row)
    });
    // The sort is stable: of equals the order of their names stays.
    visits
}

/// Twice the median: what lies between two days is none.
fn median(days: &[i64]) -> Option<i64> {
    let mut days = days.to_vec();
    days.sort_unstable();
    let last = days.len().checked_sub(1)?;
    Some(days[last / 2] + days[last.div_ceil(2)])
}

/// One number under names that do not look alike.
fn told_apart(visit: &StudyVisit<'_>, number: usize, book: &mut Notebook<'_>) {
    let Some(&(first, at)) = visit.names.first() else { return };
    let Some(&(other, row)) = visit.names.iter().find(|(name, _)| alike(name) != alike(first)) else { return };
    let message = format!(
        "`{}` and `{}` of row {at} are both taken for visit {number} of the study; write one name for one visit, and other numbers for others",
        shown(other),
        shown(first)
    );
    book.warn("visit_number", row, "visit", message);
}

/// Names that follow each other in one subject as in no other. Where their numbers run against the days, that is told already.
fn conflict(subject: &Subject, shots: &[Shot], book: &mut Notebook<'_>) {
    let Some(pair) = subject.visits.windows(2).find(|pair| pair[0].number > pair[1].number) else { return };
    if rank(&pair[0].name).zip(rank(&pair[1].name)).is_some_and(|(a, b)| a > b) {
        return;
    }
    let row = pair[1].shots.iter().map(|&i| shots[i].row).min().unwrap_or(0);
    let message = format!(
        "subject {}: visit {} follows visit {}, and in the other subjects it goes before it; check their days and names",
        shown(&subject.id),
        shown(&pair[1].name),
        shown(&pair[0].name)
    );
    book.warn("visit_conflict", row, "visit", message);
}

/// Names of the visits of a subject in their order, for messages.
#[cfg(test)]
fn names(subject: &Subject) -> Vec<(usize, &str)> {
    subject.visits.iter().map(|v| (v.number, v.name.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::series::study::Day;
    use crate::series::study::finding::Findings;
    use crate::series::study::visits::group;

    fn study(rows: &[(&str, &str, Option<i64>)]) -> (Vec<Subject>, Vec<String>) {
        let shot = |(i, (subject, visit, day)): (usize, &(&str, &str, Option<i64>))| Shot {
            row: i as u64 + 2,
            subject: (*subject).to_owned(),
            visit: (*visit).to_owned(),
            day: day.map(Day::Number),
            photo: format!("{i}.jpg"),
            ..Shot::default()
        };
        let shots: Vec<Shot> = rows.iter().enumerate().map(shot).collect();
        let mut findings = Findings::default();
        let subjects = group(&shots, &[], Path::new("s.csv"), &mut findings);
        (subjects, findings.list().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_missed_visit_keeps_its_number() {
        let rows = [
            ("A", "V1", Some(0)),
            ("A", "V2", Some(30)),
            ("A", "V3", Some(60)),
            ("A", "V4", Some(90)),
            ("B", "V4", Some(91)),
            ("B", "V1", Some(0)),
        ];
        let (subjects, found) = study(&rows);
        assert_eq!((names(&subjects[1]), found), (vec![(1, "V1"), (4, "V4")], Vec::new()));
        // Without days the same.
        let (subjects, found) = study(&rows.map(|(s, v, _)| (s, v, None)));
        assert_eq!((names(&subjects[1]), found), (vec![(1, "V1"), (4, "V4")], Vec::new()));
    }

    #[test]
    fn names_without_numbers_go_by_their_median_day() {
        let (subjects, found) = study(&[
            ("A", "early", Some(1000)),
            ("A", "late", Some(1090)),
            ("B", "early", Some(0)),
            ("B", "middle", Some(30)),
            ("B", "late", Some(80)),
            ("C", "late", Some(5)),
        ]);
        assert_eq!(names(&subjects[0]), [(1, "early"), (3, "late")]);
        assert_eq!((names(&subjects[2]), found), (vec![(3, "late")], Vec::new()));
    }

    #[test]
    fn without_names_to_share_it_is_the_place_in_the_subject() {
        for rows in [
            [("A", "", Some(0)), ("A", "", Some(30)), ("B", "", Some(30)), ("B", "", Some(60))],
            [("A1", "A1V1", None), ("A1", "A1V2", None), ("B2", "B2V3", None), ("B2", "B2V4", None)],
            [
                ("A", "2024-03-01", Some(0)),
                ("A", "2024-04-01", Some(31)),
                ("B", "2024-05-01", Some(1)),
                ("B", "2024-06-01", Some(40)),
            ],
        ] {
            let (subjects, found) = study(&rows);
            assert_eq!(subjects.iter().flat_map(names).map(|(n, _)| n).collect::<Vec<_>>(), [1, 2, 1, 2]);
            assert_eq!(found, Vec::<String>::new());
        }
        let (subjects, found) = study(&[("A", "V1", Some(0)), ("B", "V2", Some(9)), ("B", "", Some(10))]);
        assert_eq!(names(&subjects[1]), [(1, "V2"), (2, "10")]);
        assert!(found[0].contains("row 4, column visit: 1 of 3 visits have no name"), "{found:?}");
    }

    #[test]
    fn names_that_do_not_agree_are_told() {
        let (subjects, found) = study(&[("A", "V1", Some(0)), ("A", "V2", Some(30)), ("B", "T1", Some(0))]);
        assert_eq!(names(&subjects[1]), [(1, "T1")]);
        assert!(found[0].contains("`V1` and `T1` of row 4 are both taken for visit 1"), "{found:?}");
        // Of one subject they are two visits.
        let (subjects, found) =
            study(&[("A", "screening", Some(0)), ("A", "baseline", Some(30)), ("B", "baseline", Some(0))]);
        assert_eq!((names(&subjects[0]), found), (vec![(1, "screening"), (2, "baseline")], Vec::new()));
        assert_eq!(names(&subjects[1]), [(2, "baseline")]);
        let (_, found) = study(&[
            ("A", "early", Some(0)),
            ("A", "late", Some(30)),
            ("B", "late", Some(0)),
            ("B", "early", Some(10)),
        ]);
        assert!(found[0].contains("subject B: visit early follows visit late, and in the other subjects"), "{found:?}");
        // Numbers against days are told once.
        let (_, found) = study(&[("A", "V2", Some(0)), ("A", "V1", Some(30)), ("B", "V1", Some(0))]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn the_order_of_rows_says_nothing() {
        let rows = [
            ("A", "screening", Some(0)),
            ("A", "week 4", Some(30)),
            ("B", "Week 4", Some(28)),
            ("B", "baseline", Some(0)),
            ("C", "V1", Some(4)),
        ];
        let numbers = |rows: &[(&str, &str, Option<i64>)]| {
            let (subjects, _) = study(rows);
            subjects
                .iter()
                .flat_map(|s| names(s).into_iter().map(|(n, name)| format!("{} {name} {n}", s.id)).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        };
        let mut turned = rows.to_vec();
        for _ in 0..5 {
            turned.rotate_left(2);
            turned.swap(0, 3);
            assert_eq!(numbers(&turned), numbers(&rows));
        }
    }
}
