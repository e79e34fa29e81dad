//! The task of one robot: 20 steps a second, commands in between, telemetry after each step.
//!
//! It is an actor below the fleet's supervisor, so that a panic in it ends this robot's task only. The next one starts
//! from the robot's [`Record`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bennu::prelude::{Actor, ActorCx, ActorRef, PubSub, Result};
use bennu::supervision::Registry;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::command::{Command, Outcome};
use super::journal::Journal;
use super::model::{RobotId, Telemetry};
use super::record::Record;
use super::robot::Robot;
use super::roster::Spec;
use super::topics::{journal_topic, robot_topic};
use super::traffic::Neighbour;
use super::world::World;

/// The time of one step.
pub const STEP: Duration = Duration::from_millis(50);

/// What a robot's task is sent.
pub enum Message {
    /// It is time for a step.
    Step,
    /// Somebody wants something of the robot.
    Command {
        /// What is wanted.
        command: Command,
        /// Where the answer goes. Nobody may listen any more, which is fine.
        reply: oneshot::Sender<Outcome>,
        /// Given back when the command was dealt with, or when the task ended before that.
        permit: OwnedSemaphorePermit,
    },
    /// Somebody has plans for the robot: it shall not go off by itself for a while.
    Stay,
    /// Panic, to show that nobody else is harmed.
    Crash,
}

/// What the tasks of one robot have in common, from the first to the last.
#[derive(Debug)]
pub struct Chassis {
    /// Who the robot is.
    pub spec: Spec,
    /// The floor it drives on.
    pub world: Arc<World>,
    /// What is known of it.
    pub record: Record,
    /// What was asked of it.
    pub journal: Journal,
    /// Where it publishes.
    pub pubsub: PubSub,
}

impl Chassis {
    /// Shows the journal to all who look at it.
    pub fn publish_journal(&self) {
        let topic = journal_topic(self.spec.id);
        self.pubsub.broadcast(&topic, self.journal.entries());
    }
}

/// Where the robots' tasks are found, as long as they run.
pub type Drivers = Registry<RobotId, ActorRef<Driver>>;

/// What each task of a robot is started with.
#[derive(Clone)]
pub struct Seat {
    /// The robot that it drives.
    pub chassis: Arc<Chassis>,
    /// All robots, this one included.
    pub fleet: Arc<[Arc<Chassis>]>,
    /// Where it is to be found.
    pub drivers: Drivers,
    /// Whether it is not the first one.
    pub was_started: Arc<AtomicBool>,
}

/// The actor: the robot itself, and who drives it.
pub struct Driver {
    seat: Seat,
    robot: Robot,
}

impl Driver {
    fn publish(&self) {
        let telemetry: Telemetry = self.robot.telemetry();
        self.chassis().record.write(telemetry.clone());
        self.chassis().pubsub.broadcast(&robot_topic(self.id()), telemetry);
    }

    /// The others, where they are now.
    fn neighbours(&self) -> Vec<Neighbour> {
        let others = self.seat.fleet.iter().filter(|other| other.spec.id != self.id());
        others.map(|other| (other.spec.id, other.record.pose())).collect()
    }

    fn chassis(&self) -> &Chassis {
        &self.seat.chassis
    }

    fn id(&self) -> RobotId {
        self.chassis().spec.id
    }
}

impl Actor for Driver {
    type Args = Seat;
    type Message = Message;

    async fn init(seat: Seat, cx: &mut ActorCx<Self>) -> Result<Self> {
        let spec = seat.chassis.spec.clone();
        cx.register(&seat.drivers, spec.id)?;
        cx.send_interval(STEP, || Message::Step);
        let robot = if seat.was_started.swap(true, Ordering::Relaxed) {
            tracing::warn!(robot = spec.name, "task started again after a crash");
            Robot::restarted(spec, &seat.chassis.record.last())
        } else {
            Robot::new(spec)
        };
        Ok(Self { seat, robot })
    }

    async fn handle(&mut self, message: Message, _: &mut ActorCx<Self>) -> Result<()> {
        match message {
            Message::Step => {
                let neighbours = self.neighbours();
                self.robot.step(&self.seat.chassis.world, &neighbours, STEP);
            }
            Message::Command { command, reply, permit } => {
                let outcome = self.robot.command(&self.seat.chassis.world, command);
                // The permit first, so that who has the answer may send the next command.
                drop(permit);
                let _ = reply.send(outcome);
            }
            Message::Stay => self.robot.stay(),
            Message::Crash => panic!("{} was told to crash", self.chassis().spec.name),
        }
        self.publish();
        Ok(())
    }
}
