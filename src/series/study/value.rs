//! Cells as people write them.

/// A finite number. A comma is a decimal comma when it is the only mark in the number.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    // The parser of the library also takes `inf`, `nan` and `1e5`; of these only the last is a number here.
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | ',')) {
        return None;
    }
    let value = match text.matches(',').count() {
        0 => text.parse::<f64>(),
        1 if !text.contains('.') => text.replace(',', ".").parse::<f64>(),
        _ => return None,
    };
    value.ok().filter(|v| v.is_finite())
}

/// A whole number, also when a spreadsheet made `3.0` of it.
pub(super) fn whole(text: &str) -> Option<i64> {
    number(text).filter(|v| v.fract() == 0.0 && v.abs() <= 1e9).map(|v| v as i64)
}

/// Yes or no.
pub(super) fn yes_no(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "1.0" | "present" => Some(true),
        "no" | "n" | "false" | "0" | "0.0" | "none" | "absent" => Some(false),
        _ => None,
    }
}

/// A cell's parts between `|`.
pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split('|').map(str::trim).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_point_or_comma() {
        for (text, value) in [
            ("0.05", Some(0.05)),
            ("0,05", Some(0.05)),
            (" -3 ", Some(-3.0)),
            (",5", Some(0.5)),
            ("1e-2", Some(0.01)),
            ("1.234,5", None),
            ("1,234,567", None),
            ("inf", None),
            ("NaN", None),
            ("-inf", None),
            ("1e999", None),
            ("", None),
            ("5 mm", None),
        ] {
            assert_eq!(number(text), value, "{text}");
        }
        assert_eq!((whole("3.0"), whole("3.5"), whole("1e30")), (Some(3), None, None));
    }

    #[test]
    fn yes_and_no() {
        assert_eq!(
            (yes_no(" Yes"), yes_no("FALSE"), yes_no("maybe"), yes_no("")),
            (Some(true), Some(false), None, None)
        );
        assert_eq!(parts("a | |b|").collect::<Vec<_>>(), ["a", "b"]);
    }
}
