//! RFC 9113, 6.5, 6.7 and 6.9: settings, pings and flow control.

use super::peer::Expect::{self, Answer, Connection, Nothing, Stream};
use super::peer::*;
use super::{Case, Routes, check};
use crate::support::start;

const ENABLE_PUSH: u16 = 2;
const INITIAL_WINDOW_SIZE: u16 = 4;
const MAX_FRAME_SIZE: u16 = 5;
const MOST: [u8; 4] = [0x7f, 0xff, 0xff, 0xff];

const CASES: &[Case] = &[
    (
        "6.5: SETTINGS with a stream",
        |peer| {
            peer.frame(SETTINGS, 0, 1, &[]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.5: an acknowledgement with a payload",
        |peer| {
            peer.frame(SETTINGS, ACK, 0, &[0; 6]);
        },
        Connection(&[FRAME_SIZE_ERROR]),
    ),
    (
        "6.5: a length that is no multiple of 6",
        |peer| {
            peer.frame(SETTINGS, 0, 0, &[0; 3]);
        },
        Connection(&[FRAME_SIZE_ERROR]),
    ),
    (
        "6.5.2: ENABLE_PUSH of 2",
        |peer| {
            peer.settings(&[(ENABLE_PUSH, 2)]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.5.2: a window larger than 2^31-1",
        |peer| {
            peer.settings(&[(INITIAL_WINDOW_SIZE, 1 << 31)]);
        },
        Connection(&[FLOW_CONTROL_ERROR]),
    ),
    (
        "6.5.2: frames smaller than allowed",
        |peer| {
            peer.settings(&[(MAX_FRAME_SIZE, 16_383)]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.5.2: frames larger than allowed",
        |peer| {
            peer.settings(&[(MAX_FRAME_SIZE, 1 << 24)]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.5.2: an unknown setting is ignored",
        |peer| {
            peer.settings(&[(0xff, 1)]);
        },
        Nothing,
    ),
    (
        "6.9: a WINDOW_UPDATE of 0 for the connection",
        |peer| {
            peer.frame(WINDOW_UPDATE, 0, 0, &[0; 4]);
        },
        Connection(&[PROTOCOL_ERROR]),
    ),
    (
        "6.9: a WINDOW_UPDATE of 0 for a stream",
        |peer| {
            peer.headers(0, 1, POST).frame(WINDOW_UPDATE, 0, 1, &[0; 4]);
        },
        Stream(&[PROTOCOL_ERROR]),
    ),
    (
        "6.9: WINDOW_UPDATE of another length than 4",
        |peer| {
            peer.frame(WINDOW_UPDATE, 0, 0, &[0, 0, 1]);
        },
        Connection(&[FRAME_SIZE_ERROR]),
    ),
    (
        "6.9.1: the connection's window above 2^31-1",
        |peer| {
            peer.frame(WINDOW_UPDATE, 0, 0, &MOST).frame(WINDOW_UPDATE, 0, 0, &MOST);
        },
        Connection(&[FLOW_CONTROL_ERROR]),
    ),
    (
        "6.9.1: a stream's window above 2^31-1",
        |peer| {
            peer.headers(0, 1, POST).frame(WINDOW_UPDATE, 0, 1, &MOST).frame(WINDOW_UPDATE, 0, 1, &MOST);
        },
        Stream(&[FLOW_CONTROL_ERROR]),
    ),
    (
        "6.9.2: a window that grows while an answer waits for it",
        |peer| {
            peer.settings(&[(INITIAL_WINDOW_SIZE, 1)]).headers(END_STREAM, 1, GET);
            peer.settings(&[(INITIAL_WINDOW_SIZE, 100)]);
        },
        Answer,
    ),
    (
        "6.9.2: a window that a change makes larger than 2^31-1",
        |peer| {
            peer.headers(0, 1, POST).frame(WINDOW_UPDATE, 0, 1, &[0x7f, 0xff, 0, 0]);
            peer.settings(&[(INITIAL_WINDOW_SIZE, (1 << 31) - 1)]);
        },
        Stream(&[FLOW_CONTROL_ERROR]),
    ),
];

#[tokio::test]
async fn settings_and_windows_are_what_the_standard_says() {
    check(CASES).await;
}

#[tokio::test]
async fn settings_are_acknowledged_and_pings_answered_once_with_what_they_said() {
    let server = start(Routes).await;
    let mut peer = Peer::new(server.addr());
    peer.settings(&[(INITIAL_WINDOW_SIZE, 100), (INITIAL_WINDOW_SIZE, 1)]).frame(SETTINGS, ACK, 0, &[]);
    peer.frame(PING, 0, 0, b"ping one").frame(PING, ACK, 0, b"not this").frame(PING, 0, 0, b"ping two");
    let outcome = peer.run(&Expect::Nothing).await;
    assert!(Expect::Nothing.allows(&outcome), "{outcome:?}");
    assert_eq!(outcome.settings_acks, 2, "those of the beginning, and these");
    assert_eq!(outcome.pongs, [b"ping one", b"ping two"]);
}

#[tokio::test]
async fn no_more_is_sent_than_the_window_takes() {
    let server = start(Routes).await;
    let mut peer = Peer::new(server.addr());
    peer.settings(&[(INITIAL_WINDOW_SIZE, 3)]).headers(END_STREAM, 1, GET);
    let outcome = peer.run(&Expect::Answer).await;
    assert!(Expect::Answer.allows(&outcome), "{outcome:?}");
    assert!(outcome.body <= 3, "{outcome:?}");
}
