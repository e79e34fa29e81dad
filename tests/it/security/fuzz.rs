//! Ten thousand requests that are none: whatever comes in, the server does not panic, finds no fault with itself (no 5xx), keeps little, and goes on.
//!
//! They are sent by a process of their own, for panics and memory are counted of a whole process: the test starts this binary again, for `attack`
//! alone. The generator is seeded, so that what it finds can be found again (`BENNU_FUZZ_SEED`).

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bennu::prelude::*;
use bennu::{StaticFiles, Uploads};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::browser;
use crate::support::endpoint;
use crate::support::http::get;

const REQUESTS: usize = 10_000;
/// At a time.
const SENDERS: usize = 32;
/// An incomplete request is ended after so long, so that the server need not wait for the rest of it.
const PATIENCE: Duration = Duration::from_millis(100);
const MAX_GROWTH: usize = 200 * 1024 * 1024;

#[test]
fn ten_thousand_broken_requests_break_nothing() {
    let own = std::env::current_exe().expect("this program");
    let output = Command::new(own).args(["--exact", "security::fuzz::attack", "--ignored", "--nocapture"]).output();
    let output = output.expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[derive(LiveView)]
struct SearchLive {
    shown: String,
}

#[live_view]
impl SearchLive {
    fn mount(cx: &mut Mount) -> Result<Self> {
        let title = cx.params().get("q").unwrap_or_default().to_owned();
        cx.page_title(title);
        Ok(Self { shown: format!("{:?} {}", cx.params(), cx.uri()) })
    }

    fn render(&self) -> Element {
        rsx! { p { title: "{self.shown}", "{self.shown}" } }
    }
}

async fn echo(conn: Conn, params: Params, uploads: Uploads) -> String {
    let visits: u64 = conn.get_session("visits").unwrap_or_default();
    conn.put_session("visits", visits + 1);
    format!("{params:?} {} {:?}", uploads.iter().count(), conn.flash())
}

async fn whole(body: String) -> String {
    body
}

fn routes(public: &std::path::Path) -> Router {
    let open = Pipeline::new("open").plug(plug::session).plug(plug::flash);
    Router::new()
        .scope(Scope::new("/").through(browser()), |router| {
            router.live::<SearchLive>("/search/:id", None).live::<SearchLive>("/deep/*rest", None).post("/safe", echo)
        })
        .scope(Scope::new("/open").through(open), |router| router.any("/echo", echo).post("/v:version/:id", echo))
        .post("/whole", whole)
        .static_files("/files", StaticFiles::new(public))
        .forward("/admin", axum::Router::new().route("/{id}", axum::routing::get(async || "admin")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "for the test above, in a process of its own"]
async fn attack() {
    let panics = Arc::new(AtomicUsize::new(0));
    let (count, previous) = (panics.clone(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |info| {
        count.fetch_add(1, Ordering::SeqCst);
        previous(info);
    }));
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.txt"), "file").expect("a file");
    let mut limits = Limits::default();
    limits.header_read_timeout = Duration::from_secs(1);
    limits.body_timeout = Duration::from_secs(1);
    let server = endpoint(routes(folder.path())).limits(limits).start().await.expect("the server starts");
    let addr = server.addr();
    let page = get(addr, "/search/1?q=a", &[]).await;
    let cookie = page.cookie().expect("a session").to_owned();
    let before = memory();

    let seed = std::env::var("BENNU_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(2026);
    let senders = (0..SENDERS).map(|sender| {
        let cookie = cookie.clone();
        tokio::spawn(async move {
            let mut random = Random(seed ^ (sender as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let mut statuses = Vec::new();
            for _ in 0..REQUESTS.div_ceil(SENDERS) {
                let request = random.request(&cookie);
                let status = send(addr, &request).await;
                let is_fault = status.is_some_and(|status| status >= 500);
                let beginning = String::from_utf8_lossy(&request[..request.len().min(400)]).into_owned();
                assert!(!is_fault, "{status:?} to the {} bytes {beginning:?}", request.len());
                statuses.push(status);
            }
            statuses
        })
    });
    let senders: Vec<_> = senders.collect();
    let mut statuses = Vec::new();
    for sender in senders {
        statuses.extend(sender.await.expect("no fault"));
    }

    assert_eq!(panics.load(Ordering::SeqCst), 0, "something panicked");
    let with = |range: std::ops::Range<u16>| statuses.iter().flatten().filter(|status| range.contains(status)).count();
    let (good, refused) = (with(200..300), with(400..500));
    let mut counts = std::collections::BTreeMap::<_, usize>::new();
    for status in &statuses {
        *counts.entry(status).or_default() += 1;
    }
    println!("{counts:?}");
    // Otherwise nothing behind the parser was reached, or nothing was broken.
    assert!(good > REQUESTS / 10 && refused > REQUESTS / 10, "{good} {refused}");
    let growth = memory().saturating_sub(before);
    assert!(growth < MAX_GROWTH, "{growth} bytes more than before");
    assert_eq!(get(addr, "/search/1?q=a", &[("cookie", &cookie)]).await.status, 200);
    server.stop().await.expect("it stops in order");
}

/// The status of the answer; `None` when the server closed without one.
async fn send(addr: SocketAddr, request: &[u8]) -> Option<u16> {
    let mut stream = TcpStream::connect(addr).await.expect("the server listens");
    // It may close before it has read everything.
    drop(stream.write_all(request).await);
    let mut head = [0; 64];
    let mut read = timeout(PATIENCE, stream.read(&mut head)).await;
    if read.is_err() {
        drop(stream.shutdown().await);
        read = timeout(Duration::from_secs(20), stream.read(&mut head)).await;
    }
    let length = read.expect("the server answers or closes").unwrap_or(0);
    let text = std::str::from_utf8(&head[..length]).ok()?;
    text.strip_prefix("HTTP/1.1 ").or_else(|| text.strip_prefix("HTTP/1.0 "))?.get(..3)?.parse().ok()
}

/// The bytes that this process holds.
fn memory() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or_default() * 4096
}

/// Xorshift: the same requests for the same seed.
struct Random(u64);

/// What is asked for most of the time, and how.
const TARGETS: [(&str, &str); 14] = [
    ("GET", "/search/1?q=a&b[c][]=d"),
    ("GET", "/search/%F0%9F%A4%96?q=%20"),
    ("HEAD", "/deep/a/b%2Fc/d"),
    ("POST", "/open/echo?a[b]=c"),
    ("PUT", "/open/echo"),
    ("POST", "/open/v2/7"),
    ("POST", "/safe"),
    ("POST", "/whole"),
    ("GET", "/files/a.txt"),
    ("GET", "/files/../a.txt"),
    ("GET", "/admin/1"),
    ("GET", "/live/websocket?vsn=2.0.0"),
    ("GET", "/live/bennu.js"),
    ("OPTIONS", "*"),
];

const METHODS: [&str; 10] = ["GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "CONNECT", "PATCH", "get", "PRI"];

const BODIES: [(&str, &str); 7] = [
    ("application/x-www-form-urlencoded", "a=1&b[c]=2&b[d][]=3&b[d][]=4&_method=put"),
    ("application/json", r#"{"a":[1,2.5e10,null,"\ud83e\udd16",{"b":{"c":true}}],"_method":"delete"}"#),
    ("application/vnd.api+json; charset=utf-8", r"[[[[]]]]"),
    (
        "multipart/form-data; boundary=XX",
        "--XX\r\nContent-Disposition: form-data; name=\"a[b]\"\r\n\r\n1\r\n--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\n\u{1}\u{2}\r\n--XX--\r\n",
    ),
    ("text/plain", "hello"),
    ("multipart/form-data", "--\r\n--"),
    ("", "a"),
];

const TOKENS: [&[u8]; 28] = [
    b"\r\n",
    b"\r\n\r\n",
    b"\n",
    b"\0",
    b"%",
    b"%0",
    b"%00",
    b"%ff",
    b"%c3%28",
    b"\xff\xfe",
    b"\xf0\x9f",
    b"[",
    b"]",
    b"[]",
    b"[[",
    b"=",
    b"&&",
    b";",
    b"\"",
    b"\\u",
    b"{",
    b"}",
    b"-1",
    b"99999999999999999999",
    b"../",
    b"..%2f",
    b": ",
    b"\x80",
];

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// Bytes out of nowhere, or a request that is broken in some places, before its length is said or after.
    fn request(&mut self, cookie: &str) -> Vec<u8> {
        if self.below(20) == 0 {
            return (0..self.below(300)).map(|_| self.next() as u8).collect();
        }
        let (usual, target) = *self.of(&TARGETS);
        let method = if self.below(8) == 0 { *self.of(&METHODS) } else { usual };
        let mut target = target.as_bytes().to_vec();
        let (content_type, body) = *self.of(&BODIES);
        let (mut content_type, mut body) = (content_type.as_bytes().to_vec(), body.as_bytes().to_vec());
        let mut cookie = cookie.as_bytes().to_vec();
        for _ in 0..self.below(3) {
            let parts = [&mut target, &mut body, &mut content_type, &mut cookie];
            let part = self.below(parts.len());
            if let Some(part) = parts.into_iter().nth(part) {
                self.mutate(part);
            }
        }
        let mut request = format!("{method} ").into_bytes();
        request.extend(target);
        request.extend(b" HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncookie: ");
        request.extend(cookie);
        request.extend(b"\r\ncontent-type: ");
        request.extend(content_type);
        request.extend(*self.of(&[
            &b""[..],
            b"\r\nx-csrf-token: AAAA",
            b"\r\nrange: bytes=5-1,-0,9999999999999-",
            b"\r\nif-none-match: \"\xff\"",
            b"\r\naccept: ;;q=,*/*;q=9",
            b"\r\naccept-encoding: gzip;q=x,br;q=",
            b"\r\nx-forwarded-for: , ,[::1,\"",
            b"\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: x",
            b"\r\nexpect: 100-continue",
            b"\r\ntransfer-encoding: chunked",
        ]));
        request.extend(format!("\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes());
        request.extend(body);
        if self.below(3) == 0 {
            for _ in 0..=self.below(3) {
                self.mutate(&mut request);
            }
        }
        request
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        match self.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 if at < bytes.len() => bytes[at] = self.next() as u8,
            2 => {
                let end = at + self.below(bytes.len() - at + 1);
                bytes.drain(at..end);
            }
            3 => {
                let end = at + self.below((bytes.len() - at + 1).min(64));
                let again = bytes[at..end].to_vec();
                for _ in 0..self.below(50) {
                    bytes.splice(at..at, again.iter().copied());
                }
            }
            4 => bytes.truncate(at),
            5 => {
                let (byte, length) = (*self.of(b"Aa%[{\"/ "), self.below(20_000));
                bytes.splice(at..at, std::iter::repeat_n(byte, length));
            }
            _ => {
                let token = *self.of(&TOKENS);
                bytes.splice(at..at, token.iter().copied());
            }
        }
    }
}
