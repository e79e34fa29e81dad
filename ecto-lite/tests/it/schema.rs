//! What the derive makes of a struct.

use ecto_lite::Schema;
use ecto_lite::schema::{BelongsTo, HasMany, HasOne, ManyToMany};

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "robots")]
pub struct Robot {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
    #[schema(default = 100.0)]
    pub battery: f64,
    pub site_id: Option<i64>,
    #[schema(belongs_to)]
    pub site: BelongsTo<Site>,
    #[schema(has_many, on_delete = delete_all)]
    pub missions: HasMany<Mission>,
    #[schema(has_many, through(missions, site))]
    pub mission_sites: HasMany<Site>,
    #[schema(many_to_many, join_through = "robots_sites", join_keys(robot_id, site_id))]
    pub visits: ManyToMany<Site>,
    #[schema(many_to_many(join_through = Mission))]
    pub missioned: ManyToMany<Site>,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "missions")]
pub struct Mission {
    #[schema(primary_key)]
    pub id: i64,
    pub robot_id: i64,
    pub site_id: i64,
    #[schema(source = "kind", default = "patrol")]
    pub r#type: String,
    #[schema(belongs_to)]
    pub robot: BelongsTo<Robot>,
    #[schema(belongs_to)]
    pub site: BelongsTo<Site>,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "sites")]
pub struct Site {
    #[schema(primary_key)]
    pub id: i64,
    #[schema(has_one)]
    pub robot: HasOne<Robot>,
}

#[test]
fn a_blank_struct_has_its_defaults() {
    let robot = Robot::default();
    assert_eq!((robot.id, robot.name.as_str(), robot.battery), (0, "", 100.0));
    assert_eq!(Mission::default().r#type, "patrol");
}

mod everything {
    //! Nothing is imported but the derive.
    #![deny(missing_docs)]

    use chrono::{DateTime, NaiveDateTime, Utc};
    use uuid::Uuid;

    /// Shadows the prelude.
    #[allow(dead_code)]
    pub struct Option;
    /// Shadows the prelude.
    #[allow(dead_code)]
    pub struct Result;
    /// Shadows the prelude.
    #[allow(dead_code)]
    pub struct String;
    /// Shadows the prelude.
    #[allow(dead_code, non_camel_case_types)]
    pub struct str;
    /// Shadows the prelude.
    #[allow(dead_code, non_camel_case_types)]
    pub struct usize;

    /// With everything.
    #[derive(ecto_lite::Schema, Clone)]
    #[schema(source = "devices", prefix = "fleet", timestamps(inserted_at = made_at))]
    pub struct Device {
        /// The key.
        #[schema(primary_key)]
        pub id: Uuid,
        #[schema(redact, writable = insert, on_violation = raise, read_after_writes)]
        pub(crate) secret: std::string::String,
        #[schema(virtual)]
        token: std::option::Option<std::string::String>,
        #[schema(load_in_query = false)]
        blob: Vec<u8>,
        #[schema(autogenerate = v4, source = "v4_token")]
        other: Uuid,
        #[schema(embeds_one, on_replace = update)]
        address: std::option::Option<Address>,
        #[schema(embeds_many(on_replace = delete))]
        old_addresses: Vec<Address>,
        #[schema(precision = seconds)]
        pub made_at: DateTime<Utc>,
        pub updated_at: NaiveDateTime,
        #[schema(skip)]
        cache: Vec<std::string::String>,
        #[schema(meta)]
        state: ecto_lite::schema::Meta,
    }

    /// A document.
    #[derive(ecto_lite::Schema, Clone, Debug, PartialEq)]
    #[schema(embedded)]
    pub struct Address {
        #[schema(primary_key, autogenerate)]
        id: Uuid,
        street: std::string::String,
        at: std::option::Option<NaiveDateTime>,
    }
}

#[derive(ecto_lite::DbEnum, Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    Idle,
    OnMission,
    #[db_enum(name = "off")]
    Broken,
}

#[derive(ecto_lite::DbEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[db_enum(integer, rename_all = "kebab-case")]
pub enum Level {
    Low = 1,
    VeryHigh = -10,
}

#[derive(Schema, Clone, Debug, PartialEq)]
#[schema(source = "drones")]
pub struct Drone {
    #[schema(primary_key)]
    pub id: i64,
    pub mode: Mode,
    #[schema(default = Level::Low)]
    pub level: Level,
    pub modes: Vec<Mode>,
    pub maybe: Option<Level>,
    #[schema(has_many, foreign_key = robot_id, where = |m| m.site_id.gt(3), preload_order = |m| (m.site_id.desc(), m.id), defaults(r#type = "survey"))]
    pub missions: ecto_lite::schema::HasMany<Mission>,
}
