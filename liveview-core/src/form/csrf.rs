//! The token that a form needs which the browser itself posts.

use std::sync::Arc;

use crate::session::{Session, csrf};

/// A CSRF token, as a context of the page: [`super::components::FormFor`] puts it into forms that have an `action`. Live views have
/// one; whoever renders another page gives it one by `provide_context`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsrfToken(Arc<str>);

impl CsrfToken {
    /// A token that was made for this browser's session.
    pub fn new(token: impl Into<Arc<str>>) -> Self {
        Self(token.into())
    }

    /// A token for a page of this session; none if the session has no secret to make one of.
    pub(crate) fn of(session: &Session) -> Option<Self> {
        csrf::existing(session).map(Self::new)
    }

    /// The token.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
