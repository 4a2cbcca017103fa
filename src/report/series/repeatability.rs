//! `repeatability.csv`: what repeat shots tell of every metric.
//!
//! One row per set and metric; `*` for view and region is the set that verdicts take their error from. Errors stand on the
//! metric's scale, smallest changes in percent on the log scale and else in the metric's unit.

use std::io::Write as _;
use std::path::Path;

use crate::error::{Error, Result, Stage};
use crate::report::atomic::AtomicFile;
use crate::report::table::guarded;
use crate::series::repeatability::{Repeatability, SHOTS, Set};
use crate::series::statistics::Interval;
use crate::series::statistics::scale::Scale;

/// What stands for view and region of the pooled set.
pub const POOLED: &str = "*";

const HEADER: [&str; 41] = [
    "view",
    "region",
    "metric",
    "unit",
    "scale",
    "groups",
    "shots",
    "mean",
    "sem",
    "sem_low",
    "sem_high",
    "sem_df",
    "cv_percent",
    "sdc_unit",
    "sdc95_1_fall",
    "sdc95_1_rise",
    "sdc95_2_fall",
    "sdc95_2_rise",
    "sdc95_3_fall",
    "sdc95_3_rise",
    "icc_groups",
    "icc_shots",
    "icc",
    "icc_low",
    "icc_high",
    "icc_one_way",
    "pairs",
    "difference_unit",
    "bias",
    "bias_low",
    "bias_high",
    "loa_low",
    "loa_low_low",
    "loa_low_high",
    "loa_high",
    "loa_high_low",
    "loa_high_high",
    "growth_rho",
    "growth_p",
    "visit_sd",
    "withheld",
];

/// Writes the table into the folder `out`.
///
/// # Errors
/// When the file cannot be written.
pub fn write_table(out: &Path, found: &[Repeatability]) -> Result<()> {
    let path = out.join("repeatability.csv");
    let mut file = AtomicFile::create(&path)?;
    let bytes = table(found)?;
    file.write_all(&bytes).map_err(|e| Error::write(&path, e))?;
    file.commit()
}

fn table(found: &[Repeatability]) -> Result<Vec<u8>> {
    let failed = |e: csv::Error| Error::new(Stage::Write, "io", e.to_string()).because(e);
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(HEADER).map_err(failed)?;
    for row in found {
        table.write_record(cells(row)).map_err(failed)?;
    }
    table.into_inner().map_err(|e| Error::new(Stage::Write, "io", e.to_string()))
}

/// View and region of a set.
pub(super) fn place(set: &Set) -> (&str, &str) {
    match set {
        Set::Pooled => (POOLED, POOLED),
        Set::Region { view, region } => (view, region),
    }
}

/// The unit of differences on a scale: percent on the log scale, roots on that of roots.
pub(super) fn difference_unit(scale: Scale, unit: &str) -> String {
    match (scale, unit) {
        (Scale::Log, _) => "%".to_owned(),
        (Scale::Root, "") => "root".to_owned(),
        (Scale::Root, unit) => format!("root of {unit}"),
        (Scale::Ratio | Scale::Interval, unit) => unit.to_owned(),
    }
}

fn cells(row: &Repeatability) -> Vec<String> {
    let metric = row.column.metric();
    let (view, region) = place(&row.set);
    let sem = row.error.ok();
    let mut cells = vec![
        guarded(view).into_owned(),
        guarded(region).into_owned(),
        metric.name.clone(),
        metric.unit.to_owned(),
        row.scale.name().to_owned(),
        row.groups.to_string(),
        row.shots.to_string(),
        number(Some(row.mean)),
        number(sem.map(|s| s.sd)),
    ];
    cells.extend(ends(row.interval()));
    cells.push(number(sem.map(|s| s.df)));
    cells.push(number(row.cv_percent()));
    cells.push(if row.scale == Scale::Log { "%".to_owned() } else { metric.unit.to_owned() });
    cells.extend(SHOTS.iter().flat_map(|&n| ends(row.smallest_change(n))));
    let icc = row.icc;
    cells.push(icc.map_or_else(String::new, |i| i.places.to_string()));
    cells.push(icc.map_or_else(String::new, |i| i.shots.to_string()));
    cells.push(number(icc.map(|i| i.icc)));
    cells.extend(ends(icc.and_then(|i| i.interval)));
    cells.push(number(icc.map(|i| i.one_way)));
    // A difference of logarithms is a ratio.
    let told = |v: f64| if row.scale == Scale::Log { 100.0 * v.exp_m1() } else { v };
    let both = |i: Interval| Interval { low: told(i.low), high: told(i.high) };
    let limits = row.limits.as_ref();
    cells.push(limits.map_or_else(String::new, |l| l.pairs.len().to_string()));
    cells.push(limits.map_or_else(String::new, |_| difference_unit(row.scale, metric.unit)));
    cells.push(number(limits.map(|l| told(l.bias))));
    cells.extend(ends(limits.map(|l| both(l.bias_interval))));
    cells.push(number(limits.map(|l| told(l.limits.low))));
    cells.extend(ends(limits.map(|l| both(l.low_interval))));
    cells.push(number(limits.map(|l| told(l.limits.high))));
    cells.extend(ends(limits.map(|l| both(l.high_interval))));
    cells.push(number(row.growth.map(|g| g.rho)));
    cells.push(number(row.growth.map(|g| g.p)));
    cells.push(number(row.visit.map(|v| v.sd)));
    cells.push(row.error.err().map_or_else(String::new, |reason| reason.code().to_owned()));
    cells
}

fn ends(interval: Option<Interval>) -> [String; 2] {
    [number(interval.map(|i| i.low)), number(interval.map(|i| i.high))]
}

fn number(value: Option<f64>) -> String {
    value.filter(|v| v.is_finite()).map_or_else(String::new, |v| v.to_string())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::measure::Column;
    use crate::series::statistics::agreement::{Icc, Limits, complete_table};
    use crate::series::statistics::repeatability::{Sem, growth};
    use crate::series::statistics::verdict::Reason;

    /// Two metrics in a hostile view, and one whose shots are copies.
    pub fn sample() -> Vec<Repeatability> {
        let groups: Vec<Vec<f64>> = (0..12)
            .map(|i| vec![-3.0 + 0.1 * f64::from(i), -3.0 + 0.1 * f64::from(i) + 0.01 * f64::from(i % 5 - 2)])
            .collect();
        let of = |set, column, scale| Repeatability {
            set,
            column,
            scale,
            groups: 12,
            shots: 24,
            mean: 0.05,
            error: Sem::pooled(&groups, 0.0).ok_or(Reason::CopiedShots),
            icc: Icc::of(&complete_table(&groups)),
            limits: Limits::of_groups(&groups),
            growth: growth(&groups),
            visit: None,
        };
        let region = Set::Region { view: "=left <b>".to_owned(), region: "all".to_owned() };
        let copied = Repeatability {
            error: Err(Reason::CopiedShots),
            icc: None,
            limits: None,
            ..of(region.clone(), Column::L_MEAN, Scale::Interval)
        };
        vec![
            of(Set::Pooled, Column::RELIEF_SQ_MID, Scale::Log),
            of(region, Column::DARK_SPOT_AREA_FRACTION, Scale::Root),
            copied,
        ]
    }

    #[test]
    fn every_row_has_every_cell() {
        let bytes = table(&sample()).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.unwrap()).collect();
        let cell = |row: usize, name: &str| rows[row][header.iter().position(|h| h == name).unwrap()].to_owned();
        assert_eq!(
            (cell(0, "view"), cell(0, "region"), cell(0, "difference_unit")),
            ("*".into(), "*".into(), "%".into())
        );
        assert_eq!(cell(1, "view"), "'=left <b>");
        assert!(cell(1, "difference_unit").starts_with("root"));
        assert_eq!((cell(2, "sem"), cell(2, "withheld")), (String::new(), "copied_shots".into()));
        let v = |name: &str| cell(0, name).parse::<f64>().unwrap();
        assert!(v("sem_low") < v("sem") && v("sem") < v("sem_high") && v("sdc95_1_fall") < 0.0);
        assert!(v("sdc95_3_rise") < v("sdc95_1_rise") && v("loa_low_low") < v("loa_low") && v("loa_low") < v("bias"));
        assert!(!String::from_utf8(bytes).unwrap().contains("NaN"));
    }
}
