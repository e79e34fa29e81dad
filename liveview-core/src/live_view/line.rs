//! The line of frames from one view to its browser: numbers, what is not acknowledged yet, and whether there is room.
//!
//! Values in, values out: the actor renders and the socket writes. Frames stay until the browser has applied them, so that a
//! socket that takes over can be given what its predecessor lost.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::protocol::frame::Frame;
use crate::render::Edits;

/// Frames on the way before the view waits for an acknowledgement (the browser acknowledges every fourth).
const WINDOW_FRAMES: usize = 8;
/// Bytes on the way before the view waits.
const WINDOW_BYTES: usize = 256 * 1024;
/// Replies go out even when the window is full; a browser that sends events and never acknowledges ends up here.
const LIMIT_FRAMES: usize = 256;
/// The same in bytes.
const LIMIT_BYTES: usize = 8 * 1024 * 1024;

/// The frames of one view since its page was built.
#[derive(Debug, Default)]
pub(crate) struct Line {
    last_seq: u64,
    unacked: VecDeque<Arc<Frame>>,
    bytes: usize,
}

impl Line {
    /// Numbers a patch and keeps it until it is acknowledged.
    pub(crate) fn push(&mut self, edits: Edits) -> Arc<Frame> {
        self.last_seq += 1;
        let frame = Arc::new(Frame { seq: self.last_seq, edits });
        self.bytes += frame.edits.ops.len();
        self.unacked.push_back(frame.clone());
        frame
    }

    /// Whether another frame may go out before the next acknowledgement.
    pub(crate) fn has_room(&self) -> bool {
        self.unacked.len() < WINDOW_FRAMES && self.bytes < WINDOW_BYTES
    }

    /// Whether the browser ignores the rules: it takes frames and acknowledges none.
    pub(crate) fn is_overrun(&self) -> bool {
        self.unacked.len() > LIMIT_FRAMES || self.bytes > LIMIT_BYTES
    }

    /// The browser has applied everything up to `seq`. A number that was never sent acknowledges nothing.
    pub(crate) fn ack(&mut self, seq: u64) {
        if seq > self.last_seq {
            return;
        }
        while self.unacked.front().is_some_and(|frame| frame.seq <= seq) {
            if let Some(frame) = self.unacked.pop_front() {
                self.bytes -= frame.edits.ops.len();
            }
        }
    }

    /// The frames after `seq`, if all of them are still here.
    pub(crate) fn since(&self, seq: u64) -> Option<impl Iterator<Item = &Arc<Frame>>> {
        let first = self.unacked.front().map_or(self.last_seq + 1, |frame| frame.seq);
        (seq <= self.last_seq && seq + 1 >= first).then(|| self.unacked.iter().filter(move |frame| frame.seq > seq))
    }

    /// Forgets what is not acknowledged: the page is built anew.
    pub(crate) fn clear(&mut self) {
        self.unacked.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, WINDOW_FRAMES};
    use crate::render::Edits;

    fn seqs(line: &Line, after: u64) -> Option<Vec<u64>> {
        Some(line.since(after)?.map(|frame| frame.seq).collect())
    }

    #[test]
    fn a_resumed_page_gets_exactly_what_it_missed() {
        let mut line = Line::default();
        for _ in 0..5 {
            line.push(Edits::default());
        }
        line.ack(2);
        assert_eq!(seqs(&line, 2), Some(vec![3, 4, 5]));
        assert_eq!(seqs(&line, 4), Some(vec![5]));
        assert_eq!(seqs(&line, 5), Some(vec![]));
    }

    #[test]
    fn frames_that_are_gone_or_were_never_sent_cannot_be_resumed() {
        let mut line = Line::default();
        line.push(Edits::default());
        line.push(Edits::default());
        line.ack(2);
        assert_eq!(seqs(&line, 1), None);
        assert_eq!(seqs(&line, 3), None);
        assert_eq!(seqs(&line, u64::MAX), None);
    }

    #[test]
    fn the_window_closes_and_opens_with_acknowledgements() {
        let mut line = Line::default();
        for _ in 0..WINDOW_FRAMES {
            assert!(line.has_room());
            line.push(Edits::default());
        }
        assert!(!line.has_room());
        line.ack(u64::MAX); // a lie
        assert!(!line.has_room());
        line.ack(1);
        assert!(line.has_room());
    }
}
