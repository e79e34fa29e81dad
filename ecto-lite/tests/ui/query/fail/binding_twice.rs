#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::{Mission, Robot};

fn main() {
    let _ = from!(r in Robot, join: r in Mission, on: r.open);
}
