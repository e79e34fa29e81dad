//! Who connects.

use std::any::Any;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use futures_util::future::BoxFuture;

use super::refused::Refused;
use super::registry::Transport;
use crate::host::Host;
use crate::{Params, PubSub, Session};

/// A connection with an identity, which all of its channels share (`Phoenix.Socket`).
///
/// ```
/// use liveview_core::channel::{Refused, Socket, SocketConnect};
///
/// struct DeviceSocket { robot: i64 }
///
/// impl Socket for DeviceSocket {
///     async fn connect(cx: &mut SocketConnect) -> Result<Self, Refused> {
///         // A token that only we can have signed, no older than a day.
///         let token = cx.token().ok_or_else(Refused::unauthorized)?;
///         let robot = robot_of(token).ok_or_else(Refused::unauthorized)?;
///         Ok(Self { robot })
///     }
///
///     fn id(&self) -> Option<String> {
///         Some(format!("robots:{}", self.robot))
///     }
/// }
/// # fn robot_of(_: &str) -> Option<i64> { None }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no socket",
    note = "implement `Socket` for it: its `connect` says who may connect"
)]
pub trait Socket: Sized + Send + Sync + 'static {
    /// Lets a client connect, or not. Asked once for each connection, before it is opened.
    fn connect(cx: &mut SocketConnect) -> impl Future<Output = Result<Self, Refused>> + Send;

    /// A name that several sockets may share: [`session::disconnect`](crate::session::disconnect) closes all that have it, on all nodes. Their clients come
    /// back, and are asked anew.
    fn id(&self) -> Option<String> {
        None
    }

    /// The answer to a client that may not connect. Default: 403, with the refusal's payload as JSON.
    fn refused(refused: &Refused) -> Response {
        let body = refused.payload().as_json().unwrap_or("{}").to_owned();
        (StatusCode::FORBIDDEN, [(CONTENT_TYPE, "application/json")], body).into_response()
    }
}

/// The socket of whoever comes: that of channels that are written without a `socket` block, at `/socket`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anyone;

impl Socket for Anyone {
    async fn connect(_: &mut SocketConnect) -> Result<Self, Refused> {
        Ok(Self)
    }
}

/// What is known of a client that connects.
pub struct SocketConnect {
    pub(crate) host: Arc<Host>,
    pub(crate) request: ConnectRequest,
}

/// Read from the request by a transport.
#[derive(Default)]
pub(crate) struct ConnectRequest {
    pub(crate) transport: Transport,
    pub(crate) params: Params,
    pub(crate) token: Option<String>,
    pub(crate) peer_addr: Option<SocketAddr>,
    pub(crate) user_agent: Option<String>,
    pub(crate) x_headers: Vec<(String, String)>,
    pub(crate) session: Option<Session>,
}

impl SocketConnect {
    /// The parameters of the URL, as the client's `params` gave them. Secrets do not belong there, for URLs are logged: see [`token`](Self::token).
    pub fn params(&self) -> &Params {
        &self.request.params
    }

    /// The token that the client sent outside of the URL: `authToken` of `phoenix.js`, or `Authorization: Bearer …`. Verify it by a
    /// [`Signer`](crate::session::Signer) with an age.
    pub fn token(&self) -> Option<&str> {
        self.request.token.as_deref()
    }

    /// The browser's session, if the client proves by the parameter `_csrf_token` that it is a page of ours.
    pub fn session(&self) -> Option<&Session> {
        self.request.session.as_ref()
    }

    /// The other end of the connection.
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        self.request.peer_addr
    }

    /// What the client calls itself.
    pub fn user_agent(&self) -> Option<&str> {
        self.request.user_agent.as_deref()
    }

    /// The headers that begin with `x-`, by their names in lower case.
    pub fn x_headers(&self) -> &[(String, String)] {
        &self.request.x_headers
    }

    /// What carries the client's frames.
    pub fn transport(&self) -> Transport {
        self.request.transport
    }

    /// What [`crate::Endpoint::state`] was given.
    ///
    /// # Panics
    /// When it was given no `T`.
    #[track_caller]
    pub fn state<T: Any + Send + Sync>(&self) -> &T {
        self.host.states.expect()
    }

    /// The endpoint's pubsub.
    pub fn pubsub(&self) -> &PubSub {
        &self.host.pubsub
    }
}

impl std::fmt::Debug for SocketConnect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SocketConnect").field("peer_addr", &self.peer_addr()).finish_non_exhaustive()
    }
}

/// A socket's value, of whatever type, and its name.
pub(crate) struct Identity {
    pub(crate) socket: Arc<dyn Any + Send + Sync>,
    pub(crate) id: Option<Box<str>>,
}

/// `connect` of a type that is known here and forgotten behind.
pub(crate) fn connect<S: Socket>(cx: &mut SocketConnect) -> BoxFuture<'_, Result<Identity, Refused>> {
    Box::pin(async {
        let socket = S::connect(cx).await?;
        let id = socket.id().map(Into::into);
        Ok(Identity { socket: Arc::new(socket), id })
    })
}
