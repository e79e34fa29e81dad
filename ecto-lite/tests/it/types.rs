//! What every type promises: what is shown can be cast, what is dumped can be loaded, and nothing else.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use ecto_lite::types::{CastError, Json, from_json};
use ecto_lite::{DbType, Type, Value};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

/// What databases and documents rely on: what they are given comes back as it was.
fn comes_back<T: Type + PartialEq + Debug>(value: &T) -> Result<(), TestCaseError> {
    let dumped = value.dump().expect("it can be stored");
    prop_assert_eq!(dumped.db_type(), T::DB);
    prop_assert_eq!(&T::load(dumped.clone()).expect("it is of the type"), value);
    prop_assert_eq!(value.clone().into_value(), Ok(dumped.clone()), "however it is dumped");
    let document = from_json(&dumped.to_json(), T::DB).expect("JSON holds it");
    prop_assert_eq!(&T::load(document).expect("it is of the type"), value);
    Ok(())
}

/// What forms rely on: the text that they show is cast to the value that they showed.
#[expect(clippy::needless_pass_by_value, reason = "every case gives it what it made")]
fn is_cast_from<T: Type + PartialEq + Debug>(value: &T, shown: impl ToString) -> Result<(), TestCaseError> {
    prop_assert_eq!(T::cast(&json!(shown.to_string())), Ok(value.clone()));
    comes_back(value)
}

fn date() -> impl Strategy<Value = NaiveDate> {
    // From year 0 to 9999.
    (-719_528..2_932_897_i32).prop_map(|days| NaiveDate::from_epoch_days(days).expect("it is in range"))
}

fn time() -> impl Strategy<Value = NaiveTime> {
    (0..86_400_u32, 0..1_000_000_u32).prop_map(|(seconds, microseconds)| {
        NaiveTime::from_num_seconds_from_midnight_opt(seconds, microseconds * 1_000).expect("it is in range")
    })
}

fn datetime() -> impl Strategy<Value = NaiveDateTime> {
    (date(), time()).prop_map(|(date, time)| date.and_time(time))
}

fn decimal() -> impl Strategy<Value = Decimal> {
    (any::<i128>(), 0..=28_u32).prop_map(|(digits, scale)| Decimal::from_i128_with_scale(digits % (1 << 96), scale))
}

fn text() -> impl Strategy<Value = String> {
    "[^\0]*"
}

fn document() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|it| json!(it)),
        any::<i64>().prop_map(|it| json!(it)),
        text().prop_map(|it| json!(it)),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|it| json!(it)),
            btree_map(text(), inner, 0..4).prop_map(|it| json!(it)),
        ]
    })
}

proptest! {
    #[test]
    fn integers(a: i16, b: i32, c: i64, d: u8, e: u16, f: u32) {
        is_cast_from(&a, a)?;
        is_cast_from(&b, b)?;
        is_cast_from(&c, c)?;
        is_cast_from(&d, d)?;
        is_cast_from(&e, e)?;
        is_cast_from(&f, f)?;
        prop_assert_eq!(i64::cast(&json!(c)), Ok(c));
        prop_assert_eq!(i16::cast(&json!(c)).ok(), i16::try_from(c).ok(), "too large for the type is no integer of it");
        prop_assert_eq!(u8::load(Value::Int(c)).ok(), u8::try_from(c).ok());
    }

    #[test]
    fn floats(a in any::<f64>().prop_filter("finite", |it| it.is_finite()), b in any::<f32>().prop_filter("finite", |it| it.is_finite())) {
        is_cast_from(&a, a)?;
        is_cast_from(&b, b)?;
        prop_assert_eq!(f64::cast(&json!(a)), Ok(a));
    }

    #[test]
    fn texts_and_bytes(a in text(), b: Vec<u8>, c in any::<u128>().prop_map(Uuid::from_u128), d: bool) {
        is_cast_from(&a, &a)?;
        prop_assert_eq!(Vec::<u8>::cast(&json!(a)), Ok(a.into_bytes()));
        comes_back(&b)?;
        is_cast_from(&c, c.hyphenated())?;
        is_cast_from(&c, c.simple())?;
        is_cast_from(&c, c.to_string().to_uppercase())?;
        is_cast_from(&d, d)?;
    }

    #[test]
    fn decimals_keep_their_digits(a in decimal()) {
        is_cast_from(&a, a)?;
        let Value::Decimal(dumped) = a.dump().expect("it can be stored") else { panic!("a decimal") };
        prop_assert_eq!(dumped.scale(), a.scale());
        let Some(Value::Decimal(read)) = from_json(&Value::Decimal(a).to_json(), DbType::Decimal).ok() else { panic!("a decimal") };
        prop_assert_eq!(read.scale(), a.scale());
    }

    #[test]
    fn dates_and_times(date in date(), time in time(), datetime in datetime(), offset in -1439..=1439_i64) {
        is_cast_from(&date, date)?;
        is_cast_from(&time, time)?;
        is_cast_from(&datetime, datetime)?;
        is_cast_from(&datetime, datetime.format("%FT%T%.6f"))?;
        is_cast_from(&datetime.and_utc(), datetime)?;
        is_cast_from(&datetime.and_utc(), datetime.format("%FT%T%.6fZ"))?;
        prop_assert_eq!(NaiveDate::cast(&json!(datetime.to_string())), Ok(datetime.date()));
        let sign = if offset < 0 { '-' } else { '+' };
        let text = format!("{}{sign}{:02}:{:02}", datetime.format("%FT%T%.6f"), offset.abs() / 60, offset.abs() % 60);
        let utc = (datetime - TimeDelta::minutes(offset)).and_utc();
        prop_assert_eq!(DateTime::<Utc>::cast(&json!(text)).ok(), utc.dump().is_ok().then_some(utc));
        prop_assert_eq!(NaiveDateTime::cast(&json!(text)), Ok(datetime), "the wall's clock");
    }

    #[test]
    fn durations(microseconds: i64) {
        let duration = TimeDelta::microseconds(microseconds);
        comes_back(&duration)?;
        is_cast_from(&duration, Decimal::from_i128_with_scale(microseconds.into(), 6))?;
        // As chrono writes it: seconds as far as they are whole, nine digits of fraction.
        is_cast_from(&duration, duration)?;
    }

    #[test]
    fn options_arrays_and_maps(a in any::<Option<i64>>(), b in any::<Vec<Option<i32>>>(), c in vec(decimal(), 0..5), d in btree_map(text(), datetime(), 0..5), e in document()) {
        comes_back(&a)?;
        comes_back(&b)?;
        comes_back(&c)?;
        comes_back(&c.iter().map(|it| (it.to_string(), *it)).collect::<HashMap<_, _>>())?;
        comes_back(&d)?;
        comes_back(&e)?;
        comes_back(&Json(b.clone()))?;
        comes_back(&Some(Json(b.clone())))?;
        prop_assert_eq!(Vec::<Option<i32>>::cast(&json!(b)), Ok(b));
        prop_assert_eq!(serde_json::Value::cast(&e), Ok(e));
    }

    /// Whatever a browser sends: an error at most.
    #[test]
    fn no_input_panics(input in document(), text in "\\PC*|[-+0-9TZPWDHMS:. eE]*") {
        fn all(input: &serde_json::Value) {
            let _ = (bool::cast(input), i16::cast(input), u32::cast(input), f32::cast(input), String::cast(input));
            let _ = (Vec::<u8>::cast(input), Uuid::cast(input), Decimal::cast(input), TimeDelta::cast(input));
            let _ = (NaiveDate::cast(input), NaiveTime::cast(input), NaiveDateTime::cast(input), DateTime::<Utc>::cast(input));
            let _ = (Vec::<Vec<u8>>::cast(input), BTreeMap::<String, f64>::cast(input), Json::<Vec<Uuid>>::cast(input));
        }
        all(&input);
        all(&json!(text));
    }
}

fn refuses<T: Type + Debug>(inputs: &[serde_json::Value]) {
    for input in inputs {
        assert!(T::cast(input).is_err(), "{input} is no {}, not {:?}", T::NAME, T::cast(input));
    }
}

#[test]
fn input_must_be_the_whole_of_a_value() {
    refuses::<bool>(&[json!("yes"), json!("on"), json!("TRUE"), json!(1), json!("")]);
    refuses::<i64>(&[json!("1 "), json!("1.0"), json!("0x1"), json!(1.0), json!("9223372036854775808"), json!(true)]);
    refuses::<u8>(&[json!(-1), json!(256), json!("256")]);
    refuses::<f64>(&[json!("nan"), json!("-infinity"), json!("1e400"), json!("1f"), json!("1_0")]);
    refuses::<f32>(&[json!(1e39), json!("1e39")]);
    refuses::<String>(&[json!(1), json!(["a"]), json!("a\0b")]);
    refuses::<Uuid>(&[json!("{936da01f-9abd-4d9d-80c7-02af85c822a8}"), json!("936da01f"), json!("g".repeat(32))]);
    refuses::<Decimal>(&[json!("NaN"), json!("Infinity"), json!("1e29"), json!("1e-29"), json!("1_0"), json!("")]);
    refuses::<NaiveDate>(&[
        json!("2026-02-29"),
        json!("2026-7-31"),
        json!("26-07-31"),
        json!("2026-07-31x"),
        json!(20_260_731),
    ]);
    refuses::<NaiveTime>(&[
        json!("24:00"),
        json!("12:60"),
        json!("12:00:60"),
        json!("12"),
        json!("12:00:00."),
        json!(" 12:00"),
    ]);
    refuses::<NaiveDateTime>(&[json!("2026-07-31"), json!("2026-07-31  12:00"), json!("2026-07-31T12:00+24:00")]);
    refuses::<DateTime<Utc>>(&[json!("0000-01-01T00:00:00+01:00"), json!("9999-12-31T23:59:59-01:00")]);
    refuses::<TimeDelta>(&[
        json!("P1Y"),
        json!("P1M"),
        json!("P"),
        json!("PT"),
        json!("PT1M1H"),
        json!("PT1S2S"),
        json!("1h"),
    ]);
    refuses::<Vec<i64>>(&[json!("1"), json!([1, "x"]), json!({"0": 1})]);
    refuses::<BTreeMap<String, i64>>(&[json!([1]), json!({"a": "x"})]);
    refuses::<Json<Vec<i64>>>(&[json!("[1]"), json!([1.5])]);
}

#[test]
fn forms_may_leave_out_seconds_and_send_parts() {
    let date = NaiveDate::from_ymd_opt(2026, 7, 31).expect("a date");
    let datetime = date.and_hms_opt(12, 30, 0).expect("a time");
    assert_eq!(NaiveTime::cast(&json!("12:30")), Ok(datetime.time()));
    assert_eq!(NaiveDateTime::cast(&json!("2026-07-31T12:30")), Ok(datetime));
    assert_eq!(DateTime::<Utc>::cast(&json!("2026-07-31 12:30")), Ok(datetime.and_utc()));
    assert_eq!(NaiveDate::cast(&json!({"year": "2026", "month": "07", "day": 31})), Ok(date));
    let parts = json!({"year": 2026, "month": 7, "day": "31", "hour": "12", "minute": "30"});
    assert_eq!(DateTime::<Utc>::cast(&parts), Ok(datetime.and_utc()));
    refuses::<NaiveDate>(&[json!({"year": 2026, "month": 13, "day": 1}), json!({"year": 2026})]);
}

#[test]
fn what_is_below_the_microsecond_is_cut() {
    let time = NaiveTime::from_hms_nano_opt(1, 2, 3, 123_456_789).expect("a time");
    let cut = NaiveTime::from_hms_micro_opt(1, 2, 3, 123_456).expect("a time");
    assert_eq!(time.dump(), Ok(Value::Time(cut)));
    assert_eq!(NaiveTime::cast(&json!("01:02:03.123456789")), Ok(cut));
    assert_eq!(NaiveTime::cast(&json!("01:02:03.5")), Ok(NaiveTime::from_hms_milli_opt(1, 2, 3, 500).expect("a time")));
}

#[test]
fn durations_are_read_as_iso_8601_and_as_seconds() {
    let hours = TimeDelta::hours;
    for (text, duration) in [
        ("PT90M", TimeDelta::minutes(90)),
        ("P1DT2H", hours(26)),
        ("P2W", hours(14 * 24)),
        ("-PT0.5S", TimeDelta::milliseconds(-500)),
        ("PT0.0000019S", TimeDelta::microseconds(1)),
        ("90", TimeDelta::seconds(90)),
        ("-1.5", TimeDelta::milliseconds(-1_500)),
    ] {
        assert_eq!(TimeDelta::cast(&json!(text)), Ok(duration), "{text}");
    }
    assert_eq!(TimeDelta::cast(&json!(1.5)), Ok(TimeDelta::milliseconds(1_500)));
}

#[test]
fn what_no_database_may_hold_is_not_dumped() {
    assert!(f64::NAN.dump().is_err() && f32::INFINITY.dump().is_err());
    assert!(vec![1.0, f64::NAN].dump().is_err(), "nor in an array");
    assert!(Some(f64::NEG_INFINITY).dump().is_err());
    assert!("a\0".to_owned().dump().is_err());
    assert!(NaiveDate::from_ymd_opt(10_000, 1, 1).expect("chrono has it").dump().is_err());
    assert!(
        NaiveDate::from_ymd_opt(-1, 1, 1).expect("chrono has it").and_time(NaiveTime::MIN).and_utc().dump().is_err()
    );
    assert!(TimeDelta::MAX.dump().is_err());
    let error = f64::NAN.dump().expect_err("see above").to_string();
    assert_eq!(error, "cannot dump NaN as float: only finite numbers can be stored");
}

#[test]
fn what_a_database_holds_must_be_of_the_type() {
    let error = i16::load(Value::Int(40_000)).expect_err("it is too large").to_string();
    assert_eq!(error, "cannot load Int(40000) as integer");
    assert!(String::load(Value::Null(DbType::Text)).is_err());
    assert!(f64::load(Value::Text("1".to_owned())).is_err());
    let long = String::load(Value::Binary(vec![0; 1_000])).expect_err("bytes are no text");
    assert!(long.to_string().len() < 200, "an error is short, whatever the value");
}

#[test]
fn blank_is_what_a_type_has_for_it() {
    let blank = &json!(null);
    assert_eq!(String::cast(blank), Ok(String::new()));
    assert_eq!(Vec::<i64>::cast(blank), Ok(vec![]));
    assert_eq!(BTreeMap::<String, i64>::cast(blank), Ok(BTreeMap::new()));
    assert_eq!(Option::<i64>::cast(blank), Ok(None));
    assert_eq!(i64::cast(blank), Err(CastError::blank()));
    assert_eq!(Json::<Vec<i64>>::cast(blank), Err(CastError::blank()));
    assert_eq!(DateTime::<Utc>::cast(blank), Err(CastError::blank()));
}

#[test]
fn generated_uuids_sort_by_time() {
    let ids: Vec<_> =
        std::iter::repeat_with(|| Uuid::autogenerate().expect("uuids are generated")).take(1_000).collect();
    assert!(ids.is_sorted() && ids[0].get_version_num() == 7);
}
