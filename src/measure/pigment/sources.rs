//! What the colors of a region are made of: relief, melanin, blood and noise, band by band.
//!
//! In each narrow band the covariance of ln R, ln G, ln B is the sum of four:
//!
//! C_k = s_k T_k + (a_k, h_k: melanin and blood along their vectors, correlated a little) + noise_k.
//!
//! T_k is the relief's ([`Transfer`]), the vectors are those of the forward model at the region's mean color ([`Tone`]). The
//! powers are found together by least squares on C^-1/2 (model - C) C^-1/2, which weighs every direction of color by how
//! much varies in it, with what is known of skin beforehand: pigments spread smoothly over the bands, melanin and blood
//! by about the same share of themselves, noise white to begin with. So nothing is subtracted from the photo that might
//! not be there: neither is the relief weakened where scattered light gives it a color, nor is pigment left in it.

use nalgebra::{Cholesky, DMatrix, DVector};

use super::sub_bands::{COUNT, CrossSpectrum, Matrix, parts};
use super::tone::Tone;
use super::transfer::Transfer;
use crate::measure::texture::relief::{band_noise_gain, sigma_of_cutoff};

/// How far apart neighboring bands of a pigment may lie from a straight line, ln power.
const PIGMENT_BEND: f64 = 0.3;
/// The same of the relief.
const RELIEF_BEND: f64 = 1.0;
/// Deviation between the shares by which melanin and blood vary, ln power.
const SHARES_SD: f64 = 2.0;
/// Deviation of the pigment vectors from the forward model's.
const VECTOR_SD: f64 = 0.01;
/// Deviation of the scattering from [`super::transfer::SCATTER_MM`], ln.
const SCATTER_SD: f64 = 0.02;
/// Noise of a pixel, ln units, to begin with, and how far off that may be, ln power.
const NOISE: (f64, f64) = (0.02, 2.0);
/// Change of the noise from band to band, ln power.
const NOISE_STEP: f64 = 0.7;
/// Exponent of the noise's variance against the light of a channel, between shot noise (1) and read noise (2), and its
/// deviation.
const NOISE_POWER: (f64, f64) = (1.2, 0.3);
/// Correlation of melanin and blood that needs no explanation.
const CORRELATION_SD: f64 = 0.1;
/// Relative error of the model itself, where blue has light enough to have a logarithm ([`Tone::blue_blur`]).
const MODEL_SD: f64 = 0.06;
/// Share of a wavelength squared that is one independent sample.
const INDEPENDENT: f64 = 1.5;
/// Power below which nothing varies: rounding of f32.
const NOTHING: f64 = 1e-11;

/// Kinds of parameters that every band has, in the order of [`at`].
const PER_BAND: usize = 5;
/// Parameters: five per band, the scattering, four of the vectors, the exponent of the noise.
const PARAMETERS: usize = PER_BAND * COUNT + 6;
const SCATTER: usize = PER_BAND * COUNT;
const EXPONENT: usize = SCATTER + 5;

#[derive(Clone, Copy)]
enum Kind {
    Relief,
    Melanin,
    Blood,
    Noise,
    Correlation,
}

/// Place of a parameter of band `k`.
fn at(kind: Kind, k: usize) -> usize {
    kind as usize * COUNT + k
}

/// What was found in a region.
#[derive(Clone, Debug, PartialEq)]
pub struct Sources {
    /// Standard deviation of ln G that the relief makes in fine, mid and coarse.
    pub relief: [f64; 3],
    /// Standard error of each.
    pub error: [f64; 3],
    /// Weights of ln R, ln G, ln B that show the relief in each narrow band.
    pub weights: [[f64; 3]; COUNT],
    /// The same below the narrow bands.
    pub slow: [f64; 3],
    /// The skin of the region.
    pub tone: Tone,
    /// Mean ln R/G and ln G/B of the region.
    pub ratios: [f64; 2],
}

/// What the fit is told.
struct Problem<'a> {
    transfer: &'a Transfer,
    tone: Tone,
    covariance: [Matrix; COUNT],
    /// Inverse of the lower Cholesky factor of each covariance.
    whiten: [Matrix; COUNT],
    /// Standard deviation of a whitened residual.
    spread: [f64; COUNT],
    /// Standard deviation of the correlation of two sources by chance.
    chance: [f64; COUNT],
    /// Variance of unit white noise in each band.
    noise: [f64; COUNT],
    /// ln of how much darker each channel is than green.
    darker: [f64; 3],
}

impl Sources {
    /// Explains a cross-spectrum between `edges_px` (photo pixels); `None` where nothing varies.
    #[must_use]
    pub fn of(found: &CrossSpectrum, transfer: &Transfer, edges_px: &[f64; COUNT + 1], tone: Tone) -> Option<Self> {
        if found.covariance.iter().any(|c| c[1][1] < NOTHING) {
            return None;
        }
        let problem = Problem::of(found, transfer, edges_px, tone)?;
        let (parameters, precision) = problem.fit();
        Some(problem.answer(&parameters, &precision))
    }
}

impl<'a> Problem<'a> {
    fn of(found: &CrossSpectrum, transfer: &'a Transfer, edges_px: &[f64; COUNT + 1], tone: Tone) -> Option<Self> {
        // A trace of white keeps a photo without any noise solvable.
        let covariance = found.covariance.map(|c| {
            let mut c = c;
            for (i, row) in c.iter_mut().enumerate() {
                row[i] += 1e-6 * row[i] + NOTHING;
            }
            c
        });
        let mut whiten = [[[0.0; 3]; 3]; COUNT];
        for (w, c) in whiten.iter_mut().zip(&covariance) {
            *w = inverse_factor(c)?;
        }
        let area = (found.pixels * super::chromaticity::FACTOR * super::chromaticity::FACTOR) as f64;
        let samples: [f64; COUNT] =
            std::array::from_fn(|k| (INDEPENDENT * area / (edges_px[k] * edges_px[k + 1])).max(20.0));
        let model_sd = MODEL_SD * Tone::blue_blur(found.ratios[1]);
        Some(Self {
            transfer,
            tone,
            covariance,
            whiten,
            spread: samples.map(|n| (1.0 / n).sqrt().hypot(model_sd)),
            chance: samples.map(|n| (1.0 / n + CORRELATION_SD * CORRELATION_SD).sqrt()),
            noise: std::array::from_fn(|k| {
                band_noise_gain(sigma_of_cutoff(edges_px[k]), sigma_of_cutoff(edges_px[k + 1]))
            }),
            darker: [-found.ratios[0], 0.0, found.ratios[1]],
        })
    }

    /// Levenberg-Marquardt from a fixed start; the parameters and the precision (inverse covariance) around them.
    fn fit(&self) -> (DVector<f64>, DMatrix<f64>) {
        let mut p = DVector::zeros(PARAMETERS);
        for k in 0..COUNT {
            let green = self.covariance[k][1][1];
            for (kind, share) in [(Kind::Relief, 0.5), (Kind::Melanin, 0.3), (Kind::Blood, 0.2)] {
                p[at(kind, k)] = (share * green).ln();
            }
            p[at(Kind::Noise, k)] = 2.0 * NOISE.0.ln();
        }
        p[EXPONENT] = NOISE_POWER.0;
        let (mut residuals, mut slopes) = self.residuals(&p);
        let mut cost = squared(&residuals);
        let mut damping = 1e-2;
        for _ in 0..100 {
            let (normal, gradient) = normal_equations(&residuals, &slopes);
            let mut damped = normal.clone();
            for i in 0..PARAMETERS {
                damped[(i, i)] *= 1.0 + damping;
            }
            let step = Cholesky::new(damped).map(|c| c.solve(&gradient));
            let next = step.map(|step| clamped(&(&p - step)));
            let tried = next.map(|next| {
                let (r, s) = self.residuals(&next);
                (next, squared(&r), r, s)
            });
            match tried {
                Some((next, there, r, s)) if there < cost => {
                    let gain = (cost - there) / cost;
                    (p, residuals, slopes, cost) = (next, r, s, there);
                    damping = f64::max(damping * 0.3, 1e-9);
                    if gain < 1e-7 {
                        break;
                    }
                }
                _ => {
                    damping *= 6.0;
                    if damping > 1e8 {
                        break;
                    }
                }
            }
        }
        let (normal, _) = normal_equations(&residuals, &slopes);
        // A model that fits worse than it should is less certain than it thinks.
        let excess = (cost / (6 * COUNT) as f64).max(1.0);
        (p, normal / excess)
    }

    /// The vectors in force: green is 1.
    fn vectors(&self, p: &DVector<f64>) -> [[f64; 3]; 2] {
        let [m, h] = self.tone.vectors;
        let d = &p.as_slice()[SCATTER + 1..];
        [[m[0] + d[0], 1.0, m[2] + d[1]], [h[0] + d[2], 1.0, h[2] + d[3]]]
    }

    /// Covariance of the model in band `k`, and its derivatives: by the parameters of the band, and by those that follow them.
    fn model(&self, p: &DVector<f64>, k: usize) -> (Matrix, [Matrix; PER_BAND], [Matrix; 6]) {
        let value = |kind: Kind| p[at(kind, k)];
        let (s, a, h) = (value(Kind::Relief).exp(), value(Kind::Melanin).exp(), value(Kind::Blood).exp());
        let noise = value(Kind::Noise).exp();
        let correlation = value(Kind::Correlation).tanh();
        let joint = (a * h).sqrt();
        let [m, b] = self.vectors(p);
        let ln_scatter = p[SCATTER];
        let build =
            |f: &dyn Fn(usize, usize) -> f64| -> Matrix { std::array::from_fn(|i| std::array::from_fn(|j| f(i, j))) };
        let both = |i: usize, j: usize| m[i] * b[j] + b[i] * m[j];
        let relief = build(&|i, j| s * (self.transfer.at[k][i][j] + ln_scatter * self.transfer.slope[k][i][j]));
        let melanin = build(&|i, j| a * m[i] * m[j]);
        let blood = build(&|i, j| h * b[i] * b[j]);
        let shared = build(&|i, j| correlation * joint * both(i, j));
        let white =
            build(&|i, j| if i == j { noise * self.noise[k] * (p[EXPONENT] * self.darker[i]).exp() } else { 0.0 });
        let sum = build(&|i, j| relief[i][j] + melanin[i][j] + blood[i][j] + shared[i][j] + white[i][j]);
        let by_band = [
            relief,
            build(&|i, j| melanin[i][j] + 0.5 * shared[i][j]),
            build(&|i, j| blood[i][j] + 0.5 * shared[i][j]),
            white,
            build(&|i, j| (1.0 - correlation * correlation) * joint * both(i, j)),
        ];
        // Element c of a vector moves.
        let by_vector = |own: f64, v: &[f64; 3], other: &[f64; 3], c: usize| {
            build(&|i, j| {
                let unit = |i: usize| if i == c { 1.0 } else { 0.0 };
                own * (unit(i) * v[j] + v[i] * unit(j))
                    + correlation * joint * (unit(i) * other[j] + other[i] * unit(j))
            })
        };
        let by_all = [
            build(&|i, j| s * self.transfer.slope[k][i][j]),
            by_vector(a, &m, &b, 0),
            by_vector(a, &m, &b, 2),
            by_vector(h, &b, &m, 0),
            by_vector(h, &b, &m, 2),
            build(&|i, j| white[i][j] * self.darker[i]),
        ];
        (sum, by_band, by_all)
    }

    /// Residuals, and per residual its derivatives as (parameter, slope).
    fn residuals(&self, p: &DVector<f64>) -> (Vec<f64>, Vec<Vec<(usize, f64)>>) {
        let mut rows = Rows::default();
        for k in 0..COUNT {
            let (model, by_band, by_all) = self.model(p, k);
            let c = &self.covariance[k];
            let off = std::array::from_fn(|i| std::array::from_fn(|j| model[i][j] - c[i][j]));
            let whitened = |m: &Matrix| sandwich(&self.whiten[k], m);
            let here = whitened(&off);
            let band: Vec<Matrix> = by_band.iter().map(&whitened).collect();
            let all: Vec<Matrix> = by_all.iter().map(&whitened).collect();
            for i in 0..3 {
                for j in i..3 {
                    let scale = if i == j { 0.5_f64.sqrt() } else { 1.0 } / self.spread[k];
                    let own = band.iter().enumerate().map(|(kind, m)| (kind * COUNT + k, scale * m[i][j]));
                    let shared = all.iter().enumerate().map(|(q, m)| (SCATTER + q, scale * m[i][j]));
                    rows.push(scale * here[i][j], own.chain(shared).collect());
                }
            }
        }
        self.expectations(p, &mut rows);
        (rows.residuals, rows.slopes)
    }

    /// What is known beforehand.
    fn expectations(&self, p: &DVector<f64>, rows: &mut Rows) {
        for (kind, sd) in [(Kind::Relief, RELIEF_BEND), (Kind::Melanin, PIGMENT_BEND), (Kind::Blood, PIGMENT_BEND)] {
            for k in 1..COUNT - 1 {
                rows.linear(p, &[(at(kind, k - 1), 1.0), (at(kind, k), -2.0), (at(kind, k + 1), 1.0)], 0.0, sd);
            }
        }
        let mean: Vec<_> = (0..COUNT).map(|k| (at(Kind::Noise, k), 1.0 / COUNT as f64)).collect();
        rows.linear(p, &mean, 2.0 * NOISE.0.ln(), NOISE.1);
        for k in 1..COUNT {
            rows.linear(p, &[(at(Kind::Noise, k), 1.0), (at(Kind::Noise, k - 1), -1.0)], 0.0, NOISE_STEP);
        }
        let [melanin, blood] = self.tone.strength.map(|s| 2.0 * s.abs().max(1e-6).ln());
        for k in 0..COUNT {
            rows.linear(p, &[(at(Kind::Melanin, k), 1.0), (at(Kind::Blood, k), -1.0)], melanin - blood, SHARES_SD);
            rows.linear(p, &[(at(Kind::Correlation, k), 1.0)], 0.0, self.chance[k]);
        }
        rows.linear(p, &[(SCATTER, 1.0)], 0.0, SCATTER_SD);
        for q in 1..5 {
            rows.linear(p, &[(SCATTER + q, 1.0)], 0.0, VECTOR_SD);
        }
        rows.linear(p, &[(EXPONENT, 1.0)], NOISE_POWER.0, NOISE_POWER.1);
    }

    fn answer(&self, p: &DVector<f64>, precision: &DMatrix<f64>) -> Sources {
        let covariance = Cholesky::new(precision.clone()).map(|c| c.inverse());
        let power = |k: usize| p[at(Kind::Relief, k)].exp();
        let (mut relief, mut error) = ([0.0; 3], [0.0; 3]);
        for band in 0..3 {
            let sum: f64 = parts(band).map(power).sum();
            let variance = covariance.as_ref().map_or(0.0, |c| {
                let pairs = parts(band).flat_map(|i| parts(band).map(move |j| (i, j)));
                pairs.map(|(i, j)| power(i) * power(j) * c[(at(Kind::Relief, i), at(Kind::Relief, j))]).sum()
            });
            relief[band] = (self.transfer.whole[band] * sum).sqrt();
            error[band] = 0.5 * relief[band] * variance.max(0.0).sqrt() / sum;
        }
        let weights: [[f64; 3]; COUNT] = std::array::from_fn(|k| self.weights(p, k));
        let last = weights[COUNT - 1];
        let sum: f64 = last.iter().sum();
        let slow = if sum > 0.2 { last.map(|w| w / sum) } else { [0.0, 1.0, 0.0] };
        Sources { relief, error, weights, slow, tone: self.tone, ratios: [-self.darker[0], self.darker[2]] }
    }

    /// Weights of the channels whose sum is the likeliest relief, raised until it has the power that was found.
    fn weights(&self, p: &DVector<f64>, k: usize) -> [f64; 3] {
        /// Where next to nothing of what is seen is relief, no weight makes it so.
        const MOST: f64 = 3.0;
        let (model, by_band, _) = self.model(p, k);
        let relief = by_band[Kind::Relief as usize];
        let Some(whiten) = inverse_factor(&model) else { return [0.0, 1.0, 0.0] };
        let goal = relief.map(|row| row[1]);
        let half: [f64; 3] = std::array::from_fn(|i| (0..3).map(|j| whiten[i][j] * goal[j]).sum());
        let weights: [f64; 3] = std::array::from_fn(|i| (0..3).map(|j| whiten[j][i] * half[j]).sum());
        let explained: f64 = half.iter().map(|v| v * v).sum();
        let raise = (relief[1][1] / explained.max(f64::MIN_POSITIVE)).sqrt().min(MOST);
        weights.map(|w| w * raise)
    }
}

#[derive(Default)]
struct Rows {
    residuals: Vec<f64>,
    slopes: Vec<Vec<(usize, f64)>>,
}

impl Rows {
    fn push(&mut self, residual: f64, slopes: Vec<(usize, f64)>) {
        self.residuals.push(residual);
        self.slopes.push(slopes);
    }

    /// A weighted sum of parameters should be `goal`, give or take `sd`.
    fn linear(&mut self, p: &DVector<f64>, terms: &[(usize, f64)], goal: f64, sd: f64) {
        let sum: f64 = terms.iter().map(|&(i, w)| w * p[i]).sum();
        self.push((sum - goal) / sd, terms.iter().map(|&(i, w)| (i, w / sd)).collect());
    }
}

fn squared(residuals: &[f64]) -> f64 {
    residuals.iter().map(|r| r * r).sum()
}

fn normal_equations(residuals: &[f64], slopes: &[Vec<(usize, f64)>]) -> (DMatrix<f64>, DVector<f64>) {
    let mut normal = DMatrix::zeros(PARAMETERS, PARAMETERS);
    let mut gradient = DVector::zeros(PARAMETERS);
    for (residual, slopes) in residuals.iter().zip(slopes) {
        for &(i, a) in slopes {
            gradient[i] += a * residual;
            for &(j, b) in slopes {
                normal[(i, j)] += a * b;
            }
        }
    }
    (normal, gradient)
}

/// Keeps every parameter where exponentials are finite and the derivatives of the model hold.
fn clamped(p: &DVector<f64>) -> DVector<f64> {
    DVector::from_fn(PARAMETERS, |i, _| {
        let (low, high) = match i {
            SCATTER => (-0.15, 0.15),
            EXPONENT => (0.5, 2.5),
            i if i > SCATTER => (-0.3, 0.3),
            i if i >= at(Kind::Correlation, 0) => (-1.0, 1.0),
            _ => (-30.0, 2.0),
        };
        p[i].clamp(low, high)
    })
}

/// The inverse of the lower Cholesky factor of a symmetric matrix; `None` where it is not positive.
fn inverse_factor(c: &Matrix) -> Option<Matrix> {
    let factor = Cholesky::new(nalgebra::Matrix3::from_fn(|i, j| c[i][j]))?.l();
    let inverse = factor.try_inverse()?;
    Some(std::array::from_fn(|i| std::array::from_fn(|j| inverse[(i, j)])))
}

/// L m L'.
fn sandwich(l: &Matrix, m: &Matrix) -> Matrix {
    let left: Matrix = std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|q| l[i][q] * m[q][j]).sum()));
    std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|q| left[i][q] * l[j][q]).sum()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::pigment::sub_bands::edges;
    use crate::measure::pigment::tone::Polarization;

    const CUTOFFS_MM: [f64; 4] = [0.3, 0.8, 2.5, 8.0];

    /// The cross-spectrum of a skin whose sources have these standard deviations of ln G in every band.
    fn spectrum(
        relief: f64,
        melanin: f64,
        blood: f64,
        noise: f64,
    ) -> (CrossSpectrum, Transfer, [f64; COUNT + 1], Tone) {
        let (edges_mm, edges_px) = (edges(CUTOFFS_MM), edges(CUTOFFS_MM.map(|mm| mm / 0.05)));
        let transfer = Transfer::of(&edges_mm);
        let ratios = [0.52, 0.37];
        let tone = Tone::of(ratios[0], ratios[1], Polarization::None);
        let [m, b] = tone.vectors;
        let covariance = std::array::from_fn(|k| {
            let gain = band_noise_gain(sigma_of_cutoff(edges_px[k]), sigma_of_cutoff(edges_px[k + 1]));
            std::array::from_fn(|i| {
                std::array::from_fn(|j| {
                    let white = if i == j { gain * noise * noise } else { 0.0 };
                    relief * relief * transfer.at[k][i][j]
                        + melanin * melanin * m[i] * m[j]
                        + blood * blood * b[i] * b[j]
                        + white
                })
            })
        });
        (CrossSpectrum { covariance, ratios, pixels: 300_000 }, transfer, edges_px, tone)
    }

    fn solve(relief: f64, melanin: f64, blood: f64, noise: f64) -> Sources {
        let (found, transfer, edges_px, tone) = spectrum(relief, melanin, blood, noise);
        Sources::of(&found, &transfer, &edges_px, tone).expect("something varies")
    }

    #[test]
    fn each_source_is_given_its_own() {
        for (relief, melanin, blood, noise) in [
            (0.006, 0.004, 0.004, 0.01),
            (0.006, 0.010, 0.004, 0.02),
            (0.006, 0.004, 0.012, 0.02),
            (0.002, 0.004, 0.004, 0.01),
        ] {
            let found = solve(relief, melanin, blood, noise);
            let transfer = Transfer::of(&edges(CUTOFFS_MM));
            for band in 0..3 {
                let truth = relief * (transfer.whole[band] * parts(band).len() as f64).sqrt();
                let off = found.relief[band] / truth - 1.0;
                assert!(off.abs() < 0.06, "band {band} of {relief} {melanin} {blood} {noise}: {off}");
            }
        }
    }

    #[test]
    fn without_relief_next_to_none_is_found() {
        let (with, without) = (solve(0.006, 0.005, 0.005, 0.015), solve(1e-5, 0.005, 0.005, 0.015));
        for band in 0..3 {
            assert!(without.relief[band] < 0.25 * with.relief[band], "{without:?}");
        }
    }

    #[test]
    fn the_error_grows_as_the_fold_closes() {
        let error = |ratios: [f64; 2]| {
            let (mut found, transfer, edges_px, _) = spectrum(0.006, 0.006, 0.006, 0.02);
            found.ratios = ratios;
            let tone = Tone::of(ratios[0], ratios[1], Polarization::None);
            let sources = Sources::of(&found, &transfer, &edges_px, tone).expect("something varies");
            (tone.separation_angle_deg(), sources.error[1] / sources.relief[1])
        };
        let ((light_angle, light), (dark_angle, dark)) = (error([0.45, 0.25]), error([0.96, 0.77]));
        assert!(
            light_angle > 15.0 && dark_angle < 6.0 && dark > 1.5 * light,
            "{light} at {light_angle}, {dark} at {dark_angle}"
        );
    }

    #[test]
    fn derivatives_are_those_of_the_model() {
        let (found, transfer, edges_px, tone) = spectrum(0.006, 0.005, 0.004, 0.02);
        let problem = Problem::of(&found, &transfer, &edges_px, tone).expect("positive");
        let p = DVector::from_fn(PARAMETERS, |i, _| match i {
            SCATTER => 0.03,
            EXPONENT => 1.3,
            i if i > SCATTER => 0.01 * (i - SCATTER) as f64,
            i if i >= at(Kind::Correlation, 0) => 0.1,
            i if i >= at(Kind::Noise, 0) => -8.0,
            _ => -10.5 + 0.1 * i as f64,
        });
        let (here, slopes) = problem.residuals(&p);
        for moved in 0..PARAMETERS {
            let mut q = p.clone();
            q[moved] += 1e-6;
            let (there, _) = problem.residuals(&q);
            for (row, (a, b)) in here.iter().zip(&there).enumerate() {
                let stated: f64 = slopes[row].iter().filter(|(i, _)| *i == moved).map(|(_, s)| s).sum();
                let seen = (b - a) / 1e-6;
                assert!(
                    (stated - seen).abs() < 1e-3 * (1.0 + seen.abs()),
                    "row {row}, parameter {moved}: {stated}, {seen}"
                );
            }
        }
    }
}
