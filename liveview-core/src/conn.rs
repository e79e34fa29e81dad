//! One request on its way through plugs to its handler or live page, and the response on its way back (`Plug.Conn`).
//!
//! [`Conn`] is a handle: cloning it is cheap, and every clone is the same request. What is set by one is seen by all. Its parts are made when they are asked
//! for: who asks for no parameters and no session pays for none.

mod body;
mod extract;
mod finish;
mod session;
mod url;

use std::any::Any;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::response::Response;

pub use extract::Assigned;
use session::SessionSlot;

use crate::endpoint::body::RequestBody;
use crate::endpoint::forwarded::Scheme;
use crate::endpoint::request_id::RequestId;
use crate::endpoint::shared::Shared;
use crate::router::{Captures, Found, RouteInfo, host_of};
use crate::session::{OriginError, cookie_value};
use crate::{Assigns, Flash, Params, PubSub};

/// A request and what has become of it so far. Clones are the same request.
///
/// Plugs are given it; a handler takes it as an axum extractor.
#[derive(Clone)]
pub struct Conn(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    id: RequestId,
    method: Method,
    uri: Uri,
    /// Copied when somebody can ask for them: before the first plug, or when a handler extracts the `Conn`.
    headers: OnceLock<HeaderMap>,
    peer_addr: Option<SocketAddr>,
    scheme: Scheme,
    body: Option<RequestBody>,
    found: Found,
    query: Params,
    assigns: OnceLock<Assigns>,
    state: Mutex<State>,
}

/// What changes. Locked for single reads and writes only, never while code of others runs.
#[derive(Default)]
struct State {
    body: Option<Params>,
    params: Option<Arc<Params>>,
    session: SessionSlot,
    /// Taken out of the session, or out of the cookie that a live view's redirect leaves, when somebody asks.
    flash: Option<Flash>,
    has_flash_cookie: bool,
    resp_headers: Vec<(HeaderName, HeaderValue)>,
    before_send: Vec<BeforeSend>,
}

type BeforeSend = Box<dyn FnOnce(&mut Response) + Send>;

impl Conn {
    /// `query` is that of the request, decoded by whoever answers 400 to a wrong one.
    pub(crate) fn new(
        shared: Arc<Shared>,
        request: &Request,
        id: RequestId,
        found: Found,
        query: Params,
        has_session: bool,
    ) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        Self(Arc::new(Inner {
            shared,
            id,
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: OnceLock::new(),
            peer_addr: peer.map(|peer| peer.0),
            scheme: request.extensions().get().copied().unwrap_or(Scheme::Http),
            body: request.extensions().get().cloned(),
            found,
            query,
            assigns: OnceLock::new(),
            state: Mutex::new(State { session: SessionSlot::new(has_session), ..State::default() }),
        }))
    }

    /// The request's method.
    pub fn method(&self) -> &Method {
        &self.0.method
    }

    /// The request's whole URI, also below a `forward`.
    pub fn uri(&self) -> &Uri {
        &self.0.uri
    }

    /// The request's headers.
    pub fn headers(&self) -> &HeaderMap {
        static NONE: OnceLock<HeaderMap> = OnceLock::new();
        // They are there for everybody who has a `Conn`: see `keep_headers`.
        self.0.headers.get().unwrap_or_else(|| NONE.get_or_init(HeaderMap::new))
    }

    /// The host that the request is for, without a port; empty when it names none.
    pub fn host(&self) -> &str {
        host_of(self.headers(), self.uri())
    }

    /// The other end of the connection.
    pub fn peer_addr(&self) -> Option<SocketAddr> {
        self.0.peer_addr
    }

    /// The request's id, which the answer's `x-request-id` and the log have, too: the one that it came with, or a new one.
    pub fn request_id(&self) -> &str {
        self.0.id.as_str()
    }

    /// The absolute URL of a path of this server (`https://fleet.example/robots/7`), as [`crate::Endpoint::public_url`] says.
    pub fn url(&self, path: impl AsRef<str>) -> String {
        self.shared().host.public_url.url(path)
    }

    /// The route that the request has found.
    pub fn route(&self) -> &RouteInfo {
        self.0.shared.routes.info(self.0.found.index)
    }

    /// The root layout of the route's pages, if it names one.
    pub(crate) fn root_layout(&self) -> Option<crate::router::Layout> {
        self.0.shared.routes.layout(self.0.found.index)
    }

    /// What [`crate::Endpoint::state`] was given: a pool, a repo, a [`Throttle`](crate::throttle::Throttle).
    ///
    /// # Panics
    /// When the endpoint was given no `T`.
    #[track_caller]
    pub fn state<T: Any + Send + Sync>(&self) -> &T {
        self.0.shared.host.states.expect()
    }

    /// The endpoint's pubsub.
    pub fn pubsub(&self) -> &PubSub {
        &self.0.shared.host.pubsub
    }

    /// All parameters: those of the path over those of the body over those of the query.
    pub fn params(&self) -> Arc<Params> {
        let mut state = self.lock();
        if let Some(params) = &state.params {
            return params.clone();
        }
        let mut params = self.0.query.clone();
        if let Some(body) = &state.body {
            params.merge(body.clone());
        }
        params.merge(self.path_params());
        state.params.insert(Arc::new(params)).clone()
    }

    /// The parameters of the query alone.
    pub fn query_params(&self) -> &Params {
        &self.0.query
    }

    /// The parameters of the path alone: `id` for `/robots/:id`.
    pub fn path_params(&self) -> Params {
        self.0.shared.routes.pattern(self.0.found.index).params(self.captures())
    }

    /// The decoded segments that the end `*rest` of the route's path took; as a parameter they are one text, joined by `/`.
    pub fn rest(&self) -> &[String] {
        &self.captures().rest
    }

    /// The name of what answers: of the handler, without its module, or the route's own (`as show`); empty where neither has one.
    pub fn action(&self) -> &'static str {
        let route = self.route();
        let handler = route.handler.split('<').next().unwrap_or_default();
        route.action.unwrap_or_else(|| handler.rsplit("::").next().unwrap_or_default())
    }

    /// The request's body; `None` where there is nothing to read.
    fn body(&self) -> Option<&RequestBody> {
        self.0.body.as_ref()
    }

    /// What the body was parsed to, unless a plug has given other parameters.
    fn set_parsed_params(&self, params: impl FnOnce() -> Params) {
        let mut state = self.lock();
        if state.body.is_none() {
            state.body = Some(params());
            state.params = None;
        }
    }

    /// What a parser has read from the request's body.
    #[allow(dead_code, reason = "for the parsers of bodies")]
    pub(crate) fn set_body_params(&self, params: Params) {
        let mut state = self.lock();
        state.body = Some(params);
        state.params = None;
    }

    /// Sets the value of type `T` in place of the one before, for later plugs, the handler, and the live view that the request mounts.
    pub fn assign<T: Any + Send + Sync>(&self, value: T) -> Arc<T> {
        self.assigns().assign(value)
    }

    /// The value of type `T`, if somebody has assigned one.
    pub fn assigned<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.0.assigns.get()?.assigned()
    }

    /// All assigns.
    pub fn assigns(&self) -> &Assigns {
        self.0.assigns.get_or_init(Assigns::new)
    }

    /// The value of a cookie of the request.
    pub fn cookie(&self, name: &str) -> Option<String> {
        cookie_value(self.headers(), name)
    }

    /// Sets a header of the response, in place of the one of that name that a handler gives it. Each `set-cookie` is one more.
    ///
    /// # Panics
    /// When `name` is no name or `value` no value of a header.
    #[track_caller]
    pub fn put_resp_header<N, V>(&self, name: N, value: V)
    where
        N: TryInto<HeaderName, Error: fmt::Debug>,
        V: TryInto<HeaderValue, Error: fmt::Debug>,
    {
        let name = name.try_into().expect("a header's name is in lower case and has no spaces");
        let value = value.try_into().expect("a header's value has no line breaks and no control characters");
        self.lock().resp_headers.push((name, value));
    }

    /// Runs `change` on the response before it is sent, after those that were registered later (`register_before_send`).
    pub fn before_send(&self, change: impl FnOnce(&mut Response) + Send + 'static) {
        self.lock().before_send.push(Box::new(change));
    }

    /// # Errors
    /// When the request comes from a page of a site that the endpoint does not allow.
    pub(crate) fn check_origin(&self) -> Result<(), OriginError> {
        self.0.shared.origins.check(self.headers())
    }

    pub(crate) fn captures(&self) -> &Captures {
        &self.0.found.captures
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0.shared
    }

    /// Copies the request's headers, for everybody who will ask.
    pub(crate) fn keep_headers(&self, headers: &HeaderMap) {
        self.0.headers.get_or_init(|| headers.clone());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every section leaves the state whole, so a panic elsewhere does no harm.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Conn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conn").field("method", self.method()).field("uri", self.uri()).finish_non_exhaustive()
    }
}
