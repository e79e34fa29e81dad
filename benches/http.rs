//! Requests a second of this endpoint beside bare axum that does the same work, in one process.
//!
//! Server and load run on one thread each. The load is a fixed number of connections that each send the next request when the
//! answer has come. Both servers are measured in turns, so that whatever else the machine does meets both; what is printed is the
//! median of the turns. The CPU time is that of the server's thread, in user space and in the kernel.
//!
//! ```sh
//! cargo bench --bench http
//! ```

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use axum::extract::Path;
use axum::http::HeaderValue;
use axum::serve::ListenerExt as _;
use bennu::prelude::*;
use rustix::time::{ClockId, clock_gettime};
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

fn robot(id: usize) -> Robot {
    Robot { id, name: format!("Robot <{id}>"), battery: 97.5 - id as f64 }
}

fn robots(count: usize) -> Vec<Robot> {
    (0..count).map(robot).collect()
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

async fn bennu_robot(Path(id): Path<usize>) -> Json<Robot> {
    Json(robot(id))
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
        .get("/robots", bennu_json)
        .get("/robots/:id", bennu_robot)
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

async fn axum_robot(Path(id): Path<usize>) -> axum::Json<Robot> {
    axum::Json(robot(id))
}

async fn axum_page() -> axum::response::Html<String> {
    let robots = robots(ROWS);
    let document = dioxus_ssr::render_element(rsx! {
        head { meta { charset: "utf-8" } title { "Robots" } script { src: "/live/bennu.js", defer: true } }
        body { main { {table(&robots)} } }
    });
    axum::response::Html(format!("<!DOCTYPE html><html lang=\"en\">{document}</html>"))
}

/// What every answer of ours has: the other half of "the same work". The id is no new one each time.
async fn with_our_headers(mut response: axum::response::Response) -> axum::response::Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'self'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("x-permitted-cross-domain-policies", "none"),
        ("x-request-id", "GOBnSsGkP3FMl6GwXKRv"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn axum_server() -> SocketAddr {
    let bare = || {
        axum::Router::new()
            .route("/robots", axum::routing::get(axum_json))
            .route("/robots/{id}", axum::routing::get(axum_robot))
            .route("/page", axum::routing::get(axum_page))
    };
    let router = bare().nest("/same", bare().layer(axum::middleware::map_response(with_our_headers)));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    // As the other server does.
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("a socket"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    addr
}

// --- load ---------------------------------------------------------------------------------------------------

/// What one turn came to.
struct Turn {
    per_second: f64,
    /// The server's, for one request.
    cpu_micros: f64,
}

async fn turn(server: &Server, path: &str) -> Turn {
    let (began, cpu) = (Instant::now(), server.cpu().await);
    let tasks: Vec<_> =
        (0..CONNECTIONS).map(|_| tokio::spawn(connection(server.addr, path.to_owned(), began + TURN))).collect();
    let mut answered = 0;
    for task in tasks {
        answered += task.await.expect("a connection");
    }
    let (took, cpu) = (began.elapsed(), server.cpu().await.saturating_sub(cpu));
    Turn {
        per_second: f64::from(answered) / took.as_secs_f64(),
        cpu_micros: cpu.as_secs_f64() * 1e6 / f64::from(answered),
    }
}

async fn connection(addr: SocketAddr, path: String, until: Instant) -> u32 {
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

/// A server on a thread of its own.
struct Server {
    addr: SocketAddr,
    runtime: Runtime,
}

impl Server {
    fn start(name: &str, server: impl Future<Output = SocketAddr> + Send + 'static) -> Self {
        let runtime = runtime(name);
        let addr = runtime.block_on(runtime.spawn(server)).expect("a server");
        Self { addr, runtime }
    }

    /// CPU time of its thread so far.
    async fn cpu(&self) -> Duration {
        let clock = self.runtime.spawn(async { clock_gettime(ClockId::ThreadCPUTime) });
        let clock = clock.await.expect("the thread runs");
        Duration::new(clock.tv_sec as u64, clock.tv_nsec as u32)
    }
}

fn runtime(name: &str) -> Runtime {
    Builder::new_multi_thread().worker_threads(1).thread_name(name).enable_all().build().expect("a runtime")
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    // Only the lines that hold this, as criterion has it.
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).unwrap_or_default();
    // `cargo test --benches` runs every bench once: a short turn shows that it works.
    let turns = if std::env::args().any(|argument| argument == "--bench") { TURNS } else { 1 };
    let (ours, bare) = (Server::start("bennu", bennu_server()), Server::start("axum", axum_server()));
    let client = runtime("load");
    println!(
        "{:<34} {:>10} {:>10} {:>6} {:>10} {:>10} {:>6}",
        "GET", "ours, 1/s", "axum, 1/s", "ratio", "ours, us", "axum, us", "ratio"
    );
    for (name, path, compared) in [
        ("JSON of 3 robots", "/robots", "/same/robots"),
        ("against axum without our headers", "/robots", "/robots"),
        ("JSON behind a pipeline", "/api/robots", "/same/robots"),
        ("JSON of one, by a parameter", "/robots/7", "/same/robots/7"),
        ("against axum without our headers", "/robots/7", "/robots/7"),
        ("page of 50 rows", "/site/robots", "/page"),
        ("the same with session and CSRF", "/browser/robots", "/page"),
    ]
    .into_iter()
    .filter(|line| line.0.contains(&filter))
    {
        let (mut of_ours, mut of_bare) = (Vec::new(), Vec::new());
        for _ in 0..turns {
            of_ours.push(client.block_on(turn(&ours, path)));
            of_bare.push(client.block_on(turn(&bare, compared)));
        }
        let [ours, bare] = [of_ours, of_bare].map(|turns| {
            (median(turns.iter().map(|turn| turn.per_second)), median(turns.iter().map(|turn| turn.cpu_micros)))
        });
        println!(
            "{name:<34} {:>10.0} {:>10.0} {:>6.2} {:>10.1} {:>10.1} {:>6.2}",
            ours.0,
            bare.0,
            ours.0 / bare.0,
            ours.1,
            bare.1,
            ours.1 / bare.1
        );
    }
    ours.runtime.shutdown_background();
    bare.runtime.shutdown_background();
}
