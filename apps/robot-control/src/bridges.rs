//! Ways by which devices come that are no channels of ours: meshes and brokers. Each is a supervised child that speaks for
//! the devices that it sees; `devices` is what they share.
//!
//! Which of them there are, the environment says: `ZENOH_CONNECT` and `ZENOH_LISTEN` (see `zenoh`, with the feature of
//! that name).

#![cfg_attr(
    not(feature = "zenoh"),
    allow(clippy::unused_async, clippy::unused_self, reason = "without a bridge there is nothing to wait for")
)]

#[cfg(any(feature = "zenoh", test))]
mod devices;
#[cfg(feature = "zenoh")]
pub mod zenoh;

use bennu::prelude::{Child, PubSub, Result};

use crate::robots::Fleet;

/// The bridges of this program, connected. Clones are the same ones.
#[derive(Clone, Debug, Default)]
pub struct Bridges {
    /// The mesh.
    #[cfg(feature = "zenoh")]
    pub zenoh: Option<pubsub_zenoh::ZenohPubSub>,
}

impl Bridges {
    /// Those that the environment asks for.
    ///
    /// # Errors
    /// When what it says cannot be followed, or this build lacks what it asks for.
    pub async fn from_env() -> Result<Self> {
        #[cfg(feature = "zenoh")]
        return Ok(Self { zenoh: zenoh::from_env().await? });
        #[cfg(not(feature = "zenoh"))]
        lacking(&["ZENOH_CONNECT", "ZENOH_LISTEN"], "zenoh")
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
        #[cfg(feature = "zenoh")]
        return self.zenoh.iter().map(|node| zenoh::child(node, fleet)).collect();
        #[cfg(not(feature = "zenoh"))]
        {
            let _ = fleet;
            Vec::new()
        }
    }

    /// Ends the connections, when all that was said has been sent.
    pub async fn close(&self) {
        #[cfg(feature = "zenoh")]
        if let Some(node) = &self.zenoh {
            node.close().await;
        }
    }
}

/// Refuses what is asked for and not there, rather than to start without it.
#[cfg(not(feature = "zenoh"))]
fn lacking(names: &[&str], feature: &str) -> Result<Bridges> {
    match names.iter().find(|name| std::env::var_os(name).is_some()) {
        Some(name) => Err(bennu::Error::msg(format!(
            "{name} is set, and this program is built without the feature `{feature}`: build it with `--features {feature}`"
        ))),
        None => Ok(Bridges::default()),
    }
}
