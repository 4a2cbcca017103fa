//! Changes in plain sentences.
//!
//! A sentence gives the change, its interval, what unchanged skin shows and the verdict, in this order, so that no change
//! can be read without its error. What is withheld is told as that, with all reasons, and without a figure.

use super::told::Told;
use crate::measure::Column;
use crate::measure::dictionary::Kind;
use crate::measure::pipeline::ALL;
use crate::report::page::text;
use crate::series::progress::{ChangeRow, ErrorSource, Place, SURROUND};
use crate::series::statistics::Interval;
use crate::series::statistics::change::Figures;
use crate::series::statistics::verdict::Verdict;

/// What people call a metric; its column where there is no other name.
pub(super) fn label(column: Column) -> &'static str {
    match column {
        Column::RELIEF_SQ_FINE => "Relief of pores and fine lines",
        Column::RELIEF_SQ_MID => "Relief of scar size",
        Column::RELIEF_SQ_COARSE => "Relief of broad scars and folds",
        Column::DEPRESSION_AREA_FRACTION => "Area of sunken scars",
        Column::DEPRESSION_COUNT => "Number of sunken scars",
        Column::ELEVATION_AREA_FRACTION => "Area of raised scars",
        Column::ELEVATION_COUNT => "Number of raised scars",
        Column::DARK_SPOT_AREA_FRACTION => "Area of dark spots",
        Column::DARK_SPOT_COUNT => "Number of dark spots",
        Column::RED_SPOT_AREA_FRACTION => "Area of red spots",
        Column::RED_SPOT_COUNT => "Number of red spots",
        Column::EVENNESS_DE00 => "Unevenness of color",
        Column::MELANIN_MEAN => "Melanin",
        Column::HEMOGLOBIN_MEAN => "Hemoglobin",
        Column::ITA_DEG => "Typology angle (ITA)",
        Column::L_MEAN => "Lightness L*",
        Column::A_MEAN => "Redness a*",
        Column::B_MEAN => "Yellowness b*",
        other => &other.metric().name,
    }
}

/// A region in words.
pub(super) fn region(name: &str) -> String {
    match name {
        ALL => "all skin".to_owned(),
        SURROUND => "skin around the regions".to_owned(),
        _ => text::name(name),
    }
}

/// A view in words; nothing in a study of one view.
pub(super) fn view(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!("view {}", text::name(name)) }
}

/// View and region in words.
pub(super) fn place(place: &Place) -> String {
    let region = region(&place.region);
    if place.view.is_empty() { region } else { format!("{region}, {}", view(&place.view)) }
}

/// Where, as part of a sentence.
fn place_in_sentence(place: &Place) -> String {
    let region = match place.region.as_str() {
        ALL => "over all skin".to_owned(),
        SURROUND => "in the skin around the regions".to_owned(),
        name => format!("in region {}", text::name(name)),
    };
    if place.view.is_empty() { region } else { format!("{region} ({})", view(&place.view)) }
}

/// The unit behind a number; nothing where there is none.
pub(super) fn unit(column: Column) -> String {
    let unit = column.metric().unit;
    if unit.is_empty() || unit == "1" { String::new() } else { format!("\u{a0}{unit}") }
}

/// A number with a true minus sign.
pub(super) fn minus(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

/// A value of a metric.
pub(super) fn value(column: Column, v: f64) -> String {
    if column.metric().kind == Kind::Integer && v.fract() == 0.0 { format!("{v:.0}") } else { minus(&text::short(v)) }
}

/// Decimals at which two digits of the largest are told.
fn decimals(all: &[f64]) -> usize {
    let largest = all.iter().copied().filter(|v| v.is_finite()).map(f64::abs).fold(0.0, f64::max);
    if largest > 0.0 { (1.0 - largest.log10().floor()).clamp(0.0, 9.0) as usize } else { 0 }
}

fn fixed(v: f64, decimals: usize) -> String {
    let text = format!("{v:.decimals$}");
    let zero = text.trim_start_matches('-').bytes().all(|b| matches!(b, b'0' | b'.'));
    if zero { text.trim_start_matches('-').to_owned() } else { minus(&text) }
}

fn signed(v: f64, decimals: usize) -> String {
    let text = fixed(v, decimals);
    if v > 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) { format!("+{text}") } else { text }
}

/// Percent behind a number, which no line breaks off.
pub(super) const PERCENT: &str = "\u{a0}%";

/// A change, its interval and what unchanged skin shows, all in percent or all in the metric's unit.
#[derive(Clone, Debug)]
pub(super) struct Amount {
    pub(super) change: f64,
    pub(super) interval: Interval,
    pub(super) noise: Interval,
    /// With the space before it.
    pub(super) unit: String,
}

impl Amount {
    pub(super) fn of(column: Column, figures: &Figures) -> Self {
        match (figures.delta_percent, figures.interval_percent, figures.noise_percent) {
            (Some(change), Some(interval), Some(noise)) => Self { change, interval, noise, unit: PERCENT.to_owned() },
            _ => Self { change: figures.delta, interval: figures.interval, noise: figures.noise, unit: unit(column) },
        }
    }

    fn decimals(&self) -> usize {
        decimals(&[self.change, self.interval.low, self.interval.high])
    }

    /// `−13 %`.
    pub(super) fn short(&self) -> String {
        format!("{}{}", signed(self.change, self.decimals()), self.unit)
    }

    /// `−16 to −10 %`.
    pub(super) fn range(&self) -> String {
        let d = self.decimals();
        format!("{} to {}{}", signed(self.interval.low, d), signed(self.interval.high, d), self.unit)
    }

    /// `−6 to +7 %`.
    pub(super) fn unchanged(&self) -> String {
        let d = decimals(&[self.noise.low, self.noise.high]).min(self.decimals() + 1);
        format!("{} to {}{}", signed(self.noise.low, d), signed(self.noise.high, d), self.unit)
    }

    fn size(&self) -> String {
        format!("{}{}", fixed(self.change.abs(), self.decimals()), self.unit)
    }
}

/// What is said of one change.
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    pub(super) told: Told,
    /// The change with its error.
    pub(super) text: String,
    /// The verdict that it ends with; empty where the text says it.
    pub(super) verdict: String,
    /// What to know of it.
    pub(super) notes: Vec<String>,
}

/// The sentence of a follow-up; `None` for a baseline.
pub(super) fn sentence(row: &ChangeRow, visit_number: usize, source: ErrorSource) -> Option<Sentence> {
    let change = row.change.as_ref()?;
    let name = &row.column.metric().name;
    let label = label(row.column);
    let what = if label == name { label.to_owned() } else { format!("{label} ({name})") };
    let place = place_in_sentence(&row.place);
    let (text, verdict) = match (&change.figures, &change.verdict) {
        (_, Verdict::Withheld { reasons }) => {
            let words: Vec<_> = reasons.iter().map(|r| r.words()).collect();
            let text = format!(
                "{what} {place}: the change to visit {visit_number} is not told, because {}.",
                words.join("; ")
            );
            (text, String::new())
        }
        (None, _) => return None,
        (Some(figures), verdict) => {
            let amount = Amount::of(row.column, figures);
            let size = amount.size();
            let moved = match amount.change {
                _ if !size.bytes().any(|b| (b'1'..=b'9').contains(&b)) => format!("changed by {size}"),
                c if c < 0.0 => format!("fell by {size}"),
                _ => format!("rose by {size}"),
            };
            let text = format!(
                "{what} {place} {moved} (95{PERCENT} interval {}) from the first visit to visit {visit_number}; unchanged skin would \
                 stay within {}: ",
                amount.range(),
                amount.unchanged()
            );
            (text, format!("{verdict}."))
        }
    };
    let mut notes = Vec::new();
    if let Some(control) = row.control.as_ref().filter(|_| change.figures.is_some()) {
        notes.push(format!("The change of untreated skin ({}) is subtracted.", region(control)));
    }
    if source == ErrorSource::Stated && change.figures.is_some() {
        notes.push("The error is a stated one, not that of this study.".to_owned());
    }
    // The stated error is told above.
    notes.extend(row.notes.iter().filter(|n| n.code() != "stated_error").map(|n| capital(n.words())));
    Some(Sentence { told: Told::of(&change.verdict), text, verdict, notes })
}

/// As a sentence of its own.
pub(super) fn capital(words: &str) -> String {
    let mut chars = words.chars();
    let Some(first) = chars.next() else { return String::new() };
    let end = if words.ends_with('.') { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::dictionary::Direction;
    use crate::series::progress::Note;
    use crate::series::statistics::change::{Change, Yardstick};
    use crate::series::statistics::repeatability::Sem;
    use crate::series::statistics::scale::Scale;
    use crate::series::statistics::verdict::Reason;

    fn row(after: f64, withheld: &[Reason]) -> ChangeRow {
        let error = Ok(Sem { sd: 0.02, df: 30.0 }.into());
        let yardstick = Yardstick { scale: Scale::Log, direction: Direction::Lower, step: 0.0, error };
        ChangeRow {
            place: Place { subject: 0, view: String::new(), region: "cheek".to_owned() },
            arm: String::new(),
            is_control: false,
            is_backdrop: false,
            column: Column::RELIEF_SQ_MID,
            visit: 3,
            day: None,
            days: None,
            sessions: 3,
            shots: vec![after; 2],
            interval: None,
            change: Some(Change::between(&[0.2, 0.2], &[after, after], &yardstick, None, withheld)),
            control: None,
            notes: vec![Note::SingleShot],
        }
    }

    #[test]
    fn a_change_is_told_with_its_error() {
        let told = sentence(&row(0.174, &[]), 4, ErrorSource::Stated).expect("a follow-up");
        assert_eq!(
            format!("{}{}", told.text, told.verdict),
            "Relief of scar size (relief_sq_mid) in region cheek fell by 13\u{a0}% (95\u{a0}% interval \u{2212}16 to \
             \u{2212}9\u{a0}%) from the first visit to visit 4; unchanged skin would stay within \u{2212}4.0 to +4.2\u{a0}%: improved."
        );
        assert_eq!(told.notes.len(), 2, "{:?}", told.notes);
    }

    #[test]
    fn what_is_withheld_has_no_figure() {
        let told = sentence(&row(0.1, &[Reason::LightSoftness, Reason::Makeup]), 4, ErrorSource::Unknown)
            .expect("a follow-up");
        assert_eq!(
            told.text,
            "Relief of scar size (relief_sq_mid) in region cheek: the change to visit 4 is not told, because the light is softer \
             or harder; make-up was noted."
        );
        assert!(told.verdict.is_empty() && told.told == Told::Withheld && !told.text.contains('%'));
    }

    #[test]
    fn a_baseline_has_no_sentence() {
        let baseline = ChangeRow { change: None, ..row(0.2, &[]) };
        assert!(sentence(&baseline, 1, ErrorSource::Unknown).is_none());
    }

    #[test]
    fn numbers_have_signs_and_no_negative_zero() {
        assert_eq!(
            [signed(-0.04, 1), signed(0.04, 1), signed(1.25, 1), signed(-3.0, 0)],
            ["0.0", "0.0", "+1.2", "\u{2212}3"]
        );
        assert_eq!(decimals(&[0.0123, -0.002]), 3);
        assert_eq!((decimals(&[13.0]), decimals(&[4.0]), decimals(&[])), (0, 1, 0));
    }
}
