//! `change.csv` and `change.parquet`: the tidy table of a study, ready for a mixed model.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::SeriesAbout;
use super::sheet::{Sheet, ends, text, whole, yes};
use crate::error::Result;
use crate::measure::Value;
use crate::measure::dictionary::{Column, Direction, Kind};
use crate::report::atomic::Sealed;
use crate::series::dictionary::{CHANGE, Table};
use crate::series::progress::{ChangeRow, Place, Progress};
use crate::series::statistics::change::visit_value;
use crate::series::statistics::multiple::holm;
use crate::series::statistics::verdict::Verdict;
use crate::series::study::{Day, Study};

/// Writes the table.
pub(super) fn write(out: &Path, progress: &Progress, about: &SeriesAbout) -> Result<Vec<Sealed>> {
    let carried = Carried::of(&progress.study, &CHANGE);
    let mut columns = carried.columns.clone();
    columns.push(("status".to_owned(), Kind::Text));
    let metadata = [("version", about.version.as_str()), ("config", about.config_toml.as_str())];
    let mut sheet =
        Sheet::create(out, &CHANGE, &columns)?.and_parquet(&out.join("change.parquet"), "change", &metadata)?;
    let adjusted = adjusted(progress, about);
    let same = |a: &ChangeRow, b: &ChangeRow| a.place == b.place && a.column == b.column;
    let mut index = 0;
    for series in progress.rows.chunk_by(same) {
        let baseline = series.iter().find(|row| row.change.is_none()).map(|row| row.shots.as_slice());
        for row in series {
            let mut values = cells(progress, about, row, baseline.unwrap_or_default(), adjusted.get(&index).copied());
            values.extend(carried.cells(progress, row));
            values.push(status(progress, row).into());
            sheet.row(&values)?;
            index += 1;
        }
    }
    sheet.seal()
}

/// The probabilities of the headline metrics after Holm, over those of one place and visit; by place in the rows.
fn adjusted(progress: &Progress, about: &SeriesAbout) -> BTreeMap<usize, f64> {
    let mut told: BTreeMap<(&Place, usize), Vec<(usize, f64)>> = BTreeMap::new();
    for (i, row) in progress.rows.iter().enumerate().filter(|(_, row)| about.headline.contains(&row.column)) {
        if let Some(figures) = row.change.as_ref().and_then(|c| c.figures) {
            told.entry((&row.place, row.visit)).or_default().push((i, figures.p));
        }
    }
    let mut adjusted = BTreeMap::new();
    for family in told.into_values() {
        let p: Vec<f64> = family.iter().map(|(_, p)| *p).collect();
        adjusted.extend(family.iter().map(|(i, _)| *i).zip(holm(&p)));
    }
    adjusted
}

fn cells(
    progress: &Progress,
    about: &SeriesAbout,
    row: &ChangeRow,
    baseline: &[f64],
    p_holm: Option<f64>,
) -> Vec<Value> {
    let metric = row.column.metric();
    let subject = &progress.study.subjects[row.place.subject];
    let visit = &subject.visits[row.visit];
    let yardstick = progress.yardsticks.get(&row.column);
    let scale = yardstick.map(|k| k.yardstick.scale);
    let shot = yardstick.and_then(|k| k.yardstick.error.ok()).map(|e| e.shot);
    let figures = row.change.as_ref().and_then(|c| c.figures);
    let verdict = row.change.as_ref().map(|c| &c.verdict);
    let reasons = match verdict {
        Some(Verdict::Withheld { reasons }) => reasons.iter().map(|r| r.code()).collect::<Vec<_>>().join(" "),
        _ => String::new(),
    };
    let notes: Vec<&str> = row.notes.iter().map(|n| n.code()).collect();
    let value = |shots: &[f64]| scale.and_then(|s| visit_value(shots, s));
    let (date, day) = split(row.day);
    let mut cells: Vec<Value> = vec![
        text(&subject.id),
        text(&row.place.view),
        text(&row.place.region),
        text(&row.arm),
        yes(row.is_control),
        visit.number.into(),
        text(&visit.name),
        date,
        day,
        whole(row.days),
        row.sessions.into(),
        text(&metric.name),
        metric.family.name().into(),
        text(metric.unit),
        text(direction(metric.direction)),
        yes(about.headline.contains(&row.column)),
        row.shots.len().into(),
        value(&row.shots).into(),
    ];
    cells.extend(ends(row.interval));
    cells.push(value(baseline).into());
    cells.push(baseline.len().into());
    cells.push(figures.map(|f| f.delta).into());
    cells.extend(ends(figures.map(|f| f.interval)));
    cells.push(figures.and_then(|f| f.delta_percent).into());
    cells.extend(ends(figures.and_then(|f| f.interval_percent)));
    cells.push(scale.map(|s| s.name()).into());
    cells.push(shot.map(|s| s.sd).into());
    cells.push(shot.map(|s| s.df).into());
    cells.push(yardstick.map(|k| k.source.name()).into());
    cells.extend(ends(figures.map(|f| f.noise)));
    cells.extend(ends(figures.and_then(|f| f.noise_percent)));
    cells.extend([figures.map(|f| f.rci), figures.map(|f| f.p), p_holm].map(Value::from));
    cells.push(verdict.map(Verdict::name).into());
    cells.extend([reasons, notes.join(" "), row.control.clone().unwrap_or_default()].map(text));
    cells
}

/// A day as a date and as a number: one of them is empty.
pub(super) fn split(day: Option<Day>) -> (Value, Value) {
    match day {
        Some(date @ Day::Date(_)) => (text(date.to_string()), Value::Empty),
        Some(Day::Number(n)) => (Value::Empty, Value::Integer(n)),
        None => (Value::Empty, Value::Empty),
    }
}

/// Which way is smoother or more even.
pub(super) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Neutral => "",
        Direction::Lower => "lower",
        Direction::Higher => "higher",
    }
}

/// Is a column among the headline metrics?
pub(super) fn is_headline(about: &SeriesAbout, column: Column) -> Value {
    yes(about.headline.contains(&column))
}

/// How many shots of a place at a visit were measured.
fn status(progress: &Progress, row: &ChangeRow) -> &'static str {
    let (mut all, mut measured) = (0, 0);
    let visit = &progress.study.subjects[row.place.subject].visits[row.visit];
    for shot in visit.repeats(&progress.study, &row.place.view) {
        all += 1;
        measured += usize::from(progress.readings.get(shot).is_some_and(|r| r.failure.is_none()));
    }
    match measured {
        0 => "failed",
        n if n == all => "ok",
        _ => "partial",
    }
}

/// The columns of the study file that go along.
struct Carried {
    columns: Vec<(String, Kind)>,
}

impl Carried {
    fn of(study: &Study, table: &Table) -> Self {
        let mut taken: BTreeSet<String> = table.columns.iter().map(|c| c.name.to_owned()).collect();
        taken.insert("status".to_owned());
        let mut free = |name: &str| {
            let mut name = if name.trim().is_empty() { "study_column".to_owned() } else { name.to_owned() };
            while !taken.insert(name.to_lowercase()) {
                name.insert_str(0, "study_");
            }
            name
        };
        let mut columns: Vec<(String, Kind)> = study.extra.iter().map(|name| (free(name), Kind::Text)).collect();
        columns.extend(study.scales.iter().map(|scale| (free(&scale.column), Kind::Number)));
        Self { columns }
    }

    /// The first of each that is not empty among the shots of the visit from this view.
    fn cells(&self, progress: &Progress, row: &ChangeRow) -> Vec<Value> {
        let study = &progress.study;
        let visit = &study.subjects[row.place.subject].visits[row.visit];
        let shots: Vec<usize> = visit.repeats(study, &row.place.view).collect();
        let extra = (0..study.extra.len()).map(|i| {
            let mut cells = shots.iter().filter_map(|&s| study.shots[s].extra.get(i));
            text(cells.find(|c| !c.is_empty()).cloned().unwrap_or_default())
        });
        let scales = (0..study.scales.len())
            .map(|i| shots.iter().find_map(|&s| study.shots[s].scales.get(i).copied().flatten()).into());
        extra.chain(scales).collect()
    }
}
