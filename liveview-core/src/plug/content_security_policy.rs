//! Content security policies as values: which scripts, images and frames a page may have (W3C CSP Level 3).

use std::borrow::Cow;
use std::fmt;

/// A policy, for the header `content-security-policy`. The default is that of every response: all from this site alone, images also as `data:`.
///
/// ```
/// use liveview_core::plug::{ContentSecurityPolicy, secure_headers_with};
///
/// let policy = ContentSecurityPolicy::default().allow("img-src", "https://tiles.example").set("frame-ancestors", ["'none'"]);
/// assert_eq!(
///     policy.to_string(),
///     "default-src 'self'; img-src 'self' data: https://tiles.example; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
/// );
/// let headers = secure_headers_with([("content-security-policy", &*policy.to_string())]);
/// # drop(headers);
/// ```
///
/// Keep `'unsafe-inline'` out of `script-src`: without it, markup that somebody smuggles into a page does not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentSecurityPolicy {
    directives: Vec<(Text, Vec<Text>)>,
}

type Text = Cow<'static, str>;

/// Directives that do not stand in for others, and for which `default-src` does not stand in.
const WITHOUT_FALLBACK: [&str; 6] =
    ["base-uri", "form-action", "frame-ancestors", "report-to", "report-uri", "sandbox"];

impl ContentSecurityPolicy {
    /// A policy that forbids nothing yet.
    pub fn empty() -> Self {
        Self { directives: Vec::new() }
    }

    /// Gives a directive these sources, in place of those that it has.
    ///
    /// # Panics
    /// When one of the texts would end the directive: `;`, `,`, a space or a control character.
    #[must_use]
    #[track_caller]
    pub fn set<S: Into<Text>>(mut self, directive: impl Into<Text>, sources: impl IntoIterator<Item = S>) -> Self {
        *self.sources(directive.into()) = sources.into_iter().map(|source| checked(source.into())).collect();
        self
    }

    /// Allows one more source: besides those of the directive, or, if it is not there, besides those of `default-src`, which it replaces.
    ///
    /// # Panics
    /// As for [`set`](Self::set).
    #[must_use]
    #[track_caller]
    pub fn allow(mut self, directive: impl Into<Text>, source: impl Into<Text>) -> Self {
        let (directive, source) = (directive.into(), checked(source.into()));
        let known =
            |name: &str| self.directives.iter().find(|(known, _)| known == name).map(|(_, sources)| sources.clone());
        let fallback = if WITHOUT_FALLBACK.contains(&&*directive) { None } else { known("default-src") };
        let inherited = known(&directive).or(fallback).unwrap_or_default();
        let sources = self.sources(directive);
        *sources = inherited;
        sources.retain(|known| known != "'none'" && *known != source);
        sources.push(source);
        self
    }

    /// Takes a directive away.
    #[must_use]
    pub fn without(mut self, directive: &str) -> Self {
        self.directives.retain(|(known, _)| known != directive);
        self
    }

    #[track_caller]
    fn sources(&mut self, directive: Text) -> &mut Vec<Text> {
        let directive = checked(directive);
        let place = self.directives.iter().position(|(known, _)| *known == directive).unwrap_or_else(|| {
            self.directives.push((directive, Vec::new()));
            self.directives.len() - 1
        });
        &mut self.directives[place].1
    }
}

#[track_caller]
fn checked(text: Text) -> Text {
    let is_whole = !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && c != ';' && c != ',');
    assert!(
        is_whole,
        "{text:?} is neither a directive nor a source of a content security policy: give them one by one"
    );
    text
}

impl Default for ContentSecurityPolicy {
    fn default() -> Self {
        Self::empty()
            .set("default-src", ["'self'"])
            .set("img-src", ["'self'", "data:"])
            .set("object-src", ["'none'"])
            .set("base-uri", ["'self'"])
            .set("frame-ancestors", ["'self'"])
    }
}

impl fmt::Display for ContentSecurityPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (directive, sources)) in self.directives.iter().enumerate() {
            if place > 0 {
                f.write_str("; ")?;
            }
            f.write_str(directive)?;
            for source in sources {
                write!(f, " {source}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use axum::response::Response;

    use super::ContentSecurityPolicy;
    use crate::endpoint::headers::add_missing;

    #[test]
    fn the_default_is_what_every_response_has() {
        let mut response = Response::default();
        add_missing(&mut response);
        assert_eq!(response.headers()["content-security-policy"], ContentSecurityPolicy::default().to_string());
    }

    #[test]
    fn what_is_allowed_comes_besides_what_was_allowed() {
        let policy = ContentSecurityPolicy::default()
            .allow("connect-src", "wss://fleet.example")
            .allow("object-src", "'self'")
            .allow("form-action", "https://pay.example")
            .allow("form-action", "https://pay.example")
            .without("img-src")
            .without("base-uri");
        let expected = "default-src 'self'; object-src 'self'; frame-ancestors 'self'; \
                        connect-src 'self' wss://fleet.example; form-action https://pay.example";
        assert_eq!(policy.to_string(), expected);
    }

    #[test]
    fn a_source_cannot_begin_another_directive() {
        for source in ["https://a.example; script-src *", "a b", "a,b", "a\r\nx: y", ""] {
            let smuggled =
                std::panic::catch_unwind(|| ContentSecurityPolicy::default().allow("img-src", source.to_owned()));
            assert!(smuggled.is_err(), "{source}");
        }
    }
}
