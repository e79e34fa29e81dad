//! One connection from its first byte to its last: which protocol, how long it may wait, and requests in the form that handlers expect.
//!
//! A request reaches its handler in origin form, with the path and query as its URI and the `Host` header that counts (RFC 9112, 3.2; RFC 9113, 8.3.1), and
//! with [`ConnectInfo`] of its peer. What has no host, or two, is answered 400.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::HOST;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Request, StatusCode, Uri, Version};
use axum::response::Response;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::SlowBody;
use super::stream::Stream;
use crate::endpoint::error_page::refuse;
use crate::endpoint::forwarded::Scheme;
use crate::endpoint::headers::add_missing;
use crate::endpoint::{self, front};
use crate::host::Limits;

/// The most bytes of a request's head, and of what hyper gathers before it writes.
const MAX_HEAD: usize = 64 * 1024;
/// Requests at a time on one HTTP/2 connection.
const MAX_STREAMS: u32 = 100;
/// The most bytes that wait on one HTTP/2 stream for a peer that does not read.
const MAX_SEND_BUFFER: usize = 64 * 1024;
/// How long a connection that has had no request yet is waited for when the server stops: whoever has just connected has its request on the way, and would be told nothing but that the
/// connection is closed. It comes a round trip later, which on a bad mobile network takes this long.
const FIRST_REQUEST: Duration = Duration::from_millis(500);
/// After so long without a word, an HTTP/2 peer is asked whether it is still there, and has as long to answer.
const PING: Duration = Duration::from_secs(20);

/// What all connections of a listener have.
pub(super) struct Shared {
    pub(super) endpoint: Arc<endpoint::shared::Shared>,
    pub(super) limits: Limits,
    pub(super) shutdown: CancellationToken,
}

/// How a connection came in.
#[derive(Clone, Copy)]
pub(super) struct Via {
    pub(super) peer: SocketAddr,
    pub(super) tls: bool,
}

/// Serves it to its end.
pub(super) async fn serve(stream: Stream, via: Via, shared: Arc<Shared>) {
    let is_decided = stream.is_decided();
    let (requests, busy) = (Arc::new(AtomicU64::new(0)), Arc::new(()));
    let service = {
        let (shared, requests, busy) = (shared.clone(), requests.clone(), busy.clone());
        service_fn(move |request: Request<Incoming>| {
            requests.fetch_add(1, Ordering::Relaxed);
            let (busy, shared) = (busy.clone(), shared.clone());
            // Not boxed: hyper has a place for the future of one request after the other.
            async move {
                let answered = match prepare(request, via, &shared.limits) {
                    Ok(request) => front::answer(shared.endpoint.clone(), request).await,
                    Err(refusal) => refusal,
                };
                drop(busy);
                Ok::<_, Infallible>(answered)
            }
        })
    };
    let builder = builder(&shared.limits);
    let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
    // In a set that asks only those which have been woken: a request wakes this task several times.
    let mut calls = FuturesUnordered::new();
    calls.push(wait(Call::Shutdown, &shared, Duration::ZERO));
    calls.push(wait(Call::Look, &shared, shared.limits.header_read_timeout));
    let (mut seen, mut is_closing) = (None, false);
    loop {
        // Either arm may be dropped: the connection is polled again, and the set keeps what it waits for.
        let call = tokio::select! {
            biased;
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(error, peer = %via.peer, "a connection broke");
                }
                return;
            }
            Some(call) = calls.next() => call,
        };
        match call {
            Call::Shutdown if requests.load(Ordering::Relaxed) == 0 => {
                calls.push(wait(Call::Close, &shared, FIRST_REQUEST));
            }
            Call::Shutdown | Call::Close if !is_closing => {
                is_closing = true;
                connection.as_mut().graceful_shutdown();
            }
            Call::Shutdown | Call::Close => {}
            Call::Look => {
                if !is_decided.load(Ordering::Relaxed) {
                    tracing::debug!(peer = %via.peer, "a connection said nothing");
                    return;
                }
                // One for this task and one for the service; the others are requests that are being answered.
                let count = Some(requests.load(Ordering::Relaxed));
                let is_idle = seen == count && Arc::strong_count(&busy) <= 2;
                if is_idle && !is_closing {
                    is_closing = true;
                    connection.as_mut().graceful_shutdown();
                }
                seen = count;
                calls.push(wait(Call::Look, &shared, shared.limits.keep_alive_timeout));
            }
        }
    }
}

/// What else a connection's task wakes for.
#[derive(Clone, Copy)]
enum Call {
    /// The server stops.
    Shutdown,
    /// It has stopped a moment ago.
    Close,
    /// It is time to look what the peer does.
    Look,
}

async fn wait(call: Call, shared: &Shared, time: Duration) -> Call {
    match call {
        Call::Shutdown => shared.shutdown.cancelled().await,
        Call::Close | Call::Look => sleep(time).await,
    }
    call
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.header_read_timeout).max_buf_size(MAX_HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(u32::try_from(MAX_HEAD).unwrap_or(u32::MAX))
        .max_send_buf_size(MAX_SEND_BUFFER);
    builder
}

/// The request as handlers expect it.
#[allow(clippy::result_large_err, reason = "made once for a request, and answered as it is")]
fn prepare(request: Request<Incoming>, via: Via, limits: &Limits) -> Result<Request<Body>, Response> {
    let mut request = request.map(|body| {
        if body.is_end_stream() { Body::empty() } else { Body::new(SlowBody::new(body, limits.body_timeout)) }
    });
    request.extensions_mut().insert(ConnectInfo(via.peer));
    if via.tls {
        request.extensions_mut().insert(Scheme::Https);
    }
    match origin_form(&mut request) {
        Ok(()) => Ok(request),
        Err(why) => {
            tracing::debug!(peer = %via.peer, why, "a request was refused");
            let mut response = refuse(StatusCode::BAD_REQUEST, why);
            add_missing(&mut response);
            Err(response)
        }
    }
}

/// Moves the authority of the URI into `Host`, where it wins over what is there.
///
/// # Errors
/// When a request says no host, or more than one.
fn origin_form<B>(request: &mut Request<B>) -> Result<(), &'static str> {
    if let Some(authority) = request.uri().authority() {
        let host = authority.as_str().rsplit_once('@').map_or(authority.as_str(), |(_, host)| host);
        let host = HeaderValue::from_str(host).map_err(|_| "the host is no header value")?;
        request.headers_mut().insert(HOST, host);
        // `CONNECT` has no path, and no handler either.
        let path = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        *request.uri_mut() = Uri::from(path);
    }
    let mut hosts = request.headers().get_all(HOST).into_iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), None) => Ok(()),
        (None, _) if request.version() == Version::HTTP_10 => Ok(()),
        (None, _) => Err("no host"),
        (Some(_), Some(_)) => Err("more than one host"),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{Request, Version};

    use super::origin_form;

    fn request(uri: &str, version: Version, hosts: &[&str]) -> Request<()> {
        let builder = Request::builder().uri(uri).version(version);
        hosts.iter().fold(builder, |builder, host| builder.header("host", *host)).body(()).expect("a request")
    }

    #[test]
    fn the_authority_of_the_target_is_the_host() {
        for (uri, hosts) in
            [("http://a.example:8080/x?y", &["b.example"][..]), ("https://ada:1@a.example:8080/x?y", &[])]
        {
            let mut request = request(uri, Version::HTTP_2, hosts);
            assert_eq!(origin_form(&mut request), Ok(()));
            assert_eq!(request.uri(), "/x?y");
            assert_eq!(request.headers()["host"], "a.example:8080");
        }
    }

    #[test]
    fn a_request_has_one_host() {
        assert_eq!(origin_form(&mut request("/x", Version::HTTP_11, &["a.example"])), Ok(()));
        assert!(origin_form(&mut request("/x", Version::HTTP_11, &[])).is_err());
        assert!(origin_form(&mut request("/x", Version::HTTP_11, &["a.example", "b.example"])).is_err());
        assert_eq!(origin_form(&mut request("/x", Version::HTTP_10, &[])), Ok(()));
    }
}
