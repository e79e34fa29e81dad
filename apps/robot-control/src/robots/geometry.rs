//! Points, poses and boxes on the floor, in metres and radians.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// A place on the floor, in metres from its lower left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Upwards on the map.
    pub y: f64,
}

impl Point {
    /// The point `x`, `y`.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// How far apart two points are, in metres.
    pub fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The direction in which `other` lies, in radians.
    pub fn bearing(self, other: Self) -> f64 {
        (other.y - self.y).atan2(other.x - self.x)
    }

    /// Whether both coordinates are numbers.
    pub fn is_finite(self) -> bool {
        self.x.is_finite() && self.y.is_finite()
    }
}

/// Where a robot is and where it looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// The robot's centre.
    #[serde(flatten)]
    pub at: Point,
    /// Radians, in `(-π, π]`.
    pub heading: f64,
}

impl Pose {
    /// A pose at `x`, `y` that looks along `heading`.
    pub const fn new(x: f64, y: f64, heading: f64) -> Self {
        Self { at: Point::new(x, y), heading }
    }
}

/// A box with sides along the axes: its lower left corner and its size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Lower edge.
    pub y: f64,
    /// Extent to the right.
    pub width: f64,
    /// Extent upwards.
    pub height: f64,
}

impl Rect {
    /// The box with its lower left corner at `x`, `y`.
    pub const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { x, y, width, height }
    }

    /// The distance from `point` to the box; 0 inside it.
    pub fn distance(&self, point: Point) -> f64 {
        let dx = (self.x - point.x).max(point.x - self.x - self.width).max(0.0);
        let dy = (self.y - point.y).max(point.y - self.y - self.height).max(0.0);
        dx.hypot(dy)
    }
}

/// `angle` brought into `(-π, π]`.
pub fn wrap(angle: f64) -> f64 {
    let turned = (angle + PI).rem_euclid(2.0 * PI) - PI;
    if turned <= -PI { PI } else { turned }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_wrap_into_the_half_open_turn() {
        for (angle, wrapped) in [(0.0, 0.0), (PI, PI), (-PI, PI), (1.5 * PI, -0.5 * PI), (-2.5 * PI, -0.5 * PI)] {
            assert!((wrap(angle) - wrapped).abs() < 1e-12, "{angle} became {}", wrap(angle));
        }
    }

    #[test]
    fn a_box_is_as_far_away_as_its_nearest_edge_or_corner() {
        let area = Rect::new(1.0, 1.0, 2.0, 1.0);
        assert_eq!(area.distance(Point::new(2.0, 1.5)), 0.0);
        assert_eq!(area.distance(Point::new(2.0, 4.0)), 2.0);
        assert_eq!(area.distance(Point::new(6.0, 6.0)), 5.0);
    }
}
