//! The same channels by polls over HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use bennu::channel::Transport;
use bennu::prelude::*;
use bennu::session::disconnect;
use serde_json::{Value, json};

use super::{Site, site, site_with};
use crate::support::eventually;
use crate::support::http::{self, Response, exchange};

/// A polling client.
struct Poller {
    addr: SocketAddr,
    path: &'static str,
    token: String,
}

async fn get(addr: SocketAddr, url: &str, headers: &[(&str, &str)]) -> Value {
    let response = http::get(addr, url, headers).await;
    assert_eq!(response.status, 200, "{}", response.body);
    serde_json::from_str(&response.body).expect("JSON")
}

async fn post(addr: SocketAddr, url: &str, content_type: &str, body: &str) -> Response {
    let length = body.len();
    let head = format!(
        "POST {url} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n"
    );
    exchange(addr, (head + body).as_bytes()).await
}

impl Poller {
    async fn connect(site: &Site, path: &'static str, params: &str) -> Self {
        let addr = site.server.addr();
        let opened = get(addr, &format!("{path}/longpoll?vsn=2.0.0{params}"), &[]).await;
        assert_eq!(opened["status"], 410, "{opened}");
        Self { addr, path, token: opened["token"].as_str().expect("a token").to_owned() }
    }

    fn url(&self) -> String {
        format!("{}/longpoll?vsn=2.0.0&token={}", self.path, self.token)
    }

    async fn poll(&self) -> Value {
        get(self.addr, &self.url(), &[]).await
    }

    /// The frames of the next poll.
    async fn frames(&self) -> Vec<Value> {
        let polled = self.poll().await;
        assert_eq!(polled["status"], 200, "{polled}");
        let messages = polled["messages"].as_array().expect("messages");
        messages.iter().map(|text| serde_json::from_str(text.as_str().expect("a text")).expect("a frame")).collect()
    }

    async fn push(&self, frames: &[Value]) -> Value {
        let lines: Vec<_> = frames.iter().map(ToString::to_string).collect();
        let response = post(self.addr, &self.url(), "application/x-ndjson", &lines.join("\n")).await;
        assert_eq!(response.status, 200, "{}", response.body);
        serde_json::from_str(&response.body).expect("JSON")
    }
}

#[tokio::test]
async fn a_client_joins_pushes_and_hears_between_polls() {
    let site = site().await;
    let client = Poller::connect(&site, "/polled", "").await;
    assert_eq!(site.server.sockets()[0].transport, Transport::LongPoll);
    let frames = [
        json!(["1", "1", "room:1", "phx_join", {}]),
        json!(["1", "2", "room:1", "command", { "speed": 1.0 }]),
        json!([null, "3", "phoenix", "heartbeat", {}]),
    ];
    assert_eq!(client.push(&frames).await, json!({ "status": 200 }));
    let mut heard = Vec::new();
    while heard.len() < 3 {
        heard.extend(client.frames().await);
    }
    assert_eq!(heard.iter().filter(|frame| frame[3] == "phx_reply").count(), 3);
    // What comes while nobody polls is kept.
    for n in 0..3 {
        bennu::channel::broadcast(site.server.pubsub(), "room:1", "said", json!({ "n": n })).expect("JSON");
    }
    let numbers: Vec<_> = client.frames().await.iter().map(|frame| frame[4]["n"].clone()).collect();
    assert_eq!(numbers, [0, 1, 2]);
    client.push(&[json!(["1", "4", "room:1", "phx_leave", {}])]).await;
    assert_eq!(client.frames().await[0][4]["status"], "ok");
}

#[tokio::test]
async fn a_poll_without_news_ends_after_its_time_and_one_with_news_at_once() {
    let mut limits = Limits::default();
    limits.longpoll_window = Duration::from_millis(100);
    let site = site_with(limits).await;
    let client = Poller::connect(&site, "/polled", "").await;
    let polled = client.poll().await;
    assert_eq!((&polled["status"], &polled["messages"]), (&json!(204), &json!([])));
    client.push(&[json!([null, "1", "phoenix", "heartbeat", {}])]).await;
    assert_eq!(client.frames().await.len(), 1);
    assert_eq!(Limits::default().longpoll_window, Duration::from_secs(10));
}

#[tokio::test]
async fn bytes_go_in_base64() {
    let site = site().await;
    let client = Poller::connect(&site, "/polled", "").await;
    client.push(&[json!(["1", "1", "room:1", "phx_join", {}])]).await;
    assert_eq!(client.frames().await.len(), 1);
    // 0, lengths of `1`, `2`, `room:1`, `echo`, these, and the bytes 0 and 255.
    let response =
        post(site.server.addr(), &client.url(), "application/x-ndjson", "AAEBBgQxMnJvb206MWVjaG8A/w==").await;
    assert_eq!(response.body, json!({ "status": 200 }).to_string());
    let mut messages = Vec::new();
    while messages.len() < 2 {
        messages.extend(client.poll().await["messages"].as_array().expect("messages").clone());
    }
    assert_eq!(messages[1], "AQEBBgIxMnJvb206MW9rAP8=", "the answer, of the kind 1");
}

#[tokio::test]
async fn whoever_may_not_connect_is_told_403_and_is_no_session() {
    let site = site().await;
    let addr = site.server.addr();
    assert_eq!(get(addr, "/devices/longpoll?vsn=2.0.0", &[]).await, json!({ "status": 403 }));
    assert!(site.server.sockets().is_empty());
    let header = ("x-phoenix-authtoken", "robot 7");
    let opened = get(addr, "/devices/longpoll?vsn=2.0.0", &[header]).await;
    assert_eq!(opened["status"], 410);
    assert_eq!(site.server.sockets()[0].id.as_deref(), Some("robots:7"));
}

#[tokio::test]
async fn a_connection_that_is_gone_is_410_and_so_is_a_token_of_another_socket() {
    let site = site().await;
    let addr = site.server.addr();
    let client = Poller::connect(&site, "/devices", "&robot=7").await;
    let elsewhere = format!("/polled/longpoll?vsn=2.0.0&token={}", client.token);
    assert_eq!(get(addr, &elsewhere, &[]).await, json!({ "status": 410 }));
    disconnect(site.server.pubsub(), "robots:7");
    assert_eq!(client.poll().await, json!({ "status": 410 }));
    assert_eq!(client.push(&[json!([null, "1", "phoenix", "heartbeat", {}])]).await, json!({ "status": 410 }));
    // A token that nobody signed is somebody new's own parameter.
    let opened = get(addr, "/devices/longpoll?vsn=2.0.0&robot=7&token=forged", &[]).await;
    assert!(opened["token"].is_string(), "{opened}");
}

#[tokio::test]
async fn a_client_that_polls_no_more_is_let_go_and_its_channels_end() {
    let mut limits = Limits::default();
    limits.longpoll_window = Duration::from_millis(50);
    let site = site_with(limits).await;
    let client = Poller::connect(&site, "/polled", "").await;
    client.push(&[json!(["1", "1", "room:1", "phx_join", {}])]).await;
    eventually("the channel has ended", || *site.gates.terminated.lock().unwrap() == ["Disconnected"]).await;
    eventually("nobody is listed", || site.server.sockets().is_empty()).await;
    assert_eq!(client.poll().await, json!({ "status": 410 }));
}

#[tokio::test]
async fn bodies_have_bounds_and_what_is_no_frame_ends_the_connection() {
    let mut limits = Limits::default();
    limits.max_message_size = 100_000;
    // What is let go is not kept until it would have been forgotten.
    limits.longpoll_window = Duration::from_hours(1);
    let site = site_with(limits).await;
    let addr = site.server.addr();
    let client = Poller::connect(&site, "/polled", "").await;
    let heartbeat = json!([null, null, "phoenix", "heartbeat", {}]).to_string();
    let many = vec![heartbeat.clone(); 101].join("\n");
    assert_eq!(post(addr, &client.url(), "application/x-ndjson", &many).await.status, 413);
    let large = format!("[{}]", "1".repeat(100_000));
    assert_eq!(post(addr, &client.url(), "application/x-ndjson", &large).await.status, 413);
    let newlines = "\n".repeat(99_000);
    assert_eq!(post(addr, &client.url(), "application/x-ndjson", &newlines).await.status, 200);
    // One message that is no batch is the whole body.
    let single = json!([null, "1", "phoenix", "heartbeat", {}]).to_string();
    assert_eq!(post(addr, &client.url(), "text/plain", &single).await.body, json!({ "status": 200 }).to_string());
    assert_eq!(client.frames().await.len(), 1);
    assert_eq!(site.server.sockets().len(), 1);
    let broken = post(addr, &client.url(), "application/x-ndjson", "[1]").await;
    assert_eq!(broken.body, json!({ "status": 410 }).to_string());
    assert_eq!(client.poll().await, json!({ "status": 410 }));
    eventually("it is let go", || site.server.sockets().is_empty()).await;
}

#[tokio::test]
async fn other_sites_are_told_what_they_may() {
    let site = site().await;
    let addr = site.server.addr();
    let url = "/polled/longpoll?vsn=2.0.0";
    assert_eq!(http::get(addr, url, &[("origin", "https://evil.example")]).await.status, 403);
    let own = format!("http://{addr}");
    let response = http::get(addr, url, &[("origin", &own)]).await;
    assert_eq!(response.header("access-control-allow-origin"), Some(&*own));
    assert_eq!(response.header("access-control-allow-credentials"), Some("true"));
    let response = http::request(addr, "OPTIONS", url, &[("origin", &own)]).await;
    assert_eq!(response.status, 204);
    assert!(
        response.header("access-control-allow-headers").is_some_and(|headers| headers.contains("x-phoenix-authtoken"))
    );
    assert_eq!(http::request(addr, "PUT", url, &[]).await.status, 405);
}

#[tokio::test]
async fn a_newer_poll_takes_the_place_of_an_older_one() {
    let site = site().await;
    let client = std::sync::Arc::new(Poller::connect(&site, "/polled", "").await);
    let older = tokio::spawn({
        let client = client.clone();
        async move { client.poll().await }
    });
    let newer = tokio::spawn({
        let client = client.clone();
        async move { client.poll().await }
    });
    // One of the two waits on; the other has ended with nothing.
    let ended = tokio::select! { polled = older => polled, polled = newer => polled };
    assert_eq!(ended.expect("no panic")["status"], 204);
}
