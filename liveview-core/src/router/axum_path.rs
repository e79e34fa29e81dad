//! Route paths in Phoenix's writing, and in that of axum and matchit.

/// `/robots/:id/*rest` as `/robots/{id}/{*rest}`. Braces in the path itself are doubled.
pub(crate) fn axum_path(path: &str) -> String {
    let segment = |segment: &str| match segment.split_at_checked(1) {
        Some((":", name)) => format!("{{{name}}}"),
        Some(("*", name)) => format!("{{*{name}}}"),
        _ => segment.replace('{', "{{").replace('}', "}}"),
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::axum_path;

    #[test]
    fn parameters_and_rests_are_rewritten() {
        assert_eq!(axum_path("/"), "/");
        assert_eq!(axum_path("/robots/:id/missions/*rest"), "/robots/{id}/missions/{*rest}");
        assert_eq!(axum_path("/a{b}"), "/a{{b}}");
    }
}
