//! What a transport holds while it speaks for a device.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;

use super::super::chassis::Chassis;
use super::super::command::Outcome;
use super::super::driver::STEP;
use super::super::model::{Link, RobotId};
use super::super::trail::Trail;
use super::super::world::World;
use super::{AttachError, Order, Port, Report, ReportError};

/// A device that is there. When it is dropped, the device is offline at once and its open orders are refused.
#[derive(Debug)]
pub struct Attachment {
    plug: Plug,
    link: Link,
    world: Arc<World>,
    shown: Mutex<Shown>,
    orders: Orders,
}

/// What was shown of the device.
#[derive(Debug)]
struct Shown {
    trail: Trail,
    /// The step of the last telemetry.
    step: Option<u64>,
}

/// The orders of a device, as they are given. It ends when the device is attached by another connection, or is
/// registered no more.
#[derive(Debug)]
pub struct Orders {
    plug: Plug,
    receiver: mpsc::Receiver<Order>,
}

/// Which connection of which device.
#[derive(Clone, Debug)]
struct Plug {
    chassis: Arc<Chassis>,
    connection: u32,
}

impl Attachment {
    /// Plugs a connection into a device.
    ///
    /// # Errors
    /// When it is none, or another connection speaks for it.
    pub(in super::super) fn new(chassis: Arc<Chassis>, world: Arc<World>, link: Link) -> Result<Self, AttachError> {
        let port = chassis.port().ok_or(AttachError::Simulated(chassis.id))?;
        let (connection, receiver) = port.plug(chassis.id, link)?;
        chassis.record.attached(link, connection);
        chassis.show(chassis.record.now());
        let shown = Mutex::new(Shown { trail: Trail::from(&chassis.record.last().trail), step: None });
        let plug = Plug { chassis, connection };
        Ok(Self { plug: plug.clone(), link, world, shown, orders: Orders { plug, receiver } })
    }

    /// Which robot it is.
    pub fn robot(&self) -> RobotId {
        self.plug.chassis.id
    }

    /// Notes what the device says of itself. More than 20 reports a second are noted, and not all are shown.
    ///
    /// # Errors
    /// When a value cannot be, or this connection does not speak for the robot any more; then nothing is noted.
    pub fn report(&self, report: Report) -> Result<(), ReportError> {
        report.check(&self.world)?;
        let Plug { chassis, connection } = &self.plug;
        let since = self.plug.port().and_then(|port| port.heard(*connection)).ok_or(ReportError::Detached)?;
        let (last, step) = (chassis.record.last(), (since.as_millis() / STEP.as_millis()) as u64);
        let tick = step.max(last.tick + 1);
        let mut telemetry = report.telemetry(last, tick);
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.trail.leave(tick, telemetry.pose.at);
        telemetry.trail = shown.trail.points();
        telemetry.link = Some(self.link);
        if shown.step.is_none_or(|before| step > before) {
            shown.step = Some(step);
            chassis.publish(telemetry);
        } else {
            chassis.record.write(telemetry);
        }
        Ok(())
    }

    /// What the device is told, as long as nobody has taken the orders.
    pub fn orders(&mut self) -> &mut Orders {
        &mut self.orders
    }

    /// The orders, for a task of its own; [`Attachment::orders`] ends then. They do not keep the device attached.
    pub fn take_orders(&mut self) -> Orders {
        let (_, ended) = mpsc::channel(1);
        std::mem::replace(&mut self.orders, Orders { plug: self.plug.clone(), receiver: ended })
    }

    /// Hands in what the device says to an order. Answers whether somebody still waited for it: not so when it took too
    /// long, was answered already, or was never given.
    pub fn answer(&self, number: u64, outcome: Outcome) -> bool {
        self.plug.port().is_some_and(|port| port.answer(self.plug.connection, number, outcome))
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        let Plug { chassis, connection } = &self.plug;
        if chassis.port().is_some_and(|port| port.unplug(*connection)) {
            chassis.record.detached();
            chassis.show(chassis.record.now());
        }
    }
}

impl Orders {
    /// The next order. One that nobody waits for any more is left out: a robot shall not set off late.
    ///
    /// # Cancel safety
    /// No order is lost.
    pub async fn recv(&mut self) -> Option<Order> {
        loop {
            let order = self.receiver.recv().await?;
            if self.plug.port().is_some_and(|port| port.awaits(self.plug.connection, order.number)) {
                return Some(order);
            }
        }
    }
}

impl Plug {
    fn port(&self) -> Option<&Port> {
        self.chassis.port()
    }
}
