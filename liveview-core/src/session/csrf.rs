//! Tokens against cross-site request forgery: they prove that a request comes from a page that we rendered for this session.
//!
//! The session holds a secret. A page holds the secret masked with random bytes, `base64url(mask, secret xor mask)`: each rendering
//! differs, so that the length of compressed pages tells nobody about it, and all are worth the same. A token for another host holds
//! `HMAC-SHA256(secret, host)` in the secret's place: that host learns nothing that is good elsewhere ([`token_for`]).
//!
//! After `Plug.CSRFProtection`. Who asks for tokens, and what else speaks for or against a request, is in [`plug::csrf`](fn@crate::plug::csrf).

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::origin::host_and_port;
use super::{Session, random_bytes};
use crate::params::Params;

/// The parameter, and the session's entry, that hold a token.
pub const CSRF_PARAM: &str = "_csrf_token";

/// The header that may carry the token in place of the parameter.
pub const CSRF_HEADER: &str = "x-csrf-token";

const SECRET_BYTES: usize = 24;

/// What a browser says about where a request comes from.
pub(crate) const FETCH_SITE: &str = "sec-fetch-site";

type Secret = [u8; SECRET_BYTES];

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CsrfError {
    /// Neither the parameter nor the header is there.
    #[error("the request has no CSRF token: send `_csrf_token` or the header `x-csrf-token`")]
    Missing,
    /// The token is not of this session: it was forged, or the session ended meanwhile.
    #[error("the CSRF token is not of this session")]
    Invalid,
}

/// A token for a page of this session, which gets a secret if it has none.
pub fn token(session: &mut Session) -> String {
    let secret = secret(session).unwrap_or_else(|| renew(session));
    masked(secret)
}

/// A token for a page of this session, if it has a secret.
pub(crate) fn existing(session: &Session) -> Option<String> {
    secret(session).map(masked)
}

/// A token for a form whose action is this URL. For a path of our own it is [`token`]'s; for an absolute URL it is good at that URL's host only, which
/// has to share the session (see [`SessionOptions::domain`](super::SessionOptions::domain)).
pub fn token_for(session: &mut Session, url: &str) -> String {
    let secret = secret(session).unwrap_or_else(|| renew(session));
    masked(host_of(url).map_or(secret, |host| bound(secret, &host)))
}

/// A new secret, so that no token from before is good.
pub(super) fn renew(session: &mut Session) -> Secret {
    let secret = random_bytes::<SECRET_BYTES>();
    let stored = session.insert(CSRF_PARAM, URL_SAFE_NO_PAD.encode(secret));
    debug_assert!(stored.is_ok(), "a text has a form in JSON");
    secret
}

/// Whether an answer is a script that another site embeds to read what is in it for this user. Only a `GET` can be embedded. `fetch` with the header `x-requested-with: XMLHttpRequest`, which no other site can send, may have scripts.
pub fn refuses_script(method: &Method, request: &HeaderMap, response: &HeaderMap) -> bool {
    const SCRIPTS: [&str; 3] = ["text/javascript", "application/javascript", "application/x-javascript"];
    let text =
        |headers: &HeaderMap, name: &str| headers.get(name).and_then(|value| value.to_str().ok().map(str::to_owned));
    let content_type = text(response, CONTENT_TYPE.as_str()).unwrap_or_default().to_ascii_lowercase();
    let is_script = SCRIPTS.contains(&content_type.split(';').next().unwrap_or_default().trim());
    let is_ours = match text(request, FETCH_SITE).as_deref() {
        // `none`: somebody typed the address.
        Some(site) => matches!(site, "same-origin" | "none"),
        None => text(request, "x-requested-with").is_some_and(|with| with.eq_ignore_ascii_case("XMLHttpRequest")),
    };
    method == Method::GET && is_script && !is_ours
}

/// The token that a request shows: the parameter's, or else the header's.
pub fn presented<'a>(params: &'a Params, headers: &'a HeaderMap) -> Option<&'a str> {
    params.get(CSRF_PARAM).or_else(|| in_header(headers))
}

/// The token of the header.
pub(crate) fn in_header(headers: &HeaderMap) -> Option<&str> {
    headers.get(CSRF_HEADER)?.to_str().ok()
}

/// Checks a token against the session; one that was made for a host is not good here.
///
/// # Errors
///
/// [`CsrfError`]; a session without a secret has no valid token.
pub fn verify<'a>(session: &Session, token: impl Into<Option<&'a str>>) -> Result<(), CsrfError> {
    verify_at(session, token, None)
}

/// Checks a token against the session and the host that the request went to, with or without a port.
///
/// # Errors
///
/// As for [`verify`].
pub fn verify_at<'a>(
    session: &Session,
    token: impl Into<Option<&'a str>>,
    host: Option<&str>,
) -> Result<(), CsrfError> {
    let token = token.into().filter(|token| !token.is_empty()).ok_or(CsrfError::Missing)?;
    let secret = secret(session).ok_or(CsrfError::Invalid)?;
    let token = URL_SAFE_NO_PAD.decode(token).map_err(|_| CsrfError::Invalid)?;
    let (mask, masked) = token.split_at_checked(SECRET_BYTES).ok_or(CsrfError::Invalid)?;
    let (Ok(mask), Ok(masked)) = (mask.try_into(), masked.try_into()) else { return Err(CsrfError::Invalid) };
    let shown = xor(mask, masked);
    let host = host.and_then(host_and_port).map(|(host, _)| host);
    let is_valid = equal(shown, secret) || host.is_some_and(|host| equal(shown, bound(secret, &host)));
    if is_valid { Ok(()) } else { Err(CsrfError::Invalid) }
}

fn secret(session: &Session) -> Option<Secret> {
    let text = session.get(CSRF_PARAM)?.as_str()?;
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

fn masked(secret: Secret) -> String {
    let mask = random_bytes::<SECRET_BYTES>();
    URL_SAFE_NO_PAD.encode([mask, xor(secret, mask)].concat())
}

/// The secret for one host.
fn bound(secret: Secret, host: &str) -> Secret {
    let mac = Hmac::<Sha256>::new_from_slice(&secret).expect("HMAC takes keys of every length");
    let bytes: [u8; 32] = mac.chain_update(host).finalize().into_bytes().into();
    std::array::from_fn(|index| bytes[index])
}

/// The host of an absolute URL, or of one that begins with `//`.
fn host_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("//")?;
    let is_absolute =
        scheme.is_empty() || scheme.eq_ignore_ascii_case("http:") || scheme.eq_ignore_ascii_case("https:");
    let authority = rest.split(['/', '?', '#']).next().filter(|_| is_absolute)?;
    host_and_port(authority).map(|(host, _)| host)
}

fn xor(a: Secret, b: Secret) -> Secret {
    std::array::from_fn(|index| a[index] ^ b[index])
}

/// Looks at every byte whatever the others were, so that the time it takes tells nothing.
fn equal(a: Secret, b: Secret) -> bool {
    let difference = xor(a, b).into_iter().fold(0, |difference, byte| std::hint::black_box(difference | byte));
    difference == 0
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};
    use proptest::prelude::{prop_assert, proptest};

    use super::{CsrfError, Method, Session, existing, presented, refuses_script, token, token_for, verify, verify_at};
    use crate::params::Params;

    #[test]
    fn tokens_differ_and_all_verify_for_their_session_only() {
        let (mut mine, mut other) = (Session::default(), Session::default());
        let (first, second) = (token(&mut mine), token(&mut mine));
        assert_ne!(first, second);
        assert_eq!(verify(&mine, &*first), Ok(()));
        assert_eq!(existing(&mine).map(|token| verify(&mine, &*token)), Some(Ok(())));
        assert_eq!(existing(&Session::default()), None);
        assert_eq!(verify(&mine, &*second), Ok(()));
        assert_eq!(verify(&mine, &*token(&mut other)), Err(CsrfError::Invalid));
        assert_eq!(verify(&mine, None), Err(CsrfError::Missing));
        assert_eq!(verify(&mine, ""), Err(CsrfError::Missing));
    }

    #[test]
    fn a_cleared_session_has_no_valid_token() {
        let mut session = Session::default();
        let token = token(&mut session);
        assert!(session.is_changed());
        session.clear();
        assert_eq!(verify(&session, &*token), Err(CsrfError::Invalid));
    }

    #[test]
    fn the_parameter_goes_before_the_header() {
        let headers = HeaderMap::from_iter([("x-csrf-token".parse().expect("a name"), HeaderValue::from_static("h"))]);
        let params = Params::decode("_csrf_token=p").expect("a query");
        assert_eq!(presented(&params, &headers), Some("p"));
        assert_eq!(presented(&Params::new(), &headers), Some("h"));
        assert_eq!(presented(&Params::new(), &HeaderMap::new()), None);
    }

    #[test]
    fn a_token_for_a_host_is_good_there_and_nowhere_else() {
        let mut session = Session::default();
        let there = token_for(&mut session, "https://Pay.example.com:8443/basket?x=1");
        assert_eq!(verify_at(&session, &*there, Some("pay.example.com")), Ok(()));
        assert_eq!(verify_at(&session, &*there, Some("pay.example.com:8443")), Ok(()));
        for host in [None, Some("example.com"), Some("evil.example.org"), Some("")] {
            assert_eq!(verify_at(&session, &*there, host), Err(CsrfError::Invalid), "{host:?}");
        }
        let everywhere = token(&mut session);
        assert_eq!(verify_at(&session, &*everywhere, Some("pay.example.com")), Ok(()));
    }

    #[test]
    fn a_path_of_ours_gets_the_session_s_own_token() {
        let mut session = Session::default();
        for url in ["/basket", "basket?next=https://a.example//", "?x", ""] {
            let token = token_for(&mut session, url);
            assert_eq!(verify(&session, &*token), Ok(()), "{url}");
        }
        let foreign = token_for(&mut session, "//pay.example.com/");
        assert_eq!(verify(&session, &*foreign), Err(CsrfError::Invalid));
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn another_site_gets_no_script() {
        let script = headers(&[("content-type", "Text/JavaScript; charset=utf-8")]);
        let asked = |request: &[(&'static str, &'static str)]| refuses_script(&Method::GET, &headers(request), &script);
        assert!(asked(&[]));
        assert!(asked(&[("sec-fetch-site", "cross-site")]));
        assert!(asked(&[("sec-fetch-site", "same-site"), ("x-requested-with", "XMLHttpRequest")]));
        assert!(!asked(&[("sec-fetch-site", "same-origin")]));
        assert!(!asked(&[("x-requested-with", "XMLHttpRequest")]));
        assert!(!refuses_script(&Method::POST, &HeaderMap::new(), &script));
        assert!(!refuses_script(&Method::GET, &HeaderMap::new(), &headers(&[("content-type", "text/html")])));
        assert!(!refuses_script(&Method::GET, &HeaderMap::new(), &HeaderMap::new()));
    }

    proptest! {
        #[test]
        fn random_text_never_verifies_or_panics(text: String) {
            let mut session = Session::default();
            token(&mut session);
            prop_assert!(verify(&session, &*text).is_err());
        }
    }
}
