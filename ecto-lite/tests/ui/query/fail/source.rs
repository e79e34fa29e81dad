#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::Robot;

fn main() {
    let _ = from!(r in String, where: r.id == 1);
    let _ = from!(r in 3, limit: 1);
    let _ = from!(r in Robot, join: n in r.name, on: true);
}
