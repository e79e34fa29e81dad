//! The JSON API, for programs: telemetry and commands, with tokens that their owners make on their account's page.
//!
//! ```text
//! GET  /api/telemetry                 the fleet and the server's counters; for monitoring, without a token
//! GET  /api/robots                    all robots
//! GET  /api/robots/:id                one robot
//! GET  /api/robots/:id/telemetry      its last hour, ?points=360
//! POST /api/robots/:id/commands       {"command": "go_to", "x": 3.0, "y": 4.5}
//! ```
//!
//! A token goes into the header `Authorization: Bearer …`. Errors are `{"error": "…"}`.

use bennu::ecto::prelude::Repo;
use bennu::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use crate::accounts::{self, User};
use crate::commands::{Commands, Rejected};
use crate::robots::{Accepted, Command, Fleet, FleetFrame, RobotId, Telemetry};
use crate::telemetry;
use crate::web::metrics::{Counts, Metrics};

/// Points of an hour, unless the request wants more or fewer.
const POINTS: u32 = 360;

/// What `GET /api/telemetry` answers with: `robots`, and the framework's `mounts`, `sockets` and `views`.
#[derive(Debug, Serialize)]
pub struct Report {
    #[serde(flatten)]
    counts: Counts,
    #[serde(flatten)]
    fleet: FleetFrame,
}

/// An answer that is no success.
type Refusal = (axum::http::StatusCode, axum::Json<Value>);

fn refuse(status: u16, why: impl std::fmt::Display) -> Refusal {
    let status = axum::http::StatusCode::from_u16(status).unwrap_or_default();
    (status, axum::Json(json!({ "error": why.to_string() })))
}

/// The plug that takes requests with a token only.
///
/// # Errors
/// 401 without a good token, 500 when the database fails.
pub async fn require_token(conn: Conn) -> Result<(), Refusal> {
    let header = conn.headers().get("authorization").and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    let Some(token) = token else {
        return Err(refuse(401, "send a token: `Authorization: Bearer rc_…`; your account's page makes one"));
    };
    match accounts::get_user_by_api_token(conn.state::<Repo>(), token).await {
        Ok(Some(user)) => {
            conn.assign(user);
            Ok(())
        }
        Ok(None) => Err(refuse(401, "this token is not known, or has expired")),
        Err(error) => {
            tracing::error!(%error, "a token could not be looked up");
            Err(refuse(500, "the database does not answer: try again"))
        }
    }
}

/// The fleet and the counters now.
pub async fn fleet(State(fleet): State<Fleet>, State(metrics): State<Metrics>) -> axum::Json<Report> {
    axum::Json(Report { counts: metrics.counts(), fleet: fleet.frame() })
}

/// All robots.
pub async fn index(State(fleet): State<Fleet>) -> axum::Json<Vec<Telemetry>> {
    axum::Json(fleet.frame().robots)
}

/// One robot.
///
/// # Errors
/// 404 when there is none.
pub async fn show(State(fleet): State<Fleet>, params: Params) -> Result<axum::Json<Telemetry>, Refusal> {
    robot(&fleet, &params).map(axum::Json)
}

/// What a robot measured in the last hour.
///
/// # Errors
/// 404 without that robot, 422 for a number of points that is none, 500 when the database fails.
pub async fn history(
    State(fleet): State<Fleet>,
    State(repo): State<Repo>,
    params: Params,
) -> Result<axum::Json<Value>, Refusal> {
    let robot = robot(&fleet, &params)?;
    let points = match params.get("points") {
        None => POINTS,
        Some(text) => text
            .parse()
            .ok()
            .filter(|points| (1..=3600).contains(points))
            .ok_or_else(|| refuse(422, "`points` is a number from 1 to 3600"))?,
    };
    match telemetry::last_hour(&repo, robot.id, points).await {
        Ok(points) => {
            let point = |point: &telemetry::Point| json!({ "at_ms": point.at_ms, "speed": point.speed, "battery": point.battery });
            Ok(axum::Json(json!({ "robot": robot.id, "points": points.iter().map(point).collect::<Vec<_>>() })))
        }
        Err(error) => {
            tracing::error!(%error, "telemetry could not be read");
            Err(refuse(500, "the database does not answer: try again"))
        }
    }
}

/// Sends a robot a command and waits for its answer.
///
/// # Errors
/// 404 without that robot, 422 for a body that is no command, 403 for who may not, 409 when the robot refuses.
pub async fn command(
    State(fleet): State<Fleet>,
    State(commands): State<Commands>,
    user: Assigned<User>,
    params: Params,
    body: bennu::RawBody,
) -> Result<axum::Json<Value>, Refusal> {
    let robot = robot(&fleet, &params)?;
    let command: Command = serde_json::from_slice(&body.0)
        .map_err(|error| refuse(422, format!("the body is no command such as {{\"command\":\"stop\"}}: {error}")))?;
    let answer = commands.issue(&user, robot.id, command).await.map_err(|_| refuse(500, "the command was lost"))?;
    match answer {
        Ok(Accepted::Done) => Ok(axum::Json(json!({ "accepted": command.name() }))),
        Ok(Accepted::Route { metres }) => Ok(axum::Json(json!({ "accepted": command.name(), "metres": metres }))),
        Err(rejected @ Rejected::NotAllowed(_)) => Err(refuse(403, rejected)),
        Err(rejected) => Err(refuse(409, rejected)),
    }
}

fn robot(fleet: &Fleet, params: &Params) -> Result<Telemetry, Refusal> {
    let wanted = params.get("id").unwrap_or_default();
    let found = wanted.parse::<RobotId>().ok().and_then(|id| fleet.telemetry(id));
    found.ok_or_else(|| refuse(404, format!("there is no robot `{wanted}`")))
}
