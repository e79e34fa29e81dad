//! All robots that there are. Simulated ones are there from the start, devices come and go.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::chassis::Chassis;
use super::model::{FleetFrame, RobotId};

/// The robots, in the order of their numbers. Clones are the same roster.
#[derive(Clone, Debug, Default)]
pub struct Roster(Arc<Mutex<Robots>>);

/// All robots at one moment.
pub type Robots = Arc<[Arc<Chassis>]>;

/// A number is another robot's. `Display` is for whoever wanted it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("number {id} is taken by {name}: choose another one")]
pub struct NumberTaken {
    /// The number.
    pub id: RobotId,
    /// Whose it is.
    pub name: Arc<str>,
}

impl Roster {
    /// Those who are there now.
    pub fn robots(&self) -> Robots {
        Arc::clone(&self.lock())
    }

    /// The robot of that number.
    pub fn get(&self, id: RobotId) -> Option<Arc<Chassis>> {
        let robots = self.lock();
        let index = robots.binary_search_by_key(&id, |robot| robot.id).ok()?;
        Some(Arc::clone(&robots[index]))
    }

    /// Takes a robot in.
    ///
    /// # Errors
    /// When there is one of its number.
    pub fn add(&self, robot: Arc<Chassis>) -> Result<(), NumberTaken> {
        let mut robots = self.lock();
        match robots.binary_search_by_key(&robot.id, |other| other.id) {
            Ok(index) => Err(NumberTaken { id: robot.id, name: Arc::clone(&robots[index].name) }),
            Err(index) => {
                let (before, after) = robots.split_at(index);
                *robots = before.iter().cloned().chain([robot]).chain(after.iter().cloned()).collect();
                Ok(())
            }
        }
    }

    /// Takes a device out, and answers with it. Simulated robots stay.
    pub fn remove_device(&self, id: RobotId) -> Option<Arc<Chassis>> {
        let mut robots = self.lock();
        let gone = robots.iter().find(|robot| robot.id == id && robot.port().is_some()).cloned()?;
        *robots = robots.iter().filter(|robot| robot.id != id).cloned().collect();
        Some(gone)
    }

    /// All robots as they are now.
    pub fn frame(&self) -> FleetFrame {
        FleetFrame { robots: self.robots().iter().map(|robot| robot.record.now()).collect() }
    }

    fn lock(&self) -> MutexGuard<'_, Robots> {
        // Every write is a whole one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
