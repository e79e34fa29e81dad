//! The task of one robot: 20 steps a second, commands in between, telemetry after each step.
//!
//! It is an actor below the fleet's supervisor, so that a panic in it ends this robot's task only. The next one starts
//! from the robot's [`Record`](super::record::Record).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bennu::prelude::{Actor, ActorCx, ActorRef, Result};
use bennu::supervision::Registry;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::chassis::Chassis;
use super::command::{Command, Outcome};
use super::crew::Spec;
use super::model::RobotId;
use super::robot::Robot;
use super::roster::Roster;
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

/// Where the robots' tasks are found, as long as they run.
pub type Drivers = Registry<RobotId, ActorRef<Driver>>;

/// What each task of a robot is started with.
#[derive(Clone)]
pub struct Seat {
    /// What the robot is.
    pub spec: Spec,
    /// The robot that it drives.
    pub chassis: Arc<Chassis>,
    /// The floor it drives on.
    pub world: Arc<World>,
    /// All robots, this one included.
    pub roster: Roster,
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
    /// The others, where they are now.
    fn neighbours(&self) -> Vec<Neighbour> {
        let robots = self.seat.roster.robots();
        let others = robots.iter().filter(|other| other.id != self.seat.spec.id);
        others.filter_map(|other| Some((other.id, other.record.pose()?))).collect()
    }
}

impl Actor for Driver {
    type Args = Seat;
    type Message = Message;

    async fn init(seat: Seat, cx: &mut ActorCx<Self>) -> Result<Self> {
        let spec = seat.spec.clone();
        cx.register(&seat.drivers, spec.id)?;
        cx.send_interval(STEP, || Message::Step);
        let robot = if seat.was_started.swap(true, Ordering::Relaxed) {
            tracing::warn!(robot = %spec.name, "task started again after a crash");
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
                self.robot.step(&self.seat.world, &neighbours, STEP);
            }
            Message::Command { command, reply, permit } => {
                let outcome = self.robot.command(&self.seat.world, command);
                // The permit first, so that who has the answer may send the next command.
                drop(permit);
                let _ = reply.send(outcome);
            }
            Message::Stay => self.robot.stay(),
            Message::Crash => panic!("{} was told to crash", self.seat.spec.name),
        }
        self.seat.chassis.publish(self.robot.telemetry());
        Ok(())
    }
}
