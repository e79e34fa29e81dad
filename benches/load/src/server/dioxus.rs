//! Plain `dioxus-liveview`, with routes of its own: the crate's router does not work for more than one page.

use anyhow::Result;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Html;
use axum::{Router, routing};
use dioxus_liveview::{LiveViewPool, axum_socket, interpreter_glue};
use tokio::net::TcpListener;

use crate::pages::Page;
use crate::pages::dioxus::{app, fleet};

pub(super) async fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let pool = LiveViewPool::new();
    let router = Page::ALL.into_iter().fold(Router::new(), |router, page| add(router, page, &pool));
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    // Without a subscriber there is nobody to send to.
    super::obey(port, |telemetry| drop(fleet().send(telemetry))).await?;
    serving.abort();
    Ok(())
}

fn add(router: Router, page: Page, pool: &LiveViewPool) -> Router {
    let path = format!("/{}", page.name());
    let socket = format!("{path}/ws");
    let glue = interpreter_glue(&socket);
    let document = format!(
        "<!DOCTYPE html><html><head><title>Load</title></head><body><div id=\"main\"></div></body>{glue}</html>"
    );
    let pool = pool.clone();
    let connect = async move |upgrade: WebSocketUpgrade| {
        upgrade.on_upgrade(async move |ws| drop(pool.launch(axum_socket(ws), app(page)).await))
    };
    router.route(&path, routing::get(async || Html(document))).route(&socket, routing::get(connect))
}
