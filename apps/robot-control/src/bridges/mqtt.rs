//! Robots at an MQTT broker.
//!
//! | topic | who | what |
//! |---|---|---|
//! | `bennu/robots/<id>/state` | the robot, retained, and its last will | `"online"`, and `"offline"` when it is gone: it is so at once |
//! | `bennu/robots/<id>/telemetry` | the robot, up to 20 times a second | a [`Report`](crate::robots::Report) |
//! | `bennu/robots/<id>/command` | we | an [`Order`] |
//! | `bennu/robots/<id>/outcome` | the robot | an [`Answer`](crate::robots::Answer) |
//! | `bennu/control` | we, retained, and our last will | `"online"`, and `"offline"` when nobody is in control: a robot stops by itself then |
//!
//! `MQTT_URL` names the broker: `mqtt://user:password@host:1883`. It says who may publish what; that a robot is one of ours,
//! the fleet says. A broker has one robot control.
//!
//! Each connection has a client of its own, so that no order that was meant for the last one is sent late by the next. A
//! connection that is lost ends all its attachments: we do not hear those robots, and people are told so.

mod broker;
mod robots;

use std::sync::Arc;
use std::time::Duration;

use bennu::prelude::{Child, Result};
use bennu::supervision::ShutdownSignal;
use rumqttc::{AsyncClient, ClientError, ConnectionError, Event, EventLoop, Packet, QoS};

pub use broker::{Broker, BrokerError};

use self::robots::Robots;
use crate::backoff::Backoff;
use crate::robots::{Fleet, Order, RobotId};

/// Where we say whether somebody is in control.
const CONTROL: &str = "bennu/control";
const ONLINE: &str = "\"online\"";
const OFFLINE: &str = "\"offline\"";
/// What wants to be sent and waits for the connection; an order that finds no room is not carried.
const QUEUE: usize = 256;
/// How long the broker may take to hear that we go.
const LAST_WORDS: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_secs(1);

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// The broker that `MQTT_URL` names, if it does.
pub(super) fn from_env() -> Result<Option<Broker>> {
    let url = std::env::var("MQTT_URL").ok().filter(|url| !url.is_empty());
    Ok(url.map(|url| Broker::from_url(&url)).transpose()?)
}

/// Speaks for the robots at a broker.
pub(super) fn child(broker: &Broker, fleet: &Fleet) -> Child {
    let (broker, fleet) = (broker.clone(), fleet.clone());
    let child =
        Child::graceful("mqtt", move |shutdown: ShutdownSignal| bridge(broker.clone(), fleet.clone(), shutdown));
    child.restart_after(PAUSE)
}

/// Connects, again and again if need be, until the program ends.
async fn bridge(broker: Broker, fleet: Fleet, shutdown: ShutdownSignal) {
    let mut backoff = Backoff::default();
    loop {
        let (client, mut events) = AsyncClient::new(broker.options(), QUEUE);
        let mut robots = Robots::new(&fleet, carrier(client.clone()));
        // Both arms are cancel safe here: at the end the connection is still polled, for our last words.
        let error = tokio::select! {
            biased;
            () = shutdown.requested() => return say_goodbye(&client, events).await,
            Err(error) = listen(&client, &mut events, &mut robots, &mut backoff) => error,
        };
        drop(robots);
        let wait = backoff.next_wait();
        tracing::warn!(broker = broker.place(), %error, again_in = ?wait, "not connected to the MQTT broker");
        tokio::select! {
            () = shutdown.requested() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Hears what the robots say. Ends by an error only.
async fn listen(
    client: &AsyncClient,
    events: &mut EventLoop,
    robots: &mut Robots,
    backoff: &mut Backoff,
) -> Result<(), Ended> {
    loop {
        match events.poll().await? {
            Event::Incoming(Packet::ConnAck(_)) => {
                *backoff = Backoff::default();
                tracing::info!("connected to the MQTT broker");
                client.try_subscribe("bennu/robots/+/state", QoS::AtLeastOnce)?;
                client.try_subscribe("bennu/robots/+/telemetry", QoS::AtMostOnce)?;
                client.try_subscribe("bennu/robots/+/outcome", QoS::AtLeastOnce)?;
                client.try_publish(CONTROL, QoS::AtLeastOnce, true, ONLINE)?;
            }
            Event::Incoming(Packet::Publish(message)) => robots.hear(&message),
            Event::Incoming(_) | Event::Outgoing(_) => {}
        }
    }
}

/// Sends orders by a client.
fn carrier(client: AsyncClient) -> super::devices::Carry {
    Arc::new(move |robot: RobotId, order: &Order| {
        let payload = serde_json::to_vec(order).unwrap_or_default();
        // At most once: what the robot did not get, whoever asked is told after a second, and may ask again.
        if let Err(error) = client.try_publish(format!("bennu/robots/{robot}/command"), QoS::AtMostOnce, false, payload)
        {
            tracing::warn!(%robot, %error, "an order does not reach its robot");
        }
    })
}

/// Says that nobody is in control any more: a last will is for those who are lost, not for those who go.
async fn say_goodbye(client: &AsyncClient, mut events: EventLoop) {
    let said = client.try_publish(CONTROL, QoS::AtLeastOnce, true, OFFLINE).and_then(|()| client.try_disconnect());
    let sent = async { while events.poll().await.is_ok() {} };
    if said.is_err() || tokio::time::timeout(LAST_WORDS, sent).await.is_err() {
        tracing::warn!("the MQTT broker did not hear that we go: our last will tells it");
    }
}
