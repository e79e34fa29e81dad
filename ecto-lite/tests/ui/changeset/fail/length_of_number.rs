//! A number has no length, no format, and is no list.

use ecto_lite::{Change, Schema};

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    wheels: i32,
}

fn main() {
    let robot = Robot::default();
    let _ = robot.clone().change().validate_length(Robot::wheels, 3..);
    let _ = robot.clone().change().validate_format(Robot::wheels, regex::Regex::new("a").unwrap());
    let _ = robot.change().validate_subset(Robot::wheels, [1]);
}
