//! The atoms of binary frames: LEB128 varints and length-prefixed UTF-8.
//!
//! Writers append to a `Vec<u8>` and cannot fail. [`Reader`] walks bytes that came from somebody else: every
//! method answers with an error where the bytes end too early or lie, and none panics or allocates what a
//! length merely claims.

/// Why bytes are not what the wire document says.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// The bytes end inside a value.
    #[error("the bytes end inside a value")]
    Truncated,
    /// A varint has more than ten bytes or does not fit its type.
    #[error("a number is too large")]
    Overflow,
    /// A string is not UTF-8.
    #[error("a string is not UTF-8")]
    NotUtf8,
}

/// Appends an unsigned LEB128 varint: 1 byte below 128, at most 10.
pub fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a signed number as a zigzag varint: 0, -1, 1, -2, … become 0, 1, 2, 3, …
pub fn write_zigzag(out: &mut Vec<u8>, value: i64) {
    write_varint(out, ((value << 1) ^ (value >> 63)).cast_unsigned());
}

/// Appends a string: its byte length as a varint, then its UTF-8.
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    write_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Reads values from the front of a byte slice.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader at the first byte of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether every byte has been read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The bytes not read so far.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, WireError> {
        let (&first, rest) = self.rest.split_first().ok_or(WireError::Truncated)?;
        self.rest = rest;
        Ok(first)
    }

    /// The next varint.
    pub fn varint(&mut self) -> Result<u64, WireError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(WireError::Overflow);
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(WireError::Overflow)
    }

    /// The next varint, as an id or a count.
    pub fn number(&mut self) -> Result<u32, WireError> {
        u32::try_from(self.varint()?).map_err(|_| WireError::Overflow)
    }

    /// The next zigzag varint.
    pub fn zigzag(&mut self) -> Result<i64, WireError> {
        let value = self.varint()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// The next string, borrowed from the bytes.
    pub fn string(&mut self) -> Result<&'a str, WireError> {
        let length = usize::try_from(self.varint()?).map_err(|_| WireError::Overflow)?;
        let (text, rest) = self.rest.split_at_checked(length).ok_or(WireError::Truncated)?;
        self.rest = rest;
        std::str::from_utf8(text).map_err(|_| WireError::NotUtf8)
    }
}

#[cfg(test)]
mod tests {
    use super::{Reader, WireError, write_string, write_varint, write_zigzag};
    use proptest::{prelude::any, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn numbers_and_strings_survive_the_wire(number in any::<u64>(), signed in any::<i64>(), text in ".*") {
            let mut bytes = Vec::new();
            write_varint(&mut bytes, number);
            write_zigzag(&mut bytes, signed);
            write_string(&mut bytes, &text);
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.varint(), Ok(number));
            prop_assert_eq!(reader.zigzag(), Ok(signed));
            prop_assert_eq!(reader.string(), Ok(&*text));
            prop_assert_eq!(reader.rest(), b"");
        }
    }

    #[test]
    fn a_string_longer_than_the_bytes_is_an_error() {
        assert_eq!(Reader::new(&[5, b'a']).string(), Err(WireError::Truncated));
        let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, b'a'];
        assert_eq!(Reader::new(&huge).string(), Err(WireError::Truncated));
    }

    #[test]
    fn a_varint_of_eleven_bytes_is_an_error() {
        assert_eq!(Reader::new(&[0xff; 11]).varint(), Err(WireError::Overflow));
        let too_large = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2];
        assert_eq!(Reader::new(&too_large).varint(), Err(WireError::Overflow));
    }
}
