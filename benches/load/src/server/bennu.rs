//! This repository's server.

use anyhow::Result;
use bennu::Endpoint;

use crate::pages::bennu::{Routes, fleet};

pub(super) async fn serve() -> Result<()> {
    let endpoint = Endpoint::new().addr(([127, 0, 0, 1], 0)).router(Routes);
    let pubsub = endpoint.pubsub();
    let server = endpoint.start().await?;
    let topic = fleet();
    super::obey(server.addr().port(), |telemetry| {
        pubsub.broadcast(&topic, telemetry);
    })
    .await?;
    Ok(server.stop().await?)
}
