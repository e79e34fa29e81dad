//! The pages over HTTP, from a server on a port of its own.

use bennu::prelude::Endpoint;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::system::System;

struct Site {
    system: System,
    server: bennu::Server,
}

impl Site {
    async fn start() -> Self {
        let unbound = Endpoint::new().addr(([127, 0, 0, 1], 0));
        let system = System::start("sqlite::memory:", unbound.pubsub()).await.unwrap();
        let server = super::endpoint(unbound, &system).start().await.unwrap();
        Self { system, server }
    }

    /// The whole answer, head and body.
    async fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.server.addr()).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn report(&self) -> Value {
        let answer = self.get("/api/telemetry").await;
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }

    async fn stop(self) {
        self.server.stop().await.unwrap();
        self.system.shut_down().await;
    }
}

#[tokio::test]
async fn the_fleet_is_on_the_first_page_without_any_script() {
    let site = Site::start().await;
    let page = site.get("/").await;
    assert!(page.starts_with("HTTP/1.1 200"));
    for robot in site.system.fleet.frame().robots {
        assert!(
            page.contains(&format!(r#"href="/robots/{}""#, robot.id)),
            "{} is missing",
            robot.name
        );
    }
    assert!(!page.contains(" style="), "the content security policy forbids style attributes");
    site.stop().await;
}

#[tokio::test]
async fn a_robot_has_its_page_and_an_unknown_one_is_not_found() {
    let site = Site::start().await;
    let page = site.get("/robots/1").await;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("<title") && page.contains("Ibis"));
    for path in ["/robots/0", "/robots/21", "/robots/x", "/robots/-1", "/nowhere"] {
        assert!(site.get(path).await.starts_with("HTTP/1.1 404"), "{path}");
    }
    site.stop().await;
}

#[tokio::test]
async fn the_report_counts_mounts_and_living_views() {
    let site = Site::start().await;
    let before = site.report().await;
    assert_eq!(before["robots"].as_array().unwrap().len(), 20);
    assert_eq!(before["views"], 0);
    site.get("/robots/2").await;
    let after = site.report().await;
    assert_eq!(after["views"], 1);
    // Other tests of this process mount, too: telemetry is of the whole process.
    assert!(after["mounts"].as_u64() > before["mounts"].as_u64());
    site.stop().await;
}

#[tokio::test]
async fn the_stylesheet_and_the_icon_are_served() {
    let site = Site::start().await;
    for (path, kind) in [("/app.css", "text/css; charset=utf-8"), ("/icon.svg", "image/svg+xml")] {
        let answer = site.get(path).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(&format!("content-type: {kind}")), "{path}");
    }
    site.stop().await;
}
