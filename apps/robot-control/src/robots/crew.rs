//! The simulated robots, and how their day begins. The same seed gives the same ones.

use std::sync::Arc;

use super::geometry::{Point, Pose};
use super::model::RobotId;
use super::world::World;

/// The names of the robots: birds of rivers and deserts.
const NAMES: [&str; 20] = [
    "Ibis", "Heron", "Falcon", "Kestrel", "Swift", "Plover", "Crane", "Stork", "Egret", "Avocet", "Lapwing", "Curlew",
    "Dunlin", "Godwit", "Knot", "Ruff", "Stilt", "Teal", "Wigeon", "Osprey",
];
const SEED: u64 = 0x0BE2_2026;

/// What makes one simulated robot different from the others.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Its number.
    pub id: RobotId,
    /// Its name.
    pub name: Arc<str>,
    /// Where it charges.
    pub dock: Pose,
    /// Where it stands at first.
    pub start: Pose,
    /// The level of its battery at first, in percent.
    pub battery: f64,
    /// Where it goes by itself; empty for a robot that waits to be told.
    pub stops: Vec<Point>,
}

/// Whether that number is a simulated robot's: 1 to 20.
pub fn is_of_crew(id: RobotId) -> bool {
    (1..=NAMES.len()).contains(&usize::from(id.0))
}

/// The crew of the sample, one robot per dock: two thirds of them do rounds, the others wait in their docks.
pub fn crew(world: &World) -> Vec<Spec> {
    let mut rng = fastrand::Rng::with_seed(SEED);
    let mut places = aisles(world);
    rng.shuffle(&mut places);
    let robots = NAMES.into_iter().zip(&world.docks).zip(1_u16..);
    robots
        .enumerate()
        .map(|(index, ((name, &dock), id))| {
            let patrols = index % 3 != 2;
            let place = places[index % places.len()];
            Spec {
                id: RobotId(id),
                name: name.into(),
                dock,
                start: if patrols { Pose::new(place.x, place.y, rng.f64() * 6.0 - 3.0) } else { dock },
                battery: if patrols { 28.0 + 70.0 * rng.f64() } else { 45.0 + 50.0 * rng.f64() },
                stops: if patrols { rng.choose_multiple(places.iter().copied(), 6) } else { Vec::new() },
            }
        })
        .collect()
}

/// Places in the aisles and in the packing hall where a robot may stop.
fn aisles(world: &World) -> Vec<Point> {
    let columns = [2.2, 6.8, 10.8, 14.8, 18.8, 22.8, 27.3, 30.8, 35.0, 38.8];
    let rows = [3.0, 5.5, 8.3, 10.2, 13.3, 16.0, 18.6, 20.2, 22.6];
    let places = columns.into_iter().flat_map(|x| rows.map(|y| Point::new(x, y)));
    places.filter(|&place| world.clearance(place) > 0.7).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crew_is_the_same_at_every_start_and_fits_the_floor() {
        let world = World::warehouse();
        let (one, other) = (crew(&world), crew(&world));
        assert_eq!(one.len(), 20);
        for (a, b) in one.iter().zip(&other) {
            assert_eq!((&a.name, a.start, &a.stops), (&b.name, b.start, &b.stops));
            assert!(world.clearance(a.start.at) > super::super::physics::LIMITS.radius, "{} starts in a wall", a.name);
        }
        assert_eq!(one.iter().filter(|spec| !spec.stops.is_empty()).count(), 14);
    }

    #[test]
    fn no_two_robots_start_at_one_place() {
        let specs = crew(&World::warehouse());
        for (index, spec) in specs.iter().enumerate() {
            assert!(specs[..index].iter().all(|other| other.start.at.distance(spec.start.at) > 0.7));
        }
    }
}
