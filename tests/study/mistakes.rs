//! Mistakes, all told at once, and oddities, which warn.

use std::fmt::Write as _;
use std::fs;
use std::time::Instant;

use cicatrix::series::study::Level;
use proptest::prelude::*;

use crate::bench::{Bench, check, has};

#[test]
fn every_mistake_is_told_at_once_with_row_and_column() {
    let bench = Bench::new(&["a.jpg", "b.jpg", "A b.JPG", "c.jpg"]);
    bench.put("bad.json", r#"{"a.jpg": {"all": [[0,0],[1,0],[1,1]]}}"#);
    let csv = "\
photo,subject,date,mm_per_px,light,makeup,region,arm,gb_grade
gone.jpg,S1,2024-03-01,,,,,,
a.jpg,,2024-02-30,0.05,,,bad.json,,
a.jpg,S1,March,five,720,maybe,,a|b,high
../up.jpg,S1,01.03.2024,-1,,,all=a.jpg,,9
a b.jpg,S1
b.jpg,S2,,,,,none.png,,
c.jpg,\"S\n3\",2024-03-01,,,,,,
";
    let lines = bench.mistakes(csv, "");
    for parts in [
        &["study.csv, row 2, column photo: `gone.jpg` is not there; it is looked for in"][..],
        &["row 3, column subject: the cell is empty"],
        &["row 3, column date: `2024-02-30` is no day of the calendar; write it as YYYY-MM-DD"],
        &["row 3, column region:", "bad.json", "`all`"],
        &["row 4, column photo: `a.jpg` is the photo of row 3 again"],
        &["row 4, column date: `March` is no date; write it as YYYY-MM-DD"],
        &["row 4, column mm_per_px: `five` is no scale; millimeters per pixel from 0.0001 to 10"],
        &["row 4, column light: `720` is no direction"],
        &["row 4, column makeup: `maybe` says neither yes nor no"],
        &["row 4, column arm: `a|b` is no arm"],
        &["row 4, column gb_grade: `high` is no number; this column holds grades of Goodman-Baron qualitative"],
        &["row 5, column photo: `../up.jpg` leaves the folder of the study"],
        &["row 5, column date: `01.03.2024` is not written like the rest of the column (YYYY-MM-DD)"],
        &["row 5, column mm_per_px: `-1` is no scale"],
        &["row 5, column region: `all` is no name of a region"],
        &["row 6: 2 cells; the header has 9"],
        &["row 6, column photo: `a b.jpg` is not there; `A b.JPG` is"],
        &["row 7, column date: the cell is empty and the photo has no EXIF time"],
        &["row 7, column region: `none.png` is not there"],
        &["row 8, column subject: `S\\n3` is no name"],
    ] {
        has(&lines, parts);
    }
    // The empty date of row 6 is one more; nothing else is invented.
    assert_eq!(lines.len(), 21, "{}", lines.join("\n"));
    let run = check(&bench, &[]).expect(2);
    assert!(run.stderr.contains("21 mistakes in the study"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn odd_files_say_what_they_are() {
    let bench = Bench::new(&["a.jpg"]);
    for (bytes, part) in [
        (&b""[..], "the file is empty"),
        (b"photo,subject\n", "there is a header and no row"),
        (b"photo,subject,Photo\na.jpg,S,x\n", "columns 1 and 3 are both named so"),
        (
            b"photo,subjekt\na.jpg,S\n",
            "the column subject is missing; if `subjekt` is it, name it subject or write subject = \"subjekt\" under [study.columns]",
        ),
        (b"image,patient_id\na.jpg,S\n", "the column photo is missing; if `image` is it"),
        (b"image,patient_id\na.jpg,S\n", "the column subject is missing; if `patient_id` is it"),
        (b"photo,subject\na.jpg,\"S\n", "a quote is opened and never closed"),
        (b"photo,subject\na.jpg,\xff\n", "row 2, column subject: `\u{fffd}` is not UTF-8"),
        (b"photo,subject\na\0.jpg,S\n", "row 2: a NUL byte"),
        (b"\xff\xfep\0", "UTF-16"),
        (b"PK\x03\x04", "a spreadsheet or an archive"),
        (b"photo,subject,date\na.jpg,S,03/04/2024\n", "`03/04/2024` may have the day first or the month first"),
        (b"photo,subject,date\na.jpg,S,45352\n", "spreadsheet's number of a date"),
        (b"photo,subject,date\na.jpg,S,28\n", "name the column `day`"),
        (b"photo,subject,day\na.jpg,S,2024-03-01\n", "`2024-03-01` is no day number"),
        (b"photo,subject\n/etc/passwd,S\n", "is an absolute path"),
        (b"photo,subject\nC:\\a.jpg,S\n", "is an absolute path"),
        (b"photo,subject\n,S\n", "row 2, column photo: the cell is empty"),
        (b"photo,subject\n.,S\n", "names no file"),
        (b"photo,subject,day\na.jpg,S,\n", "column day: the cell is empty; give the day"),
    ] {
        has(&bench.mistakes(bytes, ""), &[part]);
    }
}

#[test]
fn oddities_warn_and_do_not_stop() {
    let bench = Bench::new(&["a.jpg", "b.jpg", "c.jpg"]);
    let csv = "photo,subject,date,ecca,mm_per_pixel,patient_id\na.jpg,s01,1980-01-01,600,0.05,x\nb.jpg,S1,2020-01-01,,,\nc.jpg,S1,2020-02-01,3,,\n";
    let (study, findings) = bench.study(csv, "");
    let lines = findings.lines(Level::Warning);
    has(&lines, &["row 2, column date: 1980-01-01 is before 1990"]);
    has(&lines, &["row 2, column ecca: 600 is outside of 0 to 540, the range of ECCA"]);
    has(&lines, &["row 3, column subject: `S1` and `s01` of row 2 are two names"]);
    has(&lines, &["column mm_per_pixel: carried along, not used; if it is the column mm_per_px"]);
    assert_eq!((lines.len(), study.shots[2].scales[0]), (4, Some(600.0)));
    assert_eq!(study.extra, ["mm_per_pixel", "patient_id"]);
    assert!(check(&bench, &[]).expect(0).stderr.contains("warning: study.csv, row 2"));
}

#[cfg(unix)]
#[test]
fn nothing_outside_the_folder_is_reached() {
    use std::os::unix::fs::symlink;
    let bench = Bench::new(&["a.jpg"]);
    fs::write(bench.folder.path().join("secret.jpg"), "x").unwrap();
    symlink(bench.folder.path().join("secret.jpg"), bench.path("link.jpg")).unwrap();
    symlink(bench.folder.path(), bench.path("up")).unwrap();
    symlink("a.jpg", bench.path("same.jpg")).unwrap();
    symlink(bench.folder.path().join("secret.jpg"), bench.path("a_mask.png")).unwrap();
    let csv = "photo,subject,region\nlink.jpg,S,\nup/secret.jpg,S,\na.jpg,S,link.jpg\nsame.jpg,S,x=up/secret.jpg\n";
    let lines = bench.mistakes(csv, "");
    has(&lines, &["row 2, column photo: `link.jpg` is a link out of the folder"]);
    has(&lines, &["row 3, column photo: `up/secret.jpg` leads out of the folder"]);
    has(&lines, &["row 4, column region: `link.jpg` is a link out of the folder"]);
    has(&lines, &["row 5, column region: `up/secret.jpg` leads out of the folder"]);
    // A link to a photo is that photo again.
    has(&lines, &["row 5, column photo: `same.jpg` is the photo of row 4 again"]);
    assert_eq!(lines.len(), 5, "{lines:?}");
    // A mask beside the photo that leads out is not taken.
    let (study, _) = bench.study("photo,subject\na.jpg,S\n", "");
    assert_eq!(study.shots[0].regions.skin, None);
}

#[test]
fn mistakes_of_sessions_stand_beside_those_of_the_study() {
    let bench = Bench::new(&["a.jpg"]);
    let sessions = "\
subject,date,needle_depth_mm,session,redness
S1,2024-03-02,deep,1,4
S1,2024-03-09,99,1,
,2024-03-09,,0,perhaps
S1,,,3,
S9,2024-03-01,,,
";
    bench.put("sessions.csv", sessions);
    let lines = bench.mistakes("photo,subject,day\na.jpg,S1,zero\n", "sessions = \"sessions.csv\"");
    for parts in [
        &["study.csv, row 2, column day: `zero` is no day number"][..],
        &["sessions.csv, row 2, column needle_depth_mm: `deep` is no depth"],
        &["row 2, column redness: `4` is no grade of redness; 0 to 3, yes or no"],
        &["row 3, column needle_depth_mm: `99`"],
        &["row 3, column session: subject S1 has session 1 in row 2 already"],
        &["row 4, column subject: the cell is empty"],
        &["row 4, column session: `0` is no number of a session"],
        &["row 4, column redness: `perhaps`"],
        &["row 5, column date: the cell is empty; every session needs its day"],
    ] {
        has(&lines, parts);
    }
    assert_eq!(lines.len(), 9, "{}", lines.join("\n"));
    bench.put("sessions.csv", "subject,date,session\nS1,2024-03-02,2\nS1,2024-04-02,1\nS11,2024-04-02,1\n");
    let lines = bench.mistakes("photo,subject,day\na.jpg,S1,0\n", "sessions = \"sessions.csv\"");
    has(&lines, &["row 2: a date, and the photos of subject S1 have day numbers"]);
    let (_, findings) = bench.study("photo,subject,date\na.jpg,S1,2024-01-01\n", "sessions = \"sessions.csv\"");
    let lines = findings.lines(Level::Warning);
    has(&lines, &["row 3, column session: subject S1: its number is lower than that of an earlier day (row 2)"]);
    has(&lines, &["row 4, column subject: no photo is of subject `S11`; the nearest is `S1`"]);
    bench.put("sessions.csv", "subject,instrument\nS1,pen\n");
    has(
        &bench.mistakes("photo,subject\na.jpg,S1\n", "sessions = \"sessions.csv\""),
        &["neither date nor day is there"],
    );
}

#[test]
fn a_million_rows_are_read_in_seconds() {
    let bench = Bench::new(&[]);
    let mut csv = String::from("photo,subject,day,visit,view,mm_per_px,notes,age,site\n");
    for i in 0..1_000_000 {
        writeln!(csv, "p/{i}.jpg,S{},{},V{},left,0.05,calm,31,north", i / 8, i % 8 * 28, i % 8).unwrap();
    }
    bench.put("p/keep", "");
    let start = Instant::now();
    let reading = bench.read(&csv, "");
    let seconds = start.elapsed().as_secs_f64();
    // Not one of the photos is there: a mistake a row, of which a few are told.
    assert_eq!(reading.findings.count(Level::Mistake), 1_000_000);
    let lines = reading.findings.lines(Level::Mistake);
    assert_eq!((lines.len(), lines[10].as_str()), (11, "... and 999990 more rows like this"));
    // Wide of what is seen (a few seconds): something that grows with the square would take hours.
    assert!(seconds < 120.0, "{seconds} s");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let bench = Bench::new(&["a.jpg"]);
        let reading = bench.read(&bytes, "");
        prop_assert_eq!(reading.study.is_none(), reading.findings.count(Level::Mistake) > 0);
    }

    #[test]
    fn no_cells_are_too_much(cells in proptest::collection::vec("[\\PC\n\r\",;|=/.]{0,12}", 30), mark in "[,;\t]") {
        let bench = Bench::new(&["a.jpg"]);
        let header = ["photo", "subject", "date", "visit", "view", "region", "arm", "mm_per_px", "light", "makeup"].join(&mark);
        let rows: Vec<String> = cells.chunks(10).map(|row| row.join(&mark)).collect();
        let csv = format!("{header}\n{}\n", rows.join("\n"));
        bench.put("sessions.csv", csv.replacen("photo", "session", 1));
        for config in ["", "sessions = \"sessions.csv\"", "preset = \"isic\"", "preset = \"acne04-v2\""] {
            let reading = bench.read(&csv, config);
            prop_assert_eq!(reading.study.is_none(), reading.findings.count(Level::Mistake) > 0);
            for level in [Level::Mistake, Level::Warning, Level::Note] {
                let plain = |line: &String| !line.contains(['\n', '\r', '\u{1b}']);
                let all = reading.findings.lines(level).iter().all(plain);
                prop_assert!(all);
            }
        }
    }
}
