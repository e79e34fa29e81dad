//! A changeset knows the fields of its own schema.

use ecto_lite::{Change, Params, Schema};

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
}

#[derive(Schema, Clone)]
#[schema(source = "missions")]
struct Mission {
    #[schema(primary_key)]
    id: i64,
    title: String,
}

fn main() {
    let _ = Robot::default().cast(&Params::new(), Mission::title);
    let _ = Robot::default().change().validate_length(Mission::title, 3..);
}
