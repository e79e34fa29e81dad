//! This repository's server.
#![allow(clippy::unused_async, reason = "`join` is written async, awaiting or not")]

use anyhow::Result;
use bennu::prelude::{ChannelCx, Endpoint, Limits, Payload, Refused, Router, channel};

struct Room;

#[channel]
impl Room {
    async fn join() -> Result<Self, Refused> {
        Ok(Self)
    }

    #[handle_in]
    fn echo(&mut self, payload: Payload) -> Result<Payload, Refused> {
        Ok(payload)
    }

    #[handle_in]
    fn say(&mut self, cx: &mut ChannelCx, payload: Payload) -> Result<(), Refused> {
        Ok(cx.broadcast("said", payload)?)
    }
}

pub(super) async fn serve() -> Result<()> {
    let mut limits = Limits::default();
    limits.max_message_rate = u32::MAX;
    let router = Router::new().channel::<Room>("room:*");
    let endpoint = Endpoint::new().addr(([127, 0, 0, 1], 0)).limits(limits).router(router);
    let server = endpoint.start().await?;
    super::obey(server.addr().port()).await?;
    Ok(server.stop().await?)
}
