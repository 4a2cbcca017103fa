//! What `compare` prints: how the photos lie on one another, and what changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::args::ColorChoice;
use super::progress_text;
use super::terminal::{Paint, paint, printable};
use crate::error::Result;
use crate::measure::Column;
use crate::series::align::Verdict as Laying;
use crate::series::progress::{ChangeRow, ErrorSource, Laid, Note, Place, Progress, ProgressConfig, Reading, SURROUND};
use crate::series::statistics::defaults;

/// The comparison in words.
pub fn told(found: &Progress, config: &ProgressConfig, color: ColorChoice) -> Result<String> {
    let headline = config.headline_columns()?;
    let mut text = String::new();
    for reading in &found.readings {
        if let Some(line) = laying(reading, color) {
            let _ = writeln!(text, "alignment  {}: {line}", printable(&found.study.shots[reading.shot].photo));
        }
    }
    let mut places: BTreeMap<&Place, BTreeMap<Column, &ChangeRow>> = BTreeMap::new();
    for row in found
        .rows
        .iter()
        .filter(|row| row.change.is_some() && row.place.region != SURROUND && headline.contains(&row.column))
    {
        places.entry(&row.place).or_default().insert(row.column, row);
    }
    let mut notes = BTreeSet::new();
    for (place, rows) in &places {
        let control = if rows.values().any(|row| row.is_control) { " (what the others are held against)" } else { "" };
        let against = rows.values().find_map(|row| row.control.as_deref());
        let against = against.map_or_else(String::new, |c| format!(", less the change of {}", printable(c)));
        let _ = writeln!(text, "\n{}{control}{against}", printable(&place.region));
        let _ = writeln!(text, "  {:<26} {:>9} {:>9}  change (95 % interval)  verdict", "", "before", "after");
        for row in headline.iter().filter_map(|column| rows.get(column)) {
            let values = row.change.as_ref().map(|change| [change.before, change.after]).unwrap_or_default();
            let [before, after] = values.map(|v| v.map_or_else(String::new, |v| format!("{v:.4}")));
            let name = &row.column.metric().name;
            let line = progress_text::told(row, color);
            let _ = writeln!(text, "  {name:<26} {before:>9} {after:>9}  {}", line.trim_start());
            notes.extend(row.notes.iter().copied());
        }
    }
    if places.is_empty() {
        text.push_str("\nNone of the headline metrics was measured.\n");
    }
    text.push('\n');
    text.push_str(&errors(found, &headline));
    // The errors have a line of their own.
    for note in notes.iter().filter(|note| !matches!(note, Note::StatedError | Note::SingleShot)) {
        let _ = writeln!(text, "note: {}", note.words());
    }
    Ok(text)
}

/// How a photo lies on the baseline; `None` for the baseline and for a photo that was not read.
fn laying(reading: &Reading, color: ColorChoice) -> Option<String> {
    match &reading.laid {
        Laid::Baseline | Laid::Unread => None,
        Laid::Not(none) => Some(format!("{} ({none})", paint("fail", Paint::Bad, color))),
        Laid::On(alignment) => {
            let q = &alignment.quality;
            let word = match alignment.verdict {
                Laying::Pass => paint("pass", Paint::Good, color),
                Laying::Warn => paint("warn", Paint::Odd, color),
                Laying::Fail => paint("fail", Paint::Bad, color),
            };
            let off = q.residual_mm.map_or_else(String::new, |mm| format!(" ({mm:.2} mm)"));
            let mut line = format!(
                "{word}, residual {:.2} px{off}, turned {:.1} degrees, scale {:.3}, {:.0} % of the skin shared, correlation {:.2}",
                q.residual_px,
                // Nothing reads "-0.0".
                (10.0 * q.rotation_deg).round() / 10.0 + 0.0,
                q.scale,
                100.0 * q.overlap,
                q.ncc
            );
            for reason in &alignment.reasons {
                let _ = write!(line, "\n           {}", reason.message);
            }
            Some(line)
        }
    }
}

/// Where the errors come from.
fn errors(found: &Progress, headline: &[Column]) -> String {
    let sources: Vec<ErrorSource> =
        headline.iter().filter_map(|column| found.yardsticks.get(column).map(|known| known.source)).collect();
    let own = sources.iter().find_map(|source| match source {
        ErrorSource::Repeats { groups, .. } => Some(*groups),
        ErrorSource::Stated | ErrorSource::Unknown => None,
    });
    match own {
        Some(groups) => format!(
            "The error of a shot comes from the repeat shots themselves: {groups} group{}, each a region at a visit. To what is compared by\n\
             ratios a stated error between visits is added: {} % each, or {} % each for a region and its control.\n",
            if groups == 1 { "" } else { "s" },
            100.0 * defaults::VISIT,
            100.0 * defaults::VISIT_BESIDE_CONTROL
        ),
        None if sources.contains(&ErrorSource::Stated) => format!(
            "The error of measurement is a stated one ({:.0} % of an amplitude), not measured: where none is stated, the change is withheld.\n\
             Two or more photos of each side, taken one after the other, tell it: --before a1.jpg,a2.jpg --after b1.jpg,b2.jpg\n",
            100.0 * defaults::CV
        ),
        None => String::from("No error of measurement is known.\n"),
    }
}
