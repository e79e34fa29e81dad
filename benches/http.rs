//! A JSON route here and with axum alone, over one connection.
//!
//! Requests go out in bundles of 64 (HTTP pipelining), so that what is measured is the servers' work and not the waking of threads. Divide an
//! iteration's time by 64 for a request's. Both servers run on one thread of their own.

use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread;

use axum::Json;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use bennu::{Conn, Endpoint, Pipeline, Router, Scope, plug};
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};

const BUNDLE: usize = 64;

async fn robot() -> Json<Value> {
    Json(json!({ "id": 7, "name": "Ada", "battery": 87.5 }))
}

async fn nothing(_: Conn) {}

/// Runs a server on a thread of its own for as long as the process lives.
fn serve<F: Future<Output = ()>>(
    server: impl FnOnce(tokio::sync::oneshot::Sender<SocketAddr>) -> F + Send + 'static,
) -> SocketAddr {
    let (told, addr) = tokio::sync::oneshot::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(server(told));
    });
    addr.blocking_recv().expect("the server starts")
}

fn bennu() -> SocketAddr {
    let api = Pipeline::new("api").plug(plug::accepts(["json"])).plug(nothing).plug(nothing);
    let router = Router::new()
        .get("/robot", robot)
        .scope(Scope::new("/piped").through(api), |router| router.get("/robot", robot))
        .get("/robots/:id", async |id: axum::extract::Path<u32>| Json(json!({ "id": id.0 })));
    serve(|told| async move {
        let endpoint = Endpoint::new().addr((Ipv4Addr::LOCALHOST, 0)).router(router);
        let server = endpoint.start().await.expect("the server starts");
        told.send(server.addr()).expect("somebody waits");
        std::future::pending::<()>().await;
    })
}

fn axum() -> SocketAddr {
    let router = axum::Router::new()
        .route("/robot", get(robot))
        .route("/robots/{id}", get(async |id: axum::extract::Path<u32>| Json(json!({ "id": id.0 }))));
    serve(|told| async move {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        told.send(listener.local_addr().expect("an address")).expect("somebody waits");
        // As this endpoint does: answers that wait for others would hide all else.
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("a socket"));
        axum::serve(listener, router).await.expect("the server runs");
    })
}

/// A connection, the requests of one bundle, and how many bytes their answers have.
struct Client {
    stream: TcpStream,
    requests: Vec<u8>,
    answers: usize,
}

impl Client {
    fn new(addr: SocketAddr, path: &str) -> Self {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {addr}\r\nuser-agent: bench\r\naccept: application/json\r\naccept-encoding: gzip\r\n\r\n"
        );
        let mut stream = TcpStream::connect(addr).expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        stream.write_all(request.as_bytes()).expect("the server reads");
        let mut answer = vec![0; 4096];
        let length = stream.read(&mut answer).expect("the server answers");
        let text = String::from_utf8_lossy(&answer[..length]);
        assert!(text.starts_with("HTTP/1.1 200") && text.ends_with('}'), "{text}");
        Self { stream, requests: request.repeat(BUNDLE).into_bytes(), answers: length * BUNDLE }
    }

    fn exchange(&mut self, buffer: &mut [u8]) {
        self.stream.write_all(&self.requests).expect("the server reads");
        let mut left = self.answers;
        while left > 0 {
            left -= self.stream.read(buffer).expect("the server answers");
        }
    }
}

fn requests(criterion: &mut Criterion) {
    let (bennu, axum) = (bennu(), axum());
    let mut group = criterion.benchmark_group("http");
    let mut buffer = vec![0; 256 * 1024];
    for (name, addr, path) in [
        ("axum", axum, "/robot"),
        ("bennu", bennu, "/robot"),
        ("axum, a parameter", axum, "/robots/7"),
        ("bennu, a parameter", bennu, "/robots/7"),
        ("bennu, three plugs", bennu, "/piped/robot"),
    ] {
        let mut client = Client::new(addr, path);
        group.bench_function(name, |bencher| bencher.iter(|| client.exchange(black_box(&mut buffer))));
    }
    group.finish();
}

criterion_group!(benches, requests);
criterion_main!(benches);
