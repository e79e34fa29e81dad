//! Nodes as processes.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use bennu::session::SecretKey;

/// What the nodes of one test have in common.
pub struct Site {
    channel: String,
    secret: String,
    pub database: String,
}

impl Site {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self {
            channel: format!("cluster {} {number}", std::process::id()),
            secret: "known to all nodes of this test. ".repeat(2),
            database: database_url(),
        }
    }

    pub fn secret(&self) -> SecretKey {
        SecretKey::new(self.secret.clone()).expect("long enough")
    }

    pub async fn start(&self, name: &'static str) -> Node {
        self.start_by(name, &self.database).await
    }

    /// Starts a node that reaches the database by this URL, and waits until it listens.
    pub async fn start_by(&self, name: &'static str, database: &str) -> Node {
        let program = std::env::current_exe().expect("a program");
        let mut child = Command::new(program)
            .args(["cluster::node::run", "--exact", "--ignored", "--nocapture"])
            .env("CLUSTER_NODE", name)
            .env("CLUSTER_CHANNEL", &self.channel)
            .env("CLUSTER_DATABASE", database)
            .env("SECRET_KEY_BASE", &self.secret)
            .env("HOST", "127.0.0.1")
            .env("PORT", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the tests can be started again");
        let log = Arc::<Mutex<String>>::default();
        let lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let (listens, addr) = tokio::sync::oneshot::channel();
        let mut listens = Some(listens);
        let kept = log.clone();
        // It ends with the process, whose end of the pipe it reads.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some((_, addr)) = line.split_once("listening on http://")
                    && let Some(listens) = listens.take()
                {
                    let _ = listens.send(addr.trim().parse::<SocketAddr>().expect("an address"));
                }
                kept.lock().expect("unpoisoned").extend([line.as_str(), "\n"]);
            }
        });
        let Ok(addr) = addr.await else {
            let _ = child.wait();
            panic!("{name} does not listen:\n{}", log.lock().expect("unpoisoned"));
        };
        Node { name, addr, child, log }
    }
}

/// A process that serves. It is killed when this is dropped.
pub struct Node {
    pub name: &'static str,
    addr: SocketAddr,
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Node {
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("unpoisoned").clone()
    }

    /// How often it has logged this.
    pub fn logged(&self, text: &str) -> usize {
        self.log().matches(text).count()
    }

    /// Ends it as a crash of its machine would.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it has ended");
    }

    /// Tells it to stop.
    pub fn terminate(&self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(told.expect("there is a kill").success());
    }

    /// Waits until it has stopped.
    pub async fn stopped(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                return status;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Of the server that `tests/postgres start` has started, or of the one that `ECTO_TEST_POSTGRES_URL` names.
fn database_url() -> String {
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| format!("{}/target", env!("CARGO_MANIFEST_DIR")));
    std::env::var("ECTO_TEST_POSTGRES_URL")
        .or_else(|_| std::fs::read_to_string(format!("{target}/postgres/url")))
        .unwrap_or_else(|_| panic!("there is no PostgreSQL to test with; start one: tests/postgres start"))
        .trim()
        .to_owned()
}
