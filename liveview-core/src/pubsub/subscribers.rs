//! The subscribers of one topic: a list that can be read while it is changed.
//!
//! Readers clone the list, which clones one `Arc`. Writers copy what a reader still holds, and only that: the list is cut into
//! buckets by the hash of the subscription's number, so that joining a topic of 100,000 subscribers while somebody publishes
//! copies one bucket and the list of buckets, not the subscribers.

use std::sync::Arc;

use super::delivery::Sink;
use super::topic::OnFull;

/// Subscribers per bucket, on average, at which the number of buckets doubles.
const CROWDED: usize = 64;

#[derive(Clone)]
pub(super) struct Subscriber {
    pub(super) number: u64,
    pub(super) on_full: OnFull,
    pub(super) sink: Arc<dyn Sink>,
}

type Bucket = Arc<Vec<Subscriber>>;

#[derive(Clone)]
pub(super) struct Subscribers {
    /// Their number is a power of two.
    buckets: Arc<Vec<Bucket>>,
    len: usize,
}

impl Default for Subscribers {
    fn default() -> Self {
        Self { buckets: Arc::new(vec![Bucket::default()]), len: 0 }
    }
}

impl Subscribers {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Subscriber> {
        self.buckets.iter().flat_map(|bucket| bucket.iter())
    }

    pub(super) fn insert(&mut self, subscriber: Subscriber) {
        if self.len >= self.buckets.len() * CROWDED {
            self.grow();
        }
        self.bucket(subscriber.number).push(subscriber);
        self.len += 1;
    }

    pub(super) fn remove(&mut self, number: u64) -> Option<Subscriber> {
        let bucket = self.bucket(number);
        let index = bucket.iter().position(|subscriber| subscriber.number == number)?;
        let removed = bucket.swap_remove(index);
        self.len -= 1;
        Some(removed)
    }

    fn bucket(&mut self, number: u64) -> &mut Vec<Subscriber> {
        let index = index(number, self.buckets.len());
        Arc::make_mut(&mut Arc::make_mut(&mut self.buckets)[index])
    }

    fn grow(&mut self) {
        let mut buckets = vec![Vec::new(); self.buckets.len() * 2];
        for subscriber in self.iter() {
            buckets[index(subscriber.number, self.buckets.len() * 2)].push(subscriber.clone());
        }
        self.buckets = Arc::new(buckets.into_iter().map(Arc::new).collect());
    }
}

/// Fibonacci hashing: numbers that follow each other, or skip regularly, spread evenly.
fn index(number: u64, buckets: usize) -> usize {
    (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & (buckets - 1)
}

#[cfg(test)]
mod tests {
    use super::{Arc, CROWDED, OnFull, Subscriber, Subscribers};
    use crate::mailbox::{Limits, Mailbox};

    fn subscriber(number: u64) -> Subscriber {
        let (address, _) = Mailbox::<()>::new(Limits::default());
        Subscriber { number, on_full: OnFull::default(), sink: address.sink() }
    }

    fn numbers(subscribers: &Subscribers) -> Vec<u64> {
        let mut numbers: Vec<_> = subscribers.iter().map(|subscriber| subscriber.number).collect();
        numbers.sort_unstable();
        numbers
    }

    #[test]
    fn growing_keeps_everyone_and_removing_removes_one() {
        let mut subscribers = Subscribers::default();
        for number in 0..1_000 {
            subscribers.insert(subscriber(number));
        }
        assert_eq!(numbers(&subscribers), (0..1_000).collect::<Vec<_>>());
        assert!(subscribers.remove(500).is_some());
        assert!(subscribers.remove(500).is_none());
        assert_eq!(subscribers.len(), 999);
        assert!(!numbers(&subscribers).contains(&500));
    }

    #[test]
    fn a_reader_keeps_what_it_saw() {
        let mut subscribers = Subscribers::default();
        subscribers.insert(subscriber(1));
        let seen = subscribers.clone();
        subscribers.insert(subscriber(2));
        subscribers.remove(1);
        assert_eq!(numbers(&seen), [1]);
        assert_eq!(numbers(&subscribers), [2]);
    }

    #[test]
    fn numbers_in_step_spread_over_the_buckets() {
        let mut subscribers = Subscribers::default();
        for number in 0..4_096 {
            subscribers.insert(subscriber(number * 8));
        }
        let fullest = subscribers.buckets.iter().map(|bucket| bucket.len()).max();
        assert!(fullest < Some(3 * CROWDED), "{fullest:?}");
    }

    #[test]
    fn joining_copies_one_bucket_of_a_list_that_is_being_read() {
        let mut subscribers = Subscribers::default();
        for number in 0..1_000 {
            subscribers.insert(subscriber(number));
        }
        let seen = subscribers.clone();
        subscribers.insert(subscriber(1_000));
        let copied = seen.buckets.iter().zip(subscribers.buckets.iter()).filter(|(a, b)| !Arc::ptr_eq(a, b));
        assert_eq!(copied.count(), 1);
    }
}
