//! Two processes and a link between them that is cut for ten seconds.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::link::Link;
use crate::support::process::Node;
use crate::support::{endpoint, free_port};

const SOON: Duration = Duration::from_secs(20);
const PARTITION: Duration = Duration::from_secs(10);

#[test]
fn silence_of_ten_seconds_heals_without_ghosts() {
    partition(Link::cut);
}

#[test]
fn connections_that_are_refused_for_ten_seconds_heal_without_ghosts() {
    partition(Link::close);
}

fn partition(cut: impl Fn(&Link)) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let port = free_port();
    let link = runtime.block_on(Link::to(port));
    let mut first = Node::start(&[endpoint(port)], &[]);
    let mut second = Node::start(&[], &[link.endpoint()]);
    first.tell("track ada");
    second.tell("track bob");
    agree([&mut first, &mut second], "ada bob");

    let began = Instant::now();
    cut(&link);
    // Nobody hears of these.
    first.tell("track carl");
    second.tell("track dora");
    second.tell("untrack bob");
    first.until("list", "ada carl", SOON);
    second.until("list", "dora", SOON);
    sleep(PARTITION.saturating_sub(began.elapsed()));
    link.heal();

    agree([&mut first, &mut second], "ada carl dora");
    first.tell("say hello again");
    second.expect("heard hello again");
    // What comes and goes from now on is seen, and nobody comes back who has gone.
    second.tell("untrack dora");
    agree([&mut first, &mut second], "ada carl");
}

pub fn agree(nodes: [&mut Node; 2], list: &str) {
    for node in nodes {
        node.until("list", list, SOON);
    }
}
