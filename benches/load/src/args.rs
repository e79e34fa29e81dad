//! The command line.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::pages::Page;
use crate::rooms;
use crate::server::Kind;

pub(crate) const USAGE: &str = "\
usage: load [--sessions N] [--seconds N] [--pages counter,table,telemetry] [--servers bennu,dioxus-liveview]
  --sessions  sessions held open per page (default 1000)
  --seconds   length of each timed measurement (default 5)
  --pages     which pages (default all)
  --servers   which servers (default both)
load rooms [--sockets N] [--seconds N] measures channels beside axum and tokio's broadcast
  --sockets   sockets that have joined a room (default 9000)
load serve bennu|dioxus-liveview|channels|axum-broadcast starts one of the servers alone, as the load generator does";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Be the server.
    Serve(Kind),
    /// Be the server of a room.
    ServeRooms(rooms::Kind),
    /// Measure.
    Measure(Plan),
    /// Measure rooms.
    Rooms(rooms::Plan),
}

/// What to measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) sessions: usize,
    pub(crate) time: Duration,
    pub(crate) pages: Vec<Page>,
    pub(crate) servers: Vec<Kind>,
}

impl Default for Plan {
    fn default() -> Self {
        Self { sessions: 1_000, time: Duration::from_secs(5), pages: Page::ALL.to_vec(), servers: Kind::ALL.to_vec() }
    }
}

/// Reads the arguments behind the program's name.
pub(crate) fn parse(args: &[String]) -> Result<Command> {
    if let [serve, kind] = args
        && serve == "serve"
    {
        let room = rooms::Kind::from_name(kind).map(Command::ServeRooms);
        return room.or_else(|_| Kind::from_name(kind).map(Command::Serve));
    }
    if let [rooms, args @ ..] = args
        && rooms == "rooms"
    {
        return parse_rooms(args).map(Command::Rooms);
    }
    let mut plan = Plan::default();
    let mut args = args.iter();
    while let Some(flag) = args.next() {
        let mut value = || args.next().with_context(|| format!("{flag} needs a value"));
        match flag.as_str() {
            "--sessions" => plan.sessions = positive(value()?).with_context(|| flag.clone())?,
            "--seconds" => {
                plan.time = Duration::from_secs(positive(value()?).with_context(|| flag.clone())? as u64);
            }
            "--pages" => {
                plan.pages = value()?.split(',').map(Page::from_name).collect::<Result<_>>()?;
            }
            "--servers" => {
                plan.servers = value()?.split(',').map(Kind::from_name).collect::<Result<_>>()?;
            }
            "--help" | "-h" => bail!("{USAGE}"),
            other => bail!("unknown argument `{other}`\n{USAGE}"),
        }
    }
    Ok(Command::Measure(plan))
}

fn parse_rooms(args: &[String]) -> Result<rooms::Plan> {
    let mut plan = rooms::Plan { sockets: 9_000, time: Duration::from_secs(5) };
    for pair in args.chunks(2) {
        let [flag, value] = pair else { bail!("{} needs a value", pair[0]) };
        match flag.as_str() {
            "--sockets" => plan.sockets = positive(value).with_context(|| flag.clone())?,
            "--seconds" => plan.time = Duration::from_secs(positive(value).with_context(|| flag.clone())? as u64),
            other => bail!("unknown argument `{other}`\n{USAGE}"),
        }
    }
    Ok(plan)
}

fn positive(text: &str) -> Result<usize> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => bail!("`{text}` is no number above 0"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, Plan, parse};
    use crate::pages::Page;
    use crate::server::Kind;

    fn args(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn flags_change_the_plan() {
        let plan = Plan {
            sessions: 7,
            pages: vec![Page::Table, Page::Counter],
            servers: vec![Kind::Bennu],
            ..Plan::default()
        };
        let line = "--sessions 7 --pages table,counter --servers bennu";
        assert_eq!(parse(&args(line)).unwrap(), Command::Measure(plan));
    }

    #[test]
    fn mistakes_are_named() {
        for line in [
            "--sessions",
            "--sessions 0",
            "--sessions x",
            "--pages tables",
            "--servers phoenix",
            "--fast",
            "serve phoenix",
            "rooms --sockets",
            "rooms --pages counter",
        ] {
            assert!(parse(&args(line)).is_err(), "{line}");
        }
    }
}
