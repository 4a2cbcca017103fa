//! What is odd between the photos of a place: drawn too late, in two arms, at two scales.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Notebook, shown};
use super::shot::Shot;
use super::visits::{Subject, Visit};

/// Scales of one visit and view that differ by more than this factor are odd.
const SCALES_APART: f64 = 1.5;

/// Checks the visits of every subject, whose shots are in their order.
pub(super) fn check(subjects: &[Subject], shots: &[Shot], book: &mut Notebook<'_>) {
    for subject in subjects {
        let mut views: BTreeMap<&str, Vec<&Shot>> = BTreeMap::new();
        for shot in subject.visits.iter().flat_map(|v| &v.shots).map(|&i| &shots[i]) {
            views.entry(&shot.view).or_default().push(shot);
        }
        for own in views.values() {
            regions_late(own, book);
            arms_change(own, book);
        }
        subject.visits.iter().for_each(|visit| scales_apart(visit, shots, book));
    }
}

/// `subject S1` or `subject S1, view left`.
fn place(shot: &Shot) -> String {
    let view = if shot.view.is_empty() { String::new() } else { format!(", view {}", shown(&shot.view)) };
    format!("subject {}{view}", shown(&shot.subject))
}

/// Regions follow from the first photo to the later ones, never back.
fn regions_late(shots: &[&Shot], book: &mut Notebook<'_>) {
    let Some((first, later)) = shots.split_first() else { return };
    let mut known: BTreeSet<&str> = first.regions.names().collect();
    for shot in later {
        for name in shot.regions.names() {
            if known.insert(name) {
                let message = format!(
                    "region `{}` of {} is not drawn on its first photo, `{}` of row {}; it is not carried back, so no change of it can be told: draw it there too",
                    shown(name),
                    place(shot),
                    shown(&first.photo),
                    first.row
                );
                book.warn("region_late", shot.row, "region", message);
            }
        }
    }
}

/// The first photo says which arm a place belongs to.
fn arms_change(shots: &[&Shot], book: &mut Notebook<'_>) {
    let mut first: BTreeMap<&str, (&str, u64)> = BTreeMap::new();
    let mut told = BTreeSet::new();
    for shot in shots {
        let whole = std::iter::once(("", shot.arms.whole.as_str()));
        let parts = shot.arms.by_region.iter().map(|(region, arm)| (region.as_str(), arm.as_str()));
        for (region, arm) in whole.chain(parts).filter(|(_, arm)| !arm.is_empty()) {
            let (known, row) = *first.entry(region).or_insert((arm, shot.row));
            if known != arm && told.insert(region) {
                let what = if region.is_empty() { String::new() } else { format!("region `{}` of ", shown(region)) };
                let message = format!(
                    "{what}{} is in arm `{}` here and in arm `{}` in row {row}; the arm of the first photo holds for all, name one arm or two views",
                    place(shot),
                    shown(arm),
                    shown(known)
                );
                book.warn("arm_changes", shot.row, "arm", message);
            }
        }
    }
}

/// Shots of one visit and view are taken from the same distance, or one scale is a slip.
fn scales_apart(visit: &Visit, shots: &[Shot], book: &mut Notebook<'_>) {
    let mut first: BTreeMap<&str, (f64, u64)> = BTreeMap::new();
    let mut told = BTreeSet::new();
    for shot in visit.shots.iter().map(|&i| &shots[i]) {
        let Some(scale) = shot.mm_per_px else { continue };
        let (known, row) = *first.entry(&shot.view).or_insert((scale, shot.row));
        if scale.max(known) > SCALES_APART * scale.min(known) && told.insert(&shot.view) {
            let message = format!(
                "{scale} here and {known} in row {row} for one visit of {}; repeat shots are taken from one distance, check both",
                place(shot)
            );
            book.warn("mm_per_px_apart", shot.row, "mm_per_px", message);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::series::study::finding::Findings;
    use crate::series::study::shot::{Arms, ShotRegions};
    use crate::series::study::visits::group;

    fn warned(shots: &[Shot]) -> Vec<String> {
        let mut findings = Findings::default();
        group(shots, &[], Path::new("s.csv"), &mut findings);
        findings.list().iter().map(ToString::to_string).collect()
    }

    fn shot(row: u64, visit: &str) -> Shot {
        Shot {
            row,
            subject: "S".to_owned(),
            visit: visit.to_owned(),
            view: "left".to_owned(),
            photo: format!("{row}.jpg"),
            ..Shot::default()
        }
    }

    fn drawn(row: u64, visit: &str) -> Shot {
        let named = vec![("scar".to_owned(), "scar.png".into())];
        Shot { regions: ShotRegions { named, ..ShotRegions::default() }, ..shot(row, visit) }
    }

    #[test]
    fn regions_of_later_photos_alone_are_told() {
        let found = warned(&[shot(2, "V1"), drawn(3, "V2"), drawn(4, "V2")]);
        assert_eq!(found.len(), 1, "{found:?}");
        let part = "s.csv, row 3, column region: region `scar` of subject S, view left is not drawn on its first photo, `2.jpg` of row 2";
        assert!(found[0].starts_with(part), "{found:?}");
        // Of the shots of the first visit the one that is drawn on is the first.
        assert_eq!(warned(&[shot(2, "V1"), drawn(3, "V1"), shot(4, "V2"), drawn(5, "V3")]), [""; 0]);
    }

    #[test]
    fn an_arm_holds_for_all_visits_of_a_place() {
        let arm = |row, visit: &str, whole: &str, scar: &str| {
            let by_region = if scar.is_empty() { vec![] } else { vec![("scar".to_owned(), scar.to_owned())] };
            Shot { arms: Arms { whole: whole.to_owned(), by_region }, ..shot(row, visit) }
        };
        assert_eq!(warned(&[arm(2, "V1", "pen", ""), arm(3, "V2", "", ""), arm(4, "V3", "pen", "")]), [""; 0]);
        let found = warned(&[arm(2, "V1", "pen", "pen"), arm(3, "V2", "laser", "pen"), arm(4, "V3", "pen", "laser")]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0]
                .contains("row 3, column arm: subject S, view left is in arm `laser` here and in arm `pen` in row 2")
        );
        assert!(found[1].contains("row 4, column arm: region `scar` of subject S, view left is in arm `laser`"));
    }

    #[test]
    fn scales_of_one_visit_are_alike() {
        let at = |row, visit: &str, mm| Shot { mm_per_px: Some(mm), ..shot(row, visit) };
        assert_eq!(warned(&[at(2, "V1", 0.05), at(3, "V1", 0.075), at(4, "V2", 0.5)]), [""; 0]);
        let found = warned(&[at(2, "V1", 0.05), at(3, "V1", 0.076)]);
        assert!(
            found[0].contains("row 3, column mm_per_px: 0.076 here and 0.05 in row 2 for one visit of subject S"),
            "{found:?}"
        );
    }
}
