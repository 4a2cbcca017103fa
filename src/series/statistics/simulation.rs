//! What the verdicts do on simulated studies: unchanged subjects that are called changed, changed ones that are found.
//!
//! Shots are drawn as a level per subject times lognormal errors; the level of 0.1 to 0.6 is what relief shows.
//! Subjects of a study share one estimated error, so the noise of a rate is taken between studies.

use super::change::{Change, Shift, Yardstick};
use super::distribution::normal_quantile;
use super::repeatability::{ErrorModel, Sem, visit_component};
use super::sample::{mean, variance};
use super::scale::Scale;
use super::verdict::Verdict;
use crate::measure::dictionary::Direction;
use crate::phantom::random::Random;

/// A rate over studies and its standard error.
struct Rate {
    rate: f64,
    se: f64,
}

impl Rate {
    fn of(studies: &[f64]) -> Self {
        Self { rate: mean(studies), se: (variance(studies) / studies.len() as f64).sqrt() }
    }

    /// At the rate that is promised, or below it; `slack` is what an approximation may add.
    fn keeps(&self, promised: f64, slack: f64) -> bool {
        self.rate <= promised + slack + 3.0 * self.se && self.se < 0.01
    }
}

fn yardstick(error: ErrorModel) -> Yardstick {
    Yardstick { scale: Scale::Log, direction: Direction::Lower, step: 0.0, error: Ok(error) }
}

/// Shots of a place at a visit whose level is `level`.
fn shots(n: usize, level: f64, cv: f64, random: &mut Random) -> Vec<f64> {
    (0..n).map(|_| level * (cv * random.normal()).exp()).collect()
}

fn logs(shots: &[f64]) -> Vec<f64> {
    shots.iter().map(|v| v.ln()).collect()
}

/// The error from repeat pairs of other subjects.
fn from_pairs(pairs: usize, cv: f64, random: &mut Random) -> ErrorModel {
    let groups: Vec<Vec<f64>> = (0..pairs)
        .map(|_| {
            let level = random.between(0.1, 0.6);
            logs(&shots(2, level, cv, random))
        })
        .collect();
    Sem::pooled(&groups, 0.0).unwrap().into()
}

#[test]
fn five_of_a_hundred_unchanged_are_called_changed_however_few_the_repeats() {
    let mut random = Random::new(101, 0);
    for (pairs, of_normal) in [(3, 0.12), (6, 0.08), (20, 0.052)] {
        let (mut called, mut naive) = (Vec::new(), Vec::new());
        for _ in 0..1500 {
            let error = from_pairs(pairs, 0.04, &mut random);
            let (mut changed, mut beyond) = (0, 0);
            for _ in 0..20 {
                let level = random.between(0.1, 0.6);
                let [before, after] = [0, 1].map(|_| shots(2, level, 0.04, &mut random));
                let change = Change::between(&before, &after, &yardstick(error), None, &[]);
                changed += u32::from(change.verdict != Verdict::WithinError);
                beyond += u32::from(change.figures.unwrap().rci.abs() > normal_quantile(0.975));
            }
            called.push(f64::from(changed) / 20.0);
            naive.push(f64::from(beyond) / 20.0);
        }
        let (called, naive) = (Rate::of(&called), Rate::of(&naive));
        println!("{pairs} pairs: {:.4} +- {:.4} called changed, {:.4} by 1.96", called.rate, called.se, naive.rate);
        assert!(called.keeps(0.05, 0.0) && called.rate > 0.04, "{pairs} pairs: {} +- {}", called.rate, called.se);
        assert!(naive.rate > of_normal, "1.96 with {pairs} pairs: {}", naive.rate);
    }
}

#[test]
fn a_study_s_own_repeat_shots() {
    // 200 subjects, the error pooled from the very shots that are compared: mean and scatter of normal shots are
    // independent.
    let mut random = Random::new(102, 0);
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..150 {
        for (rates, fall) in rates.iter_mut().zip([1.0, 0.85]) {
            let visits: Vec<[Vec<f64>; 2]> = (0..200)
                .map(|_| {
                    let level = random.between(0.1, 0.6);
                    [level, fall * level].map(|l| shots(3, l, 0.04, &mut random))
                })
                .collect();
            let groups: Vec<Vec<f64>> = visits.iter().flatten().map(|v| logs(v)).collect();
            let yard = yardstick(Sem::pooled(&groups, 0.0).unwrap().into());
            let told = visits.iter().filter(|[before, after]| {
                let verdict = Change::between(before, after, &yard, None, &[]).verdict;
                if fall < 1.0 { verdict == Verdict::Improved } else { verdict != Verdict::WithinError }
            });
            rates.push(told.count() as f64 / 200.0);
        }
    }
    let [still, fallen] = rates.map(|r| Rate::of(&r));
    println!("200 subjects: {:.4} called changed, {:.4} of -15 % called improved", still.rate, fallen.rate);
    assert!(still.keeps(0.05, 0.0) && still.rate > 0.04, "{} +- {}", still.rate, still.se);
    assert!(fallen.rate >= 0.8, "{}", fallen.rate);
}

#[test]
fn a_true_fall_is_found_with_an_error_from_few_repeats() {
    let mut random = Random::new(103, 0);
    let mut found = Vec::new();
    for _ in 0..400 {
        let yard = yardstick(from_pairs(6, 0.04, &mut random));
        let improved = (0..20).filter(|_| {
            let level = random.between(0.1, 0.6);
            let (before, after) = (shots(3, level, 0.04, &mut random), shots(3, 0.85 * level, 0.04, &mut random));
            Change::between(&before, &after, &yard, None, &[]).verdict == Verdict::Improved
        });
        found.push(improved.count() as f64 / 20.0);
    }
    let found = Rate::of(&found);
    println!("-15 %, CV 4 %, 3 shots, error from 6 pairs: {:.4} improved", found.rate);
    assert!(found.rate - 3.0 * found.se >= 0.8, "{}", found.rate);
}

#[test]
fn softer_light_and_a_control() {
    // The light of each visit multiplies the relief of treated and untreated skin alike. Without the control most are
    // called changed.
    let mut random = Random::new(104, 0);
    let (mut alone, mut held) = (Vec::new(), Vec::new());
    for _ in 0..600 {
        let error = from_pairs(8, 0.04, &mut random);
        let yard = yardstick(error);
        let (mut a, mut h) = (0, 0);
        for _ in 0..20 {
            let light = 0.75 * (0.05 * random.normal()).exp();
            let [treated, control] = [0, 1].map(|_| {
                let level = random.between(0.1, 0.6);
                (shots(2, level, 0.04, &mut random), shots(2, light * level, 0.04, &mut random))
            });
            let shift = Shift::of_place(&control.0, &control.1, Scale::Log, error).unwrap();
            let told =
                |control| Change::between(&treated.0, &treated.1, &yard, control, &[]).verdict != Verdict::WithinError;
            a += u32::from(told(None));
            h += u32::from(told(Some(&shift)));
        }
        alone.push(f64::from(a) / 20.0);
        held.push(f64::from(h) / 20.0);
    }
    let (alone, held) = (Rate::of(&alone), Rate::of(&held));
    println!("softer light: {:.4} called changed alone, {:.4} less the control", alone.rate, held.rate);
    assert!(alone.rate > 0.9 && held.keeps(0.05, 0.0) && held.rate > 0.04, "{} {}", alone.rate, held.rate);
}

#[test]
fn visits_with_an_error_of_their_own() {
    // Untreated places at 4 visits tell how much visits differ; without that too many are called changed.
    let mut random = Random::new(105, 0);
    let (mut alone, mut with) = (Vec::new(), Vec::new());
    for _ in 0..500 {
        let visit = |level: f64, random: &mut Random| {
            let day = level * (0.05 * random.normal()).exp();
            shots(2, day, 0.03, random)
        };
        let places: Vec<Vec<Vec<f64>>> = (0..6)
            .map(|_| {
                let level = random.between(0.1, 0.6);
                (0..4).map(|_| logs(&visit(level, &mut random))).collect()
            })
            .collect();
        let groups: Vec<Vec<f64>> = places.iter().flatten().cloned().collect();
        let shot = Sem::pooled(&groups, 0.0).unwrap();
        let errors = [ErrorModel::from(shot), ErrorModel { shot, visit: visit_component(&places) }];
        let mut called = [0, 0];
        for _ in 0..20 {
            let level = random.between(0.1, 0.6);
            let (before, after) = (visit(level, &mut random), visit(level, &mut random));
            for (called, error) in called.iter_mut().zip(errors) {
                let change = Change::between(&before, &after, &yardstick(error), None, &[]);
                *called += u32::from(change.verdict != Verdict::WithinError);
            }
        }
        alone.push(f64::from(called[0]) / 20.0);
        with.push(f64::from(called[1]) / 20.0);
    }
    let (alone, with) = (Rate::of(&alone), Rate::of(&with));
    println!(
        "visits differ by 5 %: {:.4} called changed by the shots' error, {:.4} with that of visits",
        alone.rate, with.rate
    );
    // The degrees of freedom of a difference of mean squares (Satterthwaite 1946) are an approximation.
    assert!(alone.rate > 0.3 && with.keeps(0.05, 0.01), "{} {}", alone.rate, with.rate);
}

#[test]
fn one_repeat_pair_beside_a_stated_error() {
    // A single pair may agree by chance: what is stated of visits must not lend its certainty to that.
    let mut random = Random::new(107, 0);
    let stated = Sem { sd: 0.025, df: f64::INFINITY };
    for cv in [0.025, 0.05, 0.1, 0.2] {
        for differing in [0.0, 0.025] {
            let mut called = Vec::new();
            for _ in 0..4000 {
                let error = ErrorModel { visit: Some(stated), ..from_pairs(1, cv, &mut random) };
                let level = random.between(0.1, 0.6);
                let [before, after] = [0, 1].map(|_| {
                    let day = level * (differing * random.normal()).exp();
                    shots(2, day, cv, &mut random)
                });
                let change = Change::between(&before, &after, &yardstick(error), None, &[]);
                called.push(f64::from(u8::from(change.verdict != Verdict::WithinError)));
            }
            let called = Rate::of(&called);
            println!("one pair, CV {cv}, visits {differing}: {:.4} +- {:.4} called changed", called.rate, called.se);
            assert!(called.keeps(0.05, 0.0), "{cv} {differing}: {} +- {}", called.rate, called.se);
        }
    }
}

/// A count of independent finds about `level` (Knuth's product of uniforms).
fn count(level: f64, random: &mut Random) -> f64 {
    let (mut product, mut n) = (random.uniform(), 0.0);
    while product > (-level).exp() {
        product *= random.uniform();
        n += 1.0;
    }
    n
}

#[test]
fn counts_by_their_roots() {
    // A third of the subjects has 5 spots, a third 20, a third 60; the error is pooled over all.
    let mut random = Random::new(106, 0);
    let levels = [5.0, 20.0, 60.0];
    let mut rates = [Scale::Root, Scale::Ratio].map(|scale| (scale, [Vec::new(), Vec::new(), Vec::new()]));
    for _ in 0..300 {
        let visits: Vec<[Vec<f64>; 2]> =
            (0..60).map(|i| [0, 1].map(|_| (0..2).map(|_| count(levels[i % 3], &mut random)).collect())).collect();
        for (scale, rates) in &mut rates {
            let place = |v: &Vec<f64>| v.iter().map(|c| scale.forward(*c)).collect();
            let groups: Vec<Vec<f64>> = visits.iter().flatten().map(place).collect();
            let error = Ok(Sem::pooled(&groups, 0.0).unwrap().into());
            let yard = Yardstick { scale: *scale, direction: Direction::Lower, step: 0.0, error };
            for (k, rates) in rates.iter_mut().enumerate() {
                let of_level = visits.iter().skip(k).step_by(3);
                let called = of_level.filter(|[before, after]| {
                    Change::between(before, after, &yard, None, &[]).verdict != Verdict::WithinError
                });
                rates.push(called.count() as f64 / 20.0);
            }
        }
    }
    let [root, raw] = rates.map(|(_, rates)| rates.map(|r| Rate::of(&r)));
    for (level, (root, raw)) in levels.iter().zip(root.iter().zip(&raw)) {
        println!("{level} spots: {:.4} called changed by roots, {:.4} by differences", root.rate, raw.rate);
        // The root of a small count scatters a little more than that of a large one.
        assert!(root.keeps(0.05, 0.015), "{level}: {}", root.rate);
    }
    assert!(raw[2].rate > 0.1, "{}", raw[2].rate);
}
