use ecto_lite::Schema;
use ecto_lite::schema::{BelongsTo, HasMany, HasOne};

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    #[schema(has_many)]
    missions: HasMany<Mission>,
    #[schema(has_one, foreign_key = robot)]
    last: HasOne<Mission>,
}

#[derive(Schema, Clone)]
#[schema(source = "missions")]
struct Mission {
    #[schema(primary_key)]
    id: i64,
    #[schema(belongs_to)]
    robot: BelongsTo<Robot>,
}

fn main() {}
