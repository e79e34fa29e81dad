use ecto_lite::Schema;

#[derive(Schema, Clone)]
#[schema(source = "modes")]
enum Mode {
    Idle,
}

#[derive(Schema, Clone)]
#[schema(source = "pairs")]
struct Pair(i64, i64);

#[derive(Schema, Clone)]
#[schema(source = "nothings")]
struct Nothing;

#[derive(Schema, Clone)]
#[schema(source = "pages")]
struct Page<T> {
    of: T,
}

fn takes<S: Schema>() {}

fn main() {
    let _ = Mode::Idle;
    takes::<Pair>();
    takes::<Nothing>();
    takes::<Page<i64>>();
}
