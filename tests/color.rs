//! Color against `fixtures/truth`.

#![allow(clippy::unwrap_used, missing_docs)]

use cicatrix::color::{Lab, delta_e_00, ita, lab, srgb};

type Table = Vec<std::collections::HashMap<String, String>>;

fn table(name: &str) -> Table {
    let path = format!("{}/fixtures/truth/{name}", env!("CARGO_MANIFEST_DIR"));
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

fn number(row: &std::collections::HashMap<String, String>, key: &str) -> f64 {
    row[key].parse().unwrap()
}

#[test]
fn lab_in_f64_equals_the_reference() {
    let colors = table("colors.csv");
    assert_eq!(colors.len(), 320);
    for row in &colors {
        let rgb = ["R", "G", "B"].map(|c| srgb::linear_from_srgb(number(row, c) / 255.0));
        let found = Lab::from_linear(rgb);
        for (value, key) in [(found.l, "L_D65"), (found.a, "a_D65"), (found.b, "b_D65")] {
            assert!((value - number(row, key)).abs() < 1e-9, "{key} of color {}", row["id"]);
        }
        let back = found.to_linear();
        assert!(rgb.iter().zip(back).all(|(a, b)| (a - b).abs() < 1e-9), "color {} there and back", row["id"]);
    }
}

#[test]
fn lab_in_f32_is_within_a_thousandth_at_every_level() {
    let colors = table("colors.csv");
    let plane =
        |c: &str| -> Vec<f32> { colors.iter().map(|row| srgb::linear_of_codes8()[number(row, c) as usize]).collect() };
    let (r, g, b) = (plane("R"), plane("G"), plane("B"));
    let mut results = Vec::new();
    let before = cicatrix::base::cpu::Level::current();
    for level in cicatrix::base::cpu::Level::available() {
        assert!(cicatrix::base::cpu::Level::force(level));
        let mut out = [vec![0.0; r.len()], vec![0.0; r.len()], vec![0.0; r.len()]];
        let [l, a, b_out] = &mut out;
        lab::lab_row([&r, &g, &b], [l, a, b_out]);
        for (i, row) in colors.iter().enumerate() {
            for (plane, key) in out.iter().zip(["L_D65", "a_D65", "b_D65"]) {
                let error = (f64::from(plane[i]) - number(row, key)).abs();
                assert!(error < 1e-3, "{key} of color {} at {level}: off by {error}", row["id"]);
            }
        }
        results.push(out);
    }
    cicatrix::base::cpu::Level::force(before);
    assert!(results.windows(2).all(|w| w[0] == w[1]), "the levels disagree");
}

#[test]
fn grays_are_neutral() {
    for code in 0..=255 {
        let v = srgb::linear_from_srgb(f64::from(code) / 255.0);
        let gray = Lab::from_linear([v; 3]);
        assert!(gray.a.abs() < 1e-12 && gray.b.abs() < 1e-12, "code {code}");
        assert_eq!(ita::ita_deg(gray), None);
    }
}

#[test]
fn ita_equals_the_reference() {
    for row in table("colors.csv").iter().filter(|row| !row["ITA_arctan_deg"].is_empty()) {
        let color = Lab { l: number(row, "L_D65"), a: number(row, "a_D65"), b: number(row, "b_D65") };
        let found = ita::ita_deg(color).unwrap();
        assert!((found - number(row, "ITA_arctan_deg")).abs() < 1e-6, "color {}", row["id"]);
    }
}

#[test]
fn ita_classes_end_where_the_literature_ends_them() {
    let edges = [(55.0, "light", "very_light"), (41.0, "intermediate", "light"), (28.0, "tan", "intermediate")];
    for (edge, at, above) in edges.into_iter().chain([(10.0, "brown", "tan"), (-30.0, "dark", "brown")]) {
        assert_eq!(ita::ita_class(edge), at);
        assert_eq!(ita::ita_class(edge + 1e-9), above);
    }
}

#[test]
fn ciede2000_equals_sharma() {
    let pairs = table("ciede2000.csv");
    assert_eq!(pairs.len(), 34);
    for row in &pairs {
        let lab = |i: u8| {
            let [l, a, b] = ["L", "a", "b"].map(|c| number(row, &format!("{c}{i}")));
            Lab { l, a, b }
        };
        let (x, y) = (lab(1), lab(2));
        let found = delta_e_00(x, y);
        assert!((found - number(row, "dE00_f64_full")).abs() < 1e-10, "pair {}: {found}", row["pair"]);
        assert!((found - number(row, "dE00_published_4dp")).abs() < 1e-4, "pair {}: {found}", row["pair"]);
        assert!((found - delta_e_00(y, x)).abs() < 1e-12, "pair {} is not symmetric", row["pair"]);
    }
}
