//! The rules of a treatment course, and what of it departs from them.
//!
//! The literature does not agree: articles on mesotherapy ask for at least 7 days between sessions, 5 to 10 sessions
//! and one a month to maintain; trials used intervals of 14 to 42 days. So the numbers are a profile in TOML, the
//! defaults are the least strict, and what is found is listed and never enforced: a clinic may have its reasons.
//!
//! A photo taken within days of a session shows the session: redness fades in hours to two days, swelling in a few.
//! Below 3 days nothing is scored, below 14 redness and roughness are marked. A photo of a session's own day is taken
//! as made before it, as clinics do and as far as a date tells; the profile can say otherwise.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The rules, as in TOML; keys left out have their defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Between two sessions.
    pub interval: IntervalRule,
    /// How many sessions.
    pub planned: PlannedRule,
    /// After the planned sessions.
    pub maintenance: MaintenanceRule,
    /// When it may be said that a treatment does not help.
    pub response: ResponseRule,
    /// Photos after a session.
    pub photo: PhotoRule,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident $expecting:tt { $($(#[$field_doc:meta])* $field:ident: $kind:ty = $value:expr,)* })*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields, expecting = $expecting)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $value,)* }
            }
        })*
    };
}

rules! {
    /// Days between two sessions.
    IntervalRule "a table such as interval = { error_below_days = 7, info_below_days = 14 }" {
        /// Fewer is an error.
        error_below_days: i64 = 7,
        /// Fewer is worth knowing.
        info_below_days: i64 = 14,
    }
    /// Sessions of a course.
    PlannedRule "a table such as planned = { least = 5, most = 10 }; how many sessions a subject has is the column planned of the sessions file" {
        /// The fewest.
        least: u32 = 5,
        /// The most.
        most: u32 = 10,
    }
    /// Sessions that maintain.
    MaintenanceRule "a table such as maintenance = { longest_gap_days = 45 }" {
        /// A longer gap is a warning.
        longest_gap_days: i64 = 45,
    }
    /// Response.
    ResponseRule "a table such as response = { least_sessions = 3 }" {
        /// No subject is called a non-responder before so many sessions.
        least_sessions: u32 = 3,
    }
    /// Photos after a session.
    PhotoRule "a table such as photo = { withheld_below_days = 3, marked_below_days = 14 }" {
        /// Fewer days after a session, no change is told.
        withheld_below_days: i64 = 3,
        /// Fewer days after a session, the change is marked.
        marked_below_days: i64 = 14,
        /// Are photos of a session's own day made before it?
        same_day_is_before: bool = true,
    }
}

impl Profile {
    /// From TOML.
    ///
    /// # Errors
    /// On unknown keys and on rules that contradict each other.
    pub fn from_toml(text: &str) -> Result<Self> {
        let profile: Self = toml::from_str(text).map_err(|e| Error::config(e.to_string()).because(e))?;
        profile.fault().map_or(Ok(profile), |fault| Err(Error::config(fault)))
    }

    /// Refuses rules that contradict each other.
    ///
    /// # Errors
    /// Names the keys of the configuration, what they hold and what is allowed.
    pub fn check(&self) -> Result<()> {
        self.fault().map_or(Ok(()), |fault| Err(Error::config(format!("progress.course: {fault}"))))
    }

    /// What means nothing.
    fn fault(&self) -> Option<String> {
        let profile = self;
        let pairs = [
            (
                "interval.error_below_days",
                profile.interval.error_below_days,
                "interval.info_below_days",
                profile.interval.info_below_days,
            ),
            ("planned.least", profile.planned.least.into(), "planned.most", profile.planned.most.into()),
            (
                "photo.withheld_below_days",
                profile.photo.withheld_below_days,
                "photo.marked_below_days",
                profile.photo.marked_below_days,
            ),
            ("1", 1, "planned.least", profile.planned.least.into()),
            ("0", 0, "interval.error_below_days", profile.interval.error_below_days),
            ("0", 0, "photo.withheld_below_days", profile.photo.withheld_below_days),
            ("1", 1, "maintenance.longest_gap_days", profile.maintenance.longest_gap_days),
        ];
        match pairs.into_iter().find(|(_, a, _, b)| a > b) {
            Some((low, a, high, b)) if low.contains('.') => {
                Some(format!("{low} is {a}, {high} is {b}: the first must not exceed the second"))
            }
            Some((_, a, key, b)) => Some(format!("{key} is {b}: it must be at least {a}")),
            None => None,
        }
    }
}

/// A session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// Its day, counted as the photos' days are.
    pub day: i64,
    /// Its number, where it was written down.
    pub number: Option<u32>,
    /// Was it noted as maintenance?
    pub maintenance: bool,
}

/// The course of one subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Sessions, in any order.
    pub sessions: Vec<Session>,
    /// Days of photos, in any order.
    pub photo_days: Vec<i64>,
    /// How many sessions were planned, where it was written down.
    pub planned: Option<u32>,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Look at it.
    Warning,
    /// Against the rule.
    Error,
}

impl Severity {
    /// Its name in `course.csv`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A departure from the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How grave.
    pub severity: Severity,
    /// Its stable name.
    pub code: &'static str,
    /// The day it is about, where there is one.
    pub day: Option<i64>,
    /// What was found, and what the rule is.
    pub message: String,
}

/// How a photo stands to the sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// Before the first session.
    Baseline,
    /// So soon after a session that its change is withheld.
    TooSoon {
        /// Days since the session.
        days: i64,
    },
    /// Soon after a session: redness and roughness are marked.
    Marked {
        /// Days since the session.
        days: i64,
    },
    /// Later.
    Fine {
        /// Days since the session.
        days: i64,
    },
}

impl Course {
    /// The sessions before a photo of this day, by day.
    fn before(&self, day: i64, profile: &Profile) -> impl Iterator<Item = &Session> {
        let same_day = !profile.photo.same_day_is_before;
        self.sessions.iter().filter(move |s| s.day < day || (same_day && s.day == day))
    }

    /// Sessions that a photo of this day comes after; what was done on one day is one session.
    #[must_use]
    pub fn sessions_before(&self, day: i64, profile: &Profile) -> u32 {
        self.before(day, profile).map(|s| s.day).collect::<BTreeSet<_>>().len() as u32
    }

    /// How a photo of this day stands to the sessions.
    #[must_use]
    pub fn timing(&self, day: i64, profile: &Profile) -> Timing {
        let Some(last) = self.before(day, profile).map(|s| s.day).max() else { return Timing::Baseline };
        let days = day - last;
        if days < profile.photo.withheld_below_days {
            Timing::TooSoon { days }
        } else if days < profile.photo.marked_below_days {
            Timing::Marked { days }
        } else {
            Timing::Fine { days }
        }
    }

    /// May it be said of a photo of this day that the treatment did not help?
    #[must_use]
    pub fn non_response_may_be_told(&self, day: i64, profile: &Profile) -> bool {
        self.sessions_before(day, profile) >= profile.response.least_sessions
    }

    /// What departs from the rules, by day; what is about the whole course comes first.
    #[must_use]
    pub fn findings(&self, profile: &Profile) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut sessions = self.sessions.clone();
        sessions.sort_by_key(|s| s.day);
        let mut photos = self.photo_days.clone();
        photos.sort_unstable();
        photos.dedup();
        self.count(&sessions, profile, &mut found);
        intervals(&sessions, self.maintained_from(&sessions), profile, &mut found);
        numbers(&sessions, &mut found);
        self.photos(&sessions, &photos, profile, &mut found);
        found.sort_by_key(|f| f.day);
        found
    }

    /// Of the sorted sessions the first that maintains: noted so, or beyond the planned ones.
    fn maintained_from(&self, sessions: &[Session]) -> usize {
        let noted = sessions.iter().position(|s| s.maintenance);
        let planned = self.planned.map_or(usize::MAX, |n| n as usize);
        noted.unwrap_or(usize::MAX).min(planned).min(sessions.len())
    }

    fn count(&self, sessions: &[Session], profile: &Profile, found: &mut Vec<Finding>) {
        let PlannedRule { least, most } = profile.planned;
        if let Some(planned) = self.planned.filter(|n| !(least..=most).contains(n)) {
            let message = format!("{planned} sessions are planned; a course has {least} to {most}");
            found.push(Finding { severity: Severity::Warning, code: "planned_sessions", day: None, message });
        }
        let done = self.maintained_from(sessions);
        if self.planned.is_none() && done > most as usize {
            let message = format!("{done} sessions without one noted as maintenance; a course has {least} to {most}");
            found.push(Finding { severity: Severity::Warning, code: "many_sessions", day: None, message });
        }
    }

    fn photos(&self, sessions: &[Session], photos: &[i64], profile: &Profile, found: &mut Vec<Finding>) {
        let info = |code, day, message| Finding { severity: Severity::Info, code, day, message };
        let Some((first, last)) = sessions.first().zip(sessions.last()) else { return };
        if !photos.iter().any(|&day| self.timing(day, profile) == Timing::Baseline) {
            let message = format!("no photo before the first session on day {}: there is no baseline", first.day);
            found.push(Finding { severity: Severity::Warning, code: "no_baseline_photo", day: None, message });
        }
        let settled = last.day + profile.photo.marked_below_days;
        if !photos.iter().any(|&day| day >= settled) {
            let message = format!(
                "no photo from day {settled} on, {} days after the last session: the result is not seen yet",
                profile.photo.marked_below_days
            );
            found.push(info("no_late_photo", None, message));
        }
        let PhotoRule { withheld_below_days: withheld, marked_below_days: marked, .. } = profile.photo;
        for &day in photos {
            match self.timing(day, profile) {
                Timing::TooSoon { days } => found.push(Finding {
                    severity: Severity::Warning,
                    code: "photo_too_soon",
                    day: Some(day),
                    message: format!(
                        "photo {} after a session: its change is withheld below {withheld}",
                        count_of(days)
                    ),
                }),
                Timing::Marked { days } => found.push(info(
                    "photo_soon",
                    Some(day),
                    format!(
                        "photo {} after a session: redness and roughness are marked below {marked}",
                        count_of(days)
                    ),
                )),
                Timing::Baseline | Timing::Fine { .. } => {}
            }
        }
    }
}

/// What departs from the rules in the courses of a subject's arms, each by its name: split faces have two. What holds for all of them is told
/// once.
#[must_use]
pub fn findings_of_arms(courses: &[(&str, Course)], profile: &Profile) -> Vec<Finding> {
    let found: Vec<(&str, Vec<Finding>)> =
        courses.iter().map(|(arm, course)| (*arm, course.findings(profile))).collect();
    let mut counts: BTreeMap<(Option<i64>, &str, &str), usize> = BTreeMap::new();
    for finding in found.iter().flat_map(|(_, own)| own) {
        *counts.entry((finding.day, finding.code, &finding.message)).or_default() += 1;
    }
    let mut all: Vec<Finding> = Vec::new();
    for (arm, own) in &found {
        for finding in own {
            let of_all = counts.get(&(finding.day, finding.code, finding.message.as_str())) == Some(&courses.len());
            let mut finding = finding.clone();
            if !of_all {
                finding.message = format!("arm {arm}: {}", finding.message);
            }
            if !all.contains(&finding) {
                all.push(finding);
            }
        }
    }
    all.sort_by_key(|f| f.day);
    all
}

fn count_of(days: i64) -> String {
    format!("{days} {}", if days == 1 { "day" } else { "days" })
}

fn intervals(sessions: &[Session], maintained: usize, profile: &Profile, found: &mut Vec<Finding>) {
    let IntervalRule { error_below_days: least, info_below_days: usual } = profile.interval;
    let longest = profile.maintenance.longest_gap_days;
    for (i, pair) in sessions.windows(2).enumerate() {
        let days = pair[1].day - pair[0].day;
        let mut push = |severity, code, message| {
            found.push(Finding { severity, code, day: Some(pair[1].day), message });
        };
        if days < least {
            push(
                Severity::Error,
                "interval_too_short",
                format!("{} since the session before; at least {least} are asked for", count_of(days)),
            );
        } else if days < usual {
            push(
                Severity::Info,
                "interval_short",
                format!("{} since the session before; trials left {usual} or more", count_of(days)),
            );
        }
        if i + 1 >= maintained && days > longest {
            push(
                Severity::Warning,
                "maintenance_gap",
                format!("{} since the session before; maintenance leaves {longest} at most", count_of(days)),
            );
        }
    }
}

/// Numbers that do not rise with the days, or that leave one out.
fn numbers(sessions: &[Session], found: &mut Vec<Finding>) {
    let numbered: Vec<(i64, u32)> = sessions.iter().filter_map(|s| Some((s.day, s.number?))).collect();
    for pair in numbered.windows(2) {
        let [(_, before), (day, number)] = [pair[0], pair[1]];
        let message = if number <= before {
            format!("session {number} comes after session {before}")
        } else if number > before.saturating_add(1) {
            format!("session {number} follows session {before}: sessions between them are not in the file")
        } else {
            continue;
        };
        found.push(Finding { severity: Severity::Warning, code: "session_numbers", day: Some(day), message });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(days: &[i64], photo_days: &[i64]) -> Course {
        let sessions = days.iter().map(|&day| Session { day, ..Session::default() }).collect();
        Course { sessions, photo_days: photo_days.to_vec(), planned: None }
    }

    fn codes(course: &Course) -> Vec<(&'static str, Option<i64>)> {
        course.findings(&Profile::default()).into_iter().map(|f| (f.code, f.day)).collect()
    }

    #[test]
    fn a_course_by_the_rules_has_no_findings() {
        let good = course(&[0, 21, 42, 63, 84], &[0, 42, 112]);
        assert_eq!(codes(&Course { planned: Some(5), ..good }), []);
        assert_eq!(codes(&Course::default()), []);
    }

    #[test]
    fn intervals_at_their_limits() {
        let found = course(&[0, 6, 13, 26, 40], &[-1, 60]);
        assert_eq!(
            codes(&found),
            [("interval_too_short", Some(6)), ("interval_short", Some(13)), ("interval_short", Some(26))]
        );
        let errors = found.findings(&Profile::default());
        assert_eq!((errors[0].severity, errors[1].severity), (Severity::Error, Severity::Info));
        // Given in another order, the same.
        assert_eq!(codes(&course(&[40, 13, 0, 26, 6], &[60, -1])), codes(&found));
    }

    #[test]
    fn planned_sessions_and_maintenance() {
        let found = Course { planned: Some(4), ..course(&[0, 14, 28, 42, 87, 133], &[0, 150]) };
        // 45 days to the first that maintains are allowed, 46 are not.
        assert_eq!(codes(&found), [("planned_sessions", None), ("maintenance_gap", Some(133))]);
        let mut noted = course(&[0, 14, 28, 80], &[0, 100]);
        assert_eq!(codes(&noted), []);
        noted.sessions[3].maintenance = true;
        assert_eq!(codes(&noted), [("maintenance_gap", Some(80))]);
        let many: Vec<i64> = (0..11).map(|i| 14 * i).collect();
        assert_eq!(codes(&course(&many, &[0, 200])), [("many_sessions", None)]);
    }

    #[test]
    fn photos_after_sessions() {
        let profile = Profile::default();
        let c = course(&[0, 28], &[0, 2, 3, 28, 29, 42]);
        let timing = [-5, 0, 1, 3, 13, 14, 28, 30].map(|day| c.timing(day, &profile));
        use Timing::{Baseline, Fine, Marked, TooSoon};
        assert_eq!(
            timing,
            [
                Baseline,
                Baseline,
                TooSoon { days: 1 },
                Marked { days: 3 },
                Marked { days: 13 },
                Fine { days: 14 },
                Fine { days: 28 },
                TooSoon { days: 2 }
            ]
        );
        let expected = [("photo_too_soon", Some(2)), ("photo_soon", Some(3)), ("photo_too_soon", Some(29))];
        assert_eq!(codes(&c), expected);
        let mut after = Profile::default();
        after.photo.same_day_is_before = false;
        assert_eq!(c.timing(28, &after), TooSoon { days: 0 });
        assert_eq!(
            codes(&course(&[0], &[1])),
            [("no_baseline_photo", None), ("no_late_photo", None), ("photo_too_soon", Some(1))]
        );
    }

    #[test]
    fn no_non_responder_before_the_third_session() {
        let profile = Profile::default();
        let c = course(&[0, 14, 28], &[]);
        assert_eq!([0, 14, 28, 29].map(|day| c.sessions_before(day, &profile)), [0, 1, 2, 3]);
        assert_eq!([28, 29].map(|day| c.non_response_may_be_told(day, &profile)), [false, true]);
    }

    #[test]
    fn numbers_that_do_not_add_up() {
        let mut c = course(&[0, 14, 28, 42], &[0, 60]);
        for (session, number) in c.sessions.iter_mut().zip([1, 2, 2, 5]) {
            session.number = Some(number);
        }
        assert_eq!(codes(&c), [("session_numbers", Some(28)), ("session_numbers", Some(42))]);
    }

    #[test]
    fn arms_have_courses_of_their_own() {
        let profile = Profile::default();
        let both = |left: &Course, right: &Course| {
            let found = findings_of_arms(&[("pen", left.clone()), ("laser", right.clone())], &profile);
            found.into_iter().map(|f| (f.code, f.day, f.message)).collect::<Vec<_>>()
        };
        let numbered = |days: &[i64]| {
            let mut c = course(days, &[-1, 100]);
            c.sessions.iter_mut().zip(1..).for_each(|(session, n)| session.number = Some(n));
            c
        };
        let by_the_rules = numbered(&[0, 28, 56]);
        assert_eq!(both(&by_the_rules, &by_the_rules), []);
        let found = both(&by_the_rules, &numbered(&[0, 28, 33]));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0, found[0].1), ("interval_too_short", Some(33)));
        assert_eq!(found[0].2, "arm laser: 5 days since the session before; at least 7 are asked for");
        let short = numbered(&[0, 6]);
        assert_eq!(both(&short, &short)[0].2, "6 days since the session before; at least 7 are asked for");
        // Two arms on one day are one session of the subject.
        assert_eq!(course(&[0, 0, 28, 28], &[]).sessions_before(30, &profile), 2);
    }

    #[test]
    fn profiles() {
        assert_eq!(Profile::from_toml("").unwrap(), Profile::default());
        let weekly =
            Profile::from_toml("[interval]\nerror_below_days = 5\n[photo]\nwithheld_below_days = 1\n").unwrap();
        assert_eq!((weekly.interval.error_below_days, weekly.interval.info_below_days), (5, 14));
        let text = toml::to_string(&weekly).unwrap();
        assert_eq!(Profile::from_toml(&text).unwrap(), weekly);
        let unknown = Profile::from_toml("[interval]\nerror_below = 5\n").unwrap_err();
        assert!(unknown.message().contains("error_below_days"), "{unknown}");
        let crossed = Profile::from_toml("[planned]\nleast = 12\n").unwrap_err();
        assert_eq!(crossed.message(), "planned.least is 12, planned.most is 10: the first must not exceed the second");
        let negative = Profile::from_toml("[photo]\nwithheld_below_days = -3\n").unwrap_err();
        assert_eq!(negative.message(), "photo.withheld_below_days is -3: it must be at least 0");
        let mut crossed = Profile::default();
        crossed.interval.info_below_days = 3;
        let message = crossed.check().unwrap_err();
        assert_eq!(
            message.message(),
            "progress.course: interval.error_below_days is 7, interval.info_below_days is 3: the first must not exceed the second"
        );
        assert!(Profile::default().check().is_ok());
        let number = Profile::from_toml("planned = 3\n").unwrap_err();
        assert!(number.message().contains("expected a table such as planned = { least = 5, most = 10 }"), "{number}");
    }
}
