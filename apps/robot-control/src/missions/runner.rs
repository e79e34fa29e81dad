//! The task of one running mission: looks at the robot ten times a second and does what the [`Run`] says.
//!
//! An actor below the missions' supervisor. One that crashes is started again and goes on from where the run was; the
//! robot does not notice. It ends by itself, with the run, and the database and whoever listens know by then.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bennu::ecto::prelude::*;
use bennu::prelude::{Actor, ActorCx, ActorRef, PubSub, Result};
use bennu::supervision::Registry;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::board::Board;
use super::run::{Other, Run, Seen, Step};
use super::{Ending, Mission, MissionsChanged, Phase, Progress, Status, missions_topic, progress_topic};
use crate::robots::{Command, Entry, Fleet, Operator, Refusal, RobotId};
use crate::store;

/// The time between two looks at the robot.
const LOOK: Duration = Duration::from_millis(100);
/// How often a runner may crash before its mission is given up.
const LIVES: u32 = 3;
/// How often the end of a run is tried to be written, and the time between.
const WRITES: u32 = 5;
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// What a runner is sent.
#[derive(Debug)]
pub(super) enum Message {
    /// It is time to look.
    Look,
    /// The run shall end so. The answer comes when it has.
    End(Ending, oneshot::Sender<()>),
    /// Panic, to show that the mission goes on.
    #[cfg(test)]
    Crash,
}

/// Where runners are found, by the names of their jobs.
pub(super) type Runners = Registry<String, ActorRef<Runner>>;

/// What the runners of one run have in common, from the first to the last.
pub(super) struct Job {
    /// The runner's name.
    pub(super) name: String,
    pub(super) mission: Mission,
    pub(super) fleet: Fleet,
    pub(super) repo: Repo,
    pub(super) pubsub: PubSub,
    pub(super) board: Arc<Board>,
    pub(super) runners: Runners,
    /// In whose name the robot is given commands.
    operator: Operator,
    /// The newest entry of the robot's journal when the run began: what came before is none of our business.
    journal: u64,
    /// Where the run is, for the next runner.
    run: Mutex<Run>,
    lives: AtomicU32,
    ended: AtomicBool,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Job {
    /// The job of a mission that was started just now.
    pub(super) fn new(
        name: String,
        mission: Mission,
        fleet: Fleet,
        repo: Repo,
        pubsub: PubSub,
        board: Arc<Board>,
        runners: Runners,
    ) -> Self {
        let newest = fleet.journal(mission.robot_id).and_then(|entries| entries.first().map(|entry| entry.number));
        Self {
            operator: format!("mission {}", mission.name).into(),
            journal: newest.unwrap_or_default(),
            run: Mutex::new(Run::new(&mission)),
            lives: AtomicU32::new(LIVES),
            ended: AtomicBool::new(false),
            name,
            mission,
            fleet,
            repo,
            pubsub,
            board,
            runners,
        }
    }

    /// Which robot it is about.
    pub(super) fn robot(&self) -> RobotId {
        self.mission.robot_id
    }

    /// How far the run is.
    pub(super) fn progress(&self, run: &Run, phase: Phase) -> Progress {
        let (waypoint, waypoints, rounds) = run.at();
        Progress {
            mission_id: self.mission.id,
            name: self.mission.name.clone(),
            robot: self.robot(),
            waypoint,
            waypoints,
            rounds,
            phase,
        }
    }

    /// The run as the next runner is to find it.
    pub(super) fn run(&self) -> Run {
        self.run.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, run: &Run) {
        self.run.lock().unwrap_or_else(PoisonError::into_inner).clone_from(run);
    }

    /// Writes how the run ended, and tells it. Every way that a run can end leads here, so that a mission is never left
    /// running; the first one counts.
    pub(super) async fn finish(&self, ending: &Ending) {
        if self.ended.swap(true, Ordering::Relaxed) {
            return;
        }
        for attempt in 1..=WRITES {
            match self.write(ending).await {
                Ok(()) => break,
                Err(error) if attempt == WRITES => {
                    let mission = self.mission.id;
                    tracing::error!(mission, %error, "a mission's end could not be stored: the next start interrupts it");
                }
                Err(_) => tokio::time::sleep(WRITE_AGAIN).await,
            }
        }
        self.board.remove(self);
        // The robot may follow another mission by now.
        if self.board.of(self.robot()).is_none() {
            self.publish(self.progress(&self.run(), Phase::Ended(ending.clone())));
        }
        self.pubsub.broadcast(&missions_topic(self.robot()), MissionsChanged(self.robot()));
    }

    async fn write(&self, ending: &Ending) -> Result<(), RepoError> {
        let (id, now) = (self.mission.id, store::now());
        let (status, reason) = (ending.status(), ending.reason());
        let ended = from!(m in Mission,
            where: m.id == id && m.status == Status::Running,
            update: { m.status = status, m.reason = reason, m.finished_at = Some(now), m.updated_at = now });
        self.repo.update_all(ended).await.map(drop)
    }

    fn publish(&self, progress: Progress) {
        self.pubsub.broadcast(&progress_topic(self.robot()), progress);
    }

    /// What somebody else asked of the robot since the run began: what it agreed to, or else what it has not answered.
    fn other(&self, entries: &[Entry]) -> Option<Entry> {
        let others =
            || entries.iter().rev().filter(|entry| entry.number > self.journal && entry.operator != self.operator);
        let accepted = others().find(|entry| is_accepted(entry));
        accepted.or_else(|| others().find(|entry| entry.answer.is_none())).cloned()
    }

    /// Whether the robot was sent on after somebody else had asked for something: both at the same moment.
    fn overrode(&self, entries: &[Entry]) -> bool {
        let other = entries.iter().find(|entry| entry.operator != self.operator).map_or(0, |entry| entry.number);
        entries.iter().any(|entry| entry.operator == self.operator && entry.number > other)
    }
}

fn is_accepted(entry: &Entry) -> bool {
    matches!(entry.answer, Some((Ok(_), _)))
}

/// The actor: where the run is, and when the robot was looked at last.
pub(super) struct Runner {
    job: Arc<Job>,
    run: Run,
    looked: Instant,
}

impl Runner {
    async fn look(&mut self) -> Option<Ending> {
        let Self { job, run, looked } = self;
        let (Some(telemetry), Some(entries)) = (job.fleet.telemetry(job.robot()), job.fleet.journal(job.robot()))
        else {
            return Some(Ending::failed(Refusal::UnknownRobot.to_string()));
        };
        let now = Instant::now();
        let dt = now - std::mem::replace(looked, now);
        let other = job.other(&entries);
        let other = other.as_ref().map(|entry| Other {
            by: &entry.operator,
            command: entry.command,
            accepted: is_accepted(entry),
        });
        match run.look(Seen { telemetry: &telemetry, other }, dt) {
            Step::Look => None,
            Step::Stay => {
                // A robot that is down does not go anywhere either.
                let _ = job.fleet.stay(job.robot());
                None
            }
            Step::GoTo(point) => {
                let outcome = job.fleet.command(job.robot(), &job.operator, Command::GoTo(point)).await;
                let before = job.fleet.telemetry(job.robot()).unwrap_or(telemetry);
                run.answered(outcome, &before)
            }
            Step::End(ending) => Some(ending),
        }
    }

    /// Ends the run, and leaves the robot at rest unless somebody else has it now.
    async fn end(&self, ending: Ending, cx: &mut ActorCx<Self>) {
        let job = &self.job;
        let stop = match &ending {
            Ending::Done => false,
            Ending::Cancelled { .. } | Ending::Failed { .. } => true,
            Ending::Interrupted { .. } => job.fleet.journal(job.robot()).is_some_and(|entries| job.overrode(&entries)),
        };
        if stop {
            // What it says is in its journal.
            let _ = job.fleet.command(job.robot(), &job.operator, Command::Stop).await;
        }
        job.finish(&ending).await;
        cx.stop();
    }

    fn tell(&self) {
        let Self { job, run, .. } = self;
        job.keep(run);
        let progress = job.progress(run, run.phase());
        if job.board.update(&progress) {
            job.publish(progress);
        }
    }
}

impl Actor for Runner {
    type Args = Arc<Job>;
    type Message = Message;

    async fn init(job: Arc<Job>, cx: &mut ActorCx<Self>) -> Result<Self> {
        let lives = job.lives.fetch_sub(1, Ordering::Relaxed);
        if lives < LIVES {
            tracing::warn!(mission = job.mission.id, lives, "a mission's runner is started again after a crash");
        }
        cx.register(&job.runners, job.name.clone())?;
        cx.send_interval(LOOK, || Message::Look);
        let runner = Self { run: job.run().resumed(), looked: Instant::now(), job };
        if runner.job.ended.load(Ordering::Relaxed) {
            // Somebody ended it while its runner was down.
            cx.stop();
        } else if lives == 0 {
            runner.end(Ending::failed("its runner crashed again and again: the log says why"), cx).await;
        }
        Ok(runner)
    }

    async fn handle(&mut self, message: Message, cx: &mut ActorCx<Self>) -> Result<()> {
        match message {
            Message::Look => match self.look().await {
                Some(ending) => self.end(ending, cx).await,
                None => self.tell(),
            },
            Message::End(ending, ended) => {
                self.end(ending, cx).await;
                let _ = ended.send(());
            }
            #[cfg(test)]
            Message::Crash => panic!("{} was told to crash", self.job.name),
        }
        Ok(())
    }
}
