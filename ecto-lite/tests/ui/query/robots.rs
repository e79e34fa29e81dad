//! The schemas of the cases.

use ecto_lite::Schema;
use ecto_lite::schema::{BelongsTo, HasMany};

#[derive(Schema, Clone, Debug)]
#[schema(source = "robots")]
pub struct Robot {
    #[schema(primary_key)]
    pub id: i64,
    pub name: String,
    pub battery: f64,
    pub site_id: Option<i64>,
    #[schema(has_many)]
    pub missions: HasMany<Mission>,
}

#[derive(Schema, Clone, Debug)]
#[schema(source = "missions")]
pub struct Mission {
    #[schema(primary_key)]
    pub id: i64,
    pub open: bool,
    pub robot_id: i64,
    #[schema(belongs_to)]
    pub robot: BelongsTo<Robot>,
}
