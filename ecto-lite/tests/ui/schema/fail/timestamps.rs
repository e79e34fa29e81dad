use ecto_lite::Schema;

#[derive(Schema, Clone)]
#[schema(source = "robots", timestamps)]
struct Robot {
    #[schema(primary_key)]
    id: i64,
}

#[derive(Schema, Clone)]
#[schema(source = "sites", timestamps(inserted_at = made, updated_at = false, type = "x"))]
struct Site {
    #[schema(primary_key)]
    id: i64,
    made: i64,
}

fn main() {}
