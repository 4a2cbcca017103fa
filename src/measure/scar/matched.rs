//! A template as a filter, and what it makes of a correlation.

use rustfft::num_complex::Complex;

use super::profile::{Form, Template};
use super::spectrum::{Spectrum, Tiles};

/// What a form must show to count.
pub(super) struct Criterion {
    /// Least energy, in variances of the whitened skin. Fitted on phantoms (the tuning set, three tones, two lights).
    pub energy: f64,
    /// Least share of the dipole in both amplitudes. What is dark but has no flanks is pigment, not a hollow or dome;
    /// only a narrow pit may lie in its own shadow whole.
    pub dipole: f64,
}

impl Form {
    pub(super) fn criterion(self) -> Criterion {
        match self {
            Self::Pore | Self::Pit => Criterion { energy: 460.0, dipole: 0.0 },
            Self::Box => Criterion { energy: 370.0, dipole: 0.30 },
            Self::Bowl => Criterion { energy: 280.0, dipole: 0.12 },
            Self::Dome => Criterion { energy: 235.0, dipole: 0.25 },
        }
    }
}

/// A template in the frequency domain.
///
/// The hollow is even and the dipole odd about the center, so one has a real spectrum and the other an imaginary one:
/// both fit one real plane, and one inverse transform gives both correlations.
#[derive(Debug)]
pub(super) struct Matched {
    /// Spectrum of the hollow less that of the dipole over i.
    both: Vec<f32>,
    /// Energies of the dipole and of the hollow.
    energies: [f32; 2],
    /// Dipole and hollow of the mixture with the least dipole that the form can show.
    edge: [f32; 2],
}

impl Matched {
    /// The filter of a template.
    pub fn of(template: Template, tiles: &Tiles, step_mm: f64, azimuth: f64) -> Self {
        let pictures = template.pictures(tiles.side(), step_mm, azimuth);
        let [dipole, hollow] =
            pictures.map(|p| tiles.whitened(p.data().iter().map(|&v| Complex::new(v, 0.0)).collect()));
        let scale = 1.0 / (tiles.side() * tiles.side()) as f64;
        let energy = |s: &Spectrum| (s.iter().map(|v| f64::from(v.norm_sqr())).sum::<f64>() * scale) as f32;
        let share = template.form.criterion().dipole as f32;
        Self {
            energies: [energy(&dipole), energy(&hollow)],
            edge: [share, 1.0 - share],
            both: hollow.iter().zip(&dipole).map(|(h, d)| h.re - d.im).collect(),
        }
    }

    /// Correlations of a whitened tile with both pictures: the dipole's as real, the hollow's as imaginary part.
    pub fn correlate(&self, tile: &Spectrum, tiles: &Tiles) -> Spectrum {
        // t conj(i d) + i t h = i t (h - d).
        tiles.picture(tile.iter().zip(&self.both).map(|(t, &k)| Complex::new(-t.im * k, t.re * k)).collect())
    }

    /// Amplitudes of dipole and hollow, and the energy they explain: least squares among the mixtures that the form can
    /// show, from the dipole alone to the least share of it.
    #[inline(always)]
    pub fn fit(&self, c: Complex<f32>) -> ([f32; 2], f32) {
        let [dd, hh] = self.energies;
        let (a, b) = (c.re / dd, c.im / hh);
        let [edge_d, edge_h] = self.edge;
        if b >= 0.0 && a * edge_h >= b * edge_d {
            return ([a, b], a * c.re + b * c.im);
        }
        let alone = c.re.max(0.0);
        let mixed = (edge_d * c.re + edge_h * c.im).max(0.0);
        let norm = edge_d * edge_d * dd + edge_h * edge_h * hh;
        let (energy_alone, energy_mixed) = (alone * alone / dd, mixed * mixed / norm);
        if energy_alone >= energy_mixed {
            ([alone / dd, 0.0], energy_alone)
        } else {
            ([edge_d * mixed / norm, edge_h * mixed / norm], energy_mixed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Energies of 2 and 3, at least a third of dipole.
    fn matched() -> Matched {
        Matched { both: Vec::new(), energies: [2.0, 3.0], edge: [1.0 / 3.0, 2.0 / 3.0] }
    }

    #[test]
    fn a_mixture_inside_the_cone_is_fitted_whole() {
        let ([a, b], energy) = matched().fit(Complex::new(2.0 * 1.5, 3.0 * 0.5));
        assert!((a - 1.5).abs() < 1e-6 && (b - 0.5).abs() < 1e-6 && (energy - (4.5 + 0.75)).abs() < 1e-5);
    }

    #[test]
    fn what_the_form_cannot_show_is_fitted_by_the_nearest_it_can() {
        let ([a, b], _) = matched().fit(Complex::new(0.0, 3.0));
        assert!(a > 0.0 && (b / a - 2.0).abs() < 1e-5, "a hollow alone has the least dipole: {a} {b}");
        let ([a, b], energy) = matched().fit(Complex::new(2.0, -3.0));
        assert!(b == 0.0 && a == 1.0 && energy == 2.0, "a bright middle has no hollow");
        assert_eq!(matched().fit(Complex::new(-1.0, -1.0)).1, 0.0, "the reverse explains nothing");
    }
}
