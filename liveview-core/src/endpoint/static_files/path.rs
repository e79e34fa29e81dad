//! Which paths of a URL may name a file.

use percent_encoding::percent_decode_str;

/// Why a path is not looked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PathError {
    /// A file whose name begins with a dot.
    Hidden,
    /// No path at all, or one that leads out of the folder.
    Invalid,
}

/// The first segment of a path, decoded; everything behind it is checked too.
pub(super) fn check(path: &str) -> Result<String, PathError> {
    let mut first = None;
    for (index, segment) in path.trim_start_matches('/').split('/').enumerate() {
        let segment = percent_decode_str(segment).decode_utf8().map_err(|_| PathError::Invalid)?;
        let is_odd = |c: char| matches!(c, '/' | '\\' | ':') || c.is_control();
        if segment == "." || segment == ".." || segment.contains(is_odd) {
            return Err(PathError::Invalid);
        }
        if segment.starts_with('.') && !(index == 0 && segment == ".well-known") {
            return Err(PathError::Hidden);
        }
        first.get_or_insert_with(|| segment.into_owned());
    }
    Ok(first.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{PathError, check};

    #[test]
    fn a_file_s_path_is_known_by_its_first_segment() {
        assert_eq!(check("/images/robot%20a.png"), Ok("images".to_owned()));
        assert_eq!(check("/f%C3%A4hre.css"), Ok("fähre.css".to_owned()));
        assert_eq!(check("/.well-known/security.txt"), Ok(".well-known".to_owned()));
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        for path in [
            "/../secret",
            "/a/../../secret",
            "/%2e%2e/secret",
            "/a/%2E%2e/b",
            "/..%2fsecret",
            "/a%2f..%2fb",
            "/a\\b",
            "/..%5csecret",
            "/a%00.css",
            "/%ff",
            "/c:%5cwindows",
            "/.",
            "/a%0a",
        ] {
            assert_eq!(check(path), Err(PathError::Invalid), "{path}");
        }
        for path in ["/.env", "/a/.git/config", "/%2eenv", "/a/.well-known/x"] {
            assert_eq!(check(path), Err(PathError::Hidden), "{path}");
        }
    }
}
