//! Which format an answer has: `_format`, or else the header `Accept` (`Phoenix.Controller.accepts/2`).

mod accept;

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};

use self::accept::MediaRange;
use crate::{Conn, Error};

/// The parameter that names a format.
pub(crate) const FORMAT_PARAM: &str = "_format";

/// The format of the answer that a request asks for: `html`, `json`, `text`, `csv` or any other name that a route accepts.
///
/// As an extractor it is what [`plug::accepts`](crate::plug::accepts) found, and without that plug the best of `html`, `json` and `text`. Reads as its name:
///
/// ```
/// use liveview_core::{Format, Json, Text, respond, text};
///
/// async fn status(format: Format) -> liveview_core::Result<axum::response::Response> {
///     respond!(format, {
///         "json" => Json(serde_json::json!({ "robots": 3 })),
///         "text" => text("3 robots"),
///     })
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Format(Cow<'static, str>);

/// A format that a route can answer in: a name, with its media types. `"html".into()` knows them by the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    name: Cow<'static, str>,
    media_types: Vec<Cow<'static, str>>,
}

/// No format that the client takes is one that the route gives. The answer is 406.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no acceptable format for {asked}: this route answers in {}", known.join(", "))]
pub struct NotAcceptable {
    asked: String,
    known: Vec<String>,
}

impl Format {
    /// A format by its name.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self(name.into())
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl Deref for Format {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Accepted {
    /// A format by the name of its files: `html`, `json`, `csv`, `xml`. `text` is plain text. A name that nobody knows is asked for
    /// only by `_format`, or by whoever takes everything.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        let name = name.into();
        let media_types = match &*name {
            "html" => vec!["text/html".into()],
            "json" => vec!["application/json".into()],
            "text" => vec!["text/plain".into()],
            name => mime_guess::from_ext(name).iter_raw().map(Cow::Borrowed).collect(),
        };
        Self { name, media_types }
    }

    /// A format with a media type of one's own: `Accepted::custom("fleet", "application/vnd.fleet+json")`.
    pub fn custom(name: impl Into<Cow<'static, str>>, media_type: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), media_types: vec![media_type.into()] }
    }

    fn matches(&self, range: &MediaRange<'_>) -> bool {
        self.media_types.iter().any(|media_type| range.matches(media_type))
    }

    fn format(&self) -> Format {
        Format(self.name.clone())
    }
}

impl From<&'static str> for Accepted {
    fn from(name: &'static str) -> Self {
        Self::new(name)
    }
}

/// The format in which to answer. The parameter `_format` goes first; then `Accept` by its weights; who says nothing, or takes everything
/// (`*/*`, as browsers and `curl` do), gets the first of `accepted`.
///
/// # Errors
/// [`NotAcceptable`], when the client takes none of them; status 406.
pub fn negotiate(
    accepted: &[Accepted],
    format_param: Option<&str>,
    headers: &HeaderMap,
) -> Result<Format, NotAcceptable> {
    let refuse = |asked: String| NotAcceptable { asked, known: accepted.iter().map(|a| a.name.to_string()).collect() };
    if let Some(name) = format_param {
        let found = accepted.iter().find(|accepted| accepted.name == name);
        return found.map(Accepted::format).ok_or_else(|| refuse(format!("`_format={name}`")));
    }
    let asked: Vec<_> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let ranges = accept::ranges(&asked);
    if ranges.is_empty() {
        return accepted.first().map(Accepted::format).ok_or_else(|| refuse("anything".to_owned()));
    }
    let refused = |accepted: &Accepted| {
        ranges.iter().any(|range| range.weight == 0 && !range.is_any() && accepted.matches(range))
    };
    let mut wanted = ranges.iter().filter(|range| range.weight > 0);
    let found = wanted.find_map(|range| {
        accepted.iter().find(|accepted| (range.is_any() || accepted.matches(range)) && !refused(accepted))
    });
    found.map(Accepted::format).ok_or_else(|| refuse(format!("`{}`", asked.join(", "))))
}

impl<S: Sync> FromRequestParts<S> for Format {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        if let Some(chosen) = parts.extensions.get::<Conn>().and_then(Conn::assigned::<Self>) {
            return Ok(Self::clone(&chosen));
        }
        let param = format_param(&parts.uri);
        Ok(negotiate(&["html", "json", "text"].map(Accepted::new), param.as_deref(), &parts.headers)?)
    }
}

/// The parameter `_format` of a URL's query.
pub(crate) fn format_param(uri: &Uri) -> Option<Cow<'_, str>> {
    let mut pairs = form_urlencoded::parse(uri.query()?.as_bytes());
    pairs.find(|(name, _)| name == FORMAT_PARAM).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::{Accepted, negotiate};

    const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

    fn format(names: &[&'static str], param: Option<&str>, accept: &[&str]) -> Result<String, String> {
        let accepted: Vec<Accepted> = names.iter().map(|name| Accepted::from(*name)).collect();
        let headers: HeaderMap = accept
            .iter()
            .map(|value| (axum::http::header::ACCEPT, HeaderValue::from_str(value).expect("a header")))
            .collect();
        negotiate(&accepted, param, &headers).map(|format| format.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn who_takes_everything_gets_the_first() {
        assert_eq!(format(&["html", "json"], None, &[]).as_deref(), Ok("html"));
        assert_eq!(format(&["json", "html"], None, &["*/*"]).as_deref(), Ok("json"));
        assert_eq!(format(&["json", "csv"], None, &[BROWSER]).as_deref(), Ok("json"));
        assert_eq!(format(&["json", "html"], None, &[BROWSER]).as_deref(), Ok("html"));
    }

    #[test]
    fn weights_decide_and_a_zero_refuses() {
        let accept = "text/html;q=0.5, application/json; q=0.9, text/csv;q=0.901";
        assert_eq!(format(&["html", "json"], None, &[accept]).as_deref(), Ok("json"));
        assert_eq!(format(&["html", "json", "csv"], None, &[accept]).as_deref(), Ok("csv"));
        assert_eq!(format(&["html", "json"], None, &["text/html;q=0, */*"]).as_deref(), Ok("json"));
        assert_eq!(format(&["html", "text"], None, &["text/*;q=0.3, image/png"]).as_deref(), Ok("html"));
        assert_eq!(format(&["html", "json"], None, &["image/png", "APPLICATION/JSON"]).as_deref(), Ok("json"));
    }

    #[test]
    fn the_parameter_goes_before_the_header() {
        assert_eq!(format(&["html", "json"], Some("json"), &[BROWSER]).as_deref(), Ok("json"));
        let error = format(&["html", "json"], Some("xml"), &[BROWSER]).expect_err("not accepted");
        assert_eq!(error, "no acceptable format for `_format=xml`: this route answers in html, json");
    }

    #[test]
    fn what_no_one_gives_is_refused() {
        assert!(format(&["json"], None, &["text/html"]).is_err());
        assert!(format(&["json"], None, &["application/json;q=0"]).is_err());
        assert!(format(&["json"], None, &["nonsense"]).is_err());
    }

    #[test]
    fn other_names_are_known_by_their_files_or_said() {
        assert_eq!(format(&["html", "csv"], None, &["text/csv"]).as_deref(), Ok("csv"));
        let accepted = [Accepted::new("html"), Accepted::custom("fleet", "application/vnd.fleet+json")];
        let headers = HeaderMap::from_iter([(
            axum::http::header::ACCEPT,
            HeaderValue::from_static("application/vnd.fleet+json"),
        )]);
        assert_eq!(negotiate(&accepted, None, &headers).expect("a format").name(), "fleet");
    }
}
