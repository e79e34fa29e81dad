//! Ways by which devices come that are no channels of ours: meshes and brokers. Each is a supervised child that speaks for
//! the devices that it sees; `devices` is what they share.
//!
//! Which of them there are, the environment says: `ZENOH_CONNECT` and `ZENOH_LISTEN` (see `zenoh`), `MQTT_URL` (see
//! `mqtt`), each with the feature of that name.

#[cfg(any(feature = "zenoh", feature = "mqtt", test))]
mod devices;
#[cfg(feature = "mqtt")]
pub mod mqtt;
#[cfg(feature = "zenoh")]
pub mod zenoh;

use bennu::prelude::{Child, PubSub, Result};

use crate::robots::Fleet;

/// The bridges of this program. Clones are the same ones.
#[derive(Clone, Debug, Default)]
pub struct Bridges {
    /// The mesh.
    #[cfg(feature = "zenoh")]
    pub zenoh: Option<pubsub_zenoh::ZenohPubSub>,
    /// The broker.
    #[cfg(feature = "mqtt")]
    pub mqtt: Option<mqtt::Broker>,
}

impl Bridges {
    /// Those that the environment asks for.
    ///
    /// # Errors
    /// When what it says cannot be followed, or this build lacks what it asks for.
    // Without Zenoh there is nothing to wait for.
    #[cfg_attr(not(feature = "zenoh"), allow(clippy::unused_async))]
    pub async fn from_env() -> Result<Self> {
        #[cfg(not(feature = "zenoh"))]
        lacking(&["ZENOH_CONNECT", "ZENOH_LISTEN"], "zenoh")?;
        #[cfg(not(feature = "mqtt"))]
        lacking(&["MQTT_URL"], "mqtt")?;
        Ok(Self {
            #[cfg(feature = "zenoh")]
            zenoh: zenoh::from_env().await?,
            #[cfg(feature = "mqtt")]
            mqtt: mqtt::from_env()?,
        })
    }

    /// The same, and this broker.
    #[cfg(feature = "mqtt")]
    #[must_use]
    pub fn with_mqtt(mut self, broker: mqtt::Broker) -> Self {
        self.mqtt = Some(broker);
        self
    }

    /// A pubsub that reaches other nodes, where one of the bridges can carry it.
    pub fn pubsub(&self) -> Option<PubSub> {
        #[cfg(feature = "zenoh")]
        return self.zenoh.clone().map(PubSub::with_adapter);
        #[cfg(not(feature = "zenoh"))]
        None
    }

    /// What runs as long as the fleet does.
    pub(crate) fn children(&self, fleet: &Fleet) -> Vec<Child> {
        let children: [Option<Child>; 2] = [
            #[cfg(feature = "zenoh")]
            self.zenoh.as_ref().map(|node| zenoh::child(node, fleet)),
            #[cfg(not(feature = "zenoh"))]
            None,
            #[cfg(feature = "mqtt")]
            self.mqtt.as_ref().map(|broker| mqtt::child(broker, fleet)),
            #[cfg(not(feature = "mqtt"))]
            None,
        ];
        let _ = fleet;
        children.into_iter().flatten().collect()
    }

    /// Ends the connections, when all that was said has been sent.
    #[cfg_attr(not(feature = "zenoh"), allow(clippy::unused_async))]
    pub async fn close(&self) {
        #[cfg(feature = "zenoh")]
        if let Some(node) = &self.zenoh {
            node.close().await;
        }
    }
}

/// Refuses what is asked for and not there, rather than to start without it.
#[cfg(not(all(feature = "zenoh", feature = "mqtt")))]
fn lacking(names: &[&str], feature: &str) -> Result<()> {
    match names.iter().find(|name| std::env::var_os(name).is_some()) {
        Some(name) => Err(bennu::Error::msg(format!(
            "{name} is set, and this program is built without the feature `{feature}`: build it with `--features {feature}`"
        ))),
        None => Ok(()),
    }
}
