//! What the repo costs beside sqlx alone: the same statements' work on the same database, with the same pool.
//!
//! On a SQLite file, and on PostgreSQL where `ECTO_TEST_POSTGRES_URL` names one (its tables `robots` and `missions` are
//! thrown away). `benches/orm` compares with another ORM.

mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime};
use ecto_lite::Repo;
use ecto_lite::query::from;
use tokio::runtime::Runtime;

use support::{Mission, ROBOTS, Robot, plain, plain_robot, robot};

const MANY: usize = 10_000;

/// The same five jobs for our repo and for sqlx's pool of one database.
macro_rules! contest {
    ($runtime:expr, $group:expr, $repo:expr, $pool:expr, $plain:path) => {{
        use $plain as plain_sqlx;
        let (runtime, group, repo, pool): (&Runtime, &mut BenchmarkGroup<'_, WallTime>, &Repo, _) =
            ($runtime, $group, $repo, $pool);
        group.bench_function("get one/sqlx", |bencher| {
            bencher.iter(|| runtime.block_on(plain_sqlx::get(pool, black_box(500))));
        });
        group.bench_function("get one/ecto-lite", |bencher| {
            bencher.iter(|| runtime.block_on(async { repo.fetch::<Robot>(black_box(500_i64)).await.unwrap() }));
        });
        group.bench_function("all 1,000/sqlx", |bencher| {
            bencher.iter(|| runtime.block_on(plain_sqlx::all(pool, black_box(ROBOTS))));
        });
        group.bench_function("all 1,000/ecto-lite", |bencher| {
            let query = || from::<Robot>().order_by(|r| r.id).limit(black_box(ROBOTS.unsigned_abs()));
            bencher.iter(|| runtime.block_on(async { repo.all(query()).await.unwrap() }));
        });
        group.bench_function("join 100 with 10 each/sqlx", |bencher| {
            bencher.iter(|| runtime.block_on(plain_sqlx::join(pool, black_box(100))));
        });
        group.bench_function("join 100 with 10 each/ecto-lite", |bencher| {
            let query = || {
                from::<Robot>()
                    .left_join(|r| r.missions)
                    .filter(|(r, _)| r.id.lte(black_box(100)))
                    .order_by(|(r, m)| (r.id, m.id))
                    .preload_joined(Robot::missions, |(_, m)| m)
            };
            bencher.iter(|| runtime.block_on(async { repo.all(query()).await.unwrap() }));
        });
        group.bench_function("preload 100 with 10 each/ecto-lite", |bencher| {
            let missions = || Robot::missions.query(from::<Mission>().order_by(|m| m.id));
            let query = || from::<Robot>().filter(|r| r.id.lte(black_box(100))).order_by(|r| r.id).preload(missions());
            bencher.iter(|| runtime.block_on(async { repo.all(query()).await.unwrap() }));
        });
        let one = plain_robot();
        group.bench_function("insert one/sqlx", |bencher| {
            bencher.iter(|| runtime.block_on(plain_sqlx::insert(pool, black_box(&one))));
        });
        group.bench_function("insert one/ecto-lite", |bencher| {
            bencher.iter(|| runtime.block_on(async { repo.insert(black_box(robot())).await.unwrap() }));
        });
        let many = vec![plain_robot(); MANY];
        group.bench_function("insert 10,000/sqlx", |bencher| {
            bencher.iter_custom(|times| {
                runtime.block_on(emptied(repo, times, async || plain_sqlx::insert_all(pool, black_box(&many)).await))
            });
        });
        let many = vec![robot(); MANY];
        group.bench_function("insert 10,000/ecto-lite", |bencher| {
            bencher.iter_custom(|times| {
                runtime.block_on(emptied(repo, times, async || {
                    repo.insert_all(black_box(&many)).await.unwrap();
                }))
            });
        });
    }};
}

/// The time of `work` alone; before each, what was inserted is removed.
async fn emptied(repo: &Repo, times: u64, work: impl AsyncFn()) -> Duration {
    let mut total = Duration::ZERO;
    for _ in 0..times {
        repo.execute_script("DELETE FROM robots WHERE id > 1000").await.expect("an empty table");
        let began = Instant::now();
        work().await;
        total += began.elapsed();
    }
    total
}

fn settings<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    group
}

fn sqlite(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("bench.db").display());
    let (repo, pool) = runtime.block_on(async { (support::repo(&url).await, support::sqlite(&url).await) });
    runtime.block_on(support::fill(&repo));
    contest!(&runtime, &mut settings(criterion, "sqlite"), &repo, &pool, plain::sqlite);
}

fn postgres(criterion: &mut Criterion) {
    let Ok(url) = std::env::var("ECTO_TEST_POSTGRES_URL") else {
        return eprintln!("without ECTO_TEST_POSTGRES_URL there is no PostgreSQL to measure: tests/postgres start");
    };
    let runtime = Runtime::new().expect("a runtime");
    let (repo, pool) = runtime.block_on(async { (support::repo(&url).await, support::postgres(&url).await) });
    runtime.block_on(support::fill(&repo));
    contest!(&runtime, &mut settings(criterion, "postgres"), &repo, &pool, plain::postgres);
}

criterion_group!(benches, sqlite, postgres);
criterion_main!(benches);
