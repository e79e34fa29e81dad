use ecto_lite::{DbEnum, Schema, query};

#[derive(Schema, Clone)]
#[schema(source = "robots")]
struct Robot {
    #[schema(primary_key)]
    id: i64,
    mode: Mode,
}

#[derive(DbEnum, Clone, Copy, Default)]
enum Mode {
    #[default]
    Idle,
}

fn main() {
    let _ = query::from::<Robot>().filter(|r| r.mode.eq(Mode::Idle));
    let _ = query::from::<Robot>().filter(|r| r.mode.eq("idle"));
    let _ = Robot::speed;
}
