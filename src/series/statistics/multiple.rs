//! Many metrics at once.
//!
//! A verdict holds for one metric: of 100 unchanged ones 5 are called changed, so among 300 columns about 15 are, with
//! nothing having happened. Therefore a report names its headline metrics ([`HEADLINE`]) before it looks, and speaks of
//! these; their p are also given after Holm 1979, so that the chance of any false one among them is at most 5 % per
//! subject, region and visit. All other columns are exploratory: Benjamini and Hochberg 1995 gives the share of false
//! ones among those that stay below 5 %.

use crate::measure::dictionary::Column;

/// The metrics that a verdict speaks of: relief of the scars' size, sunken scars, dark and red spots, evenness of
/// color.
pub const HEADLINE: &[Column] = &[
    Column::RELIEF_SQ_MID,
    Column::RELIEF_SQ_COARSE,
    Column::DEPRESSION_AREA_FRACTION,
    Column::DARK_SPOT_AREA_FRACTION,
    Column::RED_SPOT_AREA_FRACTION,
    Column::EVENNESS_DE00,
];

/// The probabilities adjusted after Holm: any at or below 0.05 keeps the chance of one false among all at 5 %, however
/// they depend on each other.
#[must_use]
pub fn holm(p: &[f64]) -> Vec<f64> {
    let n = p.len();
    let mut adjusted = vec![0.0; n];
    let mut reached: f64 = 0.0;
    for (rank, i) in rising(p).into_iter().enumerate() {
        reached = reached.max(((n - rank) as f64 * p[i]).min(1.0));
        adjusted[i] = reached;
    }
    adjusted
}

/// The probabilities adjusted after Benjamini and Hochberg: of those at or below 0.05, 5 % are expected to be false.
#[must_use]
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let n = p.len();
    let mut adjusted = vec![0.0; n];
    let mut reached: f64 = 1.0;
    for (rank, i) in rising(p).into_iter().enumerate().rev() {
        reached = reached.min(n as f64 / (rank + 1) as f64 * p[i]);
        adjusted[i] = reached;
    }
    adjusted
}

fn rising(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::statistics::scale::Scale;
    use crate::series::statistics::truth::{all, numbers};

    #[test]
    fn adjusted_as_by_pingouin() {
        let truth = &all()["multiple"];
        let mut p = numbers(&truth["p"]);
        for (key, adjust) in [("holm", holm as fn(&[f64]) -> Vec<f64>), ("bh", benjamini_hochberg)] {
            let expected = numbers(&truth[key]);
            for (found, expected) in adjust(&p).iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-12, "{key}");
            }
            // In any order.
            p.reverse();
            let reversed: Vec<f64> = adjust(&p).into_iter().rev().collect();
            assert!(reversed.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12), "{key}");
            p.reverse();
        }
        assert!(holm(&[]).is_empty());
    }

    #[test]
    fn every_headline_can_be_tested() {
        for column in HEADLINE {
            assert!(Scale::of(*column).is_some(), "{}", column.metric().name);
        }
    }
}
