#![allow(unused)]

use bennu::prelude::*;

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    name: String,
}

#[derive(Schema, Clone)]
#[schema(source = "missions")]
struct Mission {
    #[schema(primary_key)]
    id: i64,
    title: String,
}

fn show(form: Form<Robot>) {
    form.field(Robot::name);
    form.field(Mission::title);
    form.inputs_for(Robot::name);
}

fn main() {}
