//! Redirects (`Phoenix.Controller.redirect/2`): to paths of this host, or on purpose to somewhere else.

use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::error::{as_browsers_ask, check_local_path, is_local_path};
use crate::{Error, Result};

/// Sends the browser to another page. Status 303 (the next request is a `GET`) unless said otherwise.
///
/// ```
/// use liveview_core::Redirect;
///
/// async fn create() -> Redirect {
///     Redirect::to("/robots/7")
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a redirect is a response: return it"]
pub struct Redirect {
    to: String,
    status: StatusCode,
    is_external: bool,
}

impl Redirect {
    /// To a path of this host, written by the program. What is no local path (another host, `//evil`, a backslash, a control
    /// character) is answered with 500 and logged; for a path that comes from a request take [`try_to`](Self::try_to).
    pub fn to(path: impl Into<String>) -> Self {
        Self { to: path.into(), status: StatusCode::SEE_OTHER, is_external: false }
    }

    /// To a path of this host that came from outside, such as a parameter `return_to`.
    ///
    /// # Errors
    /// When it leads to another host or may be read as if it did; status 400.
    #[track_caller]
    pub fn try_to(path: impl Into<String>) -> Result<Self> {
        let path = path.into();
        check_local_path(&path)?;
        Ok(Self::to(path))
    }

    /// To any URL with `http` or `https`. Never pass on what a request said.
    ///
    /// # Errors
    /// When it is not such a URL.
    #[track_caller]
    pub fn external(url: impl Into<String>) -> Result<Self> {
        let url = url.into();
        let parsed = url.parse::<Uri>().ok();
        match parsed.as_ref().map(|parsed| (parsed.scheme_str(), parsed.host())) {
            Some((Some("http" | "https"), Some(host))) if !host.is_empty() && !url.contains('\\') => {
                Ok(Self { to: url, status: StatusCode::SEE_OTHER, is_external: true })
            }
            _ => Err(Error::msg(format!("`{url}` is not a URL that begins with https:// or http://"))),
        }
    }

    /// Another status: 301 and 308 are kept by browsers for good; 307 and 308 repeat the method and the body. Others than
    /// 3xx are taken as 303.
    pub fn with_status(mut self, status: u16) -> Self {
        let status = StatusCode::from_u16(status).ok().filter(StatusCode::is_redirection);
        self.status = status.unwrap_or(StatusCode::SEE_OTHER);
        self
    }

    /// Where it leads.
    pub fn location(&self) -> &str {
        &self.to
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        if !self.is_external && !is_local_path(&self.to) {
            let expected = "not a local path such as `/login`: use `Redirect::external` for other hosts";
            return Error::msg(format!("redirect to `{}`: {expected}", self.to)).into_response();
        }
        match HeaderValue::try_from(&*as_browsers_ask(&self.to)) {
            Ok(to) => (self.status, [(LOCATION, to)]).into_response(),
            Err(_) => Error::msg(format!("redirect to `{}`: a URL has no such characters", self.to)).into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;

    use super::Redirect;

    #[test]
    fn a_local_path_is_a_location() {
        let response = Redirect::to("/robots?page=2#top").into_response();
        assert_eq!(response.status(), 303);
        assert_eq!(response.headers()["location"], "/robots?page=2#top");
        assert_eq!(Redirect::to("/a?q=b é").into_response().headers()["location"], "/a?q=b%20%C3%A9");
        assert_eq!(Redirect::to("/").with_status(301).into_response().status(), 301);
        assert_eq!(Redirect::to("/").with_status(200).into_response().status(), 303);
    }

    #[test]
    fn nothing_that_may_lead_to_another_host_is_a_location() {
        for to in ["https://evil.example", "//evil", "/\\evil", "/\t/evil", "/a\r\nset-cookie: x", "evil", ""] {
            let response = Redirect::to(to).into_response();
            assert_eq!((response.status().as_u16(), response.headers().get("location")), (500, None), "{to:?}");
            assert_eq!(Redirect::try_to(to).expect_err(to).status(), 400);
        }
    }

    #[test]
    fn another_host_is_reached_on_purpose_and_by_http_only() {
        let response = Redirect::external("https://fleet.example/a?b=c").expect("a URL").into_response();
        assert_eq!(response.headers()["location"], "https://fleet.example/a?b=c");
        for url in [
            "javascript:alert(1)",
            "/login",
            "//evil",
            "ftp://a",
            "https://",
            "https:\\\\evil",
            "https://a\r\nb: c",
            "",
        ] {
            assert!(Redirect::external(url).is_err(), "{url:?}");
        }
    }
}
