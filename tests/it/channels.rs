//! Channels, as their clients and their authors see them.

mod connecting;
mod frames;
mod handlers;
mod joins;
mod long_poll;
mod routing;
mod spreading;
mod testing;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bennu::prelude::*;
use bennu::{Server, Session};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::endpoint;

/// A robot's socket: it says who it is by a parameter, or by a token.
pub struct DeviceSocket {
    pub robot: i64,
    pub user: Option<String>,
}

impl Socket for DeviceSocket {
    async fn connect(cx: &mut SocketConnect) -> Result<Self, Refused> {
        let user = cx.session().and_then(|session: &Session| session.read("user"));
        if let Some(token) = cx.token() {
            let robot =
                token.strip_prefix("robot ").and_then(|id| id.parse().ok()).ok_or_else(Refused::unauthorized)?;
            return Ok(Self { robot, user });
        }
        let robot = cx.params().parse("robot").map_err(|_| Refused::new("which robot?"))?;
        Ok(Self { robot, user })
    }

    fn id(&self) -> Option<String> {
        Some(format!("robots:{}", self.robot))
    }
}

#[derive(Default)]
pub struct Gates {
    pub open: Notify,
    pub entered: Notify,
    /// Callbacks of `Room`s besides `join`.
    pub woken: AtomicUsize,
    pub terminated: std::sync::Mutex<Vec<String>>,
}

#[derive(Debug, Deserialize)]
pub struct Command {
    speed: f64,
    #[serde(default)]
    direction: Option<String>,
}

#[derive(Serialize)]
pub struct Accepted {
    id: u32,
    speed: f64,
}

/// The room that does everything.
pub struct Room {
    gates: Arc<Gates>,
    messages: u32,
}

#[derive(Clone)]
pub struct Later(pub &'static str);

#[channel]
impl Room {
    async fn join(cx: &mut ChannelJoin<'_, Anyone>, payload: Payload) -> Result<Self, Refused> {
        let payload: Value = payload.to_value();
        let gates = cx.state::<Arc<Gates>>().clone();
        match cx.topic_rest() {
            "locked" => return Err(Refused::unauthorized()),
            "broken" => panic!("as this test wants"),
            "locked late" => {
                gates.entered.notify_one();
                gates.open.notified().await;
                return Err(Refused::unauthorized());
            }
            "slow" => {
                gates.entered.notify_one();
                gates.open.notified().await;
            }
            "welcome" => cx.send(Later("welcome")),
            _ => {}
        }
        cx.subscribe(&topic::<Later>("later"));
        cx.reply(json!({ "rest": cx.topic_rest(), "you": payload }))?;
        Ok(Self { gates, messages: 0 })
    }

    #[handle_in("command")]
    async fn command(&mut self, cx: &mut ChannelCx, command: Command) -> Result<Accepted, Refused> {
        if command.speed > 10.0 {
            return Err(Refused::new("too fast"));
        }
        if let Some(direction) = &command.direction {
            cx.push("turning", json!({ "direction": direction }))?;
        }
        self.messages += 1;
        Ok(Accepted { id: self.messages, speed: command.speed })
    }

    #[handle_in]
    fn echo(&mut self, cx: &mut ChannelCx, payload: Payload) -> Result<Payload, Refused> {
        cx.push("echoed", payload.clone())?;
        Ok(payload)
    }

    #[handle_in]
    fn bytes(&mut self) -> Result<Payload, Refused> {
        Ok(Payload::binary(vec![1, 2, 3]))
    }

    #[handle_in]
    fn quiet(&mut self) {
        self.messages += 1;
    }

    #[handle_in]
    fn count(&self) -> Result<Value, Refused> {
        Ok(json!({ "messages": self.messages }))
    }

    #[handle_in]
    fn fail(&mut self) -> Result<(), Refused> {
        "no number".parse::<i32>()?;
        Ok(())
    }

    #[handle_in]
    fn say(&mut self, cx: &mut ChannelCx, payload: Payload) -> Result<(), Refused> {
        Ok(cx.broadcast("said", payload)?)
    }

    #[handle_in]
    fn shout(&mut self, cx: &mut ChannelCx, payload: Payload) -> Result<(), Refused> {
        Ok(cx.broadcast_from("said", payload)?)
    }

    #[handle_in]
    fn later(&mut self, cx: &mut ChannelCx) {
        let (gates, back) = (self.gates.clone(), cx.socket_ref().expect("a ref"));
        tokio::spawn(async move {
            gates.open.notified().await;
            back.ok(json!({ "late": true }));
        });
    }

    /// By a timer, and from another task.
    #[handle_in]
    fn remind(&mut self, cx: &mut ChannelCx) {
        cx.send_after(Later("timer"), Duration::from_millis(1));
        let handle = cx.handle();
        tokio::spawn(async move { handle.send(Later("handle")).await });
    }

    #[handle_in]
    fn deafen(&mut self, cx: &mut ChannelCx) {
        cx.unsubscribe(&topic::<Later>("later"));
    }

    #[handle_in]
    async fn hold(&mut self) {
        self.gates.entered.notify_one();
        self.gates.open.notified().await;
    }

    #[handle_in]
    fn crash(&mut self) {
        panic!("as this test wants");
    }

    #[handle_in]
    fn stop(&mut self) -> Stop {
        Stop
    }

    #[handle_in]
    fn finish(&mut self) -> ChannelReply {
        ChannelReply::ok(json!({ "bye": true })).and_stop()
    }

    #[handle_info]
    fn said_later(&mut self, cx: &mut ChannelCx, later: &Later) -> Option<Stop> {
        self.gates.woken.fetch_add(1, Ordering::Relaxed);
        cx.push("later", json!({ "text": later.0 })).expect("JSON");
        (later.0 == "end").then_some(Stop)
    }

    fn terminate(&mut self, reason: &ChannelExit) {
        self.gates.terminated.lock().unwrap().push(format!("{reason:?}"));
    }
}

/// Each client gets broadcasts of `secret` with its own name, and the one called `deaf` none.
pub struct Named {
    name: String,
    gates: Arc<Gates>,
}

#[channel]
impl Named {
    type Socket = Anyone;

    async fn join(cx: &mut ChannelJoin<'_, Anyone>) -> Result<Self, Refused> {
        let name = cx.topic_rest().rsplit(':').next().unwrap_or_default().to_owned();
        Ok(Self { name, gates: cx.state::<Arc<Gates>>().clone() })
    }

    #[handle_in]
    fn name(&mut self, name: String) -> Result<(), Refused> {
        self.name = name;
        Ok(())
    }

    #[handle_out("secret")]
    fn secret(&mut self, broadcast: &Broadcast) -> Option<Value> {
        self.gates.woken.fetch_add(1, Ordering::Relaxed);
        let mut payload = broadcast.payload().to_value();
        payload["for"] = json!(self.name);
        (self.name != "deaf").then_some(payload)
    }
}

pub struct RobotChannel;

#[channel]
impl RobotChannel {
    type Socket = DeviceSocket;

    async fn join(cx: &mut ChannelJoin<'_, DeviceSocket>) -> Result<Self, Refused> {
        if cx.topic_rest() != cx.socket().robot.to_string() {
            return Err(Refused::unauthorized());
        }
        let user = cx.socket().user.clone();
        cx.reply(json!({ "user": user }))?;
        Ok(Self)
    }

    #[handle_in]
    fn who(&self, cx: &mut ChannelCx) -> Result<Value, Refused> {
        Ok(json!({ "robot": cx.socket::<DeviceSocket>().robot }))
    }
}

router! {
    socket "/devices" (longpoll = true) => DeviceSocket {
        channel "robot:*" => RobotChannel;
    }
    socket "/polled" (longpoll = true) => Anyone {
        channel "room:*" => Room;
    }
    channel "room:lobby" => Room;
    channel "room:*" => Room;
    channel "named:*" => Named;
    post "/announce" => announce;
}

async fn announce(conn: Conn) -> Result<&'static str> {
    bennu::channel::broadcast(conn.pubsub(), "room:1", "said", json!({ "by": "a controller" }))?;
    Ok("announced")
}

pub struct Site {
    pub server: Server,
    pub gates: Arc<Gates>,
}

/// A server with these limits.
pub async fn site_with(limits: Limits) -> Site {
    let gates = Arc::<Gates>::default();
    let endpoint = endpoint(Routes).state(gates.clone()).limits(limits);
    Site { server: endpoint.start().await.expect("the server starts"), gates }
}

pub async fn site() -> Site {
    site_with(Limits::default()).await
}
