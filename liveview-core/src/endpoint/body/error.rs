//! What can be wrong with the body of a request.

use std::time::Duration;

use axum::response::{IntoResponse, Response};

use crate::params::ParamsError;

/// Why a body is not read or not understood. As an [`Error`](crate::Error), and as a response, it has the status that is named here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BodyError {
    /// More bytes than [`Limits::max_body_size`](crate::Limits::max_body_size), or than the route allows: 413.
    #[error("the request's body is larger than {limit} bytes")]
    TooLarge {
        /// The most bytes.
        limit: usize,
    },
    /// For too long nothing came: 408.
    #[error("nothing of the request's body came for {limit:?}")]
    TooSlow {
        /// The longest wait.
        limit: Duration,
    },
    /// Not what its content type says: 400.
    #[error("the request's body is no valid {0}")]
    Malformed(String),
    /// Parameters that make no sense: 400.
    #[error(transparent)]
    Params(#[from] ParamsError),
    /// A content type that the route does not take: 415.
    #[error("this route takes no body of the type `{content_type}`")]
    Unsupported {
        /// What was sent.
        content_type: String,
    },
    /// The connection broke: 400.
    #[error("the request's body ended early: {0}")]
    Broken(String),
    /// A mistake of the program: the body was streamed, or its parts are in files, and cannot be read again. 500.
    #[error("the request's body was read already")]
    AlreadyRead,
    /// A file cannot be written: 500.
    #[error("an uploaded file cannot be kept: {0}")]
    Store(String),
}

impl BodyError {
    /// The HTTP status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::TooLarge { .. } => 413,
            Self::TooSlow { .. } => 408,
            Self::Malformed(_) | Self::Params(_) | Self::Broken(_) => 400,
            Self::Unsupported { .. } => 415,
            Self::AlreadyRead | Self::Store(_) => 500,
        }
    }
}

impl IntoResponse for BodyError {
    fn into_response(self) -> Response {
        crate::Error::from(self).into_response()
    }
}
