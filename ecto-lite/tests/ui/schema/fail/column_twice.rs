use ecto_lite::Schema;
use ecto_lite::schema::Meta;

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    #[schema(source = "id")]
    number: i64,
    #[schema(meta)]
    meta: Meta,
    #[schema(meta)]
    state: Meta,
}

#[derive(Schema, Clone)]
#[schema(source = "sites")]
struct Site {
    #[schema(primary_key)]
    id: i64,
    #[schema(meta)]
    meta: bool,
}

fn main() {}
