//! The same by hand: a task for each socket, which has joined one room at most; a broadcast is written once and sent to all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::{Router, routing};
use serde_json::json;
use serde_json::value::RawValue;
use tokio::net::TcpListener;
use tokio::sync::broadcast::{Receiver, Sender, channel};

/// Messages that a slow socket may be behind.
const BEHIND: usize = 256;

type Rooms = Arc<Mutex<HashMap<String, Sender<Utf8Bytes>>>>;
type Push<'a> = (Option<&'a str>, Option<&'a str>, &'a str, &'a str, &'a RawValue);

pub(super) async fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let router = Router::new().route("/socket/websocket", routing::get(connect)).with_state(Rooms::default());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    super::obey(port).await?;
    serving.abort();
    Ok(())
}

/// With buffers as small as ours.
async fn connect(State(rooms): State<Rooms>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.read_buffer_size(1024).write_buffer_size(4096).on_upgrade(async move |ws| drop(run(ws, rooms).await))
}

struct Joined {
    room: Sender<Utf8Bytes>,
    heard: Receiver<Utf8Bytes>,
}

async fn run(mut ws: WebSocket, rooms: Rooms) -> Result<()> {
    let mut joined: Option<Joined> = None;
    loop {
        // Both arms may be dropped: neither loses what it has not returned.
        let message = tokio::select! {
            message = ws.recv() => message,
            said = heard(&mut joined) => {
                if let Some(said) = said {
                    ws.send(Message::Text(said)).await?;
                }
                continue;
            }
        };
        match message {
            Some(Ok(Message::Text(text))) => {
                if let Some(answer) = answer(&text, &rooms, &mut joined)? {
                    ws.send(Message::Text(answer.into())).await?;
                }
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
            Some(Ok(_)) => {}
        }
    }
}

async fn heard(joined: &mut Option<Joined>) -> Option<Utf8Bytes> {
    match joined {
        // Whoever was too slow goes on with what comes next.
        Some(joined) => joined.heard.recv().await.ok(),
        None => std::future::pending().await,
    }
}

fn answer(text: &str, rooms: &Rooms, joined: &mut Option<Joined>) -> Result<Option<String>> {
    let (join_ref, reference, topic, event, payload): Push<'_> = serde_json::from_str(text)?;
    let mut response: &RawValue = serde_json::from_str("{}")?;
    match (event, &joined) {
        ("phx_join", None) => {
            let mut rooms = rooms.lock().unwrap_or_else(PoisonError::into_inner);
            let room = rooms.entry(topic.to_owned()).or_insert_with(|| channel(BEHIND).0).clone();
            *joined = Some(Joined { heard: room.subscribe(), room });
        }
        ("say", Some(joined)) => {
            let said = serde_json::to_string(&(None::<&str>, None::<&str>, topic, "said", payload))?;
            // Without a subscriber there is nobody to send to.
            drop(joined.room.send(said.into()));
        }
        ("echo", Some(_)) => response = payload,
        ("heartbeat", _) => {}
        _ => return Ok(None),
    }
    let reply = json!({ "status": "ok", "response": response });
    Ok(Some(serde_json::to_string(&(join_ref, reference, topic, "phx_reply", reply))?))
}
