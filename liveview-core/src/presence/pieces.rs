//! Sets that are too long for one message go in pieces, and are put together again.

use std::collections::HashMap;

use super::state::{Change, Delta, Replica, Snapshot};

/// So many entries or changes go by one message: adapters bound how long one may be.
pub(super) const PIECE: usize = 1_000;

/// The pieces of a set, with the number of each; one when it is empty.
pub(super) fn of_snapshot(snapshot: Snapshot) -> impl Iterator<Item = (usize, usize, Snapshot)> {
    let Snapshot { replica, clock, entries } = snapshot;
    let pieces = entries.len().div_ceil(PIECE).max(1);
    let mut entries = entries.into_iter();
    (0..pieces).map(move |piece| {
        let entries = entries.by_ref().take(PIECE).collect();
        (piece, pieces, Snapshot { replica: replica.clone(), clock, entries })
    })
}

/// Changes as deltas that follow each other.
pub(super) fn of_changes(replica: &Replica, mut after: u64, changes: Vec<Change>) -> impl Iterator<Item = Delta> {
    let mut changes = changes.into_iter();
    std::iter::from_fn(move || {
        let changes: Vec<_> = changes.by_ref().take(PIECE).collect();
        let delta = Delta { replica: replica.clone(), after, changes };
        after += delta.changes.len() as u64;
        (!delta.changes.is_empty()).then_some(delta)
    })
}

/// The sets whose pieces are arriving: at most one of each replica.
#[derive(Default)]
pub(super) struct Arriving(HashMap<Replica, (usize, Snapshot)>);

impl Arriving {
    /// Takes a piece. The set, when it was the last of it. One that is missing spoils the set, which is asked for again.
    pub(super) fn take(&mut self, piece: usize, pieces: usize, snapshot: Snapshot) -> Option<Snapshot> {
        let replica = snapshot.replica.clone();
        let whole = if piece == 0 {
            // Another one has begun before: it is older.
            self.0.remove(&replica);
            snapshot
        } else {
            let (next, mut whole) = self.0.remove(&replica)?;
            if (next, whole.clock) != (piece, snapshot.clock) {
                return None;
            }
            whole.entries.extend(snapshot.entries);
            whole
        };
        if piece + 1 == pieces {
            return Some(whole);
        }
        self.0.insert(replica, (piece + 1, whole));
        None
    }

    /// Nothing more will come of it.
    pub(super) fn forget(&mut self, replica: &Replica) {
        self.0.remove(replica);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::Map;

    use super::{Arriving, PIECE, of_changes, of_snapshot};
    use crate::presence::diff::Meta;
    use crate::presence::state::{Change, Entry, Replica, Snapshot};

    fn snapshot(clock: u64, count: u64) -> Snapshot {
        let meta = Meta { phx_ref: "ref".into(), phx_ref_prev: None, fields: Arc::new(Map::new()) };
        let entry = |number| (number, Entry { topic: "t".into(), key: "k".into(), meta: meta.clone() });
        Snapshot { replica: "a".into(), clock, entries: (1..=count).map(entry).collect() }
    }

    #[test]
    fn pieces_make_the_set_again() {
        for count in [0, 1, 1_000, 1_001, 3_500] {
            let (mut arriving, whole) = (Arriving::default(), snapshot(7, count));
            let sets: Vec<_> =
                of_snapshot(whole.clone()).filter_map(|(piece, of, part)| arriving.take(piece, of, part)).collect();
            assert_eq!(sets, [whole]);
        }
    }

    #[test]
    fn a_set_of_which_a_piece_is_missing_is_none_and_the_next_one_is_whole() {
        let pieces: Vec<_> = of_snapshot(snapshot(7, 3_500)).collect();
        for missing in 0..pieces.len() {
            let mut arriving = Arriving::default();
            for (piece, of, part) in pieces.iter().filter(|(piece, ..)| *piece != missing).cloned() {
                assert_eq!(arriving.take(piece, of, part), None);
            }
            let next = snapshot(8, 2_500);
            let sets: Vec<_> =
                of_snapshot(next.clone()).filter_map(|(p, of, part)| arriving.take(p, of, part)).collect();
            assert_eq!(sets, [next]);
        }
    }

    #[test]
    fn many_changes_are_deltas_that_follow_each_other() {
        let replica: Replica = "a".into();
        let deltas: Vec<_> = of_changes(&replica, 10, vec![Change::Leave(1); 2 * PIECE + 5]).collect();
        let spans: Vec<_> = deltas.iter().map(|delta| (delta.after, delta.changes.len())).collect();
        assert_eq!(spans, [(10, PIECE), (10 + PIECE as u64, PIECE), (10 + 2 * PIECE as u64, 5)]);
        assert_eq!(of_changes(&replica, 10, Vec::new()).count(), 0);
    }
}
