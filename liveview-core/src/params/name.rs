//! Nested names: `user[tags][]` is `user`, then the key `tags`, then one more entry.

use super::{MAX_DEPTH, ParamsError};

/// A parameter's name in its parts.
#[derive(Debug, PartialEq)]
pub(super) struct Name<'a> {
    pub(super) base: &'a str,
    pub(super) parts: Vec<Part<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Part<'a> {
    Key(&'a str),
    Push,
}

impl<'a> Name<'a> {
    /// Whatever is not exactly `base[…][…]` is one plain name.
    pub(super) fn parse(name: &'a str) -> Result<Self, ParamsError> {
        let plain = Self { base: name, parts: Vec::new() };
        let Some((base, inside)) = name.strip_suffix(']').and_then(|rest| rest.split_once('[')) else {
            return Ok(plain);
        };
        if base.is_empty() || base.contains(']') {
            return Ok(plain);
        }
        let mut parts = Vec::new();
        for part in inside.split("][") {
            if part.contains(['[', ']']) {
                return Ok(plain);
            }
            if parts.len() + 1 == MAX_DEPTH {
                return Err(ParamsError::TooDeep { limit: MAX_DEPTH });
            }
            parts.push(if part.is_empty() { Part::Push } else { Part::Key(part) });
        }
        Ok(Self { base, parts })
    }

    /// The names on the way.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        let keys = self.parts.iter().filter_map(|part| match part {
            Part::Key(key) => Some(*key),
            Part::Push => None,
        });
        std::iter::once(self.base).chain(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::{Name, ParamsError, Part};

    fn plain(name: &str) -> Name<'_> {
        Name { base: name, parts: Vec::new() }
    }

    #[test]
    fn brackets_nest() {
        let name = Name::parse("a[b c][][d]").expect("shallow");
        assert_eq!(name, Name { base: "a", parts: vec![Part::Key("b c"), Part::Push, Part::Key("d")] });
        assert_eq!(name.keys().collect::<Vec<_>>(), ["a", "b c", "d"]);
    }

    #[test]
    fn what_is_not_well_nested_is_a_plain_name() {
        for name in ["", "a", "a[b", "ab]", "[a]", "[]", "a[b]c", "a[b[c]]", "a[b]]", "a][b]", "a[b]x[c]"] {
            assert_eq!(Name::parse(name).expect("plain"), plain(name));
        }
    }

    #[test]
    fn names_deeper_than_the_limit_are_an_error() {
        let name = |depth: usize| format!("a{}", "[b]".repeat(depth - 1));
        assert_eq!(Name::parse(&name(32)).expect("as deep as may be").keys().count(), 32);
        assert_eq!(Name::parse(&name(33)), Err(ParamsError::TooDeep { limit: 32 }));
    }
}
