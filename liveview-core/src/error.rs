//! The error of user code: anything that a callback of a view, a plug or a request handler can fail with.
//!
//! [`Error`] takes every `std::error::Error` by `?`, carries an HTTP status (500 unless said otherwise) and may carry a redirect. It remembers
//! where it was made. The browser never sees its text, except in the reply to the event that failed and on the page that
//! [`debug_errors`](crate::Endpoint::debug_errors) shows to developers; the log does.
//!
//! As the answer of a request handler it becomes an [error page](crate::ErrorPage) in the format that the request asks for.

use std::any::Any;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::params::{DeserializeError, ParamError, ParamsError};

/// What callbacks of a view and request handlers return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a callback or a handler failed. Made by `?` from any error, or by [`Error::msg`], [`Error::not_found`], [`Error::redirect`].
pub struct Error {
    source: Box<dyn StdError + Send + Sync>,
    status: Option<u16>,
    redirect: Option<Box<str>>,
    action: Option<Box<Action>>,
    location: &'static Location<'static>,
}

/// What can be done about an error.
#[derive(Clone)]
pub(crate) struct Action {
    pub(crate) label: Box<str>,
    run: Arc<dyn Fn() -> BoxFuture<'static, Result<()>> + Send + Sync>,
}

impl Action {
    pub(crate) fn run(&self) -> BoxFuture<'static, Result<()>> {
        (self.run)()
    }
}

impl Error {
    /// An error that is only a text. Status 500.
    #[track_caller]
    pub fn msg(text: impl fmt::Display) -> Self {
        Self::new(Message(text.to_string()))
    }

    /// What the request is about does not exist: status 404 on a page load, `not found` on a join.
    #[track_caller]
    pub fn not_found(text: impl fmt::Display) -> Self {
        Self::msg(text).with_status(404)
    }

    /// The request makes no sense: status 400.
    #[track_caller]
    pub fn bad_request(text: impl fmt::Display) -> Self {
        Self::msg(text).with_status(400)
    }

    /// Whoever asks may not: status 403.
    #[track_caller]
    pub fn forbidden(text: impl fmt::Display) -> Self {
        Self::msg(text).with_status(403)
    }

    /// Not an error of the program: the browser is sent to `to` (status 303).
    ///
    /// # Panics
    /// When `to` is not a path on this host: it must begin with one `/` and hold no backslash, tab or line break.
    #[track_caller]
    pub fn redirect(to: impl Into<String>) -> Self {
        let to = to.into();
        if let Err(error) = check_local_path(&to) {
            panic!("{error}");
        }
        Self { redirect: Some(to.clone().into()), ..Self::msg(format!("redirect to {to}")) }.with_status(303)
    }

    /// The same error with another HTTP status (400 to 599).
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The same error with a button on the page that [`debug_errors`](crate::Endpoint::debug_errors) shows: it runs `action` and shows the page that failed again.
    /// Nobody else is offered it. After `Plug.Exception.actions/1`.
    #[must_use]
    pub fn with_action<F, Fut>(mut self, label: impl Into<Box<str>>, action: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.action = Some(Box::new(Action { label: label.into(), run: Arc::new(move || Box::pin(action())) }));
        self
    }

    pub(crate) fn action(&self) -> Option<&Action> {
        self.action.as_deref()
    }

    /// The HTTP status of the answer: what was given by [`with_status`](Self::with_status), else 400 for parameters that cannot be read, else 500.
    pub fn status(&self) -> u16 {
        self.status.unwrap_or(500)
    }

    /// Whether somebody said which status this is.
    pub(crate) fn has_status(&self) -> bool {
        self.status.is_some()
    }

    /// Where the browser is to go instead, if this is a redirect.
    pub fn redirect_to(&self) -> Option<&str> {
        self.redirect.as_deref()
    }

    /// The error that this was made of, if it is an `E`.
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.source.downcast_ref()
    }

    /// The line that made it: where `?` stands, or the constructor.
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// The texts of this error and of its causes, outermost first.
    pub(crate) fn chain(&self) -> impl Iterator<Item = String> {
        let first: &(dyn StdError + 'static) = &*self.source;
        std::iter::successors(Some(first), |error: &&(dyn StdError + 'static)| (*error).source())
            .map(ToString::to_string)
    }

    #[track_caller]
    pub(crate) fn new(source: impl StdError + Send + Sync + 'static) -> Self {
        let status = known_status(&source);
        Self { source: Box::new(source), status, redirect: None, action: None, location: Location::caller() }
    }
}

/// The status of errors of ours that a request causes. Those of others are named by `Endpoint::error_status`.
fn known_status(error: &dyn Any) -> Option<u16> {
    if let Some(error) = error.downcast_ref::<crate::BodyError>() {
        return Some(error.status());
    }
    if error.is::<crate::NotAcceptable>() {
        return Some(406);
    }
    if error.is::<crate::throttle::Throttled>() {
        return Some(429);
    }
    (error.is::<ParamsError>() || error.is::<ParamError>() || error.is::<DeserializeError>()).then_some(400)
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    #[track_caller]
    fn from(source: E) -> Self {
        Self::new(source)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.source, f)
    }
}

/// The chain of causes, for logs.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, text) in self.chain().enumerate() {
            f.write_str(if index == 0 { "" } else { ": " })?;
            f.write_str(&text)?;
        }
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Message(String);

/// # Errors
/// When `to` leads to another host, or may be read as if it did; the text says what is expected.
#[track_caller]
pub(crate) fn check_local_path(to: &str) -> Result<()> {
    if is_local_path(to) {
        return Ok(());
    }
    Err(Error::bad_request(format!("`{to}` is not a local path: redirects go to paths such as `/login`")))
}

/// # Errors
/// When `url` is not absolute or a browser would do something else with it than load a page; the text says what is expected.
pub(crate) fn check_external_url(url: &str) -> Result<()> {
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        url.get(..scheme.len()).filter(|begin| begin.eq_ignore_ascii_case(scheme)).map(|begin| &url[begin.len()..])
    });
    if rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && !url.contains(|c: char| c == '\\' || c.is_control())
    {
        return Ok(());
    }
    Err(Error::msg(format!("`{url}` is not a URL of another site: it begins with `https://` or `http://`")))
}

/// What an `a` may lead to, as in `Phoenix.Component`.
const SCHEMES: [&str; 17] = [
    "http", "https", "ftp", "ftps", "mailto", "news", "irc", "gopher", "nntp", "feed", "telnet", "mms", "rtsp", "svn",
    "tel", "fax", "xmpp",
];

/// # Errors
/// When an address in a link would run something, or lead to another host than it seems to. `live`: only pages are meant.
pub(crate) fn check_link(to: &str, live: bool) -> Result<()> {
    let scheme = to
        .split(['/', '?', '#'])
        .next()
        .and_then(|begin| begin.split_once(':'))
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    let known = match &scheme {
        // Browsers drop spaces at the beginning.
        None => !to.trim_start_matches(' ').starts_with("//") || !live,
        Some(scheme) => SCHEMES[..if live { 2 } else { SCHEMES.len() }].contains(&&**scheme),
    };
    if known && !to.contains(|c: char| c == '\\' || c.is_control()) {
        return Ok(());
    }
    Err(Error::msg(format!("`{to}` is no address for a link: paths, web addresses and schemes such as `mailto:` are")))
}

/// A path on this host that no browser reads as another host (`//evil`, `/\evil`, `/<tab>/evil`).
pub(crate) fn is_local_path(to: &str) -> bool {
    to.starts_with('/') && !to.starts_with("//") && !to.contains(|c: char| c == '\\' || c.is_control())
}

/// What browsers encode of an address that they are given (the URL standard's query set).
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>');

/// The address as a browser asks for it: `/search?q=a b` is `/search?q=a%20b`.
pub(crate) fn as_browsers_ask(to: &str) -> Cow<'_, str> {
    utf8_percent_encode(to, ENCODED).into()
}

#[cfg(test)]
mod tests {
    use super::{Error, Result, as_browsers_ask, check_external_url, check_link, is_local_path};
    use crate::Params;

    #[test]
    fn what_is_written_in_an_address_is_encoded_as_browsers_do() {
        assert_eq!(as_browsers_ask("/a b/é?q=<\"1 2\">#c d"), "/a%20b/%C3%A9?q=%3C%221%202%22%3E#c%20d");
        assert_eq!(as_browsers_ask("/a?b=%20'{|}#c"), "/a?b=%20'{|}#c");
    }

    #[test]
    fn any_error_becomes_one_by_question_mark() {
        fn parse() -> Result<i32> {
            Ok("x".parse::<i32>()?)
        }
        let error = parse().unwrap_err();
        assert_eq!(error.status(), 500);
        assert_eq!(error.to_string(), "invalid digit found in string");
        assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
    }

    #[test]
    fn an_error_knows_the_line_of_its_question_mark() {
        fn parse() -> Result<i32> {
            Ok("x".parse::<i32>()?)
        }
        let (expected, error) = (line!() - 2, parse().unwrap_err());
        assert_eq!((error.location().file(), error.location().line()), (file!(), expected));
        assert_eq!(Error::not_found("no robot").location().line(), line!());
    }

    #[test]
    fn parameters_that_cannot_be_read_are_the_client_s_mistake() {
        let params = Params::from_iter([("id", "x")]);
        assert_eq!(Error::from(params.parse::<i64>("id").unwrap_err()).status(), 400);
        assert_eq!(Error::from(params.parse::<i64>("id").unwrap_err()).with_status(404).status(), 404);
        assert_eq!(Error::from(Params::decode("a=%").unwrap_err()).status(), 400);
    }

    #[test]
    fn redirects_stay_on_this_host() {
        assert_eq!(Error::redirect("/login").redirect_to(), Some("/login"));
        for to in ["//evil", "https://evil", "/\\evil", "/\t/evil", "/a\r\nb", ""] {
            assert!(!is_local_path(to), "{to:?}");
        }
    }

    #[test]
    fn links_lead_to_pages_and_never_run_anything() {
        for to in ["/a", "a/b:c", "?page=2", "#top", "https://a.example", "mailto:a@b.example", ""] {
            assert!(check_link(to, false).is_ok(), "{to}");
        }
        for to in [
            "javascript:alert(1)",
            "JavaScript:x",
            " javascript:x",
            "java\tscript:x",
            "data:text/html,x",
            "vbscript:x",
            "/\\evil",
        ] {
            assert!(check_link(to, false).is_err(), "{to:?}");
            assert!(check_link(to, true).is_err(), "{to:?}");
        }
        assert!(check_link("//evil", true).is_err());
        assert!(check_link("  //evil", true).is_err());
        assert!(check_link("mailto:a@b.example", true).is_err());
    }

    #[test]
    fn external_redirects_go_to_web_sites_only() {
        for url in ["https://example.com", "HTTP://example.com/a?b#c", "https://user@example.com:8080/"] {
            assert!(check_external_url(url).is_ok(), "{url}");
        }
        for url in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//evil",
            "/login",
            "https://",
            "https:///x",
            "https://a\\b",
            "https://a\r\nb",
            "ftp://a",
            "",
        ] {
            assert!(check_external_url(url).is_err(), "{url:?}");
        }
    }
}
