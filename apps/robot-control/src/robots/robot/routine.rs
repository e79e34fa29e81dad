//! What a robot does without being told: its rounds, and the way to its dock when the battery is low.

use std::time::Duration;

use super::{MANUAL_HOLD, Point, Purpose, Robot, Task, World};

impl Robot {
    /// Changes the task when the robot has reasons of its own to do so.
    pub(super) fn decide(&mut self, world: &World, dt: Duration) {
        if matches!(self.task, Task::Drive { .. } | Task::Travel { purpose: Purpose::GoTo, .. }) {
            self.hold = MANUAL_HOLD;
            if self.battery.is_critical() {
                self.task = Task::Rest;
            }
            return;
        }
        self.hold = self.hold.saturating_sub(dt);
        if !self.hold.is_zero() {
            return;
        }
        match self.task {
            Task::Rest | Task::Travel { purpose: Purpose::Patrol, .. } if self.battery.is_low() => {
                self.go_by_itself(world, self.spec.dock.at, Purpose::Dock);
            }
            Task::Rest => self.patrol(world, dt),
            Task::Charge if self.battery.is_charged() => self.patrol(world, dt),
            // Nobody came: a robot with rounds tries to find its own way out.
            Task::Blocked if !self.patrol.is_empty() => self.task = Task::Rest,
            _ => {}
        }
    }

    fn patrol(&mut self, world: &World, dt: Duration) {
        if let Some(stop) = self.patrol.wait(dt) {
            self.go_by_itself(world, stop, Purpose::Patrol);
        }
    }

    /// Sets out when there is a way, and tries again later when there is none.
    fn go_by_itself(&mut self, world: &World, goal: Point, purpose: Purpose) {
        if self.travel(world, goal, purpose).is_err() {
            self.hold = MANUAL_HOLD;
        }
    }
}
