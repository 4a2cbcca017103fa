//! The pages of a study: safe, self-contained, the same every time.

#![allow(clippy::unwrap_used)]

mod hand_made;

use std::collections::BTreeMap;
use std::path::Path;

use cicatrix::report::series::pseudonym::{Disguise, Key, disguised};
use cicatrix::report::series::write_pages;
use cicatrix::series::course::{Finding, Severity};
use hand_made::{Kind, about, progress, usual};

/// All pages, by their path.
fn pages(out: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for folder in ["", "subjects"] {
        for entry in std::fs::read_dir(out.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(out).unwrap().to_str().unwrap().to_owned();
                all.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    all
}

fn written(subjects: &[(String, Kind)]) -> BTreeMap<String, String> {
    let out = tempfile::tempdir().unwrap();
    let progress = progress(out.path(), subjects);
    write_pages(out.path(), &progress, &about()).unwrap();
    pages(out.path())
}

/// The text of a page without its markup and its pictures.
fn text(page: &str) -> String {
    let body = page.split("<body").nth(1).unwrap().split("<script").next().unwrap();
    let mut out = String::new();
    for part in body.split('<') {
        out.push_str(part.split_once('>').map_or("", |(_, text)| text));
    }
    out
}

#[test]
fn every_subject_has_a_page_and_is_linked() {
    let pages = written(&usual());
    let names: Vec<_> = pages.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["index.html", "subjects/S01.html", "subjects/S02.html", "subjects/S03.html", "subjects/S10.html"]
    );
    for name in &names[1..] {
        assert!(pages["index.html"].contains(&format!("href=\"{name}\"")), "{name}");
        assert!(pages[*name].contains("href=\"../index.html\""));
    }
}

#[test]
fn verdicts_are_told_in_words_with_their_error() {
    let pages = written(&usual());
    let improved = text(&pages["subjects/S01.html"]);
    assert!(improved.contains("Relief of scar size (relief_sq_mid) in region cheek fell by 1"), "{improved}");
    assert!(
        improved.contains("(95\u{a0}% interval \u{2212}")
            && improved.contains("unchanged skin would stay within \u{2212}")
    );
    assert!(improved.contains("improved.") && improved.contains("is subtracted."));
    let softer = text(&pages["subjects/S03.html"]);
    assert!(
        softer.contains("is not told, because the light is softer or harder; untreated skin changed the same way.")
    );
    assert!(
        !softer.contains("Relief of scar size (relief_sq_mid) in region cheek fell by 1"),
        "a withheld change has no figure"
    );
    // The withheld visit stays in the table of values, without a change.
    let index = &pages["index.html"];
    let row = |id: &str| {
        index.split(&format!("subjects/{id}.html\"")).nth(1).unwrap().split("</tr>").next().unwrap().to_owned()
    };
    assert!(row("S01").contains("data-verdict=\"better\""));
    assert!(!row("S02").contains("data-verdict=\"better\"") && row("S02").contains("data-verdict=\"within\""));
    assert!(row("S03").contains("data-verdict=\"withheld\""));
    assert!(!row("S10").contains("data-verdict=\"within\"") && row("S10").contains("data-verdict=\"withheld\""));
    assert!(index.contains("4 of 117 pairs of features agree"), "failures of alignment are listed");
    assert!(index.contains("the JPEG stream ends before the last row"), "failures are listed");
    assert!(index.contains("at least 7 are asked for"), "findings of courses are listed");
}

#[test]
fn findings_of_a_course_have_the_days_of_the_study() {
    let out = tempfile::tempdir().unwrap();
    // Inside, days of dates are counted from 1970-01-01; day 20000 is 2024-10-04.
    let with_finding = || {
        let mut progress = progress(out.path(), &usual());
        let message =
            "no photo from day 20100 on, 14 days after the last session: the result is not seen yet".to_owned();
        let finding = Finding { severity: Severity::Info, code: "no_late_photo", day: Some(20_007), message };
        progress.courses.push(("S01".to_owned(), finding));
        progress
    };
    let shown = |disguise: &Disguise| {
        let given = disguised(with_finding(), &about(), disguise).unwrap();
        write_pages(out.path(), &given.progress, &given.about).unwrap();
        let pages: Vec<String> = pages(out.path()).into_values().map(|page| text(&page)).collect();
        let with = |words: &str| pages.iter().filter(|page| page.contains(words)).count();
        // The page of the cohort and that of the subject.
        (with("2024-10-11") >= 2, with("no photo from 2025-01-12 on"), with("no photo from day 100 on"), with("20100"))
    };
    assert_eq!(shown(&Disguise::default()), (true, 2, 0, 0));
    let key = || Some(Key::new([7; 32]));
    assert_eq!(shown(&Disguise { key: key(), ..Disguise::default() }), (true, 2, 0, 0));
    for key in [None, key()] {
        assert_eq!(shown(&Disguise { key, days: true, ..Disguise::default() }), (false, 0, 2, 0));
        for (name, page) in pages(out.path()) {
            assert!(!text(&page).contains("2024-") && !text(&page).contains("2025-"), "{name}");
        }
    }
}

#[test]
fn nothing_is_fetched_and_the_policy_names_style_and_script_alone() {
    use base64::Engine as _;
    use sha2::{Digest, Sha256};
    for (name, page) in written(&usual()) {
        for bad in [
            "http://",
            "https://",
            "//cdn",
            "url(",
            "@import",
            "<link",
            "<iframe",
            "<object",
            "srcset",
            "unsafe",
            " style=\"",
            " onclick",
            " onload",
        ] {
            assert!(!page.contains(bad), "{name}: {bad}");
        }
        for source in page.split(" src=\"").skip(1) {
            assert!(source.starts_with("data:image/jpeg;base64,"), "{name}: {}", &source[..40]);
        }
        assert!(page.contains("default-src 'none'") && page.contains("<html lang=\"en\">"));
        for (tag, directive) in [("style", "style-src"), ("script", "script-src")] {
            let parts: Vec<_> = page.split(&format!("<{tag}>")).collect();
            assert_eq!(parts.len(), 2, "{name}: one {tag}");
            let body = parts[1].split(&format!("</{tag}>")).next().unwrap();
            let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(body));
            assert!(page.contains(&format!("{directive} 'sha256-{hash}'")), "{name}: {tag}");
        }
        for bad in ["NaN", ">inf", "-inf"] {
            assert!(!text(&page).contains(bad), "{name}: {bad}");
        }
    }
}

#[test]
fn hostile_names_and_notes_are_text() {
    let hostile = "../../<script>alert(1)</script>\"onload='x'\u{202e}";
    let out = tempfile::tempdir().unwrap();
    let mut progress =
        progress(out.path(), &[(hostile.to_owned(), Kind::Improving), ("..".to_owned(), Kind::SofterLight)]);
    for shot in &mut progress.study.shots {
        shot.notes = format!("</dd><img src=x onerror=alert(2)>{hostile}");
        shot.view = "<b>left</b>".to_owned();
    }
    for row in &mut progress.rows {
        row.place.view = "<b>left</b>".to_owned();
        row.place.region = format!("<i>{}</i>", row.place.region);
        row.arm = "<svg onload=alert(3)>".to_owned();
    }
    for lesion in &mut progress.lesions {
        lesion.place.view = "<b>left</b>".to_owned();
        lesion.place.region = "<u>r</u>".to_owned();
    }
    for session in &mut progress.study.sessions {
        session.solution = "<script>alert(4)</script>".to_owned();
        session.notes = "</td><script>alert(5)</script>".to_owned();
        session.adverse.push(("<q>".to_owned(), cicatrix::series::study::Adverse::Present(true)));
    }
    progress.grades[0].grade = "<em>ECCA</em>".to_owned();
    for group in &mut progress.groups {
        group.arm = "<svg onload=alert(6)>".to_owned();
    }
    let mut about = about();
    about.config_toml = "</pre><script>alert(7)</script>".to_owned();
    write_pages(out.path(), &progress, &about).unwrap();
    let pages = pages(out.path());
    assert_eq!(pages.len(), 3, "{:?}", pages.keys());
    for (name, page) in &pages {
        assert_eq!(page.matches("<script").count(), 1, "{name}");
        for bad in
            ["<img src=x", "<b>left", "<i>cheek", "<svg onload", "<u>r", "<q>", "<em>ECCA", "\u{202e}", "onload='x'"]
        {
            assert!(!page.contains(bad), "{name}: {bad}");
        }
        let stem = name.trim_start_matches("subjects/").trim_end_matches(".html");
        assert!(stem.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')), "{name}");
    }
    // Nothing was written outside the two folders.
    assert!(!out.path().parent().unwrap().join("index.html").exists());
}

#[test]
fn the_same_study_gives_the_same_bytes() {
    let (once, again) = (written(&usual()), written(&usual()));
    assert!(once == again);
}

#[test]
fn pages_of_an_earlier_study_go_and_files_of_others_stay() {
    let out = tempfile::tempdir().unwrap();
    let mut progress = progress(out.path(), &usual());
    write_pages(out.path(), &progress, &about()).unwrap();
    std::fs::write(out.path().join("subjects/notes.html"), "<p>mine</p>").unwrap();
    progress.study.subjects[0].id = "3f9a".to_owned();
    write_pages(out.path(), &progress, &about()).unwrap();
    let names: Vec<_> = pages(out.path()).into_keys().collect();
    assert!(!names.contains(&"subjects/S01.html".to_owned()), "a replaced name is gone: {names:?}");
    assert!(names.contains(&"subjects/3f9a.html".to_owned()) && names.contains(&"subjects/notes.html".to_owned()));
}

#[test]
fn paper_has_a_style_of_its_own() {
    let page = &written(&usual())["subjects/S01.html"];
    let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let print = style.split("@media print").nth(2).unwrap();
    assert!(style.contains("@page { size: A4;"), "of all pages");
    assert!(print.contains(".after .frame { clip-path: none; }"), "the slider prints side by side");
    assert!(style.contains("prefers-color-scheme: dark") && style.contains(":focus-visible"));
}

#[test]
fn without_a_script_before_and_after_are_there() {
    let page = &written(&usual())["subjects/S01.html"];
    let markup = page.split("<body").nth(1).unwrap().split("<script").next().unwrap();
    let panes: Vec<_> = markup.split("<figure class=\"pane ").skip(1).collect();
    assert_eq!(panes.len(), 4);
    for pane in &panes {
        assert!(!pane.split('>').next().unwrap().contains("hidden"));
        let photo = pane.split("<img data-layer=\"photo\"").nth(1).unwrap().split('>').next().unwrap();
        assert!(!photo.contains("hidden") && photo.contains("alt=\"photo, Visit "));
    }
    assert!(panes.iter().all(|p| p.contains("data-laid=\"yes\"")), "all lie over the first one");
    let other = &written(&usual())["subjects/S10.html"];
    assert_eq!(other.matches("data-laid=\"no\"").count(), 1, "only the last one does not");
    // What needs the script is not shown without it.
    assert!(markup.contains("<form class=\"controls\" hidden>") && markup.contains("<div class=\"slide\" hidden>"));
    assert!(markup.contains("<input type=\"range\"") && markup.contains("aria-label=\"Boundary"));
    assert!(
        markup.contains("aria-label=\"Scale bar of 20 mm\""),
        "0.05 mm per pixel, two of them a picture's, 560 wide"
    );
}

#[test]
fn a_study_without_anything_has_its_pages() {
    let out = tempfile::tempdir().unwrap();
    let mut progress = progress(out.path(), &usual());
    (progress.readings, progress.rows, progress.trends, progress.lesions) = (vec![], vec![], vec![], vec![]);
    (progress.groups, progress.differences, progress.grades) = (vec![], vec![], vec![]);
    progress.yardsticks.clear();
    write_pages(out.path(), &progress, &about()).unwrap();
    let pages = pages(out.path());
    assert!(pages["subjects/S01.html"].contains("There is no later visit to compare"));
    assert!(pages["index.html"].contains("No change is told of any subject"));
}

#[test]
fn a_picture_that_is_not_there_is_told_and_none_is_read_from_elsewhere() {
    let out = tempfile::tempdir().unwrap();
    let mut progress = progress(out.path(), &usual());
    std::fs::write(out.path().parent().unwrap().join("cicatrix-elsewhere.jpg"), "secret of elsewhere").unwrap();
    progress.readings[2].pictures.photo = Some("pictures/missing.jpg".into());
    progress.readings[4].pictures.photo = Some("../cicatrix-elsewhere.jpg".into());
    write_pages(out.path(), &progress, &about()).unwrap();
    std::fs::remove_file(out.path().parent().unwrap().join("cicatrix-elsewhere.jpg")).unwrap();
    let page = &pages(out.path())["subjects/S01.html"];
    assert_eq!(page.matches("A picture could not be read.").count(), 2);
    use base64::Engine as _;
    assert!(!page.contains(&base64::engine::general_purpose::STANDARD.encode("secret of elsewhere")));
}
