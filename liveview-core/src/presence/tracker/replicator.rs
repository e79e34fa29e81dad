//! The way to the other nodes and back.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, interval, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{Core, News, Shared};
use crate::PubSub;
use crate::presence::message::Message;
use crate::presence::options::Options;
use crate::presence::pieces;
use crate::presence::state::{Gap, Replica};
use crate::pubsub::{Received, Topic, topic};

/// Where the nodes of a presence meet.
fn meeting(name: &str) -> Topic<Message> {
    topic(format!("bennu:presence:{name}")).distributed()
}

/// Runs until `ended` or until this node leaves, and then says goodbye.
pub(super) fn run(
    name: &str,
    pubsub: PubSub,
    shared: Arc<Shared>,
    ended: CancellationToken,
) -> impl Future<Output = ()> + use<> {
    let topic = meeting(name);
    // At once: what others say from now on is heard.
    let mut inbox = pubsub.receiver(&topic);
    let from = inbox.id();
    async move {
        let tell = |message| {
            pubsub.broadcast_from(from, &topic, message);
        };
        tell(shared.heartbeat(true));
        let mut beat = interval(shared.options.heartbeat);
        // When what is gathered goes out. Others are heard meanwhile: those who ask share one answer.
        let mut due = None;
        loop {
            let silence = shared.next_silence();
            let sending = due.unwrap_or(silence);
            // Every arm may be dropped: each only waits, and `recv` loses nothing.
            tokio::select! {
                () = ended.cancelled() => return tell(Message::Goodbye { replica: shared.me() }),
                () = pubsub.left() => return tell(Message::Goodbye { replica: shared.me() }),
                received = inbox.recv() => {
                    if let Received::Message(message) = received && let Some(answer) = shared.hear((*message).clone()) {
                        tell(answer);
                    }
                }
                () = shared.changed.notified(), if due.is_none() => due = Some(Instant::now() + shared.options.batch),
                () = sleep_until(sending), if due.is_some() => {
                    due = None;
                    shared.unsaid().into_iter().for_each(tell);
                }
                _ = beat.tick() => tell(shared.heartbeat(false)),
                () = sleep_until(silence) => shared.look_round(),
            }
        }
    }
}

impl Shared {
    fn me(&self) -> Replica {
        self.lock().state.me().clone()
    }

    fn heartbeat(&self, is_new: bool) -> Message {
        self.lock().heartbeat(is_new)
    }

    /// What this replica has changed since it was asked last; all of its set when somebody has missed some of it. One set answers all who have asked meanwhile.
    fn unsaid(&self) -> Vec<Message> {
        let mut core = self.lock();
        let changes = std::mem::take(&mut core.changes);
        if std::mem::take(&mut core.is_asked) {
            let pieces = pieces::of_snapshot(core.state.snapshot());
            return pieces.map(|(piece, pieces, of)| Message::Snapshot { piece, pieces, of }).collect();
        }
        let replica = core.state.me();
        let after = core.state.clock(replica) - changes.len() as u64;
        pieces::of_changes(replica, after, changes).map(Message::Delta).collect()
    }

    /// Takes in what another node says, and answers if there is something to say.
    fn hear(&self, message: Message) -> Option<Message> {
        // Half a heartbeat later, whoever is still ahead is asked anew.
        let patience = self.options.heartbeat / 2;
        let answer = self.lock().hear(message, patience);
        self.pass_on();
        answer
    }

    /// Wakes whoever has to do with what has changed, and logs it.
    fn pass_on(&self) {
        let mut core = self.lock();
        if core.is_asked {
            self.changed.notify_one();
        }
        if !core.diff.is_empty() {
            self.differs.notify_one();
        }
        let news = std::mem::take(&mut core.news);
        drop(core);
        news.into_iter().for_each(News::log);
    }

    /// When the next node will have been silent for too long, if it stays so. Far away when there is none.
    fn next_silence(&self) -> Instant {
        let core = self.lock();
        let Options { down_after, forget_after, .. } = self.options;
        let each = core.heard.iter();
        let next =
            each.map(|(replica, heard)| *heard + if core.state.is_down(replica) { forget_after } else { down_after });
        next.min().unwrap_or_else(|| Instant::now() + forget_after)
    }

    /// Looks for nodes that have gone silent.
    fn look_round(&self) {
        let mut guard = self.lock();
        let core = &mut *guard;
        let now = Instant::now();
        core.heard.retain(|replica, heard| {
            let silent = now.duration_since(*heard);
            if silent >= self.options.forget_after {
                core.state.forget(replica, &mut core.diff);
                core.asked.remove(replica);
                core.arriving.forget(replica);
                return false;
            }
            if silent >= self.options.down_after
                && let Some(presences) = core.state.down(replica, &mut core.diff)
            {
                core.news.push(News::Hidden { replica: replica.clone(), presences });
            }
            true
        });
        drop(guard);
        self.pass_on();
    }
}

impl Core {
    fn heartbeat(&self, is_new: bool) -> Message {
        let replica = self.state.me().clone();
        // What is not sent yet, nobody has missed.
        let clock = self.state.clock(&replica) - self.changes.len() as u64;
        Message::Heartbeat { replica, clock, is_new }
    }

    fn hear(&mut self, message: Message, patience: Duration) -> Option<Message> {
        let Self { state, diff, .. } = self;
        match message {
            Message::Heartbeat { replica, clock, is_new } => {
                let has_missed = clock > state.clock(&replica);
                self.hear_of(&replica);
                if has_missed {
                    return self.ask(replica, patience);
                }
                is_new.then(|| self.heartbeat(false))
            }
            Message::Delta(delta) => {
                let replica = delta.replica.clone();
                let applied = state.apply(delta, diff);
                self.hear_of(&replica);
                applied.err().and_then(|Gap| self.ask(replica, patience))
            }
            Message::Request { to } => {
                self.is_asked |= to == *state.me();
                None
            }
            Message::Snapshot { piece, pieces, of } => {
                let replica = of.replica.clone();
                if let Some(snapshot) = self.arriving.take(piece, pieces, of) {
                    state.replace(snapshot, diff);
                    self.asked.remove(&replica);
                } else {
                    // It is answering.
                    self.asked.insert(replica.clone(), Instant::now());
                }
                self.hear_of(&replica);
                None
            }
            Message::Goodbye { replica } => {
                state.forget(&replica, diff);
                self.heard.remove(&replica);
                self.asked.remove(&replica);
                self.arriving.forget(&replica);
                None
            }
        }
    }

    /// Asks a replica for its set, unless it was asked just now: its changes go on while it answers, and each of them shows the gap.
    fn ask(&mut self, replica: Replica, patience: Duration) -> Option<Message> {
        let now = Instant::now();
        if self.asked.get(&replica).is_some_and(|asked| now.duration_since(*asked) < patience) {
            return None;
        }
        self.asked.insert(replica.clone(), now);
        Some(Message::Request { to: replica })
    }

    fn hear_of(&mut self, replica: &Replica) {
        if replica != self.state.me() {
            self.heard.insert(replica.clone(), Instant::now());
            if let Some(presences) = self.state.up(replica, &mut self.diff) {
                self.news.push(News::Shown { replica: replica.clone(), presences });
            }
        }
    }
}
