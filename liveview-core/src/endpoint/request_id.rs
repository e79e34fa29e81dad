//! An id for every request, in its answer and in everything that is logged meanwhile (`Plug.RequestId`).

use std::cell::RefCell;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::session::random_bytes;

/// The header, in and out.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How many of them are in an id of ours: 20 characters in base64.
const BYTES: usize = 15;
/// How long an id of somebody else may be (`Plug.RequestId`).
const LENGTHS: std::ops::RangeInclusive<usize> = 20..=200;

/// The id of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The one that a proxy gave, if it is fit for a log; else a new one of 120 random bits.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let is_fit = |id: &&HeaderValue| LENGTHS.contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic);
        Self(headers.get(REQUEST_ID).filter(is_fit).cloned().unwrap_or_else(new))
    }

    pub(crate) fn as_str(&self) -> &str {
        // Printable ASCII, by `of`.
        self.0.to_str().unwrap_or_default()
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

fn new() -> HeaderValue {
    // Base64 is printable ASCII.
    HeaderValue::try_from(crate::base64_url(&random())).unwrap_or(HeaderValue::from_static("unknown"))
}

/// Random bytes from a stock of the thread's own, so that not every request asks the system. They name requests and keep no secret.
fn random() -> [u8; BYTES] {
    const STOCK: usize = 64 * BYTES;
    thread_local! {
        static BYTES_LEFT: RefCell<([u8; STOCK], usize)> = const { RefCell::new(([0; STOCK], 0)) };
    }
    BYTES_LEFT.with_borrow_mut(|(stock, left)| {
        if *left == 0 {
            *stock = random_bytes();
            *left = STOCK;
        }
        *left -= BYTES;
        std::array::from_fn(|place| stock[*left + place])
    })
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::{REQUEST_ID, RequestId};

    fn id(given: &str) -> RequestId {
        RequestId::of(&HeaderMap::from_iter([(REQUEST_ID, HeaderValue::from_str(given).expect("a header"))]))
    }

    #[test]
    fn a_fit_id_is_taken_over_and_another_is_replaced() {
        assert_eq!(id("01234567890123456789").as_str(), "01234567890123456789");
        for unfit in ["short", &"x".repeat(201), "0123456789 0123456789", "0123456789\t0123456789"] {
            assert_ne!(id(unfit).as_str(), unfit);
        }
        let (first, second) = (RequestId::of(&HeaderMap::new()), RequestId::of(&HeaderMap::new()));
        assert_eq!(first.as_str().len(), 20);
        assert_ne!(first, second);
    }
}
