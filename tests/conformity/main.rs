//! Every feature against its oracle, and `docs/CONFORMITY.md`, which says so. A comparison beyond its tolerance fails the test
//! that makes it; the document holds the worst error that was seen.

#![allow(clippy::unwrap_used, missing_docs)]

mod areal;
mod filters;
mod gray_levels;
mod height;
mod patterns;
mod record;
#[path = "../common/surface.rs"]
mod surface;
mod truth;

use std::path::Path;

const HEAD: &str = "# Conformity\n\n\
    Feature by feature: the oracle, how many values were compared, the tolerance, and the worst error seen, rounded up \
    (`< 1e-11` stands for all that is smaller). Every comparison runs in `cargo test`; where the values come from stands in \
    [fixtures/truth/README.md](../fixtures/truth/README.md).\n\n\
    This file is generated: `UPDATE=1 cargo test --test conformity` writes it.\n";

#[test]
fn conformity_md_is_what_was_compared() {
    let sections = [
        gray_levels::section(),
        filters::section(),
        patterns::patterns(),
        patterns::structure(),
        areal::images(),
        areal::closed_forms(),
        areal::correlation(),
        height::section(),
    ];
    let current = sections.iter().fold(HEAD.to_owned(), |doc, section| doc + &section.markdown());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/CONFORMITY.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == current, "docs/CONFORMITY.md is old: UPDATE=1 cargo test --test conformity writes it");
}
