//! The plots of the pages: curves of a subject, forests of the cohort.

use super::context::{Context, Course};
use super::words;
use crate::measure::Column;
use crate::report::plot::curve::{Curve, Point};
use crate::report::plot::{curve, forest};
use crate::series::progress::Known;
use crate::series::statistics::Interval;
use crate::series::statistics::change::visit_value;

/// Rows of a forest at most.
const MOST_ROWS: usize = 40;

/// The curve of a course, as SVG.
pub(super) fn of_course(context: &Context<'_>, subject: usize, course: &Course<'_>, all: &[Course<'_>]) -> String {
    let Some(Known { yardstick, .. }) = context.progress.yardsticks.get(&course.column) else { return String::new() };
    let by_days = course.rows.iter().all(|row| row.days.is_some());
    let at = |row: &crate::series::progress::ChangeRow| match row.days.filter(|_| by_days) {
        Some(days) => days as f64,
        None => context.visit_number(subject, row.visit) as f64,
    };
    let value = |row: &crate::series::progress::ChangeRow| visit_value(&row.shots, yardstick.scale);
    let point = |row: &crate::series::progress::ChangeRow| {
        let verdict = row.change.as_ref().map(|c| c.verdict.clone());
        Some(Point { day: at(row), value: value(row)?, error: row.interval, verdict })
    };
    let baseline = course.baseline().and_then(value);
    // The control is drawn from the same start: what its change would make of this baseline, which is what is subtracted.
    let scale = yardstick.scale;
    let control = control_of(course, all).and_then(|control| {
        let start = scale.forward(baseline?) - scale.forward(control.baseline().and_then(value)?);
        let moved = |row| Some((at(row), scale.back(scale.forward(value(row)?) + start)));
        Some(control.rows.iter().filter_map(moved).collect())
    });
    let figures = course.rows.iter().rev().find_map(|row| row.change.as_ref()?.figures);
    let noise = baseline
        .zip(figures)
        .map(|(value, figures)| Interval { low: value + figures.noise.low, high: value + figures.noise.high });
    let trend = context.progress.trends.iter().find(|t| t.place == *course.place && t.column == course.column);
    let ends = course.rows.first().zip(course.rows.last()).map(|(a, b)| (at(a), at(b)));
    let title = format!("{} ({})", words::label(course.column), course.column.metric().name);
    let metric = course.column.metric();
    let drawn = Curve {
        title: if words::label(course.column) == metric.name { &metric.name } else { &title },
        unit: metric.unit,
        points: course.rows.iter().filter_map(point).collect(),
        control: control.unwrap_or_default(),
        noise,
        sessions: if by_days { session_days(context, subject) } else { Vec::new() },
        trend: trend.zip(ends).filter(|_| by_days).map(|(row, (first, last))| {
            (yardstick.scale.back(row.trend.at(first)), yardstick.scale.back(row.trend.at(last)))
        }),
        order: if by_days { "" } else { "visit" },
    };
    curve::svg(&drawn)
}

/// The course of what was subtracted: a control in the same view, else in another one.
fn control_of<'b, 'a>(course: &Course<'a>, all: &'b [Course<'a>]) -> Option<&'b Course<'a>> {
    let region = course.rows.iter().find_map(|row| row.control.as_deref())?;
    let controls = || {
        all.iter().filter(|c| {
            c.column == course.column && c.is_control() && c.place.region == region && c.place != course.place
        })
    };
    controls().find(|c| c.place.view == course.place.view).or_else(|| controls().next())
}

/// Days of the sessions, counted from the first visit.
fn session_days(context: &Context<'_>, subject: usize) -> Vec<f64> {
    let subject = context.subject(subject);
    let Some(first) = subject.visits.iter().find_map(|v| v.day) else { return Vec::new() };
    let sessions = subject.sessions.iter().filter_map(|&i| context.study().sessions.get(i));
    sessions.filter_map(|s| s.day?.since(first)).map(|days| days as f64).collect()
}

/// A forest of a metric: subjects one by one where they are few, then arms by visit. Where nothing is told there is none.
pub(super) fn forest(context: &Context<'_>, column: Column) -> Option<String> {
    let metric = column.metric();
    let groups: Vec<_> = context.progress.groups.iter().filter(|g| g.metric == metric.name).collect();
    let mut rows: Vec<(String, usize, Option<f64>, Option<Interval>)> = Vec::new();
    let percent = groups.iter().all(|g| g.percent);
    for subject in 0..context.study().subjects.len() {
        let courses = context.courses(subject);
        for course in context.speaking(&courses, column) {
            let Some(figures) = course.last().and_then(|row| row.change.as_ref()).and_then(|c| c.figures) else {
                continue;
            };
            let (change, interval) = match figures.delta_percent.zip(figures.interval_percent) {
                Some(in_percent) if percent => in_percent,
                _ => (figures.delta, figures.interval),
            };
            let whole = course.place.view.is_empty() && course.place.region == crate::measure::pipeline::ALL;
            let id = crate::report::page::text::name(&context.subject(subject).id);
            let label = if whole { id } else { format!("{id}, {}", words::place(course.place)) };
            rows.push((label, 1, Some(change), Some(interval)));
        }
    }
    if rows.len() + groups.len() > MOST_ROWS {
        rows.clear();
    }
    let visits = groups.iter().map(|g| g.visit).max().unwrap_or(0);
    let one_arm = groups.iter().all(|g| g.arm == groups[0].arm);
    for group in groups.iter().rev().take(MOST_ROWS).rev() {
        let arm = match group.arm.as_str() {
            "" if one_arm => "all subjects",
            "" => "no arm given",
            arm => arm,
        };
        let label = if visits > 1 { format!("{arm}, visit {}", group.visit + 1) } else { arm.to_owned() };
        rows.push((label, group.n, group.median, group.interval));
    }
    if rows.iter().all(|(_, _, median, _)| median.is_none()) {
        return None;
    }
    let rows: Vec<_> = rows
        .iter()
        .map(|(label, n, median, interval)| forest::Row { label, n: *n, median: *median, interval: *interval })
        .collect();
    let unit = if percent { "%" } else { metric.unit };
    Some(forest::svg(words::label(column), unit, metric.direction, &rows))
}
