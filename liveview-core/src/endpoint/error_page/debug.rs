//! The page for developers: the chain of causes, the lines of source, the request, the backtrace. Secrets in headers and parameters are masked.
//!
//! It works under its own Content-Security-Policy, which lets in its style by digest and nothing else.

use std::sync::LazyLock;

use axum::http::HeaderValue;
#[allow(unused_imports, reason = "what `rsx!` expands to names it in debug builds only")]
use dioxus::prelude::dioxus_signals;
use dioxus::prelude::{dioxus_core, rsx};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::actions::{ACTION_PATH, Actions, Button};
use super::source::{self, Line};
use super::{Asked, Cause, ErrorPage, HTML, JSON, TEXT, document};
use crate::controller::Format;
use crate::render::static_page;
use crate::telemetry::filter_params;
use crate::{Element, dioxus_elements};

const STYLE: &str = include_str!("debug.css");

/// Headers that let somebody in.
const SECRET_HEADERS: [&str; 4] = ["cookie", "authorization", "proxy-authorization", "x-csrf-token"];

/// The policy under which the page is shown.
pub(super) fn policy() -> HeaderValue {
    static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
        let digest = crate::base64(&Sha256::digest(STYLE));
        let policy =
            format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'self'");
        HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    });
    POLICY.clone()
}

/// What is shown, all of it owned: the page is rendered from it alone.
struct Report {
    title: String,
    chain: Vec<String>,
    place: Option<String>,
    link: Option<String>,
    lines: Vec<Line>,
    backtrace: Option<String>,
    request: String,
    request_id: String,
    headers: Vec<(String, String)>,
    params: Option<String>,
}

/// Content type and text.
pub(super) fn body(
    format: &Format,
    page: &ErrorPage,
    cause: &Cause,
    asked: &Asked<'_>,
    actions: &Actions,
) -> (&'static str, String) {
    let report = Report::new(page, cause, asked);
    match &**format {
        "json" => (JSON, report.json(page).to_string()),
        "text" => (TEXT, report.text()),
        _ => (HTML, report.html(actions.offer(cause, asked))),
    }
}

impl Report {
    fn new(page: &ErrorPage, cause: &Cause, asked: &Asked<'_>) -> Self {
        let place = cause.place();
        let params = asked.params.filter(|params| !params.is_empty());
        Self {
            title: page.title(),
            chain: cause.chain(),
            place: place.map(|(file, line)| format!("{file}:{line}")),
            link: place.and_then(|(file, line)| source::editor_link(file, line)),
            lines: place.map(|(file, line)| source::snippet(file, line)).unwrap_or_default(),
            backtrace: cause.backtrace(),
            request: format!("{} {}", asked.method, asked.uri.path()),
            request_id: asked.request_id.unwrap_or_default().to_owned(),
            headers: headers(asked),
            params: params.map(|params| pretty(&filter_params(params).into())),
        }
    }

    fn json(self, page: &ErrorPage) -> Value {
        json!({ "errors": { "detail": page.reason, "chain": self.chain, "place": self.place, "request": self.request } })
    }

    fn text(self) -> String {
        let mut lines = vec![self.title, String::new()];
        lines.extend(self.chain);
        lines.extend(self.place.map(|place| format!("at {place}")));
        lines.extend([String::new(), self.request]);
        lines.extend(self.params);
        lines.extend(self.backtrace);
        lines.join("\n") + "\n"
    }

    fn html(self, button: Option<Button>) -> String {
        document(&static_page::render(move || self.page(button), |_| {}).unwrap_or_default())
    }

    fn page(self, button: Option<Button>) -> Element {
        let Self { title, chain, place, link, lines, backtrace, request, request_id, headers, params } = self;
        let message = chain.first().cloned().unwrap_or_default();
        rsx! {
            head {
                meta { charset: "utf-8" }
                meta { name: "viewport", content: "width=device-width, initial-scale=1" }
                title { "{message}" }
                style { {STYLE} }
            }
            body {
                header {
                    p { "{title} at {request}" }
                    h1 { "{message}" }
                    for cause in chain.into_iter().skip(1) { p { "because of: {cause}" } }
                    if let Some(Button { label, token }) = button {
                        form { method: "post", action: ACTION_PATH,
                            input { r#type: "hidden", name: "token", value: "{token}" }
                            button { "{label}" }
                        }
                    }
                }
                if let Some(place) = place {
                    section {
                        h2 {
                            if let Some(link) = link { a { href: "{link}", "{place}" } } else { "{place}" }
                        }
                        if !lines.is_empty() {
                            pre {
                                for line in lines {
                                    code { class: if line.is_it { "it" }, "{line.number:>5}  {line.text}\n" }
                                }
                            }
                        }
                    }
                }
                if let Some(params) = params { section { h2 { "Parameters" } pre { "{params}" } } }
                section {
                    h2 { "Request {request_id}" }
                    table {
                        for (name, value) in headers { tr { th { "{name}" } td { "{value}" } } }
                    }
                }
                section {
                    h2 { "Backtrace" }
                    if let Some(backtrace) = backtrace {
                        pre { "{backtrace}" }
                    } else {
                        p { "Panics have one when the server runs with RUST_BACKTRACE=1." }
                    }
                }
            }
        }
    }
}

fn headers(asked: &Asked<'_>) -> Vec<(String, String)> {
    let shown = asked.headers.iter().map(|(name, value)| {
        let is_secret = SECRET_HEADERS.contains(&name.as_str());
        let value =
            if is_secret { "[FILTERED]".into() } else { String::from_utf8_lossy(value.as_bytes()).into_owned() };
        (name.as_str().to_owned(), value)
    });
    shown.collect()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
