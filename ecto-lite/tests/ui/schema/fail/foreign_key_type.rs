use ecto_lite::Schema;
use ecto_lite::schema::{BelongsTo, HasMany};

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    #[schema(has_many)]
    missions: HasMany<Mission>,
}

#[derive(Schema, Clone)]
#[schema(source = "missions")]
struct Mission {
    #[schema(primary_key)]
    id: i64,
    robot_id: Option<String>,
    #[schema(belongs_to)]
    robot: BelongsTo<Robot>,
}

fn main() {}
