use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};

use super::{BodyError, RequestBody, peek};
use crate::Limits;

fn limits() -> Limits {
    Limits { max_body_size: 1_000, body_timeout: Duration::from_secs(5), ..Limits::default() }
}

fn headers(content_type: &str) -> HeaderMap {
    HeaderMap::from_iter([(axum::http::header::CONTENT_TYPE, HeaderValue::from_str(content_type).expect("a header"))])
}

fn body(content_type: &str, text: impl Into<Bytes>) -> RequestBody {
    // In two chunks, as sockets give them.
    let mut whole: Bytes = text.into();
    let first = whole.split_to(whole.len() / 2);
    let chunks = stream::iter([Ok::<_, std::io::Error>(first), Ok(whole)]);
    RequestBody::new(&headers(content_type), Body::from_stream(chunks), &limits())
}

async fn params(body: &RequestBody) -> Result<Value, BodyError> {
    Ok(body.parsed().await?.params.clone().into())
}

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=b";

fn part(disposition: &str, content: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
}

#[tokio::test]
async fn forms_and_json_become_parameters_and_other_types_pass() {
    assert_eq!(params(&body(FORM, "a[b][]=1&a[b][]=2")).await, Ok(json!({ "a": { "b": ["1", "2"] } })));
    let json = body("application/json; charset=utf-8", r#"{"n": 1, "l": [true]}"#);
    assert_eq!(params(&json).await, Ok(json!({ "n": "1", "l": ["true"] })));
    assert_eq!(params(&body("application/vnd.api+json", "{}")).await, Ok(json!({})));
    assert_eq!(params(&body("application/json", "[1, 2]")).await, Ok(json!({ "_json": ["1", "2"] })));
    assert_eq!(params(&body("application/json", "")).await, Ok(json!({})));
    let other = body("application/octet-stream", "\0\u{1}");
    assert_eq!(params(&other).await, Ok(json!({})));
    assert_eq!(to_bytes(other.lazy(), 100).await.expect("still there"), "\0\u{1}");
}

#[tokio::test]
async fn what_cannot_be_read_has_a_status() {
    let status = async |content_type: &str, text: &'static [u8]| {
        params(&body(content_type, text)).await.expect_err("unreadable").status()
    };
    assert_eq!(status("application/json", b"{").await, 400);
    assert_eq!(status("application/json", b"\"\xff\"").await, 400);
    assert_eq!(status(FORM, b"a=%ff").await, 400);
    assert_eq!(status(FORM, b"a=\xff").await, 400);
    assert_eq!(status("multipart/form-data", b"x").await, 400);
    assert_eq!(status(MULTIPART, b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nno end").await, 400);
    assert_eq!(status(MULTIPART, b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--b--").await, 400);
    assert_eq!(status(FORM, &[b'a'; 1_001]).await, 413);
    assert_eq!(status(MULTIPART, part("name=\"a\"", &"x".repeat(1_000)).leak().as_bytes()).await, 413);
}

#[tokio::test]
async fn a_body_that_says_that_it_is_too_large_is_not_read() {
    let mut headers = headers(FORM);
    headers.insert("content-length", HeaderValue::from_static("1001"));
    let unread = stream::once(async { panic!("read") as Result<Bytes, std::io::Error> });
    let body = RequestBody::new(&headers, Body::from_stream(unread), &limits());
    assert_eq!(body.parsed().await.expect_err("too large"), BodyError::TooLarge { limit: 1_000 });
    assert_eq!(body.parsed().await.expect_err("still").status(), 413);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let silent = stream::pending::<Result<Bytes, std::io::Error>>();
    let impatient = Limits { body_timeout: Duration::ZERO, ..limits() };
    let body = RequestBody::new(&headers(FORM), Body::from_stream(silent), &impatient);
    assert_eq!(body.parsed().await.expect_err("too slow").status(), 408);
}

#[tokio::test]
async fn files_of_a_form_are_on_disk_until_the_last_handle_is_gone() {
    let text = [
        part("name=\"robot[name]\"", "Ada ä"),
        part("name=\"robot[maps][]\"; filename=\"../a.png\"\r\nContent-Type: image/png", "first"),
        part("name=\"robot[maps][]\"; filename=\"b.png\"", ""),
        part("name=\"none\"; filename=\"\"", ""),
        "--b--\r\n".to_owned(),
    ];
    let body = body(MULTIPART, text.concat());
    let parsed = body.parsed().await.expect("a form");
    assert_eq!(Value::from(parsed.params.clone()), json!({ "robot": { "name": "Ada ä" } }));
    let maps = parsed.uploads.list("robot[maps][]").to_vec();
    assert_eq!((maps.len(), parsed.uploads.iter().count()), (2, 2));
    assert_eq!((maps[0].filename(), maps[0].content_type(), maps[0].size()), ("a.png", Some("image/png"), 5));
    assert_eq!(std::fs::read(maps[0].path()).expect("a file"), b"first");
    assert!(parsed.uploads.get("none").is_none());

    let paths: Vec<_> = maps.iter().map(|map| map.path().to_owned()).collect();
    let kept = maps[0].clone();
    drop((parsed, body, maps));
    assert!(kept.path().exists() && !paths[1].exists());
    let folder = tempfile::tempdir().expect("a folder");
    kept.persist(folder.path().join("map")).await.expect("moved");
    drop(kept);
    assert_eq!(std::fs::read(folder.path().join("map")).expect("a file"), b"first");
    assert!(!paths[0].exists());
}

#[tokio::test]
async fn the_bytes_are_there_after_parsing_and_parameters_after_the_bytes() {
    let body = body(FORM, "a=1");
    assert_eq!(body.bytes().await.expect("bytes"), "a=1");
    assert_eq!(params(&body).await, Ok(json!({ "a": "1" })));
    assert_eq!(to_bytes(body.lazy(), 100).await.expect("bytes"), "a=1");
    assert_eq!(body.bytes().await.expect("bytes"), "a=1");
}

#[tokio::test]
async fn a_body_is_streamed_only_once() {
    let body = body("text/plain", "abc");
    assert_eq!(to_bytes(body.lazy(), 100).await.expect("bytes"), "abc");
    assert_eq!(body.bytes().await, Err(BodyError::AlreadyRead));
    assert!(to_bytes(body.lazy(), 100).await.is_err());
}

#[tokio::test]
async fn a_peek_takes_nothing_away() {
    let form = body(FORM, "_method=put&a=1");
    assert_eq!(peek(&form, "_method").await, Ok(Some("put".to_owned())));
    assert_eq!(params(&form).await, Ok(json!({ "_method": "put", "a": "1" })));

    let text = [part("name=\"a\"", "1"), part("name=\"_method\"", "delete"), "--b--\r\n".to_owned()].concat();
    let form = body(MULTIPART, text);
    assert_eq!(peek(&form, "_method").await, Ok(Some("delete".to_owned())));
    assert_eq!(params(&form).await, Ok(json!({ "_method": "delete", "a": "1" })));

    let large = format!("_method=put&a={}", "x".repeat(100_000));
    let form = body(FORM, large.clone());
    assert_eq!(peek(&form, "_method").await, Ok(Some("put".to_owned())));
    assert_eq!(to_bytes(form.lazy(), 200_000).await.expect("bytes"), large);

    let other = body("application/json", r#"{"_method":"put"}"#);
    assert_eq!(peek(&other, "_method").await, Ok(None));
}
