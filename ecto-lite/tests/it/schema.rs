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
