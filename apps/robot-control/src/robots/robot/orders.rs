//! What a robot makes of each command.

use super::{
    Accepted, Command, DEAD_MAN, LIMITS, MANUAL_HOLD, Outcome, Point, Purpose, Refusal, Robot, Route, Task, Velocity,
    World,
};

impl Robot {
    /// Carries out a command or says why not.
    pub fn command(&mut self, world: &World, command: Command) -> Outcome {
        let accepted = match command {
            Command::Drive { linear, angular } => self.drive(Velocity::new(linear, angular))?,
            Command::Stop => self.stop(),
            Command::Dock => self.dock(world)?,
            Command::GoTo(goal) => self.go_to(world, goal)?,
            Command::EmergencyStop => self.emergency_stop(),
            Command::Reset => self.reset()?,
        };
        self.hold = MANUAL_HOLD;
        Ok(accepted)
    }

    /// Puts off for [`MANUAL_HOLD`] what the robot would do by itself. No command, for it changes nothing now.
    pub fn stay(&mut self) {
        self.hold = MANUAL_HOLD;
    }

    fn drive(&mut self, wanted: Velocity) -> Outcome {
        if !wanted.linear.is_finite() || !wanted.angular.is_finite() {
            return Err(Refusal::NotANumber);
        }
        self.check_can_drive()?;
        self.task = Task::Drive { wanted, left: DEAD_MAN };
        Ok(Accepted::Done)
    }

    fn stop(&mut self) -> Accepted {
        if matches!(self.task, Task::Drive { .. } | Task::Travel { .. } | Task::Align) {
            self.task = Task::Rest;
        }
        Accepted::Done
    }

    fn dock(&mut self, world: &World) -> Outcome {
        match self.task {
            Task::EmergencyStop => Err(Refusal::EmergencyStop),
            Task::Charge => Err(Refusal::AlreadyDocked),
            _ => self.travel(world, self.spec.dock.at, Purpose::Dock),
        }
    }

    fn go_to(&mut self, world: &World, goal: Point) -> Outcome {
        self.check_can_drive()?;
        if !goal.is_finite() {
            return Err(Refusal::NotANumber);
        }
        if !world.contains(goal) {
            return Err(Refusal::OutsideMap);
        }
        if world.clearance(goal) < LIMITS.radius {
            return Err(Refusal::Occupied);
        }
        self.travel(world, goal, Purpose::GoTo)
    }

    fn emergency_stop(&mut self) -> Accepted {
        self.task = Task::EmergencyStop;
        Accepted::Done
    }

    fn reset(&mut self) -> Outcome {
        if !matches!(self.task, Task::EmergencyStop | Task::Blocked) {
            return Err(Refusal::NothingToReset);
        }
        self.task = if self.is_in_dock() { Task::Charge } else { Task::Rest };
        Ok(Accepted::Done)
    }

    fn check_can_drive(&self) -> Result<(), Refusal> {
        match self.task {
            Task::EmergencyStop => Err(Refusal::EmergencyStop),
            _ if self.battery.is_critical() => Err(Refusal::BatteryCritical { percent: self.battery.level() }),
            _ => Ok(()),
        }
    }

    pub(super) fn travel(&mut self, world: &World, goal: Point, purpose: Purpose) -> Outcome {
        let route = Route::plan(world, self.pose.at, goal).ok_or(Refusal::NoRoute)?;
        let metres = route.length();
        self.task = Task::Travel { route, purpose };
        Ok(Accepted::Route { metres })
    }
}
