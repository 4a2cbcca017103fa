//! The one place where a column of the tables of a study is named.
//!
//! The headers, the Parquet schema and the lists in `docs/PROGRESS.md` derive from here; the metrics themselves stand in
//! [`crate::measure::dictionary`]. A name once shipped is never renamed.

use crate::measure::dictionary::Kind;

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Its unit; empty where it has none, or that of the row's metric.
    pub unit: &'static str,
    /// What it is.
    pub definition: &'static str,
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The file.
    pub file: &'static str,
    /// What a row is.
    pub row: &'static str,
    /// Its columns in order.
    pub columns: &'static [TableColumn],
    /// What follows them; empty for most.
    pub then: &'static str,
}

macro_rules! tables {
    ($($ID:ident $file:literal $row:literal $then:literal { $($name:literal $kind:ident [$unit:literal] $definition:literal;)* })*) => {
        $(#[doc = $row] pub const $ID: Table = Table {
            file: $file,
            row: $row,
            columns: &[$(TableColumn { name: $name, kind: Kind::$kind, unit: $unit, definition: $definition },)*],
            then: $then,
        };)*

        /// Every table, in the order of the documents.
        pub const TABLES: &[Table] = &[$($ID),*];
    };
}

tables! {
    CHANGE "change.csv" "One row per subject, view, region, metric and visit, the baseline included; `change.parquet` holds the same."
        "Then the other columns of the study file and the clinicians' grades, each the first that is not empty among the shots of the visit (a name that is taken gets `study_` in front), and last `status`: `ok` when every shot of the visit was measured, `partial` when some were, `failed` when none was." {
        "subject" Text [""] "code of the person";
        "view" Text [""] "from where; empty in a study of one view";
        "region" Text [""] "`all` (the skin) or the name of a region";
        "arm" Text [""] "arm of the trial";
        "is_control" Text [""] "`yes` for what the others are held against";
        "visit" Integer [""] "number of the visit among all visits of the study, from 1; the same for every subject where visits are named";
        "visit_name" Text [""] "as the study file names it, else its day";
        "date" Text [""] "day of the visit, YYYY-MM-DD; empty where the study counts days";
        "day" Integer ["day"] "day of the visit as the study counts it; empty where it has dates";
        "days_since_baseline" Integer ["day"] "days since the first visit of this place";
        "sessions_before" Integer [""] "sessions of treatment before this visit";
        "metric" Text [""] "the column of metrics.csv";
        "family" Text [""] "its family";
        "unit" Text [""] "its unit, also that of every value, delta and noise without percent";
        "direction" Text [""] "`lower` or `higher` is smoother or more even; empty where neither is";
        "headline" Text [""] "`yes` for the metrics named before anyone looked; the others are exploratory";
        "n_shots" Integer [""] "repeat shots in the value";
        "value" Number [""] "mean of the repeat shots on the metric's scale";
        "value_low" Number [""] "lower end of its 95 % interval by the error of measurement";
        "value_high" Number [""] "upper end";
        "baseline_value" Number [""] "the same at the baseline";
        "n_shots_baseline" Integer [""] "repeat shots in it";
        "delta" Number [""] "change since the baseline, less that of the control where there is one; empty where it is withheld";
        "delta_low" Number [""] "lower end of its 95 % interval";
        "delta_high" Number [""] "upper end";
        "delta_percent" Number ["%"] "the same in percent of the baseline; empty where percent mean nothing";
        "delta_percent_low" Number ["%"] "lower end";
        "delta_percent_high" Number ["%"] "upper end";
        "scale" Text [""] "on what the metric is compared: `log`, `root`, `ratio` (differences, also in percent), `interval` (differences)";
        "sem" Number [""] "standard error of measurement of one shot, on that scale";
        "sem_df" Number [""] "degrees of freedom of it; empty where it is stated";
        "error_source" Text [""] "`repeat_shots` of this study, `stated`, or `unknown`";
        "sdc95_low" Number [""] "lower end of what unchanged skin shows in 95 of 100 cases, in the metric's unit: a delta inside is noise";
        "sdc95_high" Number [""] "upper end";
        "sdc95_percent_low" Number ["%"] "the same in percent of the baseline";
        "sdc95_percent_high" Number ["%"] "upper end";
        "rci" Number [""] "reliable change index: the change over its standard error, on the scale";
        "p" Number [""] "two-sided probability of such an index without change, for this metric alone";
        "p_holm" Number [""] "the same after Holm over the headline metrics of this place and visit that are told";
        "verdict" Text [""] "`improved`, `worsened`, `changed`, `within_error` or `withheld`; empty at the baseline";
        "withheld_because" Text [""] "codes of the reasons, separated by blanks";
        "notes" Text [""] "codes of what to know of it though it is told, separated by blanks";
        "control_region" Text [""] "the region whose change was subtracted, or `control arm`";
    }
    TREND "trend.csv" "One row per subject, view, region and metric with at least three dated visits." "" {
        "subject" Text [""] "code of the person";
        "view" Text [""] "from where";
        "region" Text [""] "the region";
        "arm" Text [""] "arm of the trial";
        "metric" Text [""] "the column of metrics.csv";
        "headline" Text [""] "`yes` for the metrics named before anyone looked";
        "scale" Text [""] "the scale that slope and intercept are on";
        "visits" Integer [""] "visits";
        "n" Integer [""] "shots";
        "slope_per_day" Number ["1/day"] "Theil and Sen's slope";
        "slope_low" Number ["1/day"] "lower end of its 95 % interval; empty where the shots are too few for one";
        "slope_high" Number ["1/day"] "upper end";
        "intercept" Number [""] "value of the line on the day of the baseline, on the scale";
        "percent_per_30_days" Number ["%"] "the slope as change in 30 days; on the log scale only";
        "percent_low" Number ["%"] "lower end";
        "percent_high" Number ["%"] "upper end";
        "p" Number [""] "two-sided probability of such an order of values without a trend (Mann and Kendall)";
    }
    COHORT "cohort.csv" "One row per headline metric, visit and arm (`group`), and per arm against another (`difference`)." "" {
        "what" Text [""] "`group` or `difference`";
        "metric" Text [""] "the column of metrics.csv";
        "change_in" Text [""] "what the changes are in: `percent` of the baseline, or the metric's `unit`";
        "unit" Text [""] "that unit";
        "visit" Integer [""] "number of the visit, from 1";
        "arm" Text [""] "the arm; empty when none is given";
        "against" Text [""] "of a difference the other arm";
        "n" Integer [""] "subjects with a change that is told; of a paired difference those in both arms";
        "n_against" Integer [""] "of a difference the subjects of the other arm";
        "withheld" Integer [""] "subjects all of whose changes are withheld: left out, never taken as no change";
        "paired" Text [""] "of a difference `yes` when taken within subjects (split face)";
        "median" Number [""] "median change, or difference of medians, or median difference where paired";
        "low" Number [""] "lower end of its 95 % bootstrap interval; empty with fewer than 6 subjects";
        "high" Number [""] "upper end";
        "responders" Integer [""] "subjects that improved beyond their error in a region and worsened in none";
        "worsened" Integer [""] "the other way round";
        "responder_share" Number [""] "responders among n";
        "responder_share_low" Number [""] "lower end of its 95 % interval (Wilson)";
        "responder_share_high" Number [""] "upper end";
    }
    GRADES "grades.csv" "One row per clinicians' scale and headline metric: shown beside, never blended." "" {
        "grade" Text [""] "the column of the study file";
        "metric" Text [""] "the column of metrics.csv";
        "n" Integer [""] "visits with both";
        "rho" Number [""] "Spearman's rank correlation";
        "low" Number [""] "lower end of its 95 % interval";
        "high" Number [""] "upper end";
        "p" Number [""] "two-sided probability of it without any relation";
    }
    YARDSTICKS "yardsticks.csv" "One row per metric that is compared: the error that every change is held against." "" {
        "metric" Text [""] "the column of metrics.csv";
        "family" Text [""] "its family";
        "unit" Text [""] "its unit";
        "direction" Text [""] "`lower` or `higher` is smoother or more even; empty where neither is";
        "headline" Text [""] "`yes` for the metrics named before anyone looked";
        "scale" Text [""] "the scale it is compared on";
        "error_source" Text [""] "`repeat_shots` of this study, `stated`, or `unknown`";
        "why_unknown" Text [""] "code of the reason where no error is known";
        "groups" Integer [""] "groups of repeat shots";
        "shots" Integer [""] "shots in them";
        "sem" Number [""] "standard error of measurement of one shot, on the scale";
        "sem_low" Number [""] "lower end of its 95 % interval";
        "sem_high" Number [""] "upper end";
        "df" Number [""] "its degrees of freedom; empty where it is stated";
        "cv_percent" Number ["%"] "the same as a coefficient of variation, on the log scale";
        "sem_visit" Number [""] "standard deviation of what the shots of a visit share, on the scale; empty where none is known or stated";
        "visit_source" Text [""] "`controls` where it comes from the visits of the study's controls, `stated` where they are fewer than 10 beyond their first";
        "sem_visit_beside_control" Number [""] "the same of a region and of its control in the same photos, each";
        "sdc95_in" Text [""] "what the smallest detectable changes are in: `percent`, the metric's `unit`, or `root` (differences of roots)";
        "sdc95_1_low" Number [""] "smallest detectable fall between single shots, without a control";
        "sdc95_1_high" Number [""] "smallest detectable rise";
        "sdc95_2_low" Number [""] "the same between means of two shots";
        "sdc95_2_high" Number [""] "rise";
        "sdc95_3_low" Number [""] "the same between means of three shots";
        "sdc95_3_high" Number [""] "rise";
    }
    ALIGNMENT "alignment.csv" "One row per shot: how it lies on its baseline. Pixels are those of the baseline photo." "" {
        "photo" Text [""] "the photo as in the study file";
        "subject" Text [""] "code of the person";
        "view" Text [""] "from where";
        "visit" Integer [""] "number of the visit, from 1";
        "visit_name" Text [""] "its name";
        "verdict" Text [""] "`baseline`, `pass`, `warn`, `fail`, or `unread` where this photo or its baseline was not measured";
        "reasons" Text [""] "codes of what keeps it from passing, worst first";
        "message" Text [""] "the same in words";
        "matches" Integer [""] "pairs of features";
        "inliers" Integer [""] "pairs that agree with the map";
        "inlier_ratio" Number [""] "their share";
        "residual_px" Number ["px"] "median distance of the agreeing pairs";
        "residual_mm" Number ["mm"] "the same";
        "local_shift_px" Number ["px"] "median distance by which blocks of the picture lie off";
        "local_shift_mm" Number ["mm"] "the same";
        "magnification" Number [""] "pixels of the follow-up along one of the baseline";
        "rotation_deg" Number ["deg"] "turn of the follow-up's content, counterclockwise";
        "slant" Number [""] "largest magnification at a corner over the smallest";
        "overlap" Number [""] "share of the baseline's skin that the follow-up shows";
        "ncc" Number [""] "correlation of the two locally normalized photos";
        "blocks" Integer [""] "blocks with enough skin in both";
        "agreement" Number [""] "share of them with a clear best place that is also their neighbors'";
        "forward_backward_px" Number ["px"] "median distance of a point brought there and back";
        "model" Text [""] "`similarity` or `homography`";
        "mm_per_px" Number ["mm/px"] "scale it was measured with";
        "scale_source" Text [""] "where that comes from: `study`, `option`, `tag`, `alignment`";
        "coverage_least" Number [""] "smallest share of a region that was measured here too";
        "coverage" Text [""] "that share for every region, as a JSON object";
    }
    LESION_CHANGES "lesion_changes.csv" "One row per spot or scar and visit: which one it was at the baseline." "" {
        "subject" Text [""] "code of the person";
        "view" Text [""] "from where";
        "region" Text [""] "the region";
        "visit" Integer [""] "number of the visit that is held against the baseline";
        "visit_name" Text [""] "its name";
        "kind" Text [""] "as in lesions.csv";
        "fate" Text [""] "`persisting`, `smaller`, `larger` (beyond the error of a diameter), `gone`, `new`, or `not_seen` where its place is not seen at the other visit";
        "x_px" Number ["px"] "column of its center in the baseline photo";
        "y_px" Number ["px"] "row of its center";
        "diameter_mm_before" Number ["mm"] "diameter at the baseline";
        "diameter_mm_after" Number ["mm"] "diameter at the visit";
        "diameter_percent" Number ["%"] "change of the diameter";
        "distance_mm" Number ["mm"] "distance of the two places after alignment";
        "contrast_before" Number ["ln"] "contrast at the baseline, as in lesions.csv";
        "contrast_after" Number ["ln"] "contrast at the visit";
        "type_before" Text [""] "of a scar the suggested type at the baseline";
        "type_after" Text [""] "of a scar the suggested type at the visit";
    }
    COURSE "course.csv" "One row per departure from the rules of the course: listed, never enforced." "" {
        "subject" Text [""] "code of the person";
        "severity" Text [""] "`info`, `warning` or `error`";
        "code" Text [""] "a stable name of the rule";
        "date" Text [""] "the day it is about, where it is a date";
        "day" Integer ["day"] "the day it is about, where the study counts days";
        "message" Text [""] "what was found, and what the rule is";
    }
    FAILURES "failures.csv" "One row per shot that was not measured." "" {
        "photo" Text [""] "the photo as in the study file";
        "subject" Text [""] "code of the person";
        "view" Text [""] "from where";
        "visit" Integer [""] "number of the visit, from 1";
        "status" Text [""] "`refused` (decoded, but not fit to be measured) or `failed`";
        "stage" Text [""] "read, decode, region, measure or internal";
        "code" Text [""] "a stable name of the reason";
        "message" Text [""] "what was found, what is allowed, what to do";
    }
    SHOTS "shots.csv" "One row per shot and region." "Then every column of `metrics.csv`." {
        "subject" Text [""] "code of the person";
        "view" Text [""] "from where";
        "visit" Integer [""] "number of the visit, from 1";
        "visit_name" Text [""] "its name";
        "repeat" Text [""] "name of the repeat shot";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_plain() {
        for table in TABLES {
            let names: BTreeSet<_> = table.columns.iter().map(|c| c.name).collect();
            assert_eq!(names.len(), table.columns.len(), "{}", table.file);
            for name in names {
                assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{name}");
            }
        }
    }
}
