use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Address, Closed, Limits, Mail, Mailbox, Shared, TrySendError};
use crate::pubsub::{Delivery, OnFull, topic};

fn one_client() -> Limits {
    Limits { clients: 1, ..Limits::default() }
}

fn message<M>(mail: Option<Mail<M>>) -> M {
    match mail {
        Some(Mail::Message(message)) => message,
        _ => panic!("expected a message"),
    }
}

#[tokio::test]
async fn send_waits_until_the_reader_took_one() {
    let (address, mut mailbox) = Mailbox::new(one_client());
    address.send(1).await.expect("open");
    assert!(matches!(address.try_send(2), Err(TrySendError::Full(2))));

    let mut second = Box::pin(address.send(2));
    assert!(futures_util::poll!(second.as_mut()).is_pending());
    assert_eq!(message(mailbox.recv().await), 1);
    second.await.expect("open");
    assert_eq!(message(mailbox.recv().await), 2);
}

#[tokio::test]
async fn a_sender_that_gave_up_leaves_its_place_to_the_next() {
    let (address, mut mailbox) = Mailbox::new(one_client());
    address.send(1).await.expect("open");
    let mut gives_up = Box::pin(address.send(2));
    let mut patient = Box::pin(address.send(3));
    assert!(futures_util::poll!(gives_up.as_mut()).is_pending());
    assert!(futures_util::poll!(patient.as_mut()).is_pending());

    assert_eq!(message(mailbox.recv().await), 1);
    drop(gives_up);
    patient.await.expect("open");
    assert_eq!(message(mailbox.recv().await), 3);
}

#[tokio::test]
async fn a_dropped_recv_loses_nothing() {
    let (address, mut mailbox) = Mailbox::new(Limits::default());
    {
        let mut recv = Box::pin(mailbox.recv());
        assert!(futures_util::poll!(recv.as_mut()).is_pending());
        address.push("late").expect("open");
    }
    assert_eq!(message(mailbox.recv().await), "late");
    assert!(mailbox.try_recv().is_none());
}

#[tokio::test]
async fn what_was_queued_before_close_is_still_received() {
    let (address, mut mailbox) = Mailbox::new(Limits::default());
    address.push(1).expect("open");
    mailbox.close();
    assert_eq!(address.push(2), Err(Closed));
    assert!(matches!(address.try_send(3), Err(TrySendError::Closed(3))));
    assert_eq!(address.sink().deliver(Delivery::new(&topic::<u8>("t"), 1)), Err(Closed));
    assert_eq!(message(mailbox.recv().await), 1);
    assert!(mailbox.recv().await.is_none());
}

#[tokio::test]
async fn dropping_the_mailbox_ends_waiting_senders_and_drops_what_was_queued() {
    let (address, mailbox) = Mailbox::new(one_client());
    let held = Arc::new(());
    address.send(Arc::clone(&held)).await.expect("open");
    let mut waiting = Box::pin(address.send(Arc::clone(&held)));
    assert!(futures_util::poll!(waiting.as_mut()).is_pending());

    drop(mailbox);
    assert_eq!(waiting.await, Err(Closed));
    assert!(address.is_closed());
    assert_eq!(Arc::strong_count(&held), 1);
}

/// A message whose destructor comes back to the mailbox, as user code may.
struct Chatty(Address<&'static str>);

impl Drop for Chatty {
    fn drop(&mut self) {
        self.0.push("dropped").expect("open");
    }
}

#[tokio::test]
async fn a_delivery_that_gives_way_is_dropped_outside_the_lock() {
    let (address, mut mailbox) = Mailbox::new(Limits { clients: 1, deliveries: 1 });
    let chatty = topic::<Chatty>("chatty").on_full(OnFull::DropOldest);
    for _ in 0..2 {
        let delivery = Delivery::new(&chatty, Chatty(address.clone()));
        address.sink().deliver(delivery).expect("open");
    }
    assert!(matches!(mailbox.recv().await, Some(Mail::Delivery(_))));
    assert_eq!(message(mailbox.recv().await), "dropped");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_threads_lose_nothing_and_each_keeps_its_order() {
    const SENDERS: usize = 8;
    const EACH: usize = 2_000;
    let (address, mut mailbox) = Mailbox::new(Limits { clients: 3, deliveries: SENDERS * EACH });
    let seen_full = Arc::new(AtomicUsize::new(0));

    for sender in 0..SENDERS {
        let (address, seen_full) = (address.clone(), Arc::clone(&seen_full));
        tokio::spawn(async move {
            let numbers = topic::<(usize, usize)>(format!("from {sender}"));
            for number in 0..EACH {
                match number % 3 {
                    0 => address.push((sender, number)).expect("open"),
                    1 => {
                        if let Err(TrySendError::Full(message)) = address.try_send((sender, number)) {
                            seen_full.fetch_add(1, Ordering::Relaxed);
                            address.send(message).await.expect("open");
                        }
                    }
                    _ => {
                        let delivery = Delivery::new(&numbers, (sender, number));
                        address.sink().deliver(delivery).expect("open");
                    }
                }
            }
        });
    }

    let mut next = [0; SENDERS];
    for _ in 0..SENDERS * EACH {
        let (sender, number) = match mailbox.recv().await.expect("open") {
            Mail::Message(message) => message,
            Mail::Delivery(delivery) => *delivery.message().expect("a pair"),
            Mail::Lagged(_) => panic!("no topic lags here"),
        };
        assert_eq!(number, next[sender]);
        next[sender] += 1;
    }
    assert!(mailbox.is_empty());
    assert_eq!(mailbox.dropped(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flood_of_deliveries_from_many_threads_stays_bounded_and_ends_with_the_newest() {
    let (address, mut mailbox) = Mailbox::<()>::new(Limits { clients: 1, deliveries: 16 });
    let publishers: Vec<_> = (0..4)
        .map(|publisher| {
            let sink = address.sink();
            tokio::task::spawn_blocking(move || {
                let numbers = topic::<u32>(format!("from {publisher}"));
                for number in 0..10_000 {
                    sink.deliver(Delivery::new(&numbers, number)).expect("open");
                }
            })
        })
        .collect();
    for publisher in publishers {
        publisher.await.expect("no panic");
    }
    assert_eq!(mailbox.len(), 16);
    assert_eq!(mailbox.dropped(), 40_000 - 16);
    let mut newest = None;
    while let Some(Mail::Delivery(delivery)) = mailbox.try_recv() {
        newest = delivery.message::<u32>().copied();
    }
    assert_eq!(newest, Some(9_999));
}

/// Every session has one: a tokio channel of the same messages takes 800 bytes and more.
#[test]
fn an_idle_mailbox_is_small() {
    let bytes = size_of::<Shared<Box<u8>>>();
    assert!(bytes <= 192, "{bytes}");
}
