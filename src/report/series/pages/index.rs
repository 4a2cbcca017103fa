//! `index.html`: the cohort.

use askama::Template;

use super::charts;
use super::context::{self, Context};
use super::methods;
use super::told::Told;
use super::words;
use crate::measure::Column;
use crate::measure::dictionary::Metric;
use crate::report::page::shell::{self, Shell};
use crate::report::page::text;
use crate::report::series::course::{day_of, message_of};
use crate::series::align;
use crate::series::progress::{ErrorSource, Laid};
use crate::series::statistics::repeatability::ErrorModel;
use crate::series::statistics::scale::Scale;

/// Rows of the table of subjects at most.
pub const MOST_SUBJECTS: usize = 5000;
/// Rows of the other tables at most.
pub const MOST_ROWS: usize = 1000;

#[derive(Template)]
#[template(path = "series/index.html")]
pub(super) struct Index {
    shell: Shell,
    version: String,
    counts: Vec<(&'static str, String)>,
    headline: Vec<Head>,
    tallies: Vec<Tally>,
    columns: Vec<Told>,
    subjects: Vec<SubjectRow>,
    subject_note: String,
    /// What they are of, and the plots.
    forests: Vec<(&'static str, String)>,
    arms: Vec<ArmRow>,
    differences: Vec<DifferenceRow>,
    errors: Vec<ErrorRow>,
    grades: Vec<GradeView>,
    courses: Listed<CourseRow>,
    alignments: Listed<AlignmentRow>,
    failures: Listed<FailureRow>,
    methods: Vec<String>,
    config_toml: String,
}

/// A metric of the pages.
pub(super) struct Head {
    pub(super) label: &'static str,
    pub(super) metric: &'static Metric,
}

impl Head {
    pub(super) fn of(column: Column) -> Self {
        Self { label: words::label(column), metric: column.metric() }
    }
}

/// How many subjects stand how in a metric.
struct Tally {
    head: Head,
    counts: Vec<usize>,
}

/// A verdict in a cell.
pub(super) struct Chip {
    pub(super) told: Told,
    /// `2 of 3` regions; empty where it is plain.
    pub(super) share: String,
    pub(super) title: String,
}

struct SubjectRow {
    id: String,
    file: String,
    visits: usize,
    last: String,
    days: String,
    sessions: usize,
    chips: Vec<Chip>,
}

struct ArmRow {
    metric: &'static str,
    visit: usize,
    arm: String,
    n: usize,
    withheld: usize,
    median: String,
    interval: String,
    responders: usize,
    share: String,
    worsened: usize,
}

struct DifferenceRow {
    metric: &'static str,
    visit: usize,
    arms: String,
    n: String,
    paired: &'static str,
    difference: String,
    interval: String,
}

struct ErrorRow {
    head: Head,
    sem: String,
    df: String,
    one: String,
    three: String,
    source: String,
}

struct GradeView {
    grade: String,
    metric: &'static str,
    n: usize,
    rho: String,
    interval: String,
}

/// The first rows of a table, and how many there are.
pub(super) struct Listed<T> {
    pub(super) rows: Vec<T>,
    pub(super) all: usize,
}

impl<T> Listed<T> {
    pub(super) fn of(rows: impl Iterator<Item = T>) -> Self {
        let mut listed = Self { rows: Vec::new(), all: 0 };
        for row in rows {
            if listed.all < MOST_ROWS {
                listed.rows.push(row);
            }
            listed.all += 1;
        }
        listed
    }

    pub(super) fn is_cut(&self) -> bool {
        self.all > self.rows.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

struct CourseRow {
    subject: String,
    file: String,
    severity: &'static str,
    day: String,
    message: String,
}

struct AlignmentRow {
    subject: String,
    file: String,
    visit: String,
    photo: String,
    verdict: &'static str,
    reasons: String,
}

struct FailureRow {
    subject: String,
    visit: String,
    photo: String,
    code: String,
    message: String,
}

impl Index {
    pub(super) fn new(context: &Context<'_>) -> Self {
        let study = context.study();
        let progress = context.progress;
        let headline = &context.about.headline;
        let mut subjects = Vec::new();
        let mut tallies: Vec<Tally> =
            headline.iter().map(|c| Tally { head: Head::of(*c), counts: vec![0; Told::ALL.len()] }).collect();
        for (i, subject) in study.subjects.iter().enumerate() {
            let courses = context.courses(i);
            let mut chips = Vec::with_capacity(headline.len());
            for (column, tally) in headline.iter().zip(&mut tallies) {
                let standing = context.standing(&courses, *column);
                tally.counts[standing.told.rank()] += 1;
                let (agree, all) = standing.share;
                let share = if all > 1 && agree < all { format!("{agree} of {all}") } else { String::new() };
                chips.push(Chip { told: standing.told, share, title: standing.words });
            }
            if subjects.len() == MOST_SUBJECTS {
                continue;
            }
            let day = subject.visits.last().and_then(|v| v.day);
            let days = day.zip(subject.visits.first().and_then(|v| v.day)).and_then(|(last, first)| last.since(first));
            subjects.push(SubjectRow {
                id: text::name(&subject.id),
                file: context.files[i].clone(),
                visits: subject.visits.len(),
                last: day.map(context::day).unwrap_or_default(),
                days: days.map(|d| d.to_string()).unwrap_or_default(),
                sessions: subject.sessions.len(),
                chips,
            });
        }
        let subject_note = if study.subjects.len() > MOST_SUBJECTS {
            let all = text::count(study.subjects.len() as u64);
            format!("The first {} of {all} subjects; change.csv has all.", text::count(MOST_SUBJECTS as u64))
        } else {
            String::new()
        };
        // No column for what nobody is.
        let shown = |told: &Told| {
            !matches!(told, Told::Mixed | Told::Changed | Told::Nothing)
                || tallies.iter().any(|t| t.counts[told.rank()] > 0)
        };
        let columns: Vec<Told> = Told::ALL.into_iter().filter(shown).collect();
        for tally in &mut tallies {
            tally.counts = columns.iter().map(|t| tally.counts[t.rank()]).collect();
        }
        let measured = progress.readings.iter().filter(|r| r.failure.is_none()).count();
        let count = |n: usize| text::count(n as u64);
        Self {
            shell: super::shell(shell::TABLE),
            version: text::name(&context.about.version),
            counts: vec![
                ("subjects", count(study.subjects.len())),
                ("visits", count(study.subjects.iter().map(|s| s.visits.len()).sum())),
                ("photos", count(study.shots.len())),
                ("measured", count(measured)),
                ("not measured", count(progress.readings.len() - measured)),
                ("sessions", count(study.sessions.len())),
            ],
            headline: headline.iter().map(|c| Head::of(*c)).collect(),
            tallies,
            columns,
            subjects,
            subject_note,
            forests: headline.iter().filter_map(|c| Some((words::label(*c), charts::forest(context, *c)?))).collect(),
            arms: arms(context),
            differences: differences(context),
            errors: errors(context),
            grades: grades(context),
            courses: courses(context),
            alignments: alignments(context),
            failures: failures(context),
            methods: methods::paragraphs(context),
            config_toml: context.about.config_toml.clone(),
        }
    }
}

fn number(v: f64) -> String {
    words::minus(&text::short(v))
}

fn interval(i: crate::series::statistics::Interval) -> String {
    format!("{} to {}", number(i.low), number(i.high))
}

fn arm_words(arm: &str) -> String {
    if arm.is_empty() { "no arm given".to_owned() } else { text::name(arm) }
}

/// A headline metric by its name.
fn headline_named(context: &Context<'_>, name: &str) -> Option<Column> {
    context.about.headline.iter().copied().find(|c| c.metric().name == name)
}

fn arms(context: &Context<'_>) -> Vec<ArmRow> {
    let of = |g: &crate::series::statistics::cohort::Group| {
        let column = headline_named(context, &g.metric)?;
        let share = g.responder_share.map(|s| format!("{:.0} to {:.0} %", 100.0 * s.low, 100.0 * s.high));
        Some(ArmRow {
            metric: words::label(column),
            visit: g.visit + 1,
            arm: arm_words(&g.arm),
            n: g.n,
            withheld: g.withheld,
            median: g.median.map(number).unwrap_or_default(),
            interval: g.interval.map(interval).unwrap_or_default(),
            responders: g.responders,
            share: share.unwrap_or_default(),
            worsened: g.worsened,
        })
    };
    context.progress.groups.iter().filter_map(of).take(MOST_ROWS).collect()
}

fn differences(context: &Context<'_>) -> Vec<DifferenceRow> {
    let of = |d: &crate::series::statistics::cohort::Difference| {
        let column = headline_named(context, &d.metric)?;
        Some(DifferenceRow {
            metric: words::label(column),
            visit: d.visit + 1,
            arms: format!("{} less {}", arm_words(&d.arm), arm_words(&d.against)),
            n: if d.paired { d.n.to_string() } else { format!("{} and {}", d.n, d.n_against) },
            paired: if d.paired { "within subjects" } else { "between subjects" },
            difference: number(d.difference),
            interval: d.interval.map(interval).unwrap_or_default(),
        })
    };
    context.progress.differences.iter().filter_map(of).take(MOST_ROWS).collect()
}

fn errors(context: &Context<'_>) -> Vec<ErrorRow> {
    let row = |column: &Column| {
        let known = context.progress.yardsticks.get(column)?;
        let yardstick = &known.yardstick;
        let head = Head::of(*column);
        let Ok(error) = yardstick.error else {
            let why = yardstick.error.err().map(|r| words::capital(r.words())).unwrap_or_default();
            let nothing = String::new;
            return Some(ErrorRow {
                head,
                sem: nothing(),
                df: nothing(),
                one: nothing(),
                three: nothing(),
                source: why,
            });
        };
        let on_scale = |v: f64, percent: f64| match yardstick.scale {
            Scale::Log => format!("{percent:.1} %"),
            Scale::Root => format!("{} (root)", text::short(v)),
            Scale::Ratio | Scale::Interval => format!("{}{}", text::short(v), words::unit(*column)),
        };
        let detectable = |error: ErrorModel, shots: usize| {
            let sdc = error.sdc(shots, shots);
            match yardstick.scale {
                // A fall and a rise of the same size on the scale differ in percent.
                Scale::Log => format!(
                    "{} to +{:.1} %",
                    words::minus(&format!("{:.1}", 100.0 * (-sdc).exp_m1())),
                    100.0 * sdc.exp_m1()
                ),
                _ => format!("\u{b1}{}", on_scale(sdc, 0.0)),
            }
        };
        let source = match &known.source {
            ErrorSource::Repeats { groups, shots } => {
                format!("repeat shots of this study: {shots} shots in {groups} groups")
            }
            ErrorSource::Stated => "stated, not measured in this study".to_owned(),
            ErrorSource::Unknown => "not known".to_owned(),
        };
        Some(ErrorRow {
            head,
            sem: on_scale(error.shot.sd, 100.0 * error.shot.cv()),
            df: if error.shot.df.is_finite() { format!("{:.0}", error.shot.df) } else { String::new() },
            one: detectable(error, 1),
            three: detectable(error, 3),
            source,
        })
    };
    context.about.headline.iter().filter_map(row).collect()
}

fn grades(context: &Context<'_>) -> Vec<GradeView> {
    let all = context.progress.grades.iter().filter(|g| context.about.headline.contains(&g.column));
    let view = |g: &crate::series::progress::GradeRow| GradeView {
        grade: text::name(&g.grade),
        metric: words::label(g.column),
        n: g.rank.n,
        rho: words::minus(&format!("{:.2}", g.rank.rho)),
        interval: g.rank.interval.map(|i| words::minus(&format!("{:.2} to {:.2}", i.low, i.high))).unwrap_or_default(),
    };
    all.map(view).take(MOST_ROWS).collect()
}

fn courses(context: &Context<'_>) -> Listed<CourseRow> {
    Listed::of(context.progress.courses.iter().map(|(subject, finding)| {
        let file = context.study().subjects.iter().position(|s| s.id == *subject).map(|i| context.files[i].clone());
        CourseRow {
            subject: text::name(subject),
            file: file.unwrap_or_default(),
            severity: finding.severity.name(),
            day: day_of(context.study(), subject, finding).map(context::day).unwrap_or_default(),
            message: text::message(&message_of(context.study(), subject, finding)),
        }
    }))
}

/// Subject, its file and visit of every shot, in the order of subjects, visits and rows.
fn shots<'a>(context: &'a Context<'_>) -> impl Iterator<Item = (usize, usize, usize)> + 'a {
    context.study().subjects.iter().enumerate().flat_map(|(s, subject)| {
        let visits = subject.visits.iter().enumerate();
        visits.flat_map(move |(v, visit)| visit.shots.iter().map(move |&shot| (s, v, shot)))
    })
}

fn alignments(context: &Context<'_>) -> Listed<AlignmentRow> {
    let rows = shots(context).filter_map(|(subject, visit, shot)| {
        let reading = context.reading(shot)?;
        let bad = match &reading.laid {
            Laid::Baseline | Laid::Unread => false,
            Laid::Not(_) => true,
            Laid::On(alignment) => alignment.verdict != align::Verdict::Pass,
        };
        let (verdict, reasons) = context::laid(reading);
        bad.then(|| AlignmentRow {
            subject: text::name(&context.subject(subject).id),
            file: context.files[subject].clone(),
            visit: context.visit_words(subject, visit),
            photo: text::name(&context.study().shots[shot].photo),
            verdict,
            reasons,
        })
    });
    Listed::of(rows)
}

fn failures(context: &Context<'_>) -> Listed<FailureRow> {
    let rows = shots(context).filter_map(|(subject, visit, shot)| {
        let failure = context.reading(shot)?.failure.as_ref()?;
        Some(FailureRow {
            subject: text::name(&context.subject(subject).id),
            visit: context.visit_words(subject, visit),
            photo: text::name(&context.study().shots[shot].photo),
            code: text::name(&failure.code),
            message: text::message(&failure.message),
        })
    });
    Listed::of(rows)
}
