//! Which page is where.

use bennu::prelude::*;

use super::auth::{fetch_viewer, load_viewer};
use super::channels::{DeviceSocket, RobotChannel};
use super::controllers::{api, sessions};
use super::layout::layout;
use super::live::{
    AccountLive, AuditLive, DevicesLive, FleetLive, MissionLive, MissionsLive, PasswordLive, RegisterLive, RobotLive,
    UsersLive,
};

router! {
    pipeline browser { session, flash, csrf, secure_headers, fetch_viewer }
    pipeline programs { accepts(["json"]), api::require_token }

    scope "/" through [browser] {
        layout layout;
        get "/log-in" => sessions::new;
        post "/log-in" => sessions::create;
        delete "/log-out" => sessions::delete;
        delete "/log-out/everywhere" => sessions::delete_all;
        live_session site (on_mount = [load_viewer]) {
            live "/" => FleetLive as fleet;
            live "/robots/:id" => RobotLive as robot;
            live "/robots/:id/missions" => MissionsLive as missions;
            live "/robots/:id/missions/new" => MissionLive as new;
            live "/robots/:id/missions/:mission/edit" => MissionLive as edit;
            live "/register" => RegisterLive;
            live "/account" => AccountLive;
            live "/account/password" => PasswordLive;
            live "/audit" => AuditLive;
            live "/users" => UsersLive;
            live "/devices" => DevicesLive;
        }
    }
    get "/api/telemetry" => api::fleet;
    scope "/api/robots" through [programs] {
        get "/" => api::index;
        get "/:id" => api::show;
        get "/:id/telemetry" => api::history;
        post "/:id/commands" => api::command;
    }
    socket "/devices" => DeviceSocket {
        channel "robot:*" => RobotChannel;
    }
    asset "/app.css" ("text/css; charset=utf-8") => include_bytes!("app.css");
    asset "/icon.svg" ("image/svg+xml") => include_bytes!("icon.svg");
}
