//! The plug `accepts`: which formats a route answers in (`Phoenix.Controller.accepts/2`).

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, StatusCode};

use super::Plug;
use crate::{Conn, Error, Result};

/// The format that a request is to be answered in: `conn.assigned::<Format>()` behind [`accepts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format(&'static str);

impl Format {
    /// Its name, as `accepts` was given it.
    pub fn name(self) -> &'static str {
        self.0
    }
}

/// Answers 406 to requests for which none of these formats will do, and [assigns](Conn::assign) the chosen [`Format`] for the others.
///
/// The parameter `_format` decides before the header `Accept`. Without either, or for `*/*`, it is the first one.
/// Known are `html`, `json`, `text`, `xml`, `js`, `css` and `csv`; another name is taken as a media type itself.
pub fn accepts(formats: impl IntoIterator<Item = &'static str>) -> impl Plug {
    let formats: Vec<Format> = formats.into_iter().map(Format).collect();
    move |conn: Conn| {
        let chosen = choose(&conn, &formats);
        std::future::ready(chosen.map(|format| drop(conn.assign(format))))
    }
}

fn choose(conn: &Conn, formats: &[Format]) -> Result<Format> {
    let params = conn.params();
    let chosen = match params.get("_format") {
        Some(asked) => formats.iter().find(|format| format.0 == asked).copied(),
        None => by_header(conn.headers(), formats),
    };
    let refused = || {
        let names: Vec<_> = formats.iter().map(|format| format.0).collect();
        Error::msg(format!("answers are in {}", names.join(", "))).with_status(StatusCode::NOT_ACCEPTABLE.as_u16())
    };
    chosen.ok_or_else(refused)
}

fn by_header(headers: &HeaderMap, formats: &[Format]) -> Option<Format> {
    let texts: Vec<&str> = headers.get_all(ACCEPT).into_iter().filter_map(|value| value.to_str().ok()).collect();
    let mut ranges: Vec<(f32, &str)> = texts.iter().flat_map(|text| text.split(',')).filter_map(range).collect();
    if ranges.is_empty() {
        return formats.first().copied();
    }
    // Stable: of two that are wanted as much, the one that is written first.
    ranges.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let fits = |range: &str| formats.iter().find(|format| matches(range, format.0)).copied();
    ranges.iter().filter(|(quality, _)| *quality > 0.0).find_map(|(_, range)| fits(range))
}

/// `text/html;q=0.8` as 0.8 and `text/html` (RFC 9110, 12.5.1).
fn range(text: &str) -> Option<(f32, &str)> {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next().filter(|range| !range.is_empty())?;
    let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
    Some((quality.filter(|q: &f32| q.is_finite()).unwrap_or(0.0), range))
}

fn matches(range: &str, format: &str) -> bool {
    let (kind, subtype) = range.split_once('/').unwrap_or((range, "*"));
    media_types(format).iter().any(|media_type| {
        let (own_kind, own_subtype) = media_type.split_once('/').unwrap_or((media_type, ""));
        (kind == "*" || kind.eq_ignore_ascii_case(own_kind))
            && (subtype == "*" || subtype.eq_ignore_ascii_case(own_subtype))
    })
}

fn media_types(format: &str) -> Vec<&str> {
    match format {
        "html" => vec!["text/html", "application/xhtml+xml"],
        "json" => vec!["application/json"],
        "text" => vec!["text/plain"],
        "xml" => vec!["application/xml", "text/xml"],
        "js" => vec!["text/javascript", "application/javascript"],
        "css" => vec!["text/css"],
        "csv" => vec!["text/csv"],
        media_type => vec![media_type],
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header::ACCEPT};

    use super::{Format, by_header};

    fn chosen(accept: Option<&'static str>) -> Option<&'static str> {
        let headers = accept.map(|accept| (ACCEPT, HeaderValue::from_static(accept)));
        let formats = [Format("html"), Format("json")];
        by_header(&headers.into_iter().collect::<HeaderMap>(), &formats).map(Format::name)
    }

    #[test]
    fn the_format_that_is_wanted_most_is_chosen_among_ours() {
        assert_eq!(chosen(None), Some("html"));
        assert_eq!(chosen(Some("*/*")), Some("html"));
        assert_eq!(chosen(Some("application/json")), Some("json"));
        assert_eq!(chosen(Some("text/html;q=0.5, application/json;q=0.9")), Some("json"));
        assert_eq!(chosen(Some("image/png, application/*")), Some("html"));
        assert_eq!(chosen(Some("image/png, text/*;q=0.1, application/json;q=0")), Some("html"));
    }

    #[test]
    fn a_browser_s_wildcard_at_the_end_means_html() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
        assert_eq!(chosen(Some(browser)), Some("html"));
        assert_eq!(chosen(Some("image/png,*/*;q=0.8")), Some("html"));
    }

    #[test]
    fn what_nobody_offers_is_not_chosen() {
        assert_eq!(chosen(Some("image/png")), None);
        assert_eq!(chosen(Some("application/json;q=0")), None);
        assert_eq!(chosen(Some("application/json;q=x")), None);
    }
}
