//! The program as a process: it starts from its environment, serves, and ends in order when it is told to.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use bennu::ecto::prelude::*;
use robot_control::accounts::{self, Role};
use robot_control::audit::{AuditEntry, Outcome};
use robot_control::store;
use serde_json::json;

fn robot_control(folder: &tempfile::TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_robot-control"));
    command.env_clear().env("PORT", "0").env("NO_COLOR", "1").env("DATABASE_URL", url(folder)).stdout(Stdio::piped());
    command
}

fn url(folder: &tempfile::TempDir) -> String {
    format!("sqlite://{}?mode=rwc", folder.path().join("robots.db").display())
}

/// Reads the log until it says where the program listens.
fn address(log: &mut impl std::io::BufRead) -> String {
    let lines = log.lines().map(|line| line.expect("the log is text"));
    let found = lines.into_iter().find_map(|line| Some(line.split_once("listening on http://")?.1.to_owned()));
    found.expect("it listens")
}

/// Kills it if the test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, when all is well.
        drop(self.0.kill());
    }
}

#[test]
fn sigterm_ends_the_program_in_order_with_exit_code_0() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut running = Running(robot_control(&folder).spawn().expect("it starts"));
    let mut log = BufReader::new(running.0.stdout.take().expect("a pipe"));
    let address = address(&mut log);
    let mut stream = TcpStream::connect(&address).expect("it listens");
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").expect("it reads");
    let mut page = String::new();
    stream.read_to_string(&mut page).expect("it answers");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");

    let (pid, began) = (running.0.id().to_string(), Instant::now());
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
    let mut rest = String::new();
    log.read_to_string(&mut rest).expect("the log is text");
    let status = running.0.wait().expect("it ends");
    assert!(status.success(), "{status}: {rest}");
    assert!(began.elapsed() < Duration::from_secs(15), "it took {:?}: {rest}", began.elapsed());
    assert!(!rest.contains("ERROR"), "{rest}");
    assert!(TcpStream::connect(&address).is_err());
}

/// A connection that is kept alive, as a program's that sends many commands.
struct Client {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Client {
    fn connect(address: &str, token: &str) -> Self {
        let stream = TcpStream::connect(address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a socket");
        Self { stream: BufReader::new(stream), token: token.to_owned() }
    }

    /// The status of the answer, if one arrived whole.
    fn stop(&mut self, robot: u32) -> std::io::Result<u16> {
        let (token, body) = (&self.token, r#"{"command":"stop"}"#);
        let request = format!(
            "POST /api/robots/{robot}/commands HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let (mut line, mut status, mut length) = (String::new(), 0, 0);
        while self.stream.read_line(&mut line)? > 0 && line != "\r\n" {
            if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
                status = rest[..3].parse().map_err(std::io::Error::other)?;
            } else if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().map_err(std::io::Error::other)?;
            }
            line.clear();
        }
        if line.is_empty() {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        std::io::copy(&mut (&mut self.stream).take(length), &mut std::io::sink())?;
        Ok(status)
    }
}

/// A token of an operator, made beside the running program.
async fn token(url: &str) -> String {
    let repo = store::open(url).await.expect("the database");
    let password = "a password for this test";
    let user = json!({ "name": "load", "password": password, "password_confirmation": password });
    let user = accounts::register_user(&repo, &user).await.expect("an account");
    accounts::change_role(&repo, user.id, Role::Operator).await.expect("another role");
    let label = json!({ "label": "load" });
    let (token, _) = accounts::create_api_token(&repo, &user, &label).await.expect("a token");
    repo.close().await;
    token.as_str().to_owned()
}

/// How many `stop`s the audit log says were carried out.
async fn carried_out(url: &str) -> i64 {
    let repo = store::open(url).await.expect("the database");
    let entries = repo.count(from!(a in AuditEntry, where: a.command == "stop" && a.result == Outcome::Ok)).await;
    repo.close().await;
    entries.expect("it answers")
}

#[test]
fn sigterm_under_load_loses_no_acknowledged_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut running = Running(robot_control(&folder).spawn().expect("it starts"));
    let mut log = BufReader::new(running.0.stdout.take().expect("a pipe"));
    let address = address(&mut log);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let url = url(&folder);
    let token = runtime.block_on(token(&url));

    let acknowledged = AtomicI64::new(0);
    let (status, rest) = std::thread::scope(|scope| {
        let clients: Vec<_> = (1..=8)
            .map(|robot| {
                let (mut client, acknowledged) = (Client::connect(&address, &token), &acknowledged);
                scope.spawn(move || {
                    // Until the server says no more: each error is the end of the connection.
                    while let Ok(status) = client.stop(robot) {
                        match status {
                            200 => acknowledged.fetch_add(1, SeqCst),
                            other => panic!("{other}"),
                        };
                    }
                })
            })
            .collect();
        while acknowledged.load(SeqCst) < 200 {
            assert!(clients.iter().all(|client| !client.is_finished()), "the server answers");
            std::thread::yield_now();
        }
        let pid = running.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
        let mut rest = String::new();
        log.read_to_string(&mut rest).expect("the log is text");
        (running.0.wait().expect("it ends"), rest)
    });
    assert!(status.success(), "{status}: {rest}");
    let (acknowledged, carried_out) = (acknowledged.into_inner(), runtime.block_on(carried_out(&url)));
    assert!(acknowledged >= 200);
    // A client whose answer did not arrive does not know that it was.
    assert!((acknowledged..=acknowledged + 8).contains(&carried_out), "{carried_out} of {acknowledged}");
}

#[test]
fn in_production_a_missing_secret_ends_the_start_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = robot_control(&folder).env("BENNU_ENV", "prod").stderr(Stdio::piped()).output().expect("it runs");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("SECRET_KEY_BASE is not set: with BENNU_ENV=prod, at least 64 bytes"), "{said}");
}
