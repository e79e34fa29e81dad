//! Requests a second of this endpoint beside bare axum that does the same work, in one process.
//!
//! Server and load run on one thread each. The load is a fixed number of connections that each send the next request when the
//! answer has come. Both servers are measured in turns, so that whatever else the machine does meets both; what is printed is the
//! median of the turns.
//!
//! ```sh
//! cargo bench --bench requests
//! ```

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use axum::serve::ListenerExt as _;
use bennu::prelude::*;
use serde::Serialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

const CONNECTIONS: usize = 16;
const TURNS: usize = 7;
const TURN: Duration = Duration::from_millis(1_500);
const ROWS: usize = 50;

#[derive(Clone, Serialize)]
struct Robot {
    id: usize,
    name: String,
    battery: f64,
}

fn robots(count: usize) -> Vec<Robot> {
    (0..count).map(|id| Robot { id, name: format!("Robot <{id}>"), battery: 97.5 - id as f64 }).collect()
}

/// The page's content, the same for both.
fn table(robots: &[Robot]) -> Element {
    rsx! {
        h1 { "Robots" }
        table {
            tbody {
                for robot in robots {
                    tr { key: "{robot.id}", class: if robot.battery < 60.0 { "low" } else { "fine" },
                        td { "{robot.id}" }
                        td { a { href: "/robots/{robot.id}", "{robot.name}" } }
                        td { "{robot.battery:.1} %" }
                    }
                }
            }
        }
    }
}

fn layout(props: LayoutProps) -> Element {
    rsx! {
        head { meta { charset: "utf-8" } title { "Robots" } {props.head} }
        body { main { {props.inner} } }
    }
}

// --- this endpoint ------------------------------------------------------------------------------------------

async fn bennu_json() -> Json<Vec<Robot>> {
    Json(robots(3))
}

async fn bennu_page() -> Html {
    let robots = robots(ROWS);
    html(move || table(&robots))
}

async fn bennu_server() -> SocketAddr {
    let api = Pipeline::new("api").plug(plug::accepts(["json"]));
    let site = Pipeline::new("site").plug(plug::secure_headers);
    let browser = Pipeline::new("browser").plug(plug::session).plug(plug::flash).plug(plug::csrf);
    let router = Router::new()
        .layout(layout)
        .scope(Scope::new("/api").through(api), |router| router.get("/robots", bennu_json))
        .scope(Scope::new("/site").through(site), |router| router.get("/robots", bennu_page))
        .scope(Scope::new("/browser").through(browser), |router| router.get("/robots", bennu_page));
    let endpoint = Endpoint::new().addr((Ipv4Addr::LOCALHOST, 0)).router(router);
    let server = endpoint.start().await.expect("a server");
    let addr = server.addr();
    // It serves as long as the process.
    std::mem::forget(server);
    addr
}

// --- bare axum ----------------------------------------------------------------------------------------------

async fn axum_json() -> axum::Json<Vec<Robot>> {
    axum::Json(robots(3))
}

async fn axum_page() -> axum::response::Html<String> {
    let robots = robots(ROWS);
    let document = dioxus_ssr::render_element(rsx! {
        head { meta { charset: "utf-8" } title { "Robots" } script { src: "/live/bennu.js", defer: true } }
        body { main { {table(&robots)} } }
    });
    axum::response::Html(format!("<!DOCTYPE html><html lang=\"en\">{document}</html>"))
}

async fn axum_server() -> SocketAddr {
    let router = axum::Router::new()
        .route("/api/robots", axum::routing::get(axum_json))
        .route("/site/robots", axum::routing::get(axum_page));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    // As the other server does.
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("a socket"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    addr
}

// --- load ---------------------------------------------------------------------------------------------------

/// Requests answered in one turn, per second.
async fn load(addr: SocketAddr, path: &str) -> f64 {
    let began = Instant::now();
    let tasks: Vec<_> =
        (0..CONNECTIONS).map(|_| tokio::spawn(connection(addr, path.to_owned(), began + TURN))).collect();
    let mut answered = 0;
    for task in tasks {
        answered += task.await.expect("a connection");
    }
    answered as f64 / began.elapsed().as_secs_f64()
}

async fn connection(addr: SocketAddr, path: String, until: Instant) -> usize {
    let mut stream = TcpStream::connect(addr).await.expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {addr}\r\naccept: */*\r\nuser-agent: bench\r\n\r\n");
    let (mut answered, mut buffer) = (0, Vec::with_capacity(64 * 1024));
    while Instant::now() < until {
        stream.write_all(request.as_bytes()).await.expect("written");
        read_answer(&mut stream, &mut buffer).await;
        answered += 1;
    }
    answered
}

/// Reads one answer with a `content-length`, and checks that it is one of 200.
async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    buffer.clear();
    loop {
        assert!(stream.read_buf(buffer).await.expect("readable") > 0, "the server hung up");
        let Some(head) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = std::str::from_utf8(&buffer[..head]).expect("a head in ASCII");
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
        let whole = head + 4 + length.parse::<usize>().expect("a number");
        while buffer.len() < whole {
            assert!(stream.read_buf(buffer).await.expect("readable") > 0, "the server hung up");
        }
        return;
    }
}

fn runtime(name: &str) -> Runtime {
    Builder::new_multi_thread().worker_threads(1).thread_name(name).enable_all().build().expect("a runtime")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    // `cargo test --benches` runs every bench once: a short turn shows that it works.
    let is_test = !std::env::args().any(|argument| argument == "--bench");
    let (server, client) = (runtime("server"), runtime("load"));
    let ours = server.block_on(async { tokio::spawn(bennu_server()).await.expect("ours") });
    let bare = server.block_on(async { tokio::spawn(axum_server()).await.expect("bare") });
    println!("{:<34} {:>12} {:>12} {:>7}", "GET", "bennu, 1/s", "axum, 1/s", "ratio");
    for (name, path, compared) in [
        ("JSON of 3 robots", "/api/robots", "/api/robots"),
        ("page of 50 rows", "/site/robots", "/site/robots"),
        ("page with session and CSRF token", "/browser/robots", "/site/robots"),
    ] {
        let (mut of_ours, mut of_bare) = (Vec::new(), Vec::new());
        for _ in 0..if is_test { 1 } else { TURNS } {
            of_ours.push(client.block_on(load(ours, path)));
            of_bare.push(client.block_on(load(bare, compared)));
        }
        let (of_ours, of_bare) = (median(of_ours), median(of_bare));
        println!("{name:<34} {of_ours:>12.0} {of_bare:>12.0} {:>7.2}", of_ours / of_bare);
    }
    server.shutdown_background();
}
