//! The way to the other nodes and back.

use std::sync::Arc;

use tokio::time::{Instant, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::{Core, Shared};
use crate::PubSub;
use crate::presence::message::Message;
use crate::presence::state::{Delta, Gap, Replica};
use crate::pubsub::{Received, Topic, topic};

/// Where the nodes of a presence meet.
fn meeting(name: &str) -> Topic<Message> {
    topic(format!("bennu:presence:{name}")).distributed()
}

/// Runs until `ended`, and then says goodbye.
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
        loop {
            // Every arm may be dropped: each only waits, and `recv` loses nothing.
            tokio::select! {
                () = ended.cancelled() => return tell(Message::Goodbye { replica: shared.me() }),
                received = inbox.recv() => {
                    if let Received::Message(message) = received && let Some(answer) = shared.hear((*message).clone()) {
                        tell(answer);
                    }
                }
                () = shared.changed.notified() => {
                    sleep(shared.options.batch).await;
                    shared.delta().map(tell).unwrap_or_default();
                }
                _ = beat.tick() => {
                    shared.look_round();
                    tell(shared.heartbeat(false));
                }
            }
        }
    }
}

impl Shared {
    fn me(&self) -> Replica {
        self.lock().state.me().clone()
    }

    fn heartbeat(&self, is_new: bool) -> Message {
        let core = self.lock();
        let replica = core.state.me().clone();
        // What is not sent yet, nobody has missed.
        let clock = core.state.clock(&replica) - core.changes.len() as u64;
        Message::Heartbeat { replica, clock, is_new }
    }

    /// What this replica has changed since it was asked last.
    fn delta(&self) -> Option<Message> {
        let mut core = self.lock();
        let changes = std::mem::take(&mut core.changes);
        let replica = core.state.me().clone();
        let after = core.state.clock(&replica) - changes.len() as u64;
        (!changes.is_empty()).then_some(Message::Delta(Delta { replica, after, changes }))
    }

    /// Takes in what another node says, and answers if there is something to say.
    fn hear(&self, message: Message) -> Option<Message> {
        let mut core = self.lock();
        let core = &mut *core;
        let answer = core.hear(message);
        if !core.diff.is_empty() {
            self.differs.notify_one();
        }
        answer
    }

    /// Looks for nodes that have gone silent.
    fn look_round(&self) {
        let mut core = self.lock();
        let core = &mut *core;
        let now = Instant::now();
        core.heard.retain(|replica, heard| {
            let silent = now.duration_since(*heard);
            if silent >= self.options.forget_after {
                core.state.forget(replica, &mut core.diff);
                return false;
            }
            if silent >= self.options.down_after {
                core.state.down(replica, &mut core.diff);
            }
            true
        });
        if !core.diff.is_empty() {
            self.differs.notify_one();
        }
    }
}

impl Core {
    fn hear(&mut self, message: Message) -> Option<Message> {
        let Self { state, diff, .. } = self;
        let mine = state.me().clone();
        match message {
            Message::Heartbeat { replica, clock, is_new } => {
                let has_missed = clock > state.clock(&replica);
                self.hear_of(&replica);
                if has_missed {
                    return Some(Message::Request { to: replica });
                }
                is_new.then(|| Message::Heartbeat { clock: self.state.clock(&mine), replica: mine, is_new: false })
            }
            Message::Delta(delta) => {
                let replica = delta.replica.clone();
                let applied = state.apply(delta, diff);
                self.hear_of(&replica);
                applied.err().map(|Gap| Message::Request { to: replica })
            }
            Message::Request { to } => (to == mine).then(|| Message::Snapshot(state.snapshot())),
            Message::Snapshot(snapshot) => {
                let replica = snapshot.replica.clone();
                state.replace(snapshot, diff);
                self.hear_of(&replica);
                None
            }
            Message::Goodbye { replica } => {
                state.forget(&replica, diff);
                self.heard.remove(&replica);
                None
            }
        }
    }

    fn hear_of(&mut self, replica: &Replica) {
        if replica != self.state.me() {
            self.heard.insert(replica.clone(), Instant::now());
            self.state.up(replica, &mut self.diff);
        }
    }
}
