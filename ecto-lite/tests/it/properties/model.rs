//! Conditions as plain data, and what SQL says they mean: the reference that the databases are compared with.
//!
//! A condition is true, false or unknown (`None`); `and`, `or` and `not` are Kleene's. A row is found where it is true.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use ecto_lite::adapter::Dialect;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::Sample;

/// A condition over one [`Sample`].
#[derive(Clone, Debug)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Flag(Test<bool>),
    Whole(Test<i64>),
    Real(Test<f64>),
    Text(Test<String>),
    Name(Test<String>),
    Bytes(Test<Vec<u8>>),
    Token(Test<Uuid>),
    Exact(Test<Decimal>),
    Day(Test<NaiveDate>),
    Clock(Test<NaiveTime>),
    At(Test<DateTime<Utc>>),
    /// Of `text`.
    Pattern(Pattern),
    /// `whole` with `other`, column with column.
    Columns(Comparison),
}

/// A condition over one column.
#[derive(Clone, Debug)]
pub enum Test<T> {
    Compare(Comparison, T),
    In(Vec<T>),
    NotIn(Vec<T>),
    Between(T, T),
    IsNull,
    IsNotNull,
}

#[derive(Clone, Copy, Debug)]
pub enum Comparison {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
}

/// A condition over text. The last three are of text, which they do not read as a pattern.
#[derive(Clone, Debug)]
pub enum Pattern {
    Like(String),
    NotLike(String),
    Ilike(String),
    Contains(String),
    StartsWith(String),
    EndsWith(String),
}

impl Condition {
    /// Whether it holds of `row`.
    pub fn holds(&self, row: &Sample, dialect: Dialect) -> Option<bool> {
        match self {
            Self::All(terms) => decided(terms.iter().map(|term| term.holds(row, dialect)), false),
            Self::Any(terms) => decided(terms.iter().map(|term| term.holds(row, dialect)), true),
            Self::Not(term) => term.holds(row, dialect).map(|holds| !holds),
            Self::Flag(test) => test.holds(row.flag.as_ref()),
            Self::Whole(test) => test.holds(row.whole.as_ref()),
            Self::Real(test) => test.holds(row.real.as_ref()),
            Self::Text(test) => test.holds(row.text.as_ref()),
            Self::Name(test) => test.holds(Some(&row.name)),
            Self::Bytes(test) => test.holds(row.bytes.as_ref()),
            Self::Token(test) => test.holds(row.token.as_ref()),
            Self::Exact(test) => test.holds(row.exact.as_ref()),
            Self::Day(test) => test.holds(row.day.as_ref()),
            Self::Clock(test) => test.holds(row.clock.as_ref()),
            Self::At(test) => test.holds(row.at.as_ref()),
            Self::Pattern(pattern) => row.text.as_ref().map(|text| pattern.matches(text, dialect)),
            Self::Columns(comparison) => Some(comparison.holds(&row.whole?, &row.other?)),
        }
    }
}

/// `by` if any term is, else unknown if any term is, else the opposite: `or` is decided by true, `and` by false.
fn decided(terms: impl Iterator<Item = Option<bool>>, by: bool) -> Option<bool> {
    let terms: Vec<_> = terms.collect();
    if terms.contains(&Some(by)) {
        Some(by)
    } else if terms.contains(&None) {
        None
    } else {
        Some(!by)
    }
}

impl<T: PartialOrd> Test<T> {
    fn holds(&self, value: Option<&T>) -> Option<bool> {
        match self {
            Self::IsNull => Some(value.is_none()),
            Self::IsNotNull => Some(value.is_some()),
            // A list without an element holds nothing, not even the unknown.
            Self::In(list) if list.is_empty() => Some(false),
            Self::NotIn(list) if list.is_empty() => Some(true),
            Self::In(list) => value.map(|value| list.contains(value)),
            Self::NotIn(list) => value.map(|value| !list.contains(value)),
            Self::Between(low, high) => value.map(|value| low <= value && value <= high),
            Self::Compare(comparison, other) => value.map(|value| comparison.holds(value, other)),
        }
    }
}

impl Comparison {
    fn holds<T: PartialOrd>(self, a: &T, b: &T) -> bool {
        match self {
            Self::Eq => a == b,
            Self::Ne => a != b,
            Self::Lt => a < b,
            Self::Lte => a <= b,
            Self::Gt => a > b,
            Self::Gte => a >= b,
        }
    }
}

impl Pattern {
    fn matches(&self, text: &str, dialect: Dialect) -> bool {
        let sqlite = dialect == Dialect::Sqlite;
        match self {
            // SQLite's LIKE takes `a` for `A`.
            Self::Like(pattern) => like(text, pattern, sqlite),
            Self::NotLike(pattern) => !like(text, pattern, sqlite),
            Self::Ilike(pattern) => like(text, pattern, true),
            Self::Contains(part) => fold(text, sqlite).contains(&fold(part, sqlite)),
            Self::StartsWith(part) => fold(text, sqlite).starts_with(&fold(part, sqlite)),
            Self::EndsWith(part) => fold(text, sqlite).ends_with(&fold(part, sqlite)),
        }
    }
}

fn fold(text: &str, ignore_case: bool) -> String {
    if ignore_case { text.to_ascii_lowercase() } else { text.to_owned() }
}

/// `LIKE` without an escape: `%` is any text, `_` any character.
fn like(text: &str, pattern: &str, ignore_case: bool) -> bool {
    let text: Vec<char> = fold(text, ignore_case).chars().collect();
    let pattern: Vec<char> = fold(pattern, ignore_case).chars().collect();
    // reached[i]: the pattern so far matches the first i characters.
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for symbol in pattern {
        let before = reached.clone();
        for end in 0..=text.len() {
            reached[end] = match symbol {
                '%' => before[..=end].contains(&true),
                '_' => end > 0 && before[end - 1],
                symbol => end > 0 && before[end - 1] && text[end - 1] == symbol,
            };
        }
    }
    reached[text.len()]
}

#[test]
fn the_reference_knows_like() {
    for (text, pattern) in [("abc", "a%"), ("abc", "%c"), ("abc", "_b_"), ("abc", "%%"), ("", "%"), ("a%", "a%")] {
        assert!(like(text, pattern, false), "{text} like {pattern}");
    }
    for (text, pattern) in [("abc", "a"), ("abc", "__"), ("ABC", "a%"), ("", "_")] {
        assert!(!like(text, pattern, false), "{text} not like {pattern}");
    }
    assert!(like("ABC", "a%", true));
}
