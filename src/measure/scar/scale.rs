//! Clinical scales as what they are: sub-scores from counts, each with its scale, version and source.
//!
//! A photograph carries counts, sizes and colors. Nothing that needs touch, age, depth or the patient is computed, and
//! no total: every scale here has items that a photograph does not show, and the points of those marked unverified were
//! not read in the scale's own paper. A clinician's grade stays a clinician's grade.

use serde::{Deserialize, Serialize};

/// One sub-score of one region: a row of `scales.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubScore {
    /// The region.
    pub region: String,
    /// The scale.
    pub scale: String,
    /// Which version of it.
    pub version: String,
    /// The item of the scale.
    pub item: String,
    /// Points, or the class.
    pub value: f64,
    /// What was counted or measured.
    pub basis: String,
    /// How far it can be trusted.
    pub note: String,
    /// Where the rule comes from.
    pub source: String,
}

/// What the scales are computed from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Sunken scars below 2, of 2 to 4, above 4 mm; `None` where the scale or the light is unknown.
    pub depressions: Option<[usize; 3]>,
    /// Sunken scars below 5 mm suggested as ice pick or boxcar.
    pub punched_out: Option<usize>,
    /// Rolling scars.
    pub rolling: Option<usize>,
    /// Raised scars and their area in cm^2.
    pub elevations: Option<(usize, f64)>,
    /// Dark and red spots that lie on no scar.
    pub macules: Option<usize>,
    /// Mean CIE76 difference of the scars from their surround, by area, and how many scars.
    pub color: Option<(f64, usize)>,
    /// Dark spots: their number, and their median diameter in mm where the scale is known.
    pub dark_spots: Option<(usize, Option<f64>)>,
}

const MACHINE: &str = "machine estimate from one photograph; not a clinician's grade";
const UNVERIFIED: &str = "unverified: points from memory of the paper";

struct Source {
    scale: &'static str,
    version: &'static str,
    source: &'static str,
    unverified: bool,
}

const ECCA: Source = Source {
    scale: "ECCA",
    version: "2007",
    source: "Dreno et al. 2007, Dermatology 214:46-51 (weights and count classes from memory; the six items were read)",
    unverified: true,
};
const GOODMAN_BARON: Source = Source {
    scale: "Goodman-Baron quantitative",
    version: "2006",
    source: "Goodman and Baron 2006, J Cosmet Dermatol 5:48-52 (points from memory; they sum to the stated 84)",
    unverified: true,
};
const BEAUSANG: Source = Source {
    scale: "Beausang color match",
    version: "1998, bounds in CIE76",
    source: "classes of Beausang et al. 1998; mean dE of 207 scars graded by 3 surgeons (4.4, 9.55, 17.76, 29.06); equal-likelihood bounds 6.9, 13.3, 22.7 computed by Cicatrix",
    unverified: false,
};
const PAHPI: Source = Source {
    scale: "PAHPI",
    version: "2014",
    source: "Savory et al. 2014, J Am Acad Dermatol 70:108 (points from memory; they span the stated 6 to 22)",
    unverified: true,
};

/// ECCA: points of an item by count class.
const ECCA_ITEMS: [(&str, f64); 3] = [
    ("V-shaped, below 2 mm, punctiform", 15.0),
    ("U-shaped, 2 to 4 mm, sheer edges", 20.0),
    ("M-shaped, above 4 mm, superficial", 25.0),
];
/// Beausang: CIE76 at which two neighboring classes are equally likely.
const BEAUSANG_BOUNDS: [f64; 3] = [6.9, 13.3, 22.7];

/// ECCA count class: none, fewer than 5, 5 to 20, more than 20.
fn ecca_class(count: usize) -> f64 {
    match count {
        0 => 0.0,
        1..=4 => 1.0,
        5..=20 => 2.0,
        _ => 3.0,
    }
}

/// Goodman and Baron: factor on the points by count.
fn multiplier(count: usize) -> f64 {
    match count {
        0 => 0.0,
        1..=10 => 1.0,
        11..=20 => 2.0,
        _ => 3.0,
    }
}

/// The sub-scores of a region, in the order of the scales.
#[must_use]
pub fn sub_scores(region: &str, evidence: &Evidence) -> Vec<SubScore> {
    let mut out = Vec::new();
    let mut add = |source: &Source, item: &str, value: f64, basis: String, caution: &str| {
        let notes = [MACHINE, if source.unverified { UNVERIFIED } else { "" }, caution];
        out.push(SubScore {
            region: region.to_owned(),
            scale: source.scale.to_owned(),
            version: source.version.to_owned(),
            item: item.to_owned(),
            value,
            basis,
            note: notes.into_iter().filter(|n| !n.is_empty()).collect::<Vec<_>>().join("; "),
            source: source.source.to_owned(),
        });
    };
    if let Some(counts) = evidence.depressions {
        for ((item, weight), count) in ECCA_ITEMS.into_iter().zip(counts) {
            let class = ecca_class(count);
            let basis = format!("{count} depressions of that size: class {class} x weight {weight}");
            add(&ECCA, item, class * weight, basis, "by size alone, shape not graded");
        }
    }
    if let Some((count, _)) = evidence.elevations {
        let caution = "count class without weight: the weight depends on the scar's age";
        add(&ECCA, "hypertrophic or keloid, count class", ecca_class(count), format!("{count} elevations"), caution);
    }
    if let Some(count) = evidence.macules {
        let caution = "every spot counts, whatever its cause";
        add(
            &GOODMAN_BARON,
            "macular erythematous or pigmented",
            multiplier(count),
            format!("{count} dark or red spots on no scar"),
            caution,
        );
    }
    if let Some(count) = evidence.punched_out {
        let basis = format!("{count} ice pick or boxcar scars below 5 mm");
        let caution = "taken as shallow, 2 points each class; deep ones have 3, and depth is not in a photograph";
        add(&GOODMAN_BARON, "punched-out, small (below 5 mm)", 2.0 * multiplier(count), basis, caution);
    }
    if let Some(count) = evidence.rolling {
        let caution = "taken as shallow; deep ones have 3 points each class";
        add(
            &GOODMAN_BARON,
            "shallow but broad atrophic areas",
            2.0 * multiplier(count),
            format!("{count} rolling scars"),
            caution,
        );
    }
    if let Some((count, area)) = evidence.elevations {
        let points = match area {
            _ if count == 0 => 0.0,
            a if a < 5.0 => 6.0,
            a if a <= 20.0 => 12.0,
            _ => 18.0,
        };
        let basis = format!("{count} elevations, {area:.2} cm2");
        add(
            &GOODMAN_BARON,
            "keloidal or hypertrophic area",
            points,
            basis,
            "papular scars are not told from hypertrophic ones",
        );
    }
    if let Some((difference, count)) = evidence.color {
        let class = 1 + BEAUSANG_BOUNDS.iter().filter(|&&bound| difference > bound).count();
        let basis = format!("mean CIE76 {difference:.2} of {count} scars against the skin around them, by area");
        let caution = "1 perfect, 2 slight, 3 obvious, 4 gross mismatch; needs even light";
        add(&BEAUSANG, "color match class", class as f64, basis, caution);
    }
    if let Some((count, diameter)) = evidence.dark_spots.filter(|(count, _)| *count > 0) {
        if let Some(diameter) = diameter {
            let points = match diameter {
                d if d < 3.0 => 2.0,
                d if d < 6.5 => 4.0,
                d if d <= 10.0 => 6.0,
                _ => 8.0,
            };
            add(
                &PAHPI,
                "size",
                points,
                format!("median diameter {diameter:.2} mm of {count} dark spots"),
                "the gap from 6 to 7 mm is split at 6.5",
            );
        }
        let points = match count {
            1..=15 => 1.0,
            16..=30 => 2.0,
            31..=45 => 3.0,
            46..=60 => 4.0,
            _ => 5.0,
        };
        add(&PAHPI, "number", points, format!("{count} dark spots"), "intensity is graded by eye and not computed");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Evidence {
        Evidence {
            depressions: Some([21, 7, 2]),
            punched_out: Some(12),
            rolling: Some(2),
            elevations: Some((1, 0.4)),
            macules: Some(30),
            color: Some((9.0, 28)),
            dark_spots: Some((16, Some(3.5))),
        }
    }

    #[test]
    fn points_are_those_of_the_tables() {
        let scores = sub_scores("all", &full());
        let values: Vec<(&str, f64)> = scores.iter().map(|s| (s.scale.as_str(), s.value)).collect();
        let (ecca, gb) = ("ECCA", "Goodman-Baron quantitative");
        let expected = [
            (ecca, 45.0),
            (ecca, 40.0),
            (ecca, 25.0),
            (ecca, 1.0),
            (gb, 3.0),
            (gb, 4.0),
            (gb, 2.0),
            (gb, 6.0),
            ("Beausang color match", 2.0),
            ("PAHPI", 4.0),
            ("PAHPI", 2.0),
        ];
        assert_eq!(values, expected);
    }

    #[test]
    fn every_row_names_its_source_and_no_row_is_a_total() {
        for score in sub_scores("all", &full()) {
            assert!(!score.source.is_empty() && !score.version.is_empty() && score.note.contains("machine estimate"));
            assert!(!score.item.contains("total") && !score.item.contains("sum"), "{}", score.item);
            assert_eq!(score.source.contains("from memory"), score.note.contains("unverified"), "{}", score.scale);
        }
    }

    #[test]
    fn what_is_not_known_has_no_row() {
        assert!(sub_scores("all", &Evidence::default()).is_empty());
        let none = Evidence { dark_spots: Some((0, None)), ..Evidence::default() };
        assert!(sub_scores("all", &none).is_empty());
    }
}
