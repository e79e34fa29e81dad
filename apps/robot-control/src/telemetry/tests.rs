//! What is stored, in batches; what is read, in points; what goes.

use std::time::Duration;

use bennu::ecto::prelude::*;
use bennu::prelude::PubSub;

use super::*;
use crate::robots::robot::Robot;
use crate::robots::{Fleet, FleetFrame, RobotId, Status, Telemetry, World, crew, fleet_topic};
use crate::testing::on_databases;

on_databases!(
    a_whole_batch_is_written_at_once,
    what_is_no_whole_batch_is_written_in_time,
    what_waits_is_written_at_the_end,
    a_robot_that_is_offline_leaves_a_gap,
    a_chart_gets_averages_of_at_most_so_many_points,
    the_last_hour_is_that,
    what_is_too_old_goes_in_batches,
);

const IBIS: RobotId = RobotId(1);
const NEVER: Duration = Duration::from_hours(24);

/// Nothing happens by time.
fn options() -> Options {
    Options { every: Duration::ZERO, flush: NEVER, sweep: NEVER, ..Options::default() }
}

/// Frames of 20 robots, told apart by their batteries.
fn frame(battery: f64) -> FleetFrame {
    let specs = crew::crew(&World::warehouse());
    let robots = specs.into_iter().map(|spec| Robot::new(spec).telemetry());
    FleetFrame { robots: robots.map(|robot| Telemetry { battery, ..robot }).collect() }
}

async fn stored(repo: &Repo) -> i64 {
    repo.count(Reading::query()).await.unwrap()
}

/// Sends a frame and waits until it is in the queue or in the database.
async fn send(pubsub: &PubSub, writer: &Writer, frame: FleetFrame) {
    let mut stats = writer.stats();
    let taken = |stats: &Stats| stats.written + stats.waiting as u64 + stats.dropped;
    let (before, rows) = (taken(&stats.borrow()), frame.robots.len() as u64);
    pubsub.broadcast(&fleet_topic(), frame);
    stats.wait_for(|stats| taken(stats) >= before + rows).await.unwrap();
    // Two readings of a robot in one millisecond would be one row.
    let now = Utc::now().timestamp_millis();
    while Utc::now().timestamp_millis() == now {
        tokio::task::yield_now().await;
    }
}

async fn a_whole_batch_is_written_at_once(repo: Repo) {
    let pubsub = PubSub::local();
    let writer = Writer::start(&repo, &pubsub, Options { batch: 40, ..options() }).await.unwrap();
    send(&pubsub, &writer, frame(50.0)).await;
    assert_eq!(*writer.stats().borrow(), Stats { written: 0, dropped: 0, waiting: 20 });
    send(&pubsub, &writer, frame(49.0)).await;
    writer.stats().wait_for(|stats| stats.written == 40).await.unwrap();
    assert_eq!(stored(&repo).await, 40);
    writer.shut_down().await;
}

async fn what_is_no_whole_batch_is_written_in_time(repo: Repo) {
    let pubsub = PubSub::local();
    let writer = Writer::start(&repo, &pubsub, Options { flush: Duration::from_millis(5), ..options() }).await.unwrap();
    send(&pubsub, &writer, frame(50.0)).await;
    writer.stats().wait_for(|stats| stats.written == 20).await.unwrap();
    assert_eq!(stored(&repo).await, 20);
    writer.shut_down().await;
}

async fn what_waits_is_written_at_the_end(repo: Repo) {
    let pubsub = PubSub::local();
    let writer = Writer::start(&repo, &pubsub, options()).await.unwrap();
    send(&pubsub, &writer, frame(50.0)).await;
    assert_eq!(stored(&repo).await, 0);
    writer.shut_down().await;
    assert_eq!(stored(&repo).await, 20);
    assert_eq!(pubsub.broadcast(&fleet_topic(), frame(1.0)), 0, "nobody listens any more");
    writer.shut_down().await;
}

async fn a_robot_that_is_offline_leaves_a_gap(repo: Repo) {
    let pubsub = PubSub::local();
    let writer = Writer::start(&repo, &pubsub, options()).await.unwrap();
    let mut frame = frame(50.0);
    frame.robots[0].status = Status::Offline;
    frame.robots.truncate(2);
    pubsub.broadcast(&fleet_topic(), frame);
    writer.stats().wait_for(|stats| stats.waiting == 1).await.unwrap();
    writer.shut_down().await;
    let rows: Vec<Reading> = repo.all(Reading::query()).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.robot_id).collect::<Vec<_>>(), [RobotId(2)]);
}

/// Readings of two robots, a second apart: speeds count up, batteries down.
async fn readings(repo: &Repo, from: i64, seconds: i32) {
    let row = |robot_id, n: i32| Reading {
        robot_id,
        at_ms: from + i64::from(n) * 1000,
        speed: f64::from(n),
        battery: 90.0 - f64::from(n) / 100.0,
        x: 1.0,
        y: 2.0,
    };
    let rows = (0..seconds).flat_map(|n| [row(IBIS, n), row(RobotId(2), -n)]);
    repo.insert_all(rows).await.unwrap();
}

async fn a_chart_gets_averages_of_at_most_so_many_points(repo: Repo) {
    let start = 1_795_852_800_000;
    readings(&repo, start, 1000).await;
    let points = between(&repo, IBIS, start..start + 1_000_000, 10).await.unwrap();
    assert_eq!(points.len(), 10);
    for (n, point) in points.iter().enumerate() {
        let n = n as f64;
        assert_eq!(point.at_ms, start + n as i64 * 100_000);
        // The mean of 100 n .. 100 n + 99.
        assert!((point.speed - (100.0 * n + 49.5)).abs() < 1e-9, "{point:?}");
        assert!((point.battery - (90.0 - n - 0.495)).abs() < 1e-9, "{point:?}");
    }
    // A span that begins before there was anything, and that the number of points does not divide.
    let points = between(&repo, IBIS, start - 500_000..start + 123_456, 7).await.unwrap();
    assert!(points.len() <= 2 && points[0].at_ms <= start, "{points:?}");
    let every_one = between(&repo, IBIS, start..start + 5_000, 1000).await.unwrap();
    assert_eq!(every_one.iter().map(|point| point.speed).collect::<Vec<_>>(), [0.0, 1.0, 2.0, 3.0, 4.0]);
    assert!(between(&repo, RobotId(3), start..start + 1_000_000, 10).await.unwrap().is_empty());
    assert!(between(&repo, IBIS, start..start, 0).await.unwrap().is_empty());
}

async fn the_last_hour_is_that(repo: Repo) {
    let now = Utc::now().timestamp_millis();
    let row =
        |minutes: i64, speed| Reading { robot_id: IBIS, at_ms: now - minutes * 60_000, speed, ..Reading::default() };
    repo.insert_all([row(90, 9.0), row(59, 1.0), row(30, 2.0), row(0, 3.0)]).await.unwrap();
    let points = last_hour(&repo, IBIS, 120).await.unwrap();
    assert_eq!(points.iter().map(|point| point.speed).collect::<Vec<_>>(), [1.0, 2.0, 3.0]);
}

async fn what_is_too_old_goes_in_batches(repo: Repo) {
    let now = Utc::now().timestamp_millis();
    readings(&repo, now - 100_000, 100).await;
    // Ten seconds are to be kept; the writer sweeps when it starts.
    let options = Options { keep: Duration::from_secs(10), sweep_batch: 7, ..options() };
    let writer = Writer::start(&repo, &PubSub::local(), options).await.unwrap();
    while repo.exists(from!(r in Reading, where: r.at_ms < now - 10_000)).await.unwrap() {
        tokio::task::yield_now().await;
    }
    writer.shut_down().await;
    let younger = stored(&repo).await;
    assert!(younger > 0, "what is younger stays");
    assert_eq!(delete_before(&repo, i64::MAX, 3).await.unwrap(), younger.unsigned_abs());
    assert_eq!(stored(&repo).await, 0);
}

#[tokio::test]
async fn a_database_that_is_away_costs_the_oldest_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("robots.db").display());
    let repo = crate::store::open_with(&url, Repo::builder(&url).busy_timeout(Duration::from_millis(5))).await.unwrap();
    let pubsub = PubSub::local();
    let options = Options { batch: 20, queue: 50, flush: Duration::from_millis(1), ..options() };
    let other = Repo::connect(&url).await.unwrap();
    let writer = other
        .transaction(|tx| async move {
            tx.execute_script("create table theirs (id integer)").await?;
            let writer = Writer::start(&repo, &pubsub, options).await.unwrap();
            for battery in [80.0, 60.0, 40.0] {
                send(&pubsub, &writer, frame(battery)).await;
            }
            let stats = *writer.stats().borrow();
            assert_eq!((stats.written, stats.dropped), (0, 10), "{stats:?}");
            Ok::<_, RepoError>(writer)
        })
        .await
        .unwrap();
    // The other one is done.
    writer.stats().wait_for(|stats| stats.written == 50).await.unwrap();
    let oldest: Vec<f64> =
        other.all(from!(r in Reading, order_by: r.at_ms, limit: 10, select: r.battery)).await.unwrap();
    assert_eq!(oldest, [80.0; 10]);
    writer.shut_down().await;
}

#[tokio::test]
async fn a_reading_is_taken_once_a_second_of_a_fleet_that_speaks_ten_times() {
    crate::testing::on_sqlite(crate::testing::Time::Paused, a_reading_a_second).await;
}

async fn a_reading_a_second(repo: Repo) {
    let pubsub = PubSub::local();
    let fleet = Fleet::launch(pubsub.clone()).await.unwrap();
    let options = Options { every: Duration::from_secs(1), ..options() };
    let writer = Writer::start(&repo, &pubsub, options).await.unwrap();
    let begun = tokio::time::Instant::now();
    writer.stats().wait_for(|stats| stats.waiting >= 200).await.unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    assert!((9.0..10.5).contains(&seconds), "ten readings took {seconds} s");
    writer.shut_down().await;
    fleet.shut_down().await;
}
