use ecto_lite::from;

fn main() {
    let _ = from!(r in 3, limit: 1);
}
