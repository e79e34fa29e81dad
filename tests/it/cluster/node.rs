//! What a node serves. Its tests are those of its neighbours.

use std::collections::BTreeMap;
use std::env;
use std::io::Read as _;

use bennu::ecto::PostgresPubSub;
use bennu::prelude::*;
use bennu::presence::{Presence, PresenceDiff, PresenceEntry, Tracked};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::ROOM;

/// Where somebody is connected.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Seat {
    node: String,
}

/// The node's own seat.
#[derive(Clone)]
struct Here(Seat);

#[derive(Serialize, Deserialize)]
struct Note(String);

fn notes() -> Topic<Note> {
    topic::<Note>("notes").distributed()
}

/// Who is in the room, and the last note.
#[derive(LiveView)]
struct LoungeLive {
    /// By `phx_ref`, so that what was listed and then is told is no one else.
    here: BTreeMap<String, String>,
    note: String,
    seat: Seat,
    who: String,
    /// As long as a browser shows it.
    mine: Option<Tracked<Seat>>,
}

#[live_view]
impl LoungeLive {
    async fn mount(cx: &mut Mount) -> Result<Self> {
        let presence = cx.state::<Presence<Seat>>().clone();
        cx.subscribe(presence.diffs(ROOM));
        cx.subscribe(notes());
        let who = cx.params().get("who").unwrap_or_default().to_owned();
        let here = refs(&presence.list(ROOM).await).collect();
        Ok(Self { here, note: String::new(), seat: cx.state::<Here>().0.clone(), who, mine: None })
    }

    fn connected(&mut self, cx: &mut Cx) -> Result<()> {
        self.mine = Some(cx.state::<Presence<Seat>>().track(ROOM, &self.who, &self.seat)?);
        Ok(())
    }

    fn disconnected(&mut self) {
        self.mine = None;
    }

    #[event]
    fn say(&mut self, cx: &mut Cx, text: String) {
        cx.broadcast(&notes(), Note(text));
    }

    #[info]
    fn noted(&mut self, note: &Note) {
        self.note.clone_from(&note.0);
    }

    #[info]
    fn moved(&mut self, diff: &PresenceDiff<Seat>) {
        for (phx_ref, _) in refs(&diff.leaves) {
            self.here.remove(&phx_ref);
        }
        self.here.extend(refs(&diff.joins));
    }

    fn render(&self) -> Element {
        let mut here: Vec<_> = self.here.values().map(String::as_str).collect();
        here.sort_unstable();
        let here = here.join(" ");
        rsx! {
            p { "here: {here}." }
            p { "note: {self.note}." }
        }
    }
}

fn refs(entries: &BTreeMap<String, PresenceEntry<Seat>>) -> impl Iterator<Item = (String, String)> {
    entries.iter().flat_map(|(key, entry)| entry.metas.iter().map(|meta| (meta.phx_ref.clone(), key.clone())))
}

/// Is there, and does not look round.
#[derive(LiveView)]
struct SeatLive {
    clicks: u32,
    who: String,
    mine: Option<Tracked<Seat>>,
}

#[live_view]
impl SeatLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        Ok(Self { clicks: 0, who: cx.params().get("who").unwrap_or_default().to_owned(), mine: None })
    }

    fn connected(&mut self, cx: &mut Cx) -> Result<()> {
        self.mine = Some(cx.state::<Presence<Seat>>().track(ROOM, &self.who, &cx.state::<Here>().0)?);
        Ok(())
    }

    fn disconnected(&mut self) {
        self.mine = None;
    }

    #[event]
    fn click(&mut self) {
        self.clicks += 1;
    }

    fn render(&self) -> Element {
        rsx! { p { "clicks {self.clicks}." } }
    }
}

#[derive(Deserialize)]
struct Guest {
    who: String,
}

struct AfterJoin;

struct Room {
    _mine: Tracked<Seat>,
}

#[channel]
impl Room {
    async fn join(cx: &mut ChannelJoin<'_, Anyone>, guest: Guest) -> Result<Self, Refused> {
        cx.send(AfterJoin);
        Ok(Self { _mine: cx.state::<Presence<Seat>>().track(cx.topic(), &guest.who, &cx.state::<Here>().0)? })
    }

    #[handle_info]
    async fn after_join(&mut self, cx: &mut ChannelCx, _: &AfterJoin) {
        let present = cx.state::<Presence<Seat>>().list(cx.topic()).await;
        drop(cx.push("presence_state", present));
    }

    #[handle_in]
    fn say(&mut self, cx: &mut ChannelCx, text: Payload) -> Result<(), Refused> {
        Ok(cx.broadcast("said", text)?)
    }
}

async fn present(presence: State<Presence<Seat>>, conn: Conn) -> Json<BTreeMap<String, PresenceEntry<Seat>>> {
    Json(presence.list(conn.params().get("topic").unwrap_or_default()).await)
}

/// How many of the room are at which node.
async fn seats(presence: State<Presence<Seat>>) -> Json<BTreeMap<String, usize>> {
    let mut seats = BTreeMap::new();
    let metas = presence.list(ROOM).await.into_values().flat_map(|entry| entry.metas);
    metas.for_each(|meta| *seats.entry(meta.value.node).or_default() += 1);
    Json(seats)
}

async fn log_out(conn: Conn) -> Json<serde_json::Value> {
    bennu::session::disconnect(conn.pubsub(), conn.params().get("id").unwrap_or_default());
    Json(json!({}))
}

router! {
    channel "room:*" => Room;
    live "/lounge" => LoungeLive;
    live "/seat" => SeatLive;
    get "/present/:topic" => present;
    get "/seats" => seats;
    get "/log-out/:id" => log_out;
}

#[test]
#[ignore = "it is a node, which other tests start"]
fn run() {
    let Ok(name) = env::var("CLUSTER_NODE") else { return };
    // Whoever started this is gone when its end of the pipe is.
    std::thread::spawn(|| {
        drop(std::io::stdin().read_to_end(&mut Vec::new()));
        std::process::exit(1);
    });
    tracing_subscriber::fmt().with_ansi(false).with_writer(std::io::stderr).init();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(serve(name)).expect("it serves until it is told to stop");
}

async fn serve(name: String) -> Result<()> {
    let url = env::var("CLUSTER_DATABASE").expect("a database");
    let channel = env::var("CLUSTER_CHANNEL").expect("a channel");
    let adapter = PostgresPubSub::builder(url).channel(channel).connect().await?;
    let endpoint = Endpoint::from_env()?.router(Routes).with_pubsub(PubSub::with_adapter(adapter));
    let presence = Presence::<Seat>::builder("people").start(&endpoint.pubsub());
    bennu::serve(endpoint.state(presence).state(Here(Seat { node: name }))).await
}
