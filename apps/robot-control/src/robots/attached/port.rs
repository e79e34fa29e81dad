//! Where a device is plugged in, or is not. It outlives connections: numbers of orders go on.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::super::chassis::WAITING;
use super::super::command::{Command, Outcome, Refusal};
use super::super::model::{Link, RobotId};
use super::{Order, SILENCE};

/// Why a connection cannot speak for a robot. `Display` is for whoever runs the device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttachError {
    /// There is no such robot.
    #[error("robot {0} is not registered: an administrator adds it on the page `/devices`")]
    Unknown(RobotId),
    /// The number is that of a simulated robot.
    #[error("robot {0} is simulated by the server: register a device with another number")]
    Simulated(RobotId),
    /// Another connection speaks for it.
    #[error(
        "robot {robot} is attached already ({way}) and was heard of {} ms ago: end that connection, or wait until it has \
         said nothing for {} ms", heard.as_millis(), SILENCE.as_millis(), way = link.label()
    )]
    Attached {
        /// The robot.
        robot: RobotId,
        /// The other way.
        link: Link,
        /// How long ago it was heard of.
        heard: Duration,
    },
}

/// The place where one connection at a time speaks for a device.
#[derive(Debug, Default)]
pub struct Port(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Connections so far. The number of one is its name.
    connections: u32,
    /// Orders so far.
    orders: u64,
    plugged: Option<Plugged>,
    /// The robot is registered no more.
    closed: bool,
}

#[derive(Debug)]
struct Plugged {
    link: Link,
    since: Instant,
    heard: Instant,
    orders: mpsc::Sender<Order>,
    /// Orders without an answer, and who waits for it.
    open: HashMap<u64, oneshot::Sender<Outcome>>,
}

impl Port {
    /// Plugs a connection in, and answers with its number and the orders that it is to carry. One that is silent is
    /// pulled out for it.
    pub(super) fn plug(&self, robot: RobotId, link: Link) -> Result<(u32, mpsc::Receiver<Order>), AttachError> {
        let (mut state, now) = (self.state(), Instant::now());
        if state.closed {
            return Err(AttachError::Unknown(robot));
        }
        if let Some(other) = &state.plugged
            && now - other.heard <= SILENCE
        {
            return Err(AttachError::Attached { robot, link: other.link, heard: now - other.heard });
        }
        let (orders, receiver) = mpsc::channel(WAITING);
        state.connections += 1;
        state.plugged = Some(Plugged { link, since: now, heard: now, orders, open: HashMap::new() });
        Ok((state.connections, receiver))
    }

    /// Pulls a connection out; open orders have no answer then. Answers whether it was in.
    pub(super) fn unplug(&self, connection: u32) -> bool {
        let mut state = self.state();
        let is_in = state.connections == connection && state.plugged.is_some();
        if is_in {
            state.plugged = None;
        }
        is_in
    }

    /// Pulls out whatever is in, for good.
    pub(in super::super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.plugged = None;
    }

    /// Notes that a connection says something. Answers how long it is in already; none if it is not.
    pub(super) fn heard(&self, connection: u32) -> Option<Duration> {
        let mut state = self.state();
        let now = Instant::now();
        let plugged = state.plugged_as(connection)?;
        plugged.heard = now;
        Some(now - plugged.since)
    }

    /// Gives the device an order.
    pub(in super::super) fn send(&self, command: Command) -> Result<oneshot::Receiver<Outcome>, Refusal> {
        let mut state = self.state();
        let number = state.orders + 1;
        let plugged = state.plugged.as_mut().ok_or(Refusal::Offline)?;
        // Nobody waits any more for what was not answered in time.
        plugged.open.retain(|_, reply| !reply.is_closed());
        if plugged.open.len() >= WAITING {
            return Err(Refusal::Busy);
        }
        plugged.orders.try_send(Order { number, command }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Refusal::Busy,
            mpsc::error::TrySendError::Closed(_) => Refusal::Offline,
        })?;
        let (reply, answer) = oneshot::channel();
        plugged.open.insert(number, reply);
        state.orders = number;
        Ok(answer)
    }

    /// Whether somebody waits for the answer to an order.
    pub(super) fn awaits(&self, connection: u32, number: u64) -> bool {
        let mut state = self.state();
        let reply = state.plugged_as(connection).and_then(|plugged| plugged.open.get(&number));
        reply.is_some_and(|reply| !reply.is_closed())
    }

    /// Hands an answer to whoever waits for it. Answers whether somebody did.
    pub(super) fn answer(&self, connection: u32, number: u64, outcome: Outcome) -> bool {
        let reply = self.state().plugged_as(connection).and_then(|plugged| plugged.open.remove(&number));
        reply.is_some_and(|reply| reply.send(outcome).is_ok())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No section can panic half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn plugged_as(&mut self, connection: u32) -> Option<&mut Plugged> {
        if self.connections == connection { self.plugged.as_mut() } else { None }
    }
}
