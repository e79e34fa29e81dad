#[path = "../robots.rs"]
mod robots;

use ecto_lite::from;
use robots::Robot;

struct Summary {
    name: String,
    missions: i64,
}

fn main() {
    let _ = from!(r in Robot, select: Summary { name: r.id, missions: count(r.id) });
    let _ = from!(r in Robot, select: Summary { name: r.name });
}
