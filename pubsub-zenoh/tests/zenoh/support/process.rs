//! A node that is a process: this test program, started again. It is told by lines what to do, and tells by lines what happens.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use liveview_core::presence::{Presence, Tracked};
use liveview_core::pubsub::{Received, topic};
use liveview_core::session::disconnect;
use pubsub_zenoh::ZenohOptions;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{open, pubsub};

/// Marks what is meant for the parent among what the test runner prints.
const MARK: &str = "node: ";
const CONNECT: &str = "PUBSUB_ZENOH_NODE_CONNECT";
const LISTEN: &str = "PUBSUB_ZENOH_NODE_LISTEN";

/// A node that runs, until it is dropped or killed.
pub struct Node {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
}

impl Node {
    pub fn start(listen: &[String], connect: &[String]) -> Self {
        Self::start_by(Command::new(this_program()), listen, connect)
    }

    /// By a command that runs another one, such as `ip netns exec`.
    pub fn start_within(mut command: Command, listen: &[String], connect: &[String]) -> Self {
        command.arg(this_program());
        Self::start_by(command, listen, connect)
    }

    fn start_by(mut command: Command, listen: &[String], connect: &[String]) -> Self {
        let run = ["--exact", "support::process::is_a_node", "--ignored", "--nocapture", "--test-threads=1"];
        command.args(run).env(LISTEN, listen.join(",")).env(CONNECT, connect.join(","));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the node starts");
        let stdin = child.stdin.take().expect("a pipe");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (line, lines) = channel();
        thread::spawn(move || {
            for text in stdout.lines().map_while(Result::ok) {
                if let Some((_, said)) = text.split_once(MARK) {
                    let _ = line.send(said.to_owned());
                }
            }
        });
        let mut node = Self { child, stdin, lines };
        node.expect("ready");
        node
    }

    pub fn tell(&mut self, order: &str) {
        writeln!(self.stdin, "{order}").expect("the node listens");
    }

    /// Skips what it says until it says this.
    pub fn expect(&mut self, expected: &str) {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) if line == expected => return,
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => panic!("the node did not say `{expected}`"),
                Err(RecvTimeoutError::Disconnected) => panic!("the node ended before it said `{expected}`"),
            }
        }
    }

    /// Asks until the answer is this, and returns after which time it was.
    pub fn until(&mut self, question: &str, answer: &str, within: Duration) -> Duration {
        let began = Instant::now();
        loop {
            self.tell(question);
            let said = loop {
                let said = self.lines.recv_timeout(Duration::from_secs(30)).expect("an answer");
                if let Some(said) = said.strip_prefix(&format!("{question} =")) {
                    break said.trim().to_owned();
                }
            };
            let passed = began.elapsed();
            if said == answer {
                return passed;
            }
            assert!(passed < within, "after {passed:?} `{question}` is `{said}` and not `{answer}`");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Without a word, as by `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it has ended");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn this_program() -> std::path::PathBuf {
    std::env::current_exe().expect("the path of this program")
}

fn say(what: &str) {
    println!("{MARK}{what}");
}

/// The lines of the standard input, until it is closed.
fn orders() -> mpsc::UnboundedReceiver<String> {
    let (order, orders) = mpsc::unbounded_channel();
    thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if order.send(line).is_err() {
                return;
            }
        }
    });
    orders
}

/// The other end. As a test of its own it does nothing.
#[tokio::test]
#[ignore = "started by other tests, as a node"]
async fn is_a_node() {
    let endpoints = |name| {
        let list = std::env::var(name).unwrap_or_default();
        list.split(',').filter(|endpoint| !endpoint.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let (listen, connect) = (endpoints(LISTEN), endpoints(CONNECT));
    if listen.is_empty() && connect.is_empty() {
        return;
    }
    let zenoh = open(ZenohOptions { listen, connect, ..ZenohOptions::default() }).await;
    let pubsub = pubsub(&zenoh);
    let presence = Presence::<Value>::builder("operators").start(&pubsub);
    let talk = topic::<String>("talk").distributed();
    let mut heard = pubsub.receiver(&talk);
    let mut tracked: Vec<Tracked<Value>> = Vec::new();
    let mut orders = orders();
    say("ready");
    loop {
        // Both wait and lose nothing when they are dropped.
        let order = tokio::select! {
            received = heard.recv() => {
                if let Received::Message(text) = received {
                    say(&format!("heard {}", *text));
                }
                continue;
            }
            order = orders.recv() => order,
        };
        let Some(order) = order else { return zenoh.close().await };
        match order.split_once(' ').unwrap_or((&order, "")) {
            ("say", text) => drop(pubsub.broadcast_from(heard.id(), &talk, text.to_owned())),
            ("track", key) => tracked.push(presence.track("robot:7", key, &json!({})).expect("an object")),
            ("untrack", key) => tracked.retain(|tracked| tracked.key() != key),
            ("disconnect", id) => disconnect(&pubsub, id),
            ("nodes", _) => say(&format!("nodes = {}", zenoh.nodes().len())),
            ("list", _) => {
                let keys: Vec<_> = presence.list("robot:7").await.into_keys().collect();
                say(&format!("list = {}", keys.join(" ")));
            }
            (order, _) => panic!("no order: {order}"),
        }
    }
}
