//! A browser on a `dioxus-liveview` page. It sends what that crate's script sends; edits are counted, not applied.

use anyhow::{Context as _, Result, bail};
use dioxus_core::{Mutation, VirtualDom};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::Message;

use super::counted::Counter;
use super::{Client, Loaded, Socket, Traffic, http, open};
use crate::pages::{Page, dioxus};

/// The server also sends frames that hold no edit at all; they are 37 bytes long.
const EMPTY_FRAME: usize = 37;

pub(crate) struct Dioxus {
    socket: Socket,
    counter: Counter,
    /// What the script sends for a click on the button.
    click: Option<String>,
}

impl Client for Dioxus {
    async fn connect(port: u16, page: Page, _witness: bool) -> Result<(Self, Loaded)> {
        let path = format!("/{}", page.name());
        let answer = http::get(port, &path).await?;
        let (socket, counter) = open(port, &format!("{path}/ws"), None).await?;
        let click = button(page).map(click);
        let mut client = Self { socket, counter, click };
        client.update().await?;
        let loaded =
            Loaded { get: answer.bytes, html: answer.body.len() as u64, join: client.traffic(), ..Loaded::default() };
        Ok((client, loaded))
    }

    async fn click(&mut self) -> Result<()> {
        let click = self.click.clone().context("the page has no button")?;
        self.socket.send(Message::Text(click.into())).await?;
        self.update().await
    }

    async fn follow(&mut self, until: Instant) -> Result<u64> {
        let mut updates = 0;
        while let Ok(update) = timeout_at(until, self.update()).await {
            update?;
            updates += 1;
        }
        Ok(updates)
    }

    async fn keep_alive(&mut self) -> Result<()> {
        self.socket.send(Message::Text("__ping__".into())).await?;
        while self.next().await?.first() != Some(&0) {}
        Ok(())
    }

    fn traffic(&self) -> Traffic {
        Traffic { down: self.counter.down(), up: self.counter.up(), acks: 0 }
    }

    /// Its edits are counted only, so there is nothing to look at.
    fn verify(&self) -> Result<()> {
        Ok(())
    }
}

impl Dioxus {
    /// Waits for a frame with edits.
    async fn update(&mut self) -> Result<()> {
        loop {
            let frame = self.next().await?;
            if frame.first() == Some(&1) && frame.len() > EMPTY_FRAME {
                return Ok(());
            }
        }
    }

    async fn next(&mut self) -> Result<Vec<u8>> {
        match self.socket.next().await.context("the server closed the socket")?? {
            Message::Binary(bytes) => Ok(bytes.into()),
            other => bail!("unexpected: {other}"),
        }
    }
}

/// The id of the element that listens to clicks: ids are given out alike in every session.
fn button(page: Page) -> Option<usize> {
    page.event()?;
    let mut dom = VirtualDom::new(dioxus::app(page));
    let edits = dom.rebuild_to_vec().edits;
    edits.iter().find_map(|edit| match edit {
        Mutation::NewEventListener { name, id } if name == "click" => Some(id.0),
        _ => None,
    })
}

/// A click as Chromium's `PointerEvent` and the script's serialiser make it.
fn click(element: usize) -> String {
    let data = json!({
        "alt_key": false, "button": 0, "buttons": 0, "client_x": 137, "client_y": 84, "ctrl_key": false, "meta_key": false,
        "offset_x": 21, "offset_y": 10, "page_x": 137, "page_y": 84, "screen_x": 137, "screen_y": 171, "shift_key": false,
        "pointer_id": 1, "width": 1, "height": 1, "pressure": 0, "tangential_pressure": 0, "tilt_x": 0, "tilt_y": 0, "twist": 0,
        "pointer_type": "mouse", "is_primary": false, "values": [], "valid": true, "value": "",
    });
    json!({ "method": "user_event", "params": { "name": "click", "element": element, "data": data, "bubbles": true } })
        .to_string()
}
