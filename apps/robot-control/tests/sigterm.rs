//! The program as a process: it starts from its environment, serves, and ends in order when it is told to.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn robot_control(folder: &tempfile::TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_robot-control"));
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("robots.db").display());
    command.env_clear().env("PORT", "0").env("NO_COLOR", "1").env("DATABASE_URL", url).stdout(Stdio::piped());
    command
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

#[test]
fn in_production_a_missing_secret_ends_the_start_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = robot_control(&folder).env("BENNU_ENV", "prod").stderr(Stdio::piped()).output().expect("it runs");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("SECRET_KEY_BASE is not set: with BENNU_ENV=prod, at least 64 bytes"), "{said}");
}
