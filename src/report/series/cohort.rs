//! `cohort.csv`, `trend.csv`, `grades.csv`, `yardsticks.csv`: what a study shows as a whole.

use std::path::Path;

use super::SeriesAbout;
use super::change::{direction, is_headline};
use super::sheet::{Sheet, ends, text, yes};
use crate::error::Result;
use crate::measure::{Column, Value};
use crate::report::atomic::Sealed;
use crate::series::dictionary::{COHORT, GRADES, TREND, YARDSTICKS};
use crate::series::progress::{ErrorSource, Place, Progress};
use crate::series::statistics::Interval;
use crate::series::statistics::change::Yardstick;
use crate::series::statistics::scale::Scale;

/// Writes the four tables.
pub(super) fn write(out: &Path, progress: &Progress, about: &SeriesAbout) -> Result<Vec<Sealed>> {
    let mut sealed = cohort(out, progress)?;
    sealed.extend(trend(out, progress, about)?);
    sealed.extend(grades(out, progress)?);
    sealed.extend(yardsticks(out, progress, about)?);
    Ok(sealed)
}

fn cohort(out: &Path, progress: &Progress) -> Result<Vec<Sealed>> {
    let mut sheet = Sheet::create(out, &COHORT, &[])?;
    let told_in = |name: &str, percent: bool| -> [Value; 2] {
        let unit = Column::named(name).map_or("", |c| c.metric().unit);
        if percent { ["percent".into(), "%".into()] } else { ["unit".into(), text(unit)] }
    };
    for g in &progress.groups {
        let [told, unit] = told_in(&g.metric, g.percent);
        let mut row: Vec<Value> = vec!["group".into(), text(&g.metric), told, unit, (g.visit + 1).into(), text(&g.arm)];
        row.extend([Value::Empty, g.n.into(), Value::Empty, g.withheld.into(), Value::Empty, g.median.into()]);
        row.extend(ends(g.interval));
        row.extend([g.responders.into(), g.worsened.into()]);
        row.push((g.n > 0).then(|| g.responders as f64 / g.n as f64).into());
        row.extend(ends(g.responder_share));
        sheet.row(&row)?;
    }
    for d in &progress.differences {
        let [told, unit] = told_in(&d.metric, d.percent);
        let mut row: Vec<Value> =
            vec!["difference".into(), text(&d.metric), told, unit, (d.visit + 1).into(), text(&d.arm)];
        row.extend([text(&d.against), d.n.into(), d.n_against.into(), Value::Empty, yes(d.paired)]);
        row.push(d.difference.into());
        row.extend(ends(d.interval));
        row.extend(std::iter::repeat_n(Value::Empty, 5));
        sheet.row(&row)?;
    }
    sheet.seal()
}

fn trend(out: &Path, progress: &Progress, about: &SeriesAbout) -> Result<Vec<Sealed>> {
    let mut sheet = Sheet::create(out, &TREND, &[])?;
    for row in &progress.trends {
        let scale = progress.yardsticks.get(&row.column).map(|k| k.yardstick.scale);
        let monthly = |slope: Option<f64>| -> Value {
            slope.filter(|_| scale == Some(Scale::Log)).map(percent_in_30_days).into()
        };
        let t = &row.trend;
        let mut cells = place(progress, &row.place);
        cells.push(text(arm(progress, &row.place)));
        cells.extend([text(&row.column.metric().name), is_headline(about, row.column)]);
        cells.extend([scale.map(|s| s.name()).into(), row.visits.into(), t.n.into(), t.slope.into()]);
        cells.extend(ends(t.interval));
        cells.push(t.intercept.into());
        cells.extend([Some(t.slope), t.interval.map(|i| i.low), t.interval.map(|i| i.high)].map(monthly));
        cells.push(t.p.into());
        sheet.row(&cells)?;
    }
    sheet.seal()
}

fn percent_in_30_days(slope: f64) -> f64 {
    100.0 * (30.0 * slope).exp_m1()
}

/// Subject, view and region.
pub(super) fn place(progress: &Progress, place: &Place) -> Vec<Value> {
    vec![text(&progress.study.subjects[place.subject].id), text(&place.view), text(&place.region)]
}

/// The arm of a place, as its first shot says.
fn arm<'a>(progress: &'a Progress, place: &Place) -> &'a str {
    let visits = &progress.study.subjects[place.subject].visits;
    let first = visits.iter().find_map(|v| v.repeats(&progress.study, &place.view).next());
    first.map_or("", |i| progress.study.shots[i].arms.of(&place.region))
}

fn grades(out: &Path, progress: &Progress) -> Result<Vec<Sealed>> {
    let mut sheet = Sheet::create(out, &GRADES, &[])?;
    for row in &progress.grades {
        let mut cells: Vec<Value> =
            vec![text(&row.grade), text(&row.column.metric().name), row.rank.n.into(), row.rank.rho.into()];
        cells.extend(ends(row.rank.interval));
        cells.push(row.rank.p.into());
        sheet.row(&cells)?;
    }
    sheet.seal()
}

fn yardsticks(out: &Path, progress: &Progress, about: &SeriesAbout) -> Result<Vec<Sealed>> {
    let mut sheet = Sheet::create(out, &YARDSTICKS, &[])?;
    for (&column, known) in &progress.yardsticks {
        let yardstick = &known.yardstick;
        let metric = column.metric();
        let error = yardstick.error.ok();
        let (groups, shots) = match known.source {
            ErrorSource::Repeats { groups, shots } => (Some(groups), Some(shots)),
            ErrorSource::Stated | ErrorSource::Unknown => (None, None),
        };
        let shot = error.map(|e| e.shot);
        let mut cells: Vec<Value> = vec![
            text(&metric.name),
            metric.family.name().into(),
            text(metric.unit),
            text(direction(metric.direction)),
            is_headline(about, column),
            yardstick.scale.name().into(),
            known.source.name().into(),
            yardstick.error.err().map(|r| r.code()).into(),
            groups.into(),
            shots.into(),
            shot.map(|s| s.sd).into(),
        ];
        cells.extend(ends(shot.filter(|s| s.df.is_finite()).map(|s| s.interval())));
        cells.push(shot.map(|s| s.df).into());
        cells.push(shot.filter(|_| yardstick.scale == Scale::Log).map(|s| 100.0 * s.cv()).into());
        cells.push(error.and_then(|e| e.visit).map(|v| v.sd).into());
        cells.push(known.visits.filter(|_| error.is_some()).map(|v| v.name()).into());
        cells.push(known.beside_control.filter(|_| error.is_some()).map(|v| v.sd).into());
        cells.push(error.map(|_| detectable_in(yardstick.scale)).into());
        for n in 1..=3 {
            cells.extend(ends(detectable(yardstick, n)));
        }
        sheet.row(&cells)?;
    }
    sheet.seal()
}

/// What [`detectable`] is in.
fn detectable_in(scale: Scale) -> &'static str {
    match scale {
        Scale::Log => "percent",
        Scale::Root => "root",
        Scale::Ratio | Scale::Interval => "unit",
    }
}

/// The smallest detectable changes down and up between means of `n` shots.
fn detectable(yardstick: &Yardstick, n: usize) -> Option<Interval> {
    let sdc = yardstick.error.ok()?.sdc(n, n);
    Some(match yardstick.scale {
        Scale::Log => Interval { low: 100.0 * (-sdc).exp_m1(), high: 100.0 * sdc.exp_m1() },
        Scale::Root | Scale::Ratio | Scale::Interval => Interval { low: -sdc, high: sdc },
    })
}
