//! What the server does with connections: protocols, addresses, and peers that are slow, silent or too many.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::{Request, Response};
use bennu::Server;
use bennu::prelude::*;
use http_body_util::BodyExt as _;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::support::http::{exchange, get};
use crate::support::tab::Tab;
use crate::support::{endpoint, eventually, start};

#[derive(LiveView)]
struct PeerLive {
    peer: Option<SocketAddr>,
}

#[live_view]
impl PeerLive {
    fn mount(_cx: &mut Mount) -> Result<Self> {
        Ok(Self { peer: None })
    }

    fn connected(&mut self, _cx: &mut Cx, connect: &Connect) {
        self.peer = connect.peer_addr();
    }

    fn render(&self) -> Element {
        let peer = self.peer.map_or_else(|| "none".to_owned(), |peer| peer.ip().to_string());
        rsx! { p { "peer {peer}" } }
    }
}

async fn echo(body: Bytes) -> Bytes {
    body
}

async fn describe(request: axum::extract::Request) -> String {
    format!("{:?} {} {:?}", request.version(), request.uri(), request.headers().get("host"))
}

/// Answers after as long as its peer wants.
async fn wait(gate: State<Gate>) -> &'static str {
    gate.entered.notify_one();
    gate.open.notified().await;
    "done"
}

async fn huge() -> Vec<u8> {
    vec![b'x'; 64 * 1024 * 1024]
}

#[derive(Default)]
struct Gate {
    entered: tokio::sync::Notify,
    open: tokio::sync::Notify,
}

router! {
    live "/peer" => PeerLive;
    get "/describe" => describe;
    get "/wait" => wait;
    get "/huge" => huge;
    post "/echo" => echo;
}

fn quick() -> Limits {
    let mut limits = Limits::default();
    limits.header_read_timeout = Duration::from_millis(300);
    limits.body_timeout = Duration::from_millis(300);
    limits.keep_alive_timeout = Duration::from_millis(100);
    limits.write_timeout = Duration::from_millis(300);
    limits
}

async fn start_quick() -> Server {
    endpoint(Routes).limits(quick()).start().await.expect("the server starts")
}

/// Reads what the server sends until it closes the connection; fails when it does not.
async fn read_to_close(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes)).await;
    // A reset is a close, too.
    drop(read.expect("the server closes the connection"));
    bytes
}

/// One response with a length from a connection that stays open.
async fn read_response(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut buffer).await.expect("the connection is open");
        assert!(count > 0, "the connection was closed after {text:?}");
        text.push_str(std::str::from_utf8(&buffer[..count]).expect("text"));
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if length.is_some_and(|length| length.parse() == Ok(body.len())) {
                return text;
            }
        }
    }
}

/// One request over HTTP/2, without TLS or an upgrade before it.
async fn http2(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Body>,
) -> Response<String> {
    let shaken = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
    let (mut sender, connection) = shaken.expect("a handshake");
    tokio::spawn(connection);
    let (head, body) = sender.send_request(request).await.expect("an answer").into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    Response::from_parts(head, String::from_utf8(body.into()).expect("text"))
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_requests() {
    let server = start(Routes).await;
    let mut stream = TcpStream::connect(server.addr()).await.expect("the server listens");
    for n in 0..3 {
        let request = format!("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n#{n}");
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        assert!(read_response(&mut stream).await.ends_with(&format!("\r\n\r\n#{n}")));
    }
    // Two at once are answered in order.
    let request = b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\n1POST /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 1\r\n\r\n2";
    stream.write_all(request).await.expect("the server reads");
    let answers = String::from_utf8(read_to_close(&mut stream).await).expect("text");
    let (first, second) = (answers.find("\r\n\r\n1HTTP"), answers.find("\r\n\r\n2"));
    assert!(first.is_some() && first < second, "{answers}");
}

#[tokio::test]
async fn http_2_is_spoken_with_whoever_begins_with_it() {
    let server = start(Routes).await;
    let stream = TcpStream::connect(server.addr()).await.expect("the server listens");
    let request =
        Request::get(format!("http://{}/describe?q=1", server.addr())).body(Body::empty()).expect("a request");
    let response = http2(stream, request).await;
    assert_eq!(response.status(), 200);
    // Handlers see the form that they know from HTTP/1.1.
    assert_eq!(response.body(), &format!("HTTP/2.0 /describe?q=1 Some(\"{}\")", server.addr()));

    let stream = TcpStream::connect(server.addr()).await.expect("the server listens");
    let request = Request::post(format!("http://{}/echo", server.addr())).body(Body::from("x".repeat(100_000)));
    assert_eq!(http2(stream, request.expect("a request")).await.body().len(), 100_000);
}

#[tokio::test]
async fn a_request_to_a_whole_url_or_without_one_host_is_dealt_with_as_the_standard_says() {
    let server = start(Routes).await;
    let send = async |head: &str| exchange(server.addr(), format!("{head}connection: close\r\n\r\n").as_bytes()).await;
    let proxied = send("GET http://robots.example/describe?q=1 HTTP/1.1\r\nhost: other.example\r\n").await;
    assert_eq!(proxied.body, "HTTP/1.1 /describe?q=1 Some(\"robots.example\")");
    assert_eq!(send("GET /describe HTTP/1.1\r\n").await.status, 400);
    assert_eq!(send("GET /describe HTTP/1.1\r\nhost: a\r\nhost: b\r\n").await.status, 400);
    assert_eq!(send("GET /describe HTTP/1.0\r\n").await.status, 200);
}

#[tokio::test]
async fn an_ipv6_address_is_served_and_views_know_their_peer() {
    let addr = SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, 0));
    let Ok(server) = endpoint(Routes).addr(addr).start().await else {
        eprintln!("this machine has no IPv6");
        return;
    };
    assert!(server.listening_on().starts_with("http://[::1]:"), "{}", server.listening_on());
    let mut tab = Tab::open(server.addr(), "/peer").await;
    tab.join().await;
    tab.sees("peer ::1").await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_is_served_taken_over_from_a_dead_server_and_removed_at_the_end() {
    use tokio::net::UnixStream;

    let path = std::env::temp_dir().join(format!("bennu-{}-{:?}.sock", std::process::id(), Instant::now()));
    // What a server that was killed leaves.
    drop(std::os::unix::net::UnixListener::bind(&path).expect("a socket"));
    let server = endpoint(Routes).unix(&path).start().await.expect("it is taken over");
    assert_eq!(server.listening_on(), format!("unix:{}", path.display()));

    let mut stream = UnixStream::connect(&path).await.expect("the server listens");
    stream.write_all(b"GET /describe HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.expect("it reads");
    let answer = String::from_utf8(read_to_close(&mut stream).await).expect("text");
    assert!(answer.ends_with("HTTP/1.1 /describe Some(\"a\")"), "{answer}");

    let second = endpoint(Routes).unix(&path).start().await.err().expect("it is in use").to_string();
    assert!(second.contains("Unix socket") && second.contains("bennu-"), "{second}");
    server.stop().await.expect("it stops");
    assert!(!path.exists());
}

/// Slow loris, and worse: a peer that says nothing, one that never ends its head, one that never ends its body.
#[tokio::test]
async fn slow_peers_are_let_go_and_block_nobody() {
    let server = start_quick().await;
    let connect = async |bytes: &'static [u8]| {
        let mut stream = TcpStream::connect(server.addr()).await.expect("the server listens");
        stream.write_all(bytes).await.expect("the server reads");
        stream
    };
    let mut silent = connect(b"").await;
    let mut begun = connect(b"PRI * HTT").await;
    let mut head = connect(b"GET /describe HTTP/1.1\r\nhost: a\r\nx-slow: 1").await;
    let mut body = connect(b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nx").await;
    let mut idle = connect(b"GET /describe HTTP/1.1\r\nhost: a\r\n\r\n").await;

    let others = async {
        for _ in 0..20 {
            assert_eq!(get(server.addr(), "/describe", &[]).await.status, 200);
        }
    };
    let (silent, begun, head, body, idle, ()) = tokio::join!(
        read_to_close(&mut silent),
        read_to_close(&mut begun),
        read_to_close(&mut head),
        read_to_close(&mut body),
        read_to_close(&mut idle),
        others
    );
    assert_eq!((silent.len(), begun.len()), (0, 0));
    let text = |bytes| String::from_utf8(bytes).expect("text");
    assert!(!text(head).contains(" 200 "));
    assert!(text(body).starts_with("HTTP/1.1 4"));
    assert!(text(idle).starts_with("HTTP/1.1 200"), "a connection is answered before it is idle for too long");
}

#[tokio::test]
async fn a_peer_that_does_not_read_its_answer_is_let_go() {
    let server = endpoint(Routes).limits(quick()).state(Gate::default()).start().await.expect("the server starts");
    let mut stream = TcpStream::connect(server.addr()).await.expect("the server listens");
    stream.write_all(b"GET /huge HTTP/1.1\r\nhost: a\r\n\r\n").await.expect("the server reads");
    // Nothing is read until the server has given up, which it can only if the connection ends: a stop waits for connections.
    let began = Instant::now();
    server.stop().await.expect("it stops");
    assert!(began.elapsed() < Duration::from_secs(9), "it had to be given up at the shutdown's own limit");
    let mut received = 0;
    let mut buffer = vec![0; 1 << 20];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        received += count;
    }
    assert!(received < 64 * 1024 * 1024);
}

#[tokio::test]
async fn an_http_2_connection_without_requests_ends() {
    let server = start_quick().await;
    let stream = TcpStream::connect(server.addr()).await.expect("the server listens");
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.expect("a handshake");
    let connection = tokio::spawn(connection);
    let request = Request::get(format!("http://{}/describe", server.addr())).body(Body::empty()).expect("a request");
    assert_eq!(sender.send_request(request).await.expect("an answer").status(), 200);
    let ended = tokio::time::timeout(Duration::from_secs(20), connection).await.expect("the server ends it");
    ended.expect("no panic").expect("in order");
}

#[tokio::test]
async fn there_are_no_more_connections_than_the_limit() {
    let mut limits = Limits::default();
    limits.max_connections = 2;
    let server = endpoint(Routes).limits(limits).start().await.expect("the server starts");
    // A socket counts for as long as it is open.
    let mut tab = Tab::from_response(server.addr(), "/peer", &get(server.addr(), "/peer", &[]).await);
    tab.join().await;
    let mut second = TcpStream::connect(server.addr()).await.expect("the system accepts");
    second.write_all(b"GET /describe HTTP/1.1\r\nhost: a\r\n\r\n").await.expect("it is written");
    read_response(&mut second).await;

    let addr = server.addr();
    let (answered, answer) = oneshot::channel();
    tokio::spawn(async move { answered.send(get(addr, "/describe", &[]).await.status) });
    let mut answer = Box::pin(answer);
    let waited = tokio::time::timeout(Duration::from_millis(200), answer.as_mut()).await;
    assert!(waited.is_err(), "the third has to wait");
    tab.drop_socket();
    assert_eq!(answer.await.expect("an answer"), 200);
}

#[tokio::test]
async fn at_a_stop_requests_are_finished_and_idle_connections_closed_at_once() {
    let server = endpoint(Routes).state(Gate::default()).start().await.expect("the server starts");
    let addr = server.addr();
    let mut idle = TcpStream::connect(addr).await.expect("the server listens");
    idle.write_all(b"GET /describe HTTP/1.1\r\nhost: a\r\n\r\n").await.expect("it is written");
    read_response(&mut idle).await;
    let mut busy = TcpStream::connect(addr).await.expect("the server listens");
    busy.write_all(b"GET /wait HTTP/1.1\r\nhost: a\r\n\r\n").await.expect("it is written");
    let gate = server.state::<Gate>().expect("a state");
    gate.entered.notified().await;

    let stopping = tokio::spawn(server.stop());
    assert!(read_to_close(&mut idle).await.is_empty());
    eventually("nobody is accepted any more", || std::net::TcpStream::connect(addr).is_err()).await;
    assert!(!stopping.is_finished());
    gate.open.notify_one();
    let answer = String::from_utf8(read_to_close(&mut busy).await).expect("text");
    assert!(answer.ends_with("done"), "{answer}");
    stopping.await.expect("no panic").expect("it stops");
}

#[cfg(feature = "tls")]
mod tls {
    use std::path::PathBuf;
    use std::sync::Arc;

    use tokio_rustls::TlsConnector;
    use tokio_rustls::client::TlsStream;
    use tokio_rustls::rustls::pki_types::ServerName;
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    use super::*;

    struct Certificate {
        folder: PathBuf,
        roots: RootCertStore,
    }

    impl Certificate {
        fn new() -> Self {
            let folder = std::env::temp_dir().join(format!("bennu-tls-{}-{:?}", std::process::id(), Instant::now()));
            std::fs::create_dir_all(&folder).expect("a folder");
            let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
            std::fs::write(folder.join("cert.pem"), made.cert.pem()).expect("a file");
            std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).expect("a file");
            let mut roots = RootCertStore::empty();
            roots.add(made.cert.der().clone()).expect("a root");
            Self { folder, roots }
        }

        async fn connect(&self, addr: SocketAddr, alpn: &[&[u8]]) -> std::io::Result<TlsStream<TcpStream>> {
            let mut config =
                ClientConfig::builder_with_provider(Arc::new(tokio_rustls::rustls::crypto::ring::default_provider()))
                    .with_safe_default_protocol_versions()
                    .expect("versions")
                    .with_root_certificates(self.roots.clone())
                    .with_no_client_auth();
            config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
            let stream = TcpStream::connect(addr).await?;
            TlsConnector::from(Arc::new(config))
                .connect(ServerName::try_from("localhost").expect("a name"), stream)
                .await
        }
    }

    impl Drop for Certificate {
        fn drop(&mut self) {
            drop(std::fs::remove_dir_all(&self.folder));
        }
    }

    #[tokio::test]
    async fn https_speaks_http_1_and_2_as_was_agreed_and_its_cookies_are_secure() {
        let made = Certificate::new();
        let endpoint = endpoint(Routes).tls(made.folder.join("cert.pem"), made.folder.join("key.pem"));
        let server = endpoint.start().await.expect("the server starts");
        assert!(server.listening_on().starts_with("https://"), "{}", server.listening_on());

        let mut stream = made.connect(server.addr(), &[b"http/1.1"]).await.expect("a handshake");
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        stream
            .write_all(b"GET /peer HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            .await
            .expect("it reads");
        let page = String::from_utf8(read_to_close(&mut stream).await).expect("text");
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("; Secure"), "{page}");

        let stream = made.connect(server.addr(), &[b"h2"]).await.expect("a handshake");
        let request = Request::get("https://localhost/describe").body(Body::empty()).expect("a request");
        let response = http2(stream, request).await;
        assert_eq!(response.body(), "HTTP/2.0 /describe Some(\"localhost\")");
    }

    #[tokio::test]
    async fn who_does_not_shake_hands_is_let_go() {
        let made = Certificate::new();
        let endpoint = endpoint(Routes).tls(made.folder.join("cert.pem"), made.folder.join("key.pem")).limits(quick());
        let server = endpoint.start().await.expect("the server starts");
        let mut silent = TcpStream::connect(server.addr()).await.expect("the server listens");
        assert!(read_to_close(&mut silent).await.is_empty());
        let mut plain = TcpStream::connect(server.addr()).await.expect("the server listens");
        plain.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.expect("it is written");
        assert!(!String::from_utf8_lossy(&read_to_close(&mut plain).await).contains("HTTP"));
        assert!(made.connect(server.addr(), &[b"h2"]).await.is_ok());
    }

    #[tokio::test]
    async fn files_that_cannot_be_used_are_named() {
        let made = Certificate::new();
        let (cert, key) = (made.folder.join("cert.pem"), made.folder.join("key.pem"));
        let other = Certificate::new();
        for (cert, key, says) in [
            (&made.folder.join("missing.pem"), &key, "missing.pem"),
            (&key, &key, "no certificate"),
            (&cert, &cert, "no private key"),
            (&cert, &other.folder.join("key.pem"), "key.pem"),
        ] {
            let error = endpoint(Routes).tls(cert, key).start().await.err().expect("unusable").to_string();
            assert!(error.contains("TLS") && error.contains(says), "{error}");
        }
    }
}

#[cfg(not(feature = "tls"))]
#[tokio::test]
async fn a_certificate_without_tls_in_the_program_is_an_error_that_says_what_to_turn_on() {
    let error = endpoint(Routes).tls("cert.pem", "key.pem").start().await.err().expect("unusable").to_string();
    assert!(error.contains("feature `tls`"), "{error}");
}
