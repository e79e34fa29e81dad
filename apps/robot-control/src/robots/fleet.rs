//! The handle of the fleet: starts its tasks under a supervisor, passes commands on, and knows the last known state.
//!
//! A robot whose task panics is started again alone, after a pause, from its last known pose; until then it is shown
//! as offline and refuses commands with [`Refusal::Offline`]. The other robots do not notice.

mod supervision;

use std::sync::Arc;
use std::time::Duration;

use bennu::prelude::{ActorRef, PubSub, Supervisor, SupervisorRef};
use bennu::supervision::{Registry, StartError};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::command::{Command, Outcome, Refusal};
use super::driver::{Chassis, Driver, Drivers, Message};
use super::history::Sample;
use super::journal::{Entries, Journal, Operator};
use super::model::{FleetFrame, RobotId, Telemetry};
use super::record::Record;
use super::robot::Robot;
use super::world::World;
use super::{publisher, roster};

/// How long a command waits for its answer.
const TIMEOUT: Duration = Duration::from_secs(1);
/// Commands that may wait at one robot.
const WAITING: usize = 32;

/// All robots. Clones are the same fleet.
#[derive(Clone)]
pub struct Fleet(Arc<Inner>);

struct Inner {
    world: Arc<World>,
    robots: Arc<[Arc<Chassis>]>,
    /// One per robot: how many more commands may wait there.
    room: Vec<Arc<Semaphore>>,
    drivers: Drivers,
    supervisor: SupervisorRef,
}

impl Fleet {
    /// A fleet in the warehouse, and the supervisor to start for its robots to move. Its telemetry goes to `pubsub`.
    pub fn declare(pubsub: &PubSub) -> (Self, Supervisor) {
        let world = Arc::new(World::warehouse());
        let robots: Arc<[_]> = roster::fleet(&world)
            .into_iter()
            .map(|spec| {
                let record = Record::new(Robot::new(spec.clone()).telemetry());
                Arc::new(Chassis {
                    spec,
                    world: Arc::clone(&world),
                    record,
                    journal: Journal::default(),
                    pubsub: pubsub.clone(),
                })
            })
            .collect();
        let room = robots.iter().map(|_| Arc::new(Semaphore::new(WAITING))).collect();
        let drivers = Registry::unique();
        let tree = supervision::tree(&robots, &drivers, pubsub);
        let supervisor = tree.handle();
        (Self(Arc::new(Inner { world, robots, room, drivers, supervisor })), tree)
    }

    /// Starts a fleet of its own, below no other supervisor. It runs until [`Fleet::shut_down`].
    ///
    /// # Errors
    /// When a robot cannot be started.
    pub async fn launch(pubsub: PubSub) -> Result<Self, StartError> {
        let (fleet, tree) = Self::declare(&pubsub);
        tree.start().await?;
        Ok(fleet)
    }

    /// The floor.
    pub fn world(&self) -> &Arc<World> {
        &self.0.world
    }

    /// All robots as they are now.
    pub fn frame(&self) -> FleetFrame {
        publisher::frame(&self.0.robots)
    }

    /// One robot as it is now.
    pub fn telemetry(&self, id: RobotId) -> Option<Telemetry> {
        Some(self.0.robots[self.index(id)?].record.now())
    }

    /// The last minutes of one robot, the oldest sample first.
    pub fn history(&self, id: RobotId) -> Option<Vec<Sample>> {
        Some(self.0.robots[self.index(id)?].record.history())
    }

    /// The last commands to one robot, the newest first.
    pub fn journal(&self, id: RobotId) -> Option<Entries> {
        Some(self.0.robots[self.index(id)?].journal.entries())
    }

    /// Sends a command. The robot's journal shows that it was sent and, later, what the robot said; so does the task
    /// that is returned, which may be dropped.
    ///
    /// The command is on its way when this returns: commands arrive in the order of the calls, whenever their answers
    /// are awaited. Without an answer within a second the outcome is [`Refusal::TimedOut`].
    pub fn issue(&self, id: RobotId, operator: &Operator, command: Command) -> JoinHandle<Outcome> {
        let begun = Instant::now();
        let Some(index) = self.index(id) else {
            return tokio::spawn(async { Err(Refusal::UnknownRobot) });
        };
        let robot = Arc::clone(&self.0.robots[index]);
        let number = robot.journal.sent(operator, command);
        let sent = self.send(index, command);
        robot.publish_journal();
        tokio::spawn(async move {
            let outcome = answer(sent).await;
            robot.journal.answered(number, outcome, begun.elapsed());
            robot.publish_journal();
            outcome
        })
    }

    /// Sends a command and waits for what the robot says.
    ///
    /// # Cancel safety
    /// Dropping the future loses the answer, not the command.
    pub async fn command(&self, id: RobotId, operator: &Operator, command: Command) -> Outcome {
        outcome(self.issue(id, operator, command)).await
    }

    /// Sends one command to every robot and answers with what each of them said, in the order of their numbers.
    ///
    /// All commands are on their way when this returns; none waits for the answer to another.
    pub fn command_all(
        &self,
        operator: &Operator,
        command: Command,
    ) -> impl Future<Output = Vec<(RobotId, Outcome)>> + Send + use<> {
        let ids = self.0.robots.iter().map(|robot| robot.spec.id);
        let sent: Vec<_> = ids.map(|id| (id, self.issue(id, operator, command))).collect();
        async move {
            let mut outcomes = Vec::with_capacity(sent.len());
            for (id, task) in sent {
                outcomes.push((id, outcome(task).await));
            }
            outcomes
        }
    }

    /// Keeps a robot where it is for the next half minute: its rounds and its way to the dock are put off. For whoever
    /// has plans for it; to be repeated while they last.
    ///
    /// # Errors
    /// When there is no such robot, or its task is down.
    pub fn stay(&self, id: RobotId) -> Result<(), Refusal> {
        self.tell(id, Message::Stay)
    }

    /// Makes the task of a robot panic, to see how the fleet copes.
    ///
    /// # Errors
    /// When there is no such robot, or its task is down already.
    pub fn crash(&self, id: RobotId) -> Result<(), Refusal> {
        self.tell(id, Message::Crash)
    }

    /// Stops all tasks and waits until they have ended. A second call does nothing.
    pub async fn shut_down(&self) {
        self.0.supervisor.shut_down().await;
    }

    fn tell(&self, id: RobotId, message: Message) -> Result<(), Refusal> {
        let index = self.index(id).ok_or(Refusal::UnknownRobot)?;
        self.driver(index)?.cast(message).map_err(|_| Refusal::Offline)
    }

    fn send(&self, index: usize, command: Command) -> Result<oneshot::Receiver<Outcome>, Refusal> {
        let permit = Arc::clone(&self.0.room[index]).try_acquire_owned().map_err(|_| Refusal::Busy)?;
        let (reply, answer) = oneshot::channel();
        let message = Message::Command { command, reply, permit };
        self.driver(index)?.cast(message).map_err(|_| Refusal::Offline)?;
        Ok(answer)
    }

    fn driver(&self, index: usize) -> Result<ActorRef<Driver>, Refusal> {
        self.0.drivers.lookup(&self.0.robots[index].spec.id).ok_or(Refusal::Offline)
    }

    fn index(&self, id: RobotId) -> Option<usize> {
        let index = usize::from(id.0).checked_sub(1)?;
        (index < self.0.robots.len()).then_some(index)
    }
}

/// Waits for the answer to a command that was sent, or was not.
async fn answer(sent: Result<oneshot::Receiver<Outcome>, Refusal>) -> Outcome {
    match timeout(TIMEOUT, sent?).await {
        Ok(Ok(outcome)) => outcome,
        // The task ended with the command in its mailbox.
        Ok(Err(_)) => Err(Refusal::Offline),
        Err(_) => Err(Refusal::TimedOut { seconds: TIMEOUT.as_secs() }),
    }
}

/// What came of a command whose task may have been torn down with the runtime.
async fn outcome(task: JoinHandle<Outcome>) -> Outcome {
    task.await.unwrap_or(Err(Refusal::Offline))
}

#[cfg(test)]
mod tests;
