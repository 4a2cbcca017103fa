//! Study and sessions files as people write them, and as they must not be.
#![allow(clippy::unwrap_used, reason = "a test ends where it is surprised")]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use cicatrix::series::study::columns::Role;
use cicatrix::series::study::{
    Adverse, CONTROL, Day, DaySource, Findings, Level, Light, Reading, SessionColumn, ShotColumn, Study, StudyConfig,
    draft, load, preset_names,
};
use common::{Run, run};
use proptest::prelude::*;

/// A folder with a study file and files that stand for photos: nothing here decodes them.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new(photos: &[&str]) -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        for photo in photos {
            bench.put(photo, "not decoded");
        }
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("study").join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn read(&self, csv: impl AsRef<[u8]>, config: &str) -> Reading {
        self.put("study.csv", csv);
        let mut config: StudyConfig = toml::from_str(config).unwrap();
        for path in [&mut config.photos, &mut config.sessions].into_iter().flatten() {
            *path = self.path(path.to_str().unwrap());
        }
        load(&self.path("study.csv"), &config).unwrap()
    }

    /// The study, which must have no mistake.
    #[track_caller]
    fn study(&self, csv: impl AsRef<[u8]>, config: &str) -> (Study, Findings) {
        self.read(csv, config).into_study().unwrap()
    }

    /// The mistakes, of which there must be some.
    #[track_caller]
    fn mistakes(&self, csv: impl AsRef<[u8]>, config: &str) -> Vec<String> {
        let reading = self.read(csv, config);
        assert!(reading.study.is_none(), "{:?}", reading.findings);
        reading.findings.lines(Level::Mistake)
    }
}

#[track_caller]
fn has(lines: &[String], parts: &[&str]) {
    assert!(
        lines.iter().any(|line| parts.iter().all(|part| line.contains(part))),
        "{parts:?} in\n{}",
        lines.join("\n")
    );
}

const FULL: &str = "\
photo,subject,date,visit,view,region,arm,mm_per_px,light,repeat,makeup,notes,age,vss_total,site nurse
a1.jpg,S01,2024-03-01,V1,left,skin.png|scar=scar.png,scar=pen|cheek=control,0.05,45,1,no,\"calm, dry\",31,7,Ann
a2.jpg,S01,2024-03-01,V1,left,regions.json,pen,0.05,flat,2,yes,,31,,Ann
b/c1.jpg,S01,2024-04-01,V2,left,,Control,,-90,,,,31,5.5,=cmd
";

#[test]
fn a_full_row_is_read() {
    let bench = Bench::new(&["a1.jpg", "a2.jpg", "b/c1.jpg", "b/c1_mask.png", "skin.png", "scar.png"]);
    bench.put("regions.json", r#"{"a2.jpg": {"chin": [[0,0],[9,0],[9,9]]}, "gone.jpg": {}}"#);
    let (study, findings) = bench.study(FULL, "");
    let [a1, a2, c1] = study.shots.as_slice() else { panic!("{} shots", study.shots.len()) };
    assert_eq!((a1.row, a1.photo.as_str(), a1.subject.as_str(), a1.view.as_str()), (2, "a1.jpg", "S01", "left"));
    assert_eq!((a1.day, a1.day_source), (Day::from_ymd(2024, 3, 1), DaySource::Date));
    assert_eq!(a1.regions.skin.as_deref(), Some(bench.path("skin.png").canonicalize().unwrap().as_path()));
    assert_eq!(a1.regions.names().collect::<Vec<_>>(), ["scar"]);
    assert_eq!((a1.arms.of("scar"), a1.arms.of("cheek"), a1.arms.of("all")), ("pen", CONTROL, ""));
    assert_eq!((a1.mm_per_px, &a1.light, a1.makeup), (Some(0.05), &Some(Light::Azimuth(45.0)), Some(false)));
    assert_eq!((a1.repeat.as_str(), a1.notes.as_str()), ("1", "calm, dry"));
    assert_eq!(a2.regions.names().collect::<Vec<_>>(), ["chin"]);
    assert_eq!((&a2.light, a2.makeup, a2.arms.of("chin")), (&Some(Light::Named("flat".to_owned())), Some(true), "pen"));
    assert_eq!(
        (c1.photo.as_str(), &c1.light, c1.arms.is_control("all")),
        ("b/c1.jpg", &Some(Light::Azimuth(270.0)), true)
    );
    // The mask beside a photo belongs to it, as everywhere.
    assert!(c1.regions.skin.as_ref().unwrap().ends_with("b/c1_mask.png"));
    assert_eq!(study.extra, ["age", "site nurse"]);
    assert_eq!(c1.extra, ["31", "=cmd"]);
    assert_eq!(
        (study.scales[0].scale.as_str(), a1.scales[0], a2.scales[0], c1.scales[0]),
        ("VSS", Some(7.0), None, Some(5.5))
    );
    assert_eq!(study.subjects.len(), 1);
    let visits = &study.subjects[0].visits;
    assert_eq!(
        visits.iter().map(|v| (v.number, v.name.as_str(), v.shots.len())).collect::<Vec<_>>(),
        [(1, "V1", 2), (2, "V2", 1)]
    );
    let warnings = findings.lines(Level::Warning);
    has(&warnings, &["row 3", "another light than the row before"]);
    has(&warnings, &["regions.json draws regions of 1 photos that no row names, first `gone.jpg`"]);
    assert_eq!(warnings.len(), 2, "{warnings:?}");
}

#[test]
fn the_same_study_in_other_spellings() {
    let bench = Bench::new(&["a.jpg", "b.jpg"]);
    let (plain, _) =
        bench.study("photo,subject,date,mm_per_px\na.jpg,S1,2024-03-31,0.05\nb.jpg,S1,2024-04-01,0.06\n", "");
    for other in [
        "\u{feff}Photo;Subject;Date;MM per px\r\na.jpg;S1;31.03.2024;0,05\r\nb.jpg;S1;01.04.2024;0,06\r\n",
        "sep=;\r\nphoto;subject;date;mm_per_px\r\na.jpg;S1;2024/03/31;0,05\r\nb.jpg;S1;2024/04/01;\"0,06\"\r\n",
        "photo\tsubject\tdate\tmm-per-px\na\tS1\t31/03/2024\t0.05\nb\tS1\t01/04/2024\t0.06\n",
        "photo,subject,date,mm_per_px\n\"a.jpg\",\"S1\",2024-03-31T10:00:00,\"0,05\"\n./b.jpg, S1 ,2024-04-01 11:12,0.06\n\n",
        "mm_per_px,date,subject,photo\n0.05,20240331,S1,a.jpg\n0.06,20240401,S1,b.jpg\n",
    ] {
        let (study, findings) = bench.study(other, "");
        assert_eq!(study.shots, plain.shots, "{other}");
        assert_eq!(findings.list(), []);
    }
}

#[test]
fn columns_are_mapped_by_the_configuration() {
    let bench = Bench::new(&["x/a.jpg", "x/b.jpg"]);
    let csv = "img_id,patient,when,photo,hardness\na,P1,0,keep 1,3\nb,P1,28,keep 2,x\n";
    let config =
        "photos = \"x\"\nscales = [\"hardness\"]\n[columns]\nphoto = \"img_id\"\nsubject = \"patient\"\nday = \"when\"";
    has(
        &bench.mistakes(csv, config),
        &["row 3, column hardness: `x` is no number; this column holds grades of hardness"],
    );
    let (study, _) = bench.study(csv.replace(",x\n", ",\n"), config);
    assert_eq!(study.shots[1].day, Some(Day::Number(28)));
    // A column called photo that is not the photo is carried like any other.
    assert_eq!(
        (study.extra.as_slice(), study.shots[0].extra.as_slice()),
        (&["photo".to_owned()][..], &["keep 1".to_owned()][..])
    );
    let lines = bench.mistakes(csv, "[columns]\nsubject = \"pateint\"\n");
    has(&lines, &["no column `pateint`, which subject of [study.columns] names; the nearest is `patient`"]);
}

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

fn check(bench: &Bench, more: &[&str]) -> Run {
    run(&[&["study", "check", bench.path("study.csv").to_str().unwrap(), "--color", "never"], more].concat())
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
    let csv = "photo,subject,date,ecca,mm_per_pixel,patient_id\na.jpg,s01,1980-01-01,600,0.05,x\nb.jpg,S1,2090-01-01,,,\nc.jpg,S1,2090-02-01,3,,\n";
    let (study, findings) = bench.study(csv, "");
    let lines = findings.lines(Level::Warning);
    has(&lines, &["row 2, column date: 1980-01-01 is before 1990"]);
    has(&lines, &["row 2, column ecca: 600 is outside of 0 to 540, the range of ECCA"]);
    has(&lines, &["row 3, column subject: `S1` and `s01` of row 2 are two names"]);
    has(&lines, &["column mm_per_pixel: carried along, not used; if it is the column mm_per_px"]);
    assert_eq!((lines.len(), study.shots[0].scales[0]), (4, Some(600.0)));
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
fn the_day_may_come_from_exif() {
    let bench = Bench::new(&["plain.jpg"]);
    bench.put("dated.jpg", jpeg_with_time("2024:02:29 23:59:58"));
    let (study, findings) = bench.study("photo,subject\ndated.jpg,S\nplain.jpg,T\n", "");
    assert_eq!((study.shots[0].day, study.shots[0].day_source), (Day::from_ymd(2024, 2, 29), DaySource::Exif));
    assert_eq!((study.shots[1].day, study.shots[1].day_source), (None, DaySource::Unknown));
    has(&findings.lines(Level::Note), &["1 of 2 photos have no day"]);
    // Of one subject, a date and a day number have no distance.
    bench.put("dated2.jpg", jpeg_with_time("2024:03:29 23:59:58"));
    let lines = bench.mistakes("photo,subject,day,date\ndated.jpg,S,0,\ndated2.jpg,S,,2024-03-29\n", "");
    has(&lines, &["row 3: subject S has a date here and a day number in row 2"]);
}

/// The head of a JPEG with an EXIF block that holds a time.
fn jpeg_with_time(time: &str) -> Vec<u8> {
    let mut block = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x32\0\x02\0\0\0\x14\0\0\0\x1a\0\0\0\0".to_vec();
    block.extend(time.as_bytes());
    block.push(0);
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1];
    bytes.extend(u16::try_from(block.len() + 8).unwrap().to_be_bytes());
    bytes.extend(b"Exif\0\0");
    bytes.extend(block);
    bytes.extend([0xff, 0xd9]);
    bytes
}

const SESSIONS: &str = "\
subject;date;instrument;technique;solution;needle_depth_mm;session;redness;swelling;ae_fever;device no;notes
S1;2024-03-02;Dermapen;stamp;HA 1 %;1,5;1;2;yes;no;77;calm
S1;2024-04-02;RF micro-needling;;;2;2;;0;;78;
";

#[test]
fn sessions_are_joined_to_their_subjects() {
    let bench = Bench::new(&["a.jpg", "b.jpg"]);
    bench.put("sessions.csv", SESSIONS);
    let csv = "photo,subject,date\na.jpg,S1,2024-03-01\nb.jpg,S2,2024-03-01\n";
    let (study, findings) = bench.study(csv, "sessions = \"sessions.csv\"");
    assert_eq!(findings.list(), []);
    assert_eq!((study.subjects[0].sessions.as_slice(), study.subjects[1].sessions.as_slice()), (&[0, 1][..], &[][..]));
    let first = &study.sessions[0];
    assert_eq!(first.instrument.as_ref().map(|i| (i.name(), i.pierces())), Some(("pen", true)));
    assert_eq!((first.needle_depth_mm, first.number, first.solution.as_str()), (Some(1.5), Some(1), "HA 1 %"));
    let adverse = |effect: &str, grade| (effect.to_owned(), grade);
    assert_eq!(
        first.adverse,
        [
            adverse("redness", Adverse::Grade(2)),
            adverse("swelling", Adverse::Present(true)),
            adverse("fever", Adverse::Present(false))
        ]
    );
    assert_eq!(study.sessions[1].adverse, [adverse("swelling", Adverse::Grade(0))]);
    assert_eq!(
        (study.session_extra.as_slice(), first.extra.as_slice()),
        (&["device no".to_owned()][..], &["77".to_owned()][..])
    );
    let shown = check(&bench, &["--sessions", bench.path("sessions.csv").to_str().unwrap()]).expect(0).stdout;
    assert!(shown.contains("sessions  2 of 1 subject\n"), "{shown}");
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

/// A layout, its table, its photos; and of the first photo the subject, the view and a carried column.
type Layout<'a> = (&'a str, &'a str, &'a [&'a str], [&'a str; 3]);

#[test]
fn layouts_of_data_sets_are_read() {
    let layouts: [Layout<'_>; 7] = [
        (
            "pad-ufes-20",
            "patient_id,lesion_id,fitspatrick,region,img_id\nPAT_1,7,3.0,ARM,PAT_1_7_1.png\nPAT_1,7,,ARM,PAT_1_7_2.png\nPAT_2,8,,NECK,gone.png\n",
            &["imgs_part_1/PAT_1_7_1.png", "imgs_part_2/PAT_1_7_2.png"],
            ["PAT_1", "7", "region"],
        ),
        (
            "isic",
            "isic_id,acquisition_day,lesion_id,patient_id,sex\nISIC_1,,,,male\nISIC_2,0,L1,P1,male\nISIC_3,90,L1,P1,male\n",
            &["ISIC_1.jpg", "ISIC_2.jpg", "ISIC_3.jpg"],
            ["ISIC_1", "ISIC_1", "sex"],
        ),
        (
            "isic",
            "image_name,patient_id,sex\nISIC_1,P,male\nISIC_2,P,male\n",
            &["t/ISIC_1.jpg", "t/ISIC_2.jpg"],
            ["P", "ISIC_1", "sex"],
        ),
        ("fitzpatrick17k", "md5hash,fitzpatrick_scale,label\nab12,-1,acne\n", &["ab12.jpg"], ["ab12", "ab12", "label"]),
        (
            "scin",
            "case_id,image_1_path,image_1_shot_type,image_2_path,image_2_shot_type,image_3_path,sex\n-9,i/1.png,CLOSE_UP,i/2.png,AT_DISTANCE,,F\n",
            &["i/1.png", "i/2.png"],
            ["-9", "CLOSE_UP", "sex"],
        ),
        (
            "roboflow",
            "filename, Acne, Scars\na_jpg.rf.1.jpg, 1, 0\n",
            &["a_jpg.rf.1.jpg"],
            ["a_jpg.rf.1.jpg", "a_jpg.rf.1.jpg", "Acne"],
        ),
        (
            "acne04-v2",
            r#"{"images":[{"id":0,"file_name":"l.jpg","height":3}],"annotations":[{"image_id":0,"class_name":"acne","radius":2}]}"#,
            &["l.jpg"],
            ["l.jpg", "l.jpg", "id"],
        ),
    ];
    for (preset, csv, photos, [subject, view, carried]) in layouts {
        let bench = Bench::new(photos);
        let (study, findings) = bench.study(csv, &format!("preset = \"{preset}\""));
        assert_eq!(study.shots.len(), photos.len(), "{preset}");
        assert_eq!((study.shots[0].subject.as_str(), study.shots[0].view.as_str()), (subject, view), "{preset}");
        assert!(study.extra.iter().any(|name| name == carried), "{preset}: {:?}", study.extra);
        assert_eq!(findings.lines(Level::Note).len(), 1, "{preset}: what the layout lacks is said");
        // Photos of which nothing says that they show the same skin are no repeat shots.
        let repeats = study.subjects.iter().flat_map(|s| {
            let study = &study;
            s.views(study)
                .into_iter()
                .flat_map(move |view| s.visits.iter().map(move |v| v.repeats(study, view).count()))
                .collect::<Vec<_>>()
        });
        assert_eq!(repeats.max(), Some(if preset == "pad-ufes-20" { 2 } else { 1 }), "{preset}");
    }
    let bench = Bench::new(&["x.png"]);
    has(
        &bench.mistakes("photo,subject\nx.png,S\n", "preset = \"isic\""),
        &["the layout isic has its photos in isic_id or image_id"],
    );
    has(
        &bench.mistakes("img_id,patient_id,lesion_id\ny.png,P,1\n", "preset = \"pad-ufes-20\""),
        &["1 photos of 1 are not below"],
    );
    has(&bench.mistakes("{}", "preset = \"acne04-v2\""), &["`images` and `annotations`"]);
}

#[test]
fn names_and_folders_make_a_draft_that_reads_back() {
    let bench = Bench::new(&[
        "S01_2024-03-01_left_1.jpg",
        "S01_2024-03-01_left_2.jpg",
        "S01_2024-03-01_left_2_mask.png",
        "S02/V1/right control.png",
        "S02/V2/=right control.png",
        "notes.txt",
    ]);
    let file = bench.path("study.csv");
    let folder = bench.path("");
    let init = |more: &[&str]| run(&[&["study", "init", folder.to_str().unwrap()], more].concat());
    let stdout = init(&[]).expect(0).stdout;
    assert!(
        stdout.contains("4 photos, 2 subjects") && stdout.contains("date      2 from names and folders, 2 not known"),
        "{stdout}"
    );
    let drafted = fs::read_to_string(&file).unwrap();
    assert_eq!(
        drafted,
        "photo,subject,date,visit,view,region,arm,mm_per_px,light,repeat,makeup,notes\n\
         S01_2024-03-01_left_1.jpg,S01,2024-03-01,,left,,,,,1,,\n\
         S01_2024-03-01_left_2.jpg,S01,2024-03-01,,left,S01_2024-03-01_left_2_mask.png,,,,2,,\n\
         S02/V1/right control.png,S02,,V1,right,,control,,,,,\n\
         S02/V2/=right control.png,S02,,V2,right,,control,,,,,\n"
    );
    let (study, _) = load(&file, &StudyConfig::default()).unwrap().into_study().unwrap();
    assert_eq!(study.subjects.iter().map(|s| s.visits.len()).collect::<Vec<_>>(), [1, 2]);
    // What is there is not written over.
    fs::write(&file, "mine").unwrap();
    assert!(init(&[]).expect(2).stderr.contains("study.csv: the file is there already"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    init(&["--force"]).expect(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), drafted);
    let away = bench.folder.path().join("elsewhere");
    fs::create_dir(&away).unwrap();
    assert!(
        init(&["--out", away.join("s.csv").to_str().unwrap()])
            .expect(2)
            .stderr
            .contains("lie in or below the folder of its file")
    );
    let above = bench.folder.path().join("all.csv");
    init(&["--out", above.to_str().unwrap()]).expect(0);
    assert!(fs::read_to_string(above).unwrap().contains("\nstudy/S02/V1/right control.png,S02,"));
    assert!(run(&["study", "init", away.to_str().unwrap()]).expect(2).stderr.contains("no photos here"));
}

#[cfg(unix)]
#[test]
fn a_draft_of_hostile_names_reads_back() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new(&[
        "=cmd|calc.jpg",
        "@sum.jpg",
        "comma,quote\"x.jpg",
        "Ärztin 患者.jpg",
        "-n.jpg",
        "con.jpg",
        "back\\slash.jpg",
        "new\nline.jpg",
    ]);
    fs::write(bench.path("").join(OsStr::from_bytes(b"caf\xe9.png")), "x").unwrap();
    let drafted = draft(&bench.path(""), &bench.path("")).unwrap();
    assert_eq!((drafted.photos, drafted.left_out.len()), (5, 4), "{:?}", drafted.left_out);
    let text = String::from_utf8(drafted.csv.clone()).unwrap();
    for line in text.lines() {
        assert!(!line.starts_with(['=', '@', '-', '+']), "{line}");
    }
    // Subjects are for a person to fill in.
    let filled = bench
        .read(text.replace("jpg,,", "jpg,S,").replace("jpg\",,", "jpg\",S,").replace(",date,", ",visit date,"), "");
    assert_eq!(filled.findings.lines(Level::Mistake), [""; 0]);
}

#[test]
fn the_configuration_of_a_clinic_holds_for_every_command() {
    let bench = Bench::new(&["a.jpg"]);
    bench.put("study.csv", "Bild;Code\na.jpg;S1\n");
    bench.put("clinic.toml", "mm_per_px = 0.05\n[study.columns]\nphoto = \"Bild\"\nsubject = \"Code\"\n");
    let config = bench.path("clinic.toml");
    let config = config.to_str().unwrap();
    assert!(check(&bench, &["--config", config]).expect(0).stdout.contains("photos    1 of 1 subject\n"));
    let printed = run(&["analyze", "--config", config, "--print-config"]).expect(0).stdout;
    assert!(printed.contains("[study.columns]\nphoto = \"Bild\""), "{printed}");
    bench.put("clinic.toml", "[study.columns]\nfoto = \"Bild\"\n");
    assert!(
        check(&bench, &["--config", config])
            .expect(2)
            .stderr
            .contains("unknown key study.columns.foto; the nearest known key is study.columns.photo")
    );
    bench.put("clinic.toml", "[study]\npreset = \"pad\"\n");
    assert!(check(&bench, &["--config", config]).expect(2).stderr.contains("study.preset is `pad`"));
    assert!(check(&bench, &["--photos", "/no/such"]).expect(1).stderr.contains("/no/such"));
    assert!(run(&["study", "check", "/no/such.csv"]).expect(1).stderr.contains("/no/such"));
    assert!(run(&["study", "check", bench.path("").to_str().unwrap()]).expect(1).stderr.contains("not a regular file"));
    run(&["study", "check", "x.csv", "--preset", "padd"]).expect(2);
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

#[test]
fn every_column_and_layout_is_documented() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/STUDY.md")).unwrap();
    let (shots, sessions) = text.split_once("## The sessions file").unwrap();
    for column in ShotColumn::ALL {
        assert!(shots.contains(&format!("| `{}` |", column.name())), "{}", column.name());
    }
    for column in SessionColumn::ALL {
        assert!(sessions.contains(&format!("| `{}` |", column.name())), "{}", column.name());
    }
    for preset in preset_names() {
        assert!(text.contains(&format!("| `{preset}` |")), "{preset}");
    }
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
