use ecto_lite::Schema;

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    #[schema(default = "full")]
    battery: f64,
    #[schema(default = 1)]
    name: String,
}

fn main() {}
