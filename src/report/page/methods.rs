//! The paragraph that a paper can quote, written from what was run and found.

use std::collections::BTreeMap;

use super::Tally;
use super::text;
use crate::filter::form::Form;
use crate::measure::config::{Config, Family, TextureSource};
use crate::report::About;

/// Distinct cameras that are told apart; more are counted together.
const MAX_CAMERAS: usize = 1000;
/// Cameras that are named in the text.
const NAMED_CAMERAS: usize = 8;
/// The classes of the ITA from light to dark.
pub(super) const ITA_CLASSES: [&str; 6] = ["very_light", "light", "intermediate", "tan", "brown", "dark"];

/// How often each name occurred.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    counts: BTreeMap<String, u64>,
    others: u64,
}

impl Names {
    /// Counts a name; nothing for an empty one.
    pub fn add(&mut self, name: &str) {
        if name.is_empty() {
            return;
        }
        let name = text::name(name);
        if let Some(count) = self.counts.get_mut(&name) {
            *count += 1;
        } else if self.counts.len() < MAX_CAMERAS {
            self.counts.insert(name, 1);
        } else {
            self.others += 1;
        }
    }

    /// How often `name` occurred.
    pub fn of(&self, name: &str) -> u64 {
        self.counts.get(name).copied().unwrap_or(0)
    }

    /// The names, the most frequent first, and how many entries are not named.
    fn ranked(&self, most: usize) -> (Vec<(&str, u64)>, u64) {
        let mut all: Vec<_> = self.counts.iter().map(|(name, &n)| (name.as_str(), n)).collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let rest = all.iter().skip(most).map(|(_, n)| n).sum::<u64>() + self.others;
        all.truncate(most);
        (all, rest)
    }

    /// `a (3), b (1), others (2)`.
    fn words(&self, most: usize) -> String {
        let (named, rest) = self.ranked(most);
        let mut parts: Vec<_> = named.iter().map(|(name, n)| format!("{name} ({})", text::count(*n))).collect();
        if rest > 0 {
            parts.push(format!("others ({})", text::count(rest)));
        }
        parts.join(", ")
    }
}

/// What the photos say of how they were taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Conditions {
    /// Make and model.
    pub cameras: Names,
    /// Where the scale comes from.
    pub scales: Names,
    /// Classes of the skin color.
    pub ita: Names,
}

/// The paragraphs, in plain text.
pub(super) fn paragraphs(about: &About, tally: &Tally, conditions: &Conditions) -> Vec<String> {
    let config = &about.config;
    if config.height.enabled {
        return vec![height_maps(about, tally)];
    }
    let mut method = format!(
        "Photographs were measured with Cicatrix {} (configuration SHA-256 {}). ",
        text::name(&about.version),
        text::name(&about.config_hash)
    );
    method += &format!(
        "Of {}, {} measured, {} refused as not fit to be measured, and {} could not be read or decoded. ",
        text::counted(tally.discovered(), "photograph", "photographs"),
        was(tally.ok),
        was(tally.refused),
        text::count(tally.failed),
    );
    method += "Colors are CIELAB values under the D65 white point. ";
    if config.wants(Family::Pigment) || config.wants(Family::Relief) {
        method += "Melanin and hemoglobin densities were separated from the shading in log intensity; relief values \
                   are indices of the shading that is left, in natural-log units of intensity, not heights. ";
    }
    if config.wants(Family::Relief) {
        method += &format!(
            "The relief was split by Gaussian filters (ISO 16610-61) into the bands {} mm; where the scale is unknown, {} \
             px. In each band the covariance of the log channels was explained by relief, melanin, blood and the noise \
             of the camera; the relief's share is reported, with its standard error. ",
            bands(config.relief.bands_mm),
            bands(config.relief.bands_px)
        );
    }
    if config.wants(Family::Scars) {
        method += "Scars were found by matched filters of the shading that their profiles give under the direction of the \
                   light; types are suggestions. ";
    }
    if OF_LEVELS.iter().any(|&family| config.wants(family)) {
        method += &matrices(config);
    }
    let mut photos = Vec::new();
    for (what, names) in
        [("Cameras", &conditions.cameras), ("Scale sources", &conditions.scales), ("ITA classes", &conditions.ita)]
    {
        let words = if what == "ITA classes" { ita_words(names) } else { names.words(NAMED_CAMERAS) };
        photos.push(if words.is_empty() { format!("{what}: none recorded.") } else { format!("{what}: {words}.") });
    }
    vec![method.trim_end().to_owned(), photos.join(" ")]
}

/// The families that are counted on gray levels.
const OF_LEVELS: [Family; 7] =
    [Family::Glcm, Family::Glrlm, Family::Glszm, Family::Gldzm, Family::Ngtdm, Family::Ngldm, Family::Statistics];
fn height_maps(about: &About, tally: &Tally) -> String {
    let height = &about.config.height;
    let form = match height.form {
        Form::None => "their mean",
        Form::Plane => "a least-squares plane",
        Form::Quadratic => "a least-squares quadratic surface",
    };
    let filter = |name: &str, kind: &str, um: Option<f64>| match um {
        Some(um) => format!("{name}-filter: {kind}, {um} um"),
        None => format!("no {name}-filter"),
    };
    let long = if height.robust { "robust Gaussian of ISO 16610-71" } else { "Gaussian of ISO 16610-61" };
    format!(
        "Height maps were measured with Cicatrix {} (configuration SHA-256 {}). Of {}, {} measured, {} refused as not fit to \
         be measured, and {} could not be read or decoded. Surface parameters are those of ISO 25178-2 on the heights \
         without {form} ({}; {}).",
        text::name(&about.version),
        text::name(&about.config_hash),
        text::counted(tally.discovered(), "height map", "height maps"),
        was(tally.ok),
        was(tally.refused),
        text::count(tally.failed),
        filter("S", "Gaussian of ISO 16610-61", height.s_um),
        filter("L", long, height.l_um),
    )
}

fn was(n: u64) -> String {
    text::counted(n, "was", "were")
}

fn bands(edges: [f64; 4]) -> String {
    edges.windows(2).map(|e| format!("{} to {}", e[0], e[1])).collect::<Vec<_>>().join(", ")
}

fn matrices(config: &Config) -> String {
    let texture = &config.texture;
    let [low, high] = texture.range();
    let plane = match texture.source {
        TextureSource::Relief => "the band-limited relief",
        TextureSource::Lightness => "CIELAB L*",
        TextureSource::Grey => "sRGB luma",
    };
    format!(
        "Gray-level matrices and histograms (definitions of the IBSI, two-dimensional) used {} levels of fixed width from {low} to \
         {high} of {plane}; co-occurrence at a distance of {} px. ",
        texture.bins, texture.distance_px
    )
}

/// The classes in their order, without those that do not occur.
fn ita_words(names: &Names) -> String {
    let parts = ITA_CLASSES
        .iter()
        .filter(|class| names.of(class) > 0)
        .map(|class| format!("{} ({})", class.replace('_', " "), text::count(names.of(class))));
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn says_what_a_paper_needs() {
        let mut conditions = Conditions::default();
        for _ in 0..3 {
            conditions.cameras.add("NIKON D850");
            conditions.scales.add("option");
            conditions.ita.add("very_light");
        }
        conditions.cameras.add("Canon\u{202e}");
        let tally = Tally { ok: 3, refused: 1, failed: 0 };
        let text = paragraphs(&sample::about(), &tally, &conditions).join(" ");
        for part in [
            "Cicatrix 1.2.3",
            &"0f".repeat(32),
            "Of 4 photographs, 3 were measured, 1 was refused",
            "D65",
            "0.3 to 0.8, 0.8 to 2.5, 2.5 to 8 mm",
            "64 levels of fixed width from -0.32 to 0.32",
            "NIKON D850 (3), Canon[U+202E] (1)",
            "very light (3)",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn cameras_are_bounded() {
        let mut names = Names::default();
        (0..5000).for_each(|i| names.add(&format!("camera {i}")));
        assert_eq!(names.counts.len(), MAX_CAMERAS);
        assert!(names.words(2).ends_with("others (4,998)"));
    }
}
