//! The repo beside SeaORM 2 and plain sqlx: the same jobs on the same database, in one process, taking turns.
//!
//! `cargo run --release` in this folder; PostgreSQL too where `ECTO_TEST_POSTGRES_URL` names one (its tables `robots` and
//! `missions` are thrown away). Each figure is the median of many rounds; in each round every contestant does the job
//! once, so that what else the machine does is shared out among them.

mod peer;
#[allow(dead_code)]
#[path = "../../../ecto-lite/benches/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use ecto_lite::Repo;
use ecto_lite::query::from;
use sea_orm::{DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector};

use support::{ROBOTS, Robot, plain, plain_robot, robot};

const MANY: usize = 10_000;

/// The medians of what each contestant takes for one job.
async fn rounds(
    rounds: usize,
    mut before: impl AsyncFnMut(),
    contestants: [&mut dyn FnMut() -> std::pin::Pin<Box<dyn Future<Output = ()>>>; 3],
) -> [Duration; 3] {
    let mut times: [Vec<Duration>; 3] = Default::default();
    for round in 0..rounds + rounds / 10 + 1 {
        for turn in 0..3 {
            // Nobody is always first.
            let who = (turn + round) % 3;
            before().await;
            let began = Instant::now();
            contestants[who]().await;
            // The first rounds fill caches.
            if round > rounds / 10 {
                times[who].push(began.elapsed());
            }
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    })
}

fn print(database: &str, job: &str, [sqlx, ours, peer]: [Duration; 3]) {
    let ratio = |to: Duration| ours.as_secs_f64() / to.as_secs_f64();
    println!(
        "| {database} | {job} | {:.1} | {:.1} | {:.1} | {:.2} | {:.2} |",
        sqlx.as_secs_f64() * 1e6,
        ours.as_secs_f64() * 1e6,
        peer.as_secs_f64() * 1e6,
        ratio(sqlx),
        ratio(peer),
    );
}

/// One job: a label, how many rounds, what comes before each turn, and the three ways to do it.
macro_rules! job {
    ($database:expr, $label:literal, $times:expr, $before:expr, $sqlx:expr, $ours:expr, $peer:expr) => {{
        let medians = rounds(
            $times,
            $before,
            [
                &mut || Box::pin(async move { drop(black_box($sqlx.await)) }),
                &mut || Box::pin(async move { drop(black_box($ours.await)) }),
                &mut || Box::pin(async move { drop(black_box($peer.await)) }),
            ],
        )
        .await;
        print($database, $label, medians);
    }};
}

macro_rules! contest {
    ($database:expr, $repo:expr, $pool:expr, $peer:expr, $plain:path) => {{
        use $plain as plain_sqlx;
        // Leaked, so that jobs are futures without borrows; the process ends soon.
        let repo: &'static Repo = Box::leak(Box::new($repo));
        let pool = &*Box::leak(Box::new($pool));
        let peer: &'static DatabaseConnection = Box::leak(Box::new($peer));
        let one = &*Box::leak(Box::new(plain_robot()));
        let many = &*Box::leak(Box::new(vec![plain_robot(); MANY]));
        let our_many = &*Box::leak(Box::new(vec![robot(); MANY]));
        let peer_many = &*Box::leak(Box::new(vec![peer::new_robot(); MANY]));
        let database = $database;
        let limit = ROBOTS.unsigned_abs();

        job!(database, "get one", 2_000, async || {},
            plain_sqlx::get(pool, 500),
            async { repo.fetch::<Robot>(500_i64).await.unwrap() },
            peer::get(peer, 500));
        job!(database, "all 1,000", 200, async || {},
            plain_sqlx::all(pool, ROBOTS),
            async { repo.all(from::<Robot>().order_by(|r| r.id).limit(limit)).await.unwrap() },
            peer::all(peer, limit));
        job!(database, "join 100 with 10 each", 200, async || {},
            plain_sqlx::join(pool, 100),
            async {
                let query = from::<Robot>()
                    .left_join(|r| r.missions)
                    .filter(|(r, _)| r.id.lte(100))
                    .order_by(|(r, m)| (r.id, m.id))
                    .preload_joined(Robot::missions, |(_, m)| m);
                repo.all(query).await.unwrap()
            },
            peer::join(peer, 100));
        job!(database, "insert one", 500, async || {},
            plain_sqlx::insert(pool, one),
            async { repo.insert(robot()).await.unwrap() },
            peer::insert(peer));
        job!(database, "insert 10,000", 30,
            async || repo.execute_script("DELETE FROM robots WHERE id > 1000").await.unwrap(),
            plain_sqlx::insert_all(pool, many),
            async { repo.insert_all(our_many.iter().cloned()).await.unwrap() },
            peer::insert_all(peer, peer_many));
    }};
}

#[tokio::main]
async fn main() {
    println!("| database | job | sqlx, µs | ecto-lite, µs | SeaORM, µs | to sqlx | to SeaORM |");
    println!("|---|---|---:|---:|---:|---:|---:|");
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("bench.db").display());
    let repo = support::repo(&url).await;
    support::fill(&repo).await;
    let peers = SqlxSqliteConnector::from_sqlx_sqlite_pool(support::sqlite(&url).await);
    contest!("SQLite", repo, support::sqlite(&url).await, peers, plain::sqlite);

    let Ok(url) = std::env::var("ECTO_TEST_POSTGRES_URL") else {
        return eprintln!("without ECTO_TEST_POSTGRES_URL there is no PostgreSQL to measure: tests/postgres start");
    };
    let repo = support::repo(&url).await;
    support::fill(&repo).await;
    let peers = SqlxPostgresConnector::from_sqlx_postgres_pool(support::postgres(&url).await);
    contest!("PostgreSQL", repo, support::postgres(&url).await, peers, plain::postgres);
}
