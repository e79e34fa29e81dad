//! Missions in the database (`plans`), and missions that drive robots (`runs`).

mod plans;
mod runs;

use std::sync::Arc;

use bennu::ecto::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::robots::{RobotId, World};

/// A robot that stands in its dock and has no rounds.
const FALCON: RobotId = RobotId(3);

fn world() -> Arc<World> {
    Arc::new(World::warehouse())
}

/// A ready mission of Falcon's with these waypoints.
async fn ready(repo: &Repo, name: &str, waypoints: Value) -> Mission {
    let input = json!({ "name": name, "status": "ready", "waypoints": waypoints });
    create_mission(repo, &world(), FALCON, &input).await.expect("a mission")
}

fn places(mission: &Mission) -> Vec<(f64, f64)> {
    mission.waypoints.get().unwrap().iter().map(|waypoint| (waypoint.x, waypoint.y)).collect()
}
