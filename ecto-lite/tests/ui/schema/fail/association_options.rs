use ecto_lite::Schema;
use ecto_lite::schema::HasMany;

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    #[schema(has_many, where = |m| m.number, defaults(number = "one", title = 1))]
    missions: HasMany<Mission>,
    #[schema(has_many, where = |m| m.nothing.eq(1))]
    more: HasMany<Mission>,
}

#[derive(Schema, Clone)]
#[schema(source = "missions")]
struct Mission {
    #[schema(primary_key)]
    id: i64,
    robot_id: i64,
    number: i64,
}

fn main() {}
