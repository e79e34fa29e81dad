//! Which page is where.

use bennu::prelude::*;

use super::api::telemetry;
use super::layout::layout;
use super::live::{FleetLive, RobotLive};

router! {
    layout layout;
    live "/" => FleetLive as fleet;
    live "/robots/:id" => RobotLive as robot;
    get "/api/telemetry" => telemetry;
    asset "/app.css" ("text/css; charset=utf-8") => include_bytes!("app.css");
    asset "/icon.svg" ("image/svg+xml") => include_bytes!("icon.svg");
}
