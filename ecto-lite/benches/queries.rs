//! What is done before anything goes to a database: building a query and its SQL.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ecto_lite::Schema;
use ecto_lite::adapter::Dialect;
use ecto_lite::query::from;

#[allow(missing_docs)]
#[derive(Schema, Clone, Debug)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    name: String,
    battery: f64,
    model: String,
    wheels: i32,
    active: bool,
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

criterion_group!(benches, typical_query);
criterion_main!(benches);
