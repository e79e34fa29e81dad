//! Just enough HTTP to load a page as a browser does.

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// An answer, read to its end.
pub(super) struct Answer {
    /// All of its bytes, headers included.
    pub(super) bytes: u64,
    /// `name=value` of the cookie that it sets.
    pub(super) cookie: Option<String>,
    pub(super) body: String,
}

pub(super) async fn get(port: u16, path: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    let text = std::str::from_utf8(&bytes)?;
    let (head, body) = text.split_once("\r\n\r\n").context("the answer has no body")?;
    if !head.starts_with("HTTP/1.1 200") {
        bail!("GET {path}: {}", head.lines().next().unwrap_or_default());
    }
    let header = |name: &str| {
        head.lines().find_map(|line| Some(line.split_once(": ")?).filter(|(known, _)| known.eq_ignore_ascii_case(name)))
    };
    if header("transfer-encoding").is_some() {
        bail!("GET {path}: an answer of known length was expected");
    }
    let cookie = header("set-cookie").and_then(|(_, value)| value.split(';').next()).map(str::to_owned);
    Ok(Answer { bytes: bytes.len() as u64, cookie, body: body.to_owned() })
}
