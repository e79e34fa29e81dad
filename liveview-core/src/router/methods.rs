//! The methods that a route answers to.

use std::fmt;

use axum::http::Method;

/// One method or all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Methods {
    All,
    One(Method),
}

impl Methods {
    /// A route of `GET` answers to `HEAD`, too.
    pub(crate) fn contains(&self, method: &Method) -> bool {
        match self {
            Self::All => true,
            Self::One(Method::GET) => *method == Method::GET || *method == Method::HEAD,
            Self::One(own) => own == method,
        }
    }

    /// Whether a route with these leaves nothing to a later one with `other`.
    pub(super) fn cover(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::One(_), Self::All) => false,
            (own, Self::One(method)) => own.contains(method),
        }
    }

    /// Their names, as `Allow` lists them. All methods have none to list.
    pub(crate) fn names(&self) -> Vec<&str> {
        match self {
            Self::All => Vec::new(),
            Self::One(Method::GET) => vec!["GET", "HEAD"],
            Self::One(method) => vec![method.as_str()],
        }
    }
}

impl fmt::Display for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::One(method) => f.write_str(method.as_str()),
        }
    }
}
