//! The floor that the robots share: its walls, shelves, tables and docks. It never changes.

use std::f64::consts::FRAC_PI_2;

use super::geometry::{Point, Pose, Rect};
use super::route::Grid;

/// What an obstacle is, which the map shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Part of the building.
    Wall,
    /// Goods in an aisle.
    Shelf,
    /// Packing tables and conveyors.
    Station,
}

/// Something that a robot cannot drive through.
#[derive(Clone, Copy, Debug)]
pub struct Obstacle {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub area: Rect,
}

/// The floor.
#[derive(Debug)]
pub struct World {
    /// Extent in x, in metres.
    pub width: f64,
    /// Extent in y, in metres.
    pub height: f64,
    /// All that stands on it. The outer walls are the edges and not listed.
    pub obstacles: Vec<Obstacle>,
    /// One pose per robot, in the order of the roster: there it charges.
    pub docks: Vec<Pose>,
    grid: Grid,
}

impl World {
    /// The warehouse of the sample: 40 by 24 metres, two blocks of shelves, a packing hall and 20 docks.
    pub fn warehouse() -> Self {
        let shelves = [4.0, 8.0, 12.0, 16.0, 20.0, 24.0]
            .into_iter()
            .flat_map(|x| [Rect::new(x, 4.5, 1.6, 6.5), Rect::new(x, 14.0, 1.6, 6.5)]);
        let walls = [
            Rect::new(29.0, 3.5, 0.3, 7.0),
            Rect::new(29.0, 14.5, 0.3, 9.5),
            Rect::new(10.6, 12.3, 0.4, 0.4),
            Rect::new(18.6, 12.3, 0.4, 0.4),
        ];
        let stations = [
            Rect::new(32.5, 5.0, 5.0, 1.6),
            Rect::new(32.5, 10.0, 5.0, 1.6),
            Rect::new(32.5, 15.0, 5.0, 1.6),
            Rect::new(31.0, 21.0, 9.0, 1.0),
        ];
        let of = |kind| move |area| Obstacle { kind, area };
        let obstacles = (shelves.map(of(Kind::Shelf)))
            .chain(walls.map(of(Kind::Wall)))
            .chain(stations.map(of(Kind::Station)))
            .collect();
        let docks = (0..20).map(|n| Pose::new(2.0 + 1.9 * f64::from(n), 0.7, -FRAC_PI_2)).collect();
        Self::build(40.0, 24.0, obstacles, docks)
    }

    /// A floor with walls where `areas` are, and no docks.
    #[cfg(test)]
    pub fn new(width: f64, height: f64, areas: Vec<Rect>) -> Self {
        let obstacles = areas.into_iter().map(|area| Obstacle { kind: Kind::Wall, area }).collect();
        Self::build(width, height, obstacles, Vec::new())
    }

    /// A floor with nothing on it.
    #[cfg(test)]
    pub fn empty(width: f64, height: f64) -> Self {
        Self::new(width, height, Vec::new())
    }

    fn build(width: f64, height: f64, obstacles: Vec<Obstacle>, docks: Vec<Pose>) -> Self {
        let grid = Grid::new(width, height, |point| clearance(width, height, &obstacles, point));
        Self { width, height, obstacles, docks, grid }
    }

    /// Whether `point` lies on the floor at all.
    pub fn contains(&self, point: Point) -> bool {
        (0.0..=self.width).contains(&point.x) && (0.0..=self.height).contains(&point.y)
    }

    /// The distance from `point` to the nearest obstacle or outer wall; 0 or less inside one.
    pub fn clearance(&self, point: Point) -> f64 {
        clearance(self.width, self.height, &self.obstacles, point)
    }

    /// The cells in which routes are looked for.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }
}

fn clearance(width: f64, height: f64, obstacles: &[Obstacle], point: Point) -> f64 {
    let outer = point.x.min(point.y).min(width - point.x).min(height - point.y);
    obstacles.iter().map(|obstacle| obstacle.area.distance(point)).fold(outer, f64::min)
}

#[cfg(test)]
mod tests {
    use super::super::physics::LIMITS;
    use super::*;

    #[test]
    fn every_dock_has_room_for_a_robot() {
        let world = World::warehouse();
        assert_eq!(world.docks.len(), 20);
        for dock in &world.docks {
            assert!(world.clearance(dock.at) > LIMITS.radius, "no room at {:?}", dock.at);
        }
    }

    #[test]
    fn clearance_counts_outer_walls_and_obstacles() {
        let world = World::warehouse();
        assert!((world.clearance(Point::new(0.5, 12.0)) - 0.5).abs() < 1e-9);
        assert_eq!(world.clearance(Point::new(4.8, 7.0)), 0.0);
        assert!(world.clearance(Point::new(-1.0, 7.0)) < 0.0);
    }
}
