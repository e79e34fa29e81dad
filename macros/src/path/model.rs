//! What a `path!` says, once it is understood.

use syn::{Expr, LitStr, Path};

/// A path to a route, with a query.
pub(super) struct VerifiedPath {
    /// The router's type; `Routes`, where none is named.
    pub(super) router: Option<Path>,
    /// What comes before paths that the router has behind it.
    pub(super) under: Option<Template>,
    pub(super) template: Template,
    pub(super) query: Vec<(LitStr, Expr)>,
    /// `..params`
    pub(super) others: Option<Expr>,
}

/// `/robots/{robot}/log#line-{line}`
pub(super) struct Template {
    pub(super) literal: LitStr,
    pub(super) segments: Vec<Vec<Part>>,
    pub(super) fragment: Vec<Part>,
}

/// A piece of a segment.
pub(super) enum Part {
    Text(String),
    /// `{robot.id}`
    Value(Expr),
    /// `{parts..}`: as many segments as it has.
    Values(Expr),
}

impl Template {
    /// What is compared with routes: `/robots/{}/{..}`.
    pub(super) fn shape(&self) -> String {
        let mut shape = String::new();
        for segment in &self.segments {
            shape.push('/');
            for part in segment {
                shape.push_str(match part {
                    Part::Text(text) => text,
                    Part::Value(_) => "{}",
                    Part::Values(_) => "{..}",
                });
            }
        }
        if shape.is_empty() { "/".to_owned() } else { shape }
    }
}
