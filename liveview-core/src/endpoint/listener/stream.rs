//! A connection's bytes, whatever they travel over, with its place among the connections and a limit on peers that take nothing.

use std::future::Future as _;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Sleep, sleep};

/// How every HTTP/2 connection begins (RFC 9113, 3.4). No HTTP/1.1 request does, so what begins otherwise is one.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What the system gives.
pub(super) enum Plain {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

/// One connection.
pub(super) struct Stream {
    inner: Inner,
    writing: Writing,
    /// How many bytes of the preface came so far.
    preface: usize,
    is_decided: Arc<AtomicBool>,
    /// A WebSocket keeps it for as long as it lives: it keeps the stream.
    _place: OwnedSemaphorePermit,
}

pub(super) enum Inner {
    Plain(Plain),
    #[cfg(feature = "tls")]
    Tls(Box<tokio_rustls::server::TlsStream<Plain>>),
}

/// Since when the peer has taken nothing.
struct Writing {
    limit: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Stream {
    pub(super) fn new(inner: Inner, place: OwnedSemaphorePermit, write_timeout: Duration) -> Self {
        let writing = Writing { limit: write_timeout, stalled: None };
        Self { inner, writing, preface: 0, is_decided: Arc::default(), _place: place }
    }

    /// Whether enough came to tell which protocol it is. Until then hyper waits without a limit.
    pub(super) fn is_decided(&self) -> Arc<AtomicBool> {
        self.is_decided.clone()
    }

    fn look_at(&mut self, bytes: &[u8]) {
        if !self.is_decided.load(Ordering::Relaxed) {
            let rest = &PREFACE[self.preface..];
            let length = rest.len().min(bytes.len());
            self.preface += length;
            let is_other = rest[..length] != bytes[..length];
            self.is_decided.store(is_other || self.preface == PREFACE.len(), Ordering::Relaxed);
        }
    }
}

impl Writing {
    /// Passes the outcome of a write on, unless the peer has been taking nothing for too long.
    fn watch<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.stalled = None;
            return outcome;
        }
        let limit = self.limit;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(limit)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        self.look_at(&buf.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.writing.watch(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.writing.watch(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.inner).poll_flush(cx);
        self.writing.watch(cx, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.inner).poll_shutdown(cx);
        self.writing.watch(cx, outcome)
    }
}

/// Passes everything on to whichever it is.
macro_rules! either {
    ($stream:ty { $($(#[$cfg:meta])* $variant:ident),+ }) => {
        impl AsyncRead for $stream {
            fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
                match self.get_mut() { $($(#[$cfg])* Self::$variant(stream) => Pin::new(stream).poll_read(cx, buf),)+ }
            }
        }

        impl AsyncWrite for $stream {
            fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
                match self.get_mut() { $($(#[$cfg])* Self::$variant(stream) => Pin::new(stream).poll_write(cx, buf),)+ }
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bufs: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                match self.get_mut() {
                    $($(#[$cfg])* Self::$variant(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),)+
                }
            }

            fn is_write_vectored(&self) -> bool {
                match self { $($(#[$cfg])* Self::$variant(stream) => stream.is_write_vectored(),)+ }
            }

            fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                match self.get_mut() { $($(#[$cfg])* Self::$variant(stream) => Pin::new(stream).poll_flush(cx),)+ }
            }

            fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                match self.get_mut() { $($(#[$cfg])* Self::$variant(stream) => Pin::new(stream).poll_shutdown(cx),)+ }
            }
        }
    };
}

either!(Plain {
    Tcp,
    #[cfg(unix)]
    Unix
});
either!(Inner {
    Plain,
    #[cfg(feature = "tls")]
    Tls
});
