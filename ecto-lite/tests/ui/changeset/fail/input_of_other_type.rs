//! Input is names and values.

use ecto_lite::{Change, Schema};

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    name: String,
}

fn main() {
    let _ = Robot::default().cast(&"name=Ada", Robot::name);
}
