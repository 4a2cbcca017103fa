//! The phantom as a reference: the whole range of skin, given lesions, recaptures, and a truth that says what is there.

use cicatrix::base::Plane;
use cicatrix::color::{Lab, delta_e_00, ita};
use cicatrix::phantom::recapture::{Spread, series};
use cicatrix::phantom::skin::SkinModel;
use cicatrix::phantom::{GivenScar, GivenSpot, Phantom, Recapture, ScarKind, SpotKind};

/// A frame of 10 by 7.5 mm without anything that is not asked for.
fn plain() -> Phantom {
    let mut p = Phantom::default();
    (p.width_px, p.height_px) = (200, 150);
    (p.melanin_mottle, p.blood_mottle, p.fine_mottle, p.relief_gain) = (0.0, 0.0, 0.0, 0.0);
    p.relief.pores_per_cm2 = 0.0;
    (p.light.gradient, p.light.curvature_per_mm) = (0.0, 0.0);
    (p.camera.shot_noise, p.camera.read_noise) = (0.0, 0.0);
    p
}

#[test]
fn skin_from_very_light_to_very_dark() {
    for surface in [0.0, 0.028] {
        for ita_deg in [60.0, 41.0, 20.0, 0.0, -25.0, -40.0, -55.0] {
            let mut p = plain();
            (p.ita_deg, p.surface, p.ita_surface) = (ita_deg, surface, Some(0.028));
            (p.width_px, p.height_px) = (32, 32);
            let r = p.render().unwrap();
            // What an instrument that sees the surface reads.
            let seen = SkinModel::new(0.028).lab(r.truth.melanin_base, p.blood);
            assert!((ita::ita_deg(seen).unwrap() - ita_deg).abs() < 0.01, "{ita_deg} on surface {surface}");
            assert!(
                r.linear.iter().all(|c| c.data().iter().all(|v| *v > 0.0)),
                "a channel of {ita_deg} is not positive"
            );
            // Without its white surface reflection the darkest skin lies outside sRGB, and the truth says so.
            assert_eq!(r.truth.out_of_gamut, surface == 0.0 && ita_deg < -50.0, "{ita_deg} on surface {surface}");
            if !r.truth.out_of_gamut {
                let d = delta_e_00(
                    Lab::from_linear(r.truth.skin_linear),
                    Lab::from_linear([0, 1, 2].map(|c| mean(&r.linear[c]))),
                );
                assert!(d < 0.1, "{ita_deg} on surface {surface}: {d}");
            }
        }
    }
}

#[test]
fn the_same_skin_is_darker_and_more_colored_without_its_surface() {
    let lab = |surface| SkinModel::new(surface).lab(0.2, 0.014);
    let (crossed, plain) = (lab(0.0), lab(0.028));
    assert!(crossed.l < plain.l - 2.0 && crossed.chroma() > plain.chroma() + 2.0);
}

#[test]
fn given_spots_lie_where_they_were_asked_for_with_their_contrast() {
    let mut p = plain();
    let spot = |kind, x_mm, de00| {
        let mut spot = GivenSpot::default();
        (spot.kind, spot.x_mm, spot.y_mm, spot.de00, spot.irregular) = (kind, x_mm, 3.0, Some(de00), 0.0);
        spot
    };
    p.spots.given = vec![spot(SpotKind::Pih, 2.5, 6.0), spot(SpotKind::Pie, 7.0, 3.0)];
    for ita_deg in [50.0, 10.0, -30.0] {
        p.ita_deg = ita_deg;
        let r = p.render().unwrap();
        assert_eq!(r.truth.spots.len(), 2);
        for (s, want) in r.truth.spots.iter().zip([6.0, 3.0]) {
            // The inside of a spot is uneven by 12 %.
            assert!((s.contrast_de00 / want - 1.0).abs() < 0.15, "{ita_deg}: {} for {want}", s.contrast_de00);
            assert!(s.mean_contrast_de00 < s.contrast_de00 && s.mean_contrast_de00 > 0.4 * s.contrast_de00);
            let disc = std::f64::consts::PI / 4.0 * s.diameter_mm * s.diameter_mm;
            assert!((s.area_mm2 / disc - 1.0).abs() < 0.2, "{} for {disc}", s.area_mm2);
        }
        // A red spot takes green away most, a brown one blue.
        let drop = |x_mm: f64, c: usize| {
            let x = (x_mm / p.mm_per_px) as usize;
            (r.linear[c].at(5, 140) / r.linear[c].at(x, 60)).ln()
        };
        assert!(drop(7.0, 1) > drop(7.0, 2) * 0.8 && drop(7.0, 1) > 1.3 * drop(7.0, 0));
        // On dark skin the white surface hides what melanin takes from the blue: this is the fold.
        assert_eq!(drop(2.5, 2) > drop(2.5, 1), ita_deg > 0.0);
        let middle = [2.5 / 0.05 - 0.5, 3.0 / 0.05 - 0.5];
        assert_eq!([r.truth.spots[0].x_px, r.truth.spots[0].y_px], middle);
        assert!(centroid(&r.linear[2], middle).iter().zip(middle).all(|(a, b)| (a - b).abs() < 1.0));
    }
}

/// Center of the darkness within 1.2 mm of a place.
fn centroid(plane: &Plane, [cx, cy]: [f64; 2]) -> [f64; 2] {
    let sky = plane.data().iter().copied().fold(0.0, f32::max);
    let (mut n, mut sx, mut sy) = (0.0, 0.0, 0.0);
    for y in 0..plane.height() {
        for x in 0..plane.width() {
            if (x as f64 - cx).hypot(y as f64 - cy) < 24.0 {
                let dark = f64::from(sky - plane.at(x, y)).powi(2);
                n += dark;
                sx += dark * x as f64;
                sy += dark * y as f64;
            }
        }
    }
    [sx / n, sy / n]
}

fn mean(plane: &Plane) -> f64 {
    plane.data().iter().map(|&v| f64::from(v)).sum::<f64>() / plane.len() as f64
}

#[test]
fn a_scar_stands_above_the_micro_relief_by_its_depth_and_its_light() {
    let mut p = plain();
    p.relief_gain = 1.0;
    let scar = |kind, x_mm, y_mm, diameter_mm, depth_mm| {
        let mut scar = GivenScar::default();
        (scar.kind, scar.x_mm, scar.y_mm) = (kind, x_mm, y_mm);
        (scar.diameter_mm, scar.depth_mm) = (diameter_mm, depth_mm);
        scar
    };
    p.scars.given = vec![
        scar(ScarKind::Boxcar, 2.5, 2.5, 2.5, 0.3),
        scar(ScarKind::Boxcar, 7.5, 2.5, 2.5, 0.03),
        scar(ScarKind::IcePick, 5.0, 5.5, 1.0, 0.4),
    ];
    let truth = |p: &Phantom| p.render().unwrap().truth;
    let low = truth(&p);
    let [deep, shallow, pick] = [0, 1, 2].map(|i| low.scars[i].contrast);
    // Even a scar without depth changes the shading: half of the furrows are missing inside.
    assert!(deep > 3.0 && shallow < 2.0 && pick > 3.0, "{deep} {shallow} {pick}");
    assert!(low.scars[0].shading_range > 2.0 * low.scars[0].shading_rms);
    // Scars of the placed kind keep to the ranges that were asked for.
    p.scars.given.clear();
    p.scars.boxcar = 4;
    (p.scars.ranges.boxcar.diameter_mm, p.scars.ranges.boxcar.depth_mm) = ([1.5, 1.6], [0.2, 0.21]);
    let placed = truth(&p);
    assert!(placed.scars.iter().all(|s| (1.5..1.6).contains(&s.diameter_mm) && (0.2..0.21).contains(&s.depth_mm)));
    // The micro-relief is that of the skin without scars, whatever scars there are.
    assert!((placed.micro_relief_mid / low.micro_relief_mid - 1.0).abs() < 1e-6);
    p.light.softness_deg = 120.0;
    p.light.elevation_deg = 85.0;
    let soft = truth(&p).micro_relief_mid;
    assert!(soft < 0.8 * placed.micro_relief_mid, "a soft lamp overhead shows less relief: {soft}");
}

#[test]
fn the_first_of_a_series_is_the_plain_rendering_and_every_one_can_be_made_again() {
    let mut p = Phantom::default();
    (p.width_px, p.height_px, p.margin_px) = (160, 120, 30);
    p.scars.ice_pick = 2;
    p.spots.pih = 2;
    p.hair.per_cm2 = 4.0;
    let scene = p.scene().unwrap();
    let plain = p.render().unwrap();
    // Another tone under another light on the same skin, made faster or from the start: the same photograph.
    let mut other = p.clone();
    (other.ita_deg, other.light.azimuth_deg, other.relief_gain) = (-20.0, 40.0, 0.7);
    let [fast, slow] = [other.scene_after(Some(&scene)), other.scene()].map(|s| s.unwrap());
    let photograph = |s: &cicatrix::phantom::Scene| s.photograph(&Recapture::default(), &p.camera).unwrap();
    assert_eq!(photograph(&fast).rgb8, photograph(&slow).rgb8);
    for (i, (recapture, camera)) in series(5, 3, Spread::default(), &p.camera).iter().enumerate() {
        let r = scene.photograph(recapture, camera).unwrap();
        assert_eq!(r.rgb8 == plain.rgb8, i == 0);
        let again = r.truth.phantom.render().unwrap();
        assert_eq!((again.rgb8, &again.truth), (r.rgb8, &r.truth));
    }
}

#[test]
fn a_recapture_shows_the_same_skin_elsewhere() {
    let mut p = plain();
    p.margin_px = 40;
    p.spots.given = [[3.0, 2.5], [7.5, 5.0]]
        .map(|[x_mm, y_mm]| {
            let mut spot = GivenSpot::default();
            (spot.x_mm, spot.y_mm, spot.de00) = (x_mm, y_mm, Some(8.0));
            spot
        })
        .to_vec();
    let scene = p.scene().unwrap();
    let first = scene.photograph(&Recapture::default(), &p.camera).unwrap();
    let mut again = Recapture::default();
    (again.rotation_deg, again.scale, again.shift_px) = (8.0, 1.06, [6.5, -9.25]);
    let other = scene.photograph(&again, &p.camera).unwrap();
    assert!((other.truth.mm_per_px - 0.05 / 1.06).abs() < 1e-12);
    for (a, b) in first.truth.spots.iter().zip(&other.truth.spots) {
        assert!((a.x_px - b.x_px).hypot(a.y_px - b.y_px) > 2.0);
        let offset = |r: &cicatrix::phantom::Rendered, s: &cicatrix::phantom::Spot| {
            let [x, y] = centroid(&r.linear[2], [s.x_px, s.y_px]);
            [x - s.x_px, y - s.y_px]
        };
        // An irregular spot's centroid is off its center; turned with the skin by 8 degrees it hardly moves.
        let (d, e) = (offset(&first, a), offset(&other, b));
        assert!((d[0] - e[0]).hypot(d[1] - e[1]) < 0.5, "{d:?} and {e:?}");
        assert_eq!((a.contrast_de00, a.area_mm2), (b.contrast_de00, b.area_mm2));
    }
    // Without a margin there is nothing to turn into view.
    p.margin_px = 5;
    let error = p.scene().unwrap().photograph(&again, &p.camera).map(|r| r.width).unwrap_err();
    assert!(error.to_string().contains("margin_px is 5") && error.code() == "config", "{error}");
}

#[test]
fn recaptures_keep_the_relief_and_its_light_as_asked() {
    let mut p = Phantom::default();
    (p.width_px, p.height_px, p.margin_px) = (240, 240, 70);
    (p.camera.shot_noise, p.camera.read_noise) = (0.0, 0.0);
    (p.light.gradient, p.light.curvature_per_mm) = (0.0, 0.0);
    let scene = p.scene().unwrap();
    let mut shifted = Recapture::default();
    shifted.shift_px = [0.5, 0.5];
    let [first, half] = [Recapture::default(), shifted].map(|r| scene.photograph(&r, &p.camera).unwrap().truth);
    // Half a pixel aside is the worst phase of an interpolation: 1 % of the finest band at most.
    assert!((half.ln_shading_rms.fine / first.ln_shading_rms.fine - 1.0).abs() < 0.01);
    assert!((half.ln_shading_rms.mid / first.ln_shading_rms.mid - 1.0).abs() < 0.005);
    // A lamp that stays with the skin turns in the photograph; one on the camera does not, and shades the skin anew.
    let mut turned = Recapture::default();
    turned.rotation_deg = 30.0;
    let stays = scene.photograph(&turned, &p.camera).unwrap();
    turned.light_follows_camera = true;
    let follows = scene.photograph(&turned, &p.camera).unwrap();
    assert_eq!((stays.truth.light_azimuth_deg, follows.truth.light_azimuth_deg), (155.0, 125.0));
    assert_ne!(stays.rgb8, follows.rgb8);
    assert_eq!(stays.maps.height_mm, follows.maps.height_mm);
    assert!((azimuth(&stays.maps) - 155.0).abs() < 12.0, "{}", azimuth(&stays.maps));
    assert!((azimuth(&follows.maps) - 125.0).abs() < 12.0, "{}", azimuth(&follows.maps));
}

/// Direction of the light by regression of the shading on the slopes of the height map, in degrees.
fn azimuth(maps: &cicatrix::phantom::Maps) -> f64 {
    let (z, s) = (&maps.height_mm, &maps.ln_shading[1]);
    let (mut xx, mut yy, mut xy, mut xs, mut ys) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for y in 1..z.height() - 1 {
        for x in 1..z.width() - 1 {
            let zx = f64::from(z.at(x + 1, y) - z.at(x - 1, y));
            let zy = f64::from(z.at(x, y - 1) - z.at(x, y + 1));
            let v = f64::from(s.at(x, y));
            (xx, yy, xy) = (xx + zx * zx, yy + zy * zy, xy + zx * zy);
            (xs, ys) = (xs + zx * v, ys + zy * v);
        }
    }
    let (a, b) = (xs * yy - ys * xy, ys * xx - xs * xy);
    (-b).atan2(-a).to_degrees()
}
