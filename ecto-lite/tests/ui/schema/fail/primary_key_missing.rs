use ecto_lite::Schema;

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    name: String,
}

fn main() {
    let _ = Robot::default().name;
}
