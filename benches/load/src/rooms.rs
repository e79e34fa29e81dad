//! Channels beside the same written by hand on axum and `tokio::sync::broadcast`: what an idle socket, a join, an answer and a delivered
//! broadcast cost either server. Both speak Phoenix's protocol V2, in text.

mod channels;
mod client;
mod measure;
mod plain;

use anyhow::{Result, bail};

pub(crate) use self::measure::{Plan, table};

/// The topic that everybody joins.
const TOPIC: &str = "room:1";

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Channels,
    Plain,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Channels, Self::Plain];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Channels => "channels",
            Self::Plain => "axum-broadcast",
        }
    }

    pub(crate) fn from_name(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        let Some(kind) = found else { bail!("there is no server `{name}`: there are channels and axum-broadcast") };
        Ok(kind)
    }
}

/// Serves until standard input ends.
pub(crate) async fn serve(kind: Kind) -> Result<()> {
    match kind {
        Kind::Channels => channels::serve().await,
        Kind::Plain => plain::serve().await,
    }
}

/// Tells the port, and waits for the end of standard input.
async fn obey(port: u16) -> Result<()> {
    println!("{port}");
    tokio::io::copy(&mut tokio::io::stdin(), &mut tokio::io::sink()).await?;
    Ok(())
}
