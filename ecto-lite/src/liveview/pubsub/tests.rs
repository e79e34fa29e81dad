use std::time::Instant;

use bytes::Bytes;
use proptest::prelude::*;

use super::frame::{self, Notification, Writing};
use super::parts::{Ignored, Parts};
use super::queue::Queue;

const ME: &str = "me";
const LIMIT: usize = 100_000;

fn written(number: u64, topic: &str, message: &[u8]) -> Vec<String> {
    let mut payloads = Vec::new();
    frame::write("other", number, topic, message, &mut payloads);
    payloads
}

fn parts() -> Parts {
    Parts::new(ME.into(), LIMIT)
}

/// What arrives of these notifications, and what is said of them.
fn taken(parts: &mut Parts, payloads: &[String]) -> (Vec<(String, Vec<u8>)>, Vec<Ignored>) {
    let (mut messages, mut ignored) = (Vec::new(), Vec::new());
    for payload in payloads {
        let deliver = |topic: &str, message: &[u8]| messages.push((topic.to_owned(), message.to_vec()));
        ignored.extend(parts.take(payload, deliver).err());
    }
    (messages, ignored)
}

proptest! {
    /// Whatever a topic is called and whatever is said there, PostgreSQL can carry it, and it arrives as it was.
    #[test]
    fn what_is_written_is_read(topic in any::<String>(), message in any::<Vec<u8>>(), times in 0_usize..300) {
        let message = message.repeat(times);
        let payloads = written(1, &topic, &message);
        for payload in &payloads {
            prop_assert!(payload.len() < 8_000 && !payload.contains('\0'));
        }
        let (messages, ignored) = taken(&mut parts(), &payloads);
        prop_assert_eq!(messages, [(topic, message)]);
        prop_assert!(ignored.is_empty());
    }

    /// Others may say anything on the channel.
    #[test]
    fn what_is_none_of_ours_is_ignored(payload in "(bennu1 )?(other )?[0-9]{0,25} ?[0-9]{0,3}/?[0-9]{0,25} [tbx]? ?.*") {
        let (messages, _) = taken(&mut parts(), &[payload]);
        prop_assert!(messages.len() <= 1);
    }
}

#[test]
fn a_text_goes_as_it_is_and_bytes_in_base64() {
    assert_eq!(written(7, "robots", b"{\"id\":3}"), ["bennu1 other 7 0/1 t 6:robots{\"id\":3}"]);
    assert_eq!(written(8, "robots", &[0xff]), ["bennu1 other 8 0/1 b Njpyb2JvdHP/"]);
    assert_eq!(
        frame::read("bennu1 other 7 0/1 t a b"),
        Some(Notification { node: "other", number: 7, part: 0, parts: 1, writing: Writing::Text, piece: "a b" })
    );
}

#[test]
fn a_long_message_goes_in_parts_cut_between_characters() {
    let message = "–".repeat(10_000);
    let payloads = written(1, "t", message.as_bytes());
    assert_eq!(payloads.len(), 4);
    assert_eq!(taken(&mut parts(), &payloads).0, [("t".to_owned(), message.into_bytes())]);
}

#[test]
fn a_node_does_not_hear_itself() {
    let mut payloads = Vec::new();
    frame::write(ME, 1, "t", &b"x".repeat(20_000), &mut payloads);
    frame::write(ME, 2, "t", b"x", &mut payloads);
    assert_eq!(taken(&mut parts(), &payloads), (vec![], vec![]));
}

#[test]
fn a_message_of_which_a_part_is_missing_is_dropped_and_the_next_one_arrives() {
    let whole = written(1, "t", &b"x".repeat(30_000));
    let next = written(2, "t", b"next");
    for missing in 0..whole.len() {
        let mut payloads = whole.clone();
        payloads.remove(missing);
        payloads.extend(next.clone());
        let (messages, ignored) = taken(&mut parts(), &payloads);
        assert_eq!(messages, [("t".to_owned(), b"next".to_vec())]);
        // Of what was begun before anybody listened, nobody can know.
        assert_eq!(ignored.len(), usize::from(missing > 0), "{ignored:?}");
    }
}

#[test]
fn a_message_that_is_too_long_is_dropped_as_it_grows_and_told_once() {
    let payloads = written(1, "t", &b"x".repeat(LIMIT * 2));
    assert_eq!(taken(&mut parts(), &payloads), (vec![], vec![Ignored::TooLong]));
    let bytes = written(1, "t", &vec![0xff; LIMIT - 1]);
    assert_eq!(taken(&mut parts(), &bytes).0.len(), 1);
}

/// A statement whose connection broke may be carried out after those that were sent later by another one.
#[test]
fn a_message_that_was_overtaken_is_dropped() {
    let mut parts = parts();
    let payloads =
        [written(1, "t", b"1"), written(3, "t", b"3"), written(2, "t", b"2"), written(3, "t", b"3")].concat();
    let (messages, ignored) = taken(&mut parts, &payloads);
    assert_eq!(messages.into_iter().map(|(_, message)| message).collect::<Vec<_>>(), [b"1", b"3"]);
    assert!(ignored.is_empty());
}

#[test]
fn a_full_queue_refuses_and_takes_again_what_has_room() {
    let queue = Queue::new(1_000);
    let message = Bytes::from(vec![b'x'; 400]);
    assert_eq!((queue.push("t", message.clone()), queue.push("t", message.clone())), (Ok(()), Ok(())));
    let full = queue.push("t", message.clone()).expect_err("full");
    assert!(full.to_string().starts_with("930 bytes wait to be sent, and no more than 1000 may"), "{full}");
    assert_eq!(queue.take(500).len(), 1);
    queue.push("t", message).expect("room");
    assert_eq!(queue.take(usize::MAX).len(), 2);
    queue.push("t", vec![0; 5_000].into()).expect("alone it always goes");
    assert_eq!((queue.take(1).len(), queue.bytes()), (1, 0));
}

#[tokio::test]
async fn a_flush_waits_for_what_was_accepted_before_it() {
    let queue = Queue::new(1_000);
    queue.flushed().await;
    queue.push("a", Bytes::new()).expect("room");
    queue.push("b", Bytes::new()).expect("room");
    let mut flushed = std::pin::pin!(queue.flushed());
    assert!(futures_util::poll!(&mut flushed).is_pending());
    queue.push("c", Bytes::new()).expect("room");
    queue.done(1);
    assert!(futures_util::poll!(&mut flushed).is_pending());
    assert_eq!(queue.take_older(Instant::now()), 3);
    queue.done(1);
    assert!(futures_util::poll!(&mut flushed).is_ready());
    queue.close();
    assert!(!queue.filled().await);
}
