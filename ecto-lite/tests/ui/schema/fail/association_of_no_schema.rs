use ecto_lite::Schema;
use ecto_lite::schema::HasMany;

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    #[schema(has_many, foreign_key = robot_id)]
    missions: HasMany<Mission>,
}

#[derive(Clone)]
struct Mission;

fn main() {}
