//! Channels for the tests with `phoenix.js`.

use bennu::prelude::*;
use bennu::presence::{Presence, Tracked};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Whoever has a name, by a parameter or a token.
pub struct Guest {
    name: String,
}

impl Socket for Guest {
    async fn connect(cx: &mut SocketConnect) -> Result<Self, Refused> {
        let name = cx.token().or_else(|| cx.params().get("name")).ok_or_else(|| Refused::new("who are you?"))?;
        Ok(Self { name: name.to_owned() })
    }

    fn id(&self) -> Option<String> {
        Some(format!("guests:{}", self.name))
    }
}

pub struct GuestRoom {
    name: String,
}

#[channel]
impl GuestRoom {
    type Socket = Guest;

    async fn join(cx: &mut ChannelJoin<'_, Guest>, payload: Payload) -> Result<Self, Refused> {
        if cx.topic_rest() == "locked" {
            return Err(Refused::unauthorized());
        }
        let name = cx.socket().name.clone();
        cx.reply(json!({ "name": name, "payload": payload.to_value() }))?;
        Ok(Self { name })
    }

    #[handle_in]
    fn who(&self) -> Result<Value, Refused> {
        Ok(json!({ "name": self.name }))
    }

    #[handle_in]
    fn echo(&mut self, cx: &mut ChannelCx, payload: Payload) -> Result<Payload, Refused> {
        cx.push("echoed", payload.clone())?;
        Ok(payload)
    }

    #[handle_in]
    fn refuse(&mut self) -> Result<(), Refused> {
        Err(Refused::new("no"))
    }

    #[handle_in]
    fn silence(&mut self) {}

    #[handle_in]
    fn say(&mut self, cx: &mut ChannelCx, payload: Payload) -> Result<(), Refused> {
        Ok(cx.broadcast("said", payload)?)
    }

    #[handle_in]
    fn shout(&mut self, cx: &mut ChannelCx, payload: Payload) -> Result<(), Refused> {
        Ok(cx.broadcast_from("said", payload)?)
    }

    #[handle_in]
    fn crash(&mut self) {
        panic!("as a test wants");
    }

    #[handle_in]
    fn stop(&mut self) -> Stop {
        Stop
    }

    /// Closes all sockets of this guest.
    #[handle_in]
    fn disconnect(&mut self, cx: &mut ChannelCx) {
        bennu::session::disconnect(cx.pubsub(), &format!("guests:{}", self.name));
    }
}

/// What is known of who is in a lobby.
#[derive(Serialize, Deserialize)]
pub struct Seat {
    mood: String,
}

/// A room that shows who is in it.
pub struct Lobby {
    tracked: Tracked<Seat>,
}

struct AfterJoin;

#[channel]
impl Lobby {
    type Socket = Guest;

    async fn join(cx: &mut ChannelJoin<'_, Guest>) -> Result<Self, Refused> {
        cx.send(AfterJoin);
        let seat = Seat { mood: "new".to_owned() };
        Ok(Self { tracked: cx.state::<Presence<Seat>>().track(cx.topic(), &cx.socket().name, &seat)? })
    }

    #[handle_info]
    async fn after_join(&mut self, cx: &mut ChannelCx, _: &AfterJoin) {
        let present = cx.state::<Presence<Seat>>().list(cx.topic()).await;
        // Strings have a form in JSON.
        let _ = cx.push("presence_state", present);
    }

    #[handle_in]
    fn mood(&mut self, seat: Seat) -> Result<(), Refused> {
        Ok(self.tracked.update(&seat)?)
    }
}
