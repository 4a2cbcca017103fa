//! The tables of a study, its REDCap and FHIR exports, and its pseudonyms, on a study made by hand.

#![allow(clippy::unwrap_used, missing_docs)]

mod series;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cicatrix::measure::Column;
use cicatrix::report::series::pseudonym::{Disguise, Key, disguised};
use cicatrix::report::series::write_tables;
use cicatrix::series::dictionary::{CHANGE, TABLES};
use cicatrix::series::statistics::multiple::holm;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value as Json;
use series::{HOSTILE, NAMED, VISIT, about, progress};

type Record = BTreeMap<String, String>;

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(n, bytes)| (format!("{name}/{n}"), bytes)));
        } else {
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
    found
}

fn table(folder: &Path, name: &str) -> Vec<Record> {
    let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
    let header = reader.headers().unwrap().clone();
    let record = |r: csv::StringRecord| header.iter().zip(&r).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    reader.records().map(|r| record(r.unwrap())).collect()
}

fn written() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path(), &progress(), &about()).unwrap();
    folder
}

/// A row of `change.csv`.
fn change<'a>(rows: &'a [Record], subject: &str, region: &str, metric: &str, visit: &str) -> &'a Record {
    let wanted = [("subject", subject), ("region", region), ("metric", metric), ("visit", visit)];
    rows.iter().find(|r| wanted.iter().all(|(k, v)| r[*k] == *v)).unwrap_or_else(|| panic!("no row {wanted:?}"))
}

fn number(record: &Record, column: &str) -> f64 {
    record[column].parse().unwrap_or_else(|_| panic!("{column} is `{}`", record[column]))
}

#[test]
fn a_change_stands_beside_its_error() {
    let folder = written();
    let rows = table(folder.path(), "change.csv");
    assert_eq!(rows.len(), progress().rows.len());
    let row = change(&rows, NAMED, "cheek", "relief_sq_mid", "2");
    assert!((number(row, "delta_percent") + 15.0).abs() < 1e-9 && (number(row, "value") - 0.17).abs() < 1e-12);
    assert!((number(row, "baseline_value") - 0.2).abs() < 1e-12 && (number(row, "delta") + 0.03).abs() < 1e-12);
    assert_eq!(
        (row["verdict"].as_str(), row["n_shots"].as_str(), row["n_shots_baseline"].as_str()),
        ("improved", "2", "2")
    );
    assert_eq!(
        (row["date"].as_str(), row["day"].as_str(), row["days_since_baseline"].as_str()),
        ("2024-05-31", "", "91")
    );
    assert_eq!((row["visit_name"].as_str(), row["sessions_before"].as_str()), ("V2", "1"));
    // Unchanged skin: of two shots a side, and of two visits, in percent of the baseline.
    let error = (number(row, "sem").powi(2) + 2.0 * VISIT * VISIT).sqrt();
    assert!((number(row, "sdc95_percent_high") - 100.0 * (1.959_963_984_540_054 * error).exp_m1()).abs() < 1e-9);
    assert!(number(row, "sdc95_percent_low") > -15.0 && number(row, "delta_percent_high") < 0.0, "{row:?}");
    assert!(number(row, "value_low") < 0.17 && number(row, "value_high") > 0.17 && row["sem_df"].is_empty());
    assert_eq!(
        (row["scale"].as_str(), row["error_source"].as_str(), row["direction"].as_str()),
        ("log", "stated", "lower")
    );

    let baseline = change(&rows, NAMED, "cheek", "relief_sq_mid", "1");
    assert_eq!((baseline["verdict"].as_str(), baseline["delta"].as_str()), ("", ""));
    assert_eq!(baseline["value"], row["baseline_value"]);
}

#[test]
fn a_withheld_change_keeps_its_values_and_says_why() {
    let folder = written();
    let rows = table(folder.path(), "change.csv");
    let row = change(&rows, HOSTILE_SHOWN, "cheek", "relief_sq_mid", "2");
    assert_eq!(row["verdict"], "withheld");
    assert_eq!(row["withheld_because"], "light_softness quality");
    assert!(!row["value"].is_empty() && !row["baseline_value"].is_empty());
    for column in ["delta", "delta_percent", "delta_low", "rci", "p", "p_holm", "sdc95_low"] {
        assert_eq!(row[column], "", "{column}");
    }
    assert_eq!(row["notes"], "post_procedure single_shot");
}

/// The hostile id as a spreadsheet may show it.
const HOSTILE_SHOWN: &str = "'=cmd|' /C calc'!A0,\"q\"";

#[test]
fn headline_probabilities_are_adjusted_per_place_and_visit() {
    let folder = written();
    let rows = table(folder.path(), "change.csv");
    let own: Vec<&Record> = rows
        .iter()
        .filter(|r| r["subject"] == NAMED && r["region"] == "cheek" && r["visit"] == "2" && !r["p"].is_empty())
        .collect();
    let headline: Vec<&&Record> = own.iter().filter(|r| r["headline"] == "yes").collect();
    assert_eq!((own.len(), headline.len()), (3, 2));
    let p: Vec<f64> = headline.iter().map(|r| number(r, "p")).collect();
    let adjusted: Vec<f64> = headline.iter().map(|r| number(r, "p_holm")).collect();
    assert_eq!(adjusted, holm(&p));
    assert!(adjusted.iter().zip(&p).any(|(a, p)| a > p));
    assert!(own.iter().filter(|r| r["headline"] != "yes").all(|r| r["p_holm"].is_empty()));
}

#[test]
fn columns_of_the_study_go_along_without_taking_a_name() {
    let folder = written();
    let text = std::fs::read_to_string(folder.path().join("change.csv")).unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let own: Vec<&str> = CHANGE.columns.iter().map(|c| c.name).collect();
    assert_eq!(header[..own.len()], own);
    assert_eq!(header[own.len()..], ["batch", "patient_name", "study_value", "'=evil", "clinician_gb", "status"]);
    let rows = table(folder.path(), "change.csv");
    let row = change(&rows, NAMED, "cheek", "relief_sq_mid", "1");
    // The first shot leaves the batch empty, the second names it.
    assert_eq!((row["batch"].as_str(), row["study_value"].as_str(), row["clinician_gb"].as_str()), ("B7", "9", "14"));
    assert_eq!(row["status"], "ok");
    assert_eq!(change(&rows, HOSTILE_SHOWN, "cheek", "relief_sq_mid", "2")["status"], "partial");
}

#[test]
fn every_cell_of_the_parquet_file_equals_the_csv() {
    let folder = written();
    let reader = SerializedFileReader::new(std::fs::File::open(folder.path().join("change.parquet")).unwrap()).unwrap();
    let mut lines = csv::Reader::from_path(folder.path().join("change.csv")).unwrap();
    let header = lines.headers().unwrap().clone();
    let mut count = 0;
    for (row, line) in reader.get_row_iter(None).unwrap().zip(lines.records()) {
        let (row, line) = (row.unwrap(), line.unwrap());
        assert_eq!(row.len(), line.len());
        for ((name, field), (expected_name, expected)) in row.get_column_iter().zip(header.iter().zip(&line)) {
            let text = match field {
                Field::Null => String::new(),
                Field::Str(v) => v.clone(),
                Field::Long(v) => v.to_string(),
                Field::Double(v) => v.to_string(),
                other => panic!("{name}: {other:?}"),
            };
            assert_eq!((name.as_str(), text.as_str()), (expected_name, expected));
        }
        count += 1;
    }
    assert_eq!(count, progress().rows.len());
}

#[test]
fn no_cell_is_a_formula_or_not_a_number() {
    let folder = written();
    for (name, _) in files(folder.path()).iter().filter(|(n, _)| n.ends_with(".csv")) {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(folder.path().join(name)).unwrap();
        for record in reader.records() {
            for cell in &record.unwrap() {
                let armed = cell.starts_with(['=', '+', '@', '\t', '\r'])
                    || cell.starts_with('-') && cell.parse::<f64>().is_err();
                assert!(!armed, "{name}: {cell}");
                let lower = cell.to_lowercase();
                assert!(!["nan", "inf", "-inf"].contains(&lower.as_str()), "{name}: {cell}");
            }
        }
    }
}

#[test]
fn the_same_study_gives_the_same_bytes() {
    let (a, b) = (written(), written());
    assert!(files(a.path()) == files(b.path()));
    // A second run replaces the first.
    write_tables(a.path(), &progress(), &about()).unwrap();
    assert!(files(a.path()) == files(b.path()));
    assert!(files(a.path()).keys().all(|name| !name.ends_with(".part")));
}

#[test]
fn every_table_of_the_dictionary_is_written() {
    let folder = written();
    for expected in TABLES {
        let mut reader = csv::Reader::from_path(folder.path().join(expected.file)).unwrap();
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let own: Vec<&str> = expected.columns.iter().map(|c| c.name).collect();
        assert_eq!(header[..own.len()], own, "{}", expected.file);
        assert!(reader.records().count() > 0, "{} is empty", expected.file);
    }
}

#[test]
fn yardsticks_tell_the_smallest_detectable_change() {
    let folder = written();
    let rows = table(folder.path(), "yardsticks.csv");
    let of = |name: &str| rows.iter().find(|r| r["metric"] == name).unwrap();
    let relief = of("relief_sq_mid");
    let sdc =
        |shots: f64| 1.959_963_984_540_054 * (2.0 * number(relief, "sem").powi(2) / shots + 2.0 * VISIT * VISIT).sqrt();
    assert!((number(relief, "sdc95_1_high") - 100.0 * sdc(1.0).exp_m1()).abs() < 1e-9);
    assert!((number(relief, "sdc95_3_low") - 100.0 * (-sdc(3.0)).exp_m1()).abs() < 1e-9);
    assert_eq!((relief["sdc95_in"].as_str(), relief["visit_source"].as_str()), ("percent", "controls"));
    assert_eq!((number(relief, "sem_visit"), number(relief, "sem_visit_beside_control")), (VISIT, VISIT));
    assert!((number(relief, "cv_percent") - 8.0).abs() < 1e-9 && relief["sem_low"].is_empty());
    let red = of("a_mean");
    assert_eq!((red["sdc95_in"].as_str(), red["groups"].as_str(), red["cv_percent"].as_str()), ("unit", "6", ""));
    assert!(number(red, "sem_low") < number(red, "sem") && number(red, "sem") < number(red, "sem_high"));
    let unknown = of("dark_spot_count");
    assert_eq!(
        (unknown["why_unknown"].as_str(), unknown["sem"].as_str(), unknown["sdc95_in"].as_str()),
        ("error_unknown", "", "")
    );
}

#[test]
fn shots_alignment_and_failures_are_listed() {
    let folder = written();
    let alignment = table(folder.path(), "alignment.csv");
    assert_eq!(alignment.len(), progress().study.shots.len());
    let verdicts: BTreeSet<&str> = alignment.iter().map(|r| r["verdict"].as_str()).collect();
    assert_eq!(verdicts, ["baseline", "fail", "unread", "warn"].into());
    let warned = alignment.iter().find(|r| r["verdict"] == "warn").unwrap();
    assert_eq!(
        (warned["reasons"].as_str(), warned["inliers"].as_str(), warned["model"].as_str()),
        ("overlap", "80", "similarity")
    );
    let coverage: Json = serde_json::from_str(&warned["coverage"]).unwrap();
    assert_eq!((coverage["cheek"].as_f64(), number(warned, "coverage_least")), (Some(0.75), 0.75));
    let none = alignment.iter().find(|r| r["verdict"] == "fail").unwrap();
    assert_eq!((none["reasons"].as_str(), none["inliers"].as_str(), none["ncc"].as_str()), ("no_consensus", "3", ""));

    let shots = table(folder.path(), "shots.csv");
    let measured: usize = progress().readings.iter().map(|r| r.rows.len()).sum();
    assert_eq!(shots.len(), measured);
    assert!(shots.iter().all(|r| !r["subject"].is_empty() && !r["sha256"].is_empty()));
    let failures = table(folder.path(), "failures.csv");
    assert_eq!(
        (failures.len(), failures[0]["status"].as_str(), failures[0]["code"].as_str()),
        (1, "failed", "truncated")
    );
}

#[test]
fn the_course_speaks_of_dates() {
    let folder = written();
    let course = table(folder.path(), "course.csv");
    assert_eq!((course[0]["date"].as_str(), course[0]["day"].as_str()), ("2024-06-01", ""));
    assert_eq!(course[0]["message"], "no photo from 2024-06-01 on, 14 days after the last session");
}

#[test]
fn redcap_takes_the_import_with_its_dictionary() {
    let folder = written();
    let dictionary = table(folder.path(), "redcap_dictionary.csv");
    let header = std::fs::read_to_string(folder.path().join("redcap_dictionary.csv")).unwrap();
    let columns = csv::Reader::from_reader(header.as_bytes()).headers().unwrap().clone();
    assert_eq!((columns.len(), &columns[0], &columns[17]), (18, "Variable / Field Name", "Field Annotation"));
    let fields: Vec<&str> = dictionary.iter().map(|r| r["Variable / Field Name"].as_str()).collect();
    assert_eq!(fields[0], "record_id");

    let import = table(folder.path(), "redcap_import.csv");
    let system = ["redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"];
    for record in &import {
        assert!(record.keys().all(|k| system.contains(&k.as_str()) || fields.contains(&k.as_str())), "{record:?}");
        assert_eq!(record.len(), fields.len() + system.len());
        let event = record["redcap_event_name"].strip_prefix("visit_").unwrap().strip_suffix("_arm_1").unwrap();
        assert!(event.parse::<u32>().unwrap() > 0);
        assert_eq!(record["redcap_repeat_instrument"], "cicatrix_change");
    }
    // A row is one of its kind, and a place keeps its instance.
    let keys = |names: [&str; 4]| -> BTreeSet<Vec<String>> {
        import.iter().map(|r| names.iter().map(|n| r[*n].clone()).collect()).collect()
    };
    assert_eq!(keys(["record_id", "redcap_event_name", "redcap_repeat_instance", "record_id"]).len(), import.len());
    let places = keys(["record_id", "cx_view", "cx_region", "redcap_repeat_instance"]);
    assert_eq!(places.len(), keys(["record_id", "cx_view", "cx_region", "cx_region"]).len());
    let row =
        import.iter().find(|r| r["record_id"] == NAMED && r["cx_region"] == "cheek" && r["cx_days"] == "91").unwrap();
    assert_eq!((row["relief_sq_mid_ver"].as_str(), row["cx_date"].as_str()), ("1", "2024-05-31"));
    assert!((number(row, "relief_sq_mid_pct") + 15.0).abs() < 1e-9);
    let withheld =
        import.iter().find(|r| r["record_id"] == HOSTILE_SHOWN && !r["relief_sq_mid_why"].is_empty()).unwrap();
    assert_eq!(withheld["relief_sq_mid_ver"], "5");
}

#[test]
fn bundles_hold_what_fhir_asks_for() {
    let folder = written();
    let bundles: Vec<Json> = files(folder.path())
        .iter()
        .filter(|(name, _)| name.starts_with("fhir/"))
        .map(|(_, bytes)| serde_json::from_slice(bytes).unwrap())
        .collect();
    assert_eq!(bundles.len(), 6);
    let (mut urls, mut withheld, mut entries) = (BTreeSet::new(), 0, 0);
    for bundle in &bundles {
        assert_eq!((bundle["resourceType"].as_str(), bundle["type"].as_str()), (Some("Bundle"), Some("collection")));
        for entry in bundle["entry"].as_array().unwrap() {
            entries += 1;
            assert!(urls.insert(entry["fullUrl"].as_str().unwrap()), "two entries of one name");
            let o = &entry["resource"];
            assert_eq!((o["resourceType"].as_str(), o["status"].as_str()), (Some("Observation"), Some("final")));
            assert_eq!(o["code"]["coding"][0]["system"], "urn:cicatrix:metric");
            assert!(Column::named(o["code"]["coding"][0]["code"].as_str().unwrap()).is_some());
            assert!(o["subject"]["identifier"]["value"].is_string() && o["bodySite"]["text"].is_string());
            assert!(o["effectiveDateTime"].as_str().unwrap().len() == 10);
            // obs-6: a reason for absence only without a value.
            let filled = |e: &Json| e.as_object().unwrap().keys().filter(|k| k.starts_with("value")).count();
            assert_eq!(filled(o) + usize::from(o["dataAbsentReason"].is_object()), 1, "{o}");
            for component in o["component"].as_array().unwrap() {
                assert!(component["code"]["coding"][0]["code"].is_string());
                assert_eq!(
                    filled(component) + usize::from(component["dataAbsentReason"].is_object()),
                    1,
                    "{component}"
                );
                withheld += usize::from(component["dataAbsentReason"].is_object());
            }
            let text = o.to_string();
            assert!(!text.contains("null"), "{text}");
            let value = &o["valueQuantity"];
            assert!(value.is_null() || value["system"] == "http://unitsofmeasure.org" && value["code"].is_string());
        }
    }
    let headline = progress().rows.iter().filter(|r| about().headline.contains(&r.column)).count();
    assert_eq!((entries, withheld > 0), (headline, true));
}

#[test]
fn bundles_of_an_earlier_run_go_and_other_files_stay() {
    let folder = written();
    let fhir = folder.path().join("fhir");
    std::fs::write(fhir.join("Anna-visit-3.json"), "{}").unwrap();
    std::fs::write(fhir.join("own notes.json"), "{}").unwrap();
    write_tables(folder.path(), &progress(), &about()).unwrap();
    assert!(!fhir.join("Anna-visit-3.json").exists() && fhir.join("own notes.json").exists());
}

fn hidden(disguise: &Disguise) -> (tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let given = disguised(progress(), &about(), disguise).unwrap();
    write_tables(folder.path(), &given.progress, &given.about).unwrap();
    (folder, given.warnings)
}

/// Every file holds none of the texts, whatever their case.
fn hold_none_of(folder: &Path, texts: &[&str]) {
    for (name, bytes) in files(folder) {
        let mut content = format!("{name}\n{}", String::from_utf8_lossy(&bytes));
        if name.ends_with(".parquet") {
            // Its pages are compressed.
            let reader = SerializedFileReader::new(std::fs::File::open(folder.join(&name)).unwrap()).unwrap();
            reader.get_row_iter(None).unwrap().for_each(|row| content += &row.unwrap().to_string());
        }
        let content = content.to_lowercase();
        for text in texts {
            assert!(!content.contains(&text.to_lowercase()), "{name} holds {text}");
        }
    }
}

/// What names a person in the study made by hand.
const TELLING: &[&str] =
    &[NAMED, "MRN", "448812", "cmd|", "smith", "S07", "Anna", "secret note", "IMG_", "/home/", "0f0f0f0f"];

#[test]
fn pseudonyms_leave_no_name_anywhere() {
    // The test can fail: without a disguise every one of them is there.
    let open = files(written().path()).into_values().flatten().collect::<Vec<u8>>();
    let open = String::from_utf8_lossy(&open).to_lowercase();
    for text in TELLING.iter().filter(|t| **t != "secret note") {
        assert!(open.contains(&text.to_lowercase()), "{text} is in no open result");
    }
    let disguise = Disguise { key: Some(Key::new([7; 32])), days: true, keep: Vec::new() };
    let (folder, warnings) = hidden(&disguise);
    hold_none_of(folder.path(), TELLING);
    hold_none_of(folder.path(), &["2024-", "20240", "/2024", "01.03.", "1985", "march"]);
    assert!(warnings.iter().any(|w| w.contains("`patient_name` is left out")), "{warnings:?}");

    let rows = table(folder.path(), "change.csv");
    assert!(!rows[0].contains_key("patient_name") && rows[0].contains_key("batch"));
    let subjects: BTreeSet<&str> = rows.iter().map(|r| r["subject"].as_str()).collect();
    assert_eq!(subjects.len(), 3);
    for subject in &subjects {
        assert!(subject.len() == 11 && subject.starts_with('P'), "{subject}");
    }
    let key = Key::new([7; 32]);
    let row = change(&rows, &key.pseudonym(NAMED), "cheek", "relief_sq_mid", "2");
    assert_eq!((row["date"].as_str(), row["day"].as_str(), row["days_since_baseline"].as_str()), ("", "91", "91"));
    let course = table(folder.path(), "course.csv");
    assert_eq!((course[0]["day"].as_str(), course[0]["date"].as_str()), ("92", ""));
    assert_eq!(course[0]["message"], "no photo from day 92 on, 14 days after the last session");
    // Subjects stand in the order of their new names.
    let order: Vec<&str> = rows.iter().map(|r| r["subject"].as_str()).collect();
    assert!(order.is_sorted());
}

#[test]
fn a_disguise_changes_no_number() {
    let open = table(written().path(), "change.csv");
    let key = Key::new([7; 32]);
    let (folder, _) = hidden(&Disguise { key: Some(key.clone()), days: true, keep: Vec::new() });
    let closed = table(folder.path(), "change.csv");
    let numbers = |rows: &[Record], name: &dyn Fn(&str) -> String| -> BTreeSet<Vec<String>> {
        let columns = [
            "region",
            "visit",
            "metric",
            "value",
            "delta",
            "delta_percent",
            "p_holm",
            "verdict",
            "batch",
            "study_value",
        ];
        rows.iter()
            .map(|r| std::iter::once(name(&r["subject"])).chain(columns.iter().map(|c| r[*c].clone())).collect())
            .collect()
    };
    let named = |id: &str| key.pseudonym(if id == HOSTILE_SHOWN { HOSTILE } else { id });
    // A region is called after a subject: it has another name.
    let others = |rows: Vec<Record>| -> Vec<Record> { rows.into_iter().filter(|r| r["region"] == "cheek").collect() };
    let (open, closed) = (others(open), others(closed));
    assert_eq!(numbers(&open, &named), numbers(&closed, &str::to_owned));
}

#[test]
fn dates_alone_can_be_hidden() {
    let (folder, _) = hidden(&Disguise { days: true, ..Disguise::default() });
    hold_none_of(folder.path(), &["2024-", "20240", "/2024", "01.03.", "1985"]);
    let rows = table(folder.path(), "change.csv");
    assert_eq!(change(&rows, NAMED, "cheek", "relief_sq_mid", "2")["day"], "91");
}

#[test]
fn a_personal_column_is_kept_when_it_is_asked_for() {
    let keep = vec!["patient_name".to_owned()];
    let (folder, warnings) = hidden(&Disguise { key: Some(Key::new([1; 32])), days: true, keep });
    assert!(table(folder.path(), "change.csv")[0].contains_key("patient_name"));
    assert!(warnings.iter().any(|w| w.contains("`patient_name` is kept as asked")), "{warnings:?}");
}

#[test]
fn another_key_gives_other_names_and_no_disguise_changes_nothing() {
    let names = |key: u8| -> BTreeSet<String> {
        let (folder, _) = hidden(&Disguise { key: Some(Key::new([key; 32])), ..Disguise::default() });
        table(folder.path(), "change.csv").iter().map(|r| r["subject"].clone()).collect()
    };
    assert_eq!(names(1), names(1));
    assert!(names(1).is_disjoint(&names(2)));
    let (folder, warnings) = hidden(&Disguise::default());
    assert!(files(folder.path()) == files(written().path()) && warnings.is_empty());
}
