//! What was found, as text for a terminal and as a document.

use std::fmt::Write;

use super::{Claim, Plan, Set};

/// The claims as they are found, for a terminal.
#[must_use]
pub fn text(claims: &[Claim]) -> String {
    let mut out = String::new();
    for c in claims {
        let verdict = if c.met { "met    " } else { "NOT MET" };
        let _ = writeln!(out, "{verdict} {}: {}\n        target {}; found {}", c.claim, c.measure, c.target, c.found);
        if let Some(why) = explanation(c) {
            let _ = writeln!(out, "        {why}");
        }
    }
    out
}

/// Why a claim that is not met is not, where that is known.
#[must_use]
pub fn explanation(claim: &Claim) -> Option<&'static str> {
    if claim.met {
        return None;
    }
    EXPLAINED.iter().find(|(part, _)| claim.measure.contains(part)).map(|(_, why)| *why)
}

/// A part of the measure, and what stands in the way.
const EXPLAINED: &[(&str, &str)] = &[
    (
        "cross-polarized",
        "behind crossed polarizers dark skin leaves sRGB: at ITA -45 its mean blue code is about 4 of 255 and often 0, so that its logarithm is rounding; and its green is so dark that the camera's noise, made alike in all channels by JPEG, looks like relief. Such rows carry the flag `little_blue` and a standard error that covers it.",
    ),
    (
        "exposure",
        "not settled. Likely noise and the fewer codes of color of an 8-bit JPEG in the darker photo; no limit of physics is known that forbids the target.",
    ),
    (
        "pooled, the same light",
        "the interval of the share holds 5 %: a correct test of 5 % lies above it in half of such tables by chance.",
    ),
    (
        "higher, not said to be",
        "likely because furrows answer a lamp by their own slope: in a few subjects the region loses so much more than the skin beside it that no witness withholds the change.",
    ),
    (
        "the lamp put up again",
        "shots of one visit share their lamp, so what a lamp that is put up again does is in no repeat shot: a stated error between visits stands for it, and some of these lamps move the relief by more. A control in the same photos takes most of it away or withholds the change.",
    ),
    (
        "ambient light +",
        "so little softer light stays below what the range of the light and the anisotropy of the relief show, and it is not the same for all skin of a photo: relief of another direction loses more. It moves the relief by a few percent, which can be more than the stated error between visits.",
    ),
    (
        "light told from the photo",
        "not settled. With the direction given (`--light`) the target is just met, so part of it is the estimate of the direction.",
    ),
];

/// The document of a whole run; `command` is what makes it again.
#[must_use]
pub fn markdown(plan: &Plan, command: &str, claims: &[Claim]) -> String {
    let met = claims.iter().filter(|c| c.met).count();
    let mut out = format!(
        "# Validation\n\nMade by `{command}` with cicatrix {}. {met} of {} claims met.\n\n",
        env!("CARGO_PKG_VERSION"),
        claims.len(),
    );
    let _ = writeln!(
        out,
        "Every figure comes from phantoms (`docs/PHANTOM.md`) that were rendered, written as JPEG, read back and measured \
         as any photo is, with the default configuration (cross-polarized ones with `skin.polarization = \"cross\"`) and the nominal scale. A scenario is a piece of skin with a lamp, \
         {} by {} pixels of {} mm, JPEG quality {}; each claim is tried on {} of them. From the seed of a scenario are drawn: \
         depth of furrows (0.04-0.07 mm) and of plateaus (0.03-0.05 mm), pores (20-100 per cm²), tension lines, mottle of \
         melanin and blood (rms 5-9 %), fine mottle (2-4 %), blood (0.010-0.018), the lamp's azimuth (any), elevation \
         (35-50°) and ambient light (0.25-0.45). Alignment is tried on recaptures and on pairs that nothing can align, change on \
         simulated subjects: what those are stands in their rows and in `src/validate`.\n",
        640, 480, 0.05, 95, plan.scenarios
    );
    let _ = writeln!(
        out,
        "Tuning and test are kept apart: methods are tuned on seeds from {} (`--set tuning`), figures are reported on \
         seeds from {} (`--set test`), on which no parameter was fitted and no choice was made: they were drawn anew when the method was settled, the subjects of the claims of change (from {}) once more after the error between visits was chosen; since then one mend was made (which of two errors between visits is the smaller one beside a control). The test set also draws the scattering below the \
         surface (0.9 to 1.1 times the usual one); the tuning set does not. This is the {} set.\n",
        Set::Tuning.first_seed(),
        Set::Test.first_seed(),
        Set::Test.first_seed() + super::simulated::FIRST_TESTED as u64,
        plan.set.name()
    );
    out.push_str(
        "Where a claim has a figure per scenario it is judged on their median; the worst stands beside it. Percentages \
         are sizes, without sign, unless a sign is shown.\n\n",
    );
    out.push_str("| claim | measure | target | found | |\n| --- | --- | --- | --- | --- |\n");
    for c in claims {
        let cell = |text: &str| text.replace('|', "\\|");
        let verdict = if c.met { "met" } else { "**not met**" };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {verdict} |",
            cell(c.claim),
            cell(&c.measure),
            cell(c.target),
            cell(&c.found)
        );
    }
    let missed: Vec<&Claim> = claims.iter().filter(|c| !c.met).collect();
    if !missed.is_empty() {
        out.push_str("\n## What stands in the way\n\n");
        for c in missed {
            let _ = writeln!(out, "- {}, {}: {}", c.claim, c.measure, explanation(c).unwrap_or("not explained yet."));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_claim_has_its_line_and_its_verdict() {
        let claim = |met| Claim {
            claim: "a claim",
            measure: "a | measure".to_owned(),
            target: "2 %",
            found: "1.00 % (worst 2.00 %)".to_owned(),
            met,
        };
        let plan = Plan { set: Set::Test, scenarios: 4 };
        let doc = markdown(&plan, "cicatrix validate", &[claim(true), claim(false)]);
        assert!(doc.contains("1 of 2 claims met") && doc.contains("| a claim | a \\| measure | 2 % |"));
        assert!(doc.contains("| met |") && doc.contains("| **not met** |") && doc.contains("## What stands"));
        let text = text(&[claim(true), claim(false)]);
        assert_eq!(text.matches("NOT MET").count(), 1);
    }
}
