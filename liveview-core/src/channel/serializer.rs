//! Messages to frames and back. `vsn` in the URL of the socket chooses the serializer; a client that names none speaks 1.0.0.

mod v1;
mod v2;

pub use self::v1::V1;
pub use self::v2::V2;
use super::frame::Frame;
use super::message::{Incoming, Outgoing};

/// A language of clients. Those of Phoenix are [`V2`] and [`V1`]; others are given to a socket by
/// [`SocketRoutes::serializer`](super::SocketRoutes::serializer).
pub trait Serializer: Send + Sync + 'static {
    /// What clients name as `vsn`, such as `2.0.0`. A client of another patch version of it (`2.0.1`) is served, too.
    fn vsn(&self) -> &str;

    /// Reads a frame.
    ///
    /// # Errors
    /// When it is none of this language. The socket is closed.
    fn decode(&self, frame: &Frame) -> Result<Incoming, DecodeError>;

    /// Writes a frame. That of a broadcast is written once and sent to every subscriber that speaks this language.
    ///
    /// # Errors
    /// When the language has no form for the message.
    fn encode(&self, message: &Outgoing<'_>) -> Result<Frame, EncodeError>;
}

/// Why a frame of a client cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the frame is malformed")]
pub struct DecodeError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl DecodeError {
    /// Wraps the cause.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// Why a message cannot be sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The payload has no form in JSON.
    #[error("the payload has no form in JSON")]
    Payload(#[source] serde_json::Error),
    /// The heads of binary frames have one byte for the length of each field.
    #[error("{field} has {bytes} bytes, and a binary message has room for 255")]
    TooLong {
        /// Which field.
        field: &'static str,
        /// How long it is.
        bytes: usize,
    },
    /// The language has no binary messages.
    #[error("a client of the protocol {vsn} cannot be sent bytes")]
    Binary {
        /// The language.
        vsn: &'static str,
    },
    /// Of a serializer of one's own.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

/// Whether clients that name `vsn` speak a language: all but the patch version is the same.
pub(crate) fn speaks(serializer: &dyn Serializer, vsn: &str) -> bool {
    let base = |vsn: &str| vsn.rsplit_once('.').map_or(vsn.to_owned(), |(base, _)| base.to_owned());
    serializer.vsn() == vsn || (vsn.matches('.').count() == 2 && base(serializer.vsn()) == base(vsn))
}

#[cfg(test)]
mod tests {
    use super::{V1, V2, speaks};

    #[test]
    fn patch_versions_are_one_language() {
        for (vsn, two, one) in [
            ("2.0.0", true, false),
            ("2.0.7", true, false),
            ("1.0.0", false, true),
            ("2.1.0", false, false),
            ("2", false, false),
            ("", false, false),
        ] {
            assert_eq!((speaks(&V2, vsn), speaks(&V1, vsn)), (two, one), "{vsn}");
        }
    }
}
