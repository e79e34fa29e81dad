//! Sockets and the topics of their channels. They go before all routes, wherever they are written.

use syn::LitStr;

use super::{Around, Check, get};
use crate::router::model::{ChannelOf, Item, SocketOf};
use crate::router::path::{RoutePath, Segment};

/// Where channels without a socket of their own are.
const ANYONE: &str = "/socket";

impl Check<'_> {
    /// Enters all sockets; those that are wrong are reported and taken out.
    pub(super) fn sockets(&mut self, items: &mut Vec<Item>) {
        let mut alone: Vec<LitStr> = Vec::new();
        items.retain_mut(|item| match item {
            Item::Socket(socket) => self.socket(socket),
            Item::Channel(channel) => {
                let is_first = alone.is_empty();
                self.topic(channel, &mut alone) && (!is_first || self.anyone(channel))
            }
            _ => true,
        });
    }

    fn socket(&mut self, socket: &mut SocketOf) -> bool {
        let mut topics = Vec::new();
        socket.channels.retain(|channel| self.topic(channel, &mut topics));
        let is_on = |option: &Option<syn::LitBool>, default| option.as_ref().map_or(default, |value| value.value);
        let transports = [("websocket", is_on(&socket.websocket, true)), ("longpoll", is_on(&socket.longpoll, false))];
        if transports.iter().all(|(_, is_on)| !is_on) {
            self.errors.at(&socket.path.literal, "nobody can connect to this socket: it has no transport");
            return false;
        }
        self.is_fixed(&socket.path, &Around::default(), "a socket is in one place")
            && transports.into_iter().filter(|(_, is_on)| *is_on).all(|(name, _)| self.transport(&socket.path, name))
    }

    fn transport(&mut self, path: &RoutePath, name: &str) -> bool {
        let below = path.with(&[Segment::Text(name.to_owned())]);
        self.place(&below, &Around::default(), get(), None)
    }

    /// The socket of channels that have none, at the first of them.
    fn anyone(&mut self, channel: &ChannelOf) -> bool {
        let literal = LitStr::new(ANYONE, channel.topic.span());
        RoutePath::new(literal).is_ok_and(|path| self.transport(&path, "websocket"))
    }

    fn topic(&mut self, channel: &ChannelOf, before: &mut Vec<LitStr>) -> bool {
        if let Some(message) = mistake(&channel.topic.value(), before) {
            self.errors.at(&channel.topic, message);
            return false;
        }
        before.push(channel.topic.clone());
        true
    }
}

/// What is wrong with a topic behind these.
fn mistake(topic: &str, before: &[LitStr]) -> Option<String> {
    if topic.is_empty() {
        return Some("a channel's topic is a text such as `room:lobby`, or `room:*` for all that begin so".to_owned());
    }
    if topic == "phoenix" {
        return Some("the topic `phoenix` is the socket's own".to_owned());
    }
    let stem = topic.strip_suffix('*').unwrap_or(topic);
    if let Some((begin, _)) = stem.split_once('*') {
        return Some(format!("`*` comes last and is the rest of a topic: `{begin}*`"));
    }
    let taken = before.iter().map(LitStr::value).find(|before| covers(before, topic))?;
    if taken == topic {
        return Some(format!("the topic `{topic}` has a channel above"));
    }
    Some(format!(
        "joins of this topic go to the channel of `{taken}` above: the first that matches wins, so write this one before it"
    ))
}

/// Whether all topics of `topic` are those of `before`.
fn covers(before: &str, topic: &str) -> bool {
    match before.strip_suffix('*') {
        Some(stem) => topic.strip_suffix('*').unwrap_or(topic).starts_with(stem),
        None => before == topic,
    }
}
