//! RFC 7541: header blocks that cannot be decoded end the connection, for both sides must have the same table.

use super::peer::Expect::{Answer, Connection};
use super::peer::*;
use super::{Case, check};

/// [`GET`]'s block, with these bytes behind it.
fn with(peer: &mut Peer, rest: &[u8]) {
    peer.frame(HEADERS, END_STREAM | END_HEADERS, 1, &[&block(GET), rest].concat());
}

const CASES: &[Case] = &[
    ("2.3.3: an index of no table", |peer| with(peer, &[0xc5]), Connection(&[COMPRESSION_ERROR])),
    (
        "2.3.3: a literal with a name of no table",
        |peer| with(peer, &[0x7f, 0x7f, 1, b'x']),
        Connection(&[COMPRESSION_ERROR]),
    ),
    (
        "4.2: a change of the table's size at the end of a block",
        |peer| with(peer, &[0x20]),
        Connection(&[COMPRESSION_ERROR]),
    ),
    (
        "4.2: a change of the table's size at the beginning of a block",
        |peer| {
            peer.frame(HEADERS, END_STREAM | END_HEADERS, 1, &[&[0x20], &block(GET)[..]].concat());
        },
        Answer,
    ),
    (
        "5.2: a Huffman text with 8 bits of padding",
        |peer| with(peer, &[0x10, 0x02, b'x', b'y', 0x82, 0x1f, 0xff]),
        Connection(&[COMPRESSION_ERROR]),
    ),
    (
        "5.2: a Huffman text with padding of zeros",
        |peer| with(peer, &[0x10, 0x02, b'x', b'y', 0x81, 0x18]),
        Connection(&[COMPRESSION_ERROR]),
    ),
    (
        "5.2: a Huffman text that holds the end of texts",
        |peer| with(peer, &[0x10, 0x02, b'x', b'y', 0x84, 0xff, 0xff, 0xff, 0xff]),
        Connection(&[COMPRESSION_ERROR]),
    ),
    ("5.2: a Huffman text", |peer| with(peer, &[0x10, 0x02, b'x', b'y', 0x81, 0x1f]), Answer),
    ("6.1: the index 0", |peer| with(peer, &[0x80]), Connection(&[COMPRESSION_ERROR])),
    ("6.2: a text that ends early", |peer| with(peer, &[0x00, 0x7e, b'x']), Connection(&[COMPRESSION_ERROR])),
    (
        "6.3: a table larger than the limit",
        |peer| {
            peer.frame(HEADERS, END_STREAM | END_HEADERS, 1, &[&[0x3f, 0xe2, 0x1f], &block(GET)[..]].concat());
        },
        Connection(&[COMPRESSION_ERROR]),
    ),
];

#[tokio::test]
async fn header_blocks_that_cannot_be_decoded_end_the_connection() {
    check(CASES).await;
}
