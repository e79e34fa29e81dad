//! Notifications become messages again.
//!
//! PostgreSQL delivers those of one transaction together and in order, so at any time at most one message is incomplete: what does not go on with it ends it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::frame::{self, Notification, Writing};

/// Nodes of which the last number is known. A node that starts anew is another one.
const MANY_NODES: usize = 1_024;

/// A node that said nothing for so long need not be known.
const LONG_SILENT: Duration = Duration::from_mins(10);

pub(super) struct Parts {
    /// This node, which hears itself, too.
    me: Arc<str>,
    max_message: usize,
    incomplete: Option<Incomplete>,
    /// The last number of each node. A statement whose connection broke may be carried out late; what was overtaken is dropped, so that order holds.
    last: HashMap<Box<str>, (u64, Instant)>,
}

struct Incomplete {
    node: Box<str>,
    number: u64,
    /// The part that is to come.
    next: usize,
    parts: usize,
    writing: Writing,
    body: String,
}

/// Why a notification is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Ignored {
    #[error("it is no message of a PostgresPubSub; does another program use the channel?")]
    Foreign,
    #[error("the message is longer than `max_message`")]
    TooLong,
    #[error("parts of the message are missing")]
    Incomplete,
}

impl Parts {
    pub(super) fn new(me: Arc<str>, max_message: usize) -> Self {
        Self { me, max_message, incomplete: None, last: HashMap::new() }
    }

    /// Takes a notification, and hands a message on when it is complete.
    ///
    /// # Errors
    /// [`Ignored`], once for each message.
    pub(super) fn take(&mut self, payload: &str, deliver: impl FnOnce(&str, &[u8])) -> Result<(), Ignored> {
        let part = frame::read(payload).ok_or(Ignored::Foreign)?;
        if part.node == &*self.me {
            return Ok(());
        }
        if part.parts == 1 {
            let left = self.incomplete.take();
            self.complete(part.node, part.number, part.writing, part.piece, deliver)?;
            return left.map_or(Ok(()), |_| Err(Ignored::Incomplete));
        }
        let Some(message) = self.go_on(&part)? else { return Ok(()) };
        self.complete(&message.node, message.number, message.writing, &message.body, deliver)
    }

    /// What was begun is not to be gone on with.
    pub(super) fn interrupted(&mut self) {
        self.incomplete = None;
    }

    /// The message, when this was its last part.
    fn go_on(&mut self, part: &Notification<'_>) -> Result<Option<Incomplete>, Ignored> {
        if part.part == 0 {
            self.begin(part);
        }
        let Some(mut message) = self.incomplete.take() else {
            // Told when its first part was refused, or the parts before were said when nobody listened.
            return Ok(None);
        };
        if !message.goes_on_with(part) {
            return Err(Ignored::Incomplete);
        }
        message.body.push_str(part.piece);
        message.next += 1;
        if message.body.len() > self.longest(message.writing) {
            return Err(Ignored::TooLong);
        }
        if message.next == message.parts {
            return Ok(Some(message));
        }
        self.incomplete = Some(message);
        Ok(None)
    }

    fn begin(&mut self, part: &Notification<'_>) {
        self.incomplete = Some(Incomplete {
            node: part.node.into(),
            number: part.number,
            next: 0,
            parts: part.parts,
            writing: part.writing,
            body: String::new(),
        });
    }

    /// The longest body, with the length of its topic before it.
    fn longest(&self, writing: Writing) -> usize {
        let body = self.max_message + 24;
        match writing {
            Writing::Text => body,
            Writing::Bytes => body / 3 * 4 + 4,
        }
    }

    fn complete(
        &mut self,
        node: &str,
        number: u64,
        writing: Writing,
        body: &str,
        deliver: impl FnOnce(&str, &[u8]),
    ) -> Result<(), Ignored> {
        if self.is_overtaken(node, number) {
            return Ok(());
        }
        frame::open(writing, body, deliver).ok_or(Ignored::Foreign)
    }

    fn is_overtaken(&mut self, node: &str, number: u64) -> bool {
        let now = Instant::now();
        if let Some((last, heard)) = self.last.get_mut(node) {
            *heard = now;
            let is_late = number <= *last;
            *last = number.max(*last);
            return is_late;
        }
        if self.last.len() >= MANY_NODES {
            self.last.retain(|_, (_, heard)| now.duration_since(*heard) < LONG_SILENT);
        }
        self.last.insert(node.into(), (number, now));
        false
    }
}

impl Incomplete {
    fn goes_on_with(&self, part: &Notification<'_>) -> bool {
        (&*self.node, self.number, self.next, self.parts, self.writing)
            == (part.node, part.number, part.part, part.parts, part.writing)
    }
}
