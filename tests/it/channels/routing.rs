//! Which channel a topic leads to, and routers that cannot be.

use bennu::channel::{ChannelCx, ChannelJoin, FromPayload as _};
use bennu::prelude::*;
use bennu::{RouteKind, RouterDefinition as _};
use serde_json::{Value, json};

use super::{Routes, site};
use crate::support::endpoint;
use crate::support::phx::Phx;

/// A channel by hand, without the macro.
struct Says<const N: u8>;

impl<const N: u8> Channel for Says<N> {
    type Socket = Anyone;

    async fn join(cx: &mut ChannelJoin<'_, Anyone>, payload: Payload) -> Result<Self, Refused> {
        let _: Value = Value::from_payload("phx_join", payload)?;
        cx.reply(json!({ "channel": N, "rest": cx.topic_rest() }))?;
        Ok(Self)
    }

    async fn handle_in(&mut self, _: &mut ChannelCx, _: &str, _: Payload) -> ChannelReply {
        ChannelReply::none()
    }
}

#[tokio::test]
async fn the_first_topic_that_matches_wins() {
    let router = Router::new()
        .channel::<Says<1>>("room:lobby")
        .channel::<Says<2>>("room:*")
        .channel::<Says<3>>("system")
        .channel::<Says<4>>("*");
    let server = endpoint(router).start().await.expect("the server starts");
    let mut phx = Phx::connect(server.addr(), "/socket").await;
    for (topic, channel, rest) in [
        ("room:lobby", 1, ""),
        ("room:lobby2", 2, "lobby2"),
        ("room:", 2, ""),
        ("room:a:b", 2, "a:b"),
        ("system", 3, ""),
        ("other", 4, "other"),
    ] {
        let reply = phx.join(topic, topic, json!({})).await;
        assert_eq!(reply["response"], json!({ "channel": channel, "rest": rest }), "{topic}");
    }
}

#[tokio::test]
async fn sockets_that_cannot_be_do_not_start() {
    let mistake = async |router: Router| endpoint(router).start().await.err().expect("an error").to_string();
    let taken = mistake(Router::new().channel::<Says<1>>("room:*").channel::<Says<2>>("room:lobby")).await;
    assert!(taken.contains("`room:lobby`") && taken.contains("`room:*`"), "{taken}");
    assert!(mistake(Router::new().channel::<Says<1>>("a").channel::<Says<2>>("a")).await.contains("`a`"));
    assert!(mistake(Router::new().channel::<Says<1>>("a*b")).await.contains("`a*b`"));
    let twice = Router::new().socket::<Anyone>("/s", |s| s).socket::<Anyone>("/s", |s| s);
    assert!(mistake(twice).await.contains("/s/websocket"));
    let scoped = Router::new().scope(Scope::new("/a"), |router| router.socket::<Anyone>("/s", |s| s));
    assert!(mistake(scoped).await.contains("top of the router"));
}

#[test]
fn sockets_are_routes() {
    let router = Routes.define();
    let paths: Vec<_> = router.routes().iter().map(ToString::to_string).collect();
    assert_eq!(paths[..2], ["GET /devices/websocket", "* /devices/longpoll"]);
    let found = router.route_info("GET", "/socket/websocket", "").expect("a route");
    assert_eq!((found.route.kind, found.route.handler), (RouteKind::Socket, "Anyone"));
    assert!(router.route_info("GET", "/socket/longpoll", "").is_none());
}

#[tokio::test]
async fn what_is_no_web_socket_is_told_so() {
    let site = site().await;
    let response = crate::support::http::get(site.server.addr(), "/socket/websocket?vsn=2.0.0", &[]).await;
    assert_eq!(response.status, 400);
}
