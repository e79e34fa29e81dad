//! What other tests have already: a browser tab without a browser, and a link that can be cut.
#![allow(dead_code, reason = "each of the tests that share these uses some of it")]

#[path = "../../../../tests/it/support/http.rs"]
pub mod http;
#[path = "../../../../tests/it/support/line.rs"]
pub mod line;
#[path = "../../../../pubsub-zenoh/tests/zenoh/support/link.rs"]
pub mod link;
#[path = "../../../../tests/it/support/tab.rs"]
pub mod tab;

use std::net::{Ipv4Addr, TcpListener};

/// A port that nobody has at the moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

pub fn endpoint(port: u16) -> String {
    format!("tcp/127.0.0.1:{port}")
}
