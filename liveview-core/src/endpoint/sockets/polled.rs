//! Channels over polls.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::response::Response;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::connect::{Connected, connect};
use crate::Conn;
use crate::channel::registry::Transport;
use crate::channel::{Frame, SocketDef};
use crate::endpoint::longpoll::{Inlet, Pollable, Polled};
use crate::endpoint::shared::Shared;
use crate::session::OriginCheck;

impl Pollable for Arc<SocketDef> {
    fn path(&self) -> &str {
        &self.path
    }

    fn origins<'a>(&'a self, shared: &'a Shared) -> &'a OriginCheck {
        self.origins.as_ref().unwrap_or(&shared.origins)
    }

    async fn open(&self, conn: &Conn, headers: &HeaderMap) -> Result<Polled, Response> {
        let connected = connect(conn, self, headers, Transport::LongPoll).await?;
        let outbox = connected.connection.shared().outbox.clone();
        Ok(Polled { inlet: Box::new(connected), outbox })
    }
}

impl Inlet for Connected {
    fn receive(&mut self, frames: Vec<Frame>) -> BoxFuture<'_, bool> {
        async move {
            for frame in frames {
                let Ok(mut stalled) = self.connection.receive(&frame) else { return false };
                while let Some(waiting) = stalled {
                    stalled = waiting.wait().await.and_then(|message| self.connection.handle(message));
                }
            }
            true
        }
        .boxed()
    }
}
