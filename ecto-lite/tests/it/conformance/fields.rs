//! E01 to E05, E07, E08: what the options of a field do to its rows.
#![allow(clippy::large_futures, reason = "a schema with every kind of field is large, and so is what writes it")]

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use ecto_lite::adapter::Dialect;
use ecto_lite::changeset::Changeset;
use ecto_lite::repo::WriteError;
use ecto_lite::schema::{Meta, State, load_map};
use ecto_lite::{DbEnum, Repo, RepoError, Schema, Value};
use uuid::Uuid;

#[derive(Schema, Clone, PartialEq)]
#[schema(source = "devices", timestamps)]
pub struct Device {
    #[schema(primary_key)]
    pub id: Uuid,
    #[schema(source = "kind", default = Kind::Rover)]
    pub r#type: Kind,
    pub level: Option<Level>,
    pub kinds: Vec<Kind>,
    #[schema(redact, writable = insert, on_violation = raise)]
    pub secret: String,
    #[schema(writable = insert)]
    pub origin: String,
    #[schema(virtual)]
    pub password: Option<String>,
    #[schema(load_in_query = false, default = vec![7])]
    pub picture: Vec<u8>,
    #[schema(read_after_writes, writable = never)]
    pub serial: Option<i64>,
    #[schema(precision = seconds)]
    pub serviced_at: Option<NaiveDateTime>,
    #[schema(embeds_one)]
    pub home: Option<Place>,
    #[schema(embeds_many)]
    pub stops: Vec<Place>,
    pub inserted_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    #[schema(skip)]
    pub cached: Option<u8>,
    #[schema(meta)]
    pub meta: Meta,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(embedded)]
pub struct Place {
    #[schema(primary_key, autogenerate)]
    pub id: Uuid,
    pub street: String,
    pub since: Option<NaiveDate>,
    pub kind: Kind,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "cells")]
pub struct Cell {
    #[schema(primary_key)]
    pub line: i64,
    #[schema(primary_key)]
    pub place: String,
    pub text: String,
}

#[derive(DbEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Rover,
    FlyingThing,
}

#[derive(DbEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[db_enum(integer)]
pub enum Level {
    Low = 1,
    High = 10,
}

async fn tables(repo: &Repo) {
    let script = match repo.dialect() {
        Dialect::Sqlite => {
            "CREATE TABLE devices (
                id TEXT PRIMARY KEY, kind TEXT NOT NULL, level INTEGER, kinds TEXT NOT NULL, secret TEXT NOT NULL,
                origin TEXT NOT NULL, picture BLOB NOT NULL, serial INTEGER DEFAULT 41, serviced_at TEXT, home TEXT,
                stops TEXT NOT NULL, inserted_at TEXT NOT NULL, updated_at TEXT NOT NULL
            );"
        }
        _ => {
            "CREATE TABLE devices (
                id uuid PRIMARY KEY, kind text NOT NULL, level integer, kinds text[] NOT NULL, secret text NOT NULL,
                origin text NOT NULL, picture bytea NOT NULL, serial bigint DEFAULT 41, serviced_at timestamp, home jsonb,
                stops jsonb NOT NULL, inserted_at timestamptz NOT NULL, updated_at timestamptz NOT NULL
            );"
        }
    };
    repo.execute_script(script).await.unwrap();
    let cells = "CREATE TABLE cells (line bigint, place text, text text NOT NULL, PRIMARY KEY (line, place))";
    repo.execute_script(cells).await.unwrap();
}

fn place(street: &str) -> Place {
    Place { street: street.into(), since: NaiveDate::from_ymd_opt(2026, 2, 28), ..Place::default() }
}

fn device() -> Device {
    Device {
        r#type: Kind::FlyingThing,
        level: Some(Level::High),
        kinds: vec![Kind::FlyingThing, Kind::Rover],
        secret: "hunter2".into(),
        origin: "Wien".into(),
        password: Some("geheim".into()),
        picture: vec![0, 255],
        serviced_at: NaiveDate::from_ymd_opt(2026, 1, 2).and_then(|day| day.and_hms_opt(3, 4, 5)),
        home: Some(place("Ring")),
        stops: vec![place("Ring"), place("Gürtel")],
        ..Device::default()
    }
}

pub async fn every_kind_of_field_comes_back(repo: Repo) {
    tables(&repo).await;
    let made = repo.insert(device()).await.unwrap();
    let read: Device = repo.fetch(made.id).await.unwrap();
    assert_eq!((read.r#type, read.level), (Kind::FlyingThing, Some(Level::High)));
    assert_eq!(read.kinds, [Kind::FlyingThing, Kind::Rover]);
    assert_eq!(read.serviced_at, device().serviced_at);
    assert_eq!((&read.home, &read.stops), (&made.home, &made.stops));
    let streets: Vec<_> = read.stops.iter().map(|place| &*place.street).collect();
    assert_eq!(streets, ["Ring", "Gürtel"]);
    assert!(read.stops.iter().all(|place| !place.id.is_nil() && place.since == place_since()));
    let empty = repo.insert(Device::default()).await.unwrap();
    let empty: Device = repo.fetch(empty.id).await.unwrap();
    assert_eq!((empty.level, empty.kinds.len(), empty.home, empty.stops.len()), (None, 0, None, 0));
}

fn place_since() -> Option<NaiveDate> {
    place("").since
}

pub async fn a_struct_knows_whether_a_row_stands_behind_it(repo: Repo) {
    tables(&repo).await;
    let made = repo.insert(device()).await.unwrap();
    assert_eq!((device().meta.state, made.meta.state), (State::Built, State::Loaded));
    let read: Device = repo.fetch(made.id).await.unwrap();
    assert_eq!(read.meta.state, State::Loaded);
    assert_eq!(repo.delete(read).await.unwrap().meta.state, State::Deleted);
}

pub async fn keys_of_uuids_are_made_and_sort_by_time(repo: Repo) {
    tables(&repo).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(repo.insert(Device::default()).await.unwrap().id);
    }
    assert!(ids.is_sorted() && ids.iter().all(|id| id.get_version_num() == 7), "{ids:?}");
    let given = Uuid::from_u128(5);
    assert_eq!(repo.insert(Device { id: given, ..Device::default() }).await.unwrap().id, given);
}

pub async fn virtual_fields_are_never_stored(repo: Repo) {
    tables(&repo).await;
    let made = repo.insert(device()).await.unwrap();
    assert_eq!(made.password.as_deref(), Some("geheim"));
    let read: Device = repo.fetch(made.id).await.unwrap();
    assert_eq!(read.password, None);
}

pub async fn what_is_not_loaded_is_there_when_it_is_selected(repo: Repo) {
    tables(&repo).await;
    let made = repo.insert(device()).await.unwrap();
    assert_eq!(repo.fetch::<Device>(made.id).await.unwrap().picture, [7]);
    assert_eq!(repo.all(Device::query().select(|d| d.picture)).await.unwrap(), [[0, 255]]);
}

pub async fn what_may_be_written_once_is_ignored_or_refused_later(repo: Repo) {
    tables(&repo).await;
    let made = repo.insert(device()).await.unwrap();
    let moved = Changeset::new(made.clone()).put_change(Device::origin, "Graz").put_change(Device::level, Level::Low);
    repo.update(moved).await.unwrap();
    let read: Device = repo.fetch(made.id).await.unwrap();
    assert_eq!((read.origin.as_str(), read.level), ("Wien", Some(Level::Low)));
    let told = repo.update(Changeset::new(made).put_change(Device::secret, "hunter3")).await;
    assert!(matches!(told, Err(WriteError::Repo(RepoError::Query(_)))), "{:?}", told.map(|device| device.id));
    assert_eq!(repo.fetch::<Device>(read.id).await.unwrap().secret, "hunter2");
}

pub async fn what_the_database_makes_is_read_back(repo: Repo) {
    tables(&repo).await;
    let made = repo.insert(Device { serial: None, ..device() }).await.unwrap();
    assert_eq!(made.serial, Some(41));
}

pub async fn timestamps_are_one_time_and_move_with_real_updates(repo: Repo) {
    tables(&repo).await;
    let made = repo.insert(device()).await.unwrap();
    assert_eq!(made.inserted_at, made.updated_at);
    assert_eq!(repo.fetch::<Device>(made.id).await.unwrap().inserted_at, made.inserted_at);
    let same = repo.update(Changeset::new(made.clone()).put_change(Device::level, Level::High)).await.unwrap();
    assert_eq!(same.updated_at, made.updated_at);
    let moved = repo.update(Changeset::new(made.clone()).put_change(Device::level, Level::Low)).await.unwrap();
    assert!(moved.updated_at > made.updated_at && moved.inserted_at == made.inserted_at);
}

pub async fn a_time_finer_than_promised_is_refused(repo: Repo) {
    tables(&repo).await;
    let fine = device().serviced_at.map(|at| at + chrono::TimeDelta::milliseconds(5));
    let refused = repo.insert(Device { serviced_at: fine, ..device() }).await;
    assert!(matches!(refused, Err(WriteError::Repo(RepoError::Dump(_)))));
    assert!(repo.all(Device::query().select(|d| d.id)).await.unwrap().is_empty());
}

/// A row whose text fits no field of this schema.
#[derive(Schema, Clone)]
#[schema(source = "cells")]
pub struct Sealed {
    #[schema(primary_key)]
    pub line: i64,
    #[schema(redact)]
    pub text: NaiveDate,
}

pub async fn no_error_quotes_what_is_redacted(repo: Repo) {
    tables(&repo).await;
    repo.execute_script("INSERT INTO cells VALUES (1, 'here', 'hunter2')").await.unwrap();
    let whole = repo.all(Sealed::query()).await.unwrap_err();
    let column = repo.all(Sealed::query().select(|s| s.text)).await.unwrap_err();
    assert!(matches!(whole, RepoError::Load { .. }) && matches!(column, RepoError::Load { .. }));
    let one = repo.insert(Device { secret: "hunter2\0".into(), ..device() }).await.unwrap_err();
    let many = repo.insert_all([Device { secret: "hunter2\0".into(), ..device() }]).await.unwrap_err();
    assert!(matches!(many, RepoError::Dump(_)));
    for shown in [format!("{whole:?}"), format!("{column:?}"), format!("{one:?}"), format!("{many:?}")] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

pub async fn queries_compare_with_variants(repo: Repo) {
    tables(&repo).await;
    repo.insert(device()).await.unwrap();
    repo.insert(Device::default()).await.unwrap();
    let flying = Device::query().filter(|d| d.r#type.eq(Kind::FlyingThing)).select(|d| d.level);
    assert_eq!(repo.all(flying).await.unwrap(), [Some(Level::High)]);
    let either = Device::query().filter(|d| d.level.is_in([Level::Low, Level::High])).select(|d| d.r#type);
    assert_eq!(repo.all(either).await.unwrap(), [Kind::FlyingThing]);
}

pub async fn documents_can_be_selected(repo: Repo) {
    tables(&repo).await;
    let made = repo.insert(device()).await.unwrap();
    let homes = repo.all(Device::query().select(|d| d.home)).await.unwrap();
    assert_eq!(homes, [made.home]);
    let stops = repo.all(Device::query().select(|d| d.stops)).await.unwrap();
    assert_eq!(stops[0].0, made.stops);
}

pub async fn a_key_of_two_fields_is_a_pair(repo: Repo) {
    tables(&repo).await;
    let cell = Cell { line: 3, place: "b".into(), text: "old".into() };
    repo.insert(cell.clone()).await.unwrap();
    repo.insert(Cell { place: "c".into(), ..cell.clone() }).await.unwrap();
    repo.update(Changeset::new(cell.clone()).put_change(Cell::text, "new")).await.unwrap();
    let read = |place: &'static str| repo.fetch::<Cell>((3_i64, place.to_owned()));
    assert_eq!((read("b").await.unwrap().text, read("c").await.unwrap().text), ("new".into(), "old".into()));
    repo.delete(cell).await.unwrap();
    assert!(matches!(read("b").await, Err(RepoError::NotFound { schema: "Cell" })));
}

pub async fn a_raw_row_becomes_a_struct(repo: Repo) {
    tables(&repo).await;
    let made = repo.insert(device()).await.unwrap();
    let rows = repo.query("SELECT * FROM devices", Vec::new()).await.unwrap();
    let row: Vec<(String, Value)> = rows.columns.iter().cloned().zip(rows.rows[0].iter().cloned()).collect();
    let read: Device = load_map(row).unwrap();
    assert_eq!((read.id, read.r#type, read.level, &read.kinds), (made.id, made.r#type, made.level, &made.kinds));
    assert_eq!((read.picture, read.home, read.stops), (made.picture, made.home, made.stops));
    assert_eq!((read.inserted_at, read.serviced_at), (made.inserted_at, made.serviced_at));
}
