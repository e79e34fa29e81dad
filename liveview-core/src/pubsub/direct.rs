//! Messages to one node: they travel as broadcasts of a topic that all nodes hear, and all but one ignore.
//!
//! An adapter needs nothing for them, and they keep its promises: at most once, and in order with what the same sender broadcasts.

use super::adapter::AdapterError;
use crate::protocol::wire::{Reader, WireError, write_string};

/// What the names of their topics begin with, before the node's.
const DIRECT: &str = "bennu:direct:";

/// The topic under which a message travels to a node.
pub(super) fn topic_of(node: &str) -> String {
    format!("{DIRECT}{node}")
}

/// The node that a topic is for, if it is one of these.
pub(super) fn node_of(topic: &str) -> Option<&str> {
    topic.strip_prefix(DIRECT)
}

/// A message of the topic, as it travels.
pub(super) fn wrap(topic: &str, message: &[u8]) -> Vec<u8> {
    let mut wrapped = Vec::with_capacity(topic.len() + message.len() + 4);
    write_string(&mut wrapped, topic);
    wrapped.extend_from_slice(message);
    wrapped
}

/// The topic and the message that were wrapped.
///
/// # Errors
/// When they were not: by another version, or by nobody of ours.
pub(super) fn unwrap(wrapped: &[u8]) -> Result<(&str, &[u8]), WireError> {
    let mut reader = Reader::new(wrapped);
    let topic = reader.string()?;
    Ok((topic, reader.rest()))
}

/// Why a message did not go to one node.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DirectError {
    /// This process knows no other nodes.
    #[error("there is no node {node:?}: this pubsub is of one process alone")]
    Alone {
        /// The node that was named.
        node: String,
    },
    /// The topic stays in its process.
    #[error("the topic {topic:?} stays on its node: say `.distributed()` of it")]
    NotDistributed {
        /// The topic's name.
        topic: String,
    },
    /// The message has no encoded form, or the adapter does not take it.
    #[error("the message did not go to the node {node:?}")]
    Refused {
        /// The node that was named.
        node: String,
        /// Why.
        source: AdapterError,
    },
}

#[cfg(test)]
mod tests {
    use super::{node_of, topic_of, unwrap, wrap};

    #[test]
    fn what_is_wrapped_comes_out_again() {
        let wrapped = wrap("fleet:ä", b"\0message");
        assert_eq!(unwrap(&wrapped).expect("ours"), ("fleet:ä", &b"\0message"[..]));
        assert_eq!(unwrap(&wrap("", b"")).expect("ours"), ("", &b""[..]));
        assert_eq!(node_of(&topic_of("a:b")), Some("a:b"));
        assert_eq!(node_of("fleet"), None);
    }

    #[test]
    fn what_nobody_of_ours_wrapped_is_an_error() {
        for bytes in [&b""[..], b"\x05abc", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"\x02\xff\xfe"] {
            unwrap(bytes).expect_err("not ours");
        }
    }
}
