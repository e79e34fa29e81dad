//! A link between two nodes that can be cut as networks are: silently, or with its connections closed.

use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::endpoint;

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Open,
    /// Nothing passes and nobody is told, as when a cable is pulled. What was under way passes when it is open again, as TCP sends it again.
    Cut,
    /// Connections end, and new ones end at once.
    Closed,
}

/// A port that leads to another one. The link ends with it.
pub struct Link {
    port: u16,
    state: watch::Sender<State>,
}

impl Link {
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let own_port = listener.local_addr().expect("an address").port();
        let (state, seen) = watch::channel(State::Open);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connect(stream, port, seen.clone()));
            }
        });
        Self { port: own_port, state }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn endpoint(&self) -> String {
        endpoint(self.port)
    }

    pub fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    pub fn close(&self) {
        self.state.send_replace(State::Closed);
    }

    pub fn heal(&self) {
        self.state.send_replace(State::Open);
    }
}

async fn connect(near: TcpStream, port: u16, state: watch::Receiver<State>) {
    if *state.borrow() == State::Closed {
        return;
    }
    let Ok(far) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else { return };
    let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
    // When one direction ends, so does the other.
    tokio::select! {
        () = pass(from_near, to_far, state.clone()) => {}
        () = pass(from_far, to_near, state) => {}
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut state: watch::Receiver<State>) {
    let mut closed = state.clone();
    let pass = async {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let Ok(read @ 1..) = from.read(&mut buffer).await else { return };
            if state.wait_for(|state| *state == State::Open).await.is_err()
                || to.write_all(&buffer[..read]).await.is_err()
            {
                return;
            }
        }
    };
    tokio::select! {
        () = pass => {}
        _ = closed.wait_for(|state| *state == State::Closed) => {}
    }
}
