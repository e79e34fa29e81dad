#![allow(unused)]

use bennu::prelude::*;

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    name: String,
}

fn show(robot: &Robot) {
    robot.to_form();
    robot.clone().change().to_form();
}

fn main() {}
