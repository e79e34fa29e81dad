//! Urlencoded text to parameters.

use super::name::{Name, Part};
use super::{MAX_PARAMS, Param, Params, ParamsError};

const TARGET: &str = "_target";
pub(super) const UNUSED: &str = "_unused_";

pub(super) fn decode(text: &[u8]) -> Result<Params, ParamsError> {
    let mut params = Params::new();
    let pairs = text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    for (number, pair) in (1..).zip(pairs) {
        if number > MAX_PARAMS {
            return Err(ParamsError::TooMany { limit: MAX_PARAMS });
        }
        let middle = pair.iter().position(|byte| *byte == b'=');
        let (name, value) = middle.map_or((pair, &[][..]), |at| (&pair[..at], &pair[at + 1..]));
        params.add(&unescape(name, number)?, unescape(value, number)?)?;
    }
    Ok(params)
}

impl Params {
    /// Adds one pair of the text, or one field of a multipart form.
    pub(crate) fn add(&mut self, name: &str, value: String) -> Result<(), ParamsError> {
        if name == TARGET {
            self.target = Name::parse(&value)?.keys().map(str::to_owned).collect();
            return Ok(());
        }
        let Name { base, parts } = Name::parse(name)?;
        self.put(base, &parts, value);
        Ok(())
    }

    /// As deep as the name: [`super::MAX_DEPTH`] calls.
    fn put(&mut self, key: &str, parts: &[Part<'_>], value: String) {
        match key.strip_prefix(UNUSED) {
            Some(unused) if matches!(parts, [] | [Part::Push]) => {
                self.mark_unused(unused);
            }
            _ => self.entries.entry(key.to_owned()).or_insert_with(|| "".into()).put(parts, value),
        }
    }
}

impl Param {
    /// What is of another kind than the name wants gives way.
    fn put(&mut self, parts: &[Part<'_>], value: String) {
        match parts {
            [] => *self = Self::Text(value),
            [Part::Key(key), rest @ ..] => {
                if !matches!(self, Self::Map(_)) {
                    *self = Self::Map(Params::new());
                }
                if let Self::Map(params) = self {
                    params.put(key, rest, value);
                }
            }
            [Part::Push, rest @ ..] => {
                if !matches!(self, Self::List(_)) {
                    *self = Self::List(Vec::new());
                }
                if let Self::List(list) = self {
                    let mut entry = Self::Text(String::new());
                    entry.put(rest, value);
                    list.push(entry);
                }
            }
        }
    }
}

/// `+` is a space and `%41` a byte; strict, where the crates for it let wrong input through.
fn unescape(text: &[u8], number: usize) -> Result<String, ParamsError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (rest.next().and_then(hex), rest.next().and_then(hex)) {
                (Some(high), Some(low)) => high << 4 | low,
                _ => return Err(ParamsError::PercentEncoding { number }),
            },
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| ParamsError::Utf8 { number })
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, proptest};
    use serde_json::{Value, json};

    use crate::params::{Params, ParamsError};

    fn json(text: &str) -> Value {
        Params::decode(text).expect("well formed").into()
    }

    #[test]
    fn the_table_of_the_module_is_true() {
        assert_eq!(json("a=1&a=2"), json!({"a": "2"}));
        assert_eq!(json("a="), json!({"a": ""}));
        assert_eq!(json("a"), json!({"a": ""}));
        assert_eq!(json("a[]=1&a[]=2"), json!({"a": ["1", "2"]}));
        assert_eq!(json("a[b]=1&a[c]=2"), json!({"a": {"b": "1", "c": "2"}}));
        assert_eq!(json("a[][b]=1&a[][b]=2"), json!({"a": [{"b": "1"}, {"b": "2"}]}));
        assert_eq!(json("a=1&a[b]=2"), json!({"a": {"b": "2"}}));
        assert_eq!(json("a[b]=1&a[]=2"), json!({"a": ["2"]}));
        assert_eq!(json("a[]=1&a=2"), json!({"a": "2"}));
        assert_eq!(json("a[b=1&a[b]c=2&[a]=3"), json!({"a[b": "1", "a[b]c": "2", "[a]": "3"}));
        assert_eq!(json("=1&&"), json!({"": "1"}));
        assert_eq!(json(""), json!({}));
    }

    /// `Plug.Conn.Query`, Plug 1.18.
    #[test]
    fn nested_rows_and_their_order_are_read_as_plug_reads_them() {
        assert_eq!(
            json("r[w][0][x]=1&r[w][10][x]=3&r[w][2][x]=2&r[w_sort][]=10&r[w_sort][]=0&r[w_sort][]=new&r[w_drop][]="),
            json!({"r": {
                "w": {"0": {"x": "1"}, "10": {"x": "3"}, "2": {"x": "2"}},
                "w_sort": ["10", "0", "new"],
                "w_drop": [""],
            }})
        );
        assert_eq!(json("a[0]=x&a[0]=y"), json!({"a": {"0": "y"}}));
        assert_eq!(json("a[][b][]=1&a[][b][]=2"), json!({"a": [{"b": ["1"]}, {"b": ["2"]}]}));
        assert_eq!(json("a[]&a[]="), json!({"a": ["", ""]}));
        assert_eq!(json("a[b]=&a[b]"), json!({"a": {"b": ""}}));
        assert_eq!(json("a[b][c]=1&a[b]=2"), json!({"a": {"b": "2"}}));
    }

    #[test]
    fn escapes_are_decoded_before_brackets_are_seen() {
        assert_eq!(json("a%5Bb%5D=1+2%2B3%3D%C3%A4"), json!({"a": {"b": "1 2+3=ä"}}));
    }

    #[test]
    fn wrong_text_is_an_error_that_says_where() {
        for text in ["a=1&b=%", "a=1&b=%4", "a=1&%zz=1", "a=1&b=%+1"] {
            assert_eq!(Params::decode(text), Err(ParamsError::PercentEncoding { number: 2 }), "{text}");
        }
        assert_eq!(Params::decode("a=%ff"), Err(ParamsError::Utf8 { number: 1 }));
        assert_eq!(Params::decode(b"\xff=1"), Err(ParamsError::Utf8 { number: 1 }));
    }

    #[test]
    fn ten_thousand_parameters_are_read_and_not_one_more() {
        let text = |count: usize| "a[]=1&".repeat(count);
        assert_eq!(Params::decode(text(10_000)).expect("as many as may be").list("a").map(<[_]>::len), Some(10_000));
        assert_eq!(Params::decode(text(10_001)), Err(ParamsError::TooMany { limit: 10_000 }));
        let deep = format!("a{}=1", "[]".repeat(40));
        assert_eq!(Params::decode(deep), Err(ParamsError::TooDeep { limit: 32 }));
        assert_eq!(Params::decode(format!("_target=a{}", "[b]".repeat(40))), Err(ParamsError::TooDeep { limit: 32 }));
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..200)) {
            let _ = Params::decode(bytes);
        }

        #[test]
        fn random_names_never_panic(text in "([ab_\\[\\]=&%+]|_unused_|_target=|\\[\\]){0,40}") {
            let _ = Params::decode(text);
        }
    }
}
