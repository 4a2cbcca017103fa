//! Which mask belongs to which photo.
//!
//! A mask lies beside its photo and is named like it with `_mask` or `_segmentation` behind the stem, or it lies in a
//! folder of masks under the photo's relative path or stem, with or without such a suffix.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::candidate;
use super::discover::{Files, Item, escaped, name_of};

/// Folder and stem: what a photo and its mask have in common.
fn stem_of(path: &Path) -> (PathBuf, String) {
    let stem = path.file_stem().map_or_else(String::new, escaped);
    (path.parent().unwrap_or(Path::new("")).to_owned(), stem)
}

/// Takes the masks out of `files`; they come back by the photo they belong to.
pub(super) fn split_masks(files: Files) -> (Files, BTreeMap<PathBuf, Vec<PathBuf>>) {
    let stems: BTreeSet<(PathBuf, String)> = files.keys().map(|path| stem_of(path)).collect();
    let mut masks: BTreeMap<(PathBuf, String), Vec<PathBuf>> = BTreeMap::new();
    let mut photos = Files::new();
    for (path, trouble) in files {
        let (folder, stem) = stem_of(&path);
        let owner = candidate::masked_stem(&stem).map(|photo| (folder, photo.to_owned()));
        match owner.filter(|owner| stems.contains(owner)) {
            Some(owner) => masks.entry(owner).or_default().push(path),
            None => {
                photos.insert(path, trouble);
            }
        }
    }
    let mut pairs = BTreeMap::new();
    for path in photos.keys() {
        let own = masks.get(&stem_of(path)).cloned().unwrap_or_else(|| masks_beside(path));
        if !own.is_empty() {
            pairs.insert(path.clone(), own);
        }
    }
    (photos, pairs)
}

/// The masks beside a photo that was given alone.
fn masks_beside(photo: &Path) -> Vec<PathBuf> {
    let Some(stem) = photo.file_stem() else { return Vec::new() };
    let mut masks = Vec::new();
    for suffix in candidate::MASK_SUFFIXES {
        for extension in candidate::MASK_EXTENSIONS {
            let mut name = stem.to_owned();
            name.push(suffix);
            name.push(".");
            name.push(extension);
            let path = photo.with_file_name(name);
            if path.is_file() {
                masks.push(path);
            }
        }
    }
    masks
}

/// Gives every photo its mask of `folder`: by relative path, else by a stem that only one mask has. Returns the rest.
pub(super) fn pair_from_folder(folder: &Path, items: &mut [Item]) -> Vec<PathBuf> {
    let mut by_path: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let mut by_stem: BTreeMap<String, BTreeSet<PathBuf>> = BTreeMap::new();
    let files =
        WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter().filter_map(std::result::Result::ok);
    for path in files.filter(|e| e.file_type().is_file()).map(DirEntry::into_path) {
        let known =
            path.extension().is_some_and(|e| candidate::MASK_EXTENSIONS.iter().any(|k| e.eq_ignore_ascii_case(k)));
        let hidden = path.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(b"."));
        if !known || hidden {
            continue;
        }
        let (_, stem) = stem_of(&path);
        let relative = name_of(&path.strip_prefix(folder).unwrap_or(&path).with_extension(""));
        for photo in [Some(stem.as_str()), candidate::masked_stem(&stem)].into_iter().flatten() {
            let place = format!("{}{photo}", relative.strip_suffix(stem.as_str()).unwrap_or_default());
            by_path.entry(place).or_default().push(path.clone());
            by_stem.entry(photo.to_owned()).or_default().insert(path.clone());
        }
    }
    let mut used = BTreeSet::new();
    for item in items.iter_mut().filter(|item| item.trouble.is_none()) {
        let (_, stem) = stem_of(&item.path);
        let place = item.name.rsplit_once('/').map_or_else(|| stem.clone(), |(folder, _)| format!("{folder}/{stem}"));
        let exact = by_path.get(&place).cloned().unwrap_or_default();
        let masks = if exact.is_empty() {
            by_stem.get(&stem).map(|set| set.iter().cloned().collect()).unwrap_or_default()
        } else {
            exact
        };
        item.masks = masks.into_iter().filter(|mask| *mask != item.path).collect();
        used.extend(item.masks.iter().cloned());
    }
    let all: BTreeSet<PathBuf> = by_stem.into_values().flatten().collect();
    all.difference(&used).cloned().collect()
}
