//! An id for every request, in its answer and in everything that is logged meanwhile (`Plug.RequestId`).

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::session::random_bytes;

/// The header, in and out.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How long an id of somebody else may be (`Plug.RequestId`).
const LENGTHS: std::ops::RangeInclusive<usize> = 20..=200;

/// The id of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestId(Arc<str>);

impl RequestId {
    /// The one that a proxy gave, if it is fit for a log; else a new one of 120 random bits.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
        let fit = given.filter(|id| LENGTHS.contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()));
        Self(fit.map_or_else(|| crate::base64_url(&random_bytes::<15>()).into(), Into::into))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn header(&self) -> HeaderValue {
        // Printable ASCII, by `of`.
        HeaderValue::from_str(&self.0).unwrap_or(HeaderValue::from_static("unknown"))
    }
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
