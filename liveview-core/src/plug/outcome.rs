//! What a plug may return.

use std::ops::ControlFlow;

use axum::response::{IntoResponse, Response};

/// Ends the request with this response (`Plug.Conn.halt/1`).
#[derive(Debug)]
pub struct Halt(pub Response);

impl Halt {
    /// Ends the request with whatever is a response.
    pub fn with(response: impl IntoResponse) -> Self {
        Self(response.into_response())
    }
}

/// What a plug may return: `()`, `Result<(), E>`, `Option<R>`, or [`Halt`]. An `Err`, a `Some` and a `Halt` end the request.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a plug may return",
    note = "a plug returns `()`, `Result<(), E>` or `Option<R>`, where `E` and `R` are responses"
)]
pub trait IntoPlugOutcome {
    /// Goes on, or ends the request with this response.
    fn into_plug_outcome(self) -> ControlFlow<Response>;
}

impl IntoPlugOutcome for () {
    fn into_plug_outcome(self) -> ControlFlow<Response> {
        ControlFlow::Continue(())
    }
}

impl IntoPlugOutcome for Halt {
    fn into_plug_outcome(self) -> ControlFlow<Response> {
        ControlFlow::Break(self.0)
    }
}

impl IntoResponse for Halt {
    fn into_response(self) -> Response {
        self.0
    }
}

impl<T: IntoPlugOutcome, E: IntoResponse> IntoPlugOutcome for Result<T, E> {
    fn into_plug_outcome(self) -> ControlFlow<Response> {
        match self {
            Ok(outcome) => outcome.into_plug_outcome(),
            Err(error) => ControlFlow::Break(error.into_response()),
        }
    }
}

impl<R: IntoResponse> IntoPlugOutcome for Option<R> {
    fn into_plug_outcome(self) -> ControlFlow<Response> {
        self.map_or(ControlFlow::Continue(()), |response| ControlFlow::Break(response.into_response()))
    }
}

impl<R: IntoResponse> IntoPlugOutcome for ControlFlow<R> {
    fn into_plug_outcome(self) -> ControlFlow<Response> {
        self.map_break(IntoResponse::into_response)
    }
}
