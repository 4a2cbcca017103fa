//! Policy: what counts as aligned. Every threshold of the alignment stands here.
//!
//! Limits on residuals and on shares of skin are those of quality checks in clinical photography: residual above 0.5 mm warn,
//! above 1.5 mm reject; less than 80 % of the skin in both visits warn, less than 60 % reject. Without a scale the residual is held to the same share of a
//! frame of 200 mm. Limits that tell a right alignment from a chance one lie far from both: right pairs of
//! `cicatrix validate --only alignment` agree in nearly all blocks, chance reaches a tenth of them.

use super::quality::Quality;

/// What may be done with a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The pair can be compared.
    Pass,
    /// It can be compared, with the reasons in mind.
    Warn,
    /// It must not be compared.
    Fail,
}

impl Verdict {
    /// Its word in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// Why a pair does not pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// How bad it is.
    pub verdict: Verdict,
    /// A stable code.
    pub code: &'static str,
    /// What was found, and what is allowed.
    pub message: String,
}

/// A limit of warning and a limit of failure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Beyond it the pair is only warned of.
    pub warn: f64,
    /// Beyond it the pair fails.
    pub fail: f64,
}

/// The thresholds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Agreeing pairs of blobs, at least.
    pub inliers: Limit,
    /// Share of the blocks that agree, at least.
    pub agreement: Limit,
    /// Blocks that agree, at least.
    pub agreeing_blocks: Limit,
    /// Correlation, at least.
    pub ncc: Limit,
    /// Share of the baseline's skin, at least.
    pub overlap: Limit,
    /// Residual and local shift in mm, at most.
    pub residual_mm: Limit,
    /// The same without a scale, as a share of the baseline's longer side, at most.
    pub residual_share: Limit,
    /// Forward-backward distance as a share of the baseline's longer side, at most.
    pub forward_backward_share: Limit,
    /// Turn in degrees, to either side, at most.
    pub rotation_deg: Limit,
    /// Magnification, or its inverse, at most.
    pub scale: Limit,
    /// Slant, at most.
    pub slant: Limit,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            inliers: Limit { warn: 20.0, fail: 8.0 },
            agreement: Limit { warn: 0.6, fail: 0.35 },
            agreeing_blocks: Limit { warn: 20.0, fail: 10.0 },
            ncc: Limit { warn: 0.4, fail: 0.2 },
            overlap: Limit { warn: 0.8, fail: 0.6 },
            residual_mm: Limit { warn: 0.5, fail: 1.5 },
            residual_share: Limit { warn: 0.0025, fail: 0.0075 },
            forward_backward_share: Limit { warn: 0.001, fail: 0.005 },
            rotation_deg: Limit { warn: 20.0, fail: 180.0 },
            scale: Limit { warn: 1.35, fail: 2.5 },
            slant: Limit { warn: 1.15, fail: 1.5 },
        }
    }
}

impl Limits {
    /// The verdict on a pair whose baseline has a longer side of `longest_px`, and why it does not pass.
    #[must_use]
    pub fn judge(&self, q: &Quality, longest_px: usize) -> (Verdict, Vec<Reason>) {
        let mut reasons = Vec::new();
        let mut at_least = |code, what: &str, found: f64, limit: Limit| {
            // Not a number is never enough.
            let verdict = if found.is_nan() || found < limit.fail {
                Verdict::Fail
            } else if found < limit.warn {
                Verdict::Warn
            } else {
                return;
            };
            let asked = if verdict == Verdict::Fail { limit.fail } else { limit.warn };
            reasons.push(Reason { verdict, code, message: format!("{what} {found:.3}, at least {asked} is needed") });
        };
        at_least("few_inliers", "agreeing pairs of features", q.inliers as f64, self.inliers);
        at_least("disagreement", "share of blocks that fit as their neighbors do", q.agreement, self.agreement);
        at_least(
            "few_blocks",
            "blocks that fit as their neighbors do",
            q.agreement * q.blocks as f64,
            self.agreeing_blocks,
        );
        at_least("unlike", "correlation", q.ncc, self.ncc);
        at_least("overlap", "share of the baseline's skin that is visible", q.overlap, self.overlap);
        let mut at_most = |code, what: &str, found: f64, limit: Limit| {
            let verdict = if found.is_nan() || found > limit.fail {
                Verdict::Fail
            } else if found > limit.warn {
                Verdict::Warn
            } else {
                return;
            };
            let allowed = if verdict == Verdict::Fail { limit.fail } else { limit.warn };
            reasons.push(Reason { verdict, code, message: format!("{what} {found:.3}, at most {allowed} is allowed") });
        };
        let longest = longest_px.max(1) as f64;
        for (code, what, px, mm) in [
            ("residual", "residual of matched features", q.residual_px, q.residual_mm),
            ("local_shift", "skin left off its place by", q.local_shift_px, q.local_shift_mm),
        ] {
            match mm {
                Some(mm) => at_most(code, &format!("{what} (mm)"), mm, self.residual_mm),
                None => at_most(code, &format!("{what} (share of the longer side)"), px / longest, self.residual_share),
            }
        }
        let returned = q.forward_backward_px / longest;
        at_most(
            "inconsistent",
            "forward-backward distance (share of the longer side)",
            returned,
            self.forward_backward_share,
        );
        at_most("rotation", "turn in degrees", q.rotation_deg.abs(), self.rotation_deg);
        let scale = if q.scale > 0.0 { q.scale.max(1.0 / q.scale) } else { f64::INFINITY };
        at_most("scale", "magnification", scale, self.scale);
        at_most("slant", "slant of the camera", q.slant, self.slant);
        reasons.sort_by_key(|r| std::cmp::Reverse(r.verdict));
        (reasons.first().map_or(Verdict::Pass, |r| r.verdict), reasons)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Quality {
        Quality {
            matches: 200,
            inliers: 150,
            inlier_ratio: 0.75,
            residual_px: 0.4,
            residual_mm: Some(0.02),
            local_shift_px: 0.2,
            local_shift_mm: Some(0.01),
            scale: 1.02,
            rotation_deg: -3.0,
            slant: 1.0,
            overlap: 0.93,
            ncc: 0.8,
            blocks: 110,
            agreement: 0.97,
            forward_backward_px: 0.05,
            homography: false,
        }
    }

    #[test]
    fn each_figure_has_its_say() {
        let limits = Limits::default();
        let verdict = |change: fn(&mut Quality)| {
            let mut q = good();
            change(&mut q);
            let (verdict, reasons) = limits.judge(&q, 1000);
            (verdict, reasons.first().map_or("", |r| r.code))
        };
        assert_eq!(verdict(|_| ()), (Verdict::Pass, ""));
        assert_eq!(verdict(|q| q.residual_mm = Some(0.6)), (Verdict::Warn, "residual"));
        assert_eq!(verdict(|q| q.residual_mm = Some(1.6)), (Verdict::Fail, "residual"));
        assert_eq!(verdict(|q| (q.residual_mm, q.residual_px) = (None, 3.0)), (Verdict::Warn, "residual"));
        assert_eq!(verdict(|q| q.local_shift_mm = Some(0.7)), (Verdict::Warn, "local_shift"));
        assert_eq!(verdict(|q| q.overlap = 0.79), (Verdict::Warn, "overlap"));
        assert_eq!(verdict(|q| q.overlap = 0.5), (Verdict::Fail, "overlap"));
        assert_eq!(verdict(|q| q.inliers = 5), (Verdict::Fail, "few_inliers"));
        assert_eq!(verdict(|q| q.agreement = 0.2), (Verdict::Fail, "disagreement"));
        assert_eq!(verdict(|q| (q.blocks, q.agreement) = (9, 1.0)), (Verdict::Fail, "few_blocks"));
        assert_eq!(verdict(|q| q.ncc = f64::NAN), (Verdict::Fail, "unlike"));
        assert_eq!(verdict(|q| q.scale = -1.0), (Verdict::Fail, "scale"));
        assert_eq!(verdict(|q| q.scale = 0.7), (Verdict::Warn, "scale"));
        assert_eq!(verdict(|q| q.rotation_deg = -25.0), (Verdict::Warn, "rotation"));
        assert_eq!(verdict(|q| q.forward_backward_px = 20.0), (Verdict::Fail, "inconsistent"));
    }
}
