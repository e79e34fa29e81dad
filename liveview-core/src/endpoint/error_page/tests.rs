use axum::body::to_bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::response::{IntoResponse as _, Response};
use dioxus::prelude::*;
use serde_json::{Value, json};

use super::{Asked, ErrorPage, ErrorPages, Failure, refuse};
use crate::controller::Format;
use crate::elements as dioxus_elements;
use crate::panics::watch;
use crate::{Error, Params};

struct Request {
    uri: Uri,
    headers: HeaderMap,
    format: Option<Format>,
    params: Params,
}

fn request(uri: &'static str, headers: &[(&'static str, &'static str)]) -> Request {
    let header =
        |(name, value): &(&'static str, &'static str)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    Request {
        uri: Uri::from_static(uri),
        headers: headers.iter().map(header).collect(),
        format: None,
        params: Params::from_iter([("name", "Ada"), ("password", "hush")]),
    }
}

async fn answer(pages: &ErrorPages, request: &Request, response: Response) -> (u16, String, String) {
    let asked = Asked {
        method: &Method::GET,
        uri: &request.uri,
        headers: &request.headers,
        format: request.format.clone(),
        params: Some(&request.params),
        request_id: Some("01234567890123456789"),
    };
    let response = pages.finish(&asked, response);
    let content_type = response.headers()["content-type"].to_str().expect("a text").to_owned();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    (status, content_type, String::from_utf8(body.into()).expect("a text"))
}

fn missing() -> Response {
    Error::not_found("robot 7 of the secret fleet").into_response()
}

#[tokio::test]
async fn a_failure_is_shown_in_the_format_that_is_asked_for_and_leaks_nothing() {
    let pages = ErrorPages::default();
    let json = [("accept", "application/json")];
    for (request, content_type, body) in [
        (request("/x", &[]), "text/html", "<h1>404 Not Found</h1>"),
        (request("/x", &[("accept", "image/png")]), "text/html", "<h1>404 Not Found</h1>"),
        (request("/x", &json), "application/json", r#"{"errors":{"detail":"Not Found"}}"#),
        (request("/x?_format=json", &[]), "application/json", r#"{"errors":{"detail":"Not Found"}}"#),
        (request("/x", &[("accept", "text/plain")]), "text/plain", "Not Found\n"),
        (Request { format: Some(Format::new("json")), ..request("/x", &[]) }, "application/json", "Not Found"),
    ] {
        let answer = answer(&pages, &request, missing()).await;
        assert_eq!(answer.0, 404);
        assert!(answer.1.starts_with(content_type) && answer.2.contains(body), "{answer:?}");
        assert!(!answer.2.contains("secret fleet"), "{}", answer.2);
    }
}

#[tokio::test]
async fn an_application_has_its_own_pages_and_a_broken_one_falls_back() {
    fn html(page: ErrorPage) -> Element {
        assert_ne!(page.status, 500, "no page for this one");
        rsx! { body { h1 { "Lost at {page.path}" } p { {page.request_id} } } }
    }
    let pages =
        ErrorPages { html: Some(html), json: Some(|page| json!({ "code": page.status })), ..ErrorPages::default() };
    let page = answer(&pages, &request("/x", &[]), missing()).await.2;
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\"><body><h1>Lost at /x</h1>"), "{page}");
    assert!(page.contains("01234567890123456789"));
    let json = answer(&pages, &request("/x", &[("accept", "application/json")]), missing()).await.2;
    assert_eq!(json, r#"{"code":404}"#);
    let broken = answer(&pages, &request("/x", &[]), Error::msg("x").into_response()).await;
    assert!(broken.0 == 500 && broken.2.contains("500 Internal Server Error"), "{broken:?}");
}

#[tokio::test]
async fn developers_see_causes_source_and_request_without_secrets() {
    let pages = ErrorPages { is_debug: true, ..ErrorPages::default() };
    let asked = request("/robots?page=2", &[("cookie", "session=abc"), ("user-agent", "tests")]);
    let (status, _, page) = answer(&pages, &asked, missing()).await;
    assert_eq!(status, 404);
    for shown in [
        "robot 7 of the secret fleet",
        "Error::not_found(&quot;robot 7 of",
        "error_page/tests.rs:",
        "GET /robots",
        "Ada",
        "user-agent",
        "01234567890123456789",
    ] {
        let unescaped = shown.replace("&quot;", "\"");
        assert!(page.contains(shown) || page.contains(&unescaped), "{shown} is not in {page}");
    }
    assert!(!page.contains("hush") && !page.contains("session=abc"), "{page}");
}

#[tokio::test]
async fn the_page_for_developers_works_under_its_own_policy() {
    let pages = ErrorPages { is_debug: true, ..ErrorPages::default() };
    let asked = request("/", &[]);
    let asked = Asked {
        method: &Method::GET,
        uri: &asked.uri,
        headers: &asked.headers,
        format: None,
        params: None,
        request_id: None,
    };
    let response = pages.finish(&asked, missing());
    let policy = response.headers()["content-security-policy"].to_str().expect("a text").to_owned();
    let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    let page = String::from_utf8(body.into()).expect("a text");
    let style = page.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).expect("a style").0;
    let digest = crate::base64(&<sha2::Sha256 as sha2::Digest>::digest(style));
    assert!(policy.contains(&format!("style-src 'sha256-{digest}'")), "{policy}");
    assert!(!page.contains("<script") && !page.contains(" style="), "{page}");
}

#[tokio::test]
async fn a_panic_is_shown_to_developers_only() {
    let panic = || {
        let panic = watch::<()>(|| panic!("in the reactor")).result.expect_err("a panic");
        super::cause::Failed::from(panic).into_response()
    };
    let (status, _, page) = answer(&ErrorPages::default(), &request("/", &[]), panic()).await;
    assert!(status == 500 && !page.contains("reactor"), "{page}");
    let pages = ErrorPages { is_debug: true, ..ErrorPages::default() };
    let json = answer(&pages, &request("/", &[("accept", "application/json")]), panic()).await.2;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["errors"]["chain"], json!(["in the reactor"]));
    let text = answer(&pages, &request("/", &[("accept", "text/plain")]), panic()).await.2;
    assert!(text.contains("in the reactor\nat ") && text.contains("error_page/tests.rs:"), "{text}");
}

#[tokio::test]
async fn errors_of_others_have_the_status_that_the_application_gives_them() {
    #[derive(Debug, thiserror::Error)]
    #[error("gone")]
    struct Gone;

    let mut pages = ErrorPages::default();
    pages.statuses.insert(|_: &Gone| 410);
    let asked = request("/", &[]);
    assert_eq!(answer(&pages, &asked, Error::from(Gone).into_response()).await.0, 410);
    assert_eq!(answer(&pages, &asked, Error::from(Gone).with_status(404).into_response()).await.0, 404);
    assert_eq!(answer(&pages, &asked, Error::from(std::fmt::Error).into_response()).await.0, 500);
    pages.statuses.insert(|_: &Gone| 200);
    assert_eq!(answer(&pages, &asked, Error::from(Gone).into_response()).await.0, 500);
}

#[test]
fn other_answers_are_left_alone_and_a_failure_outside_says_its_status() {
    let asked = request("/", &[]);
    let asked = Asked {
        method: &Method::GET,
        uri: &asked.uri,
        headers: &asked.headers,
        format: None,
        params: None,
        request_id: None,
    };
    let response = ErrorPages::default().finish(&asked, (axum::http::StatusCode::NOT_FOUND, "mine").into_response());
    assert!(response.extensions().get::<Failure>().is_none());
    assert_eq!(refuse(axum::http::StatusCode::NOT_FOUND, "").status(), 404);
}

#[tokio::test]
async fn who_makes_an_error_page_may_panic_and_ours_is_shown() {
    let mut pages = ErrorPages { json: Some(|_| -> Value { panic!("as this test wants") }), ..ErrorPages::default() };
    pages.statuses.insert(|_: &std::num::ParseIntError| -> u16 { panic!("as this test wants") });
    let failed = Error::from("x".parse::<u8>().expect_err("no number")).into_response();
    let (status, _, body) = answer(&pages, &request("/", &[("accept", "application/json")]), failed).await;
    assert_eq!((status, &*body), (500, r#"{"errors":{"detail":"Internal Server Error"}}"#));
}
