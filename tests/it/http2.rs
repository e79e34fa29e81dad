//! HTTP/2 as a peer speaks it that makes mistakes: RFC 9113 and RFC 7541, requirement by requirement, each on a connection of its own.
//!
//! What is asked for is what h2spec asks for, whose list of requirements this follows: an error of a stream may be answered by
//! one of the connection, and one of the connection by its end, whatever code was said before. (The crate `h2` says `PROTOCOL_ERROR` for nearly all.)

mod framing;
mod hpack;
mod peer;
mod requests;
mod settings;
mod streams;

use std::net::SocketAddr;

use axum::body::Bytes;
use bennu::Server;
use bennu::prelude::*;

use self::peer::{Expect, Outcome, Peer};
use crate::support::start;

async fn echo(body: Bytes) -> Bytes {
    body
}

async fn hello() -> &'static str {
    "hello"
}

router! {
    get "/" => hello;
    post "/echo" => echo;
}

/// What a peer says once its connection is set up, and what it must be told.
type Case = (&'static str, fn(&mut Peer), Expect);

/// Tries each case, and tells of all that failed.
async fn check(cases: &[Case]) {
    let server: Server = start(Routes).await;
    let mut failed = Vec::new();
    for (what, say, expected) in cases {
        let outcome = attempt(server.addr(), *say, expected).await;
        if !expected.allows(&outcome) {
            failed.push(format!("{what}: {outcome:?} in place of {expected:?}"));
        }
    }
    assert!(failed.is_empty(), "{} of {} failed:\n{}", failed.len(), cases.len(), failed.join("\n"));
    // Whatever they did, others are served.
    assert!(Expect::Answer.allows(&attempt(server.addr(), Peer::get_root, &Expect::Answer).await));
}

async fn attempt(addr: SocketAddr, say: fn(&mut Peer), expected: &Expect) -> Outcome {
    let mut peer = Peer::new(addr);
    say(&mut peer);
    peer.run(expected).await
}
