//! What is done before anything goes to a database: building a query and its SQL, casting and validating input.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ecto_lite::adapter::Dialect;
use ecto_lite::query::from;
use ecto_lite::{Change, Schema};
use serde_json::json;

#[allow(missing_docs)]
#[derive(Schema, Clone, Debug)]
#[schema(source = "robots")]
pub struct Robot {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
    pub battery: f64,
    pub model: String,
    pub wheels: i32,
    pub active: bool,
}

fn typical_query(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a query of 5 columns, 2 conditions, an order and a limit");
    let build = || {
        from::<Robot>()
            .filter(|r| r.battery.lt(black_box(20.0)))
            .filter(|r| r.name.ne(black_box("R2-D2")))
            .order_by(|r| r.name)
            .limit(black_box(10))
            .select(|r| (r.id, r.name, r.battery, r.model, r.active))
    };
    group.bench_function("built", |bencher| bencher.iter(build));
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        group.bench_function(format!("built and written for {dialect:?}"), |bencher| {
            bencher.iter(|| build().to_statement(dialect).unwrap());
        });
    }
    group.finish();
}

fn changeset(criterion: &mut Criterion) {
    let params = ecto_lite::Params::from(json!({
        "name": "R2-D2", "battery": "87.5", "model": "astromech", "wheels": "3", "active": "true",
    }));
    let fields = (Robot::name, Robot::battery, Robot::model, Robot::wheels, Robot::active);
    criterion.bench_function("changeset of 5 fields: cast and validated", |bencher| {
        bencher.iter(|| {
            Robot::default()
                .cast(black_box(&params), fields)
                .validate_required((Robot::name, Robot::model))
                .validate_length(Robot::name, 3..=40)
                .validate_number(Robot::battery, 0.0..=100.0)
                .validate_number(Robot::wheels, 0..=8)
        });
    });
}

criterion_group!(benches, typical_query, changeset);
criterion_main!(benches);
