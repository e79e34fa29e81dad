//! Who may connect, what is known of them, and how they are let go.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bennu::channel::Transport;
use bennu::prelude::*;
use bennu::session::{OriginCheck, SecretKey, Session, SessionCookie, Signer, csrf, disconnect};
use bennu::telemetry::{self, ChannelHandledIn, ChannelJoined, JoinResult, SocketConnected};
use serde_json::json;

use super::{Anyone, site};
use crate::support::phx::Phx;
use crate::support::{endpoint, start};

#[tokio::test]
async fn a_connection_that_is_refused_is_403_with_the_reason() {
    let site = site().await;
    let addr = site.server.addr();
    let refused = Phx::refusal(addr, "/devices/websocket?vsn=2.0.0", &[]).await;
    assert_eq!(refused, (403, json!({ "reason": "which robot?" }).to_string()));
    let mut phx = Phx::try_connect(addr, "/devices/websocket?vsn=2.0.0&robot=3", &[]).await.expect("a socket");
    phx.joined("1", "robot:3").await;
    assert_eq!(phx.push("1", "2", "robot:3", "who", json!({})).await["response"], json!({ "robot": 3 }));
    assert_eq!(phx.join("4", "robot:4", json!({})).await["response"]["reason"], "unauthorized");
}

/// Answers in its own way.
struct Picky;

impl Socket for Picky {
    async fn connect(cx: &mut SocketConnect) -> Result<Self, Refused> {
        let limit = cx.x_headers().iter().any(|(name, value)| name == "x-patience" && value == "none");
        if limit { Err(Refused::new("too many")) } else { Ok(Self) }
    }

    fn refused(refused: &Refused) -> Response {
        (axum::http::StatusCode::TOO_MANY_REQUESTS, refused.reason().to_owned()).into_response()
    }
}

#[tokio::test]
async fn a_socket_may_refuse_in_its_own_way() {
    let server = start(Router::new().socket::<Picky>("/picky", |socket| socket)).await;
    let url = "/picky/websocket?vsn=2.0.0";
    assert_eq!(Phx::refusal(server.addr(), url, &[("x-patience", "none")]).await, (429, "too many".to_owned()));
    assert_eq!(Phx::refusal(server.addr(), url, &[]).await.0, 101);
}

#[tokio::test]
async fn a_token_comes_outside_of_the_url() {
    let site = site().await;
    let (addr, url) = (site.server.addr(), "/devices/websocket?vsn=2.0.0");
    // What `phoenix.js` sends: base64 of `robot 7`, without padding.
    let protocols = ("sec-websocket-protocol", "phoenix, base64url.bearer.phx.cm9ib3QgNw");
    let mut phx = Phx::try_connect(addr, url, &[protocols]).await.expect("a socket");
    assert_eq!(phx.response.headers()["sec-websocket-protocol"], "phoenix", "the token is not sent back");
    phx.joined("1", "robot:7").await;
    let mut phx = Phx::try_connect(addr, url, &[("authorization", "Bearer robot 8")]).await.expect("a socket");
    phx.joined("1", "robot:8").await;
    assert_eq!(Phx::refusal(addr, url, &[("authorization", "Bearer nobody")]).await.0, 403);
}

struct Signed;

/// The token's signer, as state of the endpoint.
struct Tokens(Signer);

impl Socket for Signed {
    async fn connect(cx: &mut SocketConnect) -> Result<Self, Refused> {
        let user: String = cx.state::<Tokens>().0.verify(cx.token(), Duration::from_mins(1))?;
        if user == "ada" { Ok(Self) } else { Err(Refused::unauthorized()) }
    }
}

#[tokio::test]
async fn a_signed_token_is_good_for_its_time() {
    let signer = SecretKey::generate().signer("sockets");
    let fresh = signer.sign("ada").expect("a text");
    let old = signer.sign_at("ada", std::time::SystemTime::now() - Duration::from_secs(61)).expect("a text");
    let router = Router::new().socket::<Signed>("/signed", |socket| socket);
    let server = endpoint(router).state(Tokens(signer)).start().await.expect("the server starts");
    let url = "/signed/websocket?vsn=2.0.0";
    for (token, status) in [(&*fresh, 101), (&old, 403), ("forged", 403)] {
        let header = format!("Bearer {token}");
        assert_eq!(Phx::refusal(server.addr(), url, &[("authorization", &header)]).await.0, status);
    }
}

#[tokio::test]
async fn other_sites_may_not_connect_unless_the_socket_says_so() {
    let site = site().await;
    let url = "/socket/websocket?vsn=2.0.0";
    assert_eq!(Phx::refusal(site.server.addr(), url, &[("origin", "https://evil.example")]).await.0, 403);
    let own = format!("http://{}", site.server.addr());
    assert_eq!(Phx::refusal(site.server.addr(), url, &[("origin", &own)]).await.0, 101);
    let friends = OriginCheck::list(["https://friend.example"]).expect("an origin");
    let server = start(Router::new().socket::<Anyone>("/open", |socket| socket.check_origin(friends))).await;
    for (origin, status) in [("https://friend.example", 101), ("https://evil.example", 403), ("null", 403)] {
        let (found, _) = Phx::refusal(server.addr(), "/open/websocket?vsn=2.0.0", &[("origin", origin)]).await;
        assert_eq!(found, status, "{origin}");
    }
}

#[tokio::test]
async fn a_socket_that_checks_neither_origins_nor_csrf_tokens_does_not_start() {
    let router = || Router::new().socket::<Anyone>("/open", |socket| socket.check_csrf(false));
    let refused = endpoint(router()).check_origin(OriginCheck::Any).start().await.err().expect("an error");
    assert!(refused.to_string().contains("/open"), "{refused}");
    assert!(endpoint(router()).start().await.is_ok());
    let router = Router::new().socket::<Anyone>("/open", |socket| socket.check_origin(OriginCheck::Any));
    assert!(endpoint(router).start().await.is_ok());
}

#[tokio::test]
async fn the_session_is_known_with_a_csrf_token_and_not_without() {
    let secret = SecretKey::generate();
    let endpoint = endpoint(super::Routes).state(Arc::<super::Gates>::default()).secret(secret.clone());
    let server = endpoint.start().await.expect("the server starts");
    let mut session = Session::default();
    session.insert("user", "ada").expect("a text");
    let token = csrf::token(&mut session);
    let set = SessionCookie::new(&secret).write(&session).expect("small");
    let cookie = set.split(';').next().expect("name and value");
    for (csrf, user) in [(&*token, json!("ada")), ("forged", json!(null)), ("", json!(null))] {
        let url = format!("/devices/websocket?vsn=2.0.0&robot=3&_csrf_token={csrf}");
        let mut phx = Phx::try_connect(server.addr(), &url, &[("cookie", cookie)]).await.expect("a socket");
        assert_eq!(phx.join("1", "robot:3", json!({})).await["response"], json!({ "user": user }), "{csrf}");
    }
}

#[tokio::test]
async fn a_disconnect_closes_all_sockets_of_an_id_and_no_others() {
    let site = site().await;
    let connect = async |robot: i64| {
        let url = format!("/devices/websocket?vsn=2.0.0&robot={robot}");
        Phx::try_connect(site.server.addr(), &url, &[]).await.expect("a socket")
    };
    let (mut one, mut two, mut other) = (connect(3).await, connect(3).await, connect(4).await);
    one.joined("1", "robot:3").await;
    disconnect(site.server.pubsub(), "robots:3");
    assert_eq!((one.closed().await, two.closed().await), (Some(1001), Some(1001)));
    other.joined("1", "robot:4").await;
    // Whoever comes back is asked anew.
    connect(3).await.joined("1", "robot:3").await;
}

/// Is let in slowly.
struct Slow;

impl Socket for Slow {
    async fn connect(cx: &mut SocketConnect) -> Result<Self, Refused> {
        let gates = cx.state::<Arc<super::Gates>>();
        gates.entered.notify_one();
        gates.open.notified().await;
        Ok(Self)
    }

    fn id(&self) -> Option<String> {
        Some("users:7".to_owned())
    }
}

#[tokio::test]
async fn a_disconnect_keeps_out_who_is_just_connecting() {
    let gates = Arc::<super::Gates>::default();
    let router = Router::new().socket::<Slow>("/slow", |socket| socket);
    let server = endpoint(router).state(gates.clone()).start().await.expect("the server starts");
    let addr = server.addr();
    let connecting = tokio::spawn(async move { Phx::refusal(addr, "/slow/websocket?vsn=2.0.0", &[]).await.0 });
    gates.entered.notified().await;
    disconnect(server.pubsub(), "users:7");
    gates.open.notify_one();
    assert_eq!(connecting.await.expect("no panic"), 403);
    // What was found true after it is true.
    gates.open.notify_one();
    assert_eq!(Phx::refusal(addr, "/slow/websocket?vsn=2.0.0", &[]).await.0, 101);
}

#[tokio::test]
async fn a_server_that_stops_tells_its_sockets_to_come_back() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", "room:1").await;
    let stopping = tokio::spawn(site.server.stop());
    assert_eq!(phx.closed().await, Some(1012));
    stopping.await.expect("no panic").expect("it stops");
}

#[tokio::test]
async fn open_sockets_and_their_topics_are_listed() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", "room:1").await;
    phx.joined("2", "named:ada").await;
    let url = "/devices/websocket?vsn=2.0.0&robot=3";
    let _device = Phx::try_connect(site.server.addr(), url, &[]).await.expect("a socket");
    let sockets = site.server.sockets();
    assert_eq!((sockets[0].socket, &*sockets[0].path, &sockets[0].id), ("Anyone", "/socket", &None));
    assert_eq!(sockets[0].transport, Transport::WebSocket);
    let channels: Vec<_> = sockets[0].channels.iter().map(|one| (&*one.topic, one.channel, one.is_joined)).collect();
    assert_eq!(channels, [("named:ada", "Named", true), ("room:1", "Room", true)]);
    assert_eq!((sockets[1].socket, sockets[1].id.as_deref()), ("DeviceSocket", Some("robots:3")));
}

#[tokio::test]
async fn telemetry_tells_of_connections_joins_and_pushes() {
    let log = Arc::<Mutex<Vec<String>>>::default();
    let note = {
        let log = log.clone();
        move |line: String| log.lock().unwrap().push(line)
    };
    // Handlers are the whole process's: the names tell ours.
    let topic = "room:telemetry";
    let _attached = (
        telemetry::attach({
            let note = note.clone();
            move |event: &SocketConnected| {
                if event.params.get("mark") == Some("telemetry") {
                    note(format!("connected {} {:?}", event.path, event.refused));
                }
            }
        }),
        telemetry::attach({
            let note = note.clone();
            move |event: &ChannelJoined| {
                if event.topic == topic || event.topic == "robot:telemetry" {
                    let is_joined = event.result == JoinResult::Joined;
                    let params = telemetry::filter_params(&event.params);
                    note(format!("joined {} {is_joined} {:?}", event.topic, params.get("token")));
                }
            }
        }),
        telemetry::attach(move |event: &ChannelHandledIn| {
            if event.topic == topic {
                note(format!("handled {} {}", event.event, event.payload));
            }
        }),
    );
    let site = site().await;
    let addr = site.server.addr();
    Phx::refusal(addr, "/devices/websocket?vsn=2.0.0&mark=telemetry", &[]).await;
    let url = "/devices/websocket?vsn=2.0.0&robot=3&mark=telemetry";
    let mut device = Phx::try_connect(addr, url, &[]).await.expect("a socket");
    device.join("1", "robot:telemetry", json!({})).await;
    let mut phx = Phx::connect(addr, "/socket").await;
    phx.join("1", topic, json!({ "token": "secret" })).await;
    phx.push("1", "2", topic, "say", json!({ "n": 1 })).await;
    let expected = [
        "connected /devices/websocket Some(\"which robot?\")",
        "connected /devices/websocket None",
        "joined robot:telemetry false None",
        "joined room:telemetry true Some(\"[FILTERED]\")",
        "handled say {\"n\":1}",
    ];
    assert_eq!(*log.lock().unwrap(), expected);
}
