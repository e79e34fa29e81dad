//! The task of one robot: 20 steps a second, commands in between, telemetry after each step.
//!
//! It is an actor below the fleet's supervisor, so that a panic in it ends this robot's task only. The next one starts
//! from the robot's [`Record`].

use std::sync::Arc;
use std::time::Duration;

use bennu::prelude::PubSub;
use ractor::{Actor, ActorProcessingErr, ActorRef};
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

/// The actor. Its state is the robot itself.
pub struct Driver {
    /// The robot that it drives.
    pub chassis: Arc<Chassis>,
    /// All robots, this one included.
    pub fleet: Arc<[Arc<Chassis>]>,
}

impl Driver {
    fn publish(&self, robot: &Robot) {
        let telemetry: Telemetry = robot.telemetry();
        self.chassis.record.write(telemetry.clone());
        self.chassis.pubsub.broadcast(&robot_topic(self.id()), telemetry);
    }

    /// The others, where they are now.
    fn neighbours(&self) -> Vec<Neighbour> {
        let others = self.fleet.iter().filter(|other| other.spec.id != self.id());
        others.map(|other| (other.spec.id, other.record.pose())).collect()
    }

    fn id(&self) -> RobotId {
        self.chassis.spec.id
    }
}

impl Actor for Driver {
    type Msg = Message;
    type State = Robot;
    /// Whether this is the first task of the robot, and not one after a crash.
    type Arguments = bool;

    async fn pre_start(&self, myself: ActorRef<Message>, first: bool) -> Result<Robot, ActorProcessingErr> {
        myself.send_interval(STEP, || Message::Step);
        let spec = self.chassis.spec.clone();
        if first {
            return Ok(Robot::new(spec));
        }
        tracing::warn!(robot = spec.name, "task started again after a crash");
        Ok(Robot::restarted(spec, &self.chassis.record.last()))
    }

    async fn handle(
        &self,
        _: ActorRef<Message>,
        message: Message,
        robot: &mut Robot,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            Message::Step => robot.step(&self.chassis.world, &self.neighbours(), STEP),
            Message::Command { command, reply, permit } => {
                let outcome = robot.command(&self.chassis.world, command);
                // The permit first, so that who has the answer may send the next command.
                drop(permit);
                let _ = reply.send(outcome);
            }
            Message::Stay => robot.stay(),
            Message::Crash => panic!("{} was told to crash", self.chassis.spec.name),
        }
        self.publish(robot);
        Ok(())
    }
}
