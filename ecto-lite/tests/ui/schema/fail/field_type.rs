use ecto_lite::Schema;

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    place: Place,
}

#[derive(Clone, Default)]
struct Place;

fn main() {}
