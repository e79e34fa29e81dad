//! The open sockets of one server, for lists.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::SystemTime;

use super::connection::Shared;

/// What carries frames.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// A WebSocket.
    #[default]
    WebSocket,
    /// Polls over HTTP.
    LongPoll,
    /// A test, without a network.
    Test,
}

/// One open socket, described.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SocketInfo {
    /// Its type.
    pub socket: &'static str,
    /// Where it connected, without the transport: `/devices`.
    pub path: String,
    /// Its name, if it has one.
    pub id: Option<String>,
    /// What carries its frames.
    pub transport: Transport,
    /// The other end.
    pub peer_addr: Option<SocketAddr>,
    /// Since when.
    pub connected_at: SystemTime,
    /// What it has joined, by topic.
    pub channels: Vec<ChannelInfo>,
}

/// One channel of an open socket.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelInfo {
    /// Its topic.
    pub topic: String,
    /// Its type.
    pub channel: &'static str,
    /// Whether its client was let in already.
    pub is_joined: bool,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Sockets {
    open: Mutex<HashMap<u64, Weak<Shared>>>,
}

/// A socket's place among them, given back when dropped.
pub(crate) struct Place {
    sockets: Arc<Sockets>,
    number: u64,
}

impl Sockets {
    pub(crate) fn enter(self: &Arc<Self>, socket: &Arc<Shared>) -> Place {
        self.lock().insert(socket.number, Arc::downgrade(socket));
        Place { sockets: self.clone(), number: socket.number }
    }

    /// In the order in which they connected.
    pub(crate) fn list(&self) -> Vec<SocketInfo> {
        let mut open: Vec<_> = self.lock().values().filter_map(Weak::upgrade).collect();
        open.sort_unstable_by_key(|socket| socket.number);
        open.iter().map(|socket| describe(socket)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Weak<Shared>>> {
        // Every section leaves the map whole.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.sockets.lock().remove(&self.number);
    }
}

fn describe(socket: &Shared) -> SocketInfo {
    let mut channels: Vec<_> = socket
        .open()
        .into_iter()
        .map(|open| ChannelInfo { topic: open.topic.to_string(), channel: open.channel, is_joined: open.is_joined })
        .collect();
    channels.sort_unstable_by(|a, b| a.topic.cmp(&b.topic));
    SocketInfo {
        socket: socket.def.name,
        path: socket.def.path.clone(),
        id: socket.id.as_deref().map(str::to_owned),
        transport: socket.transport,
        peer_addr: socket.peer_addr,
        connected_at: socket.connected_at,
        channels,
    }
}
