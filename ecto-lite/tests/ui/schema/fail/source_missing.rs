use ecto_lite::Schema;

#[derive(Schema, Clone)]
struct Robot {
    #[schema(primary_key)]
    id: i64,
}

fn main() {
    let _ = Robot::default().id;
}
