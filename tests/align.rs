//! Alignment: a fast part of the claims that `cicatrix validate --only alignment` tries, and what must hold bit by bit.

#![allow(clippy::unwrap_used, missing_docs)]

use std::sync::OnceLock;

use cicatrix::base::cpu::Level;
use cicatrix::base::parallel::Threads;
use cicatrix::base::{Mask, Plane};
use cicatrix::phantom::random::white_noise;
use cicatrix::photo::Photo;
use cicatrix::series::align::{AlignConfig, Alignment, Frame, Transform, Verdict, align, warp};
use cicatrix::validate::align::{Change, HOSTILITIES, Skin};
use cicatrix::validate::scenario::scenario;
use cicatrix::validate::{Set, figures};

fn skin() -> &'static Skin {
    static SKIN: OnceLock<Skin> = OnceLock::new();
    SKIN.get_or_init(|| Skin::of(&scenario(Set::Test, 3)).unwrap())
}

fn photo(name: &str) -> Photo {
    let path = format!("{}/fixtures/photos/{name}.jpg", env!("CARGO_MANIFEST_DIR"));
    Photo::open(path.as_ref()).unwrap()
}

fn frame(photo: &Photo) -> Frame {
    Frame::of(photo, &Mask::full(photo.width(), photo.height()), Some(0.05), &AlignConfig::default())
}

/// A photo as another camera position sees it, under tilted light.
fn moved(photo: &Photo, map: &Transform) -> (Plane, Mask) {
    let size = (photo.width(), photo.height());
    let back = map.inverse().unwrap();
    let plane = warp::onto(&photo.rgb[1], &back, size);
    let lit = Plane::from_fn(size.0, size.1, |x, y| plane.at(x, y) * (0.7 + 0.5 * y as f32 / size.1 as f32));
    (lit, warp::visible(&back, size, size))
}

fn error_px(alignment: &Alignment, truth: &Transform) -> f64 {
    let (w, h) = alignment.baseline_size;
    let off = |p: [f64; 2]| {
        let (a, b) = (alignment.to_follow_up(p), truth.apply(p));
        (a[0] - b[0]).hypot(a[1] - b[1])
    };
    let at = |i: i32, n: usize| f64::from(i) / 8.0 * (n as f64 - 1.0);
    figures::median(&(0..81).map(|i| off([at(i % 9, w), at(i / 9, h)])).collect::<Vec<_>>())
}

#[test]
fn recaptures_land_within_half_a_pixel() {
    // The first four are at the ends of the range: 15 degrees to either side, scale 0.8 and 1.25.
    for index in 0..5 {
        for change in [Change::Plain, Change::Treated] {
            let trial = skin().trial(index, change).unwrap();
            assert!(trial.error_px < 0.5, "recapture {index}, {change:?}: {trial:?}");
            assert!(trial.verdict != Verdict::Fail, "recapture {index}, {change:?}: {trial:?}");
            let q = trial.quality.unwrap();
            assert!(q.forward_backward_px < 0.5 && q.agreement > 0.6, "{q:?}");
        }
    }
}

#[test]
fn the_figures_say_what_was_done() {
    let trial = skin().trial(1, Change::Lit).unwrap();
    let q = trial.quality.unwrap();
    // Recapture 1 is turned by 15 degrees counterclockwise and reduced to 0.8.
    assert!((q.rotation_deg - 15.0).abs() < 0.05 && (q.scale - 0.8).abs() < 0.001, "{q:?}");
    assert_eq!(q.residual_mm, Some(q.residual_px * 0.05));
    assert!(!q.homography && (q.slant - 1.0).abs() < 1e-9, "a turn is no slant: {q:?}");
    assert!(q.overlap > 0.95, "{q:?}");
}

#[test]
fn no_hostile_pair_passes() {
    let found = skin().hostile(HOSTILITIES.len()).unwrap();
    assert_eq!(found.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), HOSTILITIES);
    assert!(found.iter().all(|(_, verdict)| *verdict == Verdict::Fail), "{found:?}");
}

#[test]
fn a_slanted_camera_is_followed() {
    let first = photo("cheek_tan_pih");
    let truth = Transform([[0.98, 0.06, 4.0], [-0.05, 1.01, 9.0], [1.2e-4, -0.8e-4, 1.0]]);
    let (plane, seen) = moved(&first, &truth);
    let follow_up = Frame::of_plane(&plane, &seen, Some(0.05), &AlignConfig::default());
    let found = align(&frame(&first), &follow_up, &AlignConfig::default()).unwrap();
    assert!(found.quality.homography, "{:?}", found.quality);
    assert!(error_px(&found, &truth) < 0.1, "{}", error_px(&found, &truth));
}

#[test]
fn the_treated_jaw_of_the_fixtures_passes_and_other_skin_does_not() {
    let [before, after, other] = ["jaw_light_before", "jaw_light_after", "cheek_tan_pih"].map(photo);
    let config = AlignConfig::default();
    let found = align(&frame(&before), &frame(&after), &config).unwrap();
    assert_eq!(found.verdict, Verdict::Pass, "{:?}", found.reasons);
    assert!(error_px(&found, &Transform::IDENTITY) < 0.1, "{}", error_px(&found, &Transform::IDENTITY));
    let wrong = align(&frame(&before), &frame(&other), &config);
    assert!(wrong.is_err() || wrong.is_ok_and(|a| a.verdict == Verdict::Fail));
}

#[test]
fn regions_and_pixels_follow() {
    let first = photo("cheek_light_acne_scars");
    let truth = Transform::similarity(1.06, -0.12, [20.0, 31.0]);
    let size = (first.width(), first.height());
    let back = truth.inverse().unwrap();
    let mut second = first.clone();
    second.rgb = first.rgb.each_ref().map(|plane| warp::onto(plane, &back, size));
    let found = align(&frame(&first), &frame(&second), &AlignConfig::default()).unwrap();
    let drawn = [(100.0, 80.0), (300.0, 90.0), (250.0, 300.0)];
    let there = found.polygon_to_follow_up(&drawn);
    for ((p, q), r) in drawn.iter().zip(&there).zip(found.polygon_to_baseline(&there)) {
        let expected = truth.apply([p.0, p.1]);
        assert!((q.0 - expected[0]).hypot(q.1 - expected[1]) < 0.1, "{q:?} for {expected:?}");
        assert!((r.0 - p.0).hypot(r.1 - p.1) < 1e-6, "{r:?} for {p:?}");
    }
    // The pixels come back to where they were.
    let (planes, seen) = warp::onto_baseline(&found, &second);
    let (mut sum, mut n) = (0.0, 0.0);
    for y in 40..size.1 - 40 {
        for x in 40..size.0 - 40 {
            if seen.contains(x, y) {
                sum += f64::from(planes[1].at(x, y) / first.rgb[1].at(x, y) - 1.0).powi(2);
                n += 1.0;
            }
        }
    }
    assert!(n > 100_000.0 && (sum / n).sqrt() < 0.03, "rms {} of {n}", (sum / n).sqrt());
    // A region that the follow-up shows is covered, though all skin is not.
    let region = Mask::from_fn(size.0, size.1, |x, y| (200..300).contains(&x) && (150..250).contains(&y));
    let all = Mask::full(size.0, size.1);
    let coverage = found.coverage(&region, &all);
    assert!(coverage > 0.999 && found.coverage(&all, &all) < coverage, "{coverage}");
    let moved = warp::mask_onto_follow_up(&found, &region, size);
    let area = moved.count() as f64 / region.count() as f64;
    assert!((area / (1.06_f64.powi(2) + 0.12_f64.powi(2)) - 1.0).abs() < 0.01, "{area}");
    let limits = AlignConfig::default().limits;
    assert_eq!(found.verdict_on(0.5, &limits).0, Verdict::Fail);
}

#[test]
fn noise_has_no_alignment() {
    let noise = |seed| white_noise(seed, 2, 400, 300).map(|v| 0.3 * (1.0 + 0.05 * v));
    let [a, b] = [1, 2].map(|seed| Frame::of_plane(&noise(seed), &Mask::full(400, 300), None, &AlignConfig::default()));
    let found = align(&a, &b, &AlignConfig::default());
    assert!(found.as_ref().map_or(true, |a| a.verdict == Verdict::Fail), "{found:?}");
    // No skin at all is no panic.
    let nothing = Frame::of_plane(&noise(1), &Mask::empty(400, 300), None, &AlignConfig::default());
    assert_eq!(align(&a, &nothing, &AlignConfig::default()).unwrap_err().code, "few_features");
}

#[test]
fn the_same_bits_on_any_threads_and_any_processor() {
    let [before, after] = ["jaw_light_before", "jaw_light_after"].map(photo);
    let bits = || {
        let found = align(&frame(&before), &frame(&after), &AlignConfig::default()).unwrap();
        (found.map.0.map(|row| row.map(f64::to_bits)), format!("{:?}", found.quality))
    };
    let first = bits();
    for threads in [1, 2, 7] {
        assert_eq!(Threads::new(threads).unwrap().install(bits), first, "{threads} threads");
    }
    let level = Level::current();
    for other in Level::available() {
        assert!(Level::force(other));
        assert_eq!(bits(), first, "{other}");
    }
    Level::force(level);
}

#[test]
fn a_photo_is_reduced_and_the_map_is_that_of_its_own_pixels() {
    // The same photo four times enlarged, so that it is reduced: points and lengths are those of the large one.
    let small = photo("cheek_light_acne_scars");
    let large = |map: &Transform| {
        let enlarge = Transform::zoom(0.25, [-0.375; 2]);
        let size = (4 * small.width(), 4 * small.height());
        let map = map.inverse().unwrap().after(&enlarge);
        (warp::onto(&small.rgb[1], &map, size), warp::visible(&map, (small.width(), small.height()), size))
    };
    let truth = Transform::similarity(1.02, 0.05, [3.0, -6.0]);
    let [a, b] = [large(&Transform::IDENTITY), large(&truth)]
        .map(|(plane, seen)| Frame::of_plane(&plane, &seen, Some(0.0125), &AlignConfig::default()));
    assert_eq!(a.factor, 2);
    let found = align(&a, &b, &AlignConfig::default()).unwrap();
    let enlarge = Transform::zoom(4.0, [1.5; 2]);
    let truth = enlarge.after(&truth.after(&enlarge.inverse().unwrap()));
    assert!(error_px(&found, &truth) < 0.5, "{}", error_px(&found, &truth));
    assert_eq!(found.verdict, Verdict::Pass, "{:?}", found.reasons);
}
