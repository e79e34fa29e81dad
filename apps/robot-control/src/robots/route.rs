//! Ways around obstacles: found on a grid, straightened, and followed.
//!
//! The search is A* over cells of 0.4 m of which a robot's width and a margin stay free. Its steps are then pulled
//! straight wherever the line between two of them is free, so that a robot drives lines and not stairs.

use pathfinding::directed::astar::astar;

use super::geometry::{Point, Pose, wrap};
use super::physics::{LIMITS, Velocity};
use super::traffic::Neighbour;
use super::world::World;

/// Side of a cell, in metres.
const CELL: f64 = 0.4;
/// What stays free between a planned line and an obstacle beyond the robot's own radius, in metres.
const MARGIN: f64 = 0.12;
/// How near a robot comes to a waypoint before it turns to the next, in metres.
const REACHED: f64 = 0.12;
/// How near a waypoint may be left aside for the next, in metres.
const NEARLY: f64 = 1.2;
/// Where a robot drives beside its line, in metres to the right, the best first: two that keep right pass each other, and
/// there is room to pass one that stands.
const ASIDE: [f64; 5] = [0.42, 0.0, 0.74, -0.42, -0.74];
/// What stays free between the centres of two robots, in metres.
const APART: f64 = 0.73;
/// How far along the line a robot aims, in metres.
const LOOKAHEAD: f64 = 0.7;
/// A robot that looks further than this past its aim turns before it drives, in radians.
const TURN_FIRST: f64 = 0.5;
/// Cruising speed of a robot that finds its own way, in metres per second.
const CRUISE: f64 = 1.1;

type Cell = (i32, i32);

/// Which cells of the floor a robot's centre may cross.
#[derive(Debug)]
pub struct Grid {
    columns: i32,
    rows: i32,
    free: Vec<bool>,
}

impl Grid {
    /// The grid of a floor whose `clearance` at a point is known.
    pub fn new(width: f64, height: f64, clearance: impl Fn(Point) -> f64) -> Self {
        let (columns, rows) = ((width / CELL) as i32, (height / CELL) as i32);
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
        let free = cells.map(|cell| clearance(centre(cell)) >= LIMITS.radius + MARGIN).collect();
        Self { columns, rows, free }
    }

    fn is_free(&self, (column, row): Cell) -> bool {
        (0..self.columns).contains(&column)
            && (0..self.rows).contains(&row)
            && self.free[(row * self.columns + column) as usize]
    }

    /// The free cell nearest to `point`, at most three cells away: a robot may stand in the margin.
    fn nearest(&self, point: Point) -> Option<Cell> {
        let (column, row) = ((point.x / CELL) as i32, (point.y / CELL) as i32);
        let around = (-3..=3).flat_map(|dx| (-3..=3).map(move |dy| (column + dx, row + dy)));
        around
            .filter(|&cell| self.is_free(cell))
            .min_by(|&a, &b| centre(a).distance(point).total_cmp(&centre(b).distance(point)))
    }

    /// The free neighbours of a cell with what a step there costs. A diagonal step cuts no corner.
    fn neighbours(&self, (column, row): Cell) -> impl Iterator<Item = (Cell, u32)> + '_ {
        let steps = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))).filter(|&step| step != (0, 0));
        steps.filter_map(move |(dx, dy)| {
            let open = self.is_free((column + dx, row + dy))
                && self.is_free((column + dx, row))
                && self.is_free((column, row + dy));
            open.then_some(((column + dx, row + dy), if dx == 0 || dy == 0 { 10 } else { 14 }))
        })
    }

    fn search(&self, start: Cell, goal: Cell) -> Option<Vec<Cell>> {
        let heuristic = |&(column, row): &Cell| {
            let (dx, dy) = (column.abs_diff(goal.0), row.abs_diff(goal.1));
            10 * dx.max(dy) + 4 * dx.min(dy)
        };
        let (cells, _) = astar(&start, |&cell| self.neighbours(cell), heuristic, |&cell| cell == goal)?;
        Some(cells)
    }
}

/// A way to a goal, with the waypoints that are still ahead.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    waypoints: Vec<Point>,
    next: usize,
}

impl Route {
    /// The way from `from` to `goal`, or none if there is none.
    pub fn plan(world: &World, from: Point, goal: Point) -> Option<Self> {
        let grid = world.grid();
        let cells = grid.search(grid.nearest(from)?, grid.nearest(goal)?)?;
        let mut points = vec![from];
        points.extend(cells.into_iter().map(centre));
        points.push(goal);
        Some(Self { waypoints: straighten(world, &points), next: 1 })
    }

    /// Where it ends.
    pub fn goal(&self) -> Point {
        self.waypoints[self.waypoints.len() - 1]
    }

    /// Its whole length, in metres.
    pub fn length(&self) -> f64 {
        self.waypoints.windows(2).map(|pair| pair[0].distance(pair[1])).sum()
    }

    /// The waypoints that are still ahead, the goal last.
    pub fn ahead(&self) -> &[Point] {
        &self.waypoints[self.next.min(self.waypoints.len())..]
    }

    /// How to drive from `pose` to follow the route; `None` once the goal is reached.
    ///
    /// The robot turns on the spot until it looks along the line, then drives, aiming at a point a little ahead of it
    /// that lies to the right of the line where there is room, and slows down so that it can stop.
    pub fn steer(&mut self, world: &World, pose: Pose, others: &[Neighbour]) -> Option<Velocity> {
        let waypoint = self.advance(world, pose.at)?;
        let aim = aim(world, others, self.waypoints[self.next - 1], waypoint, pose.at);
        let error = wrap(pose.at.bearing(aim) - pose.heading);
        let straight = (1.0 - error.abs() / TURN_FIRST).max(0.0);
        let room = pose.at.distance(waypoint);
        let linear = CRUISE.min((0.8 * LIMITS.acceleration * room).sqrt()) * straight;
        Some(Velocity::new(linear, 3.0 * error))
    }

    /// The waypoint to drive to now. One that is near is left aside when the next can be driven to from here.
    fn advance(&mut self, world: &World, at: Point) -> Option<Point> {
        loop {
            let (waypoint, rest) = self.ahead().split_first()?;
            let near = at.distance(*waypoint);
            let shortcut = near < NEARLY && rest.first().is_some_and(|&next| is_clear(world, at, next));
            if near >= REACHED && !shortcut {
                return Some(*waypoint);
            }
            if shortcut {
                self.waypoints[self.next] = at;
            }
            self.next += 1;
        }
    }
}

/// How to turn from `heading` to `wanted`; `None` once it looks there.
pub fn turn(heading: f64, wanted: f64) -> Option<Velocity> {
    let error = wrap(wanted - heading);
    (error.abs() > 0.03).then(|| Velocity::new(0.0, (3.0 * error).clamp(-LIMITS.angular, LIMITS.angular)))
}

/// The point to aim at on the way from one waypoint to the next: a little ahead of where `at` is along the line, and
/// beside the line as [`ASIDE`] prefers and obstacles and other robots allow. Near the waypoint it is on the line.
fn aim(world: &World, others: &[Neighbour], from: Point, to: Point, at: Point) -> Point {
    let length = from.distance(to);
    if length < 1e-9 {
        return to;
    }
    let (ux, uy) = ((to.x - from.x) / length, (to.y - from.y) / length);
    let along = (at.x - from.x) * ux + (at.y - from.y) * uy + LOOKAHEAD;
    let along = along.clamp(0.0, length);
    let beside = |aside: f64| Point::new(from.x + ux * along + uy * aside, from.y + uy * along - ux * aside);
    let near = ((length - along) / 1.6).clamp(0.0, 1.0);
    let is_free = |&point: &Point| {
        world.clearance(point) >= LIMITS.radius + MARGIN
            && is_clear(world, at, point)
            && others.iter().all(|(_, other)| other.at.distance(point) >= APART)
    };
    ASIDE.map(|aside| beside(aside * near)).into_iter().find(is_free).unwrap_or_else(|| beside(0.0))
}

fn centre((column, row): Cell) -> Point {
    Point::new((f64::from(column) + 0.5) * CELL, (f64::from(row) + 0.5) * CELL)
}

/// Drops every point that can be skipped in a straight line.
fn straighten(world: &World, points: &[Point]) -> Vec<Point> {
    let mut kept = vec![points[0]];
    let mut at = 0;
    while at + 1 < points.len() {
        let furthest = (at + 2..points.len()).rev().find(|&next| is_clear(world, points[at], points[next]));
        at = furthest.unwrap_or(at + 1);
        kept.push(points[at]);
    }
    kept
}

/// Whether a robot can drive straight from one point to another. An end may lie in the margin, as a dock does; the
/// line must then not come nearer to anything than that end already is.
fn is_clear(world: &World, from: Point, to: Point) -> bool {
    let needed = LIMITS.radius + MARGIN;
    let at_ends = world.clearance(from).min(world.clearance(to)).min(needed);
    let steps = (from.distance(to) / 0.1).ceil().max(1.0) as u32;
    (0..=steps).all(|step| {
        let share = f64::from(step) / f64::from(steps);
        let at = Point::new(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share);
        let near_end = at.distance(from).min(at.distance(to)) < 0.5;
        world.clearance(at) >= if near_end { at_ends } else { needed } - 1e-9
    })
}

#[cfg(test)]
mod tests {
    use super::super::geometry::Rect;
    use super::*;

    #[test]
    fn an_open_floor_is_crossed_in_a_straight_line() {
        let route = Route::plan(&World::empty(20.0, 10.0), Point::new(2.0, 2.0), Point::new(15.0, 7.0)).unwrap();
        assert_eq!(route.ahead(), [Point::new(15.0, 7.0)]);
    }

    #[test]
    fn a_route_leads_around_a_wall_and_keeps_clear_of_it() {
        let world = World::new(20.0, 10.0, vec![Rect::new(9.0, 0.0, 1.0, 8.0)]);
        let (from, to) = (Point::new(3.0, 2.0), Point::new(16.0, 2.0));
        let route = Route::plan(&world, from, to).unwrap();
        assert!(route.length() > 17.0, "{} m goes through the wall", route.length());
        for pair in route.waypoints.windows(2) {
            assert!(is_clear(&world, pair[0], pair[1]), "{pair:?} touches the wall");
        }
    }

    #[test]
    fn a_closed_room_has_no_route() {
        let world = World::new(20.0, 10.0, vec![Rect::new(9.0, 0.0, 1.0, 10.0)]);
        assert_eq!(Route::plan(&world, Point::new(3.0, 2.0), Point::new(16.0, 2.0)), None);
    }

    #[test]
    fn every_dock_can_be_reached_from_every_corner() {
        let world = World::warehouse();
        for from in [Point::new(1.0, 23.0), Point::new(38.0, 23.0), Point::new(38.5, 9.0), Point::new(6.8, 8.0)] {
            for dock in &world.docks {
                assert!(Route::plan(&world, from, dock.at).is_some(), "no way from {from:?} to {dock:?}");
            }
        }
    }

    #[test]
    fn a_robot_turns_on_the_spot_before_it_drives_off() {
        let world = World::empty(20.0, 10.0);
        let mut route = Route::plan(&world, Point::new(10.0, 5.0), Point::new(2.0, 5.0)).unwrap();
        let behind = route.steer(&world, Pose::new(10.0, 5.0, 0.0), &[]).unwrap();
        assert_eq!(behind.linear, 0.0);
        assert!(behind.angular.abs() > 1.0);
        assert_eq!(route.steer(&world, Pose::new(2.05, 5.0, 0.0), &[]), None);
    }
}
