use ecto_lite::Schema;
use ecto_lite::schema::HasMany;

#[derive(Schema, Clone)]
#[schema(source = "robots", table = "machines")]
struct Robot {
    #[schema(primary)]
    id: i64,
    #[schema(redacted, default = 1)]
    battery: i64,
    #[schema(has_many, through_table = "x")]
    missions: HasMany<Mission>,
}

#[derive(Schema, Clone)]
#[schema(source = "missions")]
struct Mission {
    #[schema(primary_key)]
    id: i64,
    robot_id: i64,
}

fn main() {}
