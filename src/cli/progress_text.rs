//! What `progress` says at its end.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::args::ColorChoice;
use super::terminal::{Paint, paint, printable};
use crate::error::Result;
use crate::measure::Column;
use crate::series::progress::{ChangeRow, Place, Progress, ProgressConfig};
use crate::series::statistics::verdict::Verdict;

/// Most places named one by one.
const NAMED: usize = 40;

/// The last visit of every place, in the headline metrics, and where the results are.
pub fn summary(found: &Progress, config: &ProgressConfig, out: &Path, color: ColorChoice) -> Result<String> {
    let headline = config.headline_columns()?;
    let shown = |r: &&ChangeRow| !r.is_control && !r.is_backdrop && r.change.is_some() && headline.contains(&r.column);
    let mut last: BTreeMap<&Place, BTreeMap<Column, &ChangeRow>> = BTreeMap::new();
    for row in found.rows.iter().filter(shown) {
        // Rows come visit after visit.
        last.entry(&row.place).or_default().insert(row.column, row);
    }
    let measured = found.readings.iter().filter(|r| r.failure.is_none()).count();
    let mut text = format!(
        "{measured} of {} photos measured, {} {}{}\n",
        found.readings.len(),
        found.study.subjects.len(),
        if found.study.subjects.len() == 1 { "subject" } else { "subjects" },
        if last.is_empty() { "" } else { "; first against last visit:" }
    );
    for (place, rows) in last.iter().take(NAMED) {
        let subject = &found.study.subjects[place.subject];
        let named = [subject.id.as_str(), &place.view, &place.region];
        let where_: Vec<_> = named.into_iter().filter(|n| !n.is_empty()).map(printable).collect();
        let visit = rows.values().next().map_or("", |row| subject.visits[row.visit].name.as_str());
        let _ = writeln!(text, "{}, visit {}", where_.join(" "), printable(visit));
        for row in headline.iter().filter_map(|column| rows.get(column)) {
            let _ = writeln!(text, "  {:<26} {}", row.column.metric().name, told(row, color));
        }
    }
    if last.len() > NAMED {
        let _ = writeln!(text, "... and {} more in change.csv", last.len() - NAMED);
    }
    text += &once(found);
    let _ = writeln!(text, "Results: {}", out.display());
    Ok(text)
}

/// The subjects that were seen once.
fn once(found: &Progress) -> String {
    let once: Vec<_> = found.study.subjects.iter().filter(|s| s.visits.len() < 2).map(|s| printable(&s.id)).collect();
    if once.is_empty() {
        return String::new();
    }
    let more = once.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}: no visit to compare with yet\n", once[..once.len().min(NAMED)].join(", "))
}

/// As many decimals as three digits of the largest: a small change must not read as none.
fn decimals(values: &[f64]) -> usize {
    let largest = values.iter().map(|v| v.abs()).fold(0.0, f64::max);
    if largest > 0.0 && largest.is_finite() { (2.0 - largest.log10().floor()).clamp(0.0, 9.0) as usize } else { 0 }
}

/// One change in words.
pub(super) fn told(row: &ChangeRow, color: ColorChoice) -> String {
    let Some(change) = &row.change else { return String::new() };
    let figures = change.figures.map_or_else(String::new, |f| match (f.delta_percent, f.interval_percent) {
        (Some(percent), Some(interval)) => {
            format!("{percent:+7.1} % ({:+.1} to {:+.1} %)  ", interval.low, interval.high)
        }
        _ => {
            let ends = [f.delta, f.interval.low, f.interval.high];
            let digits = decimals(&ends);
            let [delta, low, high] = ends.map(|v| format!("{:+.digits$}", if v == 0.0 { 0.0 } else { v }));
            format!("{delta:>7} ({low} to {high})  ")
        }
    });
    let verdict = change.verdict.to_string();
    let verdict = match change.verdict {
        Verdict::Improved => paint(&verdict, Paint::Good, color),
        Verdict::Worsened => paint(&verdict, Paint::Bad, color),
        Verdict::Withheld { .. } => paint(&verdict, Paint::Odd, color),
        Verdict::Changed | Verdict::WithinError => verdict,
    };
    format!("{figures}{verdict}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_change_keeps_its_digits() {
        assert_eq!([decimals(&[-0.000_123, 0.000_05]), decimals(&[12.0, -340.0]), decimals(&[0.0])], [6, 0, 0]);
    }
}
