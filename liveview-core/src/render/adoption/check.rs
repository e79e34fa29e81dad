//! The checksum of a page's shape: tags and lengths of text, in document order.

/// FNV-1a, 32 bit.
pub(super) struct Check(u32);

impl Default for Check {
    fn default() -> Self {
        Self(2_166_136_261)
    }
}

impl Check {
    /// The start tag of an element.
    pub(super) fn begin(&mut self, tag: &str) {
        self.byte(1);
        tag.bytes().for_each(|byte| self.byte(byte.to_ascii_lowercase()));
    }

    /// The end of an element.
    pub(super) fn end(&mut self) {
        self.byte(2);
    }

    /// A text node of this many UTF-16 units.
    pub(super) fn text(&mut self, length: u32) {
        self.byte(3);
        length.to_le_bytes().into_iter().for_each(|byte| self.byte(byte));
    }

    pub(super) fn value(&self) -> u32 {
        self.0
    }

    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u32::from(byte)).wrapping_mul(16_777_619);
    }
}

#[cfg(test)]
mod tests {
    use super::Check;

    #[test]
    fn the_checksum_is_fnv_1a() {
        let mut check = Check::default();
        // The published test vector for "foobar".
        b"foobar".iter().for_each(|byte| check.byte(*byte));
        assert_eq!(check.value(), 0xbf9c_f968);
    }

    #[test]
    fn the_case_of_tags_does_not_matter() {
        let (mut upper, mut lower) = (Check::default(), Check::default());
        upper.begin("foreignObject");
        lower.begin("foreignobject");
        assert_eq!(upper.value(), lower.value());
    }
}
