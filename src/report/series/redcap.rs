//! REDCap: `redcap_import.csv`, and the data dictionary that the project needs for it.
//!
//! One event per visit (`visit_1_arm_1`, the unique name that REDCap gives to the event "visit 1" of a project with one arm),
//! and in it a repeating form with one instance per view and region. An instance keeps its number at all visits. Only the
//! headline metrics go along: a case report form is no place for 300 columns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::SeriesAbout;
use super::change::split;
use super::pseudonym::has_date;
use super::sheet::text;
use crate::error::Result;
use crate::measure::{Column, Value};
use crate::report::atomic::Sealed;
use crate::report::csv::Table;
use crate::report::table::guarded;
use crate::series::progress::{ChangeRow, Place, Progress};
use crate::series::statistics::change::visit_value;
use crate::series::statistics::verdict::Verdict;
use crate::series::study::Visit;

/// The repeating form.
const FORM: &str = "cicatrix_change";
/// The form of the record's own name.
const RECORD_FORM: &str = "cicatrix_record";
/// Longest name of a field that REDCap recommends.
const LONGEST: usize = 26;

/// The columns of a data dictionary, as REDCap names them.
const DICTIONARY: [&str; 18] = [
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
];

/// Codes of the verdicts.
const VERDICTS: &str = "1, improved | 2, worsened | 3, changed | 4, within measurement error | 5, withheld";

/// A field of a form.
struct Field {
    name: String,
    form: &'static str,
    section: String,
    radio: bool,
    label: String,
    note: String,
    validation: &'static str,
    identifier: bool,
}

fn field(name: &str, label: &str, validation: &'static str) -> Field {
    Field {
        name: name.to_owned(),
        form: FORM,
        section: String::new(),
        radio: false,
        label: label.to_owned(),
        note: String::new(),
        validation,
        identifier: false,
    }
}

/// The fields in the order of the import; those of metrics are the same for all.
fn fields(headline: &[Column], dated_visits: bool) -> Vec<Field> {
    let mut fields = vec![
        Field { form: RECORD_FORM, ..field("record_id", "Code of the person", "") },
        field("cx_view", "View", ""),
        field("cx_region", "Region", ""),
        field("cx_arm", "Arm", ""),
        Field { identifier: dated_visits, ..field("cx_visit_name", "Visit as the study file names it", "") },
        Field { identifier: true, ..field("cx_date", "Day of the visit", "date_ymd") },
        field("cx_day", "Day of the visit as the study counts it", "integer"),
        field("cx_days", "Days since the baseline", "integer"),
        field("cx_sessions", "Sessions of treatment before this visit", "integer"),
    ];
    let mut taken: BTreeSet<String> = fields.iter().map(|f| f.name.clone()).collect();
    for column in headline {
        let metric = column.metric();
        let stem = stem(&metric.name, &mut taken);
        let unit = if metric.unit.is_empty() { String::new() } else { format!(" ({})", metric.unit) };
        let name = &metric.name;
        let number = |suffix: &str, label: String| field(&format!("{stem}_{suffix}"), &label, "number");
        fields.extend([
            Field { section: name.clone(), note: metric.definition.clone(), ..number("v", format!("{name}{unit}")) },
            number("d", format!("{name}: change since the baseline{unit}")),
            number("pct", format!("{name}: change since the baseline (%)")),
            Field { radio: true, ..field(&format!("{stem}_ver"), &format!("{name}: verdict"), "") },
            field(&format!("{stem}_why"), &format!("{name}: why it is withheld"), ""),
        ]);
    }
    fields
}

/// The beginning of a metric's fields: short, lower case, its own.
fn stem(name: &str, taken: &mut BTreeSet<String>) -> String {
    let room = LONGEST - "_pct".len();
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    let mut short = plain;
    for (long, brief) in
        [("fraction", "frac"), ("depression", "depr"), ("elevation", "elev"), ("hypertrophic", "hyper")]
    {
        if short.len() > room {
            short = short.replace(long, brief);
        }
    }
    short.truncate(room);
    let mut stem = short.clone();
    let mut n = 2;
    while !taken.insert(stem.clone()) {
        let end = format!("_{n}");
        stem = format!("{}{end}", &short[..short.len().min(room - end.len())]);
        n += 1;
    }
    stem
}

/// Writes both files.
pub(super) fn write(out: &Path, progress: &Progress, about: &SeriesAbout) -> Result<Vec<Sealed>> {
    let visits = progress.study.subjects.iter().flat_map(|s| &s.visits);
    let dated = visits.filter_map(name).any(has_date);
    let fields = fields(&about.headline, dated);
    Ok(vec![dictionary(out, &fields)?, import(out, progress, about, &fields)?])
}

/// The name of a visit, where it has another than its day: that is in `cx_date` and `cx_day`.
fn name(visit: &Visit) -> Option<&str> {
    let is_day = visit.day.is_some_and(|day| day.to_string() == visit.name);
    (!is_day && !visit.name.is_empty()).then_some(visit.name.as_str())
}

fn dictionary(out: &Path, fields: &[Field]) -> Result<Sealed> {
    let mut table = Table::create(&out.join("redcap_dictionary.csv"), DICTIONARY.into_iter())?;
    for f in fields {
        let (kind, choices) = if f.radio { ("radio", VERDICTS) } else { ("text", "") };
        let identifier = if f.identifier { "y" } else { "" };
        let cells = [&f.name, f.form, &f.section, kind, &f.label, choices, &f.note, f.validation, "", "", identifier];
        for cell in cells.into_iter().chain(std::iter::repeat_n("", DICTIONARY.len() - cells.len())) {
            table.field(&guarded(cell))?;
        }
        table.end()?;
    }
    table.seal()
}

fn import(out: &Path, progress: &Progress, about: &SeriesAbout, fields: &[Field]) -> Result<Sealed> {
    let system = ["redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"];
    let names = fields.iter().map(|f| f.name.as_str());
    let header = names.clone().take(1).chain(system).chain(names.skip(1));
    let mut table = Table::create(&out.join("redcap_import.csv"), header)?;
    let mut places: BTreeMap<usize, Vec<&Place>> = BTreeMap::new();
    let mut rows: BTreeMap<(usize, usize, &Place), Vec<&ChangeRow>> = BTreeMap::new();
    for row in progress.rows.iter().filter(|row| about.headline.contains(&row.column)) {
        let known = places.entry(row.place.subject).or_default();
        if !known.contains(&&row.place) {
            known.push(&row.place);
        }
        rows.entry((row.place.subject, row.visit, &row.place)).or_default().push(row);
    }
    for ((subject, visit, place), rows) in rows {
        let subject_of = &progress.study.subjects[subject];
        let visit = &subject_of.visits[visit];
        let instance = places[&subject].iter().position(|p| *p == place).map(|i| i + 1);
        let first = rows[0];
        let (date, day) = split(first.day);
        let mut cells: Vec<Value> = vec![
            text(&subject_of.id),
            format!("visit_{}_arm_1", visit.number).into(),
            FORM.into(),
            instance.into(),
            text(&place.view),
            text(&place.region),
            text(&first.arm),
            text(name(visit).unwrap_or_default()),
            date,
            day,
            super::sheet::whole(first.days),
            first.sessions.into(),
        ];
        for column in &about.headline {
            cells.extend(metric(progress, *column, rows.iter().find(|row| row.column == *column).copied()));
        }
        for cell in cells {
            let written = cell.to_string();
            let written = if matches!(cell, Value::Text(_)) { guarded(&written).into_owned() } else { written };
            table.field(&written)?;
        }
        table.end()?;
    }
    table.seal()
}

/// Value, change, change in percent, verdict, reasons.
fn metric(progress: &Progress, column: Column, row: Option<&ChangeRow>) -> [Value; 5] {
    let Some(row) = row else { return std::array::from_fn(|_| Value::Empty) };
    let scale = progress.yardsticks.get(&column).map(|k| k.yardstick.scale);
    let figures = row.change.as_ref().and_then(|c| c.figures);
    let verdict = row.change.as_ref().map(|c| &c.verdict);
    let why = match verdict {
        Some(Verdict::Withheld { reasons }) => reasons.iter().map(|r| r.code()).collect::<Vec<_>>().join(" "),
        _ => String::new(),
    };
    [
        scale.and_then(|s| visit_value(&row.shots, s)).into(),
        figures.map(|f| f.delta).into(),
        figures.and_then(|f| f.delta_percent).into(),
        verdict.map(code).into(),
        text(why),
    ]
}

/// The code of a verdict in [`VERDICTS`].
fn code(verdict: &Verdict) -> usize {
    match verdict {
        Verdict::Improved => 1,
        Verdict::Worsened => 2,
        Verdict::Changed => 3,
        Verdict::WithinError => 4,
        Verdict::Withheld { .. } => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_fields_are_short_and_unique_for_every_metric() {
        let all: Vec<Column> = Column::all().collect();
        let fields = fields(&all, false);
        let names: BTreeSet<&str> = fields.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names.len(), fields.len());
        for name in names {
            let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            assert!(plain && name.len() <= LONGEST && name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
        }
    }

    #[test]
    fn a_visit_without_a_name_repeats_no_date() {
        let visit = |name: &str| Visit {
            number: 1,
            name: name.to_owned(),
            day: crate::series::study::Day::from_ymd(2024, 3, 1),
            shots: Vec::new(),
        };
        assert_eq!(name(&visit("2024-03-01")), None);
        assert_eq!(name(&visit("V1")), Some("V1"));
        for dated in [false, true] {
            let fields = fields(&[], dated);
            let is_identifier = |name: &str| fields.iter().any(|f| f.name == name && f.identifier);
            assert_eq!((is_identifier("cx_date"), is_identifier("cx_visit_name")), (true, dated));
        }
    }
}
