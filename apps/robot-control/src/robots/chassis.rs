//! One robot as the fleet knows it, whoever drives it: what is known of it, what was asked of it, and the way to it.

use std::sync::Arc;

use bennu::prelude::{ActorRef, PubSub};
use tokio::sync::{Semaphore, oneshot};

use super::attached::{self, Port};
use super::command::{Command, Outcome, Refusal};
use super::crew::Spec;
use super::driver::{Driver, Drivers, Message};
use super::journal::Journal;
use super::model::{RobotId, Telemetry};
use super::record::{Record, SILENCE};
use super::robot::Robot;
use super::topics::{journal_topic, robot_topic};

/// Commands that may wait at one robot.
pub const WAITING: usize = 32;

/// What outlives the tasks and attachments of a robot.
#[derive(Debug)]
pub struct Chassis {
    /// Its number.
    pub id: RobotId,
    /// What it is called.
    pub name: Arc<str>,
    /// What is known of it.
    pub record: Record,
    /// What was asked of it.
    pub journal: Journal,
    controls: Controls,
    pubsub: PubSub,
}

/// The way to a robot.
#[derive(Debug)]
enum Controls {
    /// A task of this program, as long as it runs; and how many more commands may wait there.
    Task(Drivers, Arc<Semaphore>),
    /// Whoever is attached there.
    Port(Port),
}

impl Chassis {
    /// The chassis of a simulated robot.
    pub fn simulated(spec: &Spec, drivers: &Drivers, pubsub: &PubSub) -> Self {
        Self {
            id: spec.id,
            name: Arc::clone(&spec.name),
            record: Record::new(Robot::new(spec.clone()).telemetry(), SILENCE),
            journal: Journal::default(),
            controls: Controls::Task(drivers.clone(), Arc::new(Semaphore::new(WAITING))),
            pubsub: pubsub.clone(),
        }
    }

    /// The chassis of a device, which nobody has heard of yet.
    pub fn device(id: RobotId, name: Arc<str>, pubsub: &PubSub) -> Self {
        Self {
            id,
            record: Record::of_absent(attached::absent(id, Arc::clone(&name)), attached::SILENCE),
            name,
            journal: Journal::default(),
            controls: Controls::Port(Port::default()),
            pubsub: pubsub.clone(),
        }
    }

    /// Where a device is attached; none for a simulated robot.
    pub fn port(&self) -> Option<&Port> {
        match &self.controls {
            Controls::Port(port) => Some(port),
            Controls::Task(..) => None,
        }
    }

    /// Sends a command. The receiver ends without an answer when the robot is gone.
    ///
    /// # Errors
    /// When it is offline, or has too much to do already.
    pub fn send(&self, command: Command) -> Result<oneshot::Receiver<Outcome>, Refusal> {
        match &self.controls {
            Controls::Task(_, room) => {
                let permit = Arc::clone(room).try_acquire_owned().map_err(|_| Refusal::Busy)?;
                let (reply, answer) = oneshot::channel();
                self.tell(Message::Command { command, reply, permit })?;
                Ok(answer)
            }
            Controls::Port(port) if self.record.is_heard() => port.send(command),
            Controls::Port(_) => Err(Refusal::Offline),
        }
    }

    /// Keeps a robot from going off by itself. A device that has plans of its own keeps them: nothing in the protocol
    /// puts them off, and whoever waits at it finds out where it is by its telemetry.
    ///
    /// # Errors
    /// When it is offline.
    pub fn stay(&self) -> Result<(), Refusal> {
        match &self.controls {
            Controls::Task(..) => self.tell(Message::Stay),
            Controls::Port(_) if self.record.is_heard() => Ok(()),
            Controls::Port(_) => Err(Refusal::Offline),
        }
    }

    /// Makes the robot's task panic.
    ///
    /// # Errors
    /// When it has none, or it does not run.
    pub fn crash(&self) -> Result<(), Refusal> {
        match &self.controls {
            Controls::Task(..) => self.tell(Message::Crash),
            Controls::Port(_) => Err(Refusal::NotSimulated),
        }
    }

    /// Notes what the robot said, and tells it to all who look at it.
    pub fn publish(&self, telemetry: Telemetry) {
        self.record.write(telemetry.clone());
        self.show(telemetry);
    }

    /// Shows telemetry to all who look at the robot.
    pub fn show(&self, telemetry: Telemetry) {
        self.pubsub.broadcast(&robot_topic(self.id), telemetry);
    }

    /// Shows the journal to all who look at it.
    pub fn publish_journal(&self) {
        self.pubsub.broadcast(&journal_topic(self.id), self.journal.entries());
    }

    fn tell(&self, message: Message) -> Result<(), Refusal> {
        let Controls::Task(drivers, _) = &self.controls else { return Err(Refusal::NotSimulated) };
        let driver: ActorRef<Driver> = drivers.lookup(&self.id).ok_or(Refusal::Offline)?;
        driver.cast(message).map_err(|_| Refusal::Offline)
    }
}
