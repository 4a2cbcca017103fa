//! Layouts of data sets that many people have.
//!
//! A layout says which of its columns are a photo, a subject and so on; all others are carried along. Few layouts were
//! made for follow-up: what one lacks is said when it is read. Two photos of which nothing says that they show the same
//! skin never become repeat shots, so where a layout has no subject or no lesion the photo stands for it.

use super::columns::{Mapping, ShotColumn, normalized};
use super::finding::{Notebook, shown};
use super::sheet::Sheet;

/// Names that a role may have, the likeliest first.
type Names = &'static [&'static str];

/// A layout.
#[derive(Debug)]
pub(super) struct Preset {
    name: &'static str,
    /// Columns of a photo and its view; several where a row has several photos.
    photos: &'static [(Names, Names)],
    roles: &'static [(ShotColumn, Names)],
    /// The photo stands for a subject or view that a row leaves empty.
    pub(super) own_subject: bool,
    pub(super) own_view: bool,
    /// Cells that mean "not known".
    pub(super) unknown: Names,
    /// What the layout lacks.
    pub(super) lacks: &'static str,
}

const PRESETS: &[Preset] = &[
    Preset {
        name: "pad-ufes-20",
        photos: &[(&["img_id"], &["lesion_id"])],
        roles: &[(ShotColumn::Subject, &["patient_id"])],
        own_subject: false,
        own_view: true,
        unknown: &["UNK", "nan"],
        lacks: "PAD-UFES-20 has no dates: photos of one lesion count as repeat shots of one visit, and no change is computed",
    },
    Preset {
        name: "isic",
        photos: &[(&["isic_id", "image_id", "image_name", "image"], &["lesion_id"])],
        roles: &[(ShotColumn::Subject, &["patient_id"]), (ShotColumn::Day, &["acquisition_day"])],
        own_subject: true,
        own_view: true,
        unknown: &["NA"],
        lacks: "the ISIC tables name lesions and days of few photos: a photo without a patient is its own subject, one without a lesion its own view",
    },
    Preset {
        name: "fitzpatrick17k",
        photos: &[(&["md5hash"], &[])],
        roles: &[],
        own_subject: true,
        own_view: true,
        unknown: &["-1"],
        lacks: "Fitzpatrick17k has neither subjects nor dates: every photo is its own subject, and no change is computed",
    },
    Preset {
        name: "scin",
        photos: &[
            (&["image_1_path"], &["image_1_shot_type"]),
            (&["image_2_path"], &["image_2_shot_type"]),
            (&["image_3_path"], &["image_3_shot_type"]),
        ],
        roles: &[(ShotColumn::Subject, &["case_id"])],
        own_subject: false,
        own_view: true,
        unknown: &[],
        lacks: "SCIN has cases of one day each: no change is computed",
    },
    Preset {
        name: "roboflow",
        photos: &[(&["filename"], &[])],
        roles: &[],
        own_subject: true,
        own_view: true,
        unknown: &[],
        lacks: "class tables of Roboflow have neither subjects nor dates, and may hold altered copies of one photo: every photo is its own subject, and no change is computed",
    },
    Preset {
        name: "acne04-v2",
        photos: &[(&["file_name"], &[])],
        roles: &[],
        own_subject: true,
        own_view: true,
        unknown: &[],
        lacks: "ACNE04 has neither subjects nor dates: every photo is its own subject, and no change is computed; its circles are counted, not measured",
    },
];

/// Names of the layouts.
pub fn names() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|p| p.name)
}

/// The layout of that name.
pub(super) fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|p| p.name == name)
}

impl Preset {
    /// Where the columns are, once per photo of a row. The configuration wins over the layout.
    pub(super) fn mappings(
        &self,
        sheet: &Sheet,
        named: &std::collections::BTreeMap<ShotColumn, String>,
        book: &mut Notebook<'_>,
    ) -> Vec<Mapping<ShotColumn>> {
        let at = |names: Names| names.iter().find_map(|n| sheet.header.iter().position(|h| normalized(h) == *n));
        let mut shared: Vec<(ShotColumn, usize)> = Vec::new();
        for (role, names) in self.roles {
            shared.extend(at(names).map(|i| (*role, i)));
        }
        for (role, name) in named {
            match sheet.header.iter().position(|h| h == name.trim() || normalized(h) == normalized(name)) {
                Some(i) => {
                    shared.retain(|(r, _)| r != role);
                    shared.push((*role, i));
                }
                None => {
                    let message = format!(
                        "no column `{}`, which {} of [study.columns] names; the columns are {}",
                        shown(name),
                        role_name(*role),
                        sheet.columns()
                    );
                    book.mistake("column_missing", 1, "", message);
                }
            }
        }
        let given = |role: ShotColumn| shared.iter().any(|(r, _)| *r == role);
        if given(ShotColumn::Photo) {
            return vec![Mapping::new(shared, sheet.header.len())];
        }
        let mut all = Vec::new();
        for (photo, view) in self.photos {
            let Some(photo) = at(photo) else { continue };
            let mut places = shared.clone();
            places.push((ShotColumn::Photo, photo));
            if !given(ShotColumn::View) {
                places.extend(at(view).map(|i| (ShotColumn::View, i)));
            }
            all.push(Mapping::new(places, sheet.header.len()));
        }
        let wanted: Vec<_> = self.photos.iter().flat_map(|(photo, _)| photo.iter().copied()).collect();
        if all.is_empty() {
            let message = format!(
                "the layout {} has its photos in {}; the columns here are {}: is it this layout?",
                self.name,
                wanted.join(" or "),
                sheet.columns()
            );
            book.mistake("column_missing", 1, "", message);
        }
        let subject = self.roles.iter().find(|(role, _)| *role == ShotColumn::Subject);
        if let (Some((_, names)), false, false) = (subject, self.own_subject, given(ShotColumn::Subject)) {
            let message = format!(
                "the layout {} has its subjects in {}; the columns here are {}",
                self.name,
                names.join(" or "),
                sheet.columns()
            );
            book.mistake("column_missing", 1, "", message);
        }
        all
    }

    /// True for the layout of a JSON file.
    pub(super) fn is_json(&self) -> bool {
        self.name == "acne04-v2"
    }
}

fn role_name(role: ShotColumn) -> &'static str {
    use super::columns::Role as _;
    role.name()
}

/// ACNE04 version 2: images, and circles around what was seen on them. The circles are counted by class.
pub(super) fn sheet_of_json(bytes: &[u8], book: &mut Notebook<'_>) -> Option<Sheet> {
    #[derive(serde::Deserialize)]
    struct Image {
        id: u64,
        file_name: String,
    }
    #[derive(serde::Deserialize)]
    struct Circle {
        image_id: u64,
        class_name: String,
    }
    #[derive(serde::Deserialize)]
    struct File {
        images: Vec<Image>,
        #[serde(default)]
        annotations: Vec<Circle>,
    }
    let file: File = match serde_json::from_slice(bytes) {
        Ok(file) => file,
        Err(error) => {
            book.mistake(
                "json",
                0,
                "",
                format!("{error}; the layout acne04-v2 is a JSON file with `images` and `annotations`"),
            );
            return None;
        }
    };
    let mut classes: Vec<&str> = file.annotations.iter().map(|a| a.class_name.as_str()).collect();
    classes.sort_unstable();
    classes.dedup();
    let mut counts: std::collections::BTreeMap<(u64, &str), u64> = std::collections::BTreeMap::new();
    for circle in &file.annotations {
        *counts.entry((circle.image_id, circle.class_name.as_str())).or_default() += 1;
    }
    let mut header = vec!["file_name".to_owned(), "id".to_owned()];
    header.extend(classes.iter().map(|c| format!("{c}_count")));
    let rows = file.images.iter().enumerate().map(|(i, image)| {
        let own = classes.iter().map(|c| counts.get(&(image.id, *c)).copied().unwrap_or(0).to_string());
        let cells = [image.file_name.clone(), image.id.to_string()].into_iter().chain(own).collect();
        super::sheet::Row::new(i as u64 + 2, cells)
    });
    Some(Sheet { rows: rows.collect(), header })
}
