//! What every pubsub promises, as a suite that an adapter runs in its own tests.
//!
//! ```ignore
//! mod conforms {
//!     bennu::pubsub::conformance!(PubSub::local());                        // one node
//! }
//! mod conforms_among_nodes {
//!     bennu::pubsub::conformance!(nodes: two_connected_pubsubs());         // (PubSub, PubSub)
//! }
//! ```
//!
//! The expression is evaluated once per test, within a current-thread tokio runtime. A message that does not arrive
//! within ten seconds fails the test; nothing else depends on time.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::{OnFull, PubSub, Received, Receiver, Topic, topic};

/// Defines one `#[test]` per promise; see the [module](self).
#[macro_export]
#[doc(hidden)]
macro_rules! __pubsub_conformance {
    (nodes: $make:expr) => {
        $crate::__pubsub_conformance! { @tests $make;
            a_message_reaches_the_subscribers_of_every_node_once_and_in_order
            what_is_not_distributed_stays_on_its_node
            what_another_node_cannot_read_is_ignored
            what_is_said_to_one_node_reaches_no_other
        }
    };
    ($make:expr) => {
        $crate::__pubsub_conformance! { @tests $make;
            a_message_reaches_every_subscriber_in_order
            a_message_reaches_no_other_topic
            the_sender_can_be_left_out
            a_dropped_subscription_gets_nothing_more
            one_name_with_two_types_keeps_them_apart
            the_rules_of_a_full_mailbox_hold
        }
    };
    (@tests $make:expr; $($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                $crate::pubsub::conformance::run(async { $crate::pubsub::conformance::$name($make).await });
            }
        )*
    };
}

/// Runs one test of the suite.
#[doc(hidden)]
#[track_caller]
pub fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(test);
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Reading {
    robot: u32,
    text: String,
}

fn reading(robot: u32) -> Reading {
    Reading { robot, text: "“Bennu” \u{0}".to_owned() }
}

async fn next<T: Send + Sync + 'static>(receiver: &mut Receiver<T>) -> Received<T> {
    timeout(Duration::from_secs(10), receiver.recv()).await.expect("a message within ten seconds")
}

async fn robots(receiver: &mut Receiver<Reading>, count: usize) -> Vec<u32> {
    let mut robots = Vec::with_capacity(count);
    for _ in 0..count {
        robots.push(next(receiver).await.message().expect("no notice").robot);
    }
    robots
}

fn distributed(name: &str) -> Topic<Reading> {
    topic::<Reading>(name).distributed()
}

#[doc(hidden)]
pub async fn a_message_reaches_every_subscriber_in_order(pubsub: PubSub) {
    let fleet = topic::<Reading>("fleet");
    let mut receivers: Vec<_> = (0..200).map(|_| pubsub.receiver(&fleet)).collect();
    assert_eq!(pubsub.subscriber_count("fleet"), 200);
    for robot in 0..5 {
        assert_eq!(pubsub.broadcast(&fleet, reading(robot)), 200);
    }
    for receiver in &mut receivers {
        assert_eq!(robots(receiver, 5).await, [0, 1, 2, 3, 4]);
        assert!(receiver.try_recv().is_none());
    }
}

#[doc(hidden)]
pub async fn a_message_reaches_no_other_topic(pubsub: PubSub) {
    let mut other = pubsub.receiver(&topic::<Reading>("fleet:2"));
    assert_eq!(pubsub.broadcast(&topic("fleet"), reading(1)), 0);
    assert_eq!(pubsub.broadcast(&topic("fleet:2"), reading(2)), 1);
    assert_eq!(robots(&mut other, 1).await, [2]);
}

#[doc(hidden)]
pub async fn the_sender_can_be_left_out(pubsub: PubSub) {
    let fleet = topic::<Reading>("fleet");
    let mut sender = pubsub.receiver(&fleet);
    let mut other = pubsub.receiver(&fleet);
    assert_eq!(pubsub.broadcast_from(sender.id(), &fleet, reading(1)), 1);
    pubsub.broadcast(&fleet, reading(2));
    assert_eq!(robots(&mut sender, 1).await, [2]);
    assert_eq!(robots(&mut other, 2).await, [1, 2]);
}

#[doc(hidden)]
pub async fn a_dropped_subscription_gets_nothing_more(pubsub: PubSub) {
    let fleet = topic::<Reading>("fleet");
    let gone = pubsub.receiver(&fleet);
    let mut kept = pubsub.receiver(&fleet);
    drop(gone);
    assert_eq!(pubsub.subscriber_count("fleet"), 1);
    assert_eq!(pubsub.broadcast(&fleet, reading(1)), 1);
    assert_eq!(robots(&mut kept, 1).await, [1]);
    drop(kept);
    assert_eq!(pubsub.subscriber_count("fleet"), 0);
    assert_eq!(pubsub.broadcast(&fleet, reading(2)), 0);
}

#[doc(hidden)]
pub async fn one_name_with_two_types_keeps_them_apart(pubsub: PubSub) {
    let mut readings = pubsub.receiver(&topic::<Reading>("fleet"));
    let mut texts = pubsub.receiver(&topic::<String>("fleet"));
    assert_eq!(pubsub.subscriber_count("fleet"), 2);
    assert_eq!(pubsub.broadcast(&topic("fleet"), reading(1)), 1);
    assert_eq!(pubsub.broadcast(&topic("fleet"), "text".to_owned()), 1);
    assert_eq!(pubsub.broadcast(&topic("fleet"), 3_u8), 0);
    assert_eq!(robots(&mut readings, 1).await, [1]);
    assert_eq!(*next(&mut texts).await.message().expect("no notice"), "text");
}

#[doc(hidden)]
pub async fn the_rules_of_a_full_mailbox_hold(pubsub: PubSub) {
    let fleet = topic::<Reading>("fleet");
    let mut newest = pubsub.receiver(&fleet);
    let mut latest = pubsub.receiver(&fleet.clone().on_full(OnFull::Latest));
    let mut oldest = pubsub.receiver(&fleet.clone().on_full(OnFull::Lag));
    for robot in 0..300 {
        pubsub.broadcast(&fleet, reading(robot));
    }
    assert_eq!(robots(&mut newest, 256).await, (44..300).collect::<Vec<_>>());
    assert_eq!(robots(&mut latest, 1).await, [299]);
    assert_eq!(robots(&mut oldest, 256).await, (0..256).collect::<Vec<_>>());
    assert!(matches!(next(&mut oldest).await, Received::Lagged { missed: 44 }));
}

#[doc(hidden)]
pub async fn a_message_reaches_the_subscribers_of_every_node_once_and_in_order((here, there): (PubSub, PubSub)) {
    let fleet = distributed("fleet");
    let (mut mine, mut theirs) = (here.receiver(&fleet), there.receiver(&fleet));
    for robot in 0..100 {
        here.broadcast(&fleet, reading(robot));
    }
    let expected: Vec<_> = (0..100).collect();
    assert_eq!(robots(&mut theirs, 100).await, expected);
    assert_eq!(robots(&mut mine, 100).await, expected);
    // A marker from the other side: whatever had come twice would be before it.
    there.broadcast(&fleet, reading(100));
    assert_eq!(robots(&mut mine, 1).await, [100]);
    assert_eq!(robots(&mut theirs, 1).await, [100]);
}

#[doc(hidden)]
pub async fn what_is_not_distributed_stays_on_its_node((here, there): (PubSub, PubSub)) {
    let mut theirs = there.receiver(&distributed("fleet"));
    here.broadcast(&topic::<Reading>("fleet"), reading(1));
    here.broadcast(&distributed("fleet"), reading(2));
    assert_eq!(robots(&mut theirs, 1).await, [2]);
}

#[doc(hidden)]
pub async fn what_another_node_cannot_read_is_ignored((here, there): (PubSub, PubSub)) {
    let mut theirs = there.receiver(&distributed("fleet"));
    here.broadcast(&topic::<u8>("fleet").distributed(), 1);
    here.broadcast(&distributed("fleet"), reading(2));
    assert_eq!(robots(&mut theirs, 1).await, [2]);
}

#[doc(hidden)]
pub async fn what_is_said_to_one_node_reaches_no_other((here, there): (PubSub, PubSub)) {
    let fleet = distributed("fleet");
    let (mut mine, mut theirs) = (here.receiver(&fleet), there.receiver(&fleet));
    here.direct_broadcast(there.node(), &fleet, reading(1)).expect("it is sent");
    here.direct_broadcast(here.node(), &fleet, reading(2)).expect("it is this node's own");
    here.direct_broadcast("nobody", &fleet, reading(3)).expect("who is there is not known");
    here.broadcast(&fleet, reading(4));
    assert_eq!(robots(&mut theirs, 2).await, [1, 4], "in order with what is said to all");
    assert_eq!(robots(&mut mine, 2).await, [2, 4]);
    let stays = topic::<Reading>("fleet");
    here.direct_broadcast(there.node(), &stays, reading(5)).expect_err("the topic stays on its node");
    here.direct_broadcast(here.node(), &stays, reading(6)).expect("where it is");
    assert_eq!(robots(&mut mine, 1).await, [6]);
}
