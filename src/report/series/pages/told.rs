//! A verdict as a page shows it: words, a mark whose shape alone tells it, and what several verdicts say together.

use crate::series::statistics::verdict::Verdict;

/// What is said, of one change or of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Told {
    Improved,
    Worsened,
    /// Some regions improved, others worsened.
    Mixed,
    Changed,
    Within,
    Withheld,
    /// There is nothing to compare.
    Nothing,
}

impl Told {
    pub(super) const ALL: [Self; 7] =
        [Self::Improved, Self::Worsened, Self::Mixed, Self::Changed, Self::Within, Self::Withheld, Self::Nothing];

    pub(super) fn of(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Improved => Self::Improved,
            Verdict::Worsened => Self::Worsened,
            Verdict::Changed => Self::Changed,
            Verdict::WithinError => Self::Within,
            Verdict::Withheld { .. } => Self::Withheld,
        }
    }

    /// Of several regions. A subject responds where one improved and none worsened; that a change is withheld in one region
    /// does not take away what another shows.
    pub(super) fn together(all: &[Self]) -> Self {
        let has = |told: Self| all.contains(&told);
        match (has(Self::Improved), has(Self::Worsened)) {
            (true, true) => Self::Mixed,
            (true, false) => Self::Improved,
            (false, true) => Self::Worsened,
            (false, false) => {
                let order = [Self::Mixed, Self::Changed, Self::Within, Self::Withheld];
                order.into_iter().find(|t| has(*t)).unwrap_or(Self::Nothing)
            }
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Improved => "improved",
            Self::Worsened => "worsened",
            Self::Mixed => "mixed",
            Self::Changed => "changed",
            Self::Within => "within error",
            Self::Withheld => "withheld",
            Self::Nothing => "no value",
        }
    }

    /// Its class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Improved => "better",
            Self::Worsened => "worse",
            Self::Mixed => "mixed",
            Self::Changed => "changed",
            Self::Within => "within",
            Self::Withheld => "withheld",
            Self::Nothing => "nothing",
        }
    }

    /// Its place in an order of rows.
    pub(super) fn rank(self) -> usize {
        Self::ALL.iter().position(|t| *t == self).unwrap_or(Self::ALL.len())
    }

    /// The shapes of the plots, small.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Improved => {
                "<svg class=\"mark\" viewBox=\"-8 -8 16 16\" aria-hidden=\"true\"><path d=\"M0 6.5L-6 -4.5L6 -4.5Z\"/></svg>"
            }
            Self::Worsened => {
                "<svg class=\"mark\" viewBox=\"-8 -8 16 16\" aria-hidden=\"true\"><path d=\"M0 -7l7 7l-7 7l-7 -7Z\"/></svg>"
            }
            Self::Mixed => {
                "<svg class=\"mark\" viewBox=\"-8 -8 16 16\" aria-hidden=\"true\"><path d=\"M-4 6L-8 -3L0 -3ZM4 -6l4 6l-4 6l-4 -6Z\"/></svg>"
            }
            Self::Changed => {
                "<svg class=\"mark\" viewBox=\"-8 -8 16 16\" aria-hidden=\"true\"><path d=\"M-5 -5h10v10h-10Z\"/></svg>"
            }
            Self::Within => {
                "<svg class=\"mark line\" viewBox=\"-8 -8 16 16\" aria-hidden=\"true\"><circle r=\"5\"/></svg>"
            }
            Self::Withheld => {
                "<svg class=\"mark line\" viewBox=\"-8 -8 16 16\" aria-hidden=\"true\"><path d=\"M-5 -5L5 5M5 -5L-5 5\"/></svg>"
            }
            Self::Nothing => {
                "<svg class=\"mark line\" viewBox=\"-8 -8 16 16\" aria-hidden=\"true\"><path d=\"M-5 0H5\"/></svg>"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Told::{Changed, Improved, Mixed, Nothing, Withheld, Within, Worsened};
    use super::*;

    #[test]
    fn regions_together() {
        assert_eq!(Told::together(&[Improved, Within]), Improved);
        assert_eq!(Told::together(&[Improved, Worsened]), Mixed);
        assert_eq!(Told::together(&[Withheld, Within]), Within);
        assert_eq!(Told::together(&[Withheld, Withheld]), Withheld);
        assert_eq!(Told::together(&[Changed, Within]), Changed);
        assert_eq!(Told::together(&[]), Nothing);
    }

    #[test]
    fn every_verdict_has_its_own_mark_and_word() {
        let differ = |f: fn(Told) -> &'static str| {
            let mut all: Vec<_> = Told::ALL.into_iter().map(f).collect();
            all.sort_unstable();
            all.dedup();
            all.len()
        };
        assert_eq!((differ(Told::words), differ(Told::class), differ(Told::mark)), (7, 7, 7));
    }
}
