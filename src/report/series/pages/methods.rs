//! The paragraphs that a paper can quote, written from what the study holds and what was done.

use super::context::Context;
use super::words;
use crate::report::page::text;
use crate::series::progress::{ErrorSource, VisitSource};
use crate::series::statistics::defaults;

pub(super) fn paragraphs(context: &Context<'_>) -> Vec<String> {
    let progress = context.progress;
    let study = context.study();
    let failed = progress.readings.iter().filter(|r| r.failure.is_some()).count() as u64;
    let shots = study.shots.len() as u64;
    let mut first = format!(
        "Photographs of {} at {} were measured with Cicatrix {}: {}, of which {} not be measured. ",
        text::counted(study.subjects.len() as u64, "subject", "subjects"),
        text::counted(study.subjects.iter().map(|s| s.visits.len() as u64).sum(), "visit", "visits"),
        text::name(&context.about.version),
        text::counted(shots, "photograph", "photographs"),
        if failed == 1 { "1 could".to_owned() } else { format!("{} could", text::count(failed)) },
    );
    first += "Every later photograph was laid over the first one of its subject and view by a map that was judged before it was \
              believed, and the regions drawn on the first photograph follow it. The value of a visit is the mean of its repeat \
              shots, of amplitudes the geometric mean. ";
    let sources: Vec<ErrorSource> = context.about.headline.iter().map(|c| context.error_source(*c)).collect();
    let mut second = String::from(
        "A change counts where it exceeds the smallest detectable change: the standard error of measurement of both visits times \
         the 97.5 % quantile of t at its degrees of freedom. Of 100 changes of skin that did not change, 5 are called changed. ",
    );
    if let Some(ErrorSource::Repeats { groups, shots }) =
        sources.iter().find(|s| matches!(s, ErrorSource::Repeats { .. })).copied()
    {
        second += &format!(
            "The error is that of the study's own repeat shots, pooled ({} in {}). ",
            text::counted(shots as u64, "shot", "shots"),
            text::counted(groups as u64, "group", "groups")
        );
    }
    if sources.contains(&ErrorSource::Stated) {
        second += &format!(
            "Where there are no repeat shots it is a stated one: a coefficient of variation of {:.0} % for amplitudes. ",
            100.0 * defaults::CV
        );
    }
    second += &between_visits(context);
    if progress.rows.iter().any(|row| row.control.is_some()) {
        second += "Where a control is given, its change is subtracted and its error is added. ";
    }
    second += "A change that the photographs do not carry is withheld, with the reason; withheld is not the same as no change.";
    let names: Vec<_> =
        context.about.headline.iter().map(|c| format!("{} ({})", words::label(*c), c.metric().name)).collect();
    let third = format!(
        "The metrics of these pages were named before anyone looked: {}. All other metrics are in the tables, and exploratory. Relief is \
         an index of light and shade in natural-log units of intensity, not a height.",
        names.join(", ")
    );
    vec![first.trim_end().to_owned(), second, third]
}

/// Where the error between visits comes from; nothing where there is none.
fn between_visits(context: &Context<'_>) -> String {
    let known = context.about.headline.iter().filter_map(|column| context.progress.yardsticks.get(column)?.visits);
    let (mut controls, mut stated) = (None, false);
    for source in known {
        match source {
            VisitSource::Controls { between } => controls = controls.max(Some(between)),
            VisitSource::Stated => stated = true,
        }
    }
    let beyond = "What visits differ by beyond their shots";
    if let Some(between) = controls {
        let visits = text::counted(between as u64, "visit", "visits");
        return format!("{beyond} comes from the study's controls ({visits} beyond the first of each). ");
    }
    if !stated {
        return String::new();
    }
    format!(
        "{beyond} is stated for amplitudes: {:.1} % a visit, {:.2} % beside a control in the same photographs. ",
        100.0 * defaults::VISIT,
        100.0 * defaults::VISIT_BESIDE_CONTROL
    )
}
