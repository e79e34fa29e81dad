//! What it costs to turn a form into a changeset: five fields cast and checked. The mark is 2 µs.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ecto_lite::{Change, Changeset, Params, Schema};

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    name: String,
    nickname: Option<String>,
    #[schema(default = 100.0)]
    battery: f64,
    wheels: i32,
    active: bool,
}

fn changeset(robot: Robot, params: &Params) -> Changeset<Robot> {
    robot
        .cast(params, (Robot::name, Robot::nickname, Robot::battery, Robot::wheels, Robot::active))
        .validate_required((Robot::name, Robot::wheels))
        .validate_length(Robot::name, 3..=40)
        .validate_length(Robot::nickname, ..=20)
        .validate_number(Robot::battery, 0.0..=100.0)
        .validate_number(Robot::wheels, 2..=8)
        .unique_constraint(Robot::name)
}

fn forms(bench: &mut Criterion) {
    let valid = Params::from_pairs([
        ("name", "Ada of the lab"),
        ("nickname", "Ada"),
        ("battery", "87.5"),
        ("wheels", "4"),
        ("active", "true"),
    ]);
    let wrong = Params::from_pairs([
        ("name", " "),
        ("nickname", ""),
        ("battery", "101"),
        ("wheels", "many"),
        ("active", "yes"),
    ]);
    let robot = Robot::default();
    assert!(changeset(robot.clone(), &valid).is_valid());
    assert_eq!(changeset(robot.clone(), &wrong).errors().len(), 4);
    let cast = |params: &Params| changeset(black_box(robot.clone()), black_box(params));
    bench.bench_function("changeset/valid form of five fields", |bench| bench.iter(|| cast(&valid)));
    bench.bench_function("changeset/form with four mistakes", |bench| bench.iter(|| cast(&wrong)));
    bench.bench_function("changeset/apply", |bench| {
        let changeset = cast(&valid);
        bench.iter(|| black_box(&changeset).apply_changes());
    });
}

criterion_group!(benches, forms);
criterion_main!(benches);
