use ecto_lite::{DbEnum, Type};

#[derive(DbEnum, Clone)]
struct Mode;

#[derive(DbEnum, Clone)]
enum Never {}

#[derive(DbEnum, Clone)]
enum Generic<T> {
    Of(T),
}

fn takes<T: Type>() {}

fn main() {
    takes::<Mode>();
    takes::<Never>();
    takes::<Generic<i64>>();
    let _ = Generic::Of(1);
}
