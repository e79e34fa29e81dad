//! The response of a request, before it is sent.

use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Response};
use cookie::Cookie;

use super::{Conn, State};
use crate::Error;
use crate::flash::FLASH_COOKIE;
use crate::session::SessionError;

impl Conn {
    /// Gives the response what plugs and handlers left for it: headers, before-send functions, last first, and the session's cookie.
    pub(crate) fn finish(&self, response: &mut Response) {
        for (name, value) in std::mem::take(&mut self.lock().resp_headers) {
            if name == SET_COOKIE {
                response.headers_mut().append(name, value);
            } else {
                response.headers_mut().insert(name, value);
            }
        }
        // One at a time and without the lock: they may use the request, and register more.
        while let Some(change) = self.pop_before_send() {
            change(response);
        }
        let mut state = self.lock();
        settle_flash(&mut state, response);
        if let Err(error) = self.write_session(&state, response) {
            drop(state);
            *response = Error::msg(format!("the session cannot be stored: {error}")).into_response();
        }
    }

    /// The request is given up, as when its client is gone: what was to be done before sending never is.
    pub(crate) fn abandon(&self) {
        let forgotten = std::mem::take(&mut self.lock().before_send);
        // Outside of the lock: these may hold the last handles of anything.
        drop(forgotten);
    }

    fn pop_before_send(&self) -> Option<super::BeforeSend> {
        self.lock().before_send.pop()
    }

    fn write_session(&self, state: &State, response: &mut Response) -> Result<(), Box<dyn std::error::Error>> {
        let changed = state.session.session.as_ref().filter(|session| session.is_changed());
        let Some(session) = changed.filter(|_| !state.session.ignored) else {
            return Ok(());
        };
        let written = match self.shared().sessions.write(session) {
            Err(SessionError::Ended) => {
                tracing::debug!("what a request put into its session is dropped: the session ended meanwhile");
                return Ok(());
            }
            written => written?,
        };
        response.headers_mut().append(SET_COOKIE, HeaderValue::try_from(written)?);
        Ok(())
    }
}

/// A redirect keeps the flash for the request that it leads to; any other response has shown it.
fn settle_flash(state: &mut State, response: &mut Response) {
    let Some(flash) = state.flash.take() else { return };
    if state.has_flash_cookie {
        // Read once.
        let cookie = Cookie::build((FLASH_COOKIE, "")).path("/").max_age(cookie::time::Duration::ZERO).build();
        match HeaderValue::try_from(cookie.to_string()) {
            Ok(cookie) => drop(response.headers_mut().append(SET_COOKIE, cookie)),
            Err(error) => tracing::error!(%error, "the flash's cookie is no header value"),
        }
    }
    if let Some(session) = &mut state.session.session
        && (300..=308).contains(&response.status().as_u16())
    {
        flash.store_in(session);
    }
}
