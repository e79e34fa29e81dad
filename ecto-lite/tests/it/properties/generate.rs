//! Random rows and conditions. Values come from small pools, so that conditions meet rows; texts are chosen for harm.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::Sample;
use super::model::{Comparison, Condition, Pattern, Test};

/// Text that would do harm if it were ever read as SQL, as a pattern or as a placeholder.
pub const HOSTILE: &[&str] = &[
    "'; DROP TABLE samples; --",
    "\"; DELETE FROM samples; --",
    "' OR '1'='1",
    "\\'; DROP TABLE samples; --",
    "x') UNION SELECT * FROM samples --",
    "$1",
    "?",
    "?1 :a @b $$ $tag$",
    "/* */ --",
    "`samples`",
    "[samples]",
    "100%",
    "a_b",
    "a\\%b",
    "{\"a\":1}",
    "\u{2019}; drop",
    "line\nbreak\ttab",
    "\u{1F916}\u{0301}",
];

/// Rows with the ids 1, 2, ….
pub fn rows() -> impl Strategy<Value = Vec<Sample>> {
    vec(row(), 0..12).prop_map(|mut rows| {
        for (row, id) in rows.iter_mut().zip(1..) {
            row.id = id;
        }
        rows
    })
}

fn row() -> impl Strategy<Value = Sample> {
    let numbers =
        (option::of(any::<bool>()), option::of(whole()), option::of(whole()), option::of(real()), option::of(exact()));
    let texts = (option::of(text()), text(), option::of(bytes()), option::of(token()));
    let times = (option::of(day()), option::of(clock()), option::of(at()));
    (numbers, texts, times).prop_map(|(numbers, texts, times)| {
        let (flag, whole, other, real, exact) = numbers;
        let (text, name, bytes, token) = texts;
        let (day, clock, at) = times;
        Sample { id: 0, flag, whole, other, real, exact, text, name, bytes, token, day, clock, at, doc: None }
    })
}

/// A condition up to four deep.
pub fn condition() -> impl Strategy<Value = Condition> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Condition::All),
            vec(inner.clone(), 0..4).prop_map(Condition::Any),
            inner.prop_map(|term| Condition::Not(Box::new(term))),
        ]
    })
}

fn leaf() -> impl Strategy<Value = Condition> {
    prop_oneof![
        test(any::<bool>()).prop_map(Condition::Flag),
        test(whole()).prop_map(Condition::Whole),
        test(real()).prop_map(Condition::Real),
        test(text()).prop_map(Condition::Text),
        test(text()).prop_map(Condition::Name),
        test(bytes()).prop_map(Condition::Bytes),
        test(token()).prop_map(Condition::Token),
        // SQLite holds decimals as text, which has no numeric order.
        unordered(exact()).prop_map(Condition::Exact),
        test(day()).prop_map(Condition::Day),
        test(clock()).prop_map(Condition::Clock),
        test(at()).prop_map(Condition::At),
        pattern().prop_map(Condition::Pattern),
        comparison().prop_map(Condition::Columns),
    ]
}

fn test<T: Clone + std::fmt::Debug>(value: impl Strategy<Value = T> + Clone) -> impl Strategy<Value = Test<T>> {
    prop_oneof![
        4 => (comparison(), value.clone()).prop_map(|(comparison, value)| Test::Compare(comparison, value)),
        1 => (value.clone(), value.clone()).prop_map(|(low, high)| Test::Between(low, high)),
        2 => unordered(value),
    ]
}

fn unordered<T: Clone + std::fmt::Debug>(value: impl Strategy<Value = T> + Clone) -> impl Strategy<Value = Test<T>> {
    let equality = select(vec![Comparison::Eq, Comparison::Ne]);
    prop_oneof![
        (equality, value.clone()).prop_map(|(comparison, value)| Test::Compare(comparison, value)),
        vec(value.clone(), 0..4).prop_map(Test::In),
        vec(value, 0..4).prop_map(Test::NotIn),
        Just(Test::IsNull),
        Just(Test::IsNotNull),
    ]
}

fn comparison() -> impl Strategy<Value = Comparison> + Clone {
    use Comparison::{Eq, Gt, Gte, Lt, Lte, Ne};
    select(vec![Eq, Ne, Lt, Lte, Gt, Gte])
}

fn pattern() -> impl Strategy<Value = Pattern> {
    // A backslash in a pattern is an escape in PostgreSQL and itself in SQLite; only the last three take any text.
    let like = "[abAB%_']{0,4}";
    prop_oneof![
        like.prop_map(Pattern::Like),
        like.prop_map(Pattern::NotLike),
        like.prop_map(Pattern::Ilike),
        part().prop_map(Pattern::Contains),
        part().prop_map(Pattern::StartsWith),
        part().prop_map(Pattern::EndsWith),
    ]
}

fn part() -> impl Strategy<Value = String> {
    prop_oneof![text(), "[abA%_\\\\']{0,2}"]
}

fn text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![2 => "[abAB%_\\\\']{0,3}", 1 => select(HOSTILE).prop_map(str::to_owned)]
}

fn whole() -> impl Strategy<Value = i64> + Clone {
    prop_oneof![4 => -2..3_i64, 1 => select(vec![i64::MIN, i64::MAX, 1 << 53])]
}

fn real() -> impl Strategy<Value = f64> + Clone {
    select(vec![-1.5, -0.0, 0.0, 0.1, 0.1 + 0.2, 0.3, 1.0, 2.5, f64::MIN_POSITIVE, f64::MAX])
}

fn exact() -> impl Strategy<Value = Decimal> + Clone {
    (-300..300_i64).prop_map(|cents| Decimal::new(cents, 2))
}

fn bytes() -> impl Strategy<Value = Vec<u8>> + Clone {
    vec(select(vec![0, 1, b'\'', 0xff]), 0..3)
}

fn token() -> impl Strategy<Value = Uuid> + Clone {
    select(vec![0, 1, 0xa, u128::MAX]).prop_map(Uuid::from_u128)
}

fn day() -> impl Strategy<Value = NaiveDate> + Clone {
    (0..5_u32).prop_map(|day| NaiveDate::from_ymd_opt(2026, 2, 26 + day.min(2)).expect("a day of February"))
}

fn clock() -> impl Strategy<Value = NaiveTime> + Clone {
    select(vec![(0, 0), (9, 5), (9, 500_000), (23, 999_999)])
        .prop_map(|(hour, micro)| NaiveTime::from_hms_micro_opt(hour, 0, 0, micro).expect("a time of day"))
}

fn at() -> impl Strategy<Value = DateTime<Utc>> + Clone {
    select(vec![0, 1, 999_999, 1_000_000, 1_790_000_000_000_000, -1])
        .prop_map(|micros| DateTime::from_timestamp_micros(micros).expect("a point in time"))
}
