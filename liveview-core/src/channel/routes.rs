//! Which channels a socket has, and how it may be reached.

use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, LazyLock};

use axum::response::Response;
use futures_util::future::BoxFuture;
use tokio::task::JoinHandle;

use super::Channel;
use super::refused::Refused;
use super::serializer::{Serializer, V1, V2, speaks};
use super::socket::{Identity, Socket, SocketConnect, connect};
use super::task::{Start, run};
use super::topic::TopicPattern;
use crate::session::OriginCheck;

/// One for all sockets, so that a broadcast is written once for all of them.
static BUILT_IN: LazyLock<[Arc<dyn Serializer>; 2]> = LazyLock::new(|| [Arc::new(V2), Arc::new(V1)]);

/// The channels of a socket of the type `S`, in the making: what [`crate::Router::socket`] gives to its function.
#[derive(Debug)]
pub struct SocketRoutes<S> {
    pub(crate) def: SocketDef,
    socket: PhantomData<fn() -> S>,
}

/// The same with the types forgotten.
#[derive(Clone)]
pub(crate) struct SocketDef {
    /// Without the transport.
    pub(crate) path: String,
    pub(crate) name: &'static str,
    pub(crate) connect: fn(&mut SocketConnect) -> BoxFuture<'_, Result<Identity, Refused>>,
    pub(crate) refused: fn(&Refused) -> Response,
    channels: Vec<ChannelDef>,
    serializers: Vec<Arc<dyn Serializer>>,
    pub(crate) websocket: bool,
    pub(crate) longpoll: bool,
    /// None: the endpoint's.
    pub(crate) origins: Option<OriginCheck>,
    pub(crate) check_csrf: bool,
    pub(crate) mistakes: Vec<String>,
}

/// A channel and its topics.
#[derive(Clone, Copy)]
pub(crate) struct ChannelDef {
    pattern: TopicPattern,
    pub(crate) name: &'static str,
    spawn: fn(Start) -> JoinHandle<()>,
}

impl<S: Socket> SocketRoutes<S> {
    pub(crate) fn new(path: &str) -> Self {
        let def = SocketDef {
            path: path.trim_end_matches('/').to_owned(),
            name: short_name(type_name::<S>()),
            connect: connect::<S>,
            refused: S::refused,
            channels: Vec::new(),
            serializers: BUILT_IN.to_vec(),
            websocket: true,
            longpoll: false,
            origins: None,
            check_csrf: true,
            mistakes: Vec::new(),
        };
        Self { def, socket: PhantomData }
    }

    /// A channel, for the topic of that name, or with a `*` at its end for all that begin so. The first that matches wins.
    #[must_use]
    pub fn channel<C: Channel<Socket = S>>(mut self, topic: &'static str) -> Self {
        self.def.add::<C>(topic);
        self
    }

    /// Whether clients may connect by WebSocket, at `/websocket` below the socket's path. Default: yes.
    #[must_use]
    pub fn websocket(mut self, yes: bool) -> Self {
        self.def.websocket = yes;
        self
    }

    /// Whether clients may connect by polls over HTTP, at `/longpoll` below the socket's path. Default: no.
    #[must_use]
    pub fn longpoll(mut self, yes: bool) -> Self {
        self.def.longpoll = yes;
        self
    }

    /// One more language, for clients that name its `vsn`. Asked before those of Phoenix.
    #[must_use]
    pub fn serializer(mut self, serializer: impl Serializer) -> Self {
        self.def.serializers.insert(0, Arc::new(serializer));
        self
    }

    /// From which sites browsers may connect, in place of what the endpoint says.
    #[must_use]
    pub fn check_origin(mut self, origins: OriginCheck) -> Self {
        self.def.origins = Some(origins);
        self
    }

    /// Whether a client is given its session only with a CSRF token. Without this check, and with any origin allowed, every site could act for
    /// the users of this one: an endpoint with such a socket does not start. Default: yes.
    #[must_use]
    pub fn check_csrf(mut self, yes: bool) -> Self {
        self.def.check_csrf = yes;
        self
    }
}

impl SocketDef {
    pub(crate) fn add<C: Channel>(&mut self, topic: &'static str) {
        let pattern = match TopicPattern::new(topic) {
            Ok(pattern) => pattern,
            Err(mistake) => return self.mistakes.push(mistake),
        };
        if let Some(before) = self.channels.iter().find(|before| before.pattern.covers(pattern)) {
            let before = before.pattern.text();
            self.mistakes.push(format!(
                "joins of `{topic}` at {} go to the channel of `{before}` above it: the first that matches wins",
                self.path
            ));
            return;
        }
        self.channels.push(ChannelDef { pattern, name: short_name(type_name::<C>()), spawn: spawn::<C> });
    }

    /// # Errors
    /// A sentence, when it was put together in a way that cannot be. `origins` are those of the endpoint.
    pub(crate) fn check(&self, origins: &OriginCheck) -> Result<(), String> {
        if let Some(mistake) = self.mistakes.first() {
            return Err(mistake.clone());
        }
        if !self.check_csrf && matches!(self.origins.as_ref().unwrap_or(origins), OriginCheck::Any) {
            return Err(format!(
                "the socket {} checks neither origins nor CSRF tokens, so every site could act for the users of this one: \
                 check one of them",
                self.path
            ));
        }
        Ok(())
    }

    /// The channel of a topic, and where the part behind its wildcard begins.
    pub(crate) fn find(&self, topic: &str) -> Option<(ChannelDef, usize)> {
        self.channels.iter().find_map(|channel| Some((*channel, channel.pattern.matches(topic)?)))
    }

    /// The serializer for a client's `vsn`.
    pub(crate) fn serializer(&self, vsn: &str) -> Option<Arc<dyn Serializer>> {
        self.serializers.iter().find(|serializer| speaks(&***serializer, vsn)).cloned()
    }

    /// What clients may name as `vsn`, for messages.
    pub(crate) fn versions(&self) -> String {
        self.serializers.iter().map(|serializer| serializer.vsn()).collect::<Vec<_>>().join(", ")
    }
}

impl ChannelDef {
    pub(crate) fn spawn(&self, start: Start) -> JoinHandle<()> {
        (self.spawn)(start)
    }
}

fn spawn<C: Channel>(start: Start) -> JoinHandle<()> {
    let host = start.host();
    host.channels.spawn_on(run::<C>(start), &host.runtime)
}

/// Of a type, without its module.
pub(super) fn short_name(name: &'static str) -> &'static str {
    let end = name.find('<').unwrap_or(name.len());
    let begin = name[..end].rfind("::").map_or(0, |at| at + 2);
    &name[begin..]
}

impl fmt::Debug for SocketDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let topics: Vec<_> = self.channels.iter().map(|channel| channel.pattern.text()).collect();
        f.debug_struct("SocketDef").field("path", &self.path).field("topics", &topics).finish_non_exhaustive()
    }
}
