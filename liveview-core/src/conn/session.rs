//! The session and the flash of a request.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Conn, State};
use crate::flash::FLASH_COOKIE;
use crate::session::cookie_value;
use crate::session::csrf::{self, CsrfError};
use crate::{Flash, Session};

/// The request's session, read when somebody asks for it.
#[derive(Default)]
pub(super) struct SessionSlot {
    allowed: bool,
    /// What becomes of it is not kept.
    pub(super) ignored: bool,
    pub(super) session: Option<Session>,
}

impl SessionSlot {
    pub(super) fn new(allowed: bool) -> Self {
        Self { allowed, ..Self::default() }
    }
}

impl Conn {
    /// A value of the session; `None` when it is absent or no `T`.
    ///
    /// # Panics
    /// When the route's pipelines have no `session`. So do all functions of the session and the flash.
    #[track_caller]
    pub fn get_session<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.with_session(|session| session.read(name))
    }

    /// Stores a value in the session.
    ///
    /// # Panics
    /// When the value has no form in JSON, such as a map whose keys are no texts.
    #[track_caller]
    pub fn put_session(&self, name: impl Into<String>, value: impl Serialize) {
        // Before the session is locked, for it is code of others.
        let value = serde_json::to_value(value).expect("what is put into a session has a form in JSON");
        let stored = self.with_session(|session| session.insert(name, value));
        debug_assert!(stored.is_ok(), "it is JSON already");
    }

    /// Takes a value out of the session.
    #[track_caller]
    pub fn delete_session(&self, name: &str) {
        self.with_session(|session| session.remove(name));
    }

    /// Gives the session a new secret, and in a store a new id: tokens of pages from before are worth nothing any more, all else stays. What to do when
    /// somebody logs in.
    #[track_caller]
    pub fn renew_session(&self) {
        self.with_session(Session::renew);
    }

    /// Takes everything out of the session, its secret included, and out of its store. What to do when somebody logs out.
    #[track_caller]
    pub fn clear_session(&self) {
        self.with_session(Session::clear);
    }

    /// A token for a form of the page that answers this request: its field `_csrf_token`.
    #[track_caller]
    pub fn csrf_token(&self) -> String {
        self.with_session(csrf::token)
    }

    /// A token for a form whose action is this URL: for one of another host, it is good there and nowhere else ([`csrf::token_for`]).
    #[track_caller]
    pub fn csrf_token_for(&self, url: &str) -> String {
        self.with_session(|session| csrf::token_for(session, url))
    }

    /// # Errors
    /// When the token is none of this session, or of another host.
    #[track_caller]
    pub(crate) fn verify_csrf(&self, token: Option<&str>) -> Result<(), CsrfError> {
        self.with_session(|session| csrf::verify_at(session, token, Some(self.host())))
    }

    /// Lets the request go on with an empty session, of which nothing is kept; that of the browser stays as it is.
    #[track_caller]
    pub(crate) fn ignore_session(&self) {
        let mut state = self.lock();
        self.check_allowed(&state);
        state.session = SessionSlot { allowed: true, ignored: true, session: Some(Session::default()) };
        state.flash = Some(Flash::default());
    }

    /// Logs out everywhere: see [`crate::session::disconnect`].
    pub fn disconnect(&self, live_socket_id: &str) {
        crate::session::disconnect(&self.shared().host.pubsub, live_socket_id);
    }

    /// Leaves a message: for this response if it is a page that shows it, and for the next request if this one is answered by a redirect.
    #[track_caller]
    pub fn put_flash(&self, kind: impl Into<String>, text: impl Into<String>) {
        self.with_flash(|flash| flash.put(kind, text));
    }

    /// The messages of the request before, and of this one.
    #[track_caller]
    pub fn flash(&self) -> Flash {
        self.with_flash(|flash| flash.clone())
    }

    /// Takes all messages away.
    #[track_caller]
    pub fn clear_flash(&self) {
        self.with_flash(Flash::clear_all);
    }

    /// Takes the flash out of the session for this request, once.
    #[track_caller]
    pub(crate) fn fetch_flash(&self) {
        self.with_flash(|_| ());
    }

    /// Whether the request may use its session.
    pub(crate) fn has_session(&self) -> bool {
        self.lock().session.allowed
    }

    /// From now on the request may use its session.
    pub(crate) fn allow_session(&self) {
        self.lock().session.allowed = true;
    }

    /// The session as it is now, for a live view: without the flash, which the view is given by itself.
    pub(crate) fn session_for_view(&self) -> Arc<Session> {
        self.fetch_flash();
        Arc::new(self.with_session(|session| session.clone()))
    }

    #[track_caller]
    fn with_session<R>(&self, work: impl FnOnce(&mut Session) -> R) -> R {
        let mut state = self.lock();
        self.check_allowed(&state);
        work(self.session_of(&mut state))
    }

    #[track_caller]
    fn with_flash<R>(&self, work: impl FnOnce(&mut Flash) -> R) -> R {
        let mut state = self.lock();
        self.check_allowed(&state);
        if state.flash.is_none() {
            let mut flash = Flash::take_from(self.session_of(&mut state));
            state.has_flash_cookie = cookie_value(self.headers(), FLASH_COOKIE).is_some();
            if state.has_flash_cookie {
                flash.merge(Flash::from_cookie(self.headers(), &self.shared().host.flash_tokens));
            }
            state.flash = Some(flash);
        }
        work(state.flash.get_or_insert_default())
    }

    fn session_of<'a>(&self, state: &'a mut State) -> &'a mut Session {
        state.session.session.get_or_insert_with(|| self.shared().sessions.read(self.headers()))
    }

    #[track_caller]
    fn check_allowed(&self, state: &State) {
        assert!(
            state.session.allowed,
            "the route {} has no session: put `session` into a pipeline that it goes through",
            self.route()
        );
    }
}
