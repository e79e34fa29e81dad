//! RFC 9113, 8: what is a request, and what is none.

use super::peer::Expect::{Answer, Stream};
use super::peer::*;
use super::{Case, check};

/// [`GET`] with one more field.
macro_rules! get_with {
    ($name:expr, $value:expr) => {
        &[(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "localhost"), ($name, $value)]
    };
}

const CASES: &[Case] = &[
    (
        "8.1: a body and trailers",
        |peer| {
            peer.headers(0, 1, POST).frame(DATA, 0, 1, b"body").headers(END_STREAM, 1, &[("x-sum", "4")]);
        },
        Answer,
    ),
    (
        "8.1: trailers that do not end the stream",
        |peer| {
            peer.headers(0, 1, POST).frame(DATA, 0, 1, b"body").headers(0, 1, &[("x-sum", "4")]);
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        // The standard wants the stream reset. The crate `h2` leaves the field out.
        "8.1: trailers with a pseudo field",
        |peer| {
            peer.headers(0, 1, POST).frame(DATA, 0, 1, b"body").headers(END_STREAM, 1, &[(":method", "GET")]);
        },
        Answer,
    ),
    (
        "8.1.1: a body shorter than it says",
        |peer| {
            let fields = &[POST, &[("content-length", "5")]].concat();
            peer.headers(0, 1, fields).frame(DATA, END_STREAM, 1, b"four");
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.1.1: a body longer than it says",
        |peer| {
            let fields = &[POST, &[("content-length", "1")]].concat();
            peer.headers(0, 1, fields).frame(DATA, END_STREAM, 1, b"four");
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.2.1: a name in capitals",
        |peer| {
            peer.headers(END_STREAM, 1, get_with!("X-Test", "ok"));
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.2.2: connection: keep-alive",
        |peer| {
            peer.headers(END_STREAM, 1, get_with!("connection", "keep-alive"));
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.2.2: transfer-encoding",
        |peer| {
            peer.headers(END_STREAM, 1, get_with!("transfer-encoding", "chunked"));
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.2.2: te other than trailers",
        |peer| {
            peer.headers(END_STREAM, 1, get_with!("te", "gzip"));
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.2.2: te: trailers",
        |peer| {
            peer.headers(END_STREAM, 1, get_with!("te", "trailers"));
        },
        Answer,
    ),
    (
        "8.3: an unknown pseudo field",
        |peer| {
            peer.headers(END_STREAM, 1, get_with!(":test", "ok"));
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.3: a pseudo field of answers",
        |peer| {
            peer.headers(END_STREAM, 1, get_with!(":status", "200"));
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.3: a pseudo field behind others",
        |peer| {
            let fields = &[
                (":method", "GET"),
                (":scheme", "http"),
                (":authority", "localhost"),
                ("x-test", "ok"),
                (":path", "/"),
            ];
            peer.headers(END_STREAM, 1, fields);
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.3.1: without :method",
        |peer| {
            peer.headers(END_STREAM, 1, &GET[1..]);
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.3.1: without :scheme",
        |peer| {
            peer.headers(END_STREAM, 1, &[(":method", "GET"), (":path", "/"), (":authority", "localhost")]);
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.3.1: without :path",
        |peer| {
            peer.headers(END_STREAM, 1, &[(":method", "GET"), (":scheme", "http"), (":authority", "localhost")]);
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.3.1: an empty :path",
        |peer| {
            let fields = &[(":method", "GET"), (":scheme", "http"), (":path", ""), (":authority", "localhost")];
            peer.headers(END_STREAM, 1, fields);
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.3.1: :method twice",
        |peer| {
            peer.headers(END_STREAM, 1, get_with!(":method", "GET"));
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.3.1: :scheme twice",
        |peer| {
            peer.headers(END_STREAM, 1, get_with!(":scheme", "http"));
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "8.3.1: :path twice",
        |peer| {
            peer.headers(END_STREAM, 1, get_with!(":path", "/"));
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
];

#[tokio::test]
async fn malformed_requests_are_errors_of_their_streams() {
    check(CASES).await;
}
