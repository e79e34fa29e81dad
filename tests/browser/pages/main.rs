//! The pages that the browser tests open: one small live view per capability.
//!
//! `PORT=0 RUST_LOG=info cargo run --example pages` prints `listening on http://…`. What a test cannot see in
//! the page (mounts counted, gates held, broadcasts made) goes through `/probe`.

#![allow(
    clippy::unused_self,
    clippy::unused_async,
    reason = "callbacks have the shape that `#[live_view]` asks for, whether or not a small view needs it"
)]

mod channels;
mod connect;
mod controls;
mod counter;
mod crash;
mod dioxus;
mod echo;
mod failures;
mod focus;
mod form;
mod hold;
mod keys;
mod layout;
mod list;
mod log_in;
mod navigation;
mod nested;
mod picture;
mod portals;
mod probe;
mod radios;
mod rate;
mod recovery;
mod room;
mod rows;
mod slow;
mod telemetry;
mod text;
mod toast;
mod uri;

use bennu::RouterDefinition as _;
use bennu::prelude::*;
use bennu::presence::Presence;
use tracing_subscriber::EnvFilter;

router! {
    pipeline browser { session, csrf }

    socket "/guests" (longpoll = true) => channels::Guest {
        channel "room:*" => channels::GuestRoom;
        channel "lobby:*" => channels::Lobby;
    }

    layout layout::layout;
    live "/counter" => counter::CounterLive;
    live "/form" => form::FormLive;
    live "/recovery" => recovery::RecoveryLive;
    live "/recovery/nested" => nested::NestedRecoveryLive;
    live "/nested" => nested::NestedLive;
    live "/rows" => rows::RowsLive;
    live "/radios" => radios::RadiosLive;
    live "/controls" => controls::ControlsLive;
    live "/log-in" => log_in::LogInLive;
    live "/keys" => keys::KeysLive;
    live "/focus" => focus::FocusLive;
    live "/rate" => rate::RateLive;
    live "/telemetry" => telemetry::TelemetryLive;
    live "/crash" => crash::CrashLive;
    live "/room/:name" => room::RoomLive;
    live "/dioxus" => dioxus::DioxusLive;
    live "/toast" => toast::ToastLive;
    live "/list" => list::ListLive;
    live "/picture" => picture::PictureLive;
    live "/portals" => portals::PortalsLive;
    live "/text" => text::TextLive;
    live "/slow" => slow::SlowLive;
    live "/hold" => hold::HoldLive;
    live "/connect" => connect::ConnectLive;
    live "/uri/:id" => uri::UriLive as show;
    live "/redirected" => failures::RedirectedLive;
    live "/missing" => failures::MissingLive;
    live "/broken" => failures::BrokenLive;
    live "/fragile" => failures::FragileLive;
    scope "/" through [browser] {
        put "/log-in" => log_in::posted;
    }
    get "/plain" => plain;
    get "/echo" => echo::upgrade;
    get "/probe" => probe::read;
    post "/probe/tick" => probe::tick;
    post "/probe/release" => probe::release;
    post "/probe/fragile" => probe::fragile;
}

async fn plain() -> &'static str {
    "a plain page"
}

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().with_env_filter(EnvFilter::from_default_env()).init();
    let mut limits = Limits::default();
    // For tests of what happens where nothing can be resumed.
    if std::env::var_os("PAGES_WITHOUT_RESUME").is_some() {
        limits.resume_within = std::time::Duration::ZERO;
    }
    let endpoint = Endpoint::from_env()?.limits(limits).router(navigation::routes(Routes.define()));
    probe::install(endpoint.pubsub());
    let lobbies = Presence::<channels::Seat>::builder("lobbies").start(&endpoint.pubsub());
    let endpoint = endpoint.state(lobbies);
    bennu::serve(endpoint).await
}
