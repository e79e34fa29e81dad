//! The handle of the fleet: starts its tasks under a supervisor, passes commands on, and knows the last known state.
//!
//! A robot whose task panics is started again alone, after a pause, from its last known pose; until then it is shown
//! as offline and refuses commands with [`Refusal::Offline`]. The other robots do not notice.
//!
//! Devices have no task here. They are registered ([`Fleet::add_device`]), and whoever speaks for one attaches it
//! ([`Fleet::attach`]); for everybody else they are robots like the others.

mod supervision;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bennu::prelude::{PubSub, Supervisor, SupervisorRef};
use bennu::supervision::StartError;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::attached::{AttachError, Attachment};
use super::chassis::Chassis;
use super::command::{Command, Outcome, Refusal};
use super::crew;
use super::driver::{Drivers, Seat};
use super::history::Sample;
use super::journal::{Entries, Operator};
use super::model::{FleetFrame, Link, RobotId, Telemetry};
use super::roster::{NumberTaken, Roster};
use super::world::World;

/// How long a command waits for its answer.
const TIMEOUT: Duration = Duration::from_secs(1);

/// All robots. Clones are the same fleet.
#[derive(Clone)]
pub struct Fleet(Arc<Inner>);

struct Inner {
    world: Arc<World>,
    roster: Roster,
    pubsub: PubSub,
    supervisor: SupervisorRef,
}

impl Fleet {
    /// A fleet in the warehouse, and the supervisor to start for its robots to move. Its telemetry goes to `pubsub`.
    ///
    /// # Panics
    /// Never: the crew's numbers differ.
    pub fn declare(pubsub: &PubSub) -> (Self, Supervisor) {
        let world = Arc::new(World::warehouse());
        let (roster, drivers) = (Roster::default(), Drivers::unique());
        let mut seats = Vec::new();
        for spec in crew::crew(&world) {
            let chassis = Arc::new(Chassis::simulated(&spec, &drivers, pubsub));
            roster.add(Arc::clone(&chassis)).expect("the crew's numbers differ");
            seats.push(Seat {
                spec,
                chassis,
                world: Arc::clone(&world),
                roster: roster.clone(),
                drivers: drivers.clone(),
                was_started: Arc::new(AtomicBool::new(false)),
            });
        }
        let tree = supervision::tree(seats, &roster, pubsub);
        let supervisor = tree.handle();
        (Self(Arc::new(Inner { world, roster, pubsub: pubsub.clone(), supervisor })), tree)
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
        self.0.roster.frame()
    }

    /// One robot as it is now.
    pub fn telemetry(&self, id: RobotId) -> Option<Telemetry> {
        Some(self.0.roster.get(id)?.record.now())
    }

    /// The last minutes of one robot, the oldest sample first.
    pub fn history(&self, id: RobotId) -> Option<Vec<Sample>> {
        Some(self.0.roster.get(id)?.record.history())
    }

    /// The last commands to one robot, the newest first.
    pub fn journal(&self, id: RobotId) -> Option<Entries> {
        Some(self.0.roster.get(id)?.journal.entries())
    }

    /// Sends a command. The robot's journal shows that it was sent and, later, what the robot said; so does the task
    /// that is returned, which may be dropped.
    ///
    /// The command is on its way when this returns: commands arrive in the order of the calls, whenever their answers
    /// are awaited. Without an answer within a second the outcome is [`Refusal::TimedOut`].
    pub fn issue(&self, id: RobotId, operator: &Operator, command: Command) -> JoinHandle<Outcome> {
        let begun = Instant::now();
        let Some(robot) = self.0.roster.get(id) else {
            return tokio::spawn(async { Err(Refusal::UnknownRobot) });
        };
        let number = robot.journal.sent(operator, command);
        let sent = robot.send(command);
        robot.publish_journal();
        tokio::spawn(async move {
            let outcome = answer(&robot, sent).await;
            robot.journal.answered(number, outcome.clone(), begun.elapsed());
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
        let robots = self.0.roster.robots();
        let sent: Vec<_> = robots.iter().map(|robot| (robot.id, self.issue(robot.id, operator, command))).collect();
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
    /// When there is no such robot, or it is offline.
    pub fn stay(&self, id: RobotId) -> Result<(), Refusal> {
        self.0.roster.get(id).ok_or(Refusal::UnknownRobot)?.stay()
    }

    /// Makes the task of a robot panic, to see how the fleet copes.
    ///
    /// # Errors
    /// When there is no such robot, it is a device, or its task is down already.
    pub fn crash(&self, id: RobotId) -> Result<(), Refusal> {
        self.0.roster.get(id).ok_or(Refusal::UnknownRobot)?.crash()
    }

    /// Takes a device in. It is offline until it is attached.
    ///
    /// # Errors
    /// When there is a robot of that number.
    pub fn add_device(&self, id: RobotId, name: &str) -> Result<(), NumberTaken> {
        self.0.roster.add(Arc::new(Chassis::device(id, name.into(), &self.0.pubsub)))
    }

    /// Takes a device out: whoever is attached is so no more, and the robot is unknown. Answers whether there was such
    /// a device; simulated robots stay.
    pub fn remove_device(&self, id: RobotId) -> bool {
        let gone = self.0.roster.remove_device(id);
        if let Some(port) = gone.as_ref().and_then(|robot| robot.port()) {
            port.close();
        }
        gone.is_some()
    }

    /// Begins to speak for a device, until what is returned is dropped. Where another connection does so already, the
    /// newer takes over if the older has been silent for [`super::attached::SILENCE`].
    ///
    /// # Errors
    /// When there is no such device, or another connection speaks for it.
    pub fn attach(&self, id: RobotId, link: Link) -> Result<Attachment, AttachError> {
        let robot = self.0.roster.get(id).ok_or(AttachError::Unknown(id))?;
        Attachment::new(robot, Arc::clone(&self.0.world), link)
    }

    /// Stops all tasks and waits until they have ended. A second call does nothing.
    pub async fn shut_down(&self) {
        self.0.supervisor.shut_down().await;
    }
}

/// Waits for the answer to a command that was sent, or was not.
async fn answer(robot: &Chassis, sent: Result<oneshot::Receiver<Outcome>, Refusal>) -> Outcome {
    match timeout(TIMEOUT, sent?).await {
        Ok(Ok(outcome)) => outcome,
        // The task ended with the command in its mailbox, or the device went away with it.
        Ok(Err(_)) => Err(Refusal::Offline),
        Err(_) if !robot.record.is_heard() => Err(Refusal::Offline),
        Err(_) => Err(Refusal::TimedOut { seconds: TIMEOUT.as_secs() }),
    }
}

/// What came of a command whose task may have been torn down with the runtime.
async fn outcome(task: JoinHandle<Outcome>) -> Outcome {
    task.await.unwrap_or(Err(Refusal::Offline))
}

#[cfg(test)]
mod tests;
