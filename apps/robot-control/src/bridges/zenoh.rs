//! Robots in a Zenoh mesh.
//!
//! | key | who | what |
//! |---|---|---|
//! | `bennu/robots/<id>` | the robot, as a liveliness token | it is there; when the token is lost, it is offline at once |
//! | `bennu/robots/<id>/telemetry` | the robot, up to 20 times a second | a [`Report`](crate::robots::Report) |
//! | `bennu/robots/<id>/command` | we | an [`Order`](crate::robots::Order) |
//! | `bennu/robots/<id>/state` | the robot | `{"outcome": …}` with an [`Answer`] |
//! | `bennu/control/<node>` | we, as a liveliness token | somebody is in control; a robot stops by itself when there is none |
//!
//! | variable | what |
//! |---|---|
//! | `ZENOH_LISTEN` | endpoints at which robots and nodes reach this one, with commas between: `tcp/0.0.0.0:7447` |
//! | `ZENOH_CONNECT` | endpoints of other nodes, or of Zenoh's routers |
//! | `ZENOH_CONFIG` | a file with Zenoh's own settings: certificates, users |
//!
//! The mesh says who is in it; that a robot is one of ours, the fleet says. A mesh has one robot control that commands a robot: of two
//! that know its number, both would.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bennu::prelude::{Child, Result};
use bennu::supervision::ShutdownSignal;
use pubsub_zenoh::zenoh::liveliness::LivelinessToken;
use pubsub_zenoh::zenoh::pubsub::Subscriber;
use pubsub_zenoh::zenoh::sample::{Sample, SampleKind};
use pubsub_zenoh::zenoh::{self, Session, Wait};
use pubsub_zenoh::{ZenohOptions, ZenohPubSub};
use serde::Deserialize;

use super::devices::Devices;
use crate::robots::{Answer, Fleet, Link, RobotId};

/// How long a robot and we are silent before the other takes us to be gone: a robot stops by itself within a second.
const LEASE: Duration = Duration::from_secs(1);
/// Bytes of a message of a robot; a report with the longest route has a quarter.
const MAX_PAYLOAD: usize = 64 << 10;
/// What is declared lasts as long as the session, so it is only declared again after something unforeseen.
const PAUSE: Duration = Duration::from_secs(1);

/// Joins the mesh that the environment names, if it does.
pub(super) async fn from_env() -> Result<Option<ZenohPubSub>> {
    let (connect, listen) = (endpoints("ZENOH_CONNECT"), endpoints("ZENOH_LISTEN"));
    if connect.is_empty() && listen.is_empty() {
        return Ok(None);
    }
    let config = match std::env::var("ZENOH_CONFIG") {
        Ok(path) => {
            zenoh::Config::from_file(&path).map_err(|error| bennu::Error::msg(format!("ZENOH_CONFIG: {error}")))?
        }
        Err(_) => zenoh::Config::default(),
    };
    let node = open(ZenohOptions { connect, listen, config, ..ZenohOptions::default() }).await?;
    tracing::info!(node = node.id(), "joined the Zenoh mesh");
    Ok(Some(node))
}

/// Joins a mesh with the patience that robots need.
///
/// # Errors
/// Those of [`ZenohPubSub::open`].
pub async fn open(options: ZenohOptions) -> Result<ZenohPubSub> {
    Ok(ZenohPubSub::open(ZenohOptions { lease: LEASE, ..options }).await?)
}

fn endpoints(name: &str) -> Vec<String> {
    let list = std::env::var(name).unwrap_or_default();
    list.split(',').map(str::trim).filter(|endpoint| !endpoint.is_empty()).map(str::to_owned).collect()
}

/// Speaks for the robots of the mesh, and says that we are in control.
pub(super) fn child(node: &ZenohPubSub, fleet: &Fleet) -> Child {
    let (node, fleet) = (node.clone(), fleet.clone());
    let child = Child::graceful("zenoh", move |shutdown: ShutdownSignal| {
        let (node, fleet) = (node.clone(), fleet.clone());
        async move {
            let declared = bridge(&node, fleet).await?;
            shutdown.requested().await;
            // In the thread that may block. The robots hear that nobody is in control.
            node.with_session(move |_| drop(declared)).await?;
            Ok::<_, bennu::Error>(())
        }
    });
    child.restart_after(PAUSE)
}

/// What is said and listened to, as long as it is kept.
struct Declared {
    _subscribers: [Subscriber<()>; 3],
    _control: LivelinessToken,
}

async fn bridge(node: &ZenohPubSub, fleet: Fleet) -> Result<Declared> {
    let carrier = node.clone();
    let carry = Arc::new(move |robot: RobotId, order: &crate::robots::Order| {
        let payload = serde_json::to_vec(order).unwrap_or_default();
        if let Err(error) = carrier.put(format!("bennu/robots/{robot}/command"), payload) {
            tracing::warn!(%robot, %error, "an order does not reach its robot");
        }
    });
    let devices = Arc::new(Mutex::new(Devices::new(fleet, Link::Zenoh, carry)));
    let control = format!("bennu/control/{}", node.id());
    let declared = node.with_session(move |session| declare(session, &devices, control)).await?;
    declared.map_err(|error| bennu::Error::msg(format!("Zenoh: {error}")))
}

/// Zenoh calls back in threads of its own: one sample of a robot after the other.
fn declare(session: &Session, devices: &Arc<Mutex<Devices>>, control: String) -> zenoh::Result<Declared> {
    let listen = |key: &str, hear: fn(&mut Devices, RobotId, &[u8])| {
        let devices = devices.clone();
        let hear = move |sample: Sample| {
            if let (Some(robot), Some(payload)) = (robot(sample.key_expr()), payload(&sample)) {
                hear(&mut lock(&devices), robot, &payload);
            }
        };
        session.declare_subscriber(key.to_owned()).callback(hear).wait()
    };
    let telemetry = listen("bennu/robots/*/telemetry", |devices, robot, payload| {
        devices.telemetry(robot, serde_json::from_slice(payload));
    })?;
    let state = listen("bennu/robots/*/state", |devices, robot, payload| {
        devices.outcome(robot, serde_json::from_slice(payload).map(|State { outcome }| outcome));
    })?;
    let seen = devices.clone();
    let see = move |sample: Sample| {
        let Some(robot) = robot(sample.key_expr()) else { return };
        match sample.kind() {
            SampleKind::Put => lock(&seen).came(robot),
            SampleKind::Delete => lock(&seen).gone(robot),
        }
    };
    let present = session.liveliness().declare_subscriber("bennu/robots/*").history(true).callback(see).wait()?;
    // Last: whoever sees it is heard.
    let control = session.liveliness().declare_token(control).wait()?;
    Ok(Declared { _subscribers: [telemetry, state, present], _control: control })
}

/// What a robot puts under `state`. There may be more to it, of which we know nothing.
#[derive(Deserialize)]
struct State {
    outcome: Answer,
}

/// Whose key it is.
fn robot(key: &str) -> Option<RobotId> {
    let id = key.strip_prefix("bennu/robots/")?.split('/').next()?;
    let robot = id.parse().ok();
    if robot.is_none() {
        tracing::debug!(key, "no robot of ours: its key has no number");
    }
    robot
}

/// Of a size that a robot's messages have.
fn payload(sample: &Sample) -> Option<std::borrow::Cow<'_, [u8]>> {
    let payload = sample.payload();
    if payload.len() > MAX_PAYLOAD {
        tracing::warn!(key = %sample.key_expr(), bytes = payload.len(), "a message of a robot is too long and is ignored");
        return None;
    }
    Some(payload.to_bytes())
}

fn lock(devices: &Mutex<Devices>) -> MutexGuard<'_, Devices> {
    // Every change is a whole one.
    devices.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_robots_have_their_number() {
        assert_eq!(robot("bennu/robots/21"), Some(RobotId(21)));
        assert_eq!(robot("bennu/robots/21/telemetry"), Some(RobotId(21)));
        assert_eq!(robot("bennu/robots/ibis/telemetry"), None);
        assert_eq!(robot("bennu/nodes/21"), None);
    }
}
