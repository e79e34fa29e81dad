//! What all parts of a running endpoint share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::drain::OpenSockets;
use super::front::Front;
use super::longpoll::Polls;
use super::routes::Routes;
use crate::channel::SocketDef;
use crate::channel::registry::Sockets;
use crate::host::Host;
use crate::live_socket::LiveSockets;
use crate::live_view::watchdog::Watchdog;
use crate::pubsub::Subscription;
use crate::session::{OriginCheck, SessionCookie, Signer, TokenError};

pub(super) const STATIC_TOKEN_SALT: &str = "live view static";

/// One running endpoint.
pub(crate) struct Shared {
    pub(crate) host: Arc<Host>,
    pub(crate) routes: Routes,
    pub(crate) front: Front,
    pub(crate) sessions: SessionCookie,
    pub(crate) origins: OriginCheck,
    pub(crate) static_tokens: Signer,
    pub(crate) sockets: AtomicU64,
    /// Those that are open now.
    pub(crate) open_sockets: Arc<OpenSockets>,
    pub(crate) live_sockets: Arc<LiveSockets>,
    /// The sockets of channels, for lists.
    pub(crate) channel_sockets: Arc<Sockets>,
    pub(crate) polls: Polls,
    /// For tests, which connect without a transport.
    pub(crate) socket_defs: Vec<Arc<SocketDef>>,
    pub(crate) _disconnects: Subscription,
    pub(crate) _watchdog: Watchdog,
}

impl Shared {
    /// # Errors
    /// None in practice, as for `live_token`.
    pub(crate) fn static_token(&self, id: &str) -> Result<String, TokenError> {
        self.static_tokens.sign(id)
    }

    pub(crate) fn next_socket(&self) -> u64 {
        self.sockets.fetch_add(1, Ordering::Relaxed)
    }
}
