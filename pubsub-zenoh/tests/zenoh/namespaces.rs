//! Two processes in two networks of their own, with a cable between them. Needs root and iproute2; without, the test says so and is skipped.

use std::io::Write;
use std::process::{Command, Stdio, id};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::partitions::agree;
use crate::support::process::Node;

const SOON: Duration = Duration::from_secs(20);

/// Two network namespaces, which go when it is dropped.
struct Networks {
    names: [String; 2],
}

impl Networks {
    /// `Err` says why there are none.
    fn new() -> Result<Self, String> {
        let networks = Self { names: ["a", "b"].map(|side| format!("bennu-{side}-{}", id())) };
        let [a, b] = &networks.names;
        ip(&["netns", "add", a])?;
        ip(&["netns", "add", b])?;
        ip(&["-n", a, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", b])?;
        for (name, address) in networks.names.iter().zip(["10.77.0.1/24", "10.77.0.2/24"]) {
            ip(&["-n", name, "address", "add", address, "dev", "cable"])?;
            ip(&["-n", name, "link", "set", "lo", "up"])?;
            ip(&["-n", name, "link", "set", "cable", "up"])?;
        }
        Ok(networks)
    }

    /// What runs another program in one of them.
    fn within(&self, side: usize) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.names[side]]);
        command
    }

    fn cable(&self, state: &str) {
        ip(&["-n", &self.names[0], "link", "set", "cable", state]).expect("the cable is there");
    }
}

impl Drop for Networks {
    fn drop(&mut self) {
        for name in &self.names {
            let _ = ip(&["netns", "del", name]);
        }
    }
}

fn ip(arguments: &[&str]) -> Result<(), String> {
    let run = Command::new("ip").args(arguments).stdin(Stdio::null()).output();
    let output = run.map_err(|error| format!("ip: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("ip {}: {}", arguments.join(" "), said.trim())) }
}

#[test]
fn two_networks_and_a_cable_that_is_pulled_for_ten_seconds() {
    let networks = match Networks::new() {
        Ok(networks) => networks,
        Err(why) => {
            // Not by `eprintln!`, which the test runner keeps to itself when a test passes.
            let _ = writeln!(std::io::stderr(), "SKIPPED: this needs root and iproute2 for network namespaces: {why}");
            return;
        }
    };
    let port = "tcp/10.77.0.1:7447".to_owned();
    let mut first = Node::start_within(networks.within(0), std::slice::from_ref(&port), &[]);
    let mut second = Node::start_within(networks.within(1), &[], &[port]);
    first.tell("track ada");
    second.tell("track bob");
    agree([&mut first, &mut second], "ada bob");
    second.tell("say over the cable");
    first.expect("heard over the cable");

    let began = Instant::now();
    networks.cable("down");
    first.tell("track carl");
    second.tell("untrack bob");
    first.until("list", "ada carl", SOON);
    second.until("list", "", SOON);
    sleep(Duration::from_secs(10).saturating_sub(began.elapsed()));
    networks.cable("up");

    agree([&mut first, &mut second], "ada carl");
    first.tell("say hello again");
    second.expect("heard hello again");
}
