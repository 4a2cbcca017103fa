//! Columns as people write them, and the table of sessions.

use std::fs;
use std::path::Path;

use cicatrix::series::study::columns::Role;
use cicatrix::series::study::{
    Adverse, CONTROL, Day, DaySource, Level, Light, SessionColumn, ShotColumn, preset_names,
};

use crate::bench::{Bench, check, has};

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
    has(&warnings, &["row 3", "another light than row 2"]);
    has(&warnings, &["regions.json draws regions of 1 photo that no row names, first `gone.jpg`"]);
    has(&warnings, &["row 3, column region: region `chin`"]);
    has(&warnings, &["row 4, column arm: subject S01, view left is in arm `control` here and in arm `pen` in row 3"]);
    assert_eq!(warnings.len(), 4, "{warnings:?}");
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
fn the_day_may_come_from_exif() {
    let bench = Bench::new(&["plain.jpg"]);
    bench.put("dated.jpg", jpeg_with_time("2024:02:29 23:59:58"));
    let (study, findings) = bench.study("photo,subject\ndated.jpg,S\nplain.jpg,T\n", "");
    assert_eq!((study.shots[0].day, study.shots[0].day_source), (Day::from_ymd(2024, 2, 29), DaySource::Exif));
    assert_eq!((study.shots[1].day, study.shots[1].day_source), (None, DaySource::Unknown));
    has(&findings.lines(Level::Note), &["1 of 2 photos has no day"]);
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
