//! What a socket tells a view that it takes (`get_connect_params`, `get_connect_info` of `Phoenix.LiveView`).

use std::net::SocketAddr;

use serde_json::{Map, Value};

use crate::Uri;

/// The socket's own facts and the page's parameters, at the moment when a socket took the view.
#[derive(Debug, Clone, Default)]
pub struct Connect {
    pub(crate) params: Map<String, Value>,
    pub(crate) uri: Option<Uri>,
    pub(crate) peer_addr: Option<SocketAddr>,
    pub(crate) user_agent: Option<String>,
    pub(crate) x_headers: Vec<(String, String)>,
}

impl Connect {
    /// What the page's `params` function gave at this join, with `_mounts`; without the CSRF token.
    pub fn params(&self) -> &Map<String, Value> {
        &self.params
    }

    /// The page's whole URL, as the browser knows it.
    pub fn uri(&self) -> Option<&Uri> {
        self.uri.as_ref()
    }

    /// The URL of the view from which the page navigated to this one.
    pub fn live_referer(&self) -> Option<&str> {
        self.params.get("_live_referer").and_then(Value::as_str)
    }

    /// How often this page has joined before: 0 at first, one more at each rejoin.
    pub fn mounts(&self) -> u64 {
        self.params.get("_mounts").and_then(Value::as_u64).unwrap_or(0)
    }

    /// The other end of the socket.
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        self.peer_addr
    }

    /// The browser's `User-Agent`.
    pub fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_deref()
    }

    /// The request's headers whose names begin with `x-`, in lower case.
    pub fn x_headers(&self) -> &[(String, String)] {
        &self.x_headers
    }
}
