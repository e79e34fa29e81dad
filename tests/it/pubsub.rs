//! The pubsub through its public API: the local one, and one whose adapter joins two nodes in this process.

use std::sync::{Arc, Mutex, PoisonError};

use bennu::mailbox::{Limits, Mail, Mailbox};
use bennu::pubsub::{Adapter, AdapterError, DirectError, Inbox, OnFull, PubSub, topic};

mod local {
    use bennu::pubsub::{PubSub, conformance};

    conformance!(PubSub::local());
}

mod nodes {
    mod each {
        use bennu::pubsub::conformance;

        conformance!(super::super::connected().0);
    }

    bennu::pubsub::conformance!(nodes: super::connected());
}

/// One end of a wire between two pubsubs: what is published here goes straight to the other's inbox.
#[derive(Clone, Default)]
struct End {
    mine: Slot,
    theirs: Slot,
}

type Slot = Arc<Mutex<Option<Inbox>>>;

impl Adapter for End {
    fn start(&self, inbox: Inbox) {
        *self.mine.lock().unwrap_or_else(PoisonError::into_inner) = Some(inbox);
    }

    fn publish(&self, topic: &str, message: bytes::Bytes) -> Result<(), AdapterError> {
        let inbox = self.theirs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        inbox.ok_or_else(|| AdapterError::new("nobody is there"))?.receive(topic, &message);
        Ok(())
    }
}

fn connected() -> (PubSub, PubSub) {
    let end = End::default();
    let other = End { mine: Arc::clone(&end.theirs), theirs: Arc::clone(&end.mine) };
    (PubSub::with_adapter(end), PubSub::with_adapter(other))
}

#[tokio::test]
async fn local_subscribers_are_served_when_the_other_nodes_cannot_be_reached() {
    let pubsub = PubSub::with_adapter(End::default());
    let fleet = topic::<u8>("fleet").distributed();
    let mut receiver = pubsub.receiver(&fleet);
    assert_eq!(pubsub.broadcast(&fleet, 7), 1);
    assert_eq!(receiver.recv().await.message().map(|message| *message), Some(7));
}

#[tokio::test]
async fn a_process_alone_knows_no_other_node_and_says_so() {
    let pubsub = PubSub::local();
    let fleet = topic::<u8>("fleet").distributed();
    let mut receiver = pubsub.receiver(&fleet);
    pubsub.direct_broadcast(pubsub.node(), &fleet, 7).expect("this node");
    assert_eq!(receiver.recv().await.message().map(|message| *message), Some(7));
    let error = pubsub.direct_broadcast("another", &fleet, 8).expect_err("there is none");
    assert!(error.to_string().contains("of one process alone"), "{error}");

    let lonely = PubSub::with_node_and_adapter("a", End::default());
    assert_eq!(lonely.node(), "a");
    let error = lonely.direct_broadcast("b", &fleet, 8).expect_err("nobody is there");
    assert!(matches!(&error, DirectError::Refused { node, .. } if node == "b"), "{error}");
    let error = lonely.direct_broadcast("b", &topic::<u8>("fleet"), 8).expect_err("it stays");
    assert!(error.to_string().contains("say `.distributed()`"), "{error}");
}

/// The subscriptions of one actor share its mailbox, each with its own rule.
#[tokio::test]
async fn one_mailbox_holds_the_messages_of_all_its_topics_in_order() {
    let pubsub = PubSub::local();
    let (address, mut mailbox) = Mailbox::<&str>::new(Limits::default());
    let poses = topic::<f64>("pose").on_full(OnFull::Latest);
    let notes = topic::<String>("note");
    let _pose = pubsub.subscribe(&poses, address.sink());
    let _note = pubsub.subscribe(&notes, address.sink());

    pubsub.broadcast(&poses, 1.0);
    pubsub.broadcast(&notes, "low battery".to_owned());
    address.push("tick").expect("open");
    pubsub.broadcast(&poses, 2.0);
    pubsub.broadcast_from(address.id(), &notes, "my own".to_owned());

    let mut seen = Vec::new();
    while let Some(mail) = mailbox.try_recv() {
        seen.push(match mail {
            Mail::Message(text) => text.to_owned(),
            Mail::Delivery(delivery) => match delivery.message::<f64>() {
                Some(pose) => pose.to_string(),
                None => delivery.message::<String>().expect("a note").clone(),
            },
            Mail::Lagged(lagged) => panic!("{lagged:?}"),
        });
    }
    assert_eq!(seen, ["2", "low battery", "tick"]);
}

/// Subscribers come and go in every thread while others publish: whoever stays misses nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn subscribing_while_others_publish_disturbs_nobody() {
    const MESSAGES: u32 = 5_000;
    let pubsub = PubSub::local();
    let fleet = topic::<u32>("fleet").on_full(OnFull::Lag);
    let mut stays = pubsub.receiver(&fleet);

    let churn: Vec<_> = (0..3)
        .map(|_| {
            let (pubsub, fleet) = (pubsub.clone(), fleet.clone());
            tokio::task::spawn_blocking(move || {
                for _ in 0..500 {
                    drop((0..20).map(|_| pubsub.receiver(&fleet)).collect::<Vec<_>>());
                }
            })
        })
        .collect();
    for number in 0..MESSAGES {
        pubsub.broadcast(&fleet, number);
        assert_eq!(stays.recv().await.message().map(|message| *message), Some(number));
    }
    for task in churn {
        task.await.expect("no panic");
    }
    assert_eq!(pubsub.subscriber_count("fleet"), 1);
}
