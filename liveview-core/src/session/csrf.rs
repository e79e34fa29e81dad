//! Tokens against cross-site request forgery: they prove that a request comes from a page that we rendered for this session.
//!
//! The session holds a secret. A page holds the secret masked with random bytes, `base64url(mask, secret xor mask)`: each rendering
//! differs, so that the length of compressed pages tells nobody about it, and all are worth the same.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Session, random_bytes};
use crate::params::Params;

/// The parameter, and the session's entry, that hold a token.
pub const CSRF_PARAM: &str = "_csrf_token";

/// The header that may carry the token in place of the parameter.
pub const CSRF_HEADER: &str = "x-csrf-token";

const SECRET_BYTES: usize = 24;

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
    let secret = secret(session).unwrap_or_else(|| {
        let secret = random_bytes::<SECRET_BYTES>();
        let stored = session.insert(CSRF_PARAM, URL_SAFE_NO_PAD.encode(secret));
        debug_assert!(stored.is_ok(), "a text has a form in JSON");
        secret
    });
    masked(secret)
}

/// A token for a page of this session, if it has a secret.
pub(crate) fn existing(session: &Session) -> Option<String> {
    secret(session).map(masked)
}

fn masked(secret: [u8; SECRET_BYTES]) -> String {
    let mask = random_bytes::<SECRET_BYTES>();
    URL_SAFE_NO_PAD.encode([mask, xor(secret, mask)].concat())
}

/// The token that a request shows: the parameter's, or else the header's.
pub fn presented<'a>(params: &'a Params, headers: &'a HeaderMap) -> Option<&'a str> {
    params.get(CSRF_PARAM).or_else(|| headers.get(CSRF_HEADER)?.to_str().ok())
}

/// Checks a token against the session.
///
/// # Errors
///
/// [`CsrfError`]; a session without a secret has no valid token.
pub fn verify<'a>(session: &Session, token: impl Into<Option<&'a str>>) -> Result<(), CsrfError> {
    let token = token.into().filter(|token| !token.is_empty()).ok_or(CsrfError::Missing)?;
    let secret = secret(session).ok_or(CsrfError::Invalid)?;
    let token = URL_SAFE_NO_PAD.decode(token).map_err(|_| CsrfError::Invalid)?;
    let (mask, masked) = token.split_at_checked(SECRET_BYTES).ok_or(CsrfError::Invalid)?;
    match (mask.try_into(), masked.try_into()) {
        (Ok(mask), Ok(masked)) if equal(xor(mask, masked), secret) => Ok(()),
        _ => Err(CsrfError::Invalid),
    }
}

fn secret(session: &Session) -> Option<[u8; SECRET_BYTES]> {
    let text = session.get(CSRF_PARAM)?.as_str()?;
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

fn xor(a: [u8; SECRET_BYTES], b: [u8; SECRET_BYTES]) -> [u8; SECRET_BYTES] {
    std::array::from_fn(|index| a[index] ^ b[index])
}

/// Looks at every byte whatever the others were, so that the time it takes tells nothing.
fn equal(a: [u8; SECRET_BYTES], b: [u8; SECRET_BYTES]) -> bool {
    let difference = xor(a, b).into_iter().fold(0, |difference, byte| std::hint::black_box(difference | byte));
    difference == 0
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};
    use proptest::prelude::{prop_assert, proptest};

    use super::{CsrfError, Session, existing, presented, token, verify};
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

    proptest! {
        #[test]
        fn random_text_never_verifies_or_panics(text: String) {
            let mut session = Session::default();
            token(&mut session);
            prop_assert!(verify(&session, &*text).is_err());
        }
    }
}
