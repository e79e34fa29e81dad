//! Pubsubs over the tests' PostgreSQL, each test on a channel of its own.

use std::future::Future;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ecto_lite::adapter::AdapterError;
use ecto_lite::{PostgresPubSub, Repo, RepoError, Value};
use liveview_core::PubSub;
use liveview_core::pubsub::{Adapter, Inbox, Receiver, Topic, topic};
use tokio::time::{sleep, timeout};

use crate::support::{self, Database};

const PATIENCE: Duration = Duration::from_secs(20);

/// A channel that no other test uses.
fn channel() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("bennu \"test\" {} {}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

async fn on(channel: &str) -> PubSub {
    let adapter = PostgresPubSub::builder(support::server_url()).channel(channel).connect().await;
    PubSub::with_adapter(adapter.expect("the server for tests answers"))
}

async fn nodes() -> (PubSub, PubSub) {
    let channel = channel();
    (on(&channel).await, on(&channel).await)
}

mod each {
    liveview_core::pubsub::conformance!(super::nodes().await.0);
}

mod among {
    liveview_core::pubsub::conformance!(nodes: super::nodes().await);
}

async fn next<T: Send + Sync + Clone + 'static>(receiver: &mut Receiver<T>) -> T {
    let next = timeout(PATIENCE, receiver.recv()).await.expect("a message arrives");
    (*next.message().expect("nothing was missed")).clone()
}

fn texts(name: &str) -> Topic<String> {
    topic::<String>(name).distributed()
}

/// What is logged in this thread, where all of a test runs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn start() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn count(&self, text: &str) -> usize {
        String::from_utf8_lossy(&self.0.lock().unwrap()).matches(text).count()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How many connections pubsubs of that channel have.
async fn connections(server: &Repo, channel: &str) -> usize {
    let sql = "SELECT pid FROM pg_stat_activity WHERE application_name = $1";
    let rows = server.query(sql, vec![Value::Text(format!("bennu pubsub {channel}"))]).await.unwrap();
    rows.rows.len()
}

async fn end_connections(server: &Repo, channel: &str) {
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
    let ended = server.query(sql, vec![Value::Text(format!("bennu pubsub {channel}"))]).await.unwrap();
    assert!(!ended.rows.is_empty());
}

async fn eventually<F: Future<Output = bool>>(what: &str, mut condition: impl FnMut() -> F) {
    let holds = async {
        while !condition().await {
            sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(timeout(PATIENCE, holds).await.is_ok(), "still not so: {what}");
}

#[tokio::test]
async fn messages_of_every_size_arrive_in_order() {
    let (here, there) = nodes().await;
    let mut received = there.receiver(&texts("sizes"));
    let sizes = [0, 7_800, 7_950, 8_000, 8_100, 16_000, 1_000_000, 3, 4_000_000, 1];
    for size in sizes {
        here.broadcast(&texts("sizes"), "ß".repeat(size / 2));
    }
    for size in sizes {
        assert_eq!(next(&mut received).await.len(), size / 2 * 2);
    }
}

/// What waited is sent at once, and is more than a mailbox takes.
#[tokio::test]
async fn a_burst_reaches_whoever_keeps_up() {
    let (here, there) = nodes().await;
    let mut received = there.receiver(&texts("t"));
    for number in 0..5_000 {
        here.broadcast(&texts("t"), number.to_string());
    }
    for number in 0..5_000 {
        assert_eq!(next(&mut received).await, number.to_string());
    }
}

#[tokio::test]
async fn a_topic_may_have_any_name() {
    let (here, there) = nodes().await;
    for name in ["", "a\0b", "8:colon: \"quote\" 'apostrophe' $1 \n", "ñ–🤖", &"long".repeat(10_000)] {
        let mut received = there.receiver(&texts(name));
        let mut other = there.receiver(&texts("other"));
        here.broadcast(&texts(name), name.to_owned());
        here.broadcast(&texts("other"), "other".to_owned());
        assert_eq!(next(&mut received).await, name);
        assert_eq!(next(&mut other).await, "other");
    }
}

/// What the adapter is given directly arrives as it is, text or not.
#[tokio::test]
async fn bytes_that_are_no_text_arrive() {
    let channel = channel();
    let adapter = PostgresPubSub::builder(support::server_url()).channel(&channel).connect().await.unwrap();
    let there = on(&channel).await;
    let inbox: Arc<Mutex<Option<Inbox>>> = Arc::default();
    let _kept = PubSub::with_adapter(Keep(inbox.clone()));
    adapter.start(inbox.lock().unwrap().take().expect("an inbox"));
    let mut received = there.receiver(&texts("t"));
    let (log, _guard) = Log::start();
    adapter.publish("t", bytes::Bytes::from_static(&[0, 255, 254])).expect("accepted");
    adapter.publish("t", bytes::Bytes::from_static(b"\"text\"")).expect("accepted");
    assert_eq!(next(&mut received).await, "text");
    assert_eq!(log.count("cannot read a message of another node"), 1, "it came, and is no JSON");

    let error = adapter.publish("t", vec![b'x'; 5_000_000].into()).expect_err("too long");
    assert!(error.to_string().contains("5000001 bytes with its topic is longer than the 4194304"), "{error}");
    adapter.flush().await;
}

/// An adapter that only keeps its inbox.
struct Keep(Arc<Mutex<Option<Inbox>>>);

impl Adapter for Keep {
    fn start(&self, inbox: Inbox) {
        *self.0.lock().unwrap() = Some(inbox);
    }

    fn publish(&self, _: &str, _: bytes::Bytes) -> Result<(), liveview_core::pubsub::AdapterError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_full_queue_refuses_and_the_publisher_does_not_wait() {
    let channel = channel();
    let adapter = PostgresPubSub::builder(support::server_url()).channel(&channel).max_queue(100_000).connect().await;
    let here = PubSub::with_adapter(adapter.unwrap());
    let there = on(&channel).await;
    let mut received = there.receiver(&texts("t"));
    let (log, _guard) = Log::start();
    // Nothing is awaited here, so that nothing is sent meanwhile.
    for number in 0..20 {
        here.broadcast(&texts("t"), format!("{number:0>10000}"));
    }
    for number in 0..9 {
        assert_eq!(next(&mut received).await, format!("{number:0>10000}"));
    }
    here.broadcast(&texts("t"), "room again".to_owned());
    assert_eq!(next(&mut received).await, "room again");
    assert_eq!(log.count("wait to be sent, and no more than 100000 may"), 1, "told once, and not eleven times");
}

#[tokio::test]
async fn nodes_hear_each_other_again_after_the_server_has_ended_their_connections() {
    let channel = channel();
    let (here, there) = (on(&channel).await, on(&channel).await);
    let mut received = there.receiver(&texts("t"));
    here.broadcast(&texts("t"), "before".to_owned());
    assert_eq!(next(&mut received).await, "before");
    let (log, _guard) = Log::start();
    let server = support::server().await;
    end_connections(&server, &channel).await;

    // What is said until both are back may be lost.
    let mut said = 0;
    let heard = loop {
        here.broadcast(&texts("t"), said.to_string());
        said += 1;
        if let Ok(received) = timeout(Duration::from_millis(20), received.recv()).await {
            break received.message().unwrap().parse::<u32>().unwrap();
        }
        assert!(said < 1_000, "it never comes back");
    };
    for number in heard + 1..said {
        assert_eq!(next(&mut received).await, number.to_string(), "from then on all of them, in order");
    }
    here.broadcast(&texts("t"), "after".to_owned());
    assert_eq!(next(&mut received).await, "after");
    eventually("both hear again", || async { log.count("what the other nodes say is heard again") == 2 }).await;
    assert_eq!(log.count("what the other nodes say is not heard"), 2, "each node says so once");
    assert!(log.count("messages do not go to the other nodes") <= 1);
}

#[tokio::test]
async fn a_server_that_refuses_is_asked_again_until_it_takes_them() {
    let database = Database::postgres().await;
    let server = support::server().await;
    let connect = || async { PostgresPubSub::builder(&database.url).channel("c").connect().await.unwrap() };
    let (here, there) = (PubSub::with_adapter(connect().await), PubSub::with_adapter(connect().await));
    let mut received = there.receiver(&texts("t"));
    let name = database_name(&database.url);
    let (log, _guard) = Log::start();
    server.execute_script(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await.unwrap();
    end_connections(&server, "c").await;
    eventually("the loss is told", || async { log.count("is not heard") == 2 }).await;
    for number in 0..100 {
        here.broadcast(&texts("t"), format!("lost or late {number}"));
    }
    eventually("it is told that nothing goes", || async { log.count("do not go to the other nodes") > 0 }).await;
    server.execute_script(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await.unwrap();
    eventually("both hear again", || async { log.count("is heard again") == 2 }).await;
    here.broadcast(&texts("t"), "after".to_owned());
    while next(&mut received).await != "after" {}
    assert!(log.count("do not go to the other nodes") <= 2, "at most one line for each cause");
    drop((here, there));
    database.remove().await;
}

fn database_name(url: &str) -> String {
    url.split('?').next().and_then(|address| address.rsplit('/').next()).expect("a database").to_owned()
}

#[tokio::test]
async fn what_others_say_on_the_channel_is_ignored_with_one_line() {
    let channel = channel();
    let (here, there) = (on(&channel).await, on(&channel).await);
    let mut received = there.receiver(&texts("t"));
    let (log, _guard) = Log::start();
    let server = support::server().await;
    for payload in ["", "hello", "bennu1 x 1 0/1 t 9:short", "bennu1 x 2 1/99999999 t x", "bennu1 x 3 0/1 b !"] {
        let values = vec![Value::Text(channel.clone()), Value::Text(payload.to_owned())];
        server.query("SELECT pg_notify($1, $2)::text", values).await.unwrap();
    }
    here.broadcast(&texts("t"), "ours".to_owned());
    assert_eq!(next(&mut received).await, "ours");
    assert_eq!(log.count("it is no message of a PostgresPubSub"), 2, "once for each of the two nodes");
}

#[tokio::test]
async fn its_connections_close_when_the_pubsub_is_dropped_and_what_was_said_last_arrives() {
    let channel = channel();
    let (here, there) = (on(&channel).await, on(&channel).await);
    let mut received = there.receiver(&texts("t"));
    let server = support::server().await;
    assert_eq!(connections(&server, &channel).await, 4);
    here.broadcast(&texts("t"), "my last words".to_owned());
    drop(here);
    assert_eq!(next(&mut received).await, "my last words");
    eventually("its two connections are closed", || async { connections(&server, &channel).await == 2 }).await;
    there.shut_down().await;
    drop((received, there));
    eventually("all are closed", || async { connections(&server, &channel).await == 0 }).await;
}

#[tokio::test]
async fn a_shutdown_waits_until_what_was_said_is_sent() {
    let (here, there) = nodes().await;
    let mut received = there.receiver(&texts("t"));
    for number in 0..100 {
        here.broadcast(&texts("t"), number.to_string());
    }
    here.shut_down().await;
    // The server has all of it, so a process that ended now would lose nothing.
    for number in 0..100 {
        assert_eq!(next(&mut received).await, number.to_string());
    }
}

#[tokio::test]
async fn a_repo_tells_where_and_one_without_postgresql_is_refused_with_the_reason() {
    let repo = support::server().await;
    let channel = channel();
    let here = PubSub::with_adapter(PostgresPubSub::of(&repo).channel(&channel).connect().await.unwrap());
    let there = on(&channel).await;
    let mut received = there.receiver(&texts("t"));
    here.broadcast(&texts("t"), "by the repo's URL".to_owned());
    assert_eq!(next(&mut received).await, "by the repo's URL");
    repo.close().await;
    here.broadcast(&texts("t"), "beside its pool".to_owned());
    assert_eq!(next(&mut received).await, "beside its pool");

    let sqlite = Repo::connect("sqlite::memory:").await.unwrap();
    let refused = |result: Result<PostgresPubSub, RepoError>| match result.expect_err("refused") {
        RepoError::Adapter(AdapterError::Configuration(why)) => why,
        other => panic!("{other:?}"),
    };
    let why = refused(PostgresPubSub::of(&sqlite).connect().await);
    assert_eq!(
        why,
        "PostgresPubSub needs PostgreSQL; this database is SQLite. A single node works with `PubSub::local()`"
    );
    let why = refused(PostgresPubSub::builder("postgres://localhost/x").channel("").connect().await);
    assert!(why.starts_with("the channel of a PostgresPubSub is a name of 1 to 63 bytes"), "{why}");
    let unreachable = PostgresPubSub::connect("postgres://u:hunter2@127.0.0.1:1/x").await.expect_err("nobody is there");
    assert!(!format!("{unreachable:?}").contains("hunter2"), "{unreachable:?}");
}

#[tokio::test]
async fn a_database_of_another_encoding_is_refused() {
    let server = support::server().await;
    let name = format!("ecto_latin_{}", std::process::id());
    let create = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
    server.execute_script(&create).await.unwrap();
    let url = support::with_database(&support::server_url(), &name);
    let refused = PostgresPubSub::connect(&url).await.expect_err("refused");
    server.execute_script(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    let RepoError::Adapter(AdapterError::Configuration(why)) = refused else { panic!("{refused:?}") };
    assert_eq!(why, "PostgresPubSub needs a database with the encoding UTF8; this one has LATIN1");
}
