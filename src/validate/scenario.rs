//! The phantoms that claims are tried on: skin, light and camera as nobody chose them.
//!
//! A scenario draws everything that a claim does not vary from its seed: the piece of skin, the depth of its furrows and
//! plateaus, its pores, its mottle, its blood, the direction and height of the lamp. The test set also draws how far light
//! scatters below the surface, which the tuning set does not: a method that was fitted to one scattering shows it there.

use crate::base::parallel;
use crate::error::Result;
use crate::phantom::Phantom;
use crate::phantom::random::Random;

/// Stream of random numbers of this file.
const STREAM: u64 = 0x50 << 32;

/// Which phantoms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// Those that the method may be tuned on.
    Tuning,
    /// Those that figures are reported of; never used to tune.
    Test,
}

impl Set {
    /// Both sets.
    pub const ALL: [Self; 2] = [Self::Tuning, Self::Test];

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tuning => "tuning",
            Self::Test => "test",
        }
    }

    /// The seed of its first scenario; the others follow.
    #[must_use]
    pub fn first_seed(self) -> u64 {
        match self {
            Self::Tuning => 101,
            Self::Test => 3001,
        }
    }
}

/// What to try the claims on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Which phantoms.
    pub set: Set,
    /// Scenarios of each claim.
    pub scenarios: usize,
}

impl Plan {
    /// Calls `work` on the phantom of every scenario, on the threads of the current pool; results come in order.
    ///
    /// # Errors
    /// The first error of `work`, in the order of the scenarios.
    pub fn each<T: Send>(&self, work: impl Fn(Phantom) -> Result<T> + Sync + Send) -> Result<Vec<T>> {
        parallel::map_indices(self.scenarios, |i| work(scenario(self.set, i))).into_iter().collect()
    }
}

/// The phantom of the scenario `index` (from 0): 640 x 480 pixels of 0.05 mm, without scars and spots.
#[must_use]
pub fn scenario(set: Set, index: usize) -> Phantom {
    let seed = set.first_seed() + index as u64;
    let mut random = Random::new(seed, STREAM);
    let mut p = Phantom { seed, ..Phantom::default() };
    p.relief.line_depth_mm = random.between(0.04, 0.07);
    p.relief.cell_depth_mm = random.between(0.03, 0.05);
    p.relief.pores_per_cm2 = random.between(20.0, 100.0);
    p.relief.tension_deg = random.between(-90.0, 90.0);
    p.melanin_mottle = random.between(0.05, 0.09);
    p.blood_mottle = random.between(0.05, 0.09);
    p.fine_mottle = random.between(0.02, 0.04);
    p.blood = random.between(0.010, 0.018);
    p.camera.noise_seed = seed;
    relight(&mut p, &mut random);
    let scatter = random.between(0.9, 1.1);
    if set == Set::Test {
        p.light.scatter_mm = p.light.scatter_mm.map(|mm| mm * scatter);
    }
    p
}

/// Draws the lamp.
pub fn relight(p: &mut Phantom, random: &mut Random) {
    p.light.azimuth_deg = random.between(0.0, 360.0);
    p.light.elevation_deg = random.between(35.0, 50.0);
    p.light.ambient = random.between(0.25, 0.45);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_are_drawn_from_their_seed_and_the_sets_are_apart() {
        let [tuning, test] = Set::ALL.map(|set| [0, 1, 2].map(|i| scenario(set, i)));
        assert_eq!(tuning, [0, 1, 2].map(|i| scenario(Set::Tuning, i)));
        assert!(tuning.iter().all(|a| test.iter().all(|b| a.seed != b.seed)));
        for p in tuning.iter().chain(&test) {
            assert!((35.0..50.0).contains(&p.light.elevation_deg) && (0.25..0.45).contains(&p.light.ambient));
            assert!((0.05..0.09).contains(&p.melanin_mottle) && (0.02..0.04).contains(&p.fine_mottle));
        }
        let usual = Phantom::default().light.scatter_mm;
        assert!(tuning.iter().all(|p| p.light.scatter_mm == usual));
        for p in &test {
            let factors = [0, 1, 2].map(|c| p.light.scatter_mm[c] / usual[c]);
            assert!((factors[0] - 1.0).abs() <= 0.1 && factors[0] != 1.0);
            assert!(factors.iter().all(|f| (f - factors[0]).abs() < 1e-12), "one factor for all channels");
        }
    }
}
