//! Connections of clients that poll: they live between the requests, found by a signed token.
//!
//! What is behind a connection it does not know: frames for the client come out of an outbox, and those of the client go into an [`Inlet`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::channel::Frame;
use crate::channel::outbox::Outbox;
use crate::host::Host;
use crate::link::HangUp;
use crate::session::{Signer, TokenError, random_bytes};

/// What keys of poll tokens are derived with.
pub(crate) const POLL_TOKEN_SALT: &str = "long poll";

/// How long a token is good; that of a connection that is gone says only that.
const TOKEN_MAX_AGE: Duration = Duration::from_hours(24 * 14);

/// The polling clients of one server.
pub(crate) struct Polls {
    tokens: Signer,
    open: Arc<Mutex<Open>>,
}

type Open = HashMap<Box<str>, Arc<Poll>>;

/// Whoever was let in: where its frames go, and where those for it come from. What else it has among others is in its inlet, and is given
/// back when that is dropped.
pub(crate) struct Polled {
    pub(crate) inlet: Box<dyn Inlet>,
    pub(crate) outbox: Arc<Outbox>,
}

/// Takes the frames of a client.
pub(crate) trait Inlet: Send {
    /// Takes them in their order, and is done when there is room for more. `false`: the client is to be let go.
    fn receive(&mut self, frames: Vec<Frame>) -> BoxFuture<'_, bool>;
}

/// One of them.
pub(super) struct Poll {
    id: Box<str>,
    path: String,
    /// One push at a time.
    inlet: tokio::sync::Mutex<Box<dyn Inlet>>,
    outbox: Arc<Outbox>,
    /// Held by the request that waits for messages.
    turn: tokio::sync::Mutex<()>,
    /// Another request wants to wait in its place.
    newer: Notify,
    polled_at: Mutex<Instant>,
}

/// What a token leads to.
pub(super) enum Found {
    Poll(Arc<Poll>),
    /// A client that was here.
    Gone,
    /// No token of ours: somebody new.
    None,
}

impl Polls {
    pub(crate) fn new(tokens: Signer) -> Self {
        Self { tokens, open: Arc::default() }
    }

    /// Whether there is room for one more: as many may poll as may have connections.
    pub(super) fn has_room(&self, host: &Host) -> bool {
        lock(&self.open).len() < host.limits.max_connections
    }

    /// Keeps a client; its token.
    pub(super) fn open(&self, path: &str, polled: Polled, host: &Arc<Host>) -> Result<String, TokenError> {
        let id: Box<str> = crate::base64_url(&random_bytes::<16>()).into();
        let token = self.tokens.sign(&*id)?;
        let Polled { inlet, outbox } = polled;
        let poll = Arc::new(Poll {
            id: id.clone(),
            path: path.to_owned(),
            outbox,
            inlet: tokio::sync::Mutex::new(inlet),
            turn: tokio::sync::Mutex::default(),
            newer: Notify::new(),
            polled_at: Mutex::new(Instant::now()),
        });
        // Only the map keeps it alive, and whoever is just serving it.
        let janitor = forget(self.open.clone(), Arc::downgrade(&poll), id.clone(), host.clone());
        lock(&self.open).insert(id, poll);
        host.runtime.spawn(janitor);
        Ok(token)
    }

    pub(super) fn find(&self, token: Option<&str>, path: &str) -> Found {
        let Ok(id) = self.tokens.verify::<Box<str>>(token, TOKEN_MAX_AGE) else { return Found::None };
        let poll = lock(&self.open).get(&id).filter(|poll| poll.path == path).cloned();
        poll.map_or(Found::Gone, Found::Poll)
    }

    /// The client is let go.
    pub(super) fn close(&self, poll: &Poll) {
        lock(&self.open).remove(&poll.id);
    }
}

impl Poll {
    /// Waits for messages, at most for so long. Empty: there was none.
    ///
    /// # Errors
    /// [`HangUp`] when the client is to be let go.
    pub(super) async fn wait(&self, limit: Duration) -> Result<Vec<Frame>, HangUp> {
        self.newer.notify_waiters();
        let _turn = self.turn.lock().await;
        // Also where the client has given up, and this is dropped: it has as long as ever to come back.
        let _seen = Seen(self);
        *lock(&self.polled_at) = Instant::now();
        // Every arm may be dropped: `next` loses nothing.
        let first = tokio::select! {
            first = self.outbox.next() => first?,
            () = self.newer.notified() => return Ok(Vec::new()),
            () = tokio::time::sleep(limit) => return Ok(Vec::new()),
        };
        Ok(std::iter::once(first).chain(std::iter::from_fn(|| self.outbox.try_next())).collect())
    }

    /// Hands on what the client pushed; `false` when it is to be let go.
    pub(super) async fn receive(&self, frames: Vec<Frame>) -> bool {
        self.inlet.lock().await.receive(frames).await
    }

    /// Until when it may stay without another poll; `None` when that is over.
    fn patient_until(&self, patience: Duration) -> Option<Instant> {
        let now = Instant::now();
        // One that is just polled has all its time.
        let polled_at = if self.turn.try_lock().is_err() { now } else { *lock(&self.polled_at) };
        Some(polled_at + patience).filter(|until| *until > now)
    }
}

struct Seen<'a>(&'a Poll);

impl Drop for Seen<'_> {
    fn drop(&mut self) {
        *lock(&self.0.polled_at) = Instant::now();
    }
}

/// Lets a client go that does not come back, and each of them at the shutdown.
async fn forget(open: Arc<Mutex<Open>>, poll: Weak<Poll>, id: Box<str>, host: Arc<Host>) {
    let patience = host.limits.longpoll_window * 2;
    while let Some(until) = poll.upgrade().and_then(|poll| poll.patient_until(patience)) {
        // Both arms only wait.
        tokio::select! {
            () = host.shutdown.cancelled() => break,
            () = sleep_until(until) => {}
        }
    }
    lock(&open).remove(&id);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every section leaves its value whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
