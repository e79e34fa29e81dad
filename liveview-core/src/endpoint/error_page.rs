//! What is answered when a request fails: a page, JSON or text that says its status and no more (`Phoenix.Endpoint.RenderErrors`), or, for
//! developers, all that is known (`Plug.Debugger`).
//!
//! Whatever fails answers with a [`Failure`]: a response of the right status with the cause in its extensions. At the end of the
//! request, where format and configuration are known, [`ErrorPages::finish`] makes the page of it. Outside of an endpoint a failure is its status in plain text.

mod actions;
mod cause;
mod debug;
mod source;
mod status;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
#[allow(unused_imports, reason = "what `rsx!` expands to names it in debug builds only")]
use dioxus::prelude::dioxus_signals;
use dioxus::prelude::{dioxus_core, rsx};
use serde_json::{Value, json};

pub(crate) use self::actions::{ACTION_PATH, Actions, run as run_action};
pub(crate) use self::cause::{Cause, Failed, Failure};
use self::status::Statuses;
use crate::controller::{Accepted, Format, negotiate};
use crate::panics::watch;
use crate::params::Params;
use crate::render::static_page;
use crate::{Element, dioxus_elements};

/// What an error page may say, without telling what the program was doing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorPage {
    /// 400 to 599.
    pub status: u16,
    /// The status in words: `Not Found`.
    pub reason: &'static str,
    /// The path that was asked for.
    pub path: String,
    /// What support can be told: the id that the log has too.
    pub request_id: Option<String>,
}

/// How an endpoint shows errors.
#[derive(Default)]
pub(crate) struct ErrorPages {
    pub(crate) html: Option<fn(ErrorPage) -> Element>,
    pub(crate) json: Option<fn(&ErrorPage) -> Value>,
    pub(crate) is_debug: bool,
    pub(crate) statuses: Statuses,
    /// Of the pages for developers.
    pub(crate) actions: Actions,
}

/// The request that failed.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a Method,
    pub(crate) uri: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
    /// What the route's plug decided.
    pub(crate) format: Option<Format>,
    pub(crate) params: Option<&'a Params>,
    pub(crate) request_id: Option<&'a str>,
}

impl ErrorPages {
    /// The response, with a page if it is a failure's.
    pub(crate) fn finish(&self, asked: &Asked<'_>, mut response: Response) -> Response {
        let Some(Failure(cause)) = response.extensions_mut().remove::<Failure>() else { return response };
        let status = self.statuses.of(&cause).unwrap_or(response.status());
        cause.log(status, asked);
        let page = ErrorPage {
            status: status.as_u16(),
            reason: status.canonical_reason().unwrap_or("Error"),
            path: asked.uri.path().to_owned(),
            request_id: asked.request_id.map(str::to_owned),
        };
        let format = asked.error_format();
        let (mut parts, _) = response.into_parts();
        parts.status = status;
        parts.headers.remove(CONTENT_LENGTH);
        let (content_type, text) = if self.is_debug && cause.is_telling() {
            if &*format == "html" {
                parts.headers.insert(CONTENT_SECURITY_POLICY, debug::policy());
            }
            debug::body(&format, &page, &cause, asked, &self.actions)
        } else {
            self.body(&format, page)
        };
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        // For tests: what was behind the page.
        parts.extensions.insert(Failure(cause));
        Response::from_parts(parts, Body::from(text))
    }

    fn body(&self, format: &Format, page: ErrorPage) -> (&'static str, String) {
        match &**format {
            "json" => (JSON, self.json(&page).to_string()),
            "text" => (TEXT, format!("{}\n", page.reason)),
            _ => (HTML, self.html(page)),
        }
    }

    fn json(&self, page: &ErrorPage) -> Value {
        let own = self.json.and_then(|json| {
            let made = watch(|| json(page)).result;
            made.inspect_err(|panic| tracing::error!(%panic, "the error page itself failed")).ok()
        });
        own.unwrap_or_else(|| default_json(page))
    }

    fn html(&self, page: ErrorPage) -> String {
        let own = self.html.and_then(|view| {
            let page = page.clone();
            let rendered = static_page::render(move || view(page), |_| {});
            rendered.inspect_err(|error| tracing::error!(%error, "the error page itself failed")).ok()
        });
        document(&own.or_else(|| static_page::render(move || default_page(&page), |_| {}).ok()).unwrap_or_default())
    }
}

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

impl Asked<'_> {
    /// The route's format if it has a page for errors; else the best of those that do, else HTML.
    fn error_format(&self) -> Format {
        let known = ["html", "json", "text"];
        if let Some(format) = self.format.as_ref().filter(|format| known.contains(&format.name())) {
            return format.clone();
        }
        let param = crate::controller::format_param(self.uri);
        let param = param.as_deref().filter(|param| known.contains(param));
        let format = negotiate(&known.map(Accepted::new), param, self.headers);
        format.unwrap_or_else(|_| Format::new("html"))
    }
}

/// `body` as it is, or within `html` if it is only what stands in there.
fn document(body: &str) -> String {
    if body.starts_with("<html") {
        format!("<!DOCTYPE html>{body}")
    } else {
        format!("<!DOCTYPE html><html lang=\"en\">{body}</html>")
    }
}

fn default_page(page: &ErrorPage) -> Element {
    let ErrorPage { status, reason, .. } = page;
    rsx! {
        head {
            meta { charset: "utf-8" }
            meta { name: "viewport", content: "width=device-width, initial-scale=1" }
            title { "{reason}" }
        }
        body { h1 { "{status} {reason}" } }
    }
}

/// As `Phoenix`'s `ErrorJSON`.
fn default_json(page: &ErrorPage) -> Value {
    json!({ "errors": { "detail": page.reason } })
}

/// A refusal of ours, with no more to say than its status.
pub(crate) fn refuse(status: StatusCode, why: impl Into<String>) -> Response {
    Failure::new(Cause::Refused(why.into()), status).into_response()
}

#[cfg(test)]
mod tests;
