//! A field is changed to what it can hold.

use ecto_lite::{Change, Schema};

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    wheels: i32,
}

fn main() {
    let _ = Robot::default().change().put_change(Robot::wheels, "four");
}
