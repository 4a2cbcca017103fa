//! A cohort: what the subjects of an arm show together, and how arms differ.
//!
//! The subject counts, not the photo: a subject's regions are averaged to one change (medians of a few would throw half
//! away). Per arm, metric and visit: how many subjects, the median change with its interval, how many are beyond their
//! own error. Withheld changes are counted apart, never taken as no change. A subject responds when a region of it
//! improved beyond its error and none worsened.
//!
//! Arms are compared by the difference of their medians; where most subjects are in both (split face) by the median of
//! the differences within subjects, which leaves what subjects differ in out of it.

use std::collections::{BTreeMap, BTreeSet};

use super::bootstrap::{self, Stream};
use super::distribution::normal_quantile;
use super::sample::{mean, median};
use super::verdict::Verdict;
use super::{CONFIDENCE, Interval};

/// The change of one metric in one region of one subject at one visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The subject.
    pub subject: String,
    /// The treatment arm.
    pub arm: String,
    /// The metric.
    pub metric: String,
    /// The visit, by its place in the order of visits.
    pub visit: usize,
    /// The change less that of a control, in percent or in the metric's unit, the same for all of a metric; `None` where it is withheld.
    pub change: Option<f64>,
    /// The change with nothing subtracted, likewise: arms are compared by it, so that no control counts twice.
    pub own: Option<f64>,
    /// Are both in percent?
    pub percent: bool,
    /// What was said of it.
    pub verdict: Verdict,
}

/// An arm at a visit, in one metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The metric.
    pub metric: String,
    /// The visit.
    pub visit: usize,
    /// The arm.
    pub arm: String,
    /// Subjects with a change.
    pub n: usize,
    /// Subjects all of whose changes are withheld.
    pub withheld: usize,
    /// Are changes in percent? Else they are in the metric's unit.
    pub percent: bool,
    /// The median change; `None` without a subject.
    pub median: Option<f64>,
    /// Its interval; `None` with fewer than 6 subjects.
    pub interval: Option<Interval>,
    /// Subjects that improved beyond their error.
    pub responders: usize,
    /// Subjects that worsened beyond it.
    pub worsened: usize,
    /// The interval of the share of responders.
    pub responder_share: Option<Interval>,
}

/// An arm against another.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The metric.
    pub metric: String,
    /// The visit.
    pub visit: usize,
    /// The arm.
    pub arm: String,
    /// The arm it is held against.
    pub against: String,
    /// Subjects of the arm, or in both where paired.
    pub n: usize,
    /// Subjects of the other.
    pub n_against: usize,
    /// Within subjects (split face)?
    pub paired: bool,
    /// Are changes in percent? Else they are in the metric's unit.
    pub percent: bool,
    /// Median change of the arm less that of the other, or the median difference.
    pub difference: f64,
    /// Its interval; `None` with fewer than 6 subjects on a side.
    pub interval: Option<Interval>,
}

/// The changes and verdicts of one arm, by subject.
type Arm<'a> = BTreeMap<&'a str, Vec<&'a Observation>>;

/// The cohort's tables, by metric in the order of their first observation, then visit, then arm by name. `control` is
/// the arm the others are held against; without one each arm is held against the first by name.
#[must_use]
pub fn summarize(observations: &[Observation], control: Option<&str>, seed: u64) -> (Vec<Group>, Vec<Difference>) {
    let mut metrics: Vec<&str> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut cells: BTreeMap<(&str, usize), BTreeMap<&str, Arm<'_>>> = BTreeMap::new();
    for o in observations {
        if seen.insert(o.metric.as_str()) {
            metrics.push(&o.metric);
        }
        let arms = cells.entry((&o.metric, o.visit)).or_default();
        arms.entry(&o.arm).or_default().entry(&o.subject).or_default().push(o);
    }
    let (mut groups, mut differences) = (Vec::new(), Vec::new());
    for metric in metrics {
        for (&(_, visit), arms) in cells.range((metric, 0)..=(metric, usize::MAX)) {
            groups.extend(arms.iter().map(|(name, arm)| group(metric, visit, name, arm, seed)));
            let Some(against) = control.filter(|c| arms.contains_key(c)).or_else(|| arms.keys().next().copied()) else {
                continue;
            };
            let others = arms.iter().filter(|(name, _)| **name != against);
            differences.extend(others.filter_map(|(name, arm)| {
                let title = format!("{metric}\n{visit}\n{name}\n{against}");
                let (n, n_against, paired, difference, interval) = compared(
                    &changes(arm, |o| o.own),
                    &changes(&arms[against], |o| o.own),
                    Stream { seed, name: &title },
                )?;
                let percent = in_percent(arm);
                let (metric, arm, against) = (metric.to_owned(), (*name).to_owned(), against.to_owned());
                Some(Difference { metric, visit, arm, against, n, n_against, paired, percent, difference, interval })
            }));
        }
    }
    (groups, differences)
}

fn in_percent(arm: &Arm<'_>) -> bool {
    arm.values().flatten().all(|o| o.percent)
}

/// One change for every subject that has any.
fn changes<'a>(arm: &Arm<'a>, change: fn(&Observation) -> Option<f64>) -> BTreeMap<&'a str, f64> {
    arm.iter()
        .filter_map(|(subject, all)| {
            let told: Vec<f64> = all.iter().filter_map(|o| change(o)).collect();
            (!told.is_empty()).then(|| (*subject, mean(&told)))
        })
        .collect()
}

fn group(metric: &str, visit: usize, name: &str, arm: &Arm<'_>, seed: u64) -> Group {
    let values: Vec<f64> = changes(arm, |o| o.change).into_values().collect();
    let has = |all: &[&Observation], verdict: &Verdict| all.iter().any(|o| o.verdict == *verdict);
    let count = |good: &Verdict, bad: &Verdict| arm.values().filter(|all| has(all, good) && !has(all, bad)).count();
    let title = format!("{metric}\n{visit}\n{name}");
    let responders = count(&Verdict::Improved, &Verdict::Worsened);
    Group {
        metric: metric.to_owned(),
        visit,
        arm: name.to_owned(),
        n: values.len(),
        withheld: arm.values().filter(|all| all.iter().all(|o| matches!(o.verdict, Verdict::Withheld { .. }))).count(),
        percent: in_percent(arm),
        median: (!values.is_empty()).then(|| median(&values)),
        interval: bootstrap::of_median(&values, Stream { seed, name: &title }),
        responders,
        worsened: count(&Verdict::Worsened, &Verdict::Improved),
        responder_share: share(responders, values.len()),
    }
}

type Compared = (usize, usize, bool, f64, Option<Interval>);

fn compared(arm: &BTreeMap<&str, f64>, against: &BTreeMap<&str, f64>, stream: Stream<'_>) -> Option<Compared> {
    let within: Vec<f64> = arm.iter().filter_map(|(subject, v)| against.get(subject).map(|w| v - w)).collect();
    // Split face: at least two thirds of the subjects of either arm are in both.
    if !within.is_empty() && 3 * within.len() >= 2 * arm.len().max(against.len()) {
        let n = within.len();
        return Some((n, n, true, median(&within), bootstrap::of_median(&within, stream)));
    }
    let [a, b] = [arm, against].map(|side| side.values().copied().collect::<Vec<f64>>());
    if a.is_empty() || b.is_empty() {
        return None;
    }
    Some((a.len(), b.len(), false, median(&a) - median(&b), bootstrap::of_difference(&a, &b, stream)))
}

/// The interval of a share, after Wilson 1927: it stays between 0 and 1, and tells something of 0 of 10.
#[must_use]
pub fn share(part: usize, of: usize) -> Option<Interval> {
    if of == 0 || part > of {
        return None;
    }
    let (n, z) = (of as f64, normal_quantile(f64::midpoint(1.0, CONFIDENCE)));
    let p = part as f64 / n;
    let center = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    // The ends of nothing and of all are 0 and 1, not a rounding beside them.
    let interval = Interval::around(center, half);
    Some(Interval {
        low: if part == 0 { 0.0 } else { interval.low },
        high: if part == of { 1.0 } else { interval.high },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::statistics::truth::{all, close};
    use crate::series::statistics::verdict::Reason;

    fn observed(subject: usize, arm: &str, change: Option<f64>) -> Observation {
        let verdict = match change {
            None => Verdict::Withheld { reasons: vec![Reason::AlignmentFailed] },
            Some(v) if v < -10.0 => Verdict::Improved,
            Some(v) if v > 10.0 => Verdict::Worsened,
            Some(_) => Verdict::WithinError,
        };
        let metric = "relief_sq_mid".to_owned();
        let subject = format!("s{subject:02}");
        Observation { subject, arm: arm.to_owned(), metric, visit: 1, change, own: change, percent: true, verdict }
    }

    #[test]
    fn wilson() {
        for case in all()["wilson"].as_array().unwrap() {
            let [k, n] = ["k", "n"].map(|key| case[key].as_u64().unwrap() as usize);
            let found = share(k, n).unwrap();
            assert!(close(found.low, &case["low"], 1e-9) && close(found.high, &case["high"], 1e-9), "{case} {found:?}");
        }
        assert_eq!(share(0, 0), None);
    }

    #[test]
    fn arms_of_different_subjects() {
        let mut all: Vec<Observation> = (0..9).map(|i| observed(i, "needling", Some(-12.0 - i as f64))).collect();
        all.extend((20..28).map(|i| observed(i, "control", Some(i as f64 - 24.0))));
        all.push(observed(30, "needling", None));
        let (groups, differences) = summarize(&all, Some("control"), 1);
        let [control, needling] = groups.as_slice() else { panic!("{groups:?}") };
        assert_eq!((control.arm.as_str(), control.n, control.responders), ("control", 8, 0));
        assert_eq!((needling.n, needling.withheld, needling.median, needling.responders), (9, 1, Some(-16.0), 9));
        assert!(needling.interval.unwrap().contains(-16.0) && control.interval.unwrap().contains(0.0));
        assert!(needling.responder_share.unwrap().low > 0.6);
        let [d] = differences.as_slice() else { panic!("{differences:?}") };
        assert_eq!((d.paired, d.n, d.n_against, d.difference), (false, 9, 8, -15.5));
        assert!(d.interval.unwrap().high < -10.0);
    }

    #[test]
    fn a_split_face_is_compared_within_subjects() {
        // Subjects differ by 40 points, the sides of each by 5.
        let all: Vec<Observation> = (0..8)
            .flat_map(|i| [observed(i, "a", Some(5.0 * i as f64 - 5.0)), observed(i, "b", Some(5.0 * i as f64))])
            .collect();
        let (_, differences) = summarize(&all, Some("b"), 1);
        let [d] = differences.as_slice() else { panic!("{differences:?}") };
        assert_eq!((d.paired, d.n, d.difference), (true, 8, -5.0));
        assert_eq!(d.interval, Some(Interval { low: -5.0, high: -5.0 }));
    }

    #[test]
    fn a_control_that_was_subtracted_does_not_count_twice() {
        let mut all = Vec::new();
        for i in 0..8 {
            let drift = f64::from(i) - 3.0;
            let treated = observed(i as usize, "needling", Some(-13.0));
            all.push(Observation { own: Some(-13.0 + drift), ..treated });
            all.push(observed(i as usize, "control", Some(drift)));
        }
        let (groups, differences) = summarize(&all, Some("control"), 1);
        assert_eq!(groups.iter().find(|g| g.arm == "needling").unwrap().median, Some(-13.0));
        assert_eq!((differences[0].paired, differences[0].difference), (true, -13.0));
    }

    #[test]
    fn regions_of_a_subject_are_one_subject() {
        let all = [
            observed(1, "a", Some(-20.0)),
            observed(1, "a", Some(0.0)),
            observed(2, "a", Some(-20.0)),
            observed(2, "a", Some(20.0)),
        ];
        let (groups, differences) = summarize(&all, None, 1);
        assert_eq!((groups[0].n, groups[0].median), (2, Some(-5.0)));
        // The second subject improved here and worsened there.
        assert_eq!((groups[0].responders, groups[0].worsened, groups[0].interval), (1, 0, None));
        assert!(differences.is_empty());
    }

    #[test]
    fn nothing_told_is_no_change_of_zero() {
        let (groups, _) = summarize(&[observed(1, "a", None)], None, 1);
        assert_eq!((groups[0].n, groups[0].withheld, groups[0].median, groups[0].responder_share), (0, 1, None, None));
    }

    #[test]
    fn another_arm_changes_no_interval() {
        let mut all: Vec<Observation> = (0..12).map(|i| observed(i, "a", Some((i * i % 17) as f64))).collect();
        let before = summarize(&all, None, 3).0[0].interval;
        all.extend((30..40).map(|i| observed(i, "0", Some(i as f64))));
        let after = summarize(&all, None, 3).0;
        assert_eq!(after.iter().find(|g| g.arm == "a").unwrap().interval, before);
    }
}
