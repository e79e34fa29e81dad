//! RFC 9113, 3.4 and 4: the beginning of a connection, and the form of frames.

use super::peer::Expect::{Answer, Connection, Nothing, Stream};
use super::peer::*;
use super::{Case, check};

const CASES: &[Case] = &[
    ("3.4: a right beginning", |peer| peer.get_root(), Answer),
    (
        "3.4: a beginning that is none",
        |peer| peer.preface(b"INVALID CONNECTION PREFACE\r\n\r\n"),
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "4.1: a frame of an unknown type is ignored",
        |peer| {
            peer.frame(0x16, 0, 0, &[0; 8]);
        },
        Nothing,
    ),
    (
        "4.1: undefined flags are ignored",
        |peer| {
            peer.frame(PING, 0x16, 0, &[0; 8]);
        },
        Nothing,
    ),
    (
        "4.1: the reserved bit is ignored",
        |peer| {
            peer.frame(PING, 0, 0x8000_0000, &[0; 8]);
        },
        Nothing,
    ),
    (
        "4.2: a DATA frame of 16,384 bytes",
        |peer| {
            peer.headers(0, 1, POST).frame(DATA, END_STREAM, 1, &[0; 16_384]);
        },
        Answer,
    ),
    (
        "4.2: a DATA frame larger than the limit",
        |peer| {
            peer.headers(0, 1, POST).frame(DATA, END_STREAM, 1, &vec![0; 17_000]);
        },
        Stream(&[FRAME_SIZE_ERROR]),
    ),
    (
        "4.2: a HEADERS frame larger than the limit",
        |peer| {
            peer.frame(HEADERS, END_STREAM | END_HEADERS, 1, &vec![0; 17_000]);
        },
        Connection(&[FRAME_SIZE_ERROR]),
    ),
    (
        "4.3: a header block that cannot be decoded",
        |peer| {
            peer.frame(HEADERS, END_STREAM | END_HEADERS, 1, &[0x40]);
        },
        Connection(&[COMPRESSION_ERROR]),
    ),
    (
        "4.3: another frame within a header block",
        |peer| {
            peer.frame(HEADERS, END_STREAM, 1, &block(GET)).frame(PRIORITY, 0, 1, &[0, 0, 0, 0, 1]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "4.3: another stream's HEADERS within a header block",
        |peer| {
            peer.frame(HEADERS, END_STREAM, 1, &block(GET)).headers(END_STREAM, 3, GET);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "5.5: an unknown frame without a stream is ignored",
        |peer| {
            peer.frame(0xff, 0, 0, b"anything");
        },
        Nothing,
    ),
    (
        "5.5: an unknown frame within a header block",
        |peer| {
            peer.frame(HEADERS, END_STREAM, 1, &block(GET)).frame(0xff, 0, 0, b"anything");
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.1: DATA without a stream",
        |peer| {
            peer.frame(DATA, END_STREAM, 0, b"x");
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.1: DATA with more padding than payload",
        |peer| {
            peer.headers(0, 1, POST).frame(DATA, END_STREAM | PADDED, 1, &[6, 1, 2, 3, 4]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.1: DATA with padding",
        |peer| {
            peer.headers(0, 1, POST).frame(DATA, END_STREAM | PADDED, 1, &[2, 1, 0, 0]);
        },
        Answer,
    ),
    (
        "6.2: HEADERS without a stream",
        |peer| {
            peer.headers(END_STREAM, 0, GET);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.2: HEADERS with more padding than payload",
        |peer| {
            peer.frame(HEADERS, END_STREAM | END_HEADERS | PADDED, 1, &[200, 0x82]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.2: HEADERS with a priority and padding",
        |peer| {
            let payload = [&[1, 0, 0, 0, 0, 15][..], &block(GET), &[0]].concat();
            peer.frame(HEADERS, END_STREAM | END_HEADERS | PADDED | HAS_PRIORITY, 1, &payload);
        },
        Answer,
    ),
    (
        "6.3: PRIORITY without a stream",
        |peer| {
            peer.frame(PRIORITY, 0, 0, &[0, 0, 0, 0, 1]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.3: PRIORITY of another length than 5",
        |peer| {
            peer.headers(0, 1, POST).frame(PRIORITY, 0, 1, &[0, 0, 0, 1]);
        },
        Stream(&[FRAME_SIZE_ERROR]),
    ),
    (
        "6.4: RST_STREAM without a stream",
        |peer| {
            peer.frame(RST_STREAM, 0, 0, &[0, 0, 0, 8]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.4: RST_STREAM of an idle stream",
        |peer| {
            peer.frame(RST_STREAM, 0, 1, &[0, 0, 0, 8]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.4: RST_STREAM of another length than 4",
        |peer| {
            peer.headers(0, 1, POST).frame(RST_STREAM, 0, 1, &[0, 0, 8]);
        },
        Connection(&[FRAME_SIZE_ERROR]),
    ),
    (
        "6.6: PUSH_PROMISE of a client",
        |peer| {
            peer.frame(PUSH_PROMISE, END_HEADERS, 1, &[0, 0, 0, 2]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.7: PING with a stream",
        |peer| {
            peer.frame(PING, 0, 1, &[0; 8]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.7: PING of another length than 8",
        |peer| {
            peer.frame(PING, 0, 0, &[0; 6]);
        },
        Connection(&[FRAME_SIZE_ERROR]),
    ),
    (
        "6.8: GOAWAY with a stream",
        |peer| {
            peer.frame(GOAWAY, 0, 1, &[0; 8]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.10: a header block in several frames",
        |peer| {
            let block = block(GET);
            let (first, rest) = block.split_at(9);
            peer.frame(HEADERS, END_STREAM, 1, first).frame(CONTINUATION, 0, 1, &rest[..5]);
            peer.frame(CONTINUATION, END_HEADERS, 1, &rest[5..]);
        },
        Answer,
    ),
    (
        "6.10: CONTINUATION and then another frame",
        |peer| {
            peer.frame(HEADERS, END_STREAM, 1, &block(GET)).frame(CONTINUATION, 0, 1, &[]);
            peer.frame(PING, 0, 0, &[0; 8]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.10: CONTINUATION without a stream",
        |peer| {
            peer.frame(HEADERS, END_STREAM, 1, &block(GET)).frame(CONTINUATION, END_HEADERS, 0, &[]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.10: CONTINUATION behind a whole header block",
        |peer| {
            peer.headers(0, 1, POST).frame(CONTINUATION, END_HEADERS, 1, &[]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
];

#[tokio::test]
async fn connections_begin_and_frames_are_formed_as_the_standard_says() {
    check(CASES).await;
}
