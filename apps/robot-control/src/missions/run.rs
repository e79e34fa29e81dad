//! The course of one run: what the robot is told next, by what is seen of it. Pure; no clock and no task.
//!
//! A run is stepped with what is seen of its robot ([`Seen`]) and says what is to be done ([`Step`]). A robot that
//! crashed is waited for and sent on. Whoever else gives the robot a command that it takes ends the run: people go
//! first.

use std::sync::Arc;
use std::time::Duration;

use super::{Mission, Phase, Status};
use crate::robots::battery::Battery;
use crate::robots::{Command, Outcome, Point, Refusal, Status as RobotStatus, Telemetry};

/// A robot that stands this near to a waypoint, in metres, is there.
const ARRIVED: f64 = 0.3;
/// How long a robot may be offline before it is given up: a simulated one restarts within two seconds, and a device is
/// allowed a while to come back into reach.
const OFFLINE: Duration = Duration::from_secs(30);
/// How long a robot may be under way without moving.
const STUCK: Duration = Duration::from_mins(2);
/// What counts as moving, in metres.
const MOVED: f64 = 0.05;
/// How often in a row a robot may be too busy to listen.
const TRIES: u32 = 10;
/// How long a round takes at least: a robot that is everywhere already is not told so without end.
const ROUND: Duration = Duration::from_secs(1);

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// The robot was everywhere.
    Done,
    /// Somebody cancelled the mission.
    Cancelled {
        /// Who.
        by: String,
    },
    /// Somebody gave the robot a command.
    Interrupted {
        /// Who.
        by: String,
        /// Which command.
        command: Command,
    },
    /// It was not possible.
    Failed {
        /// Why.
        reason: String,
    },
}

impl Ending {
    pub(super) fn failed(reason: impl Into<String>) -> Self {
        Self::Failed { reason: reason.into() }
    }

    /// What the mission is then.
    pub fn status(&self) -> Status {
        match self {
            Self::Done => Status::Done,
            Self::Cancelled { .. } | Self::Interrupted { .. } => Status::Cancelled,
            Self::Failed { .. } => Status::Failed,
        }
    }

    /// Why, in words; none where all went well.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Done => None,
            Self::Cancelled { by } => Some(format!("cancelled by {by}")),
            Self::Interrupted { by, command } => {
                Some(format!("interrupted by {by}: {}", command.name().replace('_', " ")))
            }
            Self::Failed { reason } => Some(reason.clone()),
        }
    }
}

/// What is seen of the robot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    /// Its newest telemetry.
    pub(super) telemetry: &'a Telemetry,
    /// What somebody else asked of it since the run began, and whether it has agreed already.
    pub(super) other: Option<Other<'a>>,
}

/// A command of somebody else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Other<'a> {
    pub(super) by: &'a str,
    pub(super) command: Command,
    pub(super) accepted: bool,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// Nothing but to look again.
    Look,
    /// To send the robot there, and to say what it answered ([`Run::answered`]).
    GoTo(Point),
    /// To keep the robot where it is.
    Stay,
    /// The run is over.
    End(Ending),
}

/// A moment in the life of a robot: how often its task was started, and the step of that task.
type Moment = (u32, u64);

fn moment(telemetry: &Telemetry) -> Moment {
    (telemetry.restarts, telemetry.tick)
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Stop {
    at: Point,
    wait: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Doing {
    /// The robot is yet to be sent off.
    SettingOut { tries: u32 },
    /// It was sent off; what it said up to `since` is from before that. It was seen to move last at `last`, `still`
    /// ago.
    UnderWay { since: Moment, last: Point, still: Duration },
    /// It is there, for so much longer.
    Waiting { left: Duration },
}

/// A run.
#[derive(Clone, Debug)]
pub(super) struct Run {
    stops: Arc<[Stop]>,
    repeat: bool,
    stop: usize,
    rounds: u32,
    doing: Doing,
    offline: Duration,
}

impl Run {
    /// The run of a mission whose waypoints are loaded. Without waypoints it is done at once.
    pub(super) fn new(mission: &Mission) -> Self {
        let waypoints = mission.waypoints.get().unwrap_or_default();
        let wait = |seconds: i32| Duration::from_secs(u64::from(seconds.unsigned_abs()));
        Self {
            stops: waypoints.iter().map(|waypoint| Stop { at: waypoint.at(), wait: wait(waypoint.wait_s) }).collect(),
            repeat: mission.repeat,
            stop: 0,
            rounds: 0,
            doing: Doing::SettingOut { tries: 0 },
            offline: Duration::ZERO,
        }
    }

    /// The waypoint that it is about, from 0, how many there are, and how many rounds are done.
    pub(super) fn at(&self) -> (usize, usize, u32) {
        (self.stop, self.stops.len(), self.rounds)
    }

    /// What the robot is doing for it.
    pub(super) fn phase(&self) -> Phase {
        match self.doing {
            _ if !self.offline.is_zero() => Phase::Offline,
            Doing::SettingOut { .. } | Doing::UnderWay { .. } => Phase::UnderWay,
            Doing::Waiting { .. } => Phase::Waiting,
        }
    }

    /// The same after the runner was started again: what it had been told is not known any more, so it is told again.
    pub(super) fn resumed(self) -> Self {
        match self.doing {
            Doing::UnderWay { .. } => Self { doing: Doing::SettingOut { tries: 0 }, ..self },
            _ => self,
        }
    }

    /// What is to be done now, `dt` after the last time.
    pub(super) fn look(&mut self, seen: Seen<'_>, dt: Duration) -> Step {
        if let Some(Other { by, command, accepted: true }) = seen.other {
            return Step::End(Ending::Interrupted { by: by.to_owned(), command });
        }
        if seen.telemetry.status == RobotStatus::Offline {
            return self.wait_for_robot(dt);
        }
        self.offline = Duration::ZERO;
        match self.doing {
            // Whoever asked first comes first.
            Doing::SettingOut { .. } if seen.other.is_some() => Step::Look,
            Doing::SettingOut { .. } => self.set_out(),
            Doing::UnderWay { since, .. } if moment(seen.telemetry) <= since => Step::Look,
            Doing::UnderWay { since, last, still } => self.follow(seen, since, last, still + dt),
            Doing::Waiting { left } => self.wait(seen.telemetry, left.saturating_sub(dt)),
        }
    }

    /// What the robot answered to being sent off, and the newest telemetry from before it could have moved.
    pub(super) fn answered(&mut self, outcome: Outcome, before: &Telemetry) -> Option<Ending> {
        let Doing::SettingOut { tries } = self.doing else { return None };
        match outcome {
            Ok(_) => {
                let (since, last) = (moment(before), before.pose.at);
                self.doing = Doing::UnderWay { since, last, still: Duration::ZERO };
            }
            Err(Refusal::Offline | Refusal::Busy | Refusal::TimedOut { .. }) if tries < TRIES => {
                self.doing = Doing::SettingOut { tries: tries + 1 };
            }
            Err(refusal) => return Some(Ending::failed(refusal.to_string())),
        }
        None
    }

    fn set_out(&self) -> Step {
        self.stops.get(self.stop).map_or(Step::End(Ending::Done), |stop| Step::GoTo(stop.at))
    }

    fn wait_for_robot(&mut self, dt: Duration) -> Step {
        self.offline += dt;
        if self.offline > OFFLINE {
            return Step::End(Ending::failed(format!("the robot was offline for {} s", OFFLINE.as_secs())));
        }
        if let Doing::UnderWay { .. } = self.doing {
            self.doing = Doing::SettingOut { tries: 0 };
        }
        Step::Look
    }

    fn follow(&mut self, seen: Seen<'_>, since: Moment, last: Point, still: Duration) -> Step {
        let now = seen.telemetry;
        let Some(&Stop { at: goal, wait }) = self.stops.get(self.stop) else {
            return Step::End(Ending::Done);
        };
        if now.status == RobotStatus::GoingTo {
            return self.drive_on(now.pose.at, since, last, still);
        }
        // Its task was started again so quickly that nobody saw it offline.
        if now.restarts != since.0 {
            self.doing = Doing::SettingOut { tries: 0 };
            return Step::Look;
        }
        // Somebody's command has not been answered yet: who stopped the robot is known in a moment.
        if seen.other.is_some() {
            return Step::Look;
        }
        if now.pose.at.distance(goal) <= ARRIVED {
            let ends_round = self.repeat && self.stop + 1 == self.stops.len();
            return self.wait(now, if ends_round { wait.max(ROUND) } else { wait });
        }
        Step::End(Ending::Failed { reason: fault(now).unwrap_or_else(|| stopped_short(now)) })
    }

    fn drive_on(&mut self, at: Point, since: Moment, last: Point, still: Duration) -> Step {
        if still > STUCK {
            return Step::End(Ending::failed("the robot does not get on: something is in its way"));
        }
        let moved = at.distance(last) > MOVED;
        let (last, still) = if moved { (at, Duration::ZERO) } else { (last, still) };
        self.doing = Doing::UnderWay { since, last, still };
        Step::Look
    }

    fn wait(&mut self, now: &Telemetry, left: Duration) -> Step {
        if let Some(reason) = fault(now) {
            return Step::End(Ending::failed(reason));
        }
        if !left.is_zero() {
            self.doing = Doing::Waiting { left };
            return Step::Stay;
        }
        self.stop += 1;
        if self.repeat && self.stop == self.stops.len() {
            self.stop = 0;
            self.rounds += 1;
        }
        self.doing = Doing::SettingOut { tries: 0 };
        self.set_out()
    }
}

/// Why the robot cannot go on wherever it is.
fn fault(now: &Telemetry) -> Option<String> {
    match now.status {
        RobotStatus::EmergencyStop => Some(Refusal::EmergencyStop.to_string()),
        RobotStatus::Blocked => Some("the robot ran into something: look after it, then reset it".to_owned()),
        _ => None,
    }
}

/// Why it did not go on to its goal.
fn stopped_short(now: &Telemetry) -> String {
    if Battery::at(now.battery).is_critical() {
        return Refusal::BatteryCritical { percent: now.battery }.to_string();
    }
    "the robot stopped before it was there".to_owned()
}

#[cfg(test)]
mod tests;
