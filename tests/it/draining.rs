//! How a server stops: who is told when, what is finished, and what ends last.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bennu::prelude::*;
use bennu::supervision::{ExitReason, ProcessState, ShutdownSignal};
use bennu::telemetry::{self, SocketDrain};
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::support::endpoint;
use crate::support::http::get;
use crate::support::tab::{Heard, Tab};

/// What happened, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn say(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    fn has(&self, what: &str) -> bool {
        self.0.lock().unwrap().iter().any(|said| said == what)
    }
}

#[derive(LiveView)]
struct CounterLive {
    count: u32,
    log: Log,
}

#[live_view]
impl CounterLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        Ok(Self { count: 0, log: cx.state::<Log>().clone() })
    }

    #[event]
    fn more(&mut self) {
        self.count += 1;
    }

    fn terminate(&mut self, _reason: &Terminate) {
        self.log.say(format!("view of {} ends", self.count));
    }

    fn render(&self) -> Element {
        rsx! { p { "count {self.count}." } }
    }
}

#[derive(Default)]
struct Gate {
    entered: Notify,
    open: Notify,
}

async fn wait(gate: State<Gate>, log: State<Log>) -> &'static str {
    gate.entered.notify_one();
    gate.open.notified().await;
    log.say("request ends");
    "done"
}

router! {
    live "/" => CounterLive;
    get "/wait" => wait;
}

/// A child that logs when it ends.
fn logged(name: &'static str, log: &Log) -> Child {
    let log = log.clone();
    Child::graceful(name, move |shutdown: ShutdownSignal| {
        let log = log.clone();
        async move {
            shutdown.requested().await;
            log.say(format!("{name} ends"));
        }
    })
}

/// Whether nobody listens there any more.
async fn is_closed(addr: SocketAddr) -> bool {
    TcpStream::connect(addr).await.is_err()
}

async fn closed_with(tab: &mut Tab) -> Option<u16> {
    loop {
        if let Heard::Closed(code) = tab.hear().await {
            tab.drop_socket();
            return code;
        }
    }
}

#[tokio::test]
async fn a_stop_finishes_requests_and_ends_views_before_the_tree_which_ends_in_reverse() {
    let log = Log::default();
    let tree = Supervisor::one_for_one("app").child(logged("repo", &log)).child(logged("fleet", &log));
    let server = endpoint(Routes).state(Gate::default()).state(log.clone()).supervise(tree).start().await.unwrap();
    let addr = server.addr();
    let mut tab = Tab::open(addr, "/").await;
    tab.join().await;
    let gate = server.state::<Gate>().unwrap();
    let request = tokio::spawn(async move { get(addr, "/wait", &[]).await });
    gate.entered.notified().await;

    let stopping = tokio::spawn(server.stop());
    assert_eq!(closed_with(&mut tab).await, Some(1012));
    while !is_closed(addr).await {
        tokio::task::yield_now().await;
    }
    assert!(!log.has("fleet ends"), "a request is being answered");
    gate.open.notify_one();
    assert_eq!(request.await.unwrap().body, "done");
    stopping.await.unwrap().unwrap();
    assert_eq!(*log.0.lock().unwrap(), ["request ends", "view of 0 ends", "fleet ends", "repo ends"]);
}

/// A load balancer may have connected just before it hears that this one stops: nobody gets an error for that.
#[tokio::test]
async fn whoever_had_connected_before_the_stop_has_its_request_answered() {
    let server = endpoint(Routes).state(Log::default()).start().await.unwrap();
    let addr = server.addr();
    // In one thread, so that nobody can accept them meanwhile.
    let connect = || std::net::TcpStream::connect(addr).unwrap();
    let waiting: Vec<_> = (0..10).map(|_| connect()).collect();
    let stopping = tokio::spawn(server.stop());
    while !is_closed(addr).await {
        tokio::task::yield_now().await;
    }
    // All at once, for nobody is waited for long.
    for mut stream in &waiting {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    }
    for stream in waiting {
        stream.set_nonblocking(true).unwrap();
        let mut stream = TcpStream::from_std(stream).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    stopping.await.unwrap().unwrap();
}

#[tokio::test]
async fn sockets_whose_batch_has_not_come_go_on_working_with_their_state() {
    let mut limits = Limits::default();
    limits.drain_batch_size = 1;
    limits.drain_batch_interval = Duration::from_millis(500);
    let server = endpoint(Routes).limits(limits).state(Log::default()).start().await.unwrap();
    let (mut first, mut second) = (Tab::open(server.addr(), "/").await, Tab::open(server.addr(), "/").await);
    first.join().await;
    second.join().await;
    second.click("more", json!(null)).await.unwrap();
    let batches = Arc::new(Mutex::new(Vec::new()));
    let heard = batches.clone();
    let interval = Duration::from_millis(500);
    let _attached = telemetry::attach(move |event: &SocketDrain| {
        // Other tests stop servers, too.
        if event.interval == interval {
            heard.lock().unwrap().push((event.round, event.count, event.total));
        }
    });
    let stopping = tokio::spawn(server.stop());
    assert_eq!(closed_with(&mut first).await, Some(1012));
    second.click("more", json!(null)).await.expect("its turn has not come");
    second.sees("count 2.").await;
    assert_eq!(closed_with(&mut second).await, Some(1012));
    stopping.await.unwrap().unwrap();
    assert_eq!(*batches.lock().unwrap(), [(1, 1, 2), (2, 1, 2)]);
}

#[tokio::test]
async fn batches_that_take_too_long_are_cut_short() {
    let mut limits = Limits::default();
    limits.drain_batch_size = 1;
    limits.drain_batch_interval = Duration::from_hours(1);
    limits.drain_timeout = Duration::from_millis(100);
    let server = endpoint(Routes).limits(limits).state(Log::default()).start().await.unwrap();
    let (mut first, mut second) = (Tab::open(server.addr(), "/").await, Tab::open(server.addr(), "/").await);
    first.join().await;
    second.join().await;
    let stopping = tokio::spawn(server.stop());
    assert_eq!((closed_with(&mut first).await, closed_with(&mut second).await), (Some(1012), Some(1012)));
    stopping.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_that_never_ends_is_given_up_at_the_limit_and_the_tree_ends_all_the_same() {
    let mut limits = Limits::default();
    limits.shutdown_timeout = Duration::from_millis(100);
    let log = Log::default();
    let tree = Supervisor::one_for_one("app").child(logged("repo", &log)).start().await.unwrap();
    let endpoint = endpoint(Routes).limits(limits).state(Gate::default()).state(log.clone());
    let server = endpoint.supervise(tree.clone()).start().await.unwrap();
    let (addr, gate) = (server.addr(), server.state::<Gate>().unwrap());
    let request = tokio::spawn(async move { get(addr, "/wait", &[]).await });
    gate.entered.notified().await;
    server.stop().await.unwrap();
    assert!(log.has("repo ends"));
    assert_eq!(tree.inspect().state, ProcessState::Ended);
    request.abort();
}

#[tokio::test]
async fn a_server_shows_its_tree_with_itself_at_the_end() {
    let log = Log::default();
    let tree = Supervisor::one_for_one("app").child(logged("repo", &log));
    let server = endpoint(Routes).supervise(tree).start().await.unwrap();
    let text = server.inspect().to_string();
    let names: Vec<_> = text.lines().map(|line| line.split(" running").next().unwrap()).collect();
    assert_eq!(names, ["app (supervisor, one for one)", "├─ repo (worker)", "└─ endpoint (endpoint)"]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_tree_that_gives_up_ends_the_server_with_its_reason() {
    let tree = Supervisor::one_for_one("app").intensity(0, Duration::from_secs(1));
    let tree = tree.child(Child::worker("fleet", std::future::pending::<()>)).start().await.unwrap();
    let serving = tokio::spawn(bennu::serve(endpoint(Routes).supervise(tree.clone())));
    tree.child("fleet").unwrap().kill();
    let error = serving.await.unwrap().unwrap_err();
    assert_eq!(
        format!("{error}"),
        "the supervision tree ended: failed: more than 0 restarts within 1s, the last of fleet: killed"
    );
}

#[tokio::test]
async fn a_tree_that_does_not_start_or_an_address_that_is_taken_leaves_nothing_running() {
    let log = Log::default();
    let broken = Supervisor::one_for_one("app").child(logged("repo", &log)).child(logged("repo", &log));
    let error = endpoint(Routes).supervise(broken).start().await.err().expect("an error");
    assert!(format!("{error:?}").contains("AlreadyPresent"), "{error:?}");

    let first = endpoint(Routes).start().await.unwrap();
    let tree = Supervisor::one_for_one("app").child(logged("repo", &log)).start().await.unwrap();
    let taken = endpoint(Routes).addr(first.addr()).supervise(tree.clone()).start().await;
    assert!(taken.is_err() && tree.process().is_none() && log.has("repo ends"));
    assert_eq!(tree.ended().await, ExitReason::Shutdown);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_ends_serve_in_order_and_without_an_error() {
    let log = Log::default();
    let addr = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let tree = Supervisor::one_for_one("app").child(logged("repo", &log));
    let endpoint = Endpoint::new().addr(addr).router(Routes).state(Gate::default()).state(log.clone()).supervise(tree);
    let serving = tokio::spawn(bennu::serve(endpoint));
    while is_closed(addr).await {
        tokio::task::yield_now().await;
    }
    let mut tab = Tab::open(addr, "/").await;
    tab.join().await;
    let me = std::process::id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &me]).status().unwrap().success());
    assert_eq!(closed_with(&mut tab).await, Some(1012));
    serving.await.unwrap().unwrap();
    assert!(log.has("repo ends") && log.has("view of 0 ends"));
}
