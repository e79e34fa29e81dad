//! What `#[derive(Schema)]` and `#[derive(DbEnum)]` make: no database is asked here.

use chrono::{DateTime, NaiveDateTime, Utc};
use ecto_lite::adapter::Row;
use ecto_lite::schema::{BelongsTo, HasMany, HasOne, ManyToMany, Meta};
use ecto_lite::types::LoadError;
use ecto_lite::{DbEnum, DbType, Schema, Value};
use uuid::Uuid;

mod associations;
mod embeds;
mod enums;
mod fields;
mod hygiene;
mod reflection;

#[derive(Schema, Clone)]
#[schema(source = "robots", prefix = "fleet", timestamps)]
pub struct Robot {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
    #[schema(default = 100.0)]
    pub battery: f64,
    pub mode: Mode,
    #[schema(source = "kind", default = "rover")]
    pub r#type: String,
    #[schema(redact, writable = insert, on_violation = raise)]
    pub secret: String,
    #[schema(virtual, redact)]
    pub password: Option<String>,
    #[schema(load_in_query = false, default = vec![1])]
    pub picture: Vec<u8>,
    #[schema(read_after_writes, writable = never)]
    pub serial: Option<i64>,
    #[schema(precision = seconds)]
    pub serviced_at: Option<NaiveDateTime>,
    pub site_id: Option<i64>,
    #[schema(embeds_one, on_replace = update)]
    pub home: Option<Place>,
    #[schema(embeds_many(on_replace = delete))]
    pub stops: Vec<Place>,
    pub inserted_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    #[schema(belongs_to, on_replace = nilify)]
    pub site: BelongsTo<Site>,
    #[schema(
        has_many,
        on_delete = delete_all,
        where = |m| m.done.eq(false),
        preload_order = |m| (m.priority.desc(), m.id),
        defaults(priority = 3, note = "none"),
    )]
    pub missions: HasMany<Mission>,
    #[schema(has_many, through(missions, site))]
    pub mission_sites: HasMany<Site>,
    #[schema(many_to_many, join_through = "robots_sites", join_keys(robot_id, place_id))]
    pub visited: ManyToMany<Site>,
    #[schema(many_to_many(join_through = Mission))]
    pub assigned: ManyToMany<Site>,
    #[schema(skip)]
    pub cached: std::sync::Arc<[u8]>,
    #[schema(meta)]
    pub meta: Meta,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "missions")]
pub struct Mission {
    #[schema(primary_key)]
    pub id: i64,
    pub robot_id: i64,
    pub site_id: i64,
    pub done: bool,
    pub priority: i16,
    pub note: String,
    #[schema(belongs_to)]
    pub site: BelongsTo<Site>,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "sites")]
pub struct Site {
    #[schema(primary_key)]
    pub id: i64,
    #[schema(source = "label")]
    pub name: String,
    #[schema(has_one)]
    pub robot: HasOne<Lone>,
}

/// Belongs to a [`Site`] by a key that may be null.
#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "lones", timestamps(inserted_at = made_at, updated_at = false))]
pub struct Lone {
    #[schema(primary_key)]
    pub id: Uuid,
    #[schema(autogenerate = v4)]
    pub token: Uuid,
    pub site_id: Option<i64>,
    #[schema(precision = seconds)]
    pub made_at: NaiveDateTime,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(embedded)]
pub struct Place {
    #[schema(primary_key, autogenerate)]
    pub id: Uuid,
    pub street: String,
    #[schema(source = "nr", default = 1)]
    pub number: i32,
    pub since: Option<DateTime<Utc>>,
    #[schema(virtual)]
    pub shown: bool,
    #[schema(embeds_many)]
    pub rooms: Vec<Room>,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(embedded)]
pub struct Room {
    pub name: String,
}

#[derive(DbEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Idle,
    OnMission,
    #[db_enum(name = "off")]
    Broken,
}

/// A row of a database that is not there.
struct Columns(Vec<Value>);

impl Row for Columns {
    fn value(&self, index: usize, of: DbType) -> Result<Value, LoadError> {
        let value = self.0.get(index).cloned().unwrap_or_else(|| panic!("column {index} is not selected"));
        assert_eq!(value.db_type(), of, "column {index}");
        Ok(value)
    }

    fn dynamic(&self, index: usize) -> Result<Value, LoadError> {
        Ok(self.0[index].clone())
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}
