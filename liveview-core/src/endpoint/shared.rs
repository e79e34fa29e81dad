//! What all parts of a running endpoint share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::limits::Limits;
use super::state::States;
use crate::PubSub;
use crate::live_view::pool::Pool;
use crate::live_view::registry::Registry;
use crate::live_view::watchdog::Watchdog;
use crate::router::LiveRoutes;
use crate::session::{OriginCheck, SecretKey, Session, TokenError, csrf, token};

/// How long the token in a page names its view (`Phoenix.LiveView`: 14 days).
const LIVE_TOKEN_MAX_AGE: std::time::Duration = std::time::Duration::from_secs(14 * 24 * 60 * 60);
const LIVE_TOKEN_SALT: &str = "live view session";
const STATIC_TOKEN_SALT: &str = "live view static";

/// One running endpoint.
pub(crate) struct Shared {
    pub(crate) limits: Limits,
    pub(crate) secret: SecretKey,
    pub(crate) origins: OriginCheck,
    pub(crate) secure_cookies: bool,
    pub(crate) pubsub: PubSub,
    pub(crate) states: States,
    pub(crate) live_routes: LiveRoutes,
    pub(crate) registry: Arc<Registry>,
    pub(crate) pool: Pool,
    /// The runtime on which sockets, timers and tasks of views run.
    pub(crate) runtime: Handle,
    pub(crate) shutdown: CancellationToken,
    pub(crate) sockets: AtomicU64,
    pub(crate) _watchdog: Watchdog,
}

/// What the token in a page says: which actor shows it, of which view, for whose session.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(crate) struct LiveToken {
    pub(crate) id: Box<str>,
    pub(crate) view: Box<str>,
    /// Binds the token to the browser's session: another browser cannot take the view with a token it has seen.
    session: Box<str>,
}

impl Shared {
    pub(crate) fn live_token(&self, id: &str, view: &str, session: &Session) -> String {
        let token = LiveToken { id: id.into(), view: view.into(), session: csrf::fingerprint(session).into() };
        token::sign(&self.secret, LIVE_TOKEN_SALT, &token)
    }

    /// Reads the token of a join.
    ///
    /// # Errors
    /// When it is not ours, too old, or of another browser's session (`BadSignature`, too: it does not vouch for this one).
    pub(crate) fn read_live_token(&self, token: &str, session: &Session) -> Result<LiveToken, TokenError> {
        let token: LiveToken = token::verify(&self.secret, LIVE_TOKEN_SALT, token, LIVE_TOKEN_MAX_AGE)?;
        if *token.session == *csrf::fingerprint(session) { Ok(token) } else { Err(TokenError::BadSignature) }
    }

    pub(crate) fn static_token(&self, id: &str) -> String {
        token::sign(&self.secret, STATIC_TOKEN_SALT, &id)
    }

    pub(crate) fn next_socket(&self) -> u64 {
        self.sockets.fetch_add(1, Ordering::Relaxed)
    }
}

/// A new view's id: 128 random bits after `phx-`.
///
/// # Errors
/// When the system has no randomness.
pub(crate) fn new_view_id() -> Result<Arc<str>, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(format!("phx-{}", crate::base64_url(&bytes)).into())
}
