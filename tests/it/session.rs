//! A browser's way through sessions, CSRF and tokens, with two servers that share nothing but the secret.

use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, HeaderValue, header};
use bennu::params::Params;
use bennu::session::csrf::{self, CsrfError};
use bennu::session::{LIVE_SESSION_MAX_AGE, OriginCheck, SecretKey, SessionCookie, TokenError};

/// A server as far as it matters here.
struct Server {
    cookies: SessionCookie,
    secret: SecretKey,
}

impl Server {
    fn new(secret: &SecretKey) -> Self {
        Self { cookies: SessionCookie::new(secret).secure(true), secret: secret.clone() }
    }

    /// Renders a page: the new cookie, if any, the CSRF token and the live session's token.
    fn page(&self, browser: &HeaderMap) -> (Option<String>, String, String) {
        let mut session = self.cookies.read(browser);
        let csrf = csrf::token(&mut session);
        let live = self.secret.signer("live session").sign(&("actor 7", 3)).expect("plain data");
        let cookie = session.is_changed().then(|| self.cookies.write(&session).expect("small"));
        (cookie, csrf, live)
    }

    fn submit(&self, browser: &HeaderMap, form: &str) -> Result<(), CsrfError> {
        let params = Params::decode(form).expect("well formed");
        csrf::verify(&self.cookies.read(browser), csrf::presented(&params, browser))
    }
}

/// Does with a `Set-Cookie` what a browser does.
fn keep(browser: &mut HeaderMap, set_cookie: &str) {
    let pair = set_cookie.split(';').next().expect("name and value");
    browser.insert(header::COOKIE, HeaderValue::from_str(pair).expect("a header"));
}

#[test]
fn a_page_of_one_server_is_good_on_another() {
    let secret = SecretKey::generate();
    let (first, second) = (Server::new(&secret), Server::new(&secret));
    let mut browser = HeaderMap::new();

    let (cookie, csrf, live) = first.page(&browser);
    keep(&mut browser, &cookie.expect("a new session is stored"));
    assert_eq!(second.submit(&browser, &format!("name=Ada&_csrf_token={csrf}")), Ok(()));
    assert_eq!(second.submit(&browser, "name=Ada"), Err(CsrfError::Missing));

    let live = second.secret.signer("live session").verify::<(String, u32)>(&*live, LIVE_SESSION_MAX_AGE);
    assert_eq!(live.expect("the same secret"), ("actor 7".to_owned(), 3));

    let (unchanged, again, _) = second.page(&browser);
    assert_eq!(unchanged, None);
    assert_ne!(again, csrf);
    browser.insert(csrf::CSRF_HEADER, HeaderValue::from_str(&again).expect("a header"));
    assert_eq!(first.submit(&browser, ""), Ok(()));
}

#[test]
fn another_secret_knows_nothing_of_it() {
    let (ours, theirs) = (Server::new(&SecretKey::generate()), Server::new(&SecretKey::generate()));
    let mut browser = HeaderMap::new();
    let (cookie, csrf, live) = ours.page(&browser);
    keep(&mut browser, &cookie.expect("a new session is stored"));

    assert!(theirs.cookies.read(&browser).is_empty());
    assert_eq!(theirs.submit(&browser, &format!("_csrf_token={csrf}")), Err(CsrfError::Invalid));
    let verified = theirs.secret.signer("live session").verify::<(String, u32)>(&*live, LIVE_SESSION_MAX_AGE);
    assert!(matches!(verified, Err(TokenError::BadSignature)));
}

#[test]
fn a_page_left_open_for_fourteen_days_is_stale() {
    let signer = SecretKey::generate().signer("live session");
    let opened = SystemTime::now();
    let token = signer.sign_at("actor 7", opened).expect("a text");
    let after = |age| signer.verify_at::<String>(&*token, LIVE_SESSION_MAX_AGE, opened + age);
    assert!(after(Duration::from_hours(14 * 24 - 1)).is_ok());
    assert!(matches!(after(Duration::from_hours(14 * 24 + 1)), Err(TokenError::Expired)));
}

#[test]
fn logging_out_ends_the_tokens_of_every_page() {
    let server = Server::new(&SecretKey::generate());
    let mut browser = HeaderMap::new();
    let (cookie, csrf, _) = server.page(&browser);
    keep(&mut browser, &cookie.expect("a new session is stored"));

    let mut session = server.cookies.read(&browser);
    session.clear();
    keep(&mut browser, &server.cookies.write(&session).expect("small"));
    assert_eq!(server.submit(&browser, &format!("_csrf_token={csrf}")), Err(CsrfError::Invalid));
    let (_, fresh, _) = server.page(&browser);
    assert_ne!(fresh, csrf);
}

/// The origin check is what stands between a foreign page and a socket that opens with our cookies.
#[test]
fn a_foreign_page_opens_no_socket() {
    let mut handshake = HeaderMap::new();
    handshake.insert(header::HOST, HeaderValue::from_static("robots.example.com"));
    handshake.insert(header::ORIGIN, HeaderValue::from_static("https://evil.example.org"));
    assert!(OriginCheck::default().check(&handshake).is_err());
    handshake.insert(header::ORIGIN, HeaderValue::from_static("https://robots.example.com"));
    assert!(OriginCheck::default().check(&handshake).is_ok());
}
