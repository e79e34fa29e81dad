//! Why a request failed, on its way to the page that says so.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Asked;
use crate::controller::Redirect;
use crate::panics::Panic;
use crate::render::static_page::StaticPageError;
use crate::{Error, ErrorPage};

/// What happened.
#[derive(Debug)]
pub(crate) enum Cause {
    /// A handler, a plug or an extractor said so.
    Error(Error),
    /// One of them panicked.
    Panic(Panic),
    /// A page was not rendered.
    Render(String),
    /// The endpoint refused the request; the text is for the log.
    Refused(String),
}

/// A failed response's extension.
#[derive(Clone, Debug)]
pub(crate) struct Failure(pub(crate) Arc<Cause>);

/// A failure and its status, as a response.
pub(crate) struct Failed {
    cause: Cause,
    status: StatusCode,
}

impl Failure {
    #[allow(clippy::new_ret_no_self, reason = "the extension is made of the response's cause")]
    pub(crate) fn new(cause: Cause, status: StatusCode) -> Failed {
        Failed { cause, status }
    }
}

impl Failure {
    /// The texts of the causes, outermost first.
    pub(crate) fn text(&self) -> String {
        self.0.chain().join(": ")
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.status.canonical_reason().unwrap_or("Error")).into_response();
        response.extensions_mut().insert(Failure(Arc::new(self.cause)));
        response
    }
}

/// A redirect, or an [error page](ErrorPage) with the error's status.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Some(to) = self.redirect_to() {
            return Redirect::to(to).with_status(self.status()).into_response();
        }
        let status = StatusCode::from_u16(self.status()).ok().filter(|status| is_failure(*status));
        Failure::new(Cause::Error(self), status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)).into_response()
    }
}

/// 400 to 599: an error never looks like a success.
pub(super) fn is_failure(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

impl From<Panic> for Failed {
    fn from(panic: Panic) -> Self {
        Failure::new(Cause::Panic(panic), StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<StaticPageError> for Failed {
    fn from(error: StaticPageError) -> Self {
        let cause = match error {
            StaticPageError::Panicked(panic) => Cause::Panic(panic),
            failed @ StaticPageError::Failed(_) => Cause::Render(failed.to_string()),
        };
        Failure::new(cause, StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl Cause {
    /// Whether there is more to show to a developer than the status.
    pub(super) fn is_telling(&self) -> bool {
        match self {
            Self::Refused(why) => !why.is_empty(),
            Self::Error(_) | Self::Panic(_) | Self::Render(_) => true,
        }
    }

    /// The texts of the error and its causes, outermost first.
    pub(super) fn chain(&self) -> Vec<String> {
        match self {
            Self::Error(error) => error.chain().collect(),
            Self::Panic(panic) => vec![panic.message.clone()],
            Self::Render(text) | Self::Refused(text) => vec![text.clone()],
        }
    }

    /// File and line of the user's that it came from, as the compiler names them.
    pub(super) fn place(&self) -> Option<(&str, u32)> {
        match self {
            Self::Error(error) => Some((error.location().file(), error.location().line())),
            Self::Panic(panic) => panic.place.as_ref().map(|(file, line)| (file.as_str(), *line)),
            Self::Render(_) | Self::Refused(_) => None,
        }
    }

    pub(super) fn backtrace(&self) -> Option<String> {
        match self {
            Self::Panic(panic) => panic.backtrace.as_ref().map(ToString::to_string),
            _ => None,
        }
    }

    /// What the program did wrong is an error in the log, what the client did only in its details.
    pub(super) fn log(&self, status: StatusCode, asked: &Asked<'_>) {
        let (status, method, path) = (status.as_u16(), asked.method, asked.uri.path());
        let error = self.chain().join(": ");
        let place = self.place().map(|(file, line)| format!("{file}:{line}")).unwrap_or_default();
        if status >= 500 {
            tracing::error!(status, %method, path, error, place, "a request failed");
        } else {
            tracing::debug!(status, %method, path, error, place, "a request was refused");
        }
    }
}

impl ErrorPage {
    /// The status and its reason: `404 Not Found`.
    pub fn title(&self) -> String {
        format!("{} {}", self.status, self.reason)
    }
}
