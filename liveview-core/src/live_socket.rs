//! Log-out everywhere: sockets and views are found by the `live_socket_id` of their session, and let go.
//!
//! ```text
//! log-in:   session.insert("live_socket_id", "users:7")
//! log-out:  disconnect(&pubsub, "users:7")  -> on every node: its views end, its sockets are closed with 1001
//!           the clients come back at once   -> session cookie, plugs and `mount` are asked anew
//! ```
//!
//! Delivered in the broadcaster's own task, so that nothing can be lost in a full mailbox. What is to keep somebody out (a row deleted, a
//! cookie taken back) must be done before: whoever comes back is asked by plugs, hooks and `mount`, not by this. What was on its way
//! meanwhile, a page that is being loaded or a socket that is being opened, gets no view with the session that it had read before.
//!
//! After `Phoenix.Socket`'s `id/1` and `Phoenix.LiveView`'s `:live_socket_id`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use serde::{Deserialize, Serialize};

use crate::link::{HangUp, HangsUp};
use crate::live_view::registry::Registry;
use crate::pubsub::{Closed, Delivery, Sink, SubscriberId, Subscription, Topic, topic};
use crate::{PubSub, Session};

/// The session's entry: a text that all sockets have which are to be closed together, such as `users:7` or the digest of a log-in token.
pub const LIVE_SOCKET_ID: &str = "live_socket_id";

/// What a client is told; it connects again at once (RFC 6455, 7.4.1: going away).
const GOING_AWAY: HangUp = HangUp { code: 1001, reason: "disconnected" };

/// Who is to be disconnected.
#[derive(Debug, Serialize, Deserialize)]
struct Disconnect(Box<str>);

/// Ends every view whose session has this `live_socket_id`, and closes their sockets with code 1001; on other nodes too, if the pubsub
/// has an adapter. The clients come back at once, and are authenticated anew.
///
/// First take away what lets them in; then call this.
pub fn disconnect(pubsub: &PubSub, live_socket_id: &str) {
    pubsub.broadcast(&disconnects(), Disconnect(live_socket_id.into()));
}

fn disconnects() -> Topic<Disconnect> {
    topic("bennu:disconnect").distributed()
}

/// The `live_socket_id` of a session.
pub(crate) fn id_of(session: &Session) -> Option<&str> {
    session.get(LIVE_SOCKET_ID)?.as_str()
}

/// The open sockets of one server that have an id; the others cost nothing.
#[derive(Default)]
pub(crate) struct LiveSockets {
    by_id: Mutex<ById>,
}

type ById = HashMap<Box<str>, Vec<Weak<dyn HangsUp>>>;

/// A socket's place among them, given back when dropped.
pub(crate) struct Entered {
    sockets: Arc<LiveSockets>,
    id: Box<str>,
    outbox: Weak<dyn HangsUp>,
}

impl LiveSockets {
    /// Enters a socket, if its session has an id.
    pub(crate) fn enter<O: HangsUp + 'static>(
        self: &Arc<Self>,
        session: &Session,
        outbox: &Arc<O>,
    ) -> Option<Box<Entered>> {
        Some(Box::new(self.enter_as(id_of(session)?, outbox)))
    }

    /// Enters a socket under its id.
    pub(crate) fn enter_as<O: HangsUp + 'static>(self: &Arc<Self>, id: &str, outbox: &Arc<O>) -> Entered {
        let id: Box<str> = id.into();
        let outbox: Weak<dyn HangsUp> = Arc::<O>::downgrade(outbox);
        self.lock().entry(id.clone()).or_default().push(outbox.clone());
        Entered { sockets: self.clone(), id, outbox }
    }

    fn hang_up(&self, id: &str) {
        let outboxes = self.lock().get(id).cloned().unwrap_or_default();
        for outbox in outboxes.iter().filter_map(Weak::upgrade) {
            outbox.hang_up(GOING_AWAY);
        }
    }

    fn lock(&self) -> MutexGuard<'_, ById> {
        // Every section leaves the map whole.
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut by_id = self.sockets.lock();
        if let Some(outboxes) = by_id.get_mut(&self.id) {
            outboxes.retain(|outbox| !outbox.ptr_eq(&self.outbox));
            if outboxes.is_empty() {
                by_id.remove(&self.id);
            }
        }
    }
}

/// Listens for disconnects on behalf of one server, as long as the subscription lives.
pub(crate) fn listen(pubsub: &PubSub, sockets: Arc<LiveSockets>, views: Arc<Registry>) -> Subscription {
    pubsub.subscribe(&disconnects(), Arc::new(Listener { id: SubscriberId::unique(), sockets, views }))
}

struct Listener {
    id: SubscriberId,
    sockets: Arc<LiveSockets>,
    views: Arc<Registry>,
}

impl Sink for Listener {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn deliver(&self, delivery: Delivery) -> Result<(), Closed> {
        if let Some(Disconnect(id)) = delivery.message() {
            // The views are out of reach before a client can know of it and come back, and are told to end after their sockets are: over
            // one that is open, the client would join again.
            let ending = self.views.disconnect(id);
            self.sockets.hang_up(id);
            ending.tell();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt as _;

    use super::{GOING_AWAY, LIVE_SOCKET_ID, LiveSockets, disconnect, listen};
    use crate::link::Outbox;
    use crate::live_view::registry::Registry;
    use crate::{Limits, PubSub, Session};

    fn session(id: &str) -> Session {
        let mut session = Session::default();
        session.insert(LIVE_SOCKET_ID, id).expect("a text");
        session
    }

    #[test]
    fn the_sockets_of_an_id_are_hung_up_and_no_others() {
        let (pubsub, sockets) = (PubSub::local(), Arc::<LiveSockets>::default());
        let _listening = listen(&pubsub, sockets.clone(), Registry::new(&Limits::default()));
        let (first, second, other) = (Arc::<Outbox>::default(), Arc::<Outbox>::default(), Arc::<Outbox>::default());
        let _entered: Vec<_> = [(&first, "users:7"), (&second, "users:7"), (&other, "users:8")]
            .map(|(outbox, id)| sockets.enter(&session(id), outbox))
            .into();
        assert!(sockets.enter(&Session::default(), &first).is_none());

        disconnect(&pubsub, "users:7");
        for outbox in [&first, &second] {
            assert!(matches!(outbox.next().now_or_never(), Some(Err(GOING_AWAY))));
        }
        assert!(other.next().now_or_never().is_none());
    }

    #[test]
    fn sockets_that_are_gone_leave_nothing_behind() {
        let sockets = Arc::<LiveSockets>::default();
        let (first, second) = (Arc::<Outbox>::default(), Arc::<Outbox>::default());
        let one = sockets.enter(&session("users:7"), &first);
        let two = sockets.enter(&session("users:7"), &second);
        drop(one);
        assert_eq!(sockets.lock()["users:7"].len(), 1);
        drop(two);
        assert!(sockets.lock().is_empty());
    }
}
