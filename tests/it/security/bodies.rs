//! Requests that are too large, too deep, or too many in one.

use std::fmt::Write as _;

use bennu::prelude::*;
use bennu::testing::FormPart;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::conn;
use crate::support::endpoint;
use crate::support::http::exchange;

async fn echo(params: Params) -> Json<serde_json::Value> {
    Json(params.into())
}

fn routes() -> Router {
    Router::new().post("/echo", echo).get("/echo", echo)
}

#[tokio::test]
async fn a_body_that_says_that_it_is_too_large_is_not_waited_for() {
    let server = endpoint(routes()).start().await.expect("the server starts");
    for content_type in ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let request = format!(
            "POST /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: {content_type}\r\ncontent-length: 99999999999\r\n\r\n{}",
            "a".repeat(20_000)
        );
        let mut stream = TcpStream::connect(server.addr()).await.expect("the server listens");
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.expect("an answer");
        assert_eq!(&status, b"HTTP/1.1 413", "{content_type}");
    }
}

/// A body without a length is cut off where it has become too large, and no later.
#[tokio::test]
async fn a_body_that_does_not_end_is_cut_off() {
    let mut limits = Limits::default();
    limits.max_body_size = 100_000;
    let server = endpoint(routes()).limits(limits).start().await.expect("the server starts");
    let mut stream = TcpStream::connect(server.addr()).await.expect("the server listens");
    let head = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("the server reads");
    let chunk = format!("2710\r\n{}\r\n", "1".repeat(10_000));
    let mut sent = 0;
    // Until the server no longer takes it.
    while sent < 100_000_000 && stream.write_all(chunk.as_bytes()).await.is_ok() {
        sent += 10_000;
        if sent % 1_000_000 == 0 {
            tokio::task::yield_now().await;
        }
    }
    assert!(sent < 100_000_000, "the server reads for ever");
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = endpoint(routes()).start().await.expect("the server starts");
    let long = "a".repeat(100_000);
    let many = (0..1_000).fold(String::new(), |mut many, n| {
        write!(many, "x-{n}: y\r\n").expect("a string");
        many
    });
    for (request, expected) in [
        (format!("GET /{long} HTTP/1.1\r\nhost: a\r\n\r\n"), [414, 431]),
        (format!("GET /echo HTTP/1.1\r\nhost: a\r\nx-long: {long}\r\n\r\n"), [431, 431]),
        (format!("GET /echo HTTP/1.1\r\nhost: a\r\n{many}\r\n"), [431, 431]),
        (format!("GET /echo HTTP/1.1\r\nhost: a\r\ncookie: {long}\r\n\r\n"), [431, 431]),
    ] {
        let mut stream = TcpStream::connect(server.addr()).await.expect("the server listens");
        // The server may close before it has read all of it.
        drop(stream.write_all(request.as_bytes()).await);
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer).await);
        let answer = String::from_utf8_lossy(&answer);
        let status = answer.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
        assert!(status.is_none_or(|status| expected.contains(&status)), "{}: {answer}", &request[..40]);
    }
    assert_eq!(
        exchange(server.addr(), b"GET /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.status,
        200
    );
}

#[tokio::test]
async fn parameters_are_bounded_in_number_and_depth() {
    let conn = conn(routes());
    let deep = format!("a{}=1", "[b]".repeat(10_000));
    let many = (0..200_000).map(|n| format!("a{n}=1")).collect::<Vec<_>>().join("&");
    let nested = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000));
    let objects = format!("{}1{}", "{\"a\":".repeat(200_000), "}".repeat(200_000));
    let form = "application/x-www-form-urlencoded";
    for (content_type, body) in
        [(form, deep), (form, many), ("application/json", nested), ("application/json", objects)]
    {
        let answer = conn.post("/echo").body(content_type, body).await;
        assert_eq!(answer.status(), 400, "{content_type}: {}", answer.body());
    }
    let parts = (0..20_000).map(|n| FormPart::text(&format!("a{n}"), "1"));
    let answer = conn.post("/echo").multipart(parts).await;
    assert!(answer.status() == 400 || answer.status() == 413, "{}", answer.status());
}

/// Names that mean something to a language, here and in the browser's, are names like others.
#[tokio::test]
async fn names_are_only_names() {
    let conn = conn(routes());
    let body = r#"{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}"#;
    let echoed = conn.post("/echo").body("application/json", body).await.json_response(200);
    let expected =
        serde_json::json!({ "__proto__": { "admin": "true" }, "constructor": { "prototype": { "admin": "true" } } });
    assert_eq!(echoed, expected);
}
