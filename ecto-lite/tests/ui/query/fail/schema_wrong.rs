use ecto_lite::from;

fn main() {
    let _ = from!(text in String);
}
