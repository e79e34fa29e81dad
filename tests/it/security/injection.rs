//! Smuggled headers (CR and LF in what becomes a header) and smuggled paths (files outside of a folder).

use std::net::SocketAddr;

use bennu::prelude::*;
use bennu::{Download, StaticFiles};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::site;
use crate::support::http::{Response, exchange, get};
use crate::support::start;

const INJECTED: [&str; 4] =
    ["a\r\nx-injected: yes", "a\nx-injected: yes\n", "a\rx-injected: yes", "a\r\n\r\n<script>alert(1)</script>"];

async fn header(conn: Conn, params: Params) -> &'static str {
    conn.put_resp_header("x-given", params.get("v").unwrap_or_default());
    "sent"
}

async fn download(params: Params) -> Download {
    Download::bytes(params.get("v").unwrap_or_default(), "content")
}

async fn typed_download(params: Params) -> Result<Download> {
    Download::bytes("a.txt", "content").content_type(params.get("v").unwrap_or_default())
}

async fn flash(conn: Conn, params: Params) -> Redirect {
    conn.put_flash("info", params.get("v").unwrap_or_default());
    conn.put_flash(params.get("v").unwrap_or_default(), "kind");
    conn.put_session(params.get("v").unwrap_or_default(), params.get("v").unwrap_or_default());
    Redirect::to("/shown")
}

async fn shown(conn: Conn) -> String {
    format!("{:?}", conn.flash().get("info"))
}

async fn redirect(params: Params) -> Redirect {
    Redirect::to(format!("/{}", params.get("v").unwrap_or_default()))
}

fn routes() -> Router {
    site(|router| {
        router
            .get("/header", header)
            .get("/download", download)
            .get("/typed-download", typed_download)
            .get("/flash", flash)
            .get("/shown", shown)
            .get("/redirect", redirect)
            .get("/path/:v", download)
    })
}

fn assert_whole(response: &Response, what: &str) {
    assert_ne!(response.status, 0, "{what}: no answer");
    assert_eq!(response.header("x-injected"), None, "{what}: {response:?}");
    assert!(!response.body.contains("alert(1)"), "{what}: {response:?}");
}

#[tokio::test]
async fn no_value_of_a_request_becomes_a_header_of_its_own() {
    let server = start(routes()).await;
    for injected in INJECTED {
        let value: String = form_urlencoded::byte_serialize(injected.as_bytes()).collect();
        for route in ["header", "download", "typed-download", "flash", "redirect"] {
            let path = format!("/{route}?v={value}");
            assert_whole(&get(server.addr(), &path, &[]).await, &path);
        }
        let path = format!("/path/{}", value.replace('+', "%20"));
        assert_whole(&get(server.addr(), &path, &[]).await, &path);
        let escaped = injected.replace('\r', "%0d").replace('\n', "%0a").replace(' ', "%20");
        assert_whole(&get(server.addr(), &format!("/nowhere/{escaped}"), &[]).await, &escaped);
    }
}

#[tokio::test]
async fn a_name_with_line_breaks_and_quotes_is_still_one_file_s_name() {
    let server = start(routes()).await;
    let value: String = form_urlencoded::byte_serialize(b"a\"; x=\"\r\nb/../c.txt").collect();
    let response = get(server.addr(), &format!("/download?v={value}"), &[]).await;
    assert_eq!((response.status, &*response.body), (200, "content"));
    let disposition = response.header("content-disposition").expect("a name");
    assert!(disposition.starts_with("attachment; filename=\""), "{disposition}");
    assert_eq!(disposition.matches('"').count(), 2, "the name ends where it should: {disposition}");
}

#[tokio::test]
async fn a_message_with_line_breaks_comes_back_as_it_was() {
    let server = start(routes()).await;
    let value: String = form_urlencoded::byte_serialize(INJECTED[0].as_bytes()).collect();
    let response = get(server.addr(), &format!("/flash?v={value}"), &[]).await;
    assert_eq!((response.status, response.header("location")), (303, Some("/shown")));
    let shown = get(server.addr(), "/shown", &[("cookie", response.cookie().expect("a session"))]).await;
    assert_eq!(shown.body, format!("{:?}", Some(INJECTED[0])));
}

/// Two requests where a proxy sees one (RFC 9112, 11.2).
#[tokio::test]
async fn a_request_of_two_lengths_is_not_two_requests() {
    let server = start(routes()).await;
    let smuggled = "GET /shown HTTP/1.1\r\nhost: a\r\nx-smuggled: yes\r\n\r\n";
    for head in [
        format!("POST /shown HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\ncontent-length: {}\r\n\r\n", smuggled.len()),
        "POST /shown HTTP/1.1\r\nhost: a\r\ncontent-length: 4, 5\r\n\r\n".to_owned(),
        "POST /shown HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, identity\r\n\r\n".to_owned(),
        "POST /shown HTTP/1.1\r\nhost: a\r\ntransfer-encoding: xchunked\r\ncontent-length: 3\r\n\r\n".to_owned(),
        "POST /shown HTTP/1.1\r\nhost: a\r\ncontent-length: +4\r\n\r\n".to_owned(),
        "GET /shown HTTP/1.1\r\nhost: a\r\nx y: z\r\n\r\n".to_owned(),
        "GET /shown HTTP/1.1\r\nhost : a\r\n\r\n".to_owned(),
        "GET /shown HTTP/1.1\r\nhost: a\r\n folded: yes\r\n\r\n".to_owned(),
    ] {
        let answers = talk(server.addr(), format!("{head}{smuggled}").as_bytes()).await;
        let count = answers.matches("HTTP/1.1 ").count();
        assert!(count <= 1 && !answers.contains(" 200 "), "{head:?}: {answers}");
    }
}

/// Everything that the server says until it closes the connection.
async fn talk(addr: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(addr).await.expect("the server listens");
    stream.write_all(bytes).await.expect("the server reads");
    let mut answers = Vec::new();
    let closed = tokio::time::timeout(std::time::Duration::from_secs(20), stream.read_to_end(&mut answers)).await;
    // A reset is a close, too.
    drop(closed.expect("the server closes the connection"));
    String::from_utf8_lossy(&answers).into_owned()
}

#[tokio::test]
async fn no_path_leads_out_of_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let public = folder.path().join("public");
    std::fs::create_dir_all(public.join("images")).expect("a folder");
    std::fs::write(folder.path().join("secret.txt"), "SECRET").expect("a file");
    std::fs::write(public.join(".env"), "SECRET").expect("a file");
    std::fs::write(public.join("images/robot.txt"), "robot").expect("a file");
    let server = start(Router::new().static_files("/files", StaticFiles::new(&public))).await;
    assert_eq!(get(server.addr(), "/files/images/robot.txt", &[]).await.body, "robot");
    let up = ["..", "%2e%2e", ".%2e", "%2E.", "..;", "..%00", "%252e%252e", "..%c0%af", "\u{ff0e}\u{ff0e}"];
    let slashes = ["/", "%2f", "%2F", "\\", "%5c", "//", "%2f%2f", "/./"];
    for up in up {
        for slash in slashes {
            for path in [format!("{up}{slash}secret.txt"), format!("images{slash}{up}{slash}{up}{slash}secret.txt")] {
                let request = format!("GET /files/{path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
                let response = exchange(server.addr(), request.as_bytes()).await;
                assert!((400..500).contains(&response.status), "{path}: {response:?}");
                assert!(!response.body.contains("SECRET"), "{path}");
            }
        }
    }
    let absolute = folder.path().join("secret.txt").display().to_string();
    for path in [&*absolute, "//secret.txt", ".env", "%2eenv", "images/../.env", "images", ""] {
        let request = format!("GET /files/{path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        let response = exchange(server.addr(), request.as_bytes()).await;
        assert!((400..500).contains(&response.status), "{path}: {response:?}");
    }
}
