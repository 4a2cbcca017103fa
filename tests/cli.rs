//! The program as people and scripts meet it.
#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

mod common;

use std::fs;

use common::{Bench, run, snapshot};

#[test]
fn usage_errors_exit_2() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    run(&[]).expect(2);
    run(&["analyze"]).expect(2);
    run(&["analyse", "x"]).expect(2);
    assert!(bench.analyze(&["--families", "reliev"]).expect(2).stderr.contains("relief"));
    assert!(bench.analyze(&["--bins", "1"]).expect(2).stderr.contains("texture.bins is 1; "));
    assert!(bench.analyze(&["--max-memory", "lots"]).expect(2).stderr.contains("max_memory is `lots`"));
    assert!(bench.analyze(&["--config", "/no/such.toml"]).expect(2).stderr.contains("/no/such.toml"));
    assert!(!bench.out().exists());
}

#[test]
fn help_and_version_exit_0() {
    assert!(run(&["--help"]).expect(0).stdout.contains("Exit codes"));
    assert!(run(&["analyze", "--help"]).expect(0).stdout.contains("cicatrix analyze photos/"));
    assert!(run(&["--version"]).expect(0).stdout.contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn no_photos_exit_1_and_leave_nothing() {
    let bench = Bench::new();
    fs::write(bench.photos().join("notes.txt"), "no photo").unwrap();
    assert!(bench.analyze(&[]).expect(1).stderr.contains("no photos in"));
    assert!(run(&["analyze", "/no/such/folder"]).expect(1).stderr.contains("no such file or folder"));
    assert!(!bench.out().exists());
}

#[test]
fn unknown_keys_of_the_file_name_the_nearest() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    let file = bench.root().join("clinic.toml");
    fs::write(&file, "[texture]\nbinns = 16\n").unwrap();
    let stderr = bench.analyze(&["--config", file.to_str().unwrap()]).expect(2).stderr;
    assert!(
        stderr.contains("clinic.toml: unknown key texture.binns; the nearest known key is texture.bins"),
        "{stderr}"
    );
}

#[test]
fn the_settings_in_force_can_be_printed_and_read_back() {
    let printed = run(&["analyze", "--print-config", "--bins", "64", "--jobs", "3"]).expect(0).stdout;
    assert!(printed.contains("bins = 64") && printed.contains("jobs = 3"), "{printed}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("again.toml");
    fs::write(&file, &printed).unwrap();
    let again = run(&["analyze", "--print-config", "--config", file.to_str().unwrap()]).expect(0).stdout;
    assert_eq!(again.lines().next(), printed.lines().next(), "the hash of the configuration");
}

#[test]
fn good_photos_survive_bad_ones_and_all_are_accounted_for() {
    let bench = Bench::new();
    for (i, name) in ["a.png", "deep/er/b.png", "z.png"].iter().enumerate() {
        bench.photo(name, i as u64);
    }
    let whole = common::png(9, 96);
    fs::write(bench.photos().join("cut.png"), &whole[..whole.len() / 2]).unwrap();
    fs::write(bench.photos().join("empty.jpg"), "").unwrap();
    fs::write(bench.photos().join("text.jpg"), "I am no photo").unwrap();
    fs::write(bench.photos().join("phone.heic"), b"\0\0\0\x18ftypheic").unwrap();
    fs::write(bench.photos().join("notes.txt"), "notes").unwrap();
    let done = bench.analyze(&[]).expect(3);
    assert_eq!(bench.column("metrics.csv", "photo"), ["a.png", "deep/er/b.png", "z.png"]);
    assert_eq!(bench.column("failures.csv", "photo"), ["cut.png", "empty.jpg", "phone.heic", "text.jpg"]);
    let counts = bench.counts();
    assert_eq!(counts["discovered"], 7);
    assert_eq!((&counts["ok"], &counts["refused"], &counts["failed"]), (&3.into(), &0.into(), &4.into()));
    assert!(done.stdout.contains("3 of 7 photos measured"), "{}", done.stdout);
    assert!(done.stderr.contains("failed   cut.png: "), "{}", done.stderr);
    assert!(!done.stderr.contains("panicked"), "{}", done.stderr);

    let alone = Bench::new();
    for (i, name) in ["a.png", "deep/er/b.png", "z.png"].iter().enumerate() {
        alone.photo(name, i as u64);
    }
    alone.analyze(&[]).expect(0);
    assert_eq!(bench.read("metrics.csv"), alone.read("metrics.csv"));
}

#[test]
fn only_the_first_failures_are_named() {
    let bench = Bench::new();
    for i in 0..23 {
        fs::write(bench.photos().join(format!("{i:02}.jpg")), "no").unwrap();
    }
    let stderr = bench.analyze(&[]).expect(3).stderr;
    assert!(stderr.contains("failed   19.jpg") && !stderr.contains("20.jpg"), "{stderr}");
    assert!(stderr.contains("... and 3 more in failures.csv"), "{stderr}");
}

#[test]
fn a_second_run_changes_no_byte() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    bench.photo("b/c.png", 2);
    fs::write(bench.photos().join("bad.jpg"), "bad").unwrap();
    let more = ["--maps", "overlay,relief"];
    bench.analyze(&more).expect(3);
    let (out, photos) = (snapshot(&bench.out()), snapshot(&bench.photos()));
    let again = bench.analyze(&more).expect(3);
    assert_eq!(Bench::from_journal(&again), 3);
    assert_eq!(snapshot(&bench.out()), out);
    assert_eq!(snapshot(&bench.photos()), photos);
}

#[test]
fn what_has_changed_is_measured_again() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    bench.photo("b.png", 2);
    bench.analyze(&[]).expect(0);
    let first = bench.read("metrics.csv");

    bench.photo("b.png", 3);
    assert_eq!(Bench::from_journal(&bench.analyze(&[]).expect(0)), 1);
    let second = bench.read("metrics.csv");
    assert_ne!(second, first);
    assert_eq!(second.lines().nth(1), first.lines().nth(1));

    assert_eq!(Bench::from_journal(&bench.analyze(&["--mm-per-px", "0.1"]).expect(0)), 0);
    assert_eq!(bench.column("metrics.csv", "mm_per_px"), ["0.1", "0.1"]);

    bench.mask("photos/b_mask.png", 96, 10);
    assert_eq!(Bench::from_journal(&bench.analyze(&[]).expect(0)), 1);
    bench.mask("photos/b_mask.png", 96, 20);
    assert_eq!(Bench::from_journal(&bench.analyze(&[]).expect(0)), 1);

    bench.photo("b.png", 2);
    fs::remove_file(bench.photos().join("b_mask.png")).unwrap();
    assert_eq!(Bench::from_journal(&bench.analyze(&[]).expect(0)), 2);
    assert_eq!(bench.read("metrics.csv"), first, "the first state again");
}

#[test]
fn the_journal_can_be_ignored() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    bench.analyze(&[]).expect(0);
    let first = bench.read("metrics.csv");
    assert_eq!(Bench::from_journal(&bench.analyze(&["--fresh"]).expect(0)), 0);
    assert_eq!(bench.read("metrics.csv"), first);
}

#[test]
fn removed_photos_vanish_with_their_maps() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    bench.photo("b.png", 2);
    bench.analyze(&["--maps", "overlay"]).expect(0);
    assert!(bench.out().join("maps/b.png/overlay.png").is_file());
    fs::remove_file(bench.photos().join("b.png")).unwrap();
    bench.analyze(&["--maps", "overlay"]).expect(0);
    assert_eq!(bench.column("metrics.csv", "photo"), ["a.png"]);
    assert!(bench.out().join("maps/a.png/overlay.png").is_file());
    assert!(!bench.out().join("maps/b.png").exists());
}

#[test]
fn lost_results_come_back() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    bench.photo("b.png", 2);
    bench.analyze(&["--maps", "overlay"]).expect(0);
    let first = bench.tables();
    fs::remove_file(bench.out().join("metrics.csv")).unwrap();
    fs::write(bench.out().join("failures.csv"), "edited").unwrap();
    assert_eq!(Bench::from_journal(&bench.analyze(&["--maps", "overlay"]).expect(0)), 2);
    assert_eq!(bench.tables(), first);
    fs::remove_file(bench.out().join("maps/b.png/overlay.png")).unwrap();
    assert_eq!(Bench::from_journal(&bench.analyze(&["--maps", "overlay"]).expect(0)), 1);
    assert!(bench.out().join("maps/b.png/overlay.png").is_file());
}

#[test]
fn swapped_photos_never_keep_each_others_maps() {
    let bench = Bench::new();
    let (a, b) = (bench.photo("a.png", 1), bench.photo("b.png", 2));
    bench.analyze(&["--maps", "overlay"]).expect(0);
    let aside = bench.root().join("aside");
    fs::rename(&a, &aside).unwrap();
    fs::rename(&b, &a).unwrap();
    fs::rename(&aside, &b).unwrap();
    assert_eq!(Bench::from_journal(&bench.analyze(&["--maps", "overlay"]).expect(0)), 0);
}

#[test]
fn a_journal_that_cannot_be_read_is_set_aside() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    bench.analyze(&[]).expect(0);
    let first = bench.tables();
    fs::write(bench.out().join("results.sqlite"), "scrambled ".repeat(100)).unwrap();
    let stderr = bench.analyze(&[]).expect(0).stderr;
    assert!(stderr.contains("results.sqlite: damaged"), "{stderr}");
    assert_eq!(bench.tables(), first);
}

#[test]
fn any_number_of_jobs_gives_the_same_bytes() {
    let bench = Bench::new();
    for i in 0..9 {
        bench.photo_of(&format!("{i}.png"), i, 64 + 32 * (i as u32 % 3));
    }
    fs::write(bench.photos().join("4b.jpg"), "bad").unwrap();
    bench.analyze(&["--jobs", "1"]).expect(3);
    let one = bench.tables();
    for jobs in ["2", "7"] {
        bench.analyze(&["--fresh", "--jobs", jobs]).expect(3);
        assert!(bench.tables() == one, "{jobs} jobs");
    }
}

#[test]
fn little_memory_refuses_the_large_and_measures_the_small() {
    let bench = Bench::new();
    bench.photo_of("large.png", 1, 500);
    bench.photo_of("small.png", 2, 96);
    let stderr = bench.analyze(&["--max-memory", "20M", "--jobs", "4"]).expect(3).stderr;
    assert!(stderr.contains("failed   large.png: a photo of 500 x 500 pixels needs about"), "{stderr}");
    assert_eq!(bench.column("failures.csv", "code"), ["over_memory"]);
    assert_eq!(bench.column("metrics.csv", "photo"), ["small.png"]);
    bench.analyze(&["--max-memory", "1G"]).expect(0);
}

#[test]
fn results_inside_the_photos_folder_are_no_photos() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    let photos = bench.photos();
    let here = |out: &std::path::Path| {
        let args = ["analyze", photos.to_str().unwrap(), "--out", out.to_str().unwrap(), "--maps", "overlay"];
        run(&args).expect(0).stdout
    };
    for out in [photos.clone(), photos.join("inside")] {
        for _ in 0..2 {
            let stdout = here(&out);
            assert!(stdout.contains("1 of 1 photos measured") && !stdout.contains("ignored"), "{stdout}");
        }
    }
}

#[test]
fn masks_and_regions_are_used_and_their_mistakes_named() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    bench.photo("b.png", 2);
    bench.photo("c.png", 3);
    bench.mask("masks/b.png", 96, 8);
    bench.mask("masks/c_mask.png", 80, 8);
    bench.mask("masks/nobody.png", 96, 8);
    let masks = bench.root().join("masks");
    let done = bench.analyze(&["--masks", masks.to_str().unwrap()]).expect(3);
    assert!(
        done.stderr.contains("1 masks belong to no photo") && done.stderr.contains("nobody.png"),
        "{}",
        done.stderr
    );
    assert_eq!(bench.column("failures.csv", "code"), ["mask_size"]);
    assert!(done.stderr.contains("80 x 80 pixels and the upright photo 96 x 96"), "{}", done.stderr);

    let file = bench.root().join("regions.json");
    fs::write(&file, r#"{"a": {"scar": [[500,500],[600,500],[600,600]]}, "gone.jpg": {}}"#).unwrap();
    let done = bench.analyze(&["--regions", file.to_str().unwrap()]).expect(3);
    assert!(done.stderr.contains("photos that are not here: gone.jpg"), "{}", done.stderr);
    assert_eq!(bench.column("failures.csv", "code"), ["region_outside"]);

    fs::write(&file, r#"{"a": {"scar": [[5,5]]}}"#).unwrap();
    assert!(bench.analyze(&["--regions", file.to_str().unwrap()]).expect(2).stderr.contains("at least 3"));
}

#[test]
fn a_photo_given_twice_is_counted_once() {
    let bench = Bench::new();
    let a = bench.photo("a.png", 1);
    bench.photo("sub/b.png", 2);
    let (photos, sub, out) = (bench.photos(), bench.photos().join("sub"), bench.out());
    let paths = [&a, &photos, &sub, &a].map(|p| p.to_str().unwrap());
    run(&[&["analyze", "--out", out.to_str().unwrap()], &paths[..]].concat()).expect(0);
    assert_eq!(bench.column("metrics.csv", "photo"), ["a.png", "sub/b.png"]);
}

#[test]
fn the_dictionary_comes_in_four_formats() {
    for format in ["text", "markdown", "csv", "json"] {
        let text = run(&["metrics", "--format", format]).expect(0).stdout;
        assert!(text.contains("relief_sq_fine"), "{format}");
    }
}

#[test]
fn quiet_runs_print_failures_only() {
    let bench = Bench::new();
    bench.photo("a.png", 1);
    let done = bench.analyze(&["--quiet"]).expect(0);
    assert_eq!((done.stdout.as_str(), done.stderr.as_str()), ("", ""));
    fs::write(bench.photos().join("bad.jpg"), "bad").unwrap();
    assert_eq!(bench.analyze(&["--quiet"]).expect(3).stderr.lines().count(), 1);
    let color = bench.analyze(&["--color", "always"]).expect(3).stderr;
    assert!(color.contains("\x1b[1;31mfailed"), "{color}");
    assert!(bench.analyze(&["-v"]).expect(3).stderr.contains("kept      a.png"));
}
