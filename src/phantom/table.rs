//! The forward model as a table, for one look-up per pixel.

use crate::base::parallel;

use super::skin::{BLOOD_MAX, MELANIN_MAX, SkinModel};

const MELANIN_NODES: usize = 161;
const BLOOD_NODES: usize = 129;
/// Linear value below which a channel counts as outside sRGB.
pub const GAMUT_KNEE: f64 = 0.001;

/// A channel, bent above zero: the same down to the knee, an exponential of the same slope below.
fn bent(v: f32) -> f32 {
    const KNEE: f32 = GAMUT_KNEE as f32;
    if v >= KNEE { v } else { KNEE * ((v - KNEE) / KNEE).exp() }
}

/// Linear sRGB of skin *below* its surface reflection on a grid of pigments, interpolated bilinearly.
///
/// The grid is even in melanin and in the root of blood, along which the model is nearly straight; a test holds the
/// error of the interpolation below 1e-3 in ln. Very dark skin without surface reflection leaves sRGB: its blue is
/// negative. Below [`GAMUT_KNEE`] a channel bends smoothly toward zero and never reaches it, so logarithms stay finite;
/// in 8 bits that is code 3 and less, and in noise nothing. The truth says where it happens.
#[derive(Clone, Debug)]
pub struct SkinTable {
    surface: f32,
    nodes: Vec<[f32; 3]>,
}

impl SkinTable {
    /// The table with a white surface reflection of `surface`.
    #[must_use]
    pub fn new(surface: f64) -> Self {
        let model = SkinModel::new(0.0);
        let rows = parallel::map_indices(MELANIN_NODES, |i| {
            let melanin = MELANIN_MAX * i as f64 / (MELANIN_NODES - 1) as f64;
            let node = |j: usize| {
                let root = BLOOD_MAX.sqrt() * j as f64 / (BLOOD_NODES - 1) as f64;
                model.linear(melanin, root * root).map(|v| v as f32)
            };
            (0..BLOOD_NODES).map(node).collect::<Vec<_>>()
        });
        Self { surface: surface as f32, nodes: rows.concat() }
    }

    /// Linear sRGB at a melanosome and a blood fraction; both are held inside the range of the model.
    #[must_use]
    pub fn linear(&self, melanin: f32, blood: f32) -> [f32; 3] {
        let x = (melanin / MELANIN_MAX as f32).clamp(0.0, 1.0) * (MELANIN_NODES - 1) as f32;
        let y = (blood.max(0.0) / BLOOD_MAX as f32).sqrt().min(1.0) * (BLOOD_NODES - 1) as f32;
        let (i, j) = ((x as usize).min(MELANIN_NODES - 2), (y as usize).min(BLOOD_NODES - 2));
        let (u, v) = (x - i as f32, y - j as f32);
        let near = &self.nodes[i * BLOOD_NODES + j..];
        let (a, b, c, d) = (near[0], near[1], near[BLOOD_NODES], near[BLOOD_NODES + 1]);
        std::array::from_fn(|k| {
            let low = a[k] + (b[k] - a[k]) * v;
            let high = c[k] + (d[k] - c[k]) * v;
            bent((low + (high - low) * u) * (1.0 - self.surface) + self.surface)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolation_stays_within_a_thousandth() {
        for surface in [0.0, 0.028] {
            let (table, model) = (SkinTable::new(surface), SkinModel::new(surface));
            let mut worst = 0.0_f64;
            for i in 0..97 {
                for j in 0..83 {
                    let (m, b) = (0.0005 + 0.0051 * f64::from(i), 0.0003 + 0.0024 * f64::from(j));
                    let want = model.linear(m, b);
                    let got = table.linear(m as f32, b as f32);
                    // Below 0.005 a blue on its way out of sRGB has no meaning in relative terms.
                    for k in (0..3).filter(|&k| want[k] > 0.005) {
                        worst = worst.max((f64::from(got[k]) / want[k]).ln().abs());
                    }
                }
            }
            assert!(worst < 1e-3, "surface {surface}: error {worst} in ln");
        }
    }

    #[test]
    fn no_channel_reaches_zero() {
        let table = SkinTable::new(0.0);
        let dark = table.linear(0.48, 0.014);
        assert!(SkinModel::new(0.0).linear(0.48, 0.014)[2] < 0.0, "outside sRGB");
        assert!(dark[2] > 0.0 && dark[2] < GAMUT_KNEE as f32 && dark[0] > dark[1] && dark[1] > dark[2]);
        // One slope on both sides of the knee.
        let (below, above) = (bent(0.0009), bent(0.0011));
        assert!((below - 0.0009).abs() < 1e-5 && above == 0.0011);
    }
}
