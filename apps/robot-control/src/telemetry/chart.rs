//! Reading telemetry back, as many points as a chart is wide.

use bennu::ecto::prelude::*;
use bennu::ecto::query::functions::{avg, selected};

use super::Reading;
use crate::robots::RobotId;

/// What a robot measured on average over a short while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When the while began, in milliseconds since 1970.
    pub at_ms: i64,
    /// Metres per second; negative backwards.
    pub speed: f64,
    /// Percent.
    pub battery: f64,
}

/// The last hour of a robot in at most `points` points, the oldest first. There is no point where nothing was measured.
///
/// # Errors
/// When the database fails.
pub async fn last_hour(repo: &Repo, robot: RobotId, points: u32) -> Result<Vec<Point>, RepoError> {
    let now = Utc::now().timestamp_millis();
    between(repo, robot, now - TimeDelta::hours(1).num_milliseconds()..now + 1, points).await
}

/// The same for any span, in milliseconds since 1970. The database averages: what leaves it are the points.
///
/// # Errors
/// When the database fails.
pub async fn between(
    repo: &Repo,
    robot: RobotId,
    span: std::ops::Range<i64>,
    points: u32,
) -> Result<Vec<Point>, RepoError> {
    let (from, until) = (span.start, span.end);
    let width = (until - from).max(1).unsigned_abs().div_ceil(u64::from(points.max(1)));
    let width = i64::try_from(width).unwrap_or(i64::MAX);
    let rows = from!(r in Reading, where: r.robot_id == robot && r.at_ms >= from && r.at_ms < until)
        .group_by(|_| selected::<i64>("bucket"))
        .order_by(|_| selected::<i64>("bucket"))
        .select(|r| (((r.at_ms - from) / width).named("bucket"), avg(r.speed), avg(r.battery)));
    let rows: Vec<(i64, Option<f64>, Option<f64>)> = repo.all(rows).await?;
    // A group has a row, and no column of it is null.
    let point = |(bucket, speed, battery): (i64, Option<f64>, Option<f64>)| Point {
        at_ms: from + bucket * width,
        speed: speed.unwrap_or_default(),
        battery: battery.unwrap_or_default(),
    };
    Ok(rows.into_iter().map(point).collect())
}
