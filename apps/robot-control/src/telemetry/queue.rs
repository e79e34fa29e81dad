//! Where readings wait for the database: a bounded queue that drops the oldest.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use super::Reading;

/// What became of all readings since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Stored in the database.
    pub written: u64,
    /// Dropped, for there was no more room for them.
    pub dropped: u64,
    /// Not stored yet.
    pub waiting: usize,
}

/// The queue. The lock is held for moving rows, never over an `await`.
#[derive(Debug)]
pub(super) struct Queue {
    rows: Mutex<VecDeque<Reading>>,
    capacity: usize,
    batch: usize,
    full: Notify,
    stats: watch::Sender<Stats>,
}

impl Queue {
    /// One for `capacity` rows that are written `batch` at a time.
    pub(super) fn new(capacity: usize, batch: usize) -> Self {
        let (capacity, batch) = (capacity.max(1), batch.max(1));
        Self {
            rows: Mutex::default(),
            capacity,
            batch: batch.min(capacity),
            full: Notify::new(),
            stats: watch::Sender::default(),
        }
    }

    /// Puts rows at the end. Those at the front give way.
    pub(super) fn push(&self, rows: impl Iterator<Item = Reading>) {
        let mut queue = self.rows();
        queue.extend(rows);
        let dropped = self.cut(&mut queue);
        self.count(&queue, 0, dropped);
        if queue.len() >= self.batch {
            self.full.notify_one();
        }
    }

    /// Takes the next batch; empty when nothing waits.
    pub(super) fn take(&self) -> Vec<Reading> {
        let mut queue = self.rows();
        let count = queue.len().min(self.batch);
        queue.drain(..count).collect()
    }

    /// Says that a batch is stored.
    pub(super) fn written(&self, rows: usize) {
        self.count(&self.rows(), rows, 0);
    }

    /// Puts a batch back that could not be stored, before what came after it.
    pub(super) fn put_back(&self, rows: Vec<Reading>) {
        let mut queue = self.rows();
        for row in rows.into_iter().rev() {
            queue.push_front(row);
        }
        let dropped = self.cut(&mut queue);
        self.count(&queue, 0, dropped);
    }

    /// Waits until there is a whole batch. It may have been taken meanwhile.
    ///
    /// # Cancel safety
    /// A batch is noticed by the next call.
    pub(super) async fn full(&self) {
        if self.rows().len() < self.batch {
            self.full.notified().await;
        }
    }

    pub(super) fn stats(&self) -> watch::Receiver<Stats> {
        self.stats.subscribe()
    }

    fn cut(&self, queue: &mut VecDeque<Reading>) -> usize {
        let surplus = queue.len().saturating_sub(self.capacity);
        queue.drain(..surplus);
        surplus
    }

    fn count(&self, queue: &VecDeque<Reading>, written: usize, dropped: usize) {
        self.stats.send_modify(|stats| {
            stats.written += written as u64;
            stats.dropped += dropped as u64;
            stats.waiting = queue.len();
        });
    }

    fn rows(&self) -> MutexGuard<'_, VecDeque<Reading>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robots::RobotId;

    fn rows(range: std::ops::Range<i64>) -> impl Iterator<Item = Reading> {
        range.map(|at_ms| Reading { robot_id: RobotId(1), at_ms, ..Reading::default() })
    }

    fn times(rows: &[Reading]) -> Vec<i64> {
        rows.iter().map(|row| row.at_ms).collect()
    }

    #[test]
    fn what_does_not_fit_pushes_the_oldest_out_and_is_counted() {
        let queue = Queue::new(5, 3);
        queue.push(rows(0..4));
        queue.push(rows(4..8));
        assert_eq!(*queue.stats().borrow(), Stats { written: 0, dropped: 3, waiting: 5 });
        assert_eq!(times(&queue.take()), [3, 4, 5]);
        assert_eq!(times(&queue.take()), [6, 7]);
        assert!(queue.take().is_empty());
    }

    #[test]
    fn what_could_not_be_stored_comes_first_again_and_is_the_first_to_go() {
        let queue = Queue::new(5, 3);
        queue.push(rows(0..4));
        let batch = queue.take();
        queue.push(rows(4..6));
        queue.put_back(batch);
        assert_eq!(queue.stats().borrow().dropped, 1);
        assert_eq!(times(&queue.take()), [1, 2, 3]);
        queue.written(3);
        assert_eq!(*queue.stats().borrow(), Stats { written: 3, dropped: 1, waiting: 2 });
    }

    #[tokio::test]
    async fn a_whole_batch_is_announced_also_to_who_asks_later() {
        let queue = Queue::new(10, 3);
        queue.push(rows(0..3));
        queue.full().await;
        queue.take();
        queue.push(rows(3..7));
        queue.full().await;
        assert_eq!(queue.take().len(), 3);
    }
}
