use ecto_lite::Schema;
use ecto_lite::schema::{BelongsTo, HasMany};

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    #[schema(has_many)]
    missions: HasMany<Mission>,
    #[schema(has_many, through(trips, robot))]
    first: HasMany<Robot>,
    #[schema(has_many, through(missions, pilot))]
    second: HasMany<Robot>,
    #[schema(has_many, through(missions, robot))]
    wrong: HasMany<Mission>,
    #[schema(has_many, through(missions, robot), on_delete = delete_all)]
    fixed: HasMany<Robot>,
    #[schema(has_many, through(missions))]
    short: HasMany<Robot>,
}

#[derive(Schema, Clone)]
#[schema(source = "missions")]
struct Mission {
    #[schema(primary_key)]
    id: i64,
    robot_id: i64,
    #[schema(belongs_to)]
    robot: BelongsTo<Robot>,
}

fn main() {}
