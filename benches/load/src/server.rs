//! The servers under load, each as it runs in a process of its own.
//!
//! A server prints the port that it listens on and then obeys lines on its standard input: `hz N` broadcasts telemetry N
//! times a second (0: not at all). It ends with its input.

mod bennu;
mod dioxus;

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader, stdin};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::pages::data::Telemetry;

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bennu,
    Dioxus,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Bennu, Self::Dioxus];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bennu => "bennu",
            Self::Dioxus => "dioxus-liveview",
        }
    }

    pub(crate) fn from_name(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        let Some(kind) = found else { bail!("there is no server `{name}`: there are bennu and dioxus-liveview") };
        Ok(kind)
    }
}

/// Serves until standard input ends.
pub(crate) async fn serve(kind: Kind) -> Result<()> {
    match kind {
        Kind::Bennu => bennu::serve().await,
        Kind::Dioxus => dioxus::serve().await,
    }
}

/// Tells the port, then obeys; `broadcast` is called with each new telemetry.
async fn obey(port: u16, mut broadcast: impl FnMut(Telemetry)) -> Result<()> {
    println!("{port}");
    let mut lines = BufReader::new(stdin()).lines();
    let (mut ticks, mut tick) = (None, 0);
    loop {
        // Both arms may be dropped: `next_line` keeps what it has read, a tick that is missed comes next time.
        tokio::select! {
            line = lines.next_line() => match line? {
                None => return Ok(()),
                Some(line) => ticks = order(&line)?,
            },
            () = next(&mut ticks) => {
                tick += 1;
                broadcast(Telemetry::at(tick));
            }
        }
    }
}

fn order(line: &str) -> Result<Option<Interval>> {
    let hz: u32 =
        line.strip_prefix("hz ").and_then(|hz| hz.parse().ok()).with_context(|| format!("unknown order `{line}`"))?;
    Ok((hz > 0).then(|| {
        let mut ticks = interval(Duration::from_secs(1) / hz);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        ticks
    }))
}

async fn next(ticks: &mut Option<Interval>) {
    match ticks {
        Some(ticks) => drop(ticks.tick().await),
        None => std::future::pending().await,
    }
}
