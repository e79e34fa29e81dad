//! A network between a node and the database that can be taken away and given back.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How the network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    Works,
    /// What is open is closed, and what is opened, too.
    Closes,
    /// Nothing arrives, and nobody is told. What was on its way arrives when it works again.
    Swallows,
}

pub struct Proxy {
    addr: SocketAddr,
    database: String,
    network: watch::Sender<Network>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Before the database of this URL.
    pub async fn start(database: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let (network, watched) = watch::channel(Network::Works);
        let target = Target::of(database);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(lead(client, target.clone(), watched.clone()));
            }
        });
        Self { addr, database: database.to_owned(), network, accepting }
    }

    /// The database by way of this.
    pub fn url(&self) -> String {
        let (address, _) = self.database.split_once('?').unwrap_or((&self.database, ""));
        let (scheme, rest) = address.split_once("://").expect("a URL");
        let (authority, database) = rest.split_once('/').expect("a database");
        let user = authority.rsplit_once('@').map_or("postgres", |(user, _)| user);
        format!("{scheme}://{user}@{}/{database}?sslmode=disable", self.addr)
    }

    pub fn set(&self, network: Network) {
        self.network.send_replace(network);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Where the database is.
#[derive(Clone, Debug)]
enum Target {
    Tcp(String),
    Unix(PathBuf),
}

impl Target {
    fn of(url: &str) -> Self {
        let (address, options) = url.split_once('?').unwrap_or((url, ""));
        let host = address.split_once("://").map_or(address, |(_, rest)| rest).split('/').next().expect("a host");
        let host = host.rsplit('@').next().expect("a host");
        let port = host.rsplit_once(':').map_or("5432", |(_, port)| port);
        match options.split('&').find_map(|option| option.strip_prefix("host=/")) {
            Some(folder) => Self::Unix(PathBuf::from(format!("/{folder}/.s.PGSQL.{port}"))),
            None => Self::Tcp(if host.contains(':') { host.to_owned() } else { format!("{host}:{port}") }),
        }
    }
}

async fn lead(client: TcpStream, target: Target, mut network: watch::Receiver<Network>) {
    let mut closing = network.clone();
    let closes = async {
        drop(closing.wait_for(|network| *network == Network::Closes).await);
    };
    let led = async {
        if network.wait_for(|network| *network == Network::Works).await.is_err() {
            return Ok(());
        }
        match target {
            Target::Tcp(addr) => both_ways(client, TcpStream::connect(addr).await?, &network).await,
            Target::Unix(path) => both_ways(client, UnixStream::connect(path).await?, &network).await,
        }
    };
    // Either arm may be dropped, and what it holds is closed.
    tokio::select! {
        () = closes => {}
        _ = led => {}
    }
}

async fn both_ways(
    client: TcpStream,
    server: impl AsyncRead + AsyncWrite,
    network: &watch::Receiver<Network>,
) -> io::Result<()> {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = tokio::io::split(server);
    let there = carry(from_client, to_server, network.clone());
    let back = carry(from_server, to_client, network.clone());
    // Whichever ends, ends both.
    tokio::select! {
        ended = there => ended,
        ended = back => ended,
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut network: watch::Receiver<Network>,
) -> io::Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let count = from.read(&mut bytes).await?;
        if network.wait_for(|network| *network == Network::Works).await.is_err() || count == 0 {
            return Ok(());
        }
        to.write_all(&bytes[..count]).await?;
    }
}
