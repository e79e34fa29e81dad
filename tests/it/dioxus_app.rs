//! An unmodified Dioxus application beside live views, behind our checks.

use bennu::prelude::*;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

use crate::support::http::get;
use crate::support::start;

fn calculator() -> Element {
    let mut sum = use_signal(|| 0);
    rsx! {
        button { onclick: move |_| sum += 21, "sum {sum}" }
        input { r#type: "file", onchange: move |event| async move {
            for file in event.files() {
                if let Ok(text) = file.read_string().await {
                    sum += i32::try_from(text.len()).unwrap_or(i32::MAX);
                }
            }
        } }
    }
}

router! {
    dioxus "/calculator" => calculator;
}

/// The address of the application's socket, and the cookie it needs.
async fn socket(addr: std::net::SocketAddr) -> (String, String) {
    let page = get(addr, "/calculator", &[]).await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self' 'unsafe-inline' 'unsafe-eval'"), "its client needs that: {policy}");
    let path = page
        .body
        .split('"')
        .find(|text| text.contains("/live/dioxus/calculator?"))
        .expect("the client is told where to connect");
    let path = &path[path.find("/live").unwrap()..];
    (format!("ws://{addr}{path}"), page.cookie().unwrap().to_owned())
}

async fn open(
    url: &str,
    cookie: &str,
    origin: &str,
) -> Result<tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>, WsError> {
    let mut request = url.into_client_request()?;
    request.headers_mut().insert("cookie", cookie.parse().expect("a header"));
    request.headers_mut().insert("origin", origin.parse().expect("a header"));
    Ok(connect_async(request).await?.0)
}

#[tokio::test]
async fn it_runs_and_its_listeners_work() {
    let server = start(Routes).await;
    let (url, cookie) = socket(server.addr()).await;
    let mut ws = open(&url, &cookie, &format!("http://{}", server.addr())).await.unwrap();
    let first = ws.next().await.unwrap().unwrap().into_data();
    assert!(contains(&first, "sum "), "the first edits build the page");
    // A forged event names a file of the server; it is struck out, so there is nothing to count.
    let forged = json!({ "method": "user_event", "params": { "element": 2, "name": "change", "bubbles": true, "data": {
        "value": "", "values": [], "valid": true,
        "files": [{ "path": "/proc/self/exe", "size": 1, "last_modified": 0, "content_type": null, "contents": null }] } } });
    ws.send(Message::text(forged.to_string())).await.unwrap();
    let click = json!({ "method": "user_event", "params": { "element": 1, "name": "click", "bubbles": true, "data": {
        "alt_key": false, "button": 0, "buttons": 0, "client_x": 1.0, "client_y": 1.0, "ctrl_key": false, "meta_key": false,
        "offset_x": 1.0, "offset_y": 1.0, "page_x": 1.0, "page_y": 1.0, "screen_x": 1.0, "screen_y": 1.0, "shift_key": false } } });
    ws.send(Message::text(click.to_string())).await.unwrap();
    loop {
        if contains(&ws.next().await.expect("an answer").unwrap().into_data(), "sum 21") {
            break;
        }
    }
}

#[tokio::test]
async fn its_socket_is_for_its_own_page_only() {
    let server = start(Routes).await;
    let (url, cookie) = socket(server.addr()).await;
    let own = format!("http://{}", server.addr());
    let without_token = url.split('?').next().unwrap();
    for (url, cookie, origin) in
        [(&*url, &*cookie, "https://evil.example"), (&url, "", &own), (without_token, &cookie, &own)]
    {
        let error = open(url, cookie, origin).await.expect_err("refused");
        assert!(matches!(&error, WsError::Http(response) if response.status() == 403), "{error}");
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
