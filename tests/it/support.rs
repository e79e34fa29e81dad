//! What the tests of live views share: a server, browser tabs without a browser, and waiting for conditions.

pub mod http;
pub mod line;
pub mod log;
pub mod phx;
pub mod tab;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bennu::{Endpoint, RouterDefinition, Server};

/// An endpoint on a free port.
pub fn endpoint(router: impl RouterDefinition) -> Endpoint {
    Endpoint::new().addr(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).router(router)
}

/// Starts a server on a free port.
pub async fn start(router: impl RouterDefinition) -> Server {
    endpoint(router).start().await.expect("the server starts")
}

/// Waits until `condition` holds: for what the server offers no message about.
pub async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(tokio::time::Instant::now() < deadline, "still not so: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
