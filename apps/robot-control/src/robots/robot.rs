//! One robot: what it is doing, and how a step of time and a command change that. Pure; no clock and no task.
//!
//! A robot has exactly one `Task`. Commands replace it or are refused; a step carries it on. Safety lives here and
//! needs nobody outside: a drive command ends by itself ([`DEAD_MAN`]), a collision stops the robot, an emergency stop
//! holds until it is reset (a restart of the robot's task does not end it), and an empty battery only goes home.

mod orders;
mod routine;

use std::sync::Arc;
use std::time::Duration;

use super::battery::Battery;
use super::command::{Accepted, Command, Outcome, Refusal};
use super::crew::Spec;
use super::geometry::{Point, Pose};
use super::model::{Link, Status, Telemetry};
use super::patrol::Patrol;
use super::physics::{self, Braking, LIMITS, Velocity};
use super::route::{self, Route};
use super::traffic::{Courtesy, Neighbour};
use super::trail::Trail;
use super::world::World;

/// How long one drive command lasts.
pub const DEAD_MAN: Duration = Duration::from_millis(500);
/// How long after the last manual command a robot goes back to its rounds.
pub const MANUAL_HOLD: Duration = Duration::from_secs(30);
/// A robot this near to its dock, in metres, stands in it.
const IN_DOCK: f64 = 0.2;

/// Why a robot follows a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    GoTo,
    Patrol,
    Dock,
}

/// What a robot is occupied with.
#[derive(Clone, Debug, PartialEq)]
enum Task {
    Rest,
    Drive { wanted: Velocity, left: Duration },
    Travel { route: Route, purpose: Purpose },
    Align,
    Charge,
    EmergencyStop,
    Blocked,
}

/// The state of one robot.
#[derive(Clone, Debug)]
pub struct Robot {
    spec: Spec,
    pose: Pose,
    velocity: Velocity,
    battery: Battery,
    task: Task,
    patrol: Patrol,
    courtesy: Courtesy,
    /// Time left until the robot may act by itself again.
    hold: Duration,
    trail: Trail,
    odometer: f64,
    collisions: u32,
    restarts: u32,
    tick: u64,
}

impl Robot {
    /// A robot at the beginning of its day.
    pub fn new(spec: Spec) -> Self {
        let at_dock = spec.start.at.distance(spec.dock.at) < IN_DOCK;
        Self {
            pose: spec.start,
            velocity: Velocity::REST,
            battery: Battery::at(spec.battery),
            task: if at_dock { Task::Charge } else { Task::Rest },
            patrol: Patrol::new(spec.stops.clone()),
            courtesy: Courtesy::default(),
            hold: Duration::ZERO,
            trail: Trail::default(),
            odometer: 0.0,
            collisions: 0,
            restarts: 0,
            tick: 0,
            spec,
        }
    }

    /// A robot whose task crashed: it stands where it was last seen, and an emergency stop still holds.
    pub fn restarted(spec: Spec, last: &Telemetry) -> Self {
        let in_dock = last.pose.at.distance(spec.dock.at) < IN_DOCK;
        let task = match last.status {
            Status::EmergencyStop => Task::EmergencyStop,
            Status::Blocked => Task::Blocked,
            _ if in_dock => Task::Charge,
            _ => Task::Rest,
        };
        Self {
            pose: last.pose,
            battery: Battery::at(last.battery),
            task,
            trail: Trail::from(&last.trail),
            odometer: last.odometer,
            collisions: last.collisions,
            // It does not drive off by itself before somebody could look at it.
            hold: MANUAL_HOLD,
            restarts: last.restarts + 1,
            ..Self::new(spec)
        }
    }

    /// Lets `dt` pass, with the other robots where they are seen now.
    pub fn step(&mut self, world: &World, others: &[Neighbour], dt: Duration) {
        self.tick += 1;
        self.decide(world, dt);
        let (wanted, braking) = self.wanted(world, others, dt);
        let motion = physics::step(world, self.pose, self.velocity, wanted, braking, dt);
        self.odometer += self.pose.at.distance(motion.pose.at);
        (self.pose, self.velocity) = (motion.pose, motion.velocity);
        if motion.collided {
            self.collide();
        }
        self.battery = match self.task {
            Task::Charge => self.battery.charged(dt),
            _ => self.battery.drained(self.velocity, dt),
        };
        self.trail.leave(self.tick, self.pose.at);
    }

    /// What the robot says about itself.
    pub fn telemetry(&self) -> Telemetry {
        let route: Arc<[Point]> = match &self.task {
            Task::Travel { route, .. } => route.ahead().into(),
            _ => Arc::default(),
        };
        Telemetry {
            id: self.spec.id,
            name: Arc::clone(&self.spec.name),
            link: Some(Link::Simulated),
            pose: self.pose,
            velocity: self.velocity,
            battery: self.battery.level(),
            status: self.status(),
            route,
            trail: self.trail.points(),
            resumes_in: if self.patrol.is_empty() { 0.0 } else { self.hold.as_secs_f64() },
            odometer: self.odometer,
            collisions: self.collisions,
            restarts: self.restarts,
            tick: self.tick,
        }
    }

    fn status(&self) -> Status {
        match &self.task {
            Task::Rest => Status::Idle,
            Task::Drive { .. } => Status::Driving,
            Task::Travel { purpose: Purpose::GoTo, .. } => Status::GoingTo,
            Task::Travel { purpose: Purpose::Patrol, .. } => Status::Patrolling,
            Task::Travel { purpose: Purpose::Dock, .. } | Task::Align => Status::Docking,
            Task::Charge if self.battery.level() < 100.0 => Status::Charging,
            Task::Charge => Status::Docked,
            Task::EmergencyStop => Status::EmergencyStop,
            Task::Blocked => Status::Blocked,
        }
    }

    /// The velocity that the task asks for now; a task that has come to its end is replaced.
    fn wanted(&mut self, world: &World, others: &[Neighbour], dt: Duration) -> (Velocity, Braking) {
        let wanted = match &mut self.task {
            Task::EmergencyStop | Task::Blocked => return (Velocity::REST, Braking::Emergency),
            Task::Rest | Task::Charge => None,
            Task::Drive { wanted, left } => {
                let wanted = (!left.is_zero()).then_some(*wanted);
                *left = left.saturating_sub(dt);
                wanted
            }
            Task::Travel { route, .. } => route.steer(world, self.pose, others).map(|wanted| {
                let waits = self.courtesy.waits(self.spec.id, self.pose, others, dt);
                if waits { Velocity::new(0.0, wanted.angular) } else { wanted }
            }),
            Task::Align => route::turn(self.pose.heading, self.spec.dock.heading),
        };
        if wanted.is_none() {
            self.finish();
        }
        (wanted.unwrap_or(Velocity::REST), Braking::Normal)
    }

    fn finish(&mut self) {
        self.task = match self.task {
            Task::Travel { purpose: Purpose::Dock, .. } => Task::Align,
            Task::Align | Task::Charge => Task::Charge,
            _ => Task::Rest,
        };
    }

    fn collide(&mut self) {
        self.collisions += 1;
        self.hold = MANUAL_HOLD;
        if self.task != Task::EmergencyStop {
            self.task = Task::Blocked;
        }
    }

    fn is_in_dock(&self) -> bool {
        self.pose.at.distance(self.spec.dock.at) < IN_DOCK
    }
}

#[cfg(test)]
pub(crate) mod tests;
