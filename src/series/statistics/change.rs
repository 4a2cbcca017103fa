//! The change between two visits, beside what unchanged skin shows.
//!
//! A visit's value is the mean of its repeat shots on the metric's scale (on the log scale that is their geometric
//! mean). The shift between two visits, less that of a control, is held against its standard error (Jacobson and Truax
//! 1991): the reliable change index is shift / SE, and the change counts where the index exceeds the t quantile of the
//! degrees of freedom that SE has. Not 1.96: with an SEM of 6 repeat pairs that would call 9 of 100 unchanged skins
//! changed, t calls 5.
//!
//! The 5 of 100 hold on average over studies and for one metric; [`multiple`](super::multiple) tells what holds for
//! many.

use super::Interval;
use super::distribution::t_two_sided;
use super::repeatability::{ErrorModel, Sem, Term, combined, critical};
use super::sample::{mean, variance};
use super::scale::{Scale, resolution};
use super::verdict::{Reason, Verdict};
use crate::measure::dictionary::{Column, Direction, Kind};

/// What is known of a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Yardstick {
    /// The scale on which it is compared.
    pub scale: Scale,
    /// Which way is better.
    pub direction: Direction,
    /// The step of a count, which is 1, else 0: one find more or less is never a change.
    pub step: f64,
    /// Its error on that scale, or why it is not known.
    pub error: Result<ErrorModel, Reason>,
}

impl Yardstick {
    /// Of a column: its scale as all values of the study allow, its error from the study's groups of repeat shots
    /// (pooled), else the stated one. `None` where a change of the column means nothing.
    #[must_use]
    pub fn of(column: Column, groups: &[Vec<f64>], stated: Option<Sem>) -> Option<Self> {
        let all: Vec<f64> = groups.iter().flatten().copied().collect();
        let declared = Scale::of(column)?;
        let scale = declared.fitting(&all);
        let placed: Vec<Vec<f64>> = groups.iter().map(|g| g.iter().map(|v| scale.forward(*v)).collect()).collect();
        let own = Sem::pooled(&placed, resolution(column, scale, mean(&all)));
        // What is stated on one scale says nothing on another.
        let stated = stated.filter(|_| scale == declared);
        let error = match own {
            Some(sem) => Ok(sem.into()),
            None if groups.iter().any(|g| g.len() > 1) => Err(Reason::CopiedShots),
            None => stated.map(ErrorModel::from).ok_or(Reason::ErrorUnknown),
        };
        let step = f64::from(u8::from(column.metric().kind == Kind::Integer));
        Some(Self { scale, direction: column.metric().direction, step, error })
    }
}

/// How far a control moved, on the metric's scale, with what its error is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// After less before.
    pub shift: f64,
    terms: Vec<Term>,
}

impl Shift {
    /// Of a place between two visits, from the values of its shots; `None` without a shot on either side.
    #[must_use]
    pub fn of_place(before: &[f64], after: &[f64], scale: Scale, error: ErrorModel) -> Option<Self> {
        if before.is_empty() || after.is_empty() {
            return None;
        }
        let shift = place(after, scale) - place(before, scale);
        shift.is_finite().then(|| Self { shift, terms: error.terms(before.len(), after.len()) })
    }

    /// The mean shift of the subjects of a control arm, each with its own on the metric's scale. Its error is how much
    /// these subjects differ. `None` with fewer than 2, or where they all agree to the last bit.
    #[must_use]
    pub fn of_arm(shifts: &[f64]) -> Option<Self> {
        let n = shifts.len();
        let sd = variance(shifts).sqrt();
        (n > 1 && sd > 0.0)
            .then(|| Self { shift: mean(shifts), terms: vec![(1.0 / n as f64, Sem { sd, df: n as f64 - 1.0 })] })
    }

    /// Its standard error and the degrees of freedom of that.
    #[must_use]
    pub fn error(&self) -> (f64, f64) {
        combined(&self.terms)
    }

    /// Is it beyond its own error?
    #[must_use]
    pub fn is_beyond_error(&self) -> bool {
        let (se, df) = self.error();
        self.shift.abs() > critical(df) * se
    }

    /// Less that of a control. Errors add in quadrature; what treated skin and control share of their estimate stays
    /// one estimate.
    #[must_use]
    pub fn less(&self, control: &Self) -> Self {
        let terms = self.terms.iter().chain(&control.terms).copied().collect();
        Self { shift: self.shift - control.shift, terms }
    }
}

/// Did untreated skin go the same way, so that light or camera are the likelier cause: it moved beyond its own error,
/// to the same side, and by at least half as much.
#[must_use]
pub fn control_moved(treated: &Shift, control: &Shift) -> bool {
    control.is_beyond_error() && treated.shift * control.shift > 0.0 && control.shift.abs() >= 0.5 * treated.shift.abs()
}

/// Did the skin around, which may be treated or not, go the same way by at least half as much? It need not be beyond its own error: what
/// is subtracted from nothing must not hang on one region alone.
#[must_use]
pub fn surround_moved(region: &Shift, surround: &Shift) -> bool {
    region.is_beyond_error() && region.shift * surround.shift > 0.0 && surround.shift.abs() >= 0.5 * region.shift.abs()
}

/// A visit's value on the scale; not a number without a shot.
fn place(shots: &[f64], scale: Scale) -> f64 {
    let values: Vec<f64> = shots.iter().map(|v| scale.forward(*v)).collect();
    mean(&values)
}

/// The value of a visit: the mean of its shots, on the log scale the geometric one; `None` of none.
#[must_use]
pub fn visit_value(shots: &[f64], scale: Scale) -> Option<f64> {
    let place = place(shots, scale);
    // A root of nothing would be zero.
    place.is_finite().then(|| scale.back(place)).filter(|value| value.is_finite())
}

/// The interval of a visit's value by the error of measurement; `None` without a shot or without an error.
#[must_use]
pub fn visit_interval(shots: &[f64], yardstick: &Yardstick) -> Option<Interval> {
    let error = yardstick.error.ok()?;
    visit_value(shots, yardstick.scale)?;
    let mut terms: Vec<Term> = vec![(1.0 / shots.len() as f64, error.shot)];
    terms.extend(error.visit.map(|v| (1.0, v)));
    let (se, df) = combined(&terms);
    let around = Interval::around(place(shots, yardstick.scale), critical(df) * se);
    Some(Interval { low: yardstick.scale.back(around.low), high: yardstick.scale.back(around.high) })
}

/// The figures of a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// The scale it was compared on.
    pub scale: Scale,
    /// After less before, less the control's, on that scale.
    pub shift: f64,
    /// Its standard error.
    pub se: f64,
    /// The degrees of freedom of the standard error; infinite where the error is stated.
    pub df: f64,
    /// Reliable change index: shift / se.
    pub rci: f64,
    /// Two-sided probability of such an index without change.
    pub p: f64,
    /// Smallest detectable change, on the scale.
    pub sdc: f64,
    /// The change in the metric's own unit.
    pub delta: f64,
    /// Its interval.
    pub interval: Interval,
    /// What unchanged skin shows, in the metric's own unit: a change inside is noise.
    pub noise: Interval,
    /// The change in percent of the baseline, where percent mean something.
    pub delta_percent: Option<f64>,
    /// Its interval.
    pub interval_percent: Option<Interval>,
    /// What unchanged skin shows, in percent.
    pub noise_percent: Option<Interval>,
}

impl Figures {
    fn of(baseline: f64, shift: &Shift, yardstick: &Yardstick) -> Self {
        let scale = yardstick.scale;
        let (error, df) = shift.error();
        let shift = shift.shift;
        let se = error.max(least(baseline, yardstick) / critical(df));
        let sdc = critical(df) * se;
        let both = |center: f64| {
            let place = Interval::around(center, sdc);
            let native = Interval { low: scale.change(baseline, place.low), high: scale.change(baseline, place.high) };
            let percent = scale.percent(baseline, place.low).zip(scale.percent(baseline, place.high));
            (native, percent.map(|(low, high)| Interval { low, high }))
        };
        let (interval, interval_percent) = both(shift);
        let (noise, noise_percent) = both(0.0);
        Self {
            scale,
            shift,
            se,
            df,
            rci: shift / se,
            p: t_two_sided(shift / se, df),
            sdc,
            delta: scale.change(baseline, shift),
            interval,
            noise,
            delta_percent: scale.percent(baseline, shift),
            interval_percent,
            noise_percent,
        }
    }
}

/// How far one find more or less moves a count, on the scale.
fn least(baseline: f64, yardstick: &Yardstick) -> f64 {
    let Yardstick { scale, step, .. } = *yardstick;
    if step == 0.0 {
        return 0.0;
    }
    let [down, here, up] = [(baseline - step).max(0.0), baseline, baseline + step].map(|v| scale.forward(v));
    (up - here).max(here - down)
}

/// The change of a metric between two visits.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The baseline's value.
    pub before: Option<f64>,
    /// The later value.
    pub after: Option<f64>,
    /// The figures; `None` where the change is withheld.
    pub figures: Option<Figures>,
    /// What is said of it.
    pub verdict: Verdict,
}

impl Change {
    /// From the shots of two visits, less a control where there is one. `withheld` are the reasons already known; any
    /// of them leaves the values of the visits and takes the change away. The scale is the yardstick's: choose it once
    /// for all visits of a metric ([`Scale::fitting`]) and take error and control on the same.
    #[must_use]
    pub fn between(
        before: &[f64],
        after: &[f64],
        yardstick: &Yardstick,
        control: Option<&Shift>,
        withheld: &[Reason],
    ) -> Self {
        let scale = yardstick.scale;
        let values = (visit_value(before, scale), visit_value(after, scale));
        let mut reasons = withheld.to_vec();
        if values.0.is_none() {
            reasons.push(Reason::NoBaseline);
        }
        if values.1.is_none() {
            reasons.push(Reason::NoFollowUp);
        }
        reasons.extend(yardstick.error.err());
        let own = yardstick.error.ok().and_then(|error| Shift::of_place(before, after, scale, error));
        let (Some(baseline), Some(own), true) = (values.0, own, reasons.is_empty()) else {
            reasons.sort_unstable();
            reasons.dedup();
            return Self { before: values.0, after: values.1, figures: None, verdict: Verdict::Withheld { reasons } };
        };
        let net = control.map_or_else(|| own.clone(), |c| own.less(c));
        let figures = Figures::of(baseline, &net, yardstick);
        // Where the control alone moved, as counts do by one or two, nothing is said of the skin itself.
        let itself = own.shift != 0.0;
        let verdict = if itself && figures.shift.abs() > figures.sdc * (1.0 + 1e-9) {
            Verdict::beyond(figures.shift, yardstick.direction)
        } else {
            Verdict::WithinError
        };
        Self { before: values.0, after: values.1, figures: Some(figures), verdict }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yardstick(sd: f64, df: f64) -> Yardstick {
        Yardstick { scale: Scale::Log, direction: Direction::Lower, step: 0.0, error: Ok(Sem { sd, df }.into()) }
    }

    #[test]
    fn a_fall_of_fifteen_percent() {
        let change =
            Change::between(&[0.20, 0.20, 0.20], &[0.17, 0.17, 0.17], &yardstick(0.04, f64::INFINITY), None, &[]);
        let f = change.figures.unwrap();
        assert_eq!(change.verdict, Verdict::Improved);
        assert!((f.delta_percent.unwrap() + 15.0).abs() < 1e-9 && (f.delta + 0.03).abs() < 1e-12);
        assert!((f.se - 0.04 * (2.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert!((f.rci - 0.85_f64.ln() / f.se).abs() < 1e-12 && f.p < 1e-5);
        // The noise is a factor: 6.2 % down, 6.6 % up.
        let noise = f.noise_percent.unwrap();
        assert!(((1.0 + noise.low / 100.0) * (1.0 + noise.high / 100.0) - 1.0).abs() < 1e-12);
        assert!((noise.low + 6.2).abs() < 0.05 && (noise.high - 6.6).abs() < 0.05, "{noise:?}");
        assert!(f.interval_percent.unwrap().contains(-15.0) && !f.interval_percent.unwrap().contains(0.0));
    }

    #[test]
    fn the_interval_excludes_zero_exactly_where_the_verdict_is_a_change() {
        for step in 0..60 {
            let after = 0.2 * (1.0 - 0.01 * f64::from(step) + 0.1);
            let change = Change::between(&[0.2], &[after], &yardstick(0.05, 7.0), None, &[]);
            let f = change.figures.unwrap();
            let changed = change.verdict != Verdict::WithinError;
            assert_eq!(changed, !f.interval.contains(0.0), "{f:?}");
            assert_eq!(changed, !f.noise.contains(f.delta), "{f:?}");
            assert_eq!(changed, f.p < 0.05, "{f:?}");
        }
    }

    #[test]
    fn little_knowledge_of_the_error_widens_it() {
        let sure = Change::between(&[1.0], &[0.86], &yardstick(0.04, 1e6), None, &[]);
        let unsure = Change::between(&[1.0], &[0.86], &yardstick(0.04, 2.0), None, &[]);
        assert_eq!((sure.verdict, unsure.verdict), (Verdict::Improved, Verdict::WithinError));
    }

    #[test]
    fn a_control_takes_the_light_away() {
        let yard = yardstick(0.02, 100.0);
        let error = yard.error.unwrap();
        let control = Shift::of_place(&[0.30, 0.30], &[0.24, 0.24], Scale::Log, error).unwrap();
        let treated = Shift::of_place(&[0.20, 0.20], &[0.16, 0.16], Scale::Log, error).unwrap();
        assert!(control_moved(&treated, &control));
        let net = Change::between(&[0.20, 0.20], &[0.16, 0.16], &yard, Some(&control), &[]);
        assert_eq!(net.verdict, Verdict::WithinError);
        let f = net.figures.unwrap();
        assert!(f.shift.abs() < 1e-12);
        // Four means of two shots under one estimate: the variance doubles, the degrees of freedom stay.
        assert!((f.se - 0.02 * 2.0_f64.sqrt()).abs() < 1e-12 && (f.df - 100.0).abs() < 1e-9);
        let still = Shift::of_place(&[0.30, 0.30], &[0.30, 0.301], Scale::Log, error).unwrap();
        assert!(!control_moved(&treated, &still) && !surround_moved(&treated, &still));
        // Within its own error, but more than half as far as the region.
        let slightly = Shift::of_place(&[0.30, 0.30], &[0.291, 0.291], Scale::Log, error).unwrap();
        let hardly = Shift::of_place(&[0.20, 0.20], &[0.190, 0.190], Scale::Log, error).unwrap();
        assert!(!slightly.is_beyond_error() && hardly.is_beyond_error() && surround_moved(&hardly, &slightly));
    }

    #[test]
    fn a_control_arm_brings_its_own_doubt() {
        let arm = Shift::of_arm(&[-0.05, 0.01, 0.04, 0.02]).unwrap();
        let (se, df) = arm.error();
        assert!((se - (variance(&[-0.05, 0.01, 0.04, 0.02]) / 4.0).sqrt()).abs() < 1e-15 && df == 3.0);
        assert_eq!(Shift::of_arm(&[0.1]), None);
    }

    #[test]
    fn withheld_keeps_the_values_and_tells_every_reason() {
        let yard = yardstick(0.02, 100.0);
        let change = Change::between(&[0.2], &[0.1], &yard, None, &[Reason::LightSoftness]);
        assert_eq!((change.before.is_some(), change.after.is_some(), change.figures), (true, true, None));
        assert_eq!(change.verdict, Verdict::Withheld { reasons: vec![Reason::LightSoftness] });
        let nothing = Change::between(&[], &[], &Yardstick { error: Err(Reason::ErrorUnknown), ..yard }, None, &[]);
        let reasons = vec![Reason::ErrorUnknown, Reason::NoBaseline, Reason::NoFollowUp];
        assert_eq!(nothing.verdict, Verdict::Withheld { reasons });
    }

    #[test]
    fn the_interval_of_a_value() {
        let yard = yardstick(0.04, f64::INFINITY);
        let found = visit_interval(&[0.2, 0.2, 0.2, 0.2], &yard).unwrap();
        assert!((found.high / 0.2 - (0.02 * 1.959_963_984_540_054_f64).exp()).abs() < 1e-9);
        assert!((found.low * found.high - 0.04).abs() < 1e-12);
        assert_eq!(visit_interval(&[], &yard), None);
        assert_eq!(visit_interval(&[0.2], &Yardstick { error: Err(Reason::ErrorUnknown), ..yard }), None);
    }

    #[test]
    fn counts_are_told_in_percent_of_a_positive_baseline_only() {
        let yard = Yardstick { scale: Scale::Root, ..yardstick(0.2, f64::INFINITY) };
        let fall = Change::between(&[16.0], &[9.0], &yard, None, &[]).figures.unwrap();
        assert!((fall.delta + 7.0).abs() < 1e-12 && (fall.delta_percent.unwrap() + 43.75).abs() < 1e-12);
        let rise = Change::between(&[0.0], &[5.0], &yard, None, &[]);
        assert_eq!((rise.figures.unwrap().delta_percent, rise.verdict), (None, Verdict::Worsened));
    }

    #[test]
    fn one_find_more_or_less_is_no_change() {
        let yard = Yardstick { scale: Scale::Root, step: 1.0, ..yardstick(0.01, f64::INFINITY) };
        let verdict = |before: f64, after: f64| Change::between(&[before], &[after], &yard, None, &[]).verdict;
        for (before, after) in [(0.0, 1.0), (1.0, 0.0), (4.0, 3.0), (30.0, 31.0)] {
            assert_eq!(verdict(before, after), Verdict::WithinError, "{before} to {after}");
        }
        assert_eq!((verdict(0.0, 2.0), verdict(9.0, 6.0)), (Verdict::Worsened, Verdict::Improved));
        let area = Yardstick { step: 0.0, ..yard };
        assert_eq!(Change::between(&[0.04], &[0.02], &area, None, &[]).verdict, Verdict::Improved);
    }

    #[test]
    fn a_control_that_moves_alone_is_no_change_of_the_skin() {
        let yard = yardstick(0.01, f64::INFINITY);
        let control = Shift::of_place(&[0.2], &[0.25], Scale::Log, yard.error.unwrap()).unwrap();
        let still = Change::between(&[0.3], &[0.3], &yard, Some(&control), &[]);
        assert_eq!(still.verdict, Verdict::WithinError);
        assert!(still.figures.unwrap().delta_percent.unwrap() < -15.0);
        let better = Change::between(&[0.3], &[0.29], &yard, Some(&control), &[]);
        assert_eq!(better.verdict, Verdict::Improved);
    }

    #[test]
    fn no_shot_has_no_value_on_any_scale() {
        for scale in [Scale::Log, Scale::Root, Scale::Ratio, Scale::Interval] {
            let yard = Yardstick { scale, ..yardstick(0.1, f64::INFINITY) };
            assert_eq!((visit_value(&[], scale), visit_interval(&[], &yard)), (None, None), "{scale:?}");
            let gone = Change::between(&[0.2], &[], &yard, None, &[]).verdict;
            assert_eq!(gone, Verdict::Withheld { reasons: vec![Reason::NoFollowUp] });
        }
    }

    #[test]
    fn a_yardstick_from_the_study() {
        let relief = Column::RELIEF_SQ_MID;
        let groups = [vec![0.2, 0.21], vec![0.3, 0.29, 0.31], vec![0.1]];
        let own = Yardstick::of(relief, &groups, Some(Sem::stated(0.08))).unwrap();
        assert_eq!((own.scale, own.direction, own.error.unwrap().shot.df), (Scale::Log, Direction::Lower, 3.0));
        let single = [vec![0.2], vec![0.3]];
        assert_eq!(
            Yardstick::of(relief, &single, Some(Sem::stated(0.08))).unwrap().error,
            Ok(Sem::stated(0.08).into())
        );
        assert_eq!(Yardstick::of(relief, &single, None).unwrap().error, Err(Reason::ErrorUnknown));
        let copies = [vec![0.2, 0.2]];
        assert_eq!(Yardstick::of(relief, &copies, Some(Sem::stated(0.08))).unwrap().error, Err(Reason::CopiedShots));
        // A zero takes the logarithm away, and with it what was stated for it.
        let zero = Yardstick::of(Column::DARK_SPOT_CONTRAST, &[vec![0.0], vec![0.2]], Some(Sem::stated(0.08))).unwrap();
        assert_eq!((zero.scale, zero.error), (Scale::Root, Err(Reason::ErrorUnknown)));
        let counts = Yardstick::of(Column::DEPRESSION_COUNT, &[vec![9.0, 9.0], vec![7.0, 7.0]], None).unwrap();
        assert!((counts.error.unwrap().shot.sd - 0.5 / 8.0_f64.sqrt() / 12.0_f64.sqrt()).abs() < 1e-12);
        assert_eq!(Yardstick::of(Column::HUE_DEG, &groups, None), None);
    }
}
