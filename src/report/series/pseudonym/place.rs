//! Where a file lies, links followed, and whether two paths are one file.

use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};

/// The path without links and without `..`; it need not be there yet.
///
/// # Errors
/// When the current folder is not known.
pub fn real(path: &Path) -> Result<PathBuf> {
    let full = std::path::absolute(path).map_err(|e| Error::read(path, e))?;
    let mut found = PathBuf::new();
    for part in full.components() {
        match part {
            Component::ParentDir => {
                found.pop();
            }
            Component::CurDir => {}
            other => {
                found.push(other);
                if let Ok(canonical) = found.canonicalize() {
                    found = canonical;
                }
            }
        }
    }
    Ok(found)
}

/// Does `path` lie in `folder`, links followed? Neither needs to be there yet.
pub(super) fn is_inside(path: &Path, folder: &Path) -> Result<bool> {
    Ok(real(path)?.starts_with(real(folder)?))
}

/// Are both one file, through links of either kind?
pub(super) fn is_same(a: &Path, b: &Path) -> Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if let (Ok(a), Ok(b)) = (std::fs::metadata(a), std::fs::metadata(b))
            && (a.dev(), a.ino()) == (b.dev(), b.ino())
        {
            return Ok(true);
        }
    }
    Ok(real(a)? == real(b)?)
}

/// Is something at `path`? A link to nothing, and a path whose folder is not there, are errors: nothing could be made there.
pub(super) fn is_there(path: &Path) -> Result<bool> {
    let link = std::fs::symlink_metadata(path);
    match (std::fs::metadata(path), link) {
        (Ok(_), _) => Ok(true),
        (Err(e), Ok(_)) if e.kind() == std::io::ErrorKind::NotFound => {
            Err(Error::config("this is a link to a file that is not there; name the file itself").at(path))
        }
        (Err(e), _) if e.kind() == std::io::ErrorKind::NotFound => {
            let folder = real(path)?.parent().map(Path::to_owned).unwrap_or_default();
            if path.file_name().is_some() && folder.is_dir() {
                return Ok(false);
            }
            Err(Error::config("the folder of this file is not there; make it, or name another file").at(path))
        }
        (Err(e), _) => Err(Error::read(path, e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_before_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for (path, expected) in [("a/b", "a/b"), ("a/../b", "b"), ("./a/./b/", "a/b"), ("new/../a/..", "")] {
            assert_eq!(real(&folder.path().join(path)).unwrap(), root.join(expected), "{path}");
        }
        assert!(is_inside(&root.join("a/b"), &root.join("x/../a")).unwrap());
        assert!(!is_inside(&root.join("ab"), &root.join("a")).unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("file"), "x").unwrap();
        std::fs::hard_link(at("file"), at("hard")).unwrap();
        std::os::unix::fs::symlink(at("file"), at("soft")).unwrap();
        std::os::unix::fs::symlink(at("nothing"), at("loose")).unwrap();
        assert!(is_same(&at("file"), &at("hard")).unwrap() && is_same(&at("soft"), &at("hard")).unwrap());
        assert!(!is_same(&at("file"), &at("nothing")).unwrap());
        assert!(is_there(&at("soft")).unwrap() && !is_there(&at("nothing")).unwrap());
        assert!(is_there(&at("loose")).is_err() && is_there(&at("no/file")).is_err());
    }
}
