//! The dictionary as people read it: `docs/METRICS.md` and `cicatrix metrics`.

use std::fmt::Write as _;

use serde::Serialize;

use crate::measure::Flag;
use crate::measure::config::Family;
use crate::measure::dictionary::{self, Direction, FAILURE_COLUMNS, Kind, LESION_COLUMNS, Metric, SCALE_COLUMNS};

/// A dash where a unit or a direction says nothing.
const NOTHING: &str = "-";

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Integer => "integer",
        Kind::Number => "number",
    }
}

fn direction_name(direction: Direction) -> &'static str {
    match direction {
        Direction::Neutral => NOTHING,
        Direction::Lower => "lower",
        Direction::Higher => "higher",
    }
}

fn unit_name(metric: &Metric) -> &'static str {
    if metric.unit.is_empty() { NOTHING } else { metric.unit }
}

fn of_family(family: Family) -> impl Iterator<Item = &'static Metric> {
    dictionary::all().iter().filter(move |m| m.family == family)
}

/// The text of `docs/METRICS.md`.
#[must_use]
pub fn metrics_markdown() -> String {
    let mut doc = String::from(
        "# Metrics\n\n\
         Every column of `metrics.csv` and `metrics.parquet`, in their order. An empty cell means \"not measurable here\", \
         and `flags` says why; a number is never invented. The direction says which way skin becomes smoother or more \
         even; where there is none, more is neither good nor bad by itself. A photo is intensity, not height: relief \
         values are indices in natural-log units of intensity (`ln`), and a formula of ISO 25178-2 applied to them is \
         named after its symbol only.\n\n\
         This file is generated from the dictionary by `cicatrix metrics --format markdown`.\n",
    );
    for &family in Family::ALL {
        let _ = write!(doc, "\n## {}\n\n", family.title());
        doc.push_str("| Column | Kind | Unit | Smoother or more even | Definition | Source |\n");
        doc.push_str("| --- | --- | --- | --- | --- | --- |\n");
        for m in of_family(family) {
            let cells = [
                format!("`{}`", m.name),
                kind_name(m.kind).to_owned(),
                escaped(unit_name(m)),
                direction_name(m.direction).to_owned(),
                escaped(&m.definition),
                escaped(m.source),
            ];
            let _ = writeln!(doc, "| {} |", cells.join(" | "));
        }
    }
    doc.push_str(
        "\n## Flags\n\nNames in the column `flags`, separated by blanks.\n\n| Flag | Meaning |\n| --- | --- |\n",
    );
    for flag in Flag::ALL {
        let _ = writeln!(doc, "| `{}` | {} |", flag.name(), escaped(flag.meaning().trim()));
    }
    for (file, what, columns) in [
        ("lesions.csv", "One row per detected spot or scar.", LESION_COLUMNS),
        ("scales.csv", "One row per clinical sub-score.", SCALE_COLUMNS),
        ("failures.csv", "One row per reason why a photo was not measured.", FAILURE_COLUMNS),
    ] {
        let _ = write!(doc, "\n## {file}\n\n{what}\n\n| Column | Definition |\n| --- | --- |\n");
        for (name, definition) in columns {
            let _ = writeln!(doc, "| `{name}` | {} |", escaped(definition));
        }
    }
    doc
}

/// Text for a cell of a Markdown table: `_` needs no escape between letters, `*` would start emphasis.
fn escaped(text: &str) -> String {
    // Inside `code` a backslash would show.
    let mut code = false;
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '`' => code = !code,
            '|' => out.push('\\'),
            '*' | '<' if !code => out.push('\\'),
            _ => {}
        }
        out.push(c);
        out
    })
}

/// The dictionary as aligned plain text, one line per column.
#[must_use]
pub fn metrics_text() -> String {
    let width = |of: fn(&Metric) -> usize| dictionary::all().iter().map(of).max().unwrap_or(0);
    let (name_width, unit_width) = (width(|m| m.name.chars().count()), width(|m| unit_name(m).chars().count()));
    let mut text = String::new();
    for &family in Family::ALL {
        let _ = write!(text, "{}{}\n\n", if text.is_empty() { "" } else { "\n" }, family.title());
        for m in of_family(family) {
            let (kind, direction) = (kind_name(m.kind), direction_name(m.direction));
            let _ = writeln!(
                text,
                "  {:name_width$}  {:unit_width$}  {kind:7}  {direction:6}  {}",
                m.name,
                unit_name(m),
                m.definition
            );
        }
    }
    let flag_width = Flag::ALL.iter().map(|f| f.name().len()).max().unwrap_or(0);
    text.push_str("\nFlags: why a cell is empty, or what a reader of the row must know\n\n");
    for flag in Flag::ALL {
        let _ = writeln!(text, "  {:flag_width$}  {}", flag.name(), flag.meaning().trim());
    }
    text
}

/// The dictionary as CSV.
#[must_use]
pub fn metrics_csv() -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(["column", "family", "kind", "unit", "direction", "definition", "source"]);
    for m in dictionary::all() {
        let direction = if m.direction == Direction::Neutral { "" } else { direction_name(m.direction) };
        let _ = writer.write_record([
            m.name.as_str(),
            m.family.name(),
            kind_name(m.kind),
            m.unit,
            direction,
            &m.definition,
            m.source,
        ]);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

#[derive(Serialize)]
struct Dictionary {
    fingerprint: &'static str,
    columns: Vec<Entry>,
    flags: Vec<Named>,
    lesion_columns: Vec<Named>,
    scale_columns: Vec<Named>,
    failure_columns: Vec<Named>,
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    family: &'static str,
    kind: &'static str,
    unit: &'static str,
    direction: Option<&'static str>,
    definition: &'static str,
    source: &'static str,
}

#[derive(Serialize)]
struct Named {
    name: &'static str,
    definition: &'static str,
}

/// The dictionary as one JSON object: columns, flags, and the columns of the other tables.
#[must_use]
pub fn metrics_json() -> String {
    let named = |columns: &[(&'static str, &'static str)]| {
        columns.iter().map(|&(name, definition)| Named { name, definition }).collect()
    };
    let entry = |m: &'static Metric| Entry {
        name: &m.name,
        family: m.family.name(),
        kind: kind_name(m.kind),
        unit: m.unit,
        direction: (m.direction != Direction::Neutral).then(|| direction_name(m.direction)),
        definition: &m.definition,
        source: m.source,
    };
    let dictionary = Dictionary {
        fingerprint: dictionary::fingerprint(),
        columns: dictionary::all().iter().map(entry).collect(),
        flags: Flag::ALL.iter().map(|f| Named { name: f.name(), definition: f.meaning().trim() }).collect(),
        lesion_columns: named(LESION_COLUMNS),
        scale_columns: named(SCALE_COLUMNS),
        failure_columns: named(FAILURE_COLUMNS),
    };
    serde_json::to_string_pretty(&dictionary).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_and_flag_is_in_every_format() {
        let (markdown, text, csv, json) = (metrics_markdown(), metrics_text(), metrics_csv(), metrics_json());
        for m in dictionary::all() {
            assert!(markdown.contains(&format!("| `{}` |", m.name)), "{}", m.name);
            assert!(text.lines().any(|l| l.trim_start().starts_with(&format!("{} ", m.name))), "{}", m.name);
            assert!(csv.lines().any(|l| l.starts_with(&format!("{},", m.name))), "{}", m.name);
            assert!(json.contains(&format!("\"name\": \"{}\"", m.name)), "{}", m.name);
        }
        for flag in Flag::ALL {
            assert!(markdown.contains(&format!("| `{}` |", flag.name())));
            assert!(text.contains(flag.name()));
        }
    }

    #[test]
    fn every_row_of_a_markdown_table_has_its_cells() {
        let markdown = metrics_markdown().replace("\\|", "");
        let mut cells = 0;
        for line in markdown.lines() {
            let bars = line.matches('|').count();
            cells = if bars == 0 {
                0
            } else if cells == 0 {
                bars
            } else {
                cells
            };
            assert_eq!(bars, cells, "{line}");
        }
    }

    #[test]
    fn the_json_is_valid() {
        let json: serde_json::Value = serde_json::from_str(&metrics_json()).unwrap();
        assert_eq!(json["columns"][0]["name"], "photo");
        assert_eq!(json["columns"][0]["direction"], serde_json::Value::Null);
    }
}
