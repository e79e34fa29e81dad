//! A text has no bounds of numbers, and a number none of another type.

use ecto_lite::{Change, Schema};

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    name: String,
    battery: f64,
}

fn main() {
    let _ = Robot::default().change().validate_number(Robot::name, 1..);
    let _ = Robot::default().change().validate_number(Robot::battery, 1..);
}
