//! Which paths of a URL may name a file.

use axum::http::Uri;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Why a path is not looked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PathError {
    /// A file whose name begins with a dot.
    Hidden,
    /// No path at all, or one that leads out of the folder.
    Invalid,
}

/// The path of a file below the folder, from the decoded segments of the request's.
pub(super) fn uri(segments: &[String]) -> Result<Uri, PathError> {
    let mut path = String::new();
    for (index, segment) in segments.iter().enumerate() {
        let is_odd = |c: char| matches!(c, '/' | '\\' | ':') || c.is_control();
        if segment == "." || segment == ".." || segment.contains(is_odd) {
            return Err(PathError::Invalid);
        }
        if segment.starts_with('.') && !(index == 0 && segment == ".well-known") {
            return Err(PathError::Hidden);
        }
        path.push('/');
        path.extend(utf8_percent_encode(segment, NON_ALPHANUMERIC));
    }
    if path.is_empty() {
        path.push('/');
    }
    path.try_into().map_err(|_| PathError::Invalid)
}

#[cfg(test)]
mod tests {
    use super::{PathError, uri};

    fn path(segments: &[&str]) -> Result<String, PathError> {
        let segments: Vec<_> = segments.iter().map(|segment| (*segment).to_owned()).collect();
        uri(&segments).map(|uri| uri.to_string())
    }

    #[test]
    fn a_file_is_named_by_its_segments() {
        assert_eq!(path(&["images", "robot a.png"]).as_deref(), Ok("/images/robot%20a%2Epng"));
        assert_eq!(path(&[".well-known", "security.txt"]).as_deref(), Ok("/%2Ewell%2Dknown/security%2Etxt"));
        assert_eq!(path(&[]).as_deref(), Ok("/"), "the folder, which is no file");
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        for segments in [
            &["..", "secret"][..],
            &["a", "..", "..", "secret"],
            &["../secret"],
            &["a/../b"],
            &["a\\b"],
            &["..\\secret"],
            &["a\0.css"],
            &["c:", "windows"],
            &["."],
            &["a\n"],
        ] {
            assert_eq!(path(segments), Err(PathError::Invalid), "{segments:?}");
        }
        for segments in [&[".env"][..], &["a", ".git", "config"], &["a", ".well-known", "x"]] {
            assert_eq!(path(segments), Err(PathError::Hidden), "{segments:?}");
        }
    }
}
