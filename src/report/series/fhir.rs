//! `fhir/<subject>-visit-<n>.json`: one FHIR R4 Bundle per visit, one Observation per headline metric, view and region.
//!
//! The value of the visit is the Observation's value; what is said of its change are components. A change that is withheld has a
//! reason in place of a value, as FHIR asks for (`dataAbsentReason`), so that no receiver takes it for "no change".

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value as Json, json};

use super::SeriesAbout;
use crate::batch::key::{hex, sha256};
use crate::error::{Error, Result};
use crate::report::atomic::{AtomicFile, Sealed};
use crate::series::progress::{ChangeRow, Progress};
use crate::series::statistics::Interval;
use crate::series::statistics::change::visit_value;
use crate::series::statistics::verdict::Verdict;
use crate::series::study::{Day, Subject};

/// The folder of the bundles.
const FOLDER: &str = "fhir";
const UCUM: &str = "http://unitsofmeasure.org";
const ABSENT: &str = "http://terminology.hl7.org/CodeSystem/data-absent-reason";

/// Writes a bundle per visit; the names that were written come with them.
pub(super) fn write(out: &Path, progress: &Progress, about: &SeriesAbout) -> Result<(Vec<Sealed>, BTreeSet<String>)> {
    let folder = out.join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(|e| Error::write(&folder, e))?;
    let mut visits: BTreeMap<(usize, usize), Vec<&ChangeRow>> = BTreeMap::new();
    for row in progress.rows.iter().filter(|row| about.headline.contains(&row.column)) {
        visits.entry((row.place.subject, row.visit)).or_default().push(row);
    }
    let stems = stems(&progress.study.subjects);
    let (mut sealed, mut names) = (Vec::new(), BTreeSet::new());
    for ((subject, visit), rows) in visits {
        let number = progress.study.subjects[subject].visits[visit].number;
        let stem = format!("{}-visit-{number}", stems[subject]);
        let entries: Vec<Json> = rows.iter().map(|row| entry(progress, about, row)).collect();
        let mut bundle = json!({
            "resourceType": "Bundle",
            "type": "collection",
            "identifier": { "system": "urn:cicatrix:bundle", "value": stem },
            "entry": entries,
        });
        drop_empty(&mut bundle);
        let name = format!("{stem}.json");
        let mut file = AtomicFile::create(&folder.join(&name))?;
        serde_json::to_writer_pretty(&mut file, &bundle).map_err(|e| Error::write(&folder.join(&name), e))?;
        sealed.push(file.seal()?);
        names.insert(name);
    }
    Ok((sealed, names))
}

/// Removes bundles of an earlier run: a subject that has another name now must not be found under the old one.
pub(super) fn remove_others(out: &Path, names: &BTreeSet<String>) -> Result<()> {
    let folder = out.join(FOLDER);
    let failed = |e| Error::write(&folder, e);
    for entry in std::fs::read_dir(&folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let number = name.strip_suffix(".json").and_then(|n| n.rsplit_once("-visit-")).map(|(_, number)| number);
        let own = number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        if own && !names.contains(&name) {
            std::fs::remove_file(entry.path()).map_err(|e| Error::write(&entry.path(), e))?;
        }
    }
    Ok(())
}

/// A file name for every subject: ids are never used as they are, and none differ by case alone.
fn stems(subjects: &[Subject]) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for subject in subjects {
        *seen.entry(subject.id.to_lowercase()).or_insert(0) += 1;
    }
    let stem = |subject: &Subject| {
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' };
        let clean: String = subject.id.chars().map(safe).take(48).collect();
        let alone = seen[&subject.id.to_lowercase()] == 1;
        if clean == subject.id && alone && !clean.is_empty() {
            clean
        } else {
            format!("{clean}-{}", &hex(&sha256(subject.id.as_bytes()))[..8])
        }
    };
    subjects.iter().map(stem).collect()
}

fn entry(progress: &Progress, about: &SeriesAbout, row: &ChangeRow) -> Json {
    let metric = row.column.metric();
    let subject = &progress.study.subjects[row.place.subject];
    let number = subject.visits[row.visit].number;
    let site = if row.place.view.is_empty() {
        row.place.region.clone()
    } else {
        format!("{} / {}", row.place.view, row.place.region)
    };
    let mut observation = json!({
        "resourceType": "Observation",
        "status": "final",
        "code": {
            "coding": [{ "system": "urn:cicatrix:metric", "code": metric.name, "display": metric.name }],
            "text": metric.definition,
        },
        "subject": { "identifier": { "system": "urn:cicatrix:subject", "value": subject.id } },
        "bodySite": { "text": site },
        "device": { "display": format!("Cicatrix {}", about.version) },
    });
    let scale = progress.yardsticks.get(&row.column).map(|k| k.yardstick.scale);
    match scale.and_then(|s| visit_value(&row.shots, s)) {
        Some(value) => observation["valueQuantity"] = quantity(value, metric.unit),
        None => observation["dataAbsentReason"] = absent("error", "the metric could not be measured at this visit"),
    }
    if let Some(date @ Day::Date(_)) = row.day {
        observation["effectiveDateTime"] = json!(date.to_string());
    }
    let mut components = Vec::new();
    if let Some(days) = row.days {
        components.push(json!({ "code": result("days-since-baseline"), "valueInteger": days }));
    }
    components.push(json!({ "code": result("sessions-before"), "valueInteger": row.sessions }));
    components.extend(change(row, metric.unit));
    observation["component"] = Json::Array(components);
    let place = [&subject.id, &row.place.view, &row.place.region, &metric.name].map(|t| hex(&sha256(t.as_bytes())));
    json!({ "fullUrl": format!("urn:uuid:{}", uuid(&format!("{number} {}", place.join(" ")))), "resource": observation })
}

/// What is said of a change; nothing at the baseline.
fn change(row: &ChangeRow, unit: &str) -> Vec<Json> {
    let Some(change) = &row.change else { return Vec::new() };
    let verdict = json!({
        "code": result("verdict"),
        "valueCodeableConcept": {
            "coding": [{ "system": "urn:cicatrix:verdict", "code": change.verdict.name() }],
            "text": change.verdict.to_string(),
        },
    });
    let mut components = Vec::new();
    match (&change.verdict, change.figures) {
        (Verdict::Withheld { reasons }, _) => {
            let words: Vec<&str> = reasons.iter().map(|r| r.words()).collect();
            components.push(json!({
                "code": result("change"),
                "dataAbsentReason": absent("not-performed", &words.join("; ")),
            }));
        }
        (_, Some(figures)) => {
            components.push(json!({ "code": result("change"), "valueQuantity": quantity(figures.delta, unit) }));
            components
                .push(json!({ "code": result("change-of-unchanged-skin"), "valueRange": range(figures.noise, unit) }));
            if let Some(percent) = figures.delta_percent {
                components.push(json!({ "code": result("change-percent"), "valueQuantity": quantity(percent, "%") }));
            }
            if let Some(noise) = figures.noise_percent {
                let range = range(noise, "%");
                components.push(json!({ "code": result("change-percent-of-unchanged-skin"), "valueRange": range }));
            }
        }
        (_, None) => {}
    }
    components.push(verdict);
    components
}

/// Leaves out empty texts, which FHIR does not allow, and what holds nothing else.
fn drop_empty(json: &mut Json) {
    let is_empty = |v: &Json| match v {
        Json::String(text) => text.trim().is_empty(),
        Json::Object(fields) => fields.is_empty(),
        Json::Array(members) => members.is_empty(),
        _ => false,
    };
    match json {
        Json::Object(fields) => {
            fields.values_mut().for_each(drop_empty);
            fields.retain(|_, value| !is_empty(value));
        }
        Json::Array(members) => {
            members.iter_mut().for_each(drop_empty);
            members.retain(|value| !is_empty(value));
        }
        _ => {}
    }
}

fn result(code: &str) -> Json {
    json!({ "coding": [{ "system": "urn:cicatrix:result", "code": code }], "text": code.replace('-', " ") })
}

fn absent(code: &str, text: &str) -> Json {
    json!({ "coding": [{ "system": ABSENT, "code": code }], "text": text })
}

fn quantity(value: f64, unit: &str) -> Json {
    let (shown, code) = match unit {
        "" => ("1", "1"),
        // A difference of natural logarithms has no dimension.
        "ln" => ("ln", "1"),
        "px" => ("px", "{px}"),
        "EV" => ("EV", "{EV}"),
        "mm/px" => ("mm/px", "mm/{px}"),
        "ln/px" => ("ln/px", "1/{px}"),
        "%" | "deg" | "mm" | "um" => (unit, unit),
        other => return json!({ "value": value, "unit": other }),
    };
    json!({ "value": value, "unit": shown, "system": UCUM, "code": code })
}

fn range(interval: Interval, unit: &str) -> Json {
    // An end that is not finite is an open one.
    let mut range = serde_json::Map::new();
    for (name, end) in [("low", interval.low), ("high", interval.high)] {
        if end.is_finite() {
            range.insert(name.to_owned(), quantity(end, unit));
        }
    }
    Json::Object(range)
}

/// A UUID of version 8 (RFC 9562) from a hash: the same observation has the same name in every run.
fn uuid(name: &str) -> String {
    let mut bytes = sha256(name.as_bytes());
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let digits = hex(&bytes[..16]);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_safe_and_differ() {
        let subject = |id: &str| Subject { id: id.to_owned(), visits: Vec::new(), sessions: Vec::new() };
        let ids = ["S01", "s01", "../../etc/x", "a/b", "a_b", "", "CON", "日本", &"x".repeat(300)];
        let stems = stems(&ids.map(subject));
        let lower: BTreeSet<String> = stems.iter().map(|s| s.to_lowercase()).collect();
        assert_eq!(lower.len(), ids.len(), "{stems:?}");
        assert!(
            stems
                .iter()
                .all(|s| s.len() < 60 && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'))
        );
        assert_eq!((stems[4].as_str(), stems[6].as_str()), ("a_b", "CON"));
    }

    #[test]
    fn uuids_have_their_form() {
        let id = uuid("x");
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert!(id.as_bytes()[14] == b'8' && b"89ab".contains(&id.as_bytes()[19]), "{id}");
        assert_ne!(id, uuid("y"));
    }

    #[test]
    fn empty_texts_are_left_out() {
        let mut json = json!({"code": {"coding": [{"code": "x", "display": ""}], "text": " "}, "bodySite": {"text": ""}, "n": [""], "v": 0});
        drop_empty(&mut json);
        assert_eq!(json, json!({"code": {"coding": [{"code": "x"}]}, "v": 0}));
    }
}
