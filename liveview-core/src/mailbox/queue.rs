//! What waits in one mailbox, in order, and what gives way when there is too much of it.
//!
//! Pure: the lock around it and the waking of tasks are the mailbox's. Nothing is destroyed here: what had to give way
//! is handed back, because its destructor is user code and must not run under the lock.

use std::collections::VecDeque;

use super::{Lagged, Limits};
use crate::pubsub::{Delivery, OnFull};

/// A queue with more places than this gives memory back when three quarters of them are empty.
const KEPT_CAPACITY: usize = 8;

#[derive(Debug)]
pub(super) enum Item<M> {
    Client(M),
    Control(M),
    Delivery(Delivery),
    Lagged(Lagged),
}

impl<M> Item<M> {
    fn topic(&self) -> Option<&str> {
        match self {
            Self::Client(_) | Self::Control(_) => None,
            Self::Delivery(delivery) => Some(delivery.topic()),
            Self::Lagged(lagged) => Some(&lagged.topic),
        }
    }
}

#[derive(Debug)]
pub(super) struct Queue<M> {
    items: VecDeque<Item<M>>,
    limits: Limits,
    clients: usize,
    deliveries: usize,
    dropped: u64,
}

impl<M> Queue<M> {
    pub(super) fn new(limits: Limits) -> Self {
        // A limit of zero would let nothing in at all.
        let limits = Limits { clients: limits.clients.max(1), deliveries: limits.deliveries.max(1) };
        Self { items: VecDeque::new(), limits, clients: 0, deliveries: 0, dropped: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Gives the message back when as many as the limit allows are waiting.
    pub(super) fn push_client(&mut self, message: M) -> Result<(), M> {
        if self.clients >= self.limits.clients {
            return Err(message);
        }
        self.clients += 1;
        self.items.push_back(Item::Client(message));
        Ok(())
    }

    pub(super) fn push_control(&mut self, message: M) {
        self.items.push_back(Item::Control(message));
    }

    /// In front of everything else.
    pub(super) fn push_first(&mut self, message: M) {
        self.items.push_front(Item::Control(message));
    }

    /// Queues a delivery by its topic's rule; what had to give way for it, if anything, comes back.
    pub(super) fn deliver(&mut self, delivery: Delivery) -> Option<Delivery> {
        let full = self.deliveries >= self.limits.deliveries;
        let gone = match delivery.on_full() {
            OnFull::Latest => match self.coalesce(delivery) {
                Ok(older) => Some(older),
                Err(first) => self.make_room(full, first),
            },
            OnFull::DropOldest => self.make_room(full, delivery),
            OnFull::Lag if full => Some(self.note_lag(delivery)),
            OnFull::Lag => self.make_room(false, delivery),
        };
        self.dropped += u64::from(gone.is_some());
        gone
    }

    pub(super) fn pop(&mut self) -> Option<Item<M>> {
        let item = self.items.pop_front()?;
        match item {
            Item::Client(_) => self.clients -= 1,
            Item::Delivery(_) => self.deliveries -= 1,
            Item::Control(_) | Item::Lagged(_) => {}
        }
        self.give_memory_back();
        Some(item)
    }

    /// Takes everything out.
    pub(super) fn drain(&mut self) -> VecDeque<Item<M>> {
        self.clients = 0;
        self.deliveries = 0;
        std::mem::take(&mut self.items)
    }

    /// Puts a delivery in the place of the queued one of its topic; without one, gives it back.
    fn coalesce(&mut self, delivery: Delivery) -> Result<Delivery, Delivery> {
        let queued = self.items.iter_mut().find_map(|item| match item {
            Item::Delivery(queued) if queued.same_topic(&delivery) => Some(queued),
            _ => None,
        });
        match queued {
            Some(queued) => Ok(std::mem::replace(queued, delivery)),
            None => Err(delivery),
        }
    }

    /// Appends; when `full`, the oldest delivery of that topic goes, or else the oldest that may be dropped.
    fn make_room(&mut self, full: bool, delivery: Delivery) -> Option<Delivery> {
        let gone = if full { self.evict_for(&delivery) } else { None };
        self.deliveries += 1;
        self.items.push_back(Item::Delivery(delivery));
        gone
    }

    fn evict_for(&mut self, new: &Delivery) -> Option<Delivery> {
        let mut oldest_droppable = None;
        let mut oldest_of_topic = None;
        for (index, item) in self.items.iter().enumerate() {
            let Item::Delivery(queued) = item else {
                continue;
            };
            if queued.on_full() != OnFull::DropOldest {
                continue;
            }
            oldest_droppable = oldest_droppable.or(Some(index));
            if queued.same_topic(new) {
                oldest_of_topic = Some(index);
                break;
            }
        }
        let index = oldest_of_topic.or(oldest_droppable)?;
        match self.items.remove(index) {
            Some(Item::Delivery(gone)) => {
                self.deliveries -= 1;
                Some(gone)
            }
            _ => None,
        }
    }

    /// Counts a missed delivery in the topic's notice, which lies where the delivery would have been.
    fn note_lag(&mut self, missed: Delivery) -> Delivery {
        match self.items.iter_mut().rev().find(|item| item.topic() == Some(missed.topic())) {
            Some(Item::Lagged(notice)) => notice.missed += 1,
            _ => self.items.push_back(Item::Lagged(Lagged { topic: missed.topic_name(), missed: 1 })),
        }
        missed
    }

    fn give_memory_back(&mut self) {
        let capacity = self.items.capacity();
        if capacity > KEPT_CAPACITY && self.items.len() <= capacity / 4 {
            self.items.shrink_to(capacity / 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{Just, Strategy, any, prop_assert, prop_oneof, proptest};

    use super::{Item, KEPT_CAPACITY, Limits, Queue};
    use crate::pubsub::{Delivery, OnFull, topic};

    fn delivery(name: &str, rule: OnFull, number: u32) -> Delivery {
        Delivery::new(&topic::<u32>(name).on_full(rule), number)
    }

    fn queue(clients: usize, deliveries: usize) -> Queue<&'static str> {
        Queue::new(Limits { clients, deliveries })
    }

    /// Everything queued, in words: `name:number`, `name+missed`, or the message itself.
    fn drained(queue: &mut Queue<&'static str>) -> Vec<String> {
        std::iter::from_fn(|| queue.pop())
            .map(|item| match item {
                Item::Client(text) | Item::Control(text) => text.to_owned(),
                Item::Delivery(d) => {
                    format!("{}:{}", d.topic(), d.message::<u32>().expect("a number"))
                }
                Item::Lagged(l) => format!("{}+{}", l.topic, l.missed),
            })
            .collect()
    }

    #[test]
    fn everything_comes_out_in_the_order_in_which_it_went_in() {
        let mut queue = queue(2, 2);
        queue.push_client("click").expect("room");
        queue.deliver(delivery("a", OnFull::DropOldest, 1));
        queue.push_control("leave");
        queue.deliver(delivery("b", OnFull::Lag, 2));
        assert_eq!(drained(&mut queue), ["click", "a:1", "leave", "b:2"]);
        assert_eq!(queue.dropped(), 0);
    }

    #[test]
    fn client_messages_are_refused_at_their_limit_and_control_messages_never() {
        let mut queue = queue(1, 1);
        queue.push_client("1").expect("room");
        assert_eq!(queue.push_client("2"), Err("2"));
        queue.push_control("3");
        queue.pop();
        assert_eq!(queue.push_client("4"), Ok(()));
        assert_eq!(drained(&mut queue), ["3", "4"]);
    }

    #[test]
    fn drop_oldest_prefers_its_own_topic() {
        let mut queue = queue(1, 3);
        queue.deliver(delivery("other", OnFull::DropOldest, 0));
        for number in 1..=4 {
            queue.deliver(delivery("mine", OnFull::DropOldest, number));
        }
        assert_eq!(drained(&mut queue), ["other:0", "mine:3", "mine:4"]);
        assert_eq!(queue.dropped(), 2);
    }

    #[test]
    fn drop_oldest_takes_another_droppable_topic_when_it_has_none_queued() {
        let mut queue = queue(1, 2);
        queue.deliver(delivery("lag", OnFull::Lag, 0));
        queue.deliver(delivery("other", OnFull::DropOldest, 1));
        queue.deliver(delivery("mine", OnFull::DropOldest, 2));
        assert_eq!(drained(&mut queue), ["lag:0", "mine:2"]);
    }

    #[test]
    fn the_newest_gets_in_when_nothing_may_be_dropped() {
        let mut queue = queue(1, 1);
        queue.deliver(delivery("lag", OnFull::Lag, 0));
        for number in 1..=3 {
            queue.deliver(delivery("mine", OnFull::DropOldest, number));
        }
        assert_eq!(drained(&mut queue), ["lag:0", "mine:3"]);
    }

    #[test]
    fn latest_keeps_one_per_topic_in_the_place_of_the_first() {
        let mut queue = queue(1, 8);
        queue.deliver(delivery("pose", OnFull::Latest, 1));
        queue.push_control("tick");
        queue.deliver(delivery("pose", OnFull::Latest, 2));
        queue.deliver(delivery("battery", OnFull::Latest, 9));
        queue.deliver(delivery("pose", OnFull::Latest, 3));
        assert_eq!(drained(&mut queue), ["pose:3", "tick", "battery:9"]);
    }

    #[test]
    fn lag_counts_what_it_missed_where_it_missed_it() {
        let mut queue = queue(1, 2);
        for number in 1..=4 {
            queue.deliver(delivery("log", OnFull::Lag, number));
        }
        queue.pop();
        queue.deliver(delivery("log", OnFull::Lag, 5));
        queue.deliver(delivery("log", OnFull::Lag, 6));
        assert_eq!(drained(&mut queue), ["log:2", "log+2", "log:5", "log+1"]);
        assert_eq!(queue.dropped(), 3);
    }

    #[test]
    fn memory_is_given_back_after_a_burst() {
        let mut queue = queue(1, 1);
        for _ in 0..10_000 {
            queue.push_control("tick");
        }
        while queue.pop().is_some() {}
        assert!(queue.items.capacity() <= KEPT_CAPACITY, "{}", queue.items.capacity());
    }

    fn step() -> impl Strategy<Value = Option<(u8, OnFull)>> {
        let rule = prop_oneof![Just(OnFull::DropOldest), Just(OnFull::Latest), Just(OnFull::Lag)];
        // The rule is part of the topic's name, as each subscriber has one rule per topic.
        proptest::option::weighted(0.8, (any::<u8>(), rule))
    }

    proptest! {
        /// What a slow reader relies on: its mailbox is bounded, and each topic arrives in order with its losses known.
        #[test]
        fn the_queue_is_bounded_and_keeps_each_topic_in_order(steps in vec(step(), 0..300), limit in 1_usize..6) {
            let mut queue = queue(1, limit);
            let mut last = std::collections::HashMap::new();
            for (number, step) in (1_u32..).zip(&steps) {
                match step {
                    Some((name, rule)) => {
                        queue.deliver(delivery(&format!("{}{rule:?}", name % 3), *rule, number));
                    }
                    None => check(queue.pop(), &mut last)?,
                }
                // Three `Latest` topics, one droppable, and a notice per queued delivery or `Lag` topic.
                prop_assert!(queue.deliveries <= limit + 3 + 1);
                prop_assert!(queue.len() <= 2 * (limit + 4) + 3);
            }
            while let Some(item) = queue.pop() {
                check(Some(item), &mut last)?;
            }
            prop_assert!(queue.deliveries == 0);
        }
    }

    fn check(
        item: Option<Item<&str>>,
        last: &mut std::collections::HashMap<String, u32>,
    ) -> Result<(), proptest::test_runner::TestCaseError> {
        if let Some(Item::Delivery(delivery)) = item {
            let number = *delivery.message::<u32>().expect("a number");
            let before = last.insert(delivery.topic().to_owned(), number);
            prop_assert!(before < Some(number));
        }
        Ok(())
    }
}
