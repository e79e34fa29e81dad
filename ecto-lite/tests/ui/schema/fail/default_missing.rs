use ecto_lite::{DbEnum, Schema};

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    mode: Mode,
}

#[derive(DbEnum, Clone)]
enum Mode {
    Idle,
}

fn main() {
    let _ = Mode::Idle;
}
