//! `subjects/<name>.html`: one subject.

use askama::Template;

use super::charts;
use super::context::{self, Context, Course, is_laid};
use super::index::{Head, Listed};
use super::lesions::{self, LesionMap};
use super::told::Told;
use super::viewer::{self, Viewer};
use super::words::{self, Amount, Sentence};
use crate::report::page::shell::Shell;
use crate::report::page::text;
use crate::report::series::course::{day_of, message_of};
use crate::series::statistics::change::visit_value;
use crate::series::study::{Adverse, Session};

const SCRIPT: &str = include_str!("../../../../templates/series/subject.js");

#[derive(Template)]
#[template(path = "series/subject.html")]
pub(super) struct SubjectPage {
    shell: Shell,
    version: String,
    id: String,
    /// The pages before and after this one.
    around: [Option<(String, String)>; 2],
    counts: Vec<(&'static str, String)>,
    places: Vec<PlaceView>,
    views: Vec<ViewPage>,
    visits: Vec<VisitRow>,
    sessions: Vec<SessionRow>,
    findings: Listed<FindingRow>,
    notes: Vec<(String, String)>,
    headline: Vec<Head>,
}

/// A view with what is drawn of it.
struct ViewPage {
    viewer: Viewer,
    lesions: Option<LesionMap>,
}

/// One region: sentences, curves, values.
struct PlaceView {
    title: String,
    arm: String,
    is_control: bool,
    /// Is it skin of which treated parts were drawn, and so no verdict of its own?
    folded: bool,
    /// What to know of all that is told of the last visit.
    common: String,
    /// What is said of the last visit.
    last: Vec<Sentence>,
    /// What was said of visits before.
    earlier: Vec<Sentence>,
    curves: Vec<String>,
    rows: Vec<ValueRow>,
}

/// The values of a visit.
struct ValueRow {
    visit: String,
    cells: Vec<ValueCell>,
}

/// A value, its change and what is said of it.
struct ValueCell {
    value: String,
    change: String,
    range: String,
    told: Option<Told>,
    title: String,
}

struct VisitRow {
    number: usize,
    name: String,
    day: String,
    days: String,
    sessions: String,
    views: String,
    shots: usize,
    measured: usize,
    laid: String,
}

struct SessionRow {
    number: String,
    day: String,
    instrument: String,
    technique: String,
    solution: String,
    depth: String,
    arm: String,
    adverse: String,
    notes: String,
}

struct FindingRow {
    severity: &'static str,
    day: String,
    message: String,
}

impl SubjectPage {
    pub(super) fn new(context: &Context<'_>, index: usize) -> Self {
        let subject = context.subject(index);
        let courses = context.courses(index);
        let around = [index.checked_sub(1), Some(index + 1)].map(|i| {
            let other = context.study().subjects.get(i?)?;
            Some((context.files[i?].clone(), text::name(&other.id)))
        });
        let shots: usize = subject.visits.iter().map(|v| v.shots.len()).sum();
        let first = subject.visits.first().and_then(|v| v.day);
        let days = subject.visits.last().and_then(|v| v.day).zip(first).and_then(|(last, first)| last.since(first));
        let mut counts = vec![
            ("visits", subject.visits.len().to_string()),
            ("photos", shots.to_string()),
            ("sessions", subject.sessions.len().to_string()),
        ];
        counts.extend(days.map(|d| ("days", d.to_string())));
        let viewers = viewer::of_subject(context, index);
        let views = viewers.into_iter().map(|viewer| {
            let lesions = lesions::of_view(context, index, &viewer);
            ViewPage { viewer, lesions }
        });
        let findings = context.progress.courses.iter().filter(|(id, _)| *id == subject.id);
        Self {
            shell: super::shell(SCRIPT),
            version: text::name(&context.about.version),
            id: text::name(&subject.id),
            around,
            counts,
            places: places(context, index, &courses),
            views: views.collect(),
            visits: visits(context, index, &courses),
            sessions: subject.sessions.iter().filter_map(|&i| context.study().sessions.get(i)).map(session).collect(),
            findings: Listed::of(findings.map(|(id, f)| FindingRow {
                severity: f.severity.name(),
                day: day_of(context.study(), id, f).map(context::day).unwrap_or_default(),
                message: text::message(&message_of(context.study(), id, f)),
            })),
            notes: notes(context, index),
            headline: context.about.headline.iter().map(|c| Head::of(*c)).collect(),
        }
    }

    /// Is the change of a control drawn?
    fn any_control(&self) -> bool {
        self.places.iter().flat_map(|p| &p.curves).any(|svg| svg.contains("class=\"control\""))
    }

    /// Is any verdict there?
    fn any_told(&self) -> bool {
        self.places.iter().any(|p| !p.last.is_empty())
    }
}

/// The regions: those that speak for the subject first, then controls, then all skin where parts of it were drawn.
fn places(context: &Context<'_>, subject: usize, courses: &[Course<'_>]) -> Vec<PlaceView> {
    let headline = &context.about.headline;
    let mut order: Vec<(usize, &Course<'_>)> = Vec::new();
    for course in courses.iter().filter(|c| headline.contains(&c.column)) {
        if order.iter().any(|(_, other)| other.place == course.place) {
            continue;
        }
        let speaks = context.speaking(courses, course.column).iter().any(|c| c.place == course.place);
        order.push((
            if speaks {
                0
            } else if course.is_control() {
                1
            } else {
                2
            },
            course,
        ));
    }
    order.sort_by_key(|(rank, _)| *rank);
    let view = |rank: usize, first: &Course<'_>| {
        let of = |column| courses.iter().find(|c| c.place == first.place && c.column == column);
        let own: Vec<&Course<'_>> = headline.iter().filter_map(|c| of(*c)).collect();
        let (mut last, mut earlier) = (Vec::new(), Vec::new());
        for course in &own {
            let source = context.error_source(course.column);
            let told = |row| words::sentence(row, context.visit_number(subject, row.visit), source);
            let newest = course.last().map(|row| row.visit);
            last.extend(course.last().and_then(told));
            earlier.extend(course.rows.iter().filter(|row| Some(row.visit) != newest).filter_map(told));
        }
        let common = common_notes(&mut last);
        let arm = first.rows.iter().map(|row| row.arm.as_str()).find(|arm| !arm.is_empty()).unwrap_or("");
        PlaceView {
            title: words::capital(&words::place(first.place)).trim_end_matches('.').to_owned(),
            arm: if first.is_control() && arm == crate::series::study::CONTROL {
                String::new()
            } else {
                text::name(arm)
            },
            is_control: first.is_control(),
            folded: rank == 2,
            common,
            last,
            earlier,
            curves: own
                .iter()
                .map(|c| charts::of_course(context, subject, c, courses))
                .filter(|s| !s.is_empty())
                .collect(),
            rows: values(context, subject, first, courses),
        }
    };
    order.into_iter().map(|(rank, course)| view(rank, course)).collect()
}

/// Takes out of the sentences the notes that all of those with a figure share, so that they are told once.
fn common_notes(sentences: &mut [Sentence]) -> String {
    let told = || sentences.iter().filter(|s| s.told != Told::Withheld);
    let Some(first) = told().next().filter(|_| told().count() > 1) else { return String::new() };
    let common: Vec<String> = first.notes.iter().filter(|n| told().all(|s| s.notes.contains(n))).cloned().collect();
    sentences.iter_mut().for_each(|s| s.notes.retain(|n| !common.contains(n)));
    common.join(" ")
}

fn values(context: &Context<'_>, subject: usize, place: &Course<'_>, courses: &[Course<'_>]) -> Vec<ValueRow> {
    let visits = context.subject(subject).visits.len();
    let row = |visit: usize| {
        let cells = context.about.headline.iter().map(|column| {
            let course = courses.iter().find(|c| c.place == place.place && c.column == *column);
            let row = course.and_then(|c| c.rows.iter().find(|row| row.visit == visit));
            let scale = context.progress.yardsticks.get(column).map(|known| known.yardstick.scale);
            let value = row.zip(scale).and_then(|(row, scale)| visit_value(&row.shots, scale));
            let change = row.and_then(|r| r.change.as_ref());
            let amount = change.and_then(|c| c.figures.as_ref()).map(|f| Amount::of(*column, f));
            ValueCell {
                value: value.map(|v| words::value(*column, v)).unwrap_or_default(),
                change: amount.as_ref().map(Amount::short).unwrap_or_default(),
                range: amount.as_ref().map(Amount::range).unwrap_or_default(),
                told: change.map(|c| Told::of(&c.verdict)),
                title: change.map(|c| c.verdict.to_string()).unwrap_or_default(),
            }
        });
        ValueRow {
            visit: words::capital(&context.visit_words(subject, visit)).trim_end_matches('.').to_owned(),
            cells: cells.collect(),
        }
    };
    (0..visits).map(row).collect()
}

fn visits(context: &Context<'_>, subject: usize, courses: &[Course<'_>]) -> Vec<VisitRow> {
    let all = &context.subject(subject).visits;
    let first = all.first().and_then(|v| v.day);
    let row = |(i, visit): (usize, &crate::series::study::Visit)| {
        let readings: Vec<_> = visit.shots.iter().filter_map(|&shot| context.reading(shot)).collect();
        let laid = readings.iter().filter(|r| r.failure.is_none());
        let (well, measured) = (laid.clone().filter(|r| is_laid(r)).count(), laid.count());
        let mut views: Vec<_> = visit
            .shots
            .iter()
            .map(|&shot| context.study().shots[shot].view.as_str())
            .filter(|v| !v.is_empty())
            .collect();
        views.sort_unstable();
        views.dedup();
        let sessions =
            courses.iter().flat_map(|c| c.rows).find(|row| row.visit == i).map(|row| row.sessions.to_string());
        VisitRow {
            number: visit.number,
            name: text::name(&visit.name),
            day: visit.day.map(context::day).unwrap_or_default(),
            days: visit
                .day
                .zip(first)
                .and_then(|(d, first)| d.since(first))
                .map(|d| words::minus(&d.to_string()))
                .unwrap_or_default(),
            sessions: sessions.unwrap_or_default(),
            views: views.iter().map(|v| text::name(v)).collect::<Vec<_>>().join(", "),
            shots: visit.shots.len(),
            measured,
            laid: format!("{well} of {measured}"),
        }
    };
    all.iter().enumerate().map(row).collect()
}

fn session(session: &Session) -> SessionRow {
    let adverse = session.adverse.iter().filter(|(_, a)| a.any()).map(|(name, a)| {
        let name = text::name(&name.replace('_', " "));
        match a {
            Adverse::Present(_) => name,
            Adverse::Grade(grade) => {
                let words = ["none", "mild", "moderate", "severe"];
                format!("{name} ({})", words.get(usize::from(*grade)).copied().unwrap_or("graded"))
            }
        }
    });
    SessionRow {
        number: session.number.map(|n| n.to_string()).unwrap_or_default(),
        day: session.day.map(context::day).unwrap_or_default(),
        instrument: session.instrument.as_ref().map(|i| text::name(&i.name().replace('_', " "))).unwrap_or_default(),
        technique: text::name(&session.technique),
        solution: text::name(&session.solution),
        depth: session.needle_depth_mm.map(|mm| format!("{mm} mm")).unwrap_or_default(),
        arm: text::name(&session.arm),
        adverse: adverse.collect::<Vec<_>>().join(", "),
        notes: text::message(&session.notes),
    }
}

/// Notes of the study file, each once.
fn notes(context: &Context<'_>, subject: usize) -> Vec<(String, String)> {
    let mut notes: Vec<(String, String)> = Vec::new();
    for (i, visit) in context.subject(subject).visits.iter().enumerate() {
        for &shot in &visit.shots {
            let shot = &context.study().shots[shot];
            let mut say = |note: String| {
                let entry = (words::capital(&context.visit_words(subject, i)).trim_end_matches('.').to_owned(), note);
                if !notes.contains(&entry) {
                    notes.push(entry);
                }
            };
            if !shot.notes.trim().is_empty() {
                say(text::message(&shot.notes));
            }
            if shot.makeup == Some(true) {
                say("make-up noted".to_owned());
            }
        }
    }
    notes
}
