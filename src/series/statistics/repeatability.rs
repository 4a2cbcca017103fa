//! How far two photographs of unchanged skin differ: the standard error of measurement, from repeat shots.
//!
//! A group is the repeat shots of one place at one visit. Its values scatter about its mean by the error of measurement
//! alone, so the variance within groups, pooled over all of them (the mean square within of a one-way analysis of
//! variance), is the squared SEM, with as many degrees of freedom as there are shots beyond the first of each group
//! (Bland and Altman 1996, BMJ 313:744).
//!
//! What the shots of one visit share (how the head was held, how the lamp stood that day, the skin's own day) is not in
//! that scatter. [`visit_component`] finds it from a place that was not treated and was photographed at several visits.
//! Without it, the verdicts hold for what differs between shots only; a control region is the answer, and the documents
//! say so.
//!
//! The error of a change between the means of `k` and `m` shots is then SE^2 = SEM^2 (1/k + 1/m) + 2 V^2, V the
//! component of visits. In the smallest detectable change each term counts with the quantile t of its own degrees of
//! freedom, SDC95^2 = t^2 SEM^2 (1/k + 1/m) + 2 t_V^2 V^2: with many, t is 1.96, and for single shots SDC95 = 1.96 sqrt(2)
//! SEM as usual. With few, 1.96 would call too many changed.

use super::distribution::{chi_squared_quantile, t_quantile, t_two_sided};
use super::sample::{mean, squares};
use super::{CONFIDENCE, Interval, rank};

/// An estimate of a standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sem {
    /// The standard deviation, on the metric's scale.
    pub sd: f64,
    /// Its degrees of freedom; infinite where it is stated, not estimated.
    pub df: f64,
}

impl Sem {
    /// A stated coefficient of variation, on the log scale.
    #[must_use]
    pub fn stated(cv: f64) -> Self {
        // The lognormal distribution of that coefficient of variation.
        Self { sd: (cv * cv).ln_1p().sqrt(), df: f64::INFINITY }
    }

    /// Pooled over groups of repeat shots, on the metric's scale. `resolution` is the step of a count on it, else 0:
    /// shots that agree to the step may still differ by the rounding, whose standard deviation is step / sqrt(12).
    /// `None` without a second shot anywhere, or where all shots are equal to the last bit: then they are copies, and
    /// no error is known.
    #[must_use]
    pub fn pooled(groups: &[Vec<f64>], resolution: f64) -> Option<Self> {
        let df: usize = groups.iter().map(|g| g.len().saturating_sub(1)).sum();
        if df == 0 {
            return None;
        }
        let within: f64 = groups.iter().filter(|g| g.len() > 1).map(|g| squares(g)).sum();
        let sd = (within / df as f64).sqrt().max(resolution / 12.0_f64.sqrt());
        (sd > 0.0 && sd.is_finite()).then_some(Self { sd, df: df as f64 })
    }

    /// The interval of the standard deviation, from chi-squared.
    #[must_use]
    pub fn interval(self) -> Interval {
        if self.df.is_infinite() {
            return Interval { low: self.sd, high: self.sd };
        }
        let tail = (1.0 - CONFIDENCE) / 2.0;
        let end = |p: f64| self.sd * (self.df / chi_squared_quantile(p, self.df)).sqrt();
        Interval { low: end(1.0 - tail), high: end(tail) }
    }

    /// What 95 of 100 errors stay below, by the t quantile of its degrees of freedom.
    #[must_use]
    pub fn limit(self) -> f64 {
        if self.sd == 0.0 { 0.0 } else { critical(self.df) * self.sd }
    }

    /// As a coefficient of variation, where it stands on the log scale.
    #[must_use]
    pub fn cv(self) -> f64 {
        (self.sd * self.sd).exp_m1().sqrt()
    }
}

/// The error of a metric: of a shot, and of what the shots of a visit share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErrorModel {
    /// Between shots of a visit.
    pub shot: Sem,
    /// Between visits of unchanged skin, where it is known.
    pub visit: Option<Sem>,
}

impl From<Sem> for ErrorModel {
    fn from(shot: Sem) -> Self {
        Self { shot, visit: None }
    }
}

/// A share of a variance: so many times the square of an estimate.
pub(super) type Term = (f64, Sem);

impl ErrorModel {
    /// The variance of the difference between the means of `k` and `m` shots, as terms.
    pub(super) fn terms(self, k: usize, m: usize) -> Vec<Term> {
        let mut terms = vec![(1.0 / k as f64 + 1.0 / m as f64, self.shot)];
        terms.extend(self.visit.map(|v| (2.0, v)));
        terms
    }

    /// The smallest detectable change between the means of `k` and `m` shots, on the metric's scale.
    #[must_use]
    pub fn sdc(self, k: usize, m: usize) -> f64 {
        let (se, df) = combined(&self.terms(k, m));
        se * critical(df)
    }
}

/// The size that t exceeds in 5 of 100 unchanged cases.
pub(super) fn critical(df: f64) -> f64 {
    t_quantile(f64::midpoint(1.0, CONFIDENCE), df)
}

/// The root of a sum of terms and the degrees of freedom by which its 95 % limit is found.
///
/// Each term is widened by its own t quantile, and the widened terms are added in quadrature; the degrees of freedom are those whose
/// quantile gives that limit. Satterthwaite's would trust a variance that came out small by chance: beside a stated term, with the error of a single
/// repeat pair, it calls 12 of 100 unchanged skins changed, this at most 5 (`statistics/simulation.rs`). Terms of one estimate are one
/// term: taken as independent, they would pretend to know their variance better.
pub(super) fn combined(terms: &[Term]) -> (f64, f64) {
    let mut merged: Vec<Term> = Vec::new();
    for &(share, sem) in terms {
        match merged.iter_mut().find(|(_, other)| *other == sem) {
            Some(found) => found.0 += share,
            None => merged.push((share, sem)),
        }
    }
    merged.retain(|(share, sem)| share * sem.sd > 0.0);
    let variance: f64 = merged.iter().map(|(share, sem)| share * sem.sd * sem.sd).sum();
    if let [(_, only)] = merged[..] {
        return (variance.sqrt(), only.df);
    }
    let limit: f64 = merged.iter().map(|(share, sem)| share * sem.limit().powi(2)).sum();
    (variance.sqrt(), freedom_of((limit / variance).sqrt(), &merged))
}

/// The degrees of freedom whose critical value is `t`: between the fewest and the most of the terms.
fn freedom_of(t: f64, terms: &[Term]) -> f64 {
    let inverse = |pick: fn(f64, f64) -> f64| terms.iter().map(|(_, sem)| sem.df.recip()).reduce(pick);
    let (Some(mut low), Some(mut high)) = (inverse(f64::min), inverse(f64::max)) else { return f64::INFINITY };
    // The fewer they are, the likelier is a T beyond t.
    while high - low > 1e-12 {
        let middle = f64::midpoint(low, high);
        if t_two_sided(t, middle.recip()) < 1.0 - CONFIDENCE { low = middle } else { high = middle }
    }
    f64::midpoint(low, high).recip()
}

/// The component of visits, from places that did not change: for each place its visits, for each visit its shots, on
/// the metric's scale. It is what the mean square between the visits of a place has beyond the SEM, over the mean
/// number of shots (one-way analysis of variance of unequal groups), with the degrees of freedom of that difference.
/// `None` without a place of two visits or without repeat shots; 0 where the visits scatter no more than their shots
/// let expect.
#[must_use]
pub fn visit_component(places: &[Vec<Vec<f64>>]) -> Option<Sem> {
    let shots: Vec<Vec<f64>> = places.iter().flatten().cloned().collect();
    let shot = Sem::pooled(&shots, 0.0)?;
    let (mut between, mut df, mut per_visit) = (0.0, 0.0, 0.0);
    for place in places {
        let visits: Vec<&Vec<f64>> = place.iter().filter(|v| !v.is_empty()).collect();
        if visits.len() < 2 {
            continue;
        }
        let sizes: Vec<f64> = visits.iter().map(|v| v.len() as f64).collect();
        let total: f64 = sizes.iter().sum();
        let grand = visits.iter().flat_map(|v| v.iter()).sum::<f64>() / total;
        between += visits.iter().zip(&sizes).map(|(v, n)| n * (mean(v) - grand).powi(2)).sum::<f64>();
        df += sizes.len() as f64 - 1.0;
        per_visit += total - sizes.iter().map(|n| n * n).sum::<f64>() / total;
    }
    if df == 0.0 {
        return None;
    }
    // With n shots at each visit this is n.
    let shots_per_visit = per_visit / df;
    let (square, error) = (between / df, shot.sd * shot.sd);
    let excess = (square - error).max(0.0);
    let doubt = square * square / df + error * error / shot.df;
    let sem_df = if excess > 0.0 { excess * excess / doubt } else { df };
    Some(Sem { sd: (excess / shots_per_visit).sqrt(), df: sem_df.max(1.0) })
}

/// Does the error grow with the value: Spearman's correlation of the groups' standard deviations with their means. Near
/// 0 on the scale that fits. `None` with fewer than 5 groups of two or more shots.
#[must_use]
pub fn growth(groups: &[Vec<f64>]) -> Option<rank::Rank> {
    let repeated = groups.iter().filter(|g| g.len() > 1);
    let (means, spreads): (Vec<f64>, Vec<f64>) =
        repeated.map(|g| (mean(g), (squares(g) / (g.len() - 1) as f64).sqrt())).unzip();
    if means.len() < 5 { None } else { rank::Rank::of(&means, &spreads) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::random::Random;
    use crate::series::statistics::truth::{all, close, numbers, table};

    #[test]
    fn pooled_over_unequal_groups() {
        let truth = &all()["pooled"];
        let sem = Sem::pooled(&table(&truth["groups"]), 0.0).unwrap();
        assert!(close(sem.sd, &truth["sem"], 1e-13) && close(sem.df, &truth["df"], 0.0));
        let interval = sem.interval();
        assert!(close(interval.low, &truth["low"], 1e-9) && close(interval.high, &truth["high"], 1e-9));
    }

    #[test]
    fn peak_flow_of_bland_and_altman() {
        // Bland and Altman 1986: 15.3 l/min for the Wright meter, 19.9 for the mini meter.
        let truth = &all()["pefr"];
        for (meter, key, published) in [("wright", "sem_wright", 15.3), ("mini", "sem_mini", 19.9)] {
            let [first, second] = [0, 1].map(|i| numbers(&truth[meter][i]));
            let groups: Vec<Vec<f64>> = first.iter().zip(&second).map(|(a, b)| vec![*a, *b]).collect();
            let sem = Sem::pooled(&groups, 0.0).unwrap();
            assert!(close(sem.sd, &truth[key], 1e-13) && (sem.sd - published).abs() < 0.05 && sem.df == 17.0);
        }
    }

    #[test]
    fn no_repeat_is_no_error() {
        assert_eq!(Sem::pooled(&[vec![1.0], vec![2.0]], 0.0), None);
        assert_eq!(Sem::pooled(&[vec![1.0, 1.0], vec![2.0, 2.0]], 0.0), None, "copies of one photo");
        let counts = Sem::pooled(&[vec![3.0, 3.0], vec![2.0, 2.0]], 1.0).unwrap();
        assert!((counts.sd - 12.0_f64.sqrt().recip()).abs() < 1e-15 && counts.df == 2.0);
    }

    #[test]
    fn smallest_detectable_change() {
        let error = ErrorModel::from(Sem { sd: 2.0, df: f64::INFINITY });
        assert!((error.sdc(1, 1) - 1.959_963_984_540_054 * 2.0_f64.sqrt() * 2.0).abs() < 1e-12);
        assert!((error.sdc(3, 3) - error.sdc(1, 1) / 3.0_f64.sqrt()).abs() < 1e-12);
        let few = ErrorModel::from(Sem { sd: 2.0, df: 4.0 });
        assert!((few.sdc(1, 1) / error.sdc(1, 1) - 2.776_445_105_197_793 / 1.959_963_984_540_054).abs() < 1e-9);
        let both =
            ErrorModel { shot: Sem { sd: 2.0, df: f64::INFINITY }, visit: Some(Sem { sd: 1.0, df: f64::INFINITY }) };
        assert!((both.sdc(4, 4) - 1.959_963_984_540_054 * (2.0 + 2.0_f64).sqrt()).abs() < 1e-9);
    }

    #[test]
    fn terms_of_one_estimate_are_one() {
        let a = Sem { sd: 1.0, df: 6.0 };
        assert_eq!(combined(&[(1.0, a), (3.0, a)]), (2.0, 6.0));
        // Two independent variances of 1 and 4 with 6 and 3 degrees of freedom, t of 2.4469 and 3.1824.
        let (se, df) = combined(&[(1.0, a), (1.0, Sem { sd: 2.0, df: 3.0 })]);
        let limit = (2.446_911_851_144_97_f64.powi(2) + 4.0 * 3.182_446_305_284_26_f64.powi(2)).sqrt();
        assert!(
            (se - 5.0_f64.sqrt()).abs() < 1e-15 && (critical(df) * se - limit).abs() < 1e-9 && 3.0 < df && df < 6.0
        );
        let still = combined(&[(1.0, a), (2.0, Sem { sd: 0.0, df: 1.0 })]);
        assert!((still.0 - 1.0).abs() < 1e-15 && (still.1 - 6.0).abs() < 1e-9, "nothing adds no doubt: {still:?}");
    }

    #[test]
    fn stated_coefficient_of_variation() {
        let sem = Sem::stated(0.04);
        assert!((sem.cv() - 0.04).abs() < 1e-15 && sem.df.is_infinite());
    }

    #[test]
    fn visits_scatter_more_than_shots() {
        // Shots of -1 and +1 about visit means of 0 and 10: mean squares 100 and 2, 49 above for 2 shots.
        let place = vec![vec![-1.0, 1.0], vec![9.0, 11.0]];
        let visit = visit_component(std::slice::from_ref(&place)).unwrap();
        assert!((visit.sd - 49.0_f64.sqrt()).abs() < 1e-12, "{visit:?}");
        assert!((visit.df - 1.0).abs() < 1e-12);
        let still = visit_component(&[vec![vec![-1.0, 1.0], vec![-1.0, 1.0]]]).unwrap();
        assert_eq!(still.sd, 0.0);
        assert_eq!(visit_component(&[vec![vec![-1.0, 1.0]]]), None);
        assert_eq!(visit_component(&[vec![vec![1.0], vec![2.0]]]), None);
    }

    #[test]
    fn an_error_that_grows_is_seen_and_the_logarithm_stops_it() {
        let mut random = Random::new(2, 0);
        let groups: Vec<Vec<f64>> =
            (1..80).map(|i| (0..3).map(|_| f64::from(i) * (0.05 * random.normal()).exp()).collect()).collect();
        let raw = growth(&groups).unwrap();
        assert!(raw.rho > 0.5 && raw.p < 1e-6, "{raw:?}");
        let logs: Vec<Vec<f64>> = groups.iter().map(|g| g.iter().map(|v| v.ln()).collect()).collect();
        let even = growth(&logs).unwrap();
        assert!(even.p > 0.05, "{even:?}");
        assert_eq!(growth(&groups[..4]), None);
    }
}
