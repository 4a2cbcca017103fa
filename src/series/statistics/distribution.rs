//! Probabilities and quantiles of Student's t, chi-squared, F and the normal distribution.
//!
//! The probabilities are those of statrs. Its quantiles are not used: those of t are off by 3e-4 at many degrees of
//! freedom and those of F by more in the tails. A quantile here is the root of the probability, found by halving the
//! bracket until no number lies between its ends, so it is as exact as the probability. Degrees of freedom need not be
//! whole numbers, and may be infinite: t is then the normal distribution.

use statrs::distribution::{ChiSquared, ContinuousCDF, FisherSnedecor, Normal, StudentsT};
use statrs::function::beta::checked_beta_reg;

/// Beyond this many degrees of freedom t is normal to within 1e-9.
const NORMAL_ABOVE: f64 = 1e9;

/// P(T <= x) of Student's t with `df` degrees of freedom, which may be infinite; NaN where `df` is not positive.
#[must_use]
pub fn t_probability(x: f64, df: f64) -> f64 {
    if df > NORMAL_ABOVE { normal_probability(x) } else { StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |d| d.cdf(x)) }
}

/// The quantile of Student's t.
#[must_use]
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if df > NORMAL_ABOVE {
        return normal_quantile(p);
    }
    if df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    let tail = p.min(1.0 - p);
    // The upper tail is the lower one mirrored: there the probability keeps its digits. About the middle it is the
    // share within plus and minus x that keeps them.
    let size = if tail < 0.25 {
        -root(tail, f64::NEG_INFINITY, |x| t_probability(x, df))
    } else {
        root(1.0 - 2.0 * tail, 0.0, |x| checked_beta_reg(0.5, df / 2.0, x * x / (df + x * x)).unwrap_or(f64::NAN))
    };
    if p < 0.5 { -size } else { size }
}

/// The two-sided probability that |T| reaches |x|.
#[must_use]
pub fn t_two_sided(x: f64, df: f64) -> f64 {
    (2.0 * t_probability(-x.abs(), df)).min(1.0)
}

/// P(X <= x) of the normal distribution.
#[must_use]
pub fn normal_probability(x: f64) -> f64 {
    Normal::standard().cdf(x)
}

/// The quantile of the normal distribution.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// The quantile of chi-squared; NaN where `df` is not positive.
#[must_use]
pub fn chi_squared_quantile(p: f64, df: f64) -> f64 {
    ChiSquared::new(df).map_or(f64::NAN, |d| root(p, 0.0, |x| d.cdf(x)))
}

/// The quantile of F with `a` and `b` degrees of freedom; NaN where one is not positive.
#[must_use]
pub fn f_quantile(p: f64, a: f64, b: f64) -> f64 {
    // The upper tail is the lower one of 1 / F.
    if p > 0.5 { 1.0 / f_lower(1.0 - p, b, a) } else { f_lower(p, a, b) }
}

fn f_lower(p: f64, a: f64, b: f64) -> f64 {
    FisherSnedecor::new(a, b).map_or(f64::NAN, |d| root(p, 0.0, |x| d.cdf(x)))
}

/// Where a rising probability reaches `p`, from `lowest` (0 or minus infinity) on.
fn root(p: f64, lowest: f64, probability: impl Fn(f64) -> f64) -> f64 {
    if p.is_nan() || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 {
        return lowest;
    }
    if p == 1.0 {
        return f64::INFINITY;
    }
    let mut high = 1.0;
    while probability(high) < p && high < f64::MAX / 4.0 {
        high *= 2.0;
    }
    let mut low = 0.0;
    if lowest < 0.0 && probability(0.0) >= p {
        (low, high) = (-1.0, 0.0);
        while probability(low) > p && low > f64::MIN / 4.0 {
            low *= 2.0;
        }
    }
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        // 1e-300 is no quantile that anybody asks for: the halving would take a thousand steps to get there.
        if high - low < 1e-300 {
            return middle;
        }
        if probability(middle) < p { low = middle } else { high = middle }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::statistics::truth;

    #[test]
    fn quantiles_are_those_of_scipy() {
        let truth = truth::all();
        let mut seen = 0;
        for q in truth["quantiles"].as_array().unwrap() {
            let [a, b, p, x] = ["a", "b", "p", "x"].map(|key| q[key].as_f64().unwrap());
            let found = match q["kind"].as_str().unwrap() {
                "t" => t_quantile(p, a),
                "chi2" => chi_squared_quantile(p, a),
                "f" => f_quantile(p, a, b),
                _ => normal_quantile(p),
            };
            assert!((found - x).abs() <= 1e-8 * x.abs().max(1e-8), "{q}: {found}");
            seen += 1;
        }
        assert!(seen > 300);
    }

    #[test]
    fn infinite_degrees_of_freedom_are_normal() {
        assert_eq!(t_quantile(0.975, f64::INFINITY), normal_quantile(0.975));
        assert!((t_two_sided(1.959_963_984_540_054, f64::INFINITY) - 0.05).abs() < 1e-10);
        assert!((t_quantile(0.975, 1e8) - normal_quantile(0.975)).abs() < 1e-7);
    }

    #[test]
    fn nonsense_is_not_a_number() {
        assert!(
            t_quantile(1.2, 4.0).is_nan()
                && chi_squared_quantile(0.5, -1.0).is_nan()
                && t_probability(0.0, 0.0).is_nan()
        );
        assert_eq!(chi_squared_quantile(0.0, 3.0), 0.0);
        assert_eq!(f_quantile(1.0, 3.0, 4.0), f64::INFINITY);
        assert_eq!(t_quantile(0.5, 3.0), 0.0);
    }
}
