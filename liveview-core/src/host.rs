//! What views need of the server they live on. The endpoint makes it; views know nothing else of the endpoint.

mod limits;
mod states;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use limits::Limits;
pub(crate) use states::States;

use crate::endpoint::{PublicUrl, StaticPaths};
use crate::live_view::pool::Pool;
use crate::live_view::registry::Registry;
use crate::router::{LiveMatchError, LivePage, LiveRoutes};
use crate::session::csrf::CSRF_PARAM;
use crate::session::{Encryptor, LIVE_SESSION_MAX_AGE, Session, Signer, TokenError, random_bytes};
use crate::{PubSub, Uri};

/// What keys of live tokens are derived with.
pub(crate) const LIVE_TOKEN_SALT: &str = "live view session";
/// What the keys of states that are handed over are derived with.
pub(crate) const STATE_TOKEN_SALT: &str = "live view state";
/// How long what a view hands over is good: a page whose server stopped comes back within seconds, and an old state may hold what is no longer so.
const GOOD_FOR: Duration = Duration::from_mins(5);
/// Bytes that a view may hand over, encrypted and in base64: they go to the browser and back.
const MAX_HANDED_OVER: usize = 64 * 1024;

/// One running server, as its views see it.
pub(crate) struct Host {
    pub(crate) limits: Limits,
    pub(crate) pubsub: PubSub,
    pub(crate) states: States,
    pub(crate) registry: Arc<Registry>,
    pub(crate) pool: Pool,
    /// The runtime on which sockets, timers and tasks of views run.
    pub(crate) runtime: Handle,
    /// The tasks of channels.
    pub(crate) channels: TaskTracker,
    pub(crate) shutdown: CancellationToken,
    pub(crate) live_routes: LiveRoutes,
    /// The URLs of static files with their digests, for pages.
    pub(crate) static_paths: StaticPaths,
    pub(crate) live_tokens: Signer,
    /// Hides from browsers what they keep for views.
    pub(crate) state_tokens: Encryptor,
    pub(crate) flash_tokens: Signer,
    /// Where browsers find it.
    pub(crate) public_url: PublicUrl,
}

/// What the token in a page says: which actor shows it, under which topic, of which view and live session, for whose session.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(crate) struct LiveToken {
    pub(crate) id: Box<str>,
    pub(crate) topic: Box<str>,
    pub(crate) view: Box<str>,
    /// The name of the route's live session.
    pub(crate) live_session: Box<str>,
    /// The actor that the view is nested in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parent: Option<Box<str>>,
    /// Binds the token to the browser's session: another browser cannot take the view with a token it has seen.
    session: Box<str>,
    /// What the view hands over to the one that takes its place at another server, encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    handed_over: Option<Box<str>>,
}

/// Whom a page's token vouches for: see [`LiveToken`].
#[derive(Clone, Copy)]
pub(crate) struct Bearer<'a> {
    pub(crate) id: &'a str,
    pub(crate) topic: &'a str,
    pub(crate) view: &'a str,
    pub(crate) live_session: &'a str,
    pub(crate) parent: Option<&'a str>,
    pub(crate) session: &'a Session,
}

impl Host {
    /// The live page that a URL leads to.
    ///
    /// # Errors
    /// [`LiveMatchError`], when there is none.
    pub(crate) fn live_page(&self, uri: Uri) -> Result<LivePage, LiveMatchError> {
        let found = self.live_routes.find(&uri)?;
        Ok(LivePage { route: found.route.clone(), params: found.params, uri })
    }

    /// # Errors
    /// When what is handed over is larger than [`MAX_HANDED_OVER`]. None in practice without it: texts have a form in JSON.
    pub(crate) fn live_token(&self, of: Bearer<'_>, handed_over: Option<&Value>) -> Result<String, TokenError> {
        let handed_over = handed_over.map(|state| self.state_tokens.encrypt(state)).transpose()?;
        if handed_over.as_ref().is_some_and(|state| state.len() > MAX_HANDED_OVER) {
            let why = format_args!("it is larger than {MAX_HANDED_OVER} bytes");
            return Err(TokenError::Payload(serde::ser::Error::custom(why)));
        }
        let token = LiveToken {
            id: of.id.into(),
            topic: of.topic.into(),
            view: of.view.into(),
            live_session: of.live_session.into(),
            parent: of.parent.map(Into::into),
            session: fingerprint(of.session),
            handed_over: handed_over.map(String::into_boxed_str),
        };
        self.live_tokens.sign(&token)
    }

    /// Reads the token of a join. `topic` is that of the join, where the token has to be for it.
    ///
    /// # Errors
    /// When it is not ours, too old, or of another browser's session or another page's topic (`BadSignature`, too: it does
    /// not vouch for this one).
    pub(crate) fn read_live_token(
        &self,
        token: &str,
        topic: Option<&str>,
        session: &Session,
    ) -> Result<LiveToken, TokenError> {
        let token: LiveToken = self.live_tokens.verify(token, LIVE_SESSION_MAX_AGE)?;
        if token.session == fingerprint(session) && topic.is_none_or(|topic| *token.topic == *topic) {
            Ok(token)
        } else {
            Err(TokenError::BadSignature)
        }
    }
}

impl LiveToken {
    /// What the view hands over, if it did so just now.
    pub(crate) fn handed_over(&self, host: &Host) -> Option<Value> {
        host.state_tokens.decrypt(self.handed_over.as_deref(), GOOD_FOR).ok()
    }
}

/// What tells sessions apart without telling anything about them: a digest of the secret behind their CSRF tokens.
fn fingerprint(session: &Session) -> Box<str> {
    let secret = session.get(CSRF_PARAM).and_then(Value::as_str).unwrap_or_default();
    crate::base64_url(&Sha256::digest(secret)[..12]).into()
}

/// A new view's id: 128 random bits after `phx-`.
pub(crate) fn new_view_id() -> Arc<str> {
    format!("phx-{}", crate::base64_url(&random_bytes::<16>())).into()
}
