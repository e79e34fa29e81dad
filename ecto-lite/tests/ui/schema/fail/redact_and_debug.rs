use ecto_lite::Schema;

#[derive(Schema, Clone, Debug)]
#[schema(source = "users")]
struct User {
    #[schema(primary_key)]
    id: i64,
    #[schema(redact)]
    password: String,
}

fn main() {}
