//! A change is told where there is one, and nowhere else.
//!
//! Simulated subjects ([`simulated`]) go through the engine of `progress` in studies of ten, as a clinic has them: the error is that of each
//! study's own repeat shots. What counts is what is said of the drawn half. A correct test of 5 % exceeds 5 % in four of ten such
//! tables by chance alone, so the interval of every share stands beside it; the share itself is what is held against the target.
//! Withheld changes are neither: they are counted apart, and where a change is to be seen they count as missed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::figures::median;
use super::simulated::{self, Beside, EFFECT, RAISED, REGION, SHOTS, SOFTER, Simulated, State};
use super::{Claim, Plan};
use crate::base::parallel;
use crate::error::Result;
use crate::measure::Column;
use crate::series::progress::{ChangeRow, ProgressConfig};
use crate::series::statistics::cohort::share;
use crate::series::statistics::multiple::HEADLINE;
use crate::series::statistics::verdict::Verdict;

/// Subjects of a study.
const STUDY: usize = 10;
/// What every study is looked at for first.
const FIRST: Column = Column::RELIEF_SQ_MID;

/// Subjects for a plan: 200 of the whole table, 40 of a quick one.
#[must_use]
pub fn subjects(plan: &Plan) -> usize {
    plan.scenarios * if plan.scenarios >= 4 { 50 } else { 20 }
}

/// What was said of one metric in many subjects.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Called improved.
    pub improved: usize,
    /// Called worsened, or changed where neither way is better.
    pub worsened: usize,
    /// Within the error.
    pub within: usize,
    /// Withheld, and why how often.
    pub withheld: usize,
    reasons: BTreeMap<&'static str, usize>,
    /// Changes that were told, in percent.
    percent: Vec<f64>,
    /// Smallest detectable changes, in percent.
    sdc: Vec<f64>,
}

impl Told {
    fn add(&mut self, row: &ChangeRow) {
        let Some(change) = &row.change else { return };
        match &change.verdict {
            Verdict::Improved => self.improved += 1,
            Verdict::Worsened | Verdict::Changed => self.worsened += 1,
            Verdict::WithinError => self.within += 1,
            Verdict::Withheld { reasons } => {
                self.withheld += 1;
                for reason in reasons {
                    *self.reasons.entry(reason.code()).or_default() += 1;
                }
            }
        }
        self.percent.extend(change.figures.and_then(|f| f.delta_percent));
        self.sdc.extend(change.figures.and_then(|f| f.noise_percent).map(|n| -n.low));
    }

    /// Those that a verdict was given for.
    #[must_use]
    pub fn told(&self) -> usize {
        self.improved + self.worsened + self.within
    }

    /// Those called changed.
    #[must_use]
    pub fn changed(&self) -> usize {
        self.improved + self.worsened
    }

    fn all(&self) -> usize {
        self.told() + self.withheld
    }

    fn withheld_words(&self) -> String {
        if self.withheld == 0 {
            return "none withheld".to_owned();
        }
        let why: Vec<String> = self.reasons.iter().map(|(code, n)| format!("{code} {n}")).collect();
        format!("{} withheld ({})", self.withheld, why.join(", "))
    }
}

/// By metric, what was said of the drawn half.
type Table = BTreeMap<Column, Told>;

fn table(subjects: &[Simulated], state: State, beside: Beside, only: Option<usize>) -> Result<Table> {
    let config = ProgressConfig::default();
    let mut table = Table::new();
    for study in subjects.chunks(STUDY) {
        let study: Vec<&Simulated> = study.iter().collect();
        let found = simulated::progress(&study, state, beside, &config)?;
        let rows = found.rows.iter().filter(|row| row.place.region == REGION && HEADLINE.contains(&row.column));
        for row in rows.filter(|row| only.is_none_or(|softer| study[row.place.subject].softer == softer)) {
            table.entry(row.column).or_default().add(row);
        }
    }
    Ok(table)
}

/// The claims.
///
/// # Errors
/// When a phantom cannot be rendered.
pub fn rows(plan: &Plan) -> Result<Vec<Claim>> {
    let n = subjects(plan);
    let subjects: Vec<Simulated> =
        parallel::map_indices(n, |i| simulated::subject(plan.set, i)).into_iter().collect::<Result<_>>()?;
    let mut claims = Vec::new();
    for (state, what) in [(State::Same, "the same light"), (State::Again, "the lamp put up again (±5°, ambient ±0.02)")]
    {
        for beside in EACH {
            let table = table(&subjects, state, beside, None)?;
            claims.push(unchanged(&table, n, what, beside));
            if beside == Beside::Control {
                claims.push(every_metric(&table, n, what));
            }
        }
    }
    for beside in EACH {
        claims.push(seen(&table(&subjects, State::Treated, beside, None)?, n, beside));
    }
    for beside in EACH {
        for (softer, (ambient, deg)) in SOFTER.into_iter().enumerate() {
            let what = format!("ambient light +{ambient}, lamp {deg}° wide");
            let table = table(&subjects, State::Softer, beside, Some(softer))?;
            claims.push(other_light("softer light is no improvement", &table, &what, beside));
        }
    }
    for beside in EACH {
        let table = table(&subjects, State::Raised, beside, None)?;
        claims.push(other_light(
            "a higher lamp is no improvement",
            &table,
            &format!("the lamp {RAISED}° higher"),
            beside,
        ));
    }
    Ok(claims)
}

const EACH: [Beside; 3] = [Beside::Control, Beside::Surround, Beside::Nothing];

fn words(beside: Beside) -> &'static str {
    match beside {
        Beside::Control => "against a control in the same photos",
        Beside::Surround => "without a control, the skin around as witness",
        Beside::Nothing => "with nothing beside it",
    }
}

fn of(part: usize, all: usize) -> String {
    let Some(interval) = share(part, all) else { return format!("{part} of {all}") };
    format!(
        "{part} of {all} ({:.1} %, interval {:.1} to {:.1} %)",
        100.0 * part as f64 / all as f64,
        100.0 * interval.low,
        100.0 * interval.high
    )
}

fn unchanged(table: &Table, n: usize, what: &str, beside: Beside) -> Claim {
    let told = table.get(&FIRST).cloned().unwrap_or_default();
    Claim {
        claim: "no change is called none",
        measure: format!(
            "verdicts on {} of {n} unchanged subjects, {SHOTS} shots a visit, {what}, {}",
            FIRST.metric().name,
            words(beside)
        ),
        target: "at most 5 % of those told",
        found: format!("{} called changed; {}", of(told.changed(), told.told()), told.withheld_words()),
        met: told.told() > 0 && told.changed() as f64 <= 0.05 * told.told() as f64,
    }
}

fn every_metric(table: &Table, n: usize, what: &str) -> Claim {
    let (mut changed, mut told, mut withheld) = (0, 0, 0);
    let mut each = String::new();
    for (column, t) in table {
        (changed, told, withheld) = (changed + t.changed(), told + t.told(), withheld + t.withheld);
        let _ = write!(each, "; {} {} of {}", column.metric().name, t.changed(), t.told());
    }
    Claim {
        claim: "no change is called none",
        measure: format!(
            "the same for every headline metric of {n} subjects, pooled, {what}, {}",
            words(Beside::Control)
        ),
        target: "at most 5 % of those told",
        found: format!("{} called changed, {withheld} withheld{each}", of(changed, told)),
        met: told > 0 && changed as f64 <= 0.05 * told as f64,
    }
}

fn seen(table: &Table, n: usize, beside: Beside) -> Claim {
    let told = table.get(&FIRST).cloned().unwrap_or_default();
    let mut others = String::new();
    for (column, t) in table.iter().filter(|(column, _)| **column != FIRST) {
        let _ = write!(others, "; {} {}", column.metric().name, t.improved);
    }
    Claim {
        claim: "a real change is told",
        measure: format!(
            "{} called improved in {n} subjects whose relief and spots fell by {:.0} %, {SHOTS} shots a visit, {}",
            FIRST.metric().name,
            100.0 * (1.0 - EFFECT),
            words(beside)
        ),
        target: "at least 80 % of all",
        found: format!(
            "{} improved, {} worsened, {}; read as {:.1} %, smallest detectable {:.1} % (medians); improved in other metrics{}",
            of(told.improved, told.all()),
            told.worsened,
            told.withheld_words(),
            median(&told.percent),
            median(&told.sdc),
            others.trim_start_matches(';').to_owned(),
        ),
        met: told.all() > 0 && told.improved as f64 >= 0.8 * told.all() as f64,
    }
}

fn other_light(claim: &'static str, table: &Table, what: &str, beside: Beside) -> Claim {
    let told = table.get(&FIRST).cloned().unwrap_or_default();
    Claim {
        claim,
        measure: format!("verdicts on {} of unchanged subjects, {what}, {}", FIRST.metric().name, words(beside)),
        target: "none improved",
        found: format!(
            "{} of {} improved, {} worsened, {} within error, {}",
            told.improved,
            told.all(),
            told.worsened,
            told.within,
            told.withheld_words()
        ),
        met: told.all() > 0 && told.improved == 0,
    }
}
