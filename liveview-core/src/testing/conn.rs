//! Requests without a socket (`Phoenix.ConnTest`): through the whole endpoint, with cookies kept between them as a browser keeps them.

mod cookies;
mod request;
mod response;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::header::{COOKIE, HOST};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};

use self::cookies::Cookies;
pub use self::request::{FormPart, TestRequest};
pub use self::response::TestResponse;
use crate::endpoint::{Endpoint, EndpointError, Unbound};

/// A browser's side of an endpoint: it sends requests, keeps cookies and the CSRF token of the page that it saw last. Clones are the same browser.
///
/// ```
/// use liveview_core::testing::TestConn;
/// use liveview_core::{Endpoint, Json, Redirect, Router};
/// use serde_json::json;
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let router = Router::new()
///     .get("/robots", async || Json(["Ada"]))
///     .post("/robots", async || Redirect::to("/robots"));
/// let conn = TestConn::new(Endpoint::new().router(router))?;
///
/// assert_eq!(conn.get("/robots").await.json_response(200), json!(["Ada"]));
/// assert_eq!(conn.post("/robots").form([("robot[name]", "Bo")]).await.redirected_to(), "/robots");
/// let list = conn.post("/robots").follow_redirects().await;
/// assert_eq!((list.path(), list.status()), ("/robots", 200));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct TestConn(Arc<Inner>);

struct Inner {
    endpoint: Unbound,
    state: Mutex<State>,
}

/// What a browser remembers.
#[derive(Default)]
struct State {
    cookies: Cookies,
    csrf_token: Option<String>,
    headers: HeaderMap,
}

/// The host of requests that name none.
const TEST_HOST: HeaderValue = HeaderValue::from_static("www.example.com");

impl TestConn {
    /// A new browser before this endpoint, which is not listened on anywhere. To be called on a tokio runtime.
    ///
    /// # Errors
    /// When the endpoint is not usable, as [`Endpoint::start`].
    pub fn new(endpoint: Endpoint) -> Result<Self, EndpointError> {
        Ok(Self(Arc::new(Inner { endpoint: endpoint.unbound()?, state: Mutex::default() })))
    }

    /// Another browser before the same endpoint: without cookies.
    #[must_use]
    pub fn another(&self) -> Self {
        Self(Arc::new(Inner { endpoint: self.0.endpoint.clone(), state: Mutex::default() }))
    }

    /// `GET`, of a path with its query.
    pub fn get(&self, path: &str) -> TestRequest {
        self.request(Method::GET, path)
    }

    /// `HEAD`.
    pub fn head(&self, path: &str) -> TestRequest {
        self.request(Method::HEAD, path)
    }

    /// `POST`.
    pub fn post(&self, path: &str) -> TestRequest {
        self.request(Method::POST, path)
    }

    /// `PUT`.
    pub fn put(&self, path: &str) -> TestRequest {
        self.request(Method::PUT, path)
    }

    /// `PATCH`.
    pub fn patch(&self, path: &str) -> TestRequest {
        self.request(Method::PATCH, path)
    }

    /// `DELETE`.
    pub fn delete(&self, path: &str) -> TestRequest {
        self.request(Method::DELETE, path)
    }

    /// Any method.
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        TestRequest::new(self.clone(), method, path.to_owned())
    }

    /// Sends this header with every request from now on.
    ///
    /// # Panics
    /// When it is no header.
    #[track_caller]
    pub fn put_req_header(&self, name: &str, value: &str) {
        let (name, value) = header(name, value);
        self.lock().headers.insert(name, value);
    }

    /// The value of a cookie that is kept.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.lock().cookies.get(name).map(str::to_owned)
    }

    /// Keeps a cookie as if a response had set it.
    pub fn put_cookie(&self, name: &str, value: &str) {
        self.lock().cookies.put(name, value);
    }

    /// Forgets all cookies and the CSRF token.
    pub fn forget(&self) {
        let mut state = self.lock();
        (state.cookies, state.csrf_token) = (Cookies::default(), None);
    }

    /// One request, as it is.
    async fn send(&self, method: Method, path: &str, headers: HeaderMap, body: Body) -> TestResponse {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap_or_else(|error| panic!("`{path}` is no path of a URL: {error}"));
        *request.headers_mut() = self.headers(headers);
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 49_152));
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = TestResponse::read(path, self.0.endpoint.answer(request).await).await;
        self.remember(&response);
        response
    }

    fn headers(&self, own: HeaderMap) -> HeaderMap {
        let state = self.lock();
        let mut headers = state.headers.clone();
        if let Some(cookies) = state.cookies.header() {
            headers.insert(COOKIE, cookies);
        }
        headers.extend(own);
        headers.entry(HOST).or_insert(TEST_HOST);
        headers
    }

    fn remember(&self, response: &TestResponse) {
        let mut state = self.lock();
        state.cookies.read(response.headers());
        if let Some(token) = response.csrf_token() {
            state.csrf_token = Some(token);
        }
    }

    fn csrf_token(&self) -> Option<String> {
        self.lock().csrf_token.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[track_caller]
fn header(name: &str, value: &str) -> (HeaderName, HeaderValue) {
    let name: HeaderName = name.parse().unwrap_or_else(|_| panic!("`{name}` is no name of a header"));
    (name, HeaderValue::from_str(value).unwrap_or_else(|_| panic!("`{value}` is no value of a header")))
}
