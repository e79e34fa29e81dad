//! RFC 9113, 5: the life of a stream.

use super::peer::Expect::{Answer, Connection, Stream};
use super::peer::*;
use super::{Case, check};

const CASES: &[Case] = &[
    (
        "5.1: DATA on an idle stream",
        |peer| {
            peer.frame(DATA, END_STREAM, 1, b"x");
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "5.1: WINDOW_UPDATE on an idle stream",
        |peer| {
            peer.frame(WINDOW_UPDATE, 0, 1, &[0, 0, 0, 100]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "5.1: CONTINUATION on an idle stream",
        |peer| {
            peer.frame(CONTINUATION, END_HEADERS, 1, &block(GET));
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "5.1: DATA on a half closed stream",
        |peer| {
            peer.headers(END_STREAM, 1, GET).frame(DATA, END_STREAM, 1, b"x");
        },
        Stream(&[STREAM_CLOSED]),
    ),
    (
        "5.1: HEADERS on a half closed stream",
        |peer| {
            peer.headers(END_STREAM, 1, GET).headers(END_STREAM, 1, GET);
        },
        Stream(&[STREAM_CLOSED]),
    ),
    (
        "5.1: CONTINUATION on a half closed stream",
        |peer| {
            peer.headers(END_STREAM, 1, GET).frame(CONTINUATION, END_HEADERS, 1, &block(GET));
        },
        Connection(&[STREAM_CLOSED, PROTOCOL_ERROR]),
    ),
    (
        "5.1: DATA on a stream that was reset",
        |peer| {
            peer.headers(0, 1, POST).frame(RST_STREAM, 0, 1, &[0, 0, 0, 8]).frame(DATA, END_STREAM, 1, b"x");
        },
        Stream(&[STREAM_CLOSED]),
    ),
    (
        "5.1: HEADERS on a stream that was reset",
        |peer| {
            peer.headers(0, 1, POST).frame(RST_STREAM, 0, 1, &[0, 0, 0, 8]).headers(END_STREAM, 1, GET);
        },
        Stream(&[STREAM_CLOSED]),
    ),
    (
        "5.1.1: an even number",
        |peer| {
            peer.headers(END_STREAM, 2, GET);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "5.1.1: a number smaller than the one before",
        |peer| {
            peer.headers(END_STREAM, 5, GET).headers(END_STREAM, 3, GET);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "5.1.2: more streams than the limit",
        |peer| {
            for stream in 0..1_001 {
                peer.headers(0, 2 * stream + 1, POST);
            }
        },
        Stream(&[PROTOCOL_ERROR, REFUSED_STREAM]),
    ),
    (
        "5.3: a stream that depends on itself",
        |peer| {
            let payload = [&[0, 0, 0, 1, 255][..], &block(GET)].concat();
            peer.frame(HEADERS, END_STREAM | END_HEADERS | HAS_PRIORITY, 1, &payload);
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "5.4: a stream's error leaves the others",
        |peer| {
            peer.headers(END_STREAM, 1, GET);
            peer.headers(0, 3, POST).frame(RST_STREAM, 0, 3, &[0, 0, 0, 8]);
        },
        Answer,
    ),
];

#[tokio::test]
async fn frames_are_taken_by_streams_that_may_have_them() {
    check(CASES).await;
}
