use ecto_lite::{DbEnum, Type};

#[derive(DbEnum, Clone)]
enum Mode {
    Idle,
    Driving(f64),
    Waiting { seconds: i64 },
}

fn takes<T: Type>() {}

fn main() {
    takes::<Mode>();
    let _ = (Mode::Idle, Mode::Driving(1.0), Mode::Waiting { seconds: 1 });
}
