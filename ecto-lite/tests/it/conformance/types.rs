//! E02, E05: what a struct holds is what the database gives back, whatever the type and whatever the database.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use ecto_lite::adapter::Dialect;
use ecto_lite::types::{ArrayElement, CastError, DumpError, Json, LoadError, Param};
use ecto_lite::{Change, DbType, Repo, RepoError, Schema, Type, Value};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// A type of a program's own: a temperature, stored in hundredths of a degree, typed as `21.5 °C`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Celsius(i32);

impl Type for Celsius {
    type Sql = Self;
    type Inner = Self;
    const DB: DbType = DbType::Int;
    const NAME: &'static str = "temperature";

    fn cast(input: &Param) -> Result<Self, CastError> {
        let text = input.as_str().ok_or_else(CastError::blank)?;
        let degrees = text.trim_end_matches("°C").trim().parse::<Decimal>();
        let hundredths = degrees.ok().and_then(|degrees| i32::try_from(degrees * Decimal::ONE_HUNDRED).ok());
        hundredths.map(Self).ok_or_else(|| CastError::new("must be degrees Celsius, as in 21.5 °C"))
    }

    fn load(value: Value) -> Result<Self, LoadError> {
        i32::load(value).map(Self)
    }

    fn dump(&self) -> Result<Value, DumpError> {
        self.0.dump()
    }
}

impl ArrayElement for Celsius {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    speed: f64,
    names: Vec<String>,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "samples")]
struct Sample {
    #[schema(primary_key, default = Uuid::nil())]
    id: Uuid,
    truth: Option<bool>,
    tiny: Option<u8>,
    small: Option<i16>,
    middle: Option<i32>,
    large: Option<i64>,
    single: Option<f32>,
    double: Option<f64>,
    words: Option<String>,
    bytes: Option<Vec<u8>>,
    exact: Option<Decimal>,
    day: Option<NaiveDate>,
    clock: Option<NaiveTime>,
    wall: Option<NaiveDateTime>,
    moment: Option<DateTime<Utc>>,
    lasting: Option<TimeDelta>,
    anything: Option<Param>,
    settings: Option<Json<Settings>>,
    by_name: Option<BTreeMap<String, Decimal>>,
    warm: Option<Celsius>,
    numbers: Option<Vec<i64>>,
    floats: Option<Vec<f64>>,
    texts: Option<Vec<Option<String>>>,
    exacts: Option<Vec<Decimal>>,
    moments: Option<Vec<DateTime<Utc>>>,
    ids: Option<Vec<Uuid>>,
    truths: Option<Vec<bool>>,
    warmths: Option<Vec<Celsius>>,
}

const SQLITE: &str = "CREATE TABLE samples (
    id TEXT PRIMARY KEY, truth INTEGER, tiny INTEGER, small INTEGER, middle INTEGER, large INTEGER, single REAL, double REAL,
    words TEXT, bytes BLOB, exact TEXT, day TEXT, clock TEXT, wall TEXT, moment TEXT, lasting INTEGER, anything TEXT,
    settings TEXT, by_name TEXT, warm INTEGER, numbers TEXT, floats TEXT, texts TEXT, exacts TEXT, moments TEXT, ids TEXT,
    truths TEXT, warmths TEXT)";

const POSTGRES: &str = "CREATE TABLE samples (
    id uuid PRIMARY KEY, truth boolean, tiny smallint, small smallint, middle integer, large bigint, single real,
    double double precision, words text, bytes bytea, exact numeric, day date, clock time, wall timestamp,
    moment timestamptz, lasting bigint, anything jsonb, settings jsonb, by_name jsonb, warm integer, numbers bigint[],
    floats double precision[], texts text[], exacts numeric[], moments timestamptz[], ids uuid[], truths boolean[],
    warmths integer[])";

async fn table(repo: &Repo) {
    let sql = if repo.dialect() == Dialect::Sqlite { SQLITE } else { POSTGRES };
    repo.execute_script(sql).await.unwrap();
}

async fn comes_back(repo: &Repo, sample: Sample) {
    let inserted = repo.insert(sample.clone()).await.unwrap();
    assert_eq!(inserted, sample, "as the write gives it");
    assert_eq!(repo.fetch::<Sample>(sample.id).await.unwrap(), sample, "as it is read");
}

fn largest() -> Sample {
    let day = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap();
    let clock = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap();
    Sample {
        id: Uuid::max(),
        truth: Some(true),
        tiny: Some(u8::MAX),
        small: Some(i16::MAX),
        middle: Some(i32::MAX),
        large: Some(i64::MAX),
        single: Some(f32::MAX),
        double: Some(f64::MAX),
        words: Some("'; drop table samples; -- \u{1f916} \"?$1".to_owned()),
        bytes: Some((0..=255).collect()),
        exact: Some(Decimal::MAX),
        day: Some(day),
        clock: Some(clock),
        wall: Some(day.and_time(clock)),
        moment: Some(day.and_time(clock).and_utc()),
        lasting: Some(TimeDelta::microseconds(i64::MAX)),
        anything: Some(json!({"a": [1, 2.5, null, "x", {"b": true}]})),
        settings: Some(Json(Settings { speed: 0.1, names: vec![String::new(), "a\"b".to_owned()] })),
        by_name: Some([("price".to_owned(), Decimal::new(150, 2))].into()),
        warm: Some(Celsius(2_150)),
        numbers: Some(vec![i64::MIN, 0, i64::MAX]),
        floats: Some(vec![f64::MIN_POSITIVE, -0.1, 1e300]),
        texts: Some(vec![Some("a,b".to_owned()), None, Some("{\"NULL\"}".to_owned())]),
        exacts: Some(vec![Decimal::MIN, Decimal::new(100, 2)]),
        moments: Some(vec![DateTime::UNIX_EPOCH, day.and_time(clock).and_utc()]),
        ids: Some(vec![Uuid::nil(), Uuid::max()]),
        truths: Some(vec![true, false]),
        warmths: Some(vec![Celsius(-27_315), Celsius(0)]),
    }
}

pub async fn every_type_comes_back_as_it_was(repo: Repo) {
    table(&repo).await;
    comes_back(&repo, largest()).await;
    comes_back(&repo, Sample { id: Uuid::from_u128(1), ..Sample::default() }).await;
    let day = NaiveDate::from_ymd_opt(1, 1, 1).unwrap();
    let smallest = Sample {
        id: Uuid::from_u128(2),
        truth: Some(false),
        tiny: Some(0),
        small: Some(i16::MIN),
        middle: Some(i32::MIN),
        large: Some(i64::MIN),
        single: Some(f32::MIN_POSITIVE),
        double: Some(f64::MIN),
        words: Some(String::new()),
        bytes: Some(vec![]),
        exact: Some(Decimal::new(1, 28)),
        day: Some(day),
        clock: Some(NaiveTime::MIN),
        wall: Some(day.and_time(NaiveTime::MIN)),
        moment: Some(day.and_time(NaiveTime::MIN).and_utc()),
        lasting: Some(TimeDelta::microseconds(i64::MIN)),
        anything: Some(json!(0)),
        settings: Some(Json(Settings { speed: -0.0, names: vec![] })),
        by_name: Some(BTreeMap::new()),
        warm: Some(Celsius(0)),
        numbers: Some(vec![]),
        floats: Some(vec![]),
        texts: Some(vec![]),
        exacts: Some(vec![]),
        moments: Some(vec![]),
        ids: Some(vec![]),
        truths: Some(vec![]),
        warmths: Some(vec![]),
    };
    comes_back(&repo, smallest).await;
}

pub async fn values_of_any_kind_come_back(repo: Repo) {
    table(&repo).await;
    let microseconds = || -62_135_596_800_000_000..253_402_300_799_999_999_i64;
    let text = || "[^\0]{0,12}";
    let some = (
        (any::<f32>(), any::<f64>()),
        text(),
        (any::<i128>(), 0..=28_u32),
        microseconds(),
        any::<i64>(),
        proptest::collection::vec(proptest::option::of(text()), 0..4),
        proptest::collection::vec((any::<i64>(), microseconds()), 0..4),
    );
    let mut runner = TestRunner::deterministic();
    for number in 1..=40 {
        let ((single, double), words, (digits, scale), microseconds, large, texts, pairs) =
            some.new_tree(&mut runner).unwrap().current();
        let moment = DateTime::from_timestamp_micros(microseconds).unwrap();
        let exact = Decimal::from_i128_with_scale(digits % (1 << 96), scale);
        let sample = Sample {
            id: Uuid::from_u128(number),
            single: Some(single).filter(|it| it.is_finite()),
            double: Some(double).filter(|it| it.is_finite()),
            bytes: Some(words.clone().into_bytes()),
            anything: Some(json!({words.clone(): [large, words]})),
            words: Some(words),
            exact: Some(exact),
            day: Some(moment.date_naive()),
            clock: Some(moment.time()),
            wall: Some(moment.naive_utc()),
            moment: Some(moment),
            lasting: Some(TimeDelta::microseconds(large)),
            large: Some(large),
            texts: Some(texts),
            numbers: Some(pairs.iter().map(|(number, _)| *number).collect()),
            moments: Some(pairs.iter().map(|(_, at)| DateTime::from_timestamp_micros(*at).unwrap()).collect()),
            exacts: Some(vec![exact, -exact]),
            ..Sample::default()
        };
        comes_back(&repo, sample).await;
    }
}

pub async fn the_digits_of_a_decimal_are_kept(repo: Repo) {
    table(&repo).await;
    for (number, text) in ["1.50", "100", "0", "-0.000000000000000000000000001"].iter().enumerate() {
        let exact = text.parse::<Decimal>().unwrap();
        let id = Uuid::from_u128(1 + number as u128);
        repo.insert(Sample { id, exact: Some(exact), ..Sample::default() }).await.unwrap();
        assert_eq!(repo.fetch::<Sample>(id).await.unwrap().exact.unwrap().to_string(), *text);
    }
}

pub async fn values_are_found_by_what_they_are(repo: Repo) {
    table(&repo).await;
    let sample = repo.insert(largest()).await.unwrap();
    repo.insert(Sample { id: Uuid::from_u128(1), ..Sample::default() }).await.unwrap();
    let day = sample.day.unwrap();
    for query in [
        Sample::query().filter(|s| s.truth.eq(true)),
        Sample::query().filter(|s| s.tiny.eq(255)),
        Sample::query().filter(|s| s.large.eq(i64::MAX)),
        Sample::query().filter(|s| s.double.eq(f64::MAX)),
        Sample::query().filter(|s| s.words.eq(largest().words.unwrap())),
        Sample::query().filter(|s| s.bytes.eq((0..=255_u8).collect::<Vec<_>>())),
        Sample::query().filter(|s| s.exact.eq(Decimal::MAX)),
        Sample::query().filter(move |s| s.day.eq(day)),
        Sample::query().filter(|s| s.clock.gt(NaiveTime::MIN)),
        Sample::query().filter(move |s| s.wall.gte(day.and_time(NaiveTime::MIN))),
        Sample::query().filter(|s| s.moment.gt(DateTime::<Utc>::UNIX_EPOCH)),
        Sample::query().filter(|s| s.id.eq(Uuid::max())),
    ] {
        let found = repo.all(&query).await.unwrap();
        assert_eq!(found.iter().map(|found| found.id).collect::<Vec<_>>(), [Uuid::max()], "{query:?}");
    }
}

pub async fn input_becomes_a_row(repo: Repo) {
    table(&repo).await;
    let params = json!({
        "truth": "true", "tiny": "7", "exact": "1.50", "day": "2026-07-31", "clock": "12:30", "moment": "2026-07-31T12:30",
        "lasting": "PT1M", "warm": "21.5 °C", "numbers": ["1", 2], "by_name": {"a": "2.5"}, "words": "  "
    });
    let fields = (
        (Sample::truth, Sample::tiny, Sample::exact, Sample::day, Sample::clock, Sample::moment),
        (Sample::lasting, Sample::warm, Sample::numbers, Sample::by_name, Sample::words),
    );
    let inserted = repo.insert(Sample::default().cast(&params, fields)).await.unwrap();
    let found = repo.fetch::<Sample>(inserted.id).await.unwrap();
    assert_eq!(found, inserted);
    assert_eq!(found.id.get_version_num(), 7, "a nil uuid is generated");
    assert_eq!((found.warm, found.words, found.tiny), (Some(Celsius(2_150)), None, Some(7)));
    assert_eq!(found.moment.unwrap().to_rfc3339(), "2026-07-31T12:30:00+00:00");
    let wrong = Sample::default().cast(&json!({"warm": "hot"}), Sample::warm);
    assert_eq!(wrong.errors_json(), json!({"warm": ["must be degrees Celsius, as in 21.5 °C"]}));
}

pub async fn what_no_database_may_hold_is_refused_before_it_is_asked(repo: Repo) {
    table(&repo).await;
    for sample in [
        Sample { double: Some(f64::NAN), ..Sample::default() },
        Sample { floats: Some(vec![f64::INFINITY]), ..Sample::default() },
        Sample { words: Some("a\0b".to_owned()), ..Sample::default() },
        Sample { day: NaiveDate::from_ymd_opt(10_000, 1, 1), ..Sample::default() },
    ] {
        let refused = repo.insert(sample).await.unwrap_err();
        assert!(matches!(&refused, ecto_lite::repo::WriteError::Repo(RepoError::Dump(_))), "{refused:?}");
    }
    assert_eq!(repo.count(Sample::query()).await.unwrap(), 0);
}

pub async fn a_row_that_does_not_fit_says_which_field(repo: Repo) {
    table(&repo).await;
    let id = match repo.dialect() {
        Dialect::Sqlite => "'00000000-0000-0000-0000-000000000001'",
        _ => "'00000000-0000-0000-0000-000000000001'::uuid",
    };
    repo.execute_script(&format!("INSERT INTO samples (id, tiny) VALUES ({id}, 300)")).await.unwrap();
    let error = repo.fetch::<Sample>(Uuid::from_u128(1)).await.unwrap_err();
    let RepoError::Load { schema: "Sample", field, .. } = &error else { panic!("{error:?}") };
    assert_eq!(field, "tiny");
}
