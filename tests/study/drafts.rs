//! Layouts of data sets, drafts of a folder, the configuration of a clinic.

use std::fs;

use cicatrix::series::study::{Level, StudyConfig, draft, load};

use crate::bench::{Bench, check, has};
use crate::common::run;

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
        &["1 of 1 photo is not below"],
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
