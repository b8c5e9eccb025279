//! What a configuration may name that was found and not named.
//!
//! Owns this one boundary: a file that somebody put into a folder must not have files outside
//! that folder read or replaced. Links are followed before it is judged.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// True if `path` leads to a regular file below `folder`, wherever its links lead, or means
/// standard input or output. A file that is not there yet counts by the folder that it would
/// be in.
pub(super) fn is_below(folder: &Path, path: &Path) -> bool {
    if path == Path::new("-") {
        return true;
    }
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let (Ok(folder), Some(path)) = (fs::canonicalize(folder), real(path)) else {
        return false;
    };
    let is_other = fs::metadata(&path).is_ok_and(|found| !found.is_file());
    path.starts_with(&folder) && path != folder && !is_other
}

/// Where `path` leads; `None` if that is not certain, as with a link to nothing.
fn real(path: &Path) -> Option<PathBuf> {
    if let Ok(real) = fs::canonicalize(path) {
        return Some(real);
    }
    if fs::symlink_metadata(path).is_ok() {
        return None;
    }
    let Some(Component::Normal(name)) = path.components().next_back() else {
        return None;
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    Some(real(folder)?.join(name))
}
