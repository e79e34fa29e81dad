//! Plugs: what a request passes before its handler or live page (`Plug` of Elixir).
//!
//! A plug is an asynchronous function of the request's [`Conn`]. It reads the request, leaves what it found in the assigns, and returns: nothing, and the
//! request goes on; or a response, and the request ends there, so that later plugs and the handler never run.
//!
//! ```
//! use liveview_core::{Conn, Error, Pipeline, Result};
//! # struct User;
//!
//! async fn require_user(conn: Conn) -> Result<()> {
//!     if conn.assigned::<User>().is_some() {
//!         return Ok(());
//!     }
//!     Err(Error::redirect("/log-in"))
//! }
//!
//! let members = Pipeline::new("members").plug(require_user);
//! ```
//!
//! Plugs stand in a [`Pipeline`], beside Tower's layers. They run after a route was found, in the order in which they are written.

mod accepts;
mod actions;
mod body;
mod content_security_policy;
mod csrf;
mod flash;
mod layout;
mod outcome;
mod pipeline;
mod secure_headers;
mod session;

use std::future::Future;
use std::ops::ControlFlow;

use axum::response::Response;
use futures_util::future::BoxFuture;

pub use accepts::accepts;
pub use actions::{except, only};
pub use body::{body_limit, parse_body, parse_body_of};
pub use content_security_policy::ContentSecurityPolicy;
pub use csrf::{csrf, csrf_or_forget};
pub use flash::flash;
pub(crate) use layout::AppLayout;
pub use layout::put_layout;
pub use outcome::{Halt, IntoPlugOutcome};
pub use pipeline::Pipeline;
pub(crate) use pipeline::Step;
pub use secure_headers::{secure_headers, secure_headers_with};
pub use session::session;

pub use crate::controller::Format;

use crate::Conn;

/// What a pipeline is made of. Implemented for `async fn(Conn) -> T` where `T` is an [outcome](IntoPlugOutcome).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a plug",
    note = "a plug is `async fn(conn: Conn)` that returns `()`, `Result<(), E>` or `Option<R>`, where `E` and `R` are responses"
)]
pub trait Plug: Send + Sync + 'static {
    /// Goes on, or ends the request with this response.
    fn call(&self, conn: Conn) -> BoxFuture<'static, ControlFlow<Response>>;
}

impl<F, Fut> Plug for F
where
    F: Fn(Conn) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: IntoPlugOutcome> + Send + 'static,
{
    fn call(&self, conn: Conn) -> BoxFuture<'static, ControlFlow<Response>> {
        let outcome = self(conn);
        Box::pin(async move { outcome.await.into_plug_outcome() })
    }
}
