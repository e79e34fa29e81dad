//! Simulated robots as devices: what the binary `robot-sim` runs.
//!
//! Each robot is the same [`Robot`](crate::robots::robot::Robot) that drives in the server's own fleet, at 20 Hz, and
//! speaks to a server by the published protocol: a token, the channel `robot:<number>`, reports, commands, answers. It
//! comes back by itself whenever the connection is lost, and keeps itself safe meanwhile ([`device`]).

pub mod channel;
pub mod device;
pub mod options;

use tokio::task::JoinSet;

pub use options::{HELP, Options, OptionsError};

/// Runs the robots until Ctrl-C.
pub async fn run(options: Options) {
    let mut robots = JoinSet::new();
    for (robot, token) in options.robots {
        robots.spawn(device::Device::new(robot).run(options.url.clone(), token));
    }
    // No robot ends by itself; one that panicked is said so, and the others drive on.
    let ended = async {
        while let Some(Err(error)) = robots.join_next().await {
            tracing::error!(%error, "a robot's task ended");
        }
    };
    tokio::select! {
        () = ended => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
