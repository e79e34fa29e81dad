//! Presences through their API: of one node, and of several with a network that can be cut.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::PubSub;
use crate::presence::{Presence, PresenceDiff, PresenceError};
use crate::pubsub::{Adapter, AdapterError, Inbox, Received, Receiver};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Seat {
    station: String,
}

fn seat(station: &str) -> Seat {
    Seat { station: station.to_owned() }
}

/// The nodes of a network, and whether it works.
#[derive(Clone, Default)]
struct Network {
    nodes: Arc<Mutex<Vec<(usize, Inbox)>>>,
    is_cut: Arc<AtomicBool>,
    /// What was sent, cut or not.
    sent: Arc<Mutex<Vec<Bytes>>>,
}

struct Node {
    number: usize,
    network: Network,
}

impl Network {
    fn node(&self, number: usize) -> PubSub {
        PubSub::with_adapter(Node { number, network: self.clone() })
    }

    fn cut(&self, is_cut: bool) {
        self.is_cut.store(is_cut, Ordering::SeqCst);
    }
}

impl Adapter for Node {
    fn start(&self, inbox: Inbox) {
        self.network.nodes.lock().expect("unpoisoned").push((self.number, inbox));
    }

    fn publish(&self, topic: &str, message: Bytes) -> Result<(), AdapterError> {
        let nodes = self.network.nodes.lock().expect("unpoisoned").clone();
        self.network.sent.lock().expect("unpoisoned").push(message.clone());
        if !self.network.is_cut.load(Ordering::SeqCst) {
            nodes
                .iter()
                .filter(|(number, _)| *number != self.number)
                .for_each(|(_, inbox)| inbox.receive(topic, &message));
        }
        Ok(())
    }
}

fn presence(pubsub: &PubSub) -> Presence<Seat> {
    Presence::builder("operators").start(pubsub)
}

async fn keys(presence: &Presence<Seat>) -> Vec<String> {
    presence.list("robot:7").await.into_keys().collect()
}

/// Waits until the keys are these. The clock of these tests stands still while something can be done, so this takes no time of ours.
async fn has(presence: &Presence<Seat>, expected: &[&str]) {
    let seen = async {
        while keys(presence).await != expected {
            sleep(Duration::from_millis(10)).await;
        }
    };
    let seen = timeout(Duration::from_mins(1), seen).await;
    assert!(seen.is_ok(), "{:?} and not {expected:?}", keys(presence).await);
}

/// Long enough for everybody to have been told of what has happened.
async fn told() {
    sleep(Duration::from_secs(1)).await;
}

async fn next(diffs: &mut Receiver<PresenceDiff<Seat>>) -> PresenceDiff<Seat> {
    match timeout(Duration::from_mins(1), diffs.recv()).await.expect("a diff") {
        Received::Message(diff) => (*diff).clone(),
        Received::Lagged { .. } => panic!("no diff was missed"),
    }
}

#[tokio::test(start_paused = true)]
async fn two_tabs_of_one_user_are_one_key_with_two_metas() {
    let presence = presence(&PubSub::local());
    let first = presence.track("robot:7", "ada", &seat("north")).expect("tracked");
    let second = presence.track("robot:7", "ada", &seat("south")).expect("tracked");
    let metas = presence.get_by_key("robot:7", "ada");
    assert_eq!(metas.iter().map(|meta| &*meta.value.station).collect::<Vec<_>>(), ["north", "south"]);
    assert_ne!(metas[0].phx_ref, metas[1].phx_ref);
    drop(first);
    assert_eq!(presence.get_by_key("robot:7", "ada"), metas[1..]);
    drop(second);
    assert_eq!(keys(&presence).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_update_has_a_new_ref_and_tells_the_one_before() {
    let pubsub = PubSub::local();
    let presence = presence(&pubsub);
    let mut diffs = pubsub.receiver(&presence.diffs("robot:7"));
    let ada = presence.track("robot:7", "ada", &seat("north")).expect("tracked");
    let joined = next(&mut diffs).await.joins["ada"].metas[0].clone();
    ada.update(&seat("south")).expect("updated");
    let diff = next(&mut diffs).await;
    let (left, moved) = (&diff.leaves["ada"].metas[0], &diff.joins["ada"].metas[0]);
    assert_eq!(*left, joined);
    assert_eq!(moved.phx_ref_prev.as_ref(), Some(&joined.phx_ref));
    assert_ne!(moved.phx_ref, joined.phx_ref);
    assert_eq!(moved.value, seat("south"));
    let json = serde_json::to_value(&diff).expect("JSON");
    let expected =
        json!({ "metas": [{ "phx_ref": moved.phx_ref, "phx_ref_prev": joined.phx_ref, "station": "south" }] });
    assert_eq!(json["joins"]["ada"], expected);
}

#[tokio::test(start_paused = true)]
async fn several_updates_at_once_tell_the_last_ref_that_was_told() {
    let pubsub = PubSub::local();
    let presence = presence(&pubsub);
    let mut diffs = pubsub.receiver(&presence.diffs("robot:7"));
    let ada = presence.track("robot:7", "ada", &seat("north")).expect("tracked");
    ada.update(&seat("south")).expect("updated");
    let joined = next(&mut diffs).await.joins["ada"].metas[0].clone();
    assert_eq!((joined.phx_ref_prev, joined.value), (None, seat("south")));
    for station in ["east", "west", "north"] {
        ada.update(&seat(station)).expect("updated");
    }
    let diff = next(&mut diffs).await;
    assert_eq!(diff.leaves["ada"].metas[0].phx_ref, joined.phx_ref);
    let moved = &diff.joins["ada"].metas;
    assert_eq!((moved.len(), moved[0].phx_ref_prev.as_ref()), (1, Some(&joined.phx_ref)));
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_panics_keeps_nobody_from_being_told() {
    let pubsub = PubSub::local();
    let presence = Presence::<Seat>::builder("operators")
        .fetch(|_, keys| async move {
            assert_ne!(keys, ["ada"], "as this test wants");
            HashMap::from([("bo".to_owned(), Map::from_iter([("name".to_owned(), "Bo".into())]))])
        })
        .on_diff(|_, _| panic!("as this test wants"))
        .start(&pubsub);
    let mut diffs = pubsub.receiver(&presence.diffs("robot:7"));
    let _ada = presence.track("robot:7", "ada", &seat("north")).expect("tracked");
    assert!(next(&mut diffs).await.joins["ada"].fetched.is_empty());
    let _bo = presence.track("robot:7", "bo", &seat("south")).expect("tracked");
    assert_eq!(next(&mut diffs).await.joins["bo"].fetched["name"], "Bo");
}

#[tokio::test(start_paused = true)]
async fn many_joins_are_fetched_at_once_and_in_one_diff() {
    let (pubsub, fetches) = (PubSub::local(), Arc::new(AtomicUsize::new(0)));
    let count = fetches.clone();
    let presence = Presence::<Seat>::builder("operators")
        .fetch(move |topic, keys| {
            count.fetch_add(1, Ordering::SeqCst);
            async move {
                assert_eq!(topic, "robot:7");
                let names =
                    keys.into_iter().map(|key| (key.clone(), Map::from_iter([("name".into(), Value::from(key))])));
                names.collect::<HashMap<_, _>>()
            }
        })
        .start(&pubsub);
    let mut diffs = pubsub.receiver(&presence.diffs("robot:7"));
    let tracked: Vec<_> =
        (0..50).map(|n| presence.track("robot:7", &format!("{n:02}"), &seat("north")).expect("tracked")).collect();
    let diff = next(&mut diffs).await;
    assert_eq!((diff.joins.len(), fetches.load(Ordering::SeqCst)), (50, 1));
    assert_eq!(diff.joins["07"].fetched["name"], "07");
    assert_eq!(presence.list("robot:7").await["49"].fetched["name"], "49");
    drop(tracked);
    assert_eq!(next(&mut diffs).await.leaves.len(), 50);
}

#[tokio::test(start_paused = true)]
async fn a_callback_sees_each_diff_and_who_is_there_then() {
    let (seen, pubsub) = (Arc::new(Mutex::new(Vec::new())), PubSub::local());
    let noted = seen.clone();
    let presence = Presence::<Seat>::builder("operators")
        .on_diff(move |diff, present| {
            let keys = |of: &BTreeMap<String, _>| of.keys().cloned().collect::<Vec<String>>();
            let there = present.keys().cloned().collect::<Vec<_>>();
            noted.lock().expect("unpoisoned").push((keys(&diff.joins), keys(&diff.leaves), there));
        })
        .start(&pubsub);
    let mut diffs = pubsub.receiver(&presence.diffs("robot:7"));
    let ada = presence.track("robot:7", "ada", &seat("north")).expect("tracked");
    next(&mut diffs).await;
    let _bob = presence.track("robot:7", "bob", &seat("north")).expect("tracked");
    drop(ada);
    next(&mut diffs).await;
    let keys = |keys: &[&str]| keys.iter().map(ToString::to_string).collect::<Vec<_>>();
    let expected = [(keys(&["ada"]), keys(&[]), keys(&["ada"])), (keys(&["bob"]), keys(&["ada"]), keys(&["bob"]))];
    assert_eq!(*seen.lock().expect("unpoisoned"), expected);
}

#[tokio::test(start_paused = true)]
async fn a_meta_that_is_no_object_is_refused() {
    let presence = Presence::<u32>::builder("numbers").start(&PubSub::local());
    assert!(matches!(presence.track("t", "k", &7), Err(PresenceError::NotAnObject)));
    assert!(presence.list("t").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn nodes_see_each_other_and_a_new_one_all_who_are_there() {
    let network = Network::default();
    let (one, two) = (presence(&network.node(1)), presence(&network.node(2)));
    let ada = one.track("robot:7", "ada", &seat("north")).expect("tracked");
    let _bob = two.track("robot:7", "bob", &seat("south")).expect("tracked");
    has(&one, &["ada", "bob"]).await;
    has(&two, &["ada", "bob"]).await;
    let three = presence(&network.node(3));
    has(&three, &["ada", "bob"]).await;
    drop(ada);
    for node in [&one, &two, &three] {
        has(node, &["bob"]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_is_asked_for() {
    let network = Network::default();
    let (one, two) = (presence(&network.node(1)), presence(&network.node(2)));
    let ada = one.track("robot:7", "ada", &seat("north")).expect("tracked");
    has(&two, &["ada"]).await;
    network.cut(true);
    drop(ada);
    let _bob = one.track("robot:7", "bob", &seat("north")).expect("tracked");
    sleep(Duration::from_secs(1)).await;
    network.cut(false);
    let _eve = one.track("robot:7", "eve", &seat("north")).expect("tracked");
    has(&two, &["bob", "eve"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_partition_hides_who_is_behind_it_and_heals_without_ghosts() {
    let network = Network::default();
    let pubsub = network.node(1);
    let (one, two) = (presence(&pubsub), presence(&network.node(2)));
    let _ada = one.track("robot:7", "ada", &seat("north")).expect("tracked");
    let bob = two.track("robot:7", "bob", &seat("south")).expect("tracked");
    has(&one, &["ada", "bob"]).await;
    told().await;
    let mut diffs = pubsub.receiver(&one.diffs("robot:7"));
    network.cut(true);
    let began = Instant::now();
    has(&one, &["ada"]).await;
    has(&two, &["bob"]).await;
    // A heartbeat may have come just before, or 1.5 s ago.
    assert!((4_400..6_100).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    assert_eq!(next(&mut diffs).await.leaves.len(), 1);
    // Meanwhile one goes and one comes.
    drop(bob);
    let _eve = two.track("robot:7", "eve", &seat("south")).expect("tracked");
    sleep(Duration::from_secs(2)).await;
    network.cut(false);
    has(&one, &["ada", "eve"]).await;
    has(&two, &["ada", "eve"]).await;
    told().await;
    // Whatever was told on the way, it adds up to who is there.
    let mut told: BTreeMap<String, i32> = BTreeMap::new();
    while let Some(Received::Message(diff)) = diffs.try_recv() {
        diff.joins.keys().for_each(|key| *told.entry(key.clone()).or_default() += 1);
        diff.leaves.keys().for_each(|key| *told.entry(key.clone()).or_default() -= 1);
    }
    told.retain(|_, count| *count != 0);
    assert_eq!(told, BTreeMap::from([("eve".to_owned(), 1)]));
}

#[tokio::test(start_paused = true)]
async fn a_partition_shorter_than_that_is_not_noticed() {
    let network = Network::default();
    let pubsub = network.node(1);
    let (one, two) = (presence(&pubsub), presence(&network.node(2)));
    let _bob = two.track("robot:7", "bob", &seat("south")).expect("tracked");
    has(&one, &["bob"]).await;
    told().await;
    let mut diffs = pubsub.receiver(&one.diffs("robot:7"));
    network.cut(true);
    sleep(Duration::from_secs(4)).await;
    network.cut(false);
    sleep(Duration::from_secs(20)).await;
    has(&one, &["bob"]).await;
    assert!(diffs.try_recv().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_node_that_stops_in_order_is_gone_at_once() {
    let network = Network::default();
    let (one, two) = (presence(&network.node(1)), presence(&network.node(2)));
    let bob = two.track("robot:7", "bob", &seat("south")).expect("tracked");
    has(&one, &["bob"]).await;
    let began = Instant::now();
    drop((bob, two));
    has(&one, &[]).await;
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_node_that_leaves_is_gone_at_once_whoever_is_still_tracked_there() {
    let network = Network::default();
    let leaves = network.node(2);
    let (one, two) = (presence(&network.node(1)), presence(&leaves));
    let _bob = two.track("robot:7", "bob", &seat("south")).expect("tracked");
    has(&one, &["bob"]).await;
    let began = Instant::now();
    leaves.shut_down().await;
    has(&one, &[]).await;
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    sleep(Duration::from_secs(30)).await;
    assert_eq!(keys(&one).await, [""; 0], "it says nothing more");
    leaves.shut_down().await;
}

/// Who has missed a change sees that by every later one. With a thousand presences each answer would be a long one.
#[tokio::test(start_paused = true)]
async fn who_has_missed_something_asks_once_and_all_are_answered_at_once() {
    let network = Network::default();
    let one = presence(&network.node(1));
    let others: Vec<_> = (2..6).map(|number| presence(&network.node(number))).collect();
    told().await;
    network.cut(true);
    let mut tracked: Vec<_> =
        (0..1_000).map(|n| one.track("robot:7", &format!("{n:04}"), &seat("north")).expect("tracked")).collect();
    told().await;
    network.cut(false);
    network.sent.lock().expect("unpoisoned").clear();
    // More come, in many deltas.
    for n in 1_000..1_020 {
        tracked.push(one.track("robot:7", &n.to_string(), &seat("north")).expect("tracked"));
        sleep(Duration::from_millis(25)).await;
    }
    let expected = keys(&one).await;
    for other in &others {
        has(other, &expected.iter().map(|key| &**key).collect::<Vec<_>>()).await;
    }
    let count = |kind: &str| {
        let sent = network.sent.lock().expect("unpoisoned");
        sent.iter().filter(|message| message.starts_with(format!("{{\"{kind}\"").as_bytes())).count()
    };
    assert_eq!(count("Request"), 4, "each asks once");
    // More than a thousand presences are two pieces.
    assert_eq!(count("Snapshot"), 2, "one answer for all of them");
}

/// The clock of these tests stands still for as long as anybody is busy.
#[tokio::test(start_paused = true)]
async fn a_node_that_has_never_had_anybody_may_be_silent_without_keeping_the_others_busy() {
    let network = Network::default();
    let (one, two) = (presence(&network.node(1)), presence(&network.node(2)));
    told().await;
    network.cut(true);
    sleep(Duration::from_mins(30)).await;
    network.cut(false);
    let _bob = two.track("robot:7", "bob", &seat("south")).expect("tracked");
    has(&one, &["bob"]).await;
}
