//! Frames as they stand on the wire, and those that are none.

use bennu::prelude::*;
use serde_json::json;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, FrameHeader};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

use super::{site, site_with};
use crate::support::phx::{Phx, Said, binary_push};

#[tokio::test]
async fn arrays_of_five_go_both_ways() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.send(json!(["1", "1", "room:7", "phx_join", { "name": "Ada" }])).await;
    let joined = json!({ "status": "ok", "response": { "rest": "7", "you": { "name": "Ada" } } });
    assert_eq!(phx.text().await, json!(["1", "1", "room:7", "phx_reply", joined]));
    phx.send(json!(["1", "2", "room:7", "command", { "speed": 2.5, "direction": "left" }])).await;
    assert_eq!(phx.text().await, json!(["1", null, "room:7", "turning", { "direction": "left" }]));
    let accepted = json!({ "status": "ok", "response": { "id": 1, "speed": 2.5 } });
    assert_eq!(phx.text().await, json!(["1", "2", "room:7", "phx_reply", accepted]));
}

#[tokio::test]
async fn clients_that_name_no_version_speak_objects() {
    let site = site().await;
    for query in ["", "?vsn=1.0.0"] {
        let url = format!("/socket/websocket{query}");
        let mut phx = Phx::try_connect(site.server.addr(), &url, &[]).await.expect("a socket");
        phx.send(json!({ "topic": "room:7", "event": "phx_join", "payload": {}, "ref": "1" })).await;
        let joined = phx.text().await;
        assert_eq!((&joined["event"], &joined["ref"]), (&json!("phx_reply"), &json!("1")));
        assert_eq!(joined["payload"]["status"], "ok");
        phx.send(json!({ "topic": "room:7", "event": "say", "payload": { "a": 1 }, "ref": "2" })).await;
        let said = phx.text().await;
        assert_eq!((&said["event"], &said["payload"]), (&json!("said"), &json!({ "a": 1 })));
        assert_eq!(phx.text().await["ref"], "2");
    }
}

#[tokio::test]
async fn a_version_that_nobody_speaks_is_refused() {
    let site = site().await;
    for vsn in ["3.0.0", "2.1.0", "x", ""] {
        let url = format!("/socket/websocket?vsn={vsn}");
        assert_eq!(Phx::refusal(site.server.addr(), &url, &[]).await.0, 400, "{vsn}");
    }
}

#[tokio::test]
async fn bytes_go_both_ways() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    let mut other = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", "room:7").await;
    other.joined("9", "room:7").await;
    phx.send_raw(binary_push("1", "12", "room:7", "echo", &[0, 255, 1])).await;
    assert_eq!(phx.hear().await, Said::Binary(b"\x00\x01\x06\x061room:7echoed\x00\xff\x01".to_vec()));
    assert_eq!(phx.hear().await, Said::Binary(b"\x01\x01\x02\x06\x02112room:7ok\x00\xff\x01".to_vec()));
    phx.send_raw(binary_push("1", "13", "room:7", "say", &[7])).await;
    let all = Said::Binary(b"\x02\x06\x04room:7said\x07".to_vec());
    assert_eq!(phx.hear().await, all);
    assert_eq!(other.hear().await, all);
}

#[tokio::test]
async fn bytes_for_a_handler_that_wants_json_are_refused_and_the_channel_goes_on() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", "room:7").await;
    phx.send_raw(binary_push("1", "2", "room:7", "command", &[1])).await;
    let reply = phx.reply_to("2").await;
    assert_eq!(reply["status"], "error");
    assert!(reply["response"]["reason"].as_str().is_some_and(|reason| reason.contains("`command`")), "{reply}");
    assert_eq!(phx.push("1", "3", "room:7", "count", json!({})).await["status"], "ok");
}

#[tokio::test]
async fn what_has_no_form_in_bytes_is_said_to_have_failed() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    let topic = format!("room:{}", "x".repeat(250));
    phx.joined("1", &topic).await;
    // The topic, of 255 bytes, fits; the ref of a text frame may be longer, and bytes are not asked for.
    let reference = "r".repeat(300);
    let answer = phx.push("1", &reference, &topic, "echo", json!({ "a": 1 })).await;
    assert_eq!(answer["response"], json!({ "a": 1 }), "JSON has no such bound");
    phx.send(json!(["1", reference, topic, "bytes", {}])).await;
    assert_eq!(phx.reply_to(&reference).await, json!({ "status": "error", "response": { "reason": "failed" } }));
    assert_eq!(phx.push("1", "3", &topic, "count", json!({})).await["status"], "ok", "the channel goes on");
}

#[tokio::test]
async fn frames_that_are_none_close_the_socket() {
    let site = site().await;
    let malformed = [
        Message::text(""),
        Message::text("{}"),
        Message::text("[1,2,3,4,5]"),
        Message::text("[\"1\",\"1\",\"room:1\",\"phx_join\"]"),
        Message::text("[".repeat(100_000)),
        Message::binary(vec![]),
        Message::binary(vec![0]),
        Message::binary(vec![0, 255, 255, 255, 255]),
        Message::binary(vec![1, 0, 0, 0, 0]),
        Message::binary(vec![0, 1, 0, 0, 0, 0xff]),
    ];
    for message in malformed {
        let mut phx = Phx::connect(site.server.addr(), "/socket").await;
        phx.joined("1", "room:1").await;
        phx.send_raw(message.clone()).await;
        assert_eq!(phx.closed().await, Some(1002), "{message:.40}");
    }
}

#[tokio::test]
async fn a_frame_that_is_too_large_closes_the_socket() {
    let mut limits = Limits::default();
    limits.max_message_size = 10_000;
    let site = site_with(limits).await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", "room:1").await;
    let reply = phx.push("1", "2", "room:1", "echo", json!({ "text": "x".repeat(9_000) })).await;
    assert_eq!(reply["status"], "ok");
    phx.send_raw(Message::text(json!(["1", "3", "room:1", "echo", "x".repeat(10_000)]).to_string())).await;
    assert!(matches!(phx.closed().await, Some(1009) | None));
}

#[tokio::test]
async fn a_flood_closes_the_socket() {
    let mut limits = Limits::default();
    limits.max_message_rate = 50;
    let site = site_with(limits).await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    phx.joined("1", "room:1").await;
    for _ in 0..200 {
        phx.send_raw(Message::text(json!(["1", null, "room:1", "quiet", {}]).to_string())).await;
    }
    assert_eq!(phx.closed().await, Some(1008));
}

#[tokio::test]
async fn names_that_mean_something_elsewhere_mean_nothing_here() {
    let site = site().await;
    let mut phx = Phx::connect(site.server.addr(), "/socket").await;
    for name in ["__proto__", "constructor", "toString", "phx_reply", "phx_close"] {
        let topic = format!("room:{name}");
        phx.joined(name, &topic).await;
        let mut payload = serde_json::Map::new();
        payload.insert(name.to_owned(), json!({ "polluted": true }));
        let reply = phx.push(name, "2", &topic, "echo", payload.clone().into()).await;
        assert_eq!(reply["response"], json!(payload));
        assert_eq!(phx.push(name, "3", &topic, name, json!({})).await["status"], "error");
    }
    let reply = phx.join("x", "__proto__", json!({})).await;
    assert_eq!(reply, json!({ "status": "error", "response": { "reason": "unmatched topic" } }));
}

/// RFC 6455, 5.5.1: else a browser takes it for a connection that broke.
#[tokio::test]
async fn a_client_that_closes_is_answered() {
    let site = site().await;
    for path in ["/socket", "/live"] {
        let mut phx = Phx::connect(site.server.addr(), path).await;
        phx.send_raw(Message::Close(Some(CloseFrame { code: 1000.into(), reason: "bye".into() }))).await;
        assert_eq!(phx.closed().await, Some(1000), "{path}");
    }
}

#[tokio::test]
async fn who_does_not_speak_websocket_is_told_what_was_wrong() {
    let site = site().await;
    for path in ["/socket", "/live"] {
        for (opcode, payload, code) in [
            (OpCode::Data(Data::Text), vec![0xff], 1007),
            (OpCode::Data(Data::Continue), vec![b'x'], 1002),
            (OpCode::Control(Control::Ping), vec![b'x'; 126], 1002),
            (OpCode::Data(Data::Reserved(3)), vec![b'x'], 1002),
        ] {
            let frame = Frame::from_payload(FrameHeader { opcode, ..FrameHeader::default() }, payload.into());
            let mut phx = Phx::connect(site.server.addr(), path).await;
            phx.send_raw(Message::Frame(frame)).await;
            assert_eq!(phx.closed().await, Some(code), "{path} {opcode:?}");
        }
    }
}

/// RFC 6455, 4.4.
#[tokio::test]
async fn a_handshake_of_another_version_is_told_ours() {
    let site = site().await;
    for path in ["/socket", "/live"] {
        let url = format!("{path}/websocket?vsn=2.0.0");
        let refused = Phx::try_connect(site.server.addr(), &url, &[("sec-websocket-version", "8")]).await.err();
        let Some(WsError::Http(answer)) = refused else { panic!("{path}: {refused:?}") };
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["sec-websocket-version"]),
            (426, &"13".parse().unwrap())
        );
    }
}
