//! Scales that clinicians grade with, known by the names of their columns.
//!
//! Such a column is read as numbers and kept apart from everything measured: it is shown beside, correlated, never
//! blended. Only the range of a whole scale is known here; versions of a scale differ in their items, so a number outside
//! is a warning. Ranges are those of the scales' papers as far as they state them.

use super::columns::normalized;

/// A column of a clinician's grades.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaleColumn {
    /// Its name in the file.
    pub column: String,
    /// The scale; the column's own name where the configuration declares it.
    pub scale: String,
    /// Lowest and highest total; `None` for an item of the scale and where the scale is not known.
    pub range: Option<(i32, i32)>,
}

struct Scale {
    name: &'static str,
    /// Normalized beginnings of a column's name.
    columns: &'static [&'static str],
    range: Option<(i32, i32)>,
}

const fn scale(name: &'static str, columns: &'static [&'static str], range: Option<(i32, i32)>) -> Scale {
    Scale { name, columns, range }
}

/// A longer beginning stands before the shorter one it begins with.
const SCALES: &[Scale] = &[
    scale(
        "Goodman-Baron quantitative",
        &["goodman_baron_quantitative", "gb_quantitative", "gb_quant", "gbq"],
        Some((0, 84)),
    ),
    scale(
        "Goodman-Baron qualitative",
        &["goodman_baron_qualitative", "goodman_baron_grade", "gb_qualitative", "gb_grade"],
        Some((1, 4)),
    ),
    scale("Goodman-Baron", &["goodman_baron", "goodman_and_baron", "goodmanbaron", "gb"], None),
    scale("ECCA", &["ecca"], Some((0, 540))),
    scale("SCAR-S", &["scar_s", "scars_score"], Some((0, 15))),
    scale("SCAR", &["scar_cosmesis", "scar_scale"], Some((0, 15))),
    // Items of 1 to 10 in version 2, 1 to 5 in version 3: the total of each differs.
    scale(
        "POSAS observer",
        &["posas_observer", "posas_2_observer", "posas_3_observer", "posas_o", "oposas", "osas"],
        None,
    ),
    scale("POSAS patient", &["posas_patient", "posas_2_patient", "posas_3_patient", "posas_p", "pposas", "psas"], None),
    scale("POSAS", &["posas"], None),
    scale("VSS", &["vss", "mvss", "vancouver_scar_scale", "vancouver"], Some((0, 13))),
    scale("PAHPI", &["pahpi"], Some((6, 22))),
    scale("mMASI", &["mmasi"], Some((0, 24))),
    scale("MASI", &["masi"], Some((0, 48))),
    scale("MSI", &["msi", "melasma_severity_index"], None),
    scale("GAIS", &["gais"], Some((1, 5))),
    scale("Mecott photo scale", &["mecott"], Some((3, 12))),
    scale("Beausang color match", &["beausang", "manchester_scar_scale"], None),
    scale("erythema 0-4", &["erythema_0_4", "cea", "clinician_erythema"], Some((0, 4))),
    // How the skin takes the sun: recorded, never inferred from a photo.
    scale("Fitzpatrick", &["fitzpatrick", "fitspatrick", "fst", "skin_phototype", "phototype"], Some((1, 6))),
];

/// What follows the beginning in the name of a column of totals.
const TOTALS: &[&str] = &["", "_total", "_score", "_sum", "_grade", "_scale", "_type", "_skin_type", "_total_score"];

/// The scale that a column is of, by its name.
pub(super) fn scale_of(column: &str) -> Option<ScaleColumn> {
    let name = normalized(column);
    let (scale, rest) = SCALES.iter().find_map(|scale| {
        let rest = scale.columns.iter().find_map(|begin| name.strip_prefix(begin))?;
        (rest.is_empty() || rest.starts_with('_')).then_some((scale, rest))
    })?;
    let range = scale.range.filter(|_| TOTALS.contains(&rest));
    Some(ScaleColumn { column: column.to_owned(), scale: scale.name.to_owned(), range })
}

/// A grade; the types of Fitzpatrick may be Roman.
pub(super) fn grade(scale: &ScaleColumn, text: &str) -> Option<f64> {
    let roman = ["i", "ii", "iii", "iv", "v", "vi"];
    let lower = text.to_lowercase();
    let bare = lower.strip_prefix("fst").or_else(|| lower.strip_prefix("type")).unwrap_or(&lower).trim();
    if scale.scale == "Fitzpatrick"
        && let Some(i) = roman.iter().position(|r| *r == bare)
    {
        return Some(i as f64 + 1.0);
    }
    super::value::number(if scale.scale == "Fitzpatrick" { bare } else { text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_known_by_the_beginning_of_a_name() {
        let named = |column: &str| scale_of(column).map(|s| (s.scale, s.range));
        assert_eq!(named("ECCA"), Some(("ECCA".to_owned(), Some((0, 540)))));
        assert_eq!(named("gb_grade"), Some(("Goodman-Baron qualitative".to_owned(), Some((1, 4)))));
        assert_eq!(named("Goodman-Baron"), Some(("Goodman-Baron".to_owned(), None)));
        assert_eq!(named("POSAS observer relief"), Some(("POSAS observer".to_owned(), None)));
        assert_eq!(named("vss total"), Some(("VSS".to_owned(), Some((0, 13)))));
        assert_eq!(named("vss_height"), Some(("VSS".to_owned(), None)));
        assert_eq!(named("fitzpatrick_scale"), Some(("Fitzpatrick".to_owned(), Some((1, 6)))));
        for other in ["scar", "scars", "gbp_price", "eccaa", "masif", "age", "", "erythema"] {
            assert_eq!(named(other), None, "{other}");
        }
    }

    #[test]
    fn no_beginning_hides_a_longer_one() {
        for (i, early) in SCALES.iter().enumerate() {
            for late in &SCALES[i + 1..] {
                for (a, b) in early.columns.iter().flat_map(|a| late.columns.iter().map(move |b| (a, b))) {
                    assert!(!b.starts_with(&format!("{a}_")) && a != b, "{a} hides {b}");
                }
            }
        }
    }

    #[test]
    fn roman_types_are_numbers() {
        let column = scale_of("fitzpatrick").expect("known");
        for (text, value) in
            [("IV", Some(4.0)), ("FST6", Some(6.0)), ("3.0", Some(3.0)), ("VII", None), ("type ii", Some(2.0))]
        {
            assert_eq!(grade(&column, text), value, "{text}");
        }
        assert_eq!(grade(&scale_of("vss").expect("known"), "IV"), None);
    }
}
