//! The views that live on this server, by id: who can be adopted, who waits for a socket to come back.
//!
//! Three bounds hold (`Limits`): views in all, views that no socket has taken yet, and views whose socket is gone. At the
//! first bound a new view is refused; at the other two the view that has waited longest is ended.

use std::collections::{BTreeMap, HashMap};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::message::{Message, Terminate};
use crate::Session;
use crate::host::Limits;
use crate::live_socket;
use crate::mailbox::Address;

/// All views of one endpoint.
pub(crate) struct Registry {
    views: Mutex<Views>,
    max_views: usize,
    max_waiting: usize,
    max_detached: usize,
    emptied: Notify,
}

#[derive(Default)]
struct Views {
    by_id: HashMap<Arc<str>, Entry>,
    /// By ticket, so that the first is the one that has waited longest.
    waiting: BTreeMap<u64, Arc<str>>,
    detached: BTreeMap<u64, Arc<str>>,
    last_ticket: u64,
    /// Who was disconnected a while ago, and when.
    disconnected: HashMap<Box<str>, Instant>,
}

/// So long after a disconnect, nobody acts any more on a session that was read before it: sockets were closed, requests answered.
const DISCONNECTED_FOR: Duration = Duration::from_mins(10);

/// Why a view may not live here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There are too many.
    Full,
    /// Its session was read before the session's `live_socket_id` was disconnected.
    Disconnected,
}

struct Entry {
    mailbox: Address<Message>,
    view: &'static str,
    parent: Option<Arc<str>>,
    phase: Phase,
    live_socket_id: Option<Box<str>>,
    /// It was told to end, and no socket may take it meanwhile.
    is_ending: bool,
}

#[derive(Clone, Copy)]
enum Phase {
    Waiting(u64),
    Attached,
    Detached(u64),
}

/// How many views there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ViewCounts {
    /// All of them.
    pub total: usize,
    /// Mounted by a page load, not taken by a socket yet.
    pub waiting: usize,
    /// Their socket is gone.
    pub detached: usize,
}

/// One living view, for tools.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ViewInfo {
    /// The actor's id.
    pub id: Arc<str>,
    /// The view's type.
    pub view: &'static str,
    /// The actor of the view that it is nested in.
    pub parent: Option<Arc<str>>,
    /// Whether a socket has it.
    pub connected: bool,
}

/// A view's place in the registry, given back when dropped.
pub(crate) struct Registered {
    registry: Arc<Registry>,
    id: Arc<str>,
}

impl Registry {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            views: Mutex::default(),
            max_views: limits.max_views,
            max_waiting: limits.max_waiting,
            max_detached: limits.max_detached,
            emptied: Notify::new(),
        })
    }

    /// Enters a view that waits for its first socket.
    ///
    /// # Errors
    /// When there are too many views, or its session has no right to one any more.
    pub(crate) fn enter(
        self: &Arc<Self>,
        id: Arc<str>,
        view: &'static str,
        mailbox: Address<Message>,
        session: &Session,
        parent: Option<Arc<str>>,
    ) -> Result<Registered, Refused> {
        let live_socket_id = live_socket::id_of(session);
        let mut guard = self.lock();
        let views = &mut *guard;
        if views.by_id.len() >= self.max_views {
            return Err(Refused::Full);
        }
        let disconnected_at = live_socket_id.and_then(|id| views.disconnected.get(id));
        if disconnected_at.zip(session.read_at()).is_some_and(|(at, read_at)| read_at <= *at) {
            return Err(Refused::Disconnected);
        }
        let ticket = views.ticket();
        views.waiting.insert(ticket, id.clone());
        let entry = Entry {
            mailbox,
            view,
            parent,
            phase: Phase::Waiting(ticket),
            live_socket_id: live_socket_id.map(Into::into),
            is_ending: false,
        };
        views.by_id.insert(id.clone(), entry);
        let surplus = surplus(&mut views.waiting, self.max_waiting, &views.by_id);
        drop(guard);
        end(surplus);
        Ok(Registered { registry: self.clone(), id })
    }

    pub(crate) fn get(&self, id: &str) -> Option<Address<Message>> {
        self.lock().by_id.get(id).filter(|entry| !entry.is_ending).map(|entry| entry.mailbox.clone())
    }

    /// The views whose session has this `live_socket_id`: those that have a socket and those that wait for one. From now on no socket is given one
    /// of them, and no session that was read before gets a view. They end when they are [told](Ending::tell). Looks at all views, for nobody is
    /// logged out often.
    pub(crate) fn disconnect(&self, live_socket_id: &str) -> Ending {
        let mut guard = self.lock();
        let Views { by_id, disconnected, .. } = &mut *guard;
        let now = Instant::now();
        disconnected.retain(|_, at| now.duration_since(*at) < DISCONNECTED_FOR);
        disconnected.insert(live_socket_id.into(), now);
        let of_it = by_id.values_mut().filter(|entry| entry.live_socket_id.as_deref() == Some(live_socket_id));
        let ending = of_it.map(|entry| {
            entry.is_ending = true;
            entry.mailbox.clone()
        });
        Ending(ending.collect())
    }

    /// Whether the id was disconnected at this time or later: what was read before is no longer true.
    pub(crate) fn was_disconnected(&self, live_socket_id: &str, since: Instant) -> bool {
        self.lock().disconnected.get(live_socket_id).is_some_and(|at| since <= *at)
    }

    pub(crate) fn counts(&self) -> ViewCounts {
        let views = self.lock();
        ViewCounts { total: views.by_id.len(), waiting: views.waiting.len(), detached: views.detached.len() }
    }

    pub(crate) fn list(&self) -> Vec<ViewInfo> {
        let describe = |(id, entry): (&Arc<str>, &Entry)| ViewInfo {
            id: id.clone(),
            view: entry.view,
            parent: entry.parent.clone(),
            connected: matches!(entry.phase, Phase::Attached),
        };
        self.lock().by_id.iter().map(describe).collect()
    }

    /// Waits until no view lives here.
    ///
    /// # Cancel safety
    /// It only waits.
    pub(crate) async fn emptied(&self) {
        let mut emptied = pin!(self.emptied.notified());
        loop {
            // Registered before the look, so that an end in between is not missed.
            emptied.as_mut().enable();
            if self.lock().by_id.is_empty() {
                return;
            }
            emptied.as_mut().await;
            emptied.set(self.emptied.notified());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Views> {
        // Every section leaves the maps whole, so a panic elsewhere does no harm.
        self.views.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Views that are to end.
#[must_use]
pub(crate) struct Ending(Vec<Address<Message>>);

impl Ending {
    pub(crate) fn tell(self) {
        for mailbox in self.0 {
            // A view that has ended by itself needs no telling.
            mailbox.push(Message::Shutdown(Terminate::Disconnected)).ok();
        }
    }
}

impl Registered {
    /// A socket has taken the view.
    pub(crate) fn attached(&self) {
        self.registry.lock().enter_phase(&self.id, |_| Phase::Attached);
    }

    /// The view's socket is gone.
    pub(crate) fn detached(&self) {
        let mut guard = self.registry.lock();
        let views = &mut *guard;
        views.enter_phase(&self.id, Phase::Detached);
        let surplus = surplus(&mut views.detached, self.registry.max_detached, &views.by_id);
        drop(guard);
        end(surplus);
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let mut views = self.registry.lock();
        views.leave_phase(&self.id);
        views.by_id.remove(&self.id);
        if views.by_id.is_empty() {
            drop(views);
            self.registry.emptied.notify_waiters();
        }
    }
}

impl Views {
    fn ticket(&mut self) -> u64 {
        self.last_ticket += 1;
        self.last_ticket
    }

    fn leave_phase(&mut self, id: &str) {
        match self.by_id.get(id).map(|entry| entry.phase) {
            Some(Phase::Waiting(ticket)) => drop(self.waiting.remove(&ticket)),
            Some(Phase::Detached(ticket)) => drop(self.detached.remove(&ticket)),
            Some(Phase::Attached) | None => {}
        }
    }

    fn enter_phase(&mut self, id: &Arc<str>, phase: impl FnOnce(u64) -> Phase) {
        self.leave_phase(id);
        let ticket = self.ticket();
        let phase = phase(ticket);
        if let Some(entry) = self.by_id.get_mut(id) {
            entry.phase = phase;
            if matches!(phase, Phase::Detached(_)) {
                self.detached.insert(ticket, id.clone());
            }
        }
    }
}

/// Takes the one that has waited longest off a list that is longer than `max`.
fn surplus(
    list: &mut BTreeMap<u64, Arc<str>>,
    max: usize,
    by_id: &HashMap<Arc<str>, Entry>,
) -> Option<Address<Message>> {
    if list.len() <= max {
        return None;
    }
    let (_, id) = list.pop_first()?;
    by_id.get(&id).map(|entry| entry.mailbox.clone())
}

fn end(surplus: Option<Address<Message>>) {
    if let Some(mailbox) = surplus {
        // A view that has ended by itself needs no telling.
        mailbox.push(Message::Shutdown(Terminate::Shutdown)).ok();
    }
}
