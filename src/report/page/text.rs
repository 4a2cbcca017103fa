//! Text as a page may show it: short, and without characters that change how its surroundings read.

use std::fmt::Write as _;

/// Characters of a name that are shown; the tables hold all of it.
const MAX_NAME: usize = 120;
/// Characters of a message that are shown.
const MAX_MESSAGE: usize = 400;

/// A name with its middle left out where it is very long.
pub(in crate::report) fn name(text: &str) -> String {
    shown(text, MAX_NAME)
}

/// A message, cut where it is very long.
pub(in crate::report) fn message(text: &str) -> String {
    shown(text, MAX_MESSAGE)
}

/// Writes controls as their code points: bidirectional ones would turn the text around them, others would not be seen.
fn shown(text: &str, most: usize) -> String {
    let count = text.chars().count();
    let tail = most / 3;
    let mut out = String::with_capacity(text.len().min(4 * most));
    for (i, c) in text.chars().enumerate() {
        if count > most && i == most - tail {
            out.push('…');
        }
        if count > most && (most - tail..count - tail).contains(&i) {
            continue;
        }
        if is_hidden(c) {
            let _ = write!(out, "[U+{:04X}]", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// True for what a reader would not see. The two joiners stay: Persian and Indic names need them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A number with four significant digits.
pub(in crate::report) fn number(v: f64) -> String {
    digits(v, 4)
}

/// A number with three significant digits.
pub(in crate::report) fn short(v: f64) -> String {
    digits(v, 3)
}

fn digits(v: f64, significant: usize) -> String {
    if v == 0.0 || !v.is_finite() {
        return if v == 0.0 { "0".to_owned() } else { String::new() };
    }
    let exponent = v.abs().log10().floor();
    if !(-6.0..9.0).contains(&exponent) {
        return format!("{v:.*e}", significant - 1);
    }
    let decimals = (significant as f64 - 1.0 - exponent).max(0.0) as usize;
    let text = format!("{v:.decimals$}");
    // What rounds to a whole number of few digits reads as one.
    if v.fract() == 0.0 { format!("{v:.0}") } else { text }
}

/// A count with its thousands apart.
pub(in crate::report) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `n` things, in the singular for one.
pub(in crate::report) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_shown_as_code_points() {
        assert_eq!(name("photo\u{202e}gpj.exe"), "photo[U+202E]gpj.exe");
        assert_eq!(name("a\nb\0c\u{2066}d\u{feff}"), "a[U+000A]b[U+0000]c[U+2066]d[U+FEFF]");
        assert_eq!(name("été/مرحبا.jpg"), "été/مرحبا.jpg");
    }

    #[test]
    fn long_names_keep_both_ends() {
        let long = format!("start{}end.jpg", "x".repeat(5000));
        let short = name(&long);
        assert_eq!(short.chars().count(), MAX_NAME + 1);
        assert!(short.starts_with("start") && short.ends_with("end.jpg") && short.contains('…'));
        assert_eq!(name(&"y".repeat(MAX_NAME)), "y".repeat(MAX_NAME));
    }

    #[test]
    fn numbers() {
        let all = [0.0, 12.0, 0.021_234_5, -5.432_19, 1234.567, 0.3, 1e-9, 1e12, 99.99].map(number);
        assert_eq!(all, ["0", "12", "0.02123", "-5.432", "1235", "0.3000", "1.000e-9", "1.000e12", "99.99"]);
        assert_eq!([0.012_349, 12.49, -1e-9].map(short), ["0.0123", "12.5", "-1.00e-9"]);
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }
}
