//! The camera: exposure, lens, sensor noise, sRGB, and the file.

use serde::{Deserialize, Serialize};

use crate::base::{Plane, parallel};
use crate::color::srgb;
use crate::error::{Error, Result};
use crate::filter::gaussian::blur;

use super::random::white_noise;
use super::texture::field::{map2, rms};

/// The camera of a photograph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Camera {
    /// Factor on the light (default 1: white paper under the mean light is just white).
    pub exposure: f64,
    /// Gains of R, G, B (default 1, 1, 1: balanced).
    pub white_balance: [f64; 3],
    /// Standard deviation of the lens blur in pixels (default 0.6).
    pub blur_px: f64,
    /// Standard deviation of the shot noise at a linear value of 1 (default 0.006).
    pub shot_noise: f64,
    /// Standard deviation of the read noise, linear (default 0.0012).
    pub read_noise: f64,
    /// Standard deviation in pixels of the smoothing that a raw converter gives noise (default 0.45).
    pub grain_px: f64,
    /// How much of the noise's color is left, 0 to 1 (default 1: the channels' noise is independent; 0: all channels share
    /// one noise). Raw converters smooth color far more than brightness.
    pub chroma_noise: f64,
    /// Seed of the noise: another value is another photograph of the same skin (default 1).
    pub noise_seed: u64,
    /// JPEG quality, 1 to 100 (default 95).
    pub quality: u8,
    /// Averages chroma over 2 by 2 pixels, as 4:2:0 does (default false). The encoder itself writes 4:4:4.
    pub subsample: bool,
}

impl Default for Camera {
    fn default() -> Self {
        Self {
            exposure: 1.0,
            white_balance: [1.0; 3],
            blur_px: 0.6,
            shot_noise: 0.006,
            read_noise: 0.0012,
            grain_px: 0.45,
            chroma_noise: 1.0,
            noise_seed: 1,
            quality: 95,
            subsample: false,
        }
    }
}

/// Stream of random numbers of this file.
const STREAM: u32 = 0x40;

impl Camera {
    /// How many pixels beyond the frame the lens gathers light from.
    #[must_use]
    pub fn lens_reach_px(&self) -> usize {
        (4.0 * self.blur_px).ceil() as usize + 1
    }

    /// Refuses what is no camera.
    pub(super) fn check(&self) -> Result<()> {
        let [r, g, b] = self.white_balance;
        let numbers = [
            ("exposure", self.exposure, 0.0, 100.0),
            ("white_balance", r, 0.0, 10.0),
            ("white_balance", g, 0.0, 10.0),
            ("white_balance", b, 0.0, 10.0),
            ("blur_px", self.blur_px, 0.0, 100.0),
            ("shot_noise", self.shot_noise, 0.0, 1.0),
            ("read_noise", self.read_noise, 0.0, 1.0),
            ("grain_px", self.grain_px, 0.0, 100.0),
            ("chroma_noise", self.chroma_noise, 0.0, 1.0),
            ("quality", f64::from(self.quality), 1.0, 100.0),
        ];
        match numbers.into_iter().find(|(_, value, low, high)| !(low..=high).contains(&value)) {
            Some((name, value, low, high)) => {
                Err(Error::config(format!("phantom: camera.{name} is {value}, allowed {low} to {high}")))
            }
            None => Ok(()),
        }
    }

    /// The light on the sensor, without noise: exposed, balanced and blurred by the lens.
    #[must_use]
    pub fn expose(&self, scene: &[Plane; 3]) -> [Plane; 3] {
        std::array::from_fn(|c| {
            let gain = (self.exposure * self.white_balance[c]) as f32;
            blur(&scene[c].map(|v| v * gain), self.blur_px)
        })
    }

    /// The interleaved 8-bit sRGB codes that the sensor makes of its light.
    #[must_use]
    pub fn develop(&self, sensor: &[Plane; 3]) -> Vec<u8> {
        let (width, height) = (sensor[0].width(), sensor[0].height());
        let noise: [Plane; 3] = std::array::from_fn(|c| {
            let noise = white_noise(self.noise_seed, STREAM + c as u32, width, height);
            if self.grain_px <= 0.0 {
                return noise;
            }
            let noise = blur(&noise, self.grain_px);
            let scale = rms(&noise).recip() as f32;
            noise.map(|v| v * scale)
        });
        let noise = if self.chroma_noise < 1.0 { shared(noise, self.chroma_noise as f32) } else { noise };
        let mut codes = vec![0; 3 * width * height];
        parallel::for_bands(&mut codes, 3 * width, 16, |first, rows| {
            for (i, row) in rows.chunks_exact_mut(3 * width).enumerate() {
                for (x, rgb) in row.chunks_exact_mut(3).enumerate() {
                    for (c, code) in rgb.iter_mut().enumerate() {
                        let light = f64::from(sensor[c].at(x, first + i));
                        let sd = (self.read_noise.powi(2) + self.shot_noise.powi(2) * light.max(0.0)).sqrt();
                        *code = srgb::code8_of_linear((light + sd * f64::from(noise[c].at(x, first + i))) as f32);
                    }
                }
            }
        });
        if self.subsample {
            average_chroma(&mut codes, width);
        }
        codes
    }

    /// The codes as a JPEG file, 4:4:4.
    pub fn jpeg(&self, codes: &[u8], width: usize, height: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, self.quality)
            .encode(codes, width as u32, height as u32, image::ExtendedColorType::Rgb8)
            .map_err(|e| Error::internal("encode", format!("could not encode a JPEG: {e}")))?;
        Ok(bytes)
    }
}

/// Noise of three channels with `chroma` of its color left, each again of rms 1.
fn shared(noise: [Plane; 3], chroma: f32) -> [Plane; 3] {
    // The weights of luma (BT.601), of which a converter keeps most.
    let [r, g, b] = &noise;
    let luma = map2(&map2(r, g, |r, g| 0.299 * r + 0.587 * g), b, |rg, b| rg + 0.114 * b);
    noise.map(|own| {
        let mixed = map2(&luma, &own, |luma, own| luma + chroma * (own - luma));
        let scale = rms(&mixed).recip() as f32;
        mixed.map(|v| v * scale)
    })
}

/// Replaces the chroma of every 2 by 2 pixels by its mean (BT.601, full range, as JPEG has it).
fn average_chroma(codes: &mut [u8], width: usize) {
    for rows in codes.chunks_mut(2 * 3 * width) {
        let height = rows.len() / (3 * width);
        for x in (0..width).step_by(2) {
            let pixels: Vec<usize> =
                (0..height).flat_map(|y| (x..(x + 2).min(width)).map(move |x| 3 * (y * width + x))).collect();
            let chroma = |i: usize| {
                let [r, g, b] = [0, 1, 2].map(|c| f64::from(rows[i + c]));
                let luma = 0.299 * r + 0.587 * g + 0.114 * b;
                (luma, (b - luma) / 1.772, (r - luma) / 1.402)
            };
            let values: Vec<_> = pixels.iter().map(|&i| chroma(i)).collect();
            let n = values.len() as f64;
            let cb = values.iter().map(|v| v.1).sum::<f64>() / n;
            let cr = values.iter().map(|v| v.2).sum::<f64>() / n;
            for (&i, &(luma, ..)) in pixels.iter().zip(&values) {
                let rgb = [luma + 1.402 * cr, luma - 0.344_136 * cb - 0.714_136 * cr, luma + 1.772 * cb];
                for (c, v) in rgb.into_iter().enumerate() {
                    rows[i + c] = v.round().clamp(0.0, 255.0) as u8;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gray(value: f32) -> [Plane; 3] {
        std::array::from_fn(|_| Plane::filled(64, 64, value))
    }

    #[test]
    fn exposure_and_white_balance_multiply_the_light() {
        let camera = Camera { exposure: 0.5, white_balance: [1.2, 1.0, 0.8], ..Camera::default() };
        let [r, g, b] = camera.expose(&gray(0.4)).map(|p| p.at(30, 30));
        assert!((r - 0.24).abs() < 1e-5 && (g - 0.2).abs() < 1e-5 && (b - 0.16).abs() < 1e-5, "{r} {g} {b}");
    }

    #[test]
    fn noise_grows_with_the_light_and_has_its_size() {
        let camera = Camera { shot_noise: 0.02, read_noise: 0.002, ..Camera::default() };
        let sd = |value: f32| {
            let codes = camera.develop(&gray(value));
            let linear = srgb::linear_of_codes8();
            let values: Vec<f64> = codes.iter().map(|&c| f64::from(linear[usize::from(c)])).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
        };
        let want = |v: f64| (0.002_f64.powi(2) + 0.02_f64.powi(2) * v).sqrt();
        assert!((sd(0.5) / want(0.5) - 1.0).abs() < 0.05 && (sd(0.1) / want(0.1) - 1.0).abs() < 0.05);
    }

    #[test]
    fn shared_noise_has_its_size_and_little_color() {
        let noise: [Plane; 3] = std::array::from_fn(|c| white_noise(1, c as u32, 200, 200));
        let [r, g, b] = shared(noise, 0.3);
        assert!([&r, &g, &b].iter().all(|p| (rms(p) - 1.0).abs() < 1e-3));
        // Independent channels differ by the root of 2.
        let apart = rms(&map2(&r, &g, |r, g| r - g));
        assert!((0.3..0.75).contains(&apart), "{apart}");
    }

    #[test]
    fn subsampled_chroma_keeps_the_luma() {
        let camera = Camera { subsample: true, shot_noise: 0.0, read_noise: 0.0, ..Camera::default() };
        let even = camera.develop(&gray(0.2));
        assert!(even.iter().all(|&c| c == even[0]));
    }
}
