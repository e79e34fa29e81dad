#![allow(unused)]

use bennu::prelude::*;

struct Robot {
    name: String,
}

fn show(robot: &Robot) -> Element {
    let form = robot.to_form();
    rsx! {
        Input { label: "Name" }
        Input { field: "name" }
    }
}

fn main() {}
