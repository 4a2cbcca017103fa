//! Names of the files of subjects.
//!
//! A subject's name is whatever a study calls it; a file's name must neither leave its folder nor need quoting, on any
//! system. What is plain stays as it is; anything else keeps its plain letters and gets the beginning of its SHA-256, so
//! that two odd names never share a file.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

/// Letters of a plain name at most.
const LONGEST: usize = 48;

/// One file name for every subject, none twice, whether or not a file system tells capitals from small letters.
pub(super) fn names<'a>(subjects: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut names = Vec::new();
    for id in subjects {
        let mut name = if is_plain(id) { id.to_owned() } else { told_apart(id, 8) };
        let mut letters = 8;
        while !taken.insert(name.to_lowercase()) {
            letters = (letters + 8).min(64);
            name = told_apart(id, letters);
            if letters == 64 && taken.contains(&name.to_lowercase()) {
                // The same subject twice cannot be; a number keeps even that apart.
                name = format!("{name}-{}", names.len());
            }
        }
        names.push(format!("{name}.html"));
    }
    names
}

fn is_plain(id: &str) -> bool {
    let letters = id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    // Names that mean a device to one system.
    let device = ["con", "prn", "aux", "nul"].contains(&id.to_lowercase().as_str())
        || (id.len() == 4 && (id.to_lowercase().starts_with("com") || id.to_lowercase().starts_with("lpt")));
    letters && !id.is_empty() && id.len() <= LONGEST && !id.starts_with('-') && !device
}

fn told_apart(id: &str, letters: usize) -> String {
    let mut plain = String::new();
    for c in id.chars().take(24) {
        let c = if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        if !(c == '_' && plain.ends_with('_')) {
            plain.push(c);
        }
    }
    let hash: String = Sha256::digest(id).iter().map(|b| format!("{b:02x}")).collect();
    let plain = plain.trim_matches(['_', '-']);
    format!("{}_{}", if plain.is_empty() { "subject" } else { plain }, &hash[..letters])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stay() {
        assert_eq!(names(["S01", "P_2-b"].into_iter()), ["S01.html", "P_2-b.html"]);
    }

    #[test]
    fn odd_names_stay_in_their_folder_and_apart() {
        let odd = [
            "../../etc/passwd",
            "a/b",
            "a\\b",
            "a:b",
            "",
            ".",
            "..",
            "con",
            "COM1",
            "s01",
            "S01",
            "<b>",
            "%2e%2e",
            "é",
            "è",
        ];
        let long = "x".repeat(300);
        let all = names(odd.into_iter().chain([long.as_str()]));
        for (id, name) in odd.iter().zip(&all) {
            let stem = name.strip_suffix(".html").expect("a page");
            assert!(stem.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')), "{id}: {name}");
            assert!((1..=90).contains(&stem.len()) && !stem.starts_with('-'), "{id}: {name}");
        }
        let folded: BTreeSet<String> = all.iter().map(|n| n.to_lowercase()).collect();
        assert_eq!(folded.len(), all.len(), "{all:?}");
        assert!(!all.iter().any(|n| n == "con.html" || n == "COM1.html"));
    }
}
