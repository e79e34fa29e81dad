use ecto_lite::DbEnum;

#[derive(DbEnum, Clone)]
#[db_enum(text, rename_all = "Title Case")]
enum Mode {
    #[db_enum(rename = "idle")]
    Idle,
    #[db_enum(name = "idle")]
    Waiting,
}

#[derive(DbEnum, Clone)]
#[db_enum(integer)]
enum Level {
    Low = 1,
    High,
}

fn main() {
    let _ = (Mode::Idle, Mode::Waiting, Level::Low, Level::High);
}
