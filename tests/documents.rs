//! Documents that are generated must be current.

#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;

#[test]
fn metrics_md_is_the_dictionary() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/METRICS.md");
    let current = cicatrix::report::metrics_markdown();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept == current, "docs/METRICS.md is old: UPDATE=1 cargo test --test documents writes it");
}

#[test]
fn names_of_columns_are_kept() {
    // A name once shipped is never renamed: this list only grows.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/truth/columns.txt");
    let current: Vec<_> = cicatrix::measure::dictionary::all().iter().map(|m| m.name.clone()).collect();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, current.join("\n") + "\n").unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert_eq!(kept.lines().collect::<Vec<_>>(), current, "the columns changed");
    let unique: std::collections::BTreeSet<_> = current.iter().collect();
    assert_eq!(unique.len(), current.len(), "two columns of one name");
}

#[test]
fn progress_md_lists_the_columns_of_every_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/PROGRESS.md");
    let (begin, end) =
        ("<!-- columns: written by UPDATE=1 cargo test --test documents -->\n", "\n<!-- end of columns -->");
    let kept = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = kept.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let current = format!("{before}{begin}{}{end}{after}", cicatrix::report::series::columns_markdown());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept == current, "docs/PROGRESS.md is old: UPDATE=1 cargo test --test documents writes it");
}
